//! The value of a property.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
};
use core::fmt;
use money::Dec;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::Error as _};
use serde_json::value::RawValue;

/// The value of a property of an event. Numbers are exact decimals.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(untagged)]
pub enum Value {
    /// Present, but without a value.
    Null,
    /// True or false.
    Bool(bool),
    /// An exact number.
    Num(Dec),
    /// Text.
    Text(String),
}

impl Value {
    /// The number that it is or, as text, says. A sender who knows no exact numbers sends them as text.
    pub fn as_number(&self) -> Option<Dec> {
        match self {
            Self::Num(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Bool(_) => None,
        }
    }

    /// The value as text, numbers in plain decimal notation: how it splits lines and is told from others.
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Bool(value) => value.to_string(),
            Self::Num(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }

    /// Whether two values are the same to a filter: equal, or a number and its text.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Num(number), text @ Self::Text(_)) | (text @ Self::Text(_), Self::Num(number)) => {
                text.as_number() == Some(*number)
            }
            (this, other) => this == other,
        }
    }

    /// The value as a message shows it, with its kind.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => format!("a truth value ({value})"),
            Self::Num(number) => format!("a number ({number})"),
            Self::Text(text) => match text.char_indices().nth(40) {
                Some((end, _)) => format!("text ({:?}…)", &text[..end]),
                None => format!("text ({text:?})"),
            },
        }
    }
}

impl From<Value> for formula::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Num(number) => Self::Num(number.into()),
            Value::Text(text) => Self::Text(text),
        }
    }
}

impl Serialize for Value {
    /// A number is written as the JSON number that it is, digit by digit.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Num(number) => match i64::try_from(number.mantissa()) {
                Ok(whole) if number.scale() == 0 => serializer.serialize_i64(whole),
                Ok(_) | Err(_) => {
                    RawValue::from_string(number.to_string()).map_err(S::Error::custom)?.serialize(serializer)
                }
            },
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    /// Exact from a whole number or text. A number with a point reaches a reader as a binary float, and is refused; JSON is
    /// read exactly by [`Event::from_json`](crate::Event::from_json).
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// Reads a scalar.
pub(crate) struct ScalarVisitor;

impl ScalarVisitor {
    pub(crate) const EXPECTING: &'static str =
        "text, a whole number, true, false or null (a number with a point is written as text: \"1.5\")";
}

impl de::Visitor<'_> for ScalarVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::EXPECTING)
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Num(number.into()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Num(number.into()))
    }
    fn visit_i128<E>(self, number: i128) -> Result<Value, E> {
        Ok(Value::Num(Dec::from_int(number)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_digit_by_digit() {
        for text in ["7", "-7", "0.1", "9223372036854775808", "123456789012345678901234567890.12345678"] {
            let value = Value::Num(text.parse().expect(text));
            assert_eq!(serde_json::to_string(&value).expect("json"), text);
        }
    }

    #[test]
    fn a_float_is_refused_with_a_way_out() {
        assert_eq!(serde_json::from_str::<Value>("18446744073709551615").expect("whole"), Value::Num(u64::MAX.into()));
        let error = serde_json::from_str::<Value>("1.5").expect_err("float").to_string();
        assert!(error.contains("is written as text: \"1.5\""), "{error}");
    }

    #[test]
    fn a_number_and_its_text_match_and_two_texts_only_letter_by_letter() {
        let (seven, text) = (Value::Num(Dec::from_int(7)), |text: &str| Value::Text(text.into()));
        assert!(seven.matches(&text("7.0")) && text("1e6").matches(&Value::Num(Dec::from_int(1_000_000))));
        assert!(!text("007").matches(&text("7")) && !seven.matches(&text("seven")));
    }
}
