//! VAT identification numbers of businesses.

mod checks;
mod sums;

use alloc::string::String;
use core::fmt;

/// A VAT number: the two letters before it, and the rest without separators, in capitals. `EL` for Greece, `XI` for Northern
/// Ireland; a Swiss number keeps its `CHE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct VatNumber {
    prefix: String,
    body: String,
}

/// What the digits of a number say. That a number passes does not mean that it is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Form and check digits are right.
    Passes,
    /// They are not: nobody has this number.
    Fails,
    /// No rule is known: another country, or a number of a person.
    CannotTell,
}

/// The text does not begin with two letters and go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a VAT number; write it with its two letters, such as DE123456789")]
pub struct NotAVatNumber {
    /// What was given, cut at 32 characters.
    pub text: String,
}

impl VatNumber {
    /// Reads a number as people write it: spaces, points, dashes and slashes are left out, small letters become capitals.
    pub fn parse(text: &str) -> Result<Self, NotAVatNumber> {
        let plain = normal(text);
        let letters = plain.bytes().take_while(u8::is_ascii_uppercase).count();
        let fits = plain.is_ascii() && letters >= 2 && (4..=16).contains(&plain.len());
        if !fits {
            return Err(NotAVatNumber { text: text.chars().take(32).collect() });
        }
        if plain.starts_with("CHE") {
            return Ok(Self { prefix: "CH".into(), body: plain });
        }
        let prefix = match &plain[..2] {
            "GR" => "EL",
            other => other,
        };
        Ok(Self { prefix: prefix.into(), body: plain[2..].into() })
    }

    /// A number whose country is known from elsewhere: `("DE", "123456789")`.
    pub fn of(prefix: &str, body: &str) -> Self {
        Self { prefix: prefix.to_ascii_uppercase(), body: normal(body) }
    }

    /// Checks form and check digits, offline.
    pub fn check(&self) -> Check {
        checks::check(&self.prefix, self.body.as_bytes())
    }
}

fn normal(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '/')).map(|c| c.to_ascii_uppercase()).collect()
}

impl fmt::Display for VatNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.prefix == "CH" { "" } else { &self.prefix };
        write!(f, "{prefix}{}", self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn check(text: &str) -> Check {
        VatNumber::parse(text).expect(text).check()
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        assert_eq!(VatNumber::parse(" de 663.042.130 ").expect("number").to_string(), "DE663042130");
        assert_eq!(VatNumber::parse("GR 123").expect("number").to_string(), "EL123");
        assert_eq!(VatNumber::parse("CHE-123.456.789 MWST").expect("number").to_string(), "CHE123456789MWST");
        for bad in ["", "DE", "123456789", "DÉ123456", "D1"] {
            assert!(VatNumber::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_wrong_digit_is_found() {
        for (good, bad) in [
            ("ATU87613930", "ATU82613930"),
            ("BE1605972580", "BE1605952580"),
            ("BG712659741", "BG711659741"),
            ("CY68432405Y", "CY62432405Y"),
            ("CZ66903220", "CZ66953220"),
            ("DE663042130", "DE663042131"),
        ] {
            assert_eq!((check(good), check(bad)), (Check::Passes, Check::Fails), "{good}");
        }
    }

    #[test]
    fn what_no_rule_knows_is_not_judged() {
        assert_eq!(check("US123456789"), Check::CannotTell);
        assert_eq!(check("BG1234567890"), Check::CannotTell, "a person's number");
        assert_eq!(check("ES12345678Z"), Check::CannotTell, "a person's number");
        assert_eq!(check("DE12"), Check::Fails, "too short for any number of the country");
    }
}
