//! Which taxes a place asks for, by date.

use crate::{Category, Dated, On, Percent, Place, Reason, Tax, TaxError};
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use calendar::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty, Problem, ToProblem};

/// The taxes that a seller charges, as dated data: one rule for each place and class of goods. A place has one rule for each class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<Rule>", into = "Vec<Rule>")]
pub struct Rules(Vec<Rule>);

/// All taxes on one class of goods in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Where.
    pub place: Place,
    /// On what: a class that products name, such as `standard`, `books`, `saas`.
    pub class: Key,
    /// The taxes, in the order in which one stands on another. A rule of a region says all of them, those of the country too.
    pub taxes: NonEmpty<RuleTax>,
}

/// One tax of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleTax {
    /// Which tax: `vat`, `gst`, `us-ca`.
    pub code: Key,
    /// The category of EN 16931.
    #[serde(default)]
    pub category: Category,
    /// The rates by the local date from which each holds.
    pub rates: Dated<Percent>,
    /// What the rate is a percentage of.
    #[serde(default)]
    pub on: On,
    /// Why nothing is taxed, where the category asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Why rules say nothing, or contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// Two rules for one place and class.
    #[error("{place} has two rules for `{class}`")]
    Twice {
        /// The place.
        place: Place,
        /// The class.
        class: Key,
    },
    /// No rule for the place and class.
    #[error("no rule says how `{class}` is taxed in {place}")]
    NoRule {
        /// The place.
        place: Place,
        /// The class.
        class: Key,
    },
    /// The rule's rates begin later.
    #[error("the rates of `{code}` in {place} begin on {first}; {day} lies before")]
    NotYet {
        /// The place.
        place: Place,
        /// The tax.
        code: Key,
        /// The day asked for.
        day: Date,
        /// The first day with a rate.
        first: Date,
    },
    /// A rate, a category and a reason do not fit.
    #[error(transparent)]
    Tax(#[from] TaxError),
}

impl Rules {
    /// The taxes on a class of goods in a place on a day: those of the region where it has a rule, else those of the country.
    pub fn taxes(&self, place: &Place, class: &Key, day: Date) -> Result<Vec<Tax>, RulesError> {
        let of = |place: &Place| self.0.iter().find(|rule| rule.place == *place && rule.class == *class);
        let rule = of(place)
            .or_else(|| of(&Place::country(place.country)))
            .ok_or_else(|| RulesError::NoRule { place: place.clone(), class: class.clone() })?;
        rule.taxes.iter().map(|tax| tax.on_day(&rule.place, day)).collect()
    }

    /// The rules.
    pub fn as_slice(&self) -> &[Rule] {
        &self.0
    }
}

impl RuleTax {
    fn with(&self, percent: Percent) -> Tax {
        let reason = self.reason.clone().or_else(|| self.category.usual_reason());
        // a rate of nothing is zero-rated, unless the rule names another category
        let is_nothing = self.category == Category::Standard && percent.is_zero();
        let category = if is_nothing { Category::ZeroRated } else { self.category };
        Tax { code: self.code.clone(), category, percent, on: self.on, reason }
    }

    fn on_day(&self, place: &Place, day: Date) -> Result<Tax, RulesError> {
        match self.rates.on(day) {
            Some(percent) => Ok(self.with(*percent)),
            None => Err(RulesError::NotYet {
                place: place.clone(),
                code: self.code.clone(),
                day,
                first: self.rates.first_day(),
            }),
        }
    }
}

impl TryFrom<Vec<Rule>> for Rules {
    type Error = RulesError;
    fn try_from(rules: Vec<Rule>) -> Result<Self, RulesError> {
        let mut seen = BTreeSet::new();
        for rule in &rules {
            if !seen.insert((&rule.place, &rule.class)) {
                return Err(RulesError::Twice { place: rule.place.clone(), class: rule.class.clone() });
            }
            for tax in &rule.taxes {
                for (_, percent) in tax.rates.iter() {
                    tax.with(*percent).check()?;
                }
            }
        }
        Ok(Self(rules))
    }
}

