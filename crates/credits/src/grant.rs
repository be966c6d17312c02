//! Grants.

use crate::{CreditError, Scope};
use calendar::{Cadence, Instant, Period, Schedule, Zone};
use money::{Dec, Money, Ratio, Rounding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// Value that a customer may use up, with its terms. Amounts are in the unit of the wallet that holds it: money, or a unit of one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Its name, unique among the customer's grants.
    pub key: Key,
    /// How much it holds; above 0.
    pub amount: Dec,
    /// What was paid for all of it. None where it was given: a promotion has no cost, and its use is no revenue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// Smaller numbers are used first.
    #[serde(default)]
    pub priority: u16,
    /// What it may be used for.
    #[serde(default, skip_serializing_if = "Scope::is_everything")]
    pub scope: Scope,
    /// When it was granted.
    pub granted_at: Instant,
    /// From when on it may be used.
    pub effective_at: Instant,
    /// When what is left lapses: it can be used before this instant, and not at it. None where it never does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Instant>,
    /// When it is filled again; none where it is used once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refill: Option<Refill>,
    /// What stays when all grants are reset together.
    #[serde(default)]
    pub rollover: Rollover,
}

/// How a grant comes back: at the beginning of each period it holds its amount again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refill {
    /// How often.
    pub every: Cadence,
    /// One instant at which it is filled; the others lie whole periods before and after it, at the same time of day.
    pub anchor: Instant,
    /// Where its days begin.
    pub zone: Zone,
    /// How much of what is left stays on top, at most. What is more than that lapses.
    #[serde(default = "nothing")]
    pub keeps: Dec,
}

/// What is left in a grant when its wallet is reset: at least the one, at most the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rollover {
    /// A balance below it is filled up to it.
    pub at_least: Dec,
    /// What is more than it lapses.
    pub at_most: Dec,
}

impl Default for Rollover {
    fn default() -> Self {
        Self { at_least: Dec::ZERO, at_most: Dec::ZERO }
    }
}

const fn nothing() -> Dec {
    Dec::ZERO
}

impl Grant {
    /// A grant for everything, from an instant on, without an end.
    pub fn new(key: Key, amount: Dec, effective_at: Instant) -> Self {
        Self {
            key,
            amount,
            cost: None,
            priority: 0,
            scope: Scope::default(),
            granted_at: effective_at,
            effective_at,
            expires_at: None,
            voided_at: None,
            refill: None,
            rollover: Rollover::default(),
        }
    }

    /// The same with an end.
    #[must_use]
    pub fn expiring(self, at: Instant) -> Self {
        Self { expires_at: Some(at), ..self }
    }

    /// From when on it cannot be used any more: its end, or when it was taken back.
    pub fn ends_at(&self) -> Option<Instant> {
        self.expires_at.into_iter().chain(self.voided_at).min()
    }

    /// Whether it may be used at an instant: `effective_at <= at < ends_at`.
    pub fn is_active_at(&self, at: Instant) -> bool {
        self.effective_at <= at && self.ends_at().is_none_or(|end| at < end)
    }

    /// What one unit cost; 0 for a promotion.
    pub fn cost_basis(&self) -> Result<Ratio, CreditError> {
        let cost = self.cost.map_or(Ratio::ZERO, |cost| Ratio::from(cost.to_dec()));
        Ok(cost.over(Ratio::from(self.amount))?)
    }

    /// What a draw is worth in money when so much of the grant was drawn before: the cost of all that is drawn then, less the cost of what was
    /// drawn before, each rounded once, so that the draws of a whole grant sum to its cost. None for a promotion.
    pub fn worth(&self, before: Dec, drawn: Dec) -> Result<Option<Money>, CreditError> {
        let Some(cost) = self.cost else { return Ok(None) };
        let upto = |drawn: Dec| {
            let exact = self.cost_basis()?.times(Ratio::from(drawn))?;
            Ok::<_, CreditError>(Money::round_from(exact, cost.currency(), Rounding::HalfUp)?)
        };
        Ok(Some(upto(before.plus(drawn)?)?.minus(upto(before)?)?))
    }

