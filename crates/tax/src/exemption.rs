//! Customers who need not pay.

use crate::{Category, Place, Reason};
use alloc::{string::String, vec::Vec};
use calendar::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// Why a customer is not taxed, with its evidence and the days on which it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// The category that lines get.
    pub category: ExemptAs,
    /// The reason, as the invoice says it.
    pub reason: Reason,
    /// Where it holds; everywhere when left out. A country without a region holds for all of its regions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// For which classes of goods; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<Key>,
    /// The number of the certificate, or another name of the evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The first day.
    pub from: Date,
    /// The first day on which it no longer holds; without end when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// The categories that a customer can bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExemptAs {
    /// `E`.
    #[default]
    Exempt,
    /// `Z`.
    ZeroRated,
    /// `AE`.
    ReverseCharge,
    /// `O`.
    OutsideScope,
}

impl From<ExemptAs> for Category {
    fn from(exempt: ExemptAs) -> Self {
        match exempt {
            ExemptAs::Exempt => Self::Exempt,
            ExemptAs::ZeroRated => Self::ZeroRated,
            ExemptAs::ReverseCharge => Self::ReverseCharge,
            ExemptAs::OutsideScope => Self::OutsideScope,
        }
    }
}

impl Exemption {
    /// Whether it covers goods of a class in a place on a day.
    pub fn covers(&self, place: &Place, class: &Key, day: Date) -> bool {
        let here = self
            .place
            .as_ref()
            .is_none_or(|own| own.country == place.country && (own.region.is_none() || own.region == place.region));
        let this = self.classes.is_empty() || self.classes.contains(class);
        here && this && self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exemption_holds_where_for_what_and_while_its_evidence_does() {
        let exemption: Exemption = serde_json::from_str(
            r#"{ "category": "exempt", "reason": { "text": "Resale" }, "place": { "country": "US", "region": "TX" },
                "classes": ["saas"], "certificate": "TX-4711", "from": "2026-01-01", "until": "2027-01-01" }"#,
        )
        .expect("exemption");
        let covers = |region: &str, class: &str, day: &str| {
            let place = Place { country: "US".parse().expect("country"), region: Some(region.into()) };
            exemption.covers(&place, &class.try_into().expect("key"), day.parse().expect("date"))
        };
        assert!(covers("TX", "saas", "2026-01-01") && covers("TX", "saas", "2026-12-31"));
        assert!(!covers("TX", "saas", "2027-01-01") && !covers("TX", "saas", "2025-12-31"));
        assert!(!covers("CA", "saas", "2026-06-01") && !covers("TX", "hardware", "2026-06-01"));
    }
}