impl From<Rules> for Vec<Rule> {
    fn from(rules: Rules) -> Self {
        rules.0
    }
}

impl ToProblem for RulesError {
    fn problem(&self) -> Problem {
        let detail: String = alloc::format!("{self}");
        match self {
            Self::Twice { .. } => Problem::new("tax_rule_twice", "Two tax rules for one thing")
                .detail(detail)
                .mend("keep one rule for each place and class; a change of rate is a date inside the rule"),
            Self::NoRule { .. } => Problem::new("no_tax_rule", "No rule says how something is taxed")
                .detail(detail)
                .mend("add a rule for the country and class, or state the taxes of the line, product or customer"),
            Self::NotYet { .. } => Problem::new("no_tax_rate_yet", "The tax has no rate on that day")
                .detail(detail)
                .mend("add the earlier rate to the rule, with the local date from which it held"),
            Self::Tax(error) => error.problem(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        serde_json::from_str(
            r#"[
            { "place": { "country": "DE" }, "class": "standard", "taxes": [
                { "code": "vat", "rates": { "2020-07-01": "16", "2021-01-01": "19" } } ] },
            { "place": { "country": "CA" }, "class": "standard", "taxes": [
                { "code": "gst", "rates": { "2008-01-01": "5" } } ] },
            { "place": { "country": "CA", "region": "BC" }, "class": "standard", "taxes": [
                { "code": "gst", "rates": { "2008-01-01": "5" } }, { "code": "pst-bc", "rates": { "2013-04-01": "7" } } ] }
            ]"#,
        )
        .expect("rules")
    }

    fn ask(
        place: &str,
        region: Option<&str>,
        class: &str,
        day: &str,
    ) -> Result<Vec<alloc::string::String>, RulesError> {
        let place = Place { country: place.parse().expect("country"), region: region.map(Into::into) };
        let class = class.try_into().expect("key");
        let found = rules().taxes(&place, &class, day.parse().expect("date"))?;
        Ok(found.iter().map(|tax| alloc::format!("{} {}", tax.code, tax.percent)).collect())
    }

    #[test]
    fn the_rate_is_that_of_the_day() {
        assert_eq!(ask("DE", None, "standard", "2020-12-31").expect("taxes"), ["vat 16 %"]);
        assert_eq!(ask("DE", None, "standard", "2021-01-01").expect("taxes"), ["vat 19 %"]);
    }

    #[test]
    fn a_region_says_all_of_its_taxes_and_else_the_country_does() {
        assert_eq!(ask("CA", Some("BC"), "standard", "2026-01-01").expect("taxes"), ["gst 5 %", "pst-bc 7 %"]);
        assert_eq!(ask("CA", Some("AB"), "standard", "2026-01-01").expect("taxes"), ["gst 5 %"]);
    }

    #[test]
    fn what_no_rule_knows_is_an_error_and_never_nothing() {
        assert!(matches!(ask("FR", None, "standard", "2026-01-01"), Err(RulesError::NoRule { .. })));
        assert!(matches!(ask("DE", None, "books", "2026-01-01"), Err(RulesError::NoRule { .. })));
        assert!(matches!(ask("DE", None, "standard", "2020-06-30"), Err(RulesError::NotYet { .. })));
    }

    #[test]
    fn rules_that_contradict_are_refused() {
        let mut twice: Vec<Rule> = rules().into();
        twice.push(twice[0].clone());
        assert!(matches!(Rules::try_from(twice), Err(RulesError::Twice { .. })));
        let mut silent: Vec<Rule> = rules().into();
        silent.truncate(1);
        let tax = RuleTax { category: Category::Exempt, ..silent[0].taxes.first().clone() };
        silent[0].taxes = NonEmpty::of(tax);
        assert!(matches!(Rules::try_from(silent), Err(RulesError::Tax(TaxError::RateDoesNotFit { .. }))));
    }
}