    /// Refuses terms that cannot be met.
    pub fn check(&self) -> Result<(), CreditError> {
        let key = || self.key.clone();
        if !self.amount.is_positive() {
            return Err(CreditError::NoAmount { grant: key(), amount: self.amount });
        }
        if let Some(cost) = self.cost.filter(|cost| cost.is_negative()) {
            return Err(CreditError::NegativeCost { grant: key(), cost });
        }
        if let Some(end) = self.expires_at.filter(|end| *end <= self.effective_at) {
            return Err(CreditError::EndsBeforeItBegins {
                grant: key(),
                effective_at: self.effective_at,
                expires_at: end,
            });
        }
        let Rollover { at_least, at_most } = self.rollover;
        let keeps = self.refill.as_ref().map_or(Dec::ZERO, |refill| refill.keeps);
        if at_least.is_negative() || at_least > at_most || keeps.is_negative() {
            return Err(CreditError::BadRollover { grant: key(), at_least, at_most, keeps });
        }
        Ok(())
    }
}

impl Refill {
    /// The instants after `from` and not after `to` at which it is filled.
    pub(crate) fn between(&self, from: Instant, to: Instant) -> Result<impl Iterator<Item = Instant>, CreditError> {
        let first = self.zone.date_of(self.anchor);
        let time_of_day = self.zone.start_of(first).micros_until(self.anchor);
        let schedule = Schedule::new(self.every, first, self.zone.clone());
        let shifted = |at: Instant, micros: i64| at.plus_micros(micros).map_err(|_| CreditError::OutOfTime);
        let midnight = shifted(from, -time_of_day)?;
        let (mut n, _) = schedule.at(midnight)?;
        let mut found = alloc::vec::Vec::new();
        loop {
            n += 1;
            let at = shifted(self.zone.start_of(schedule.boundary(n)?), time_of_day)?;
            if at > to {
                return Ok(found.into_iter());
            }
            if at > from {
                found.push(at);
            }
        }
    }

    /// Whether it is filled at an instant.
    pub(crate) fn falls_on(&self, at: Instant) -> Result<bool, CreditError> {
        let before = at.plus_micros(-1).map_err(|_| CreditError::OutOfTime)?;
        Ok(self.between(before, at)?.next().is_some())
    }
}

/// The stretch of time that is asked about; nothing where it has no length.
pub(crate) fn stretch(from: Instant, to: Instant) -> Option<Period> {
    Period::new(from, to).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn pack(amount: &str) -> Grant {
        Grant::new("pack".parse().expect("a key"), amount.parse().expect("a number"), at("2026-04-01T00:00:00Z"))
    }

    #[test]
    fn the_draws_of_a_whole_grant_sum_to_its_cost() {
        let dollars = crate::money_of("USD", 1000);
        let grant = Grant { cost: Some(dollars), ..pack("3") };
        let one = Dec::ONE;
        let worth: Vec<_> = (0..3).map(|before| grant.worth(Dec::from_int(before), one).expect("worth")).collect();
        let told: Vec<_> = worth.iter().flatten().map(Money::to_string).collect();
        assert_eq!(told, ["3.33 USD", "3.34 USD", "3.33 USD"]);
        assert_eq!(pack("3").worth(Dec::ZERO, one), Ok(None), "a promotion is worth no revenue");
    }

    #[test]
    fn a_refill_keeps_the_hour_and_the_last_day_of_the_month() {
        let refill =
            Refill { every: Cadence::MONTH, anchor: at("2026-01-31T06:00:00Z"), zone: Zone::utc(), keeps: Dec::ZERO };
        let found: Vec<_> =
            refill.between(at("2026-01-31T06:00:00Z"), at("2026-04-30T06:00:00Z")).expect("instants").collect();
        let told: Vec<_> = found.iter().map(Instant::to_string).collect();
        assert_eq!(told, ["2026-02-28T06:00:00Z", "2026-03-31T06:00:00Z", "2026-04-30T06:00:00Z"]);
    }

    #[test]
    fn terms_that_cannot_be_met_are_refused() {
        let code = |grant: Grant| stdx::ToProblem::problem(&grant.check().expect_err("refused")).code;
        assert_eq!(code(pack("0")), "grant_without_amount");
        assert_eq!(code(pack("1").expiring(at("2026-04-01T00:00:00Z"))), "grant_ends_before_it_begins");
        let rollover = Rollover { at_least: Dec::from_int(5), at_most: Dec::ONE };
        assert_eq!(code(Grant { rollover, ..pack("1") }), "bad_rollover");
        assert_eq!(code(Grant { cost: Some(crate::money_of("USD", -100)), ..pack("1") }), "negative_cost");
    }
}
