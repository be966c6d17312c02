//! JSON for the types whose JSON form is their text.

use core::{fmt, marker::PhantomData, str::FromStr};
use serde::de::{Deserializer, Error, Visitor};
use stdx::ToProblem;

/// Reads a value from its text without copying the text.
pub(crate) struct FromText<T> {
    pub(crate) expects: &'static str,
    pub(crate) value: PhantomData<T>,
}

impl<T: FromStr<Err: ToProblem>> FromText<T> {
    pub(crate) fn read<'de, D: Deserializer<'de>>(expects: &'static str, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_str(Self { expects, value: PhantomData })
    }
}

impl<T: FromStr<Err: ToProblem>> Visitor<'_> for FromText<T> {
    type Value = T;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expects)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        // the whole problem: its code and the way to mend it come through a reader that knows problems
        text.parse().map_err(|error: T::Err| E::custom(error.problem()))
    }
}

/// `as_text!(Type, "what it looks like", json schema)`: JSON string through `Display` and `FromStr`.
macro_rules! as_text {
    ($name:ident, $expects:literal, $schema:tt) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::text::FromText::<$name>::read($expects, deserializer)
            }
        }
        impl schemars::JsonSchema for $name {
            fn schema_name() -> alloc::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}
pub(crate) use as_text;

/// The beginning of a text, for an error message: never more than 64 characters of what a stranger sent.
pub(crate) fn excerpt(text: &str) -> alloc::string::String {
    text.chars().take(64).collect()
}

/// Reads exactly `digits` ASCII digits at the start of `text`.
pub(crate) fn number(text: &[u8], digits: usize) -> Option<(i64, &[u8])> {
    let (head, rest) = text.split_at_checked(digits)?;
    let value =
        head.iter().try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))?;
    Some((value, rest))
}
