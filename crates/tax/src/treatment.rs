//! Whose value added tax it is: the seller's country, the buyer's, or the buyer's own to declare.

use crate::{Check, Country, VatNumber};
use alloc::{collections::BTreeSet, string::String};
use calendar::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is known of the seller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// Where it is established.
    pub country: Country,
    /// Other countries in which it is registered and charges the tax of that country.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub registered: BTreeSet<Country>,
    /// How it taxes consumers of other member states.
    #[serde(default)]
    pub consumers: Consumers,
    /// What shows that a buyer is a business.
    #[serde(default)]
    pub evidence: Evidence,
}

/// How consumers of other member states of the EU are taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consumers {
    /// At the rate of their country (one-stop shop).
    #[default]
    WhereTheyAre,
    /// At the seller's rate: a seller below the threshold of 10,000 EUR a year.
    WhereTheSellerIs,
}

/// What shows that a buyer is a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A VAT number that is well formed.
    #[default]
    WellFormed,
    /// A VAT number that the register has confirmed.
    Confirmed,
}

/// What is known of the buyer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Its VAT number, as it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// What the register (VIES, HMRC) said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
}

/// What a register said of a VAT number: evidence that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// Its answer.
    pub answer: Registered,
    /// The day of the question.
    pub on: Date,
    /// The number of the consultation, where the register gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// The register's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Registered {
    /// The number is registered.
    Yes,
    /// It is not.
    No,
}

/// Whether the buyer counts as a business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A taxable person: it can owe the tax itself.
    Business,
    /// Anybody else.
    Consumer,
}

/// Whose tax it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "treatment", rename_all = "snake_case")]
pub enum Treatment {
    /// Seller and buyer are in one country: its tax.
    Domestic {
        /// The country.
        country: Country,
    },
    /// The tax of the buyer's country, charged by the seller.
    Destination {
        /// The buyer's country.
        country: Country,
    },
    /// The tax of the seller's country, though the buyer is elsewhere.
    Origin {
        /// The seller's country.
        country: Country,
    },
    /// The buyer owes the tax.
    ReverseCharge,
    /// Another country's tax, which the seller does not charge.
    OutsideScope,
    /// One of the countries is not known: nothing can be decided, and nothing should be issued.
    Undecided,
}

impl Buyer {
    /// Whether it counts as a business under what the seller asks as evidence. A number that the register denied is no evidence, however well
    /// formed it is.
    pub fn status(&self, evidence: Evidence) -> Status {
        let number = self.vat_number.as_deref().and_then(|text| VatNumber::parse(text).ok());
        let form = number.map_or(Check::Fails, |number| number.check());
        evidence.shows(form, self.confirmation.as_ref().map(|one| one.answer))
    }
}

impl Evidence {
    /// What a number shows whose form was checked, and of which the register said something or nothing. A number that cannot be checked is taken
    /// as well formed.
    pub const fn shows(self, form: Check, answer: Option<Registered>) -> Status {
        match (self, form, answer) {
            (_, Check::Fails, _) | (_, _, Some(Registered::No)) | (Self::Confirmed, _, None) => Status::Consumer,
            (_, Check::Passes | Check::CannotTell, Some(Registered::Yes))
            | (Self::WellFormed, Check::Passes | Check::CannotTell, None) => Status::Business,
        }
    }
}

impl Treatment {
    /// Decides for services that are taxed where the buyer is (articles 44 and 58 of the VAT directive), which is what software is.
    pub fn of(seller: Option<&Seller>, buyer: Option<Country>, status: Status) -> Self {
        let (Some(seller), Some(country)) = (seller, buyer) else { return Self::Undecided };
        let both_in_eu = seller.country.is_in_eu() && country.is_in_eu();
        if seller.country == country {
            return Self::Domestic { country };
        }
        match (both_in_eu, status, seller.consumers) {
            (true, Status::Business, _) => Self::ReverseCharge,
            (true, Status::Consumer, Consumers::WhereTheyAre) => Self::Destination { country },
            (true, Status::Consumer, Consumers::WhereTheSellerIs) => Self::Origin { country: seller.country },
            (false, _, _) if seller.registered.contains(&country) => Self::Destination { country },
            (false, _, _) => Self::OutsideScope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        code.parse().expect(code)
    }

    fn seller() -> Seller {
        Seller {
            country: country("FR"),
            registered: [country("NO")].into(),
            consumers: Consumers::default(),
            evidence: Evidence::default(),
        }
    }

    #[test]
    fn a_business_elsewhere_in_the_union_owes_the_tax_itself() {
        let to = |code, status| Treatment::of(Some(&seller()), Some(country(code)), status);
        assert_eq!(to("DE", Status::Business), Treatment::ReverseCharge);
        assert_eq!(to("DE", Status::Consumer), Treatment::Destination { country: country("DE") });
        assert_eq!(to("FR", Status::Business), Treatment::Domestic { country: country("FR") });
        assert_eq!(to("US", Status::Business), Treatment::OutsideScope);
        assert_eq!(to("NO", Status::Consumer), Treatment::Destination { country: country("NO") });
        assert_eq!(Treatment::of(Some(&seller()), None, Status::Business), Treatment::Undecided);
        let small = Seller { consumers: Consumers::WhereTheSellerIs, ..seller() };
        let origin = Treatment::Origin { country: country("FR") };
        assert_eq!(Treatment::of(Some(&small), Some(country("DE")), Status::Consumer), origin);
    }

    #[test]
    fn a_number_is_evidence_as_far_as_it_was_confirmed() {
        let on = "2026-04-01".parse().expect("date");
        let confirmed = |answer| Some(Confirmation { answer, on, reference: None });
        let buyer = |number: &str, confirmation| Buyer {
            country: Some(country("DE")),
            vat_number: Some(number.into()),
            confirmation,
        };
        let good = "DE663042130";
        assert_eq!(buyer(good, None).status(Evidence::WellFormed), Status::Business);
        assert_eq!(buyer(good, None).status(Evidence::Confirmed), Status::Consumer);
        assert_eq!(buyer(good, confirmed(Registered::Yes)).status(Evidence::Confirmed), Status::Business);
        assert_eq!(buyer(good, confirmed(Registered::No)).status(Evidence::WellFormed), Status::Consumer);
        assert_eq!(buyer("DE663042131", None).status(Evidence::WellFormed), Status::Consumer);
        assert_eq!(buyer("", None).status(Evidence::WellFormed), Status::Consumer);
    }
}
