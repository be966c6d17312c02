//! A name that a person chose.

use alloc::{borrow::Cow, string::String};
use core::fmt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A name that a person chose for a meter, plan, price, customer, subscription…: 1 to 128 characters out of letters, digits
/// and `_ . : -`, beginning with a letter or digit. Compared byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// Why a text is not a [`Key`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing was given.
    #[error("a key cannot be empty")]
    Empty,
    /// More than 128 characters.
    #[error("a key has at most 128 characters, this one has {0}")]
    TooLong(usize),
    /// A character that a key cannot hold.
    #[error(
        "`{text}` is not a key: {found:?} is not allowed; use letters, digits and _ . : - and begin with a letter or digit"
    )]
    BadCharacter {
        /// The whole text.
        text: String,
        /// The first character that is not allowed where it stands.
        found: char,
    },
}

impl Key {
    /// The text of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn check(text: &str) -> Result<(), KeyError> {
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
        if text.is_empty() {
            return Err(KeyError::Empty);
        }
        let bad = text.char_indices().find(|(at, c)| if *at == 0 { !c.is_ascii_alphanumeric() } else { !inside(*c) });
        if let Some((_, found)) = bad {
            return Err(KeyError::BadCharacter { text: text.chars().take(128).collect(), found });
        }
        if text.len() > 128 { Err(KeyError::TooLong(text.len())) } else { Ok(()) }
    }
}

impl TryFrom<String> for Key {
    type Error = KeyError;
    fn try_from(text: String) -> Result<Self, KeyError> {
        Self::check(&text)?;
        Ok(Self(text))
    }
}

impl TryFrom<&str> for Key {
    type Error = KeyError;
    fn try_from(text: &str) -> Result<Self, KeyError> {
        Self::check(text)?;
        Ok(Self(text.into()))
    }
}

impl core::str::FromStr for Key {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::try_from(text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::borrow::Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl JsonSchema for Key {
    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[A-Za-z0-9][A-Za-z0-9_.:-]*$",
            "description": "A name chosen by a person: letters, digits and _ . : -"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_plain_word() {
        for good in ["a", "scale", "gpt-4.1", "eu:prod_1", "0x"] {
            assert_eq!(Key::try_from(good).expect(good).as_str(), good);
        }
        for bad in ["", " a", "a b", "-a", "ä", "a/b", &"x".repeat(129)] {
            assert!(Key::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_error_names_the_character() {
        let error = Key::try_from("a/b").expect_err("slash");
        assert_eq!(error, KeyError::BadCharacter { text: "a/b".into(), found: '/' });
    }
}
