//! What the functions compute.

use crate::{
    At, EvalError, Value,
    eval::{mismatch, number, numbers, text},
    node::Function,
};
use alloc::{string::ToString, vec::Vec};
use money::{Dec, Ratio, Rounding};

/// Calls a function with a number of arguments that was checked when the text was read.
pub(crate) fn call(function: Function, arguments: Vec<Value>, at: At) -> Result<Value, EvalError> {
    let name = function.name();
    match function {
        Function::Size => size(&arguments[0], at),
        Function::StartsWith => texts(arguments, name, at, |whole, part| whole.starts_with(part)),
        Function::EndsWith => texts(arguments, name, at, |whole, part| whole.ends_with(part)),
        Function::Contains => texts(arguments, name, at, |whole, part| whole.contains(part)),
        Function::Min => extreme(numbers(arguments, name, at)?.into_iter().min(), name, at),
        Function::Max => extreme(numbers(arguments, name, at)?.into_iter().max(), name, at),
        Function::Round => round(arguments, at),
        Function::Ceil => one(arguments, |value| number(&value, name, at).map(|value| whole(value.ceil()))),
        Function::Floor => one(arguments, |value| number(&value, name, at).map(|value| whole(value.floor()))),
        Function::Abs => one(arguments, |value| number(&value, name, at).map(|value| Value::Num(value.abs()))),
        Function::Number => one(arguments, |value| to_number(value, name, at).map(Value::Num)),
        Function::Int => one(arguments, |value| {
            let value = to_number(value, name, at)?;
            Ok(whole(if value.is_negative() { value.ceil() } else { value.floor() }))
        }),
        Function::Text => one(arguments, |value| to_text(value, at)),
    }
}

fn whole(number: i128) -> Value {
    Value::Num(Ratio::from_int(number))
}

fn one(arguments: Vec<Value>, compute: impl FnOnce(Value) -> Result<Value, EvalError>) -> Result<Value, EvalError> {
    arguments.into_iter().next().map_or(Ok(Value::Null), compute)
}

fn size(value: &Value, at: At) -> Result<Value, EvalError> {
    let length = match value {
        Value::Text(text) => text.chars().count(),
        Value::List(values) => values.len(),
        Value::Map(values) => values.len(),
        Value::Null | Value::Bool(_) | Value::Num(_) => {
            return Err(mismatch("size", "text, a list or a map", value, at));
        }
    };
    i128::try_from(length).map(whole).map_err(|_| EvalError::Overflow { at })
}

fn texts(arguments: Vec<Value>, name: &'static str, at: At, test: fn(&str, &str) -> bool) -> Result<Value, EvalError> {
    let texts: Vec<_> = arguments.into_iter().map(|value| text(value, name, at)).collect::<Result<_, _>>()?;
    Ok(Value::Bool(test(&texts[0], &texts[1])))
}

fn extreme(found: Option<Ratio>, operation: &'static str, at: At) -> Result<Value, EvalError> {
    found.map(Value::Num).ok_or(EvalError::Mismatch {
        at,
        operation,
        needs: "at least one number",
        found: "an empty list".to_string(),
    })
}

/// `round(x)`, `round(x, places)`: half away from zero; negative places round to tens, hundreds and so on.
fn round(arguments: Vec<Value>, at: At) -> Result<Value, EvalError> {
    let mut arguments = arguments.into_iter();
    let value = one(arguments.by_ref().take(1).collect(), Ok).and_then(|value| number(&value, "round", at))?;
    let places = arguments.next().map_or(Ok(Ratio::ZERO), |places| number(&places, "round", at))?;
    let exact = i8::try_from(places.floor()).ok().filter(|whole| Ratio::from_int(i128::from(*whole)) == places);
    let Some(places) = exact else {
        return Err(mismatch("round", "a whole number of places from -38 to 38", &Value::Num(places), at));
    };
    let rounded = value.round_at(places, Rounding::HalfUp).map_err(|error| EvalError::from_num(&error, at))?;
    Ok(Value::Num(rounded.into()))
}

fn to_number(value: Value, operation: &'static str, at: At) -> Result<Ratio, EvalError> {
    match value {
        Value::Num(number) => Ok(number),
        Value::Text(text) => text
            .trim()
            .parse::<Dec>()
            .map(Ratio::from)
            .map_err(|error| EvalError::NotANumber { at, message: error.to_string() }),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => {
            Err(mismatch(operation, "a number or text", &value, at))
        }
    }
}

fn to_text(value: Value, at: At) -> Result<Value, EvalError> {
    match value {
        Value::Text(_) => Ok(value),
        Value::Num(number) => Ok(Value::Text(number.to_string())),
        Value::Bool(truth) => Ok(Value::Text(truth.to_string())),
        Value::Null | Value::List(_) | Value::Map(_) => {
            Err(mismatch("string", "text, a number or a truth value", &value, at))
        }
    }
}
