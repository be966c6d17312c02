//! When a computed value is the expected one.

use money::{Dec, Ratio, Rounding};
use serde_json::Value;

/// One place in which the answer differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// JSON pointer into `expected`.
    pub at: String,
    /// What should be there, as JSON.
    pub expected: String,
    /// What is there, as JSON, or `nothing`.
    pub got: String,
}

/// Compares key by key, to any depth:
///
/// - an object needs every key of the expected one and may have more; an expected empty object must be empty;
/// - a list has the same length and order;
/// - numbers are compared by value, whether written as text or as JSON numbers; a value that has no finite
///   decimal is written `n/d`;
/// - an expected decimal text is also met by a value that gives it when rounded half up at its printed places, because vectors
///   print such values;
/// - everything else is equal or it is not.
pub(super) fn differences(expected: &Value, got: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk("", expected, Some(got), &mut found);
    found
}

fn walk(at: &str, expected: &Value, got: Option<&Value>, found: &mut Vec<Difference>) {
    let differs = match (expected, got) {
        (Value::Object(wanted), Some(Value::Object(given))) if !wanted.is_empty() => {
            for (key, value) in wanted {
                let key_text = key.replace('~', "~0").replace('/', "~1");
                walk(&format!("{at}/{key_text}"), value, given.get(key), found);
            }
            false
        }
        (Value::Array(wanted), Some(Value::Array(given))) if wanted.len() == given.len() => {
            for (index, (wanted, given)) in wanted.iter().zip(given).enumerate() {
                walk(&format!("{at}/{index}"), wanted, Some(given), found);
            }
            false
        }
        (_, Some(given)) => !same(expected, given),
        (_, None) => true,
    };
    if differs {
        let got = got.map_or_else(|| "nothing".to_owned(), ToString::to_string);
        found.push(Difference { at: at.to_owned(), expected: expected.to_string(), got });
    }
}

/// Whether two values without parts are the same.
fn same(expected: &Value, got: &Value) -> bool {
    if expected == got {
        return true;
    }
    let (Some(wanted), Some(given)) = (number(expected), number(got)) else { return false };
    if wanted == given {
        return true;
    }
    let Value::String(printed) = expected else { return false };
    let places = printed.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let rounded = u8::try_from(places).ok().and_then(|places| given.round(places, Rounding::HalfUp).ok());
    rounded.is_some_and(|rounded| Ratio::from(rounded) == wanted)
}

/// The number that a value is, when it is one: a JSON number, a decimal text, or `n/d`.
fn number(value: &Value) -> Option<Ratio> {
    match value {
        Value::Number(number) => decimal(&number.to_string()),
        Value::String(text) => match text.split_once('/') {
            Some((n, d)) => decimal(n)?.over(decimal(d)?).ok(),
            None => decimal(text),
        },
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Only what looks like a plain number is one: `08` or a date with dots stays a text.
fn decimal(text: &str) -> Option<Ratio> {
    let plain = text.chars().all(|letter| letter.is_ascii_digit() || letter == '.' || letter == '-');
    text.parse::<Dec>().ok().filter(|_| plain).map(Ratio::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(expected: &Value, got: &Value) -> Vec<String> {
        differences(expected, got).into_iter().map(|difference| difference.at).collect()
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for got in [json!("1.50"), json!("1.5"), json!("3/2")] {
            assert!(same(&json!("1.5"), &got), "{got}");
        }
        assert!(same(&json!(5), &json!("5.00")));
        assert!(same(&json!("5"), &json!(5)));
        assert!(!same(&json!(5), &json!("5.01")), "a JSON integer is not a printed decimal");
    }

    #[test]
    fn a_printed_decimal_is_met_by_what_rounds_half_up_to_it() {
        assert!(same(&json!("2.32258"), &json!("72/31")));
        assert!(same(&json!("0.13"), &json!("0.125")));
        assert!(same(&json!("-0.13"), &json!("-0.125")));
        assert!(!same(&json!("0.12"), &json!("0.125")));
        assert!(!same(&json!("2.322581"), &json!("2.32258")), "digits that were not computed are missing");
    }

    #[test]
    fn text_null_and_truth_are_themselves() {
        assert!(same(&json!(null), &json!(null)) && same(&json!("2024-01-31"), &json!("2024-01-31")));
        assert!(
            !same(&json!(null), &json!("0"))
                && !same(&json!("2024-01-31"), &json!("2024-02-01"))
                && !same(&json!(true), &json!("true"))
        );
    }

    #[test]
    fn every_difference_is_named_by_its_place() {
        let expected = json!({"a": {"x/y": "1"}, "b": [1, 2], "c": [1], "d": 4});
        let got = json!({"a": {"x/y": "2", "more": 0}, "b": [1, 3], "c": [1, 2], "more": 0});
        assert_eq!(places(&expected, &got), ["/a/x~1y", "/b/1", "/c", "/d"]);
    }

    #[test]
    fn what_should_be_empty_must_be_empty() {
        assert_eq!(places(&json!({"applied": {}}), &json!({"applied": {"c1": 20}})), ["/applied"]);
        assert_eq!(places(&json!({"items": []}), &json!({"items": [1]})), ["/items"]);
    }
}
