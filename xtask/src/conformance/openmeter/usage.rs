//! Conversion of what was counted into what is priced.

use crate::conformance::Adapter;
use metering::{Conversion, Factor, QuantityRounding};
use money::{Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is computed here.
pub const KINDS: &[(&str, Adapter)] = &[("unit_conversion", unit_conversion)];

#[derive(Deserialize)]
struct Input {
    operation: Operation,
    factor: Factor,
    rounding: Mode,
    #[serde(default)]
    precision: i8,
    quantity: Ratio,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Operation {
    Multiply,
    Divide,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    None,
    Ceiling,
    Floor,
    HalfUp,
}

fn unit_conversion(input: &Value, _: &Value) -> Result<Value, String> {
    let input = Input::deserialize(input).map_err(|error| error.to_string())?;
    let conversion = match input.operation {
        Operation::Multiply => Conversion::MultiplyBy(input.factor),
        Operation::Divide => Conversion::DivideBy(input.factor),
    };
    let mode = match input.rounding {
        Mode::None => None,
        Mode::Ceiling => Some(Rounding::Ceiling),
        Mode::Floor => Some(Rounding::Floor),
        Mode::HalfUp => Some(Rounding::HalfUp),
    };
    let round = mode.map(|mode| QuantityRounding { to: input.precision, mode });
    let converted = conversion.apply(input.quantity).map_err(|error| error.to_string())?;
    let invoiced = round.map_or(Ok(converted), |round| round.apply(converted)).map_err(|error| error.to_string())?;
    Ok(json!({ "converted": converted, "invoiced": invoiced }))
}
