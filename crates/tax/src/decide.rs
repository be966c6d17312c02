//! How a line is taxed, and why.

use crate::{
    Buyer, Category, Exemption, Place, Rules, RulesError, Seller, StatedAt, Tax, TaxError, Treatment, narrowest,
};
use alloc::vec::Vec;
use calendar::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem, ToProblem};

/// What is sold to whom, as far as tax asks.
#[derive(Debug, Clone)]
pub struct Supply<'a> {
    /// Who sells.
    pub seller: &'a Seller,
    /// Who buys.
    pub buyer: &'a Buyer,
    /// The part of the buyer's country, where it has taxes of its own.
    pub region: Option<&'a str>,
    /// The class of goods.
    pub class: &'a Key,
    /// The day that decides on the rate: see [`TaxPoint`](crate::TaxPoint).
    pub day: Date,
    /// Exemptions of the buyer.
    pub exemptions: &'a [Exemption],
    /// Taxes that were stated by hand.
    pub stated: &'a [(StatedAt, Tax)],
}

/// How a line is taxed, and why. It is kept with the line and never made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The taxes of the line.
    pub taxes: Vec<Tax>,
    /// Why these.
    pub why: Why,
}

/// Why a line has these taxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// The buyer is exempt.
    Exempt {
        /// The certificate, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<alloc::string::String>,
    },
    /// The taxes were stated.
    Stated {
        /// Where.
        at: StatedAt,
    },
    /// The rules of a place.
    Rule {
        /// The place.
        place: Place,
        /// Why that place.
        treatment: Treatment,
    },
    /// No tax of the seller's, by the treatment.
    NotCharged {
        /// The treatment.
        treatment: Treatment,
    },
}

/// Why it cannot be said how a line is taxed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// The buyer's country is not known.
    #[error("the buyer's country is not known, so nothing says whose tax is due")]
    NoCountry,
    /// The rules do not say.
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// A stated tax does not fit itself.
    #[error(transparent)]
    Tax(#[from] TaxError),
}

/// Decides in this order: an exemption of the buyer; what was stated by hand, the narrowest first; the treatment of the sale, with the
/// rules of its place. `vat`: the code of the tax that is shown where nothing is charged.
pub fn decide(supply: &Supply<'_>, rules: &Rules, vat: &Key) -> Result<Decision, DecideError> {
    let place = supply.buyer.country.map(|country| Place { country, region: supply.region.map(Into::into) });
    let covering = |place: &Place| supply.exemptions.iter().find(|one| one.covers(place, supply.class, supply.day));
    if let Some(exemption) = place.as_ref().and_then(covering) {
        let tax = Tax::none(vat.clone(), Category::from(exemption.category), Some(exemption.reason.clone()));
        let why = Why::Exempt { certificate: exemption.certificate.clone() };
        return Ok(Decision { taxes: alloc::vec![tax], why });
    }
    if let Some((at, taxes)) = narrowest(supply.stated.iter().map(|(at, tax)| (*at, tax.clone()))) {
        taxes.iter().try_for_each(Tax::check)?;
        return Ok(Decision { taxes, why: Why::Stated { at } });
    }
    let status = supply.buyer.status(supply.seller.evidence);
    let treatment = Treatment::of(Some(supply.seller), supply.buyer.country, status);
    let none = |category| {
        let taxes = alloc::vec![Tax::none(vat.clone(), category, None)];
        Ok(Decision { taxes, why: Why::NotCharged { treatment } })
    };
    let place = match (treatment, place) {
        (Treatment::Undecided, _) | (_, None) => return Err(DecideError::NoCountry),
        (Treatment::ReverseCharge, _) => return none(Category::ReverseCharge),
        (Treatment::OutsideScope, _) => return none(Category::OutsideScope),
        (Treatment::Origin { country }, _) => Place::country(country),
        (Treatment::Domestic { .. } | Treatment::Destination { .. }, Some(place)) => place,
    };
    let taxes = rules.taxes(&place, supply.class, supply.day)?;
    Ok(Decision { taxes, why: Why::Rule { place, treatment } })
}

impl ToProblem for DecideError {
    fn problem(&self) -> Problem {
        match self {
            Self::NoCountry => Problem::new("no_buyer_country", "The buyer's country is not known")
                .detail(alloc::format!("{self}"))
                .mend("give the customer an address with a country, or state its taxes"),
            Self::Rules(error) => error.problem(),
            Self::Tax(error) => error.problem(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Consumers, Evidence, ExemptAs, Percent, Reason, standard_vat};

    struct World {
        seller: Seller,
        buyer: Buyer,
        exemptions: Vec<Exemption>,
        stated: Vec<(StatedAt, Tax)>,
    }

    fn world(buyer: &str, number: Option<&str>) -> World {
        World {
            seller: Seller {
                country: "FR".parse().expect("country"),
                registered: [].into(),
                consumers: Consumers::default(),
                evidence: Evidence::default(),
            },
            buyer: Buyer { country: buyer.parse().ok(), vat_number: number.map(Into::into), confirmation: None },
            exemptions: Vec::new(),
            stated: Vec::new(),
        }
    }

    fn key(text: &str) -> Key {
        text.try_into().expect(text)
    }

    fn decided(world: &World) -> Result<Decision, DecideError> {
        let class = key("standard");
        let supply = Supply {
            seller: &world.seller,
            buyer: &world.buyer,
            region: None,
            class: &class,
            day: "2026-04-01".parse().expect("date"),
            exemptions: &world.exemptions,
            stated: &world.stated,
        };
        decide(&supply, &standard_vat(&key("vat"), &class).expect("rules"), &key("vat"))
    }

    #[test]
    fn exemptions_come_before_what_is_stated_and_that_before_the_rules() {
        let mut world = world("DE", None);
        assert_eq!(decided(&world).expect("decided").taxes[0].percent.to_string(), "19 %");
        let percent = Percent::try_from(money::Dec::from_int(7)).expect("rate");
        world.stated = alloc::vec![(StatedAt::Product, Tax::of(key("vat"), percent))];
        let stated = decided(&world).expect("decided");
        assert_eq!((stated.taxes[0].percent, stated.why), (percent, Why::Stated { at: StatedAt::Product }));
        world.exemptions = alloc::vec![Exemption {
            category: ExemptAs::Exempt,
            reason: Reason { code: Some("VATEX-EU-151".into()), text: "Diplomatic mission".into() },
            place: None,
            classes: Vec::new(),
            certificate: Some("15.10".into()),
            from: "2026-01-01".parse().expect("date"),
            until: None,
        }];
        let exempt = decided(&world).expect("decided");
        assert_eq!(exempt.taxes[0].category, Category::Exempt);
        assert_eq!(exempt.why, Why::Exempt { certificate: Some("15.10".into()) });
    }

    #[test]
    fn a_reverse_charge_says_its_reason_and_what_cannot_be_decided_is_an_error() {
        let business = decided(&world("DE", Some("DE663042130"))).expect("decided");
        assert_eq!(business.taxes[0].category, Category::ReverseCharge);
        assert_eq!(business.taxes[0].reason.as_ref().and_then(|one| one.code.as_deref()), Some("VATEX-EU-AE"));
        assert_eq!(decided(&world("?", None)), Err(DecideError::NoCountry));
        assert!(matches!(decided(&world("US", None)).expect("decided").why, Why::NotCharged { .. }));
    }

    use alloc::string::ToString;
}
