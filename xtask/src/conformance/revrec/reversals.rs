//! What happens to an invoice after it was issued.

use super::journal::vector_name;
use super::{convention, list, months, over, ratio};
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use ledger::Month;
use revenue::{Contra, Happening, Invoice};
use serde_json::{Map, Value, json};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("contra", contra)];

fn happening(event: &Value) -> Result<Happening, String> {
    let amount = || ratio(&event["amount"]);
    let after_loss = event["after_uncollectible"] == true;
    Ok(match event["type"].as_str() {
        Some("payment") if after_loss => Happening::Recovered(amount()?),
        Some("payment") => Happening::Paid(amount()?),
        Some("credit_note") => Happening::Credited(amount()?),
        Some("credit_note_void") => Happening::CreditVoided,
        Some("refund") => Happening::Refunded(amount()?),
        Some("dispute") => Happening::Disputed(amount()?),
        Some("dispute_won") => Happening::DisputeWon(amount()?),
        Some("void") if after_loss => Happening::VoidedAfterLoss,
        Some("void") => Happening::Voided(amount()?),
        Some("uncollectible") => Happening::GivenUp(amount()?),
        other => return Err(format!("unknown event {other:?}")),
    })
}

fn contra(input: &Value, _: &Value) -> Result<Value, String> {
    let given = &input["invoice"];
    let happened = list(&input["events"])?.iter().map(|event| Ok((read(&event["date"])?, happening(event)?)));
    let convention = if convention(input) == "daily" { "daily" } else { "months_by_day" };
    let invoice = Invoice {
        amount: ratio(&given["amount"])?,
        over: over(convention, &given["start"], &given["end"])?,
        issued: read(&given["finalized"])?,
        happened: happened.collect::<Result<_, String>>()?,
    };
    let months: Vec<Month> = months(input)?;
    let last = *months.iter().max().ok_or("no period")?;
    let mut movements = Map::new();
    for (account, by_month) in invoice.movements(last, Contra::AccountPerSort).map_err(said)? {
        let shown = by_month.into_iter().filter(|(month, _)| months.contains(month));
        let shown: Map<String, Value> = shown.map(|(month, amount)| (month.to_string(), json!(amount))).collect();
        movements.insert(vector_name(account).to_owned(), Value::Object(shown));
    }
    Ok(json!({"movements": movements}))
}
