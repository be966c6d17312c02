//! Typed ids: 128 bits that say what they name.

use alloc::string::String;

/// Crockford's base 32 in lower case, as TypeID writes it: no i, l, o, u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of this kind; one looks like {prefix}_01hxyz… ({prefix}_ and 26 characters)")]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

/// The text of an id: prefix, `_`, 26 characters.
pub fn encode(prefix: &str, bits: u128) -> String {
    let mut text = String::with_capacity(prefix.len() + 27);
    text.push_str(prefix);
    text.push('_');
    for place in (0..26).rev() {
        let five = (bits >> (place * 5)) & 31;
        text.push(char::from(ALPHABET[usize::try_from(five).unwrap_or(0)]));
    }
    text
}

/// Reads what [`encode`] wrote.
pub fn decode(prefix: &'static str, text: &str) -> Result<u128, IdError> {
    let wrong = || IdError { text: text.chars().take(64).collect(), prefix };
    let digits = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or_else(wrong)?;
    if digits.len() != 26 || digits.as_bytes()[0] > b'7' {
        return Err(wrong());
    }
    digits.bytes().try_fold(0u128, |bits, byte| {
        let five = ALPHABET.iter().position(|letter| *letter == byte).ok_or_else(wrong)?;
        Ok((bits << 5) | five as u128)
    })
}

/// Declares a typed id: `typed_id!(InvoiceId, "inv")` is 128 bits whose text is `inv_` and 26 characters.
///
/// ```
/// stdx::typed_id!(
///     /// Names an invoice.
///     InvoiceId, "inv"
/// );
/// let id = InvoiceId::from_u128(5);
/// assert_eq!(id.to_string(), "inv_00000000000000000000000005");
/// assert_eq!("inv_00000000000000000000000005".parse(), Ok(id));
/// assert!("cus_00000000000000000000000005".parse::<InvoiceId>().is_err());
/// ```
#[macro_export]
macro_rules! typed_id {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What its text begins with.
            pub const PREFIX: &'static str = $prefix;
            /// The id with these bits (a UUID version 7 where it is stored, so that ids sort by creation).
            pub const fn from_u128(bits: u128) -> Self {
                Self(bits)
            }
            /// Its bits.
            pub const fn as_u128(self) -> u128 {
                self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&$crate::encode_id($prefix, self.0))
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::IdError;
            fn from_str(text: &str) -> Result<Self, $crate::IdError> {
                $crate::decode_id($prefix, text).map(Self)
            }
        }

        impl $crate::macro_support::serde::Serialize for $name {
            fn serialize<S: $crate::macro_support::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> $crate::macro_support::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::macro_support::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <$crate::macro_support::String as $crate::macro_support::serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err($crate::macro_support::serde::de::Error::custom)
            }
        }

        impl $crate::macro_support::schemars::JsonSchema for $name {
            fn schema_name() -> $crate::macro_support::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut $crate::macro_support::schemars::SchemaGenerator) -> $crate::macro_support::schemars::Schema {
                $crate::macro_support::schemars::json_schema!({
                    "type": "string", "pattern": concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")
                })
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_comes_back_and_sorts_as_its_bits_do() {
        let bits = [0, 1, 31, 32, u128::from(u64::MAX), u128::MAX];
        for pair in bits.windows(2) {
            assert!(encode("x", pair[0]) < encode("x", pair[1]));
        }
        for b in bits {
            assert_eq!(decode("x", &encode("x", b)), Ok(b));
        }
    }

    #[test]
    fn a_text_beyond_128_bits_or_of_another_alphabet_is_refused() {
        assert!(decode("x", "x_80000000000000000000000000").is_err());
        assert!(decode("x", "x_0000000000000000000000000u").is_err());
        assert!(decode("x", "x_0").is_err());
    }
}
