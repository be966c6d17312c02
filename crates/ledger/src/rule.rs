//! Posting rules: which entry records a business event, as data.

use crate::{Account, EntryDraft, Side, Valued};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use calendar::Instant;
use money::MoneyError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What about an event is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The amount of an event that has only one.
    Amount,
    /// With tax, or before fees.
    Gross,
    /// Without tax, or after fees.
    Net,
    /// The tax.
    Tax,
    /// The fee of a payment provider.
    Fee,
    /// What goes back to the customer.
    Refund,
    /// What is earned.
    Earned,
    /// What is given up of a cost that was spread.
    Cost,
}

/// One leg of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleLeg {
    /// On which side.
    pub side: Side,
    /// Where.
    pub account: Account,
    /// What of the event.
    pub measure: Measure,
}

/// How one sort of event is posted. A rule without legs records that the event posts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The sort of event: `invoice_finalised`.
    pub event: String,
    /// Version of the rule, from 1. A changed rule is a new version; what was posted by an old one stays.
    pub version: u32,
    /// The row in the table of events that it belongs to, from 1.
    pub row: u8,
    /// Its legs.
    pub legs: Vec<RuleLeg>,
}

/// A rule in a table: its row in the table of events, the event, its legs.
pub type RuleRow<'a> = (u8, &'a str, &'a [(Side, Account, Measure)]);

/// What an event is worth, by measure.
pub type Amounts = BTreeMap<Measure, Valued>;

/// Why a rule cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// There is no rule for the event.
    #[error("there is no posting rule for `{0}`")]
    Unknown(String),
    /// The event does not say what the rule posts.
    #[error("the rule for `{event}` posts {measure:?}, and the event does not say how much that is")]
    NoAmount {
        /// The sort of event.
        event: String,
        /// What is missing.
        measure: Measure,
    },
    /// The event says something that no leg posts, so it would be lost.
    #[error("the rule for `{event}` posts no {measure:?}, which would be lost")]
    Unposted {
        /// The sort of event.
        event: String,
        /// What no leg posts.
        measure: Measure,
    },
    /// A version of a rule is there already, with other legs.
    #[error("version {version} of the rule for `{event}` is there already and says something else")]
    Conflict {
        /// The sort of event.
        event: String,
        /// The version.
        version: u32,
    },
    /// An amount is too large.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl stdx::ToProblem for RuleError {
    fn problem(&self) -> stdx::Problem {
        let problem = match self {
            Self::Money(error) => return error.problem(),
            Self::Unknown(_) => stdx::Problem::new("no_posting_rule", "There is no posting rule for the event")
                .mend("add a rule for it, or name an event of the table of posting rules"),
            Self::NoAmount { .. } | Self::Unposted { .. } => {
                stdx::Problem::new("rule_does_not_fit", "The posting rule does not fit the event")
                    .mend("give exactly the amounts that the legs of the rule post, zero where there is none")
            }
            Self::Conflict { .. } => stdx::Problem::new("rule_conflict", "The version of a rule is there already")
                .mend("give the changed rule the next version"),
        };
        problem.detail(format!("{self}"))
    }
}

impl Rule {
    /// Begins the entry of one event of this sort. `id` is the identity of the event; negative amounts go to the other side.
    pub fn draft(
        &self,
        id: impl Into<String>,
        effective_at: Instant,
        amounts: &Amounts,
        dimensions: &BTreeMap<String, String>,
    ) -> Result<EntryDraft, RuleError> {
        let draft = EntryDraft::by_rule(id, self.version, effective_at);
        self.add_to(draft, amounts, dimensions)
    }

    /// Adds the legs of one more part of the same event, with dimensions of its own.
    pub fn add_to(
        &self,
        mut draft: EntryDraft,
        amounts: &Amounts,
        dimensions: &BTreeMap<String, String>,
    ) -> Result<EntryDraft, RuleError> {
        let posts = |measure: &Measure| self.legs.iter().any(|leg| leg.measure == *measure);
        if let Some(measure) = amounts.keys().find(|measure| !self.legs.is_empty() && !posts(measure)) {
            return Err(RuleError::Unposted { event: self.event.clone(), measure: *measure });
        }
        for leg in &self.legs {
            let amount = amounts.get(&leg.measure);
            let missing = || RuleError::NoAmount { event: self.event.clone(), measure: leg.measure };
            draft = draft.valued_leg(leg.account, leg.side, *amount.ok_or_else(missing)?, dimensions.clone());
        }
        Ok(draft)
    }
}

