//! VAT numbers and standard rates.

use crate::conformance::Adapter;
use crate::conformance::input::read;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tax::{Check, VatNumber, standard_rate};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] =
    &[("vat-number-checksums", numbers), ("vat-standard-rates", standard_rates)];

/// The vector has no input: its numbers stand where it says what is right. All of a country are judged alike.
fn numbers(_: &Value, expected: &Value) -> Result<Value, String> {
    let mut answer = Map::new();
    for (country, lists) in read::<BTreeMap<String, BTreeMap<String, Vec<String>>>>(expected)? {
        let (mut valid, mut invalid) = (Vec::new(), Vec::new());
        // in the order of the lists: the right ones first
        let all = ["valid", "invalid"].iter().filter_map(|name| lists.get(*name)).flatten();
        for body in all {
            match VatNumber::of(&country, body).check() {
                Check::Passes => valid.push(body),
                Check::Fails | Check::CannotTell => invalid.push(body),
            }
        }
        answer.insert(country, json!({"valid": valid, "invalid": invalid}));
    }
    Ok(Value::Object(answer))
}

fn standard_rates(input: &Value, _: &Value) -> Result<Value, String> {
    let rate = standard_rate(read(&input["country"])?, read(&input["date"])?);
    Ok(json!({"rate": rate.ok_or("no rate is known")?}))
}