/// Rules by event, each in all its versions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules(BTreeMap<String, BTreeMap<u32, Rule>>);

impl Rules {
    /// Adds a rule, or the next version of one. An error when that version is there and differs.
    pub fn add(&mut self, rule: Rule) -> Result<(), RuleError> {
        let versions = self.0.entry(rule.event.clone()).or_default();
        match versions.get(&rule.version) {
            Some(known) if *known != rule => Err(RuleError::Conflict { event: rule.event, version: rule.version }),
            Some(_) => Ok(()),
            None => {
                versions.insert(rule.version, rule);
                Ok(())
            }
        }
    }

    /// Both sets of rules.
    pub fn and(mut self, other: Self) -> Result<Self, RuleError> {
        let rules = other.0.into_values().flat_map(BTreeMap::into_values);
        rules.into_iter().try_for_each(|rule| self.add(rule))?;
        Ok(self)
    }

    /// The last version of the rule for an event.
    pub fn rule(&self, event: &str) -> Result<&Rule, RuleError> {
        let last = self.0.get(event).and_then(|versions| versions.values().next_back());
        last.ok_or_else(|| RuleError::Unknown(event.into()))
    }

    /// Every rule in every version, by event.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// Rules of the first version from a table of row, event and legs.
    pub fn table(rows: &[RuleRow<'_>]) -> Self {
        let rule = |(row, event, legs): &RuleRow<'_>| Rule {
            event: (*event).into(),
            version: 1,
            row: *row,
            legs: legs
                .iter()
                .map(|(side, account, measure)| RuleLeg { side: *side, account: *account, measure: *measure })
                .collect(),
        };
        let named = rows.iter().map(rule).map(|rule| (rule.event.clone(), [(1, rule)].into()));
        Self(named.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standard_rules;
    use money::{Currency, Money};

    fn euro(minor: i128) -> Valued {
        Money::new(minor, Currency::parse("EUR").expect("euro")).into()
    }
    fn draft(event: &str, amounts: &[(Measure, i128)]) -> Result<EntryDraft, RuleError> {
        let amounts = amounts.iter().map(|(measure, minor)| (*measure, euro(*minor))).collect();
        let at = "2026-04-01T00:00:00Z".parse().expect("instant");
        standard_rules().rule(event)?.draft("e1", at, &amounts, &BTreeMap::new())
    }

    #[test]
    fn an_invoice_is_posted_with_its_tax() {
        let entry = draft("invoice_finalised", &[(Measure::Gross, 119), (Measure::Net, 100), (Measure::Tax, 19)]);
        let entry = entry.expect("draft").balanced().expect("entry");
        let euro = Currency::parse("EUR").expect("euro");
        let credits = entry.sums(Side::Credit).expect("sums");
        assert_eq!(credits[&(Account::TaxPayable, euro)], Money::new(19, euro));
    }

    #[test]
    fn what_a_rule_needs_is_given_and_what_is_given_is_posted() {
        let without = draft("invoice_finalised", &[(Measure::Gross, 100), (Measure::Net, 100)]);
        assert_eq!(without, Err(RuleError::NoAmount { event: "invoice_finalised".into(), measure: Measure::Tax }));
        let lost = draft("payment_succeeded", &[(Measure::Amount, 100), (Measure::Fee, 3)]);
        assert_eq!(lost, Err(RuleError::Unposted { event: "payment_succeeded".into(), measure: Measure::Fee }));
        assert_eq!(draft("payment_dreamt_of", &[]), Err(RuleError::Unknown("payment_dreamt_of".into())));
    }

    #[test]
    fn a_version_is_never_changed() {
        let mut rules = standard_rules();
        let mut rule = rules.rule("payment_succeeded").expect("rule").clone();
        assert_eq!(rules.add(rule.clone()), Ok(()));
        rule.legs[0].account = Account::Cash;
        assert!(matches!(rules.add(rule.clone()), Err(RuleError::Conflict { .. })));
        rule.version = 2;
        rules.add(rule).expect("next version");
        assert_eq!(rules.rule("payment_succeeded").expect("rule").version, 2);
    }
}
