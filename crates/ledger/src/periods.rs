//! Which months can be posted to.

use crate::Month;
use alloc::{collections::BTreeMap, format, string::String};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// Whether a month takes entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum PeriodState {
    /// Everybody may post.
    Open,
    /// Only finance may, and says why; what the engine posts goes to the next open month.
    SoftClosed {
        /// Who closed it.
        by: Key,
    },
    /// Nobody may.
    Locked {
        /// Who locked it.
        by: Key,
        /// The hash of the trial balance as it was locked.
        proof: String,
        /// How often it was locked: 1, and one more after each time that it was opened again.
        version: u32,
    },
}

/// Who posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poster<'a> {
    /// The engine, which posts what follows from facts.
    Engine,
    /// A person of finance, who says why.
    Finance {
        /// Why.
        reason: &'a str,
    },
}

/// The months of one book of one legal entity. A month that nobody closed is open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    closed: BTreeMap<Month, PeriodState>,
    versions: BTreeMap<Month, u32>,
}

/// Why a month cannot be closed, opened or posted to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodsError {
    /// It is not in the state that the step needs.
    #[error("{month} is {is}, so it cannot be {step}")]
    WrongState {
        /// The month.
        month: Month,
        /// Its state.
        is: &'static str,
        /// What was asked for.
        step: &'static str,
    },
    /// Months are closed in order.
    #[error("{month} cannot be {step} while {other} is {is}")]
    OutOfOrder {
        /// The month.
        month: Month,
        /// What was asked for.
        step: &'static str,
        /// The month that stands in the way.
        other: Month,
        /// Its state.
        is: &'static str,
    },
    /// A locked month is opened by two persons.
    #[error("{by} asked to open {month} and cannot approve it too")]
    OnePerson {
        /// The month.
        month: Month,
        /// The person.
        by: Key,
    },
    /// No reason was given.
    #[error("no reason is given for a posting to {0}, which is closed, or for opening it")]
    NoReason(Month),
    /// Every month to the end of the calendar is closed.
    #[error("no month after {0} is open")]
    NoneOpen(Month),
}

impl stdx::ToProblem for PeriodsError {
    fn problem(&self) -> stdx::Problem {
        let (plain, mend) = match self {
            Self::WrongState { .. } | Self::OutOfOrder { .. } => (
                stdx::Problem::new("wrong_period_state", "The month is not in the state for that"),
                "close months in their order, lock what is closed, and open the last locked one first",
            ),
            Self::OnePerson { .. } => {
                (stdx::Problem::new("needs_two_persons", "This needs two persons"), "let another person approve it")
            }
            Self::NoReason(_) => (stdx::Problem::new("no_period_reason", "A closed month needs a reason"), "say why"),
            Self::NoneOpen(_) => (stdx::Problem::new("no_open_period", "No month is open"), "leave a later month open"),
        };
        plain.detail(format!("{self}")).mend(mend)
    }
}

const OPEN: PeriodState = PeriodState::Open;

impl PeriodState {
    const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::SoftClosed { .. } => "soft-closed",
            Self::Locked { .. } => "locked",
        }
    }
}

impl Periods {
    /// The state of a month.
    pub fn state(&self, month: Month) -> &PeriodState {
        self.closed.get(&month).unwrap_or(&OPEN)
    }

    /// Whether a month is locked.
    pub fn is_locked(&self, month: Month) -> bool {
        matches!(self.state(month), PeriodState::Locked { .. })
    }

    /// Closes an open month for the engine. No earlier month that was ever closed may be open.
    pub fn soft_close(&mut self, month: Month, by: Key) -> Result<(), PeriodsError> {
        self.expect(month, "soft-closed", |state| matches!(state, PeriodState::Open))?;
        let gap = self.closed.keys().next().copied().filter(|first| *first < month);
        let open = gap.and_then(|first| first.to(month).find(|earlier| !self.closed.contains_key(earlier)));
        if let Some(other) = open.filter(|other| *other < month) {
            return Err(PeriodsError::OutOfOrder { month, step: "soft-closed", other, is: "open" });
        }
        self.closed.insert(month, PeriodState::SoftClosed { by });
        Ok(())
    }

    /// Locks a soft-closed month; `proof` is the hash of its trial balance. Earlier months must be locked.
    pub fn lock(&mut self, month: Month, by: Key, proof: impl Into<String>) -> Result<(), PeriodsError> {
        self.expect(month, "locked", |state| matches!(state, PeriodState::SoftClosed { .. }))?;
        let earlier = self.closed.range(..month).find(|(_, state)| !matches!(state, PeriodState::Locked { .. }));
        if let Some((other, state)) = earlier {
            return Err(PeriodsError::OutOfOrder { month, step: "locked", other: *other, is: state.word() });
        }
        let version = self.versions.entry(month).or_insert(0);
        *version += 1;
        self.closed.insert(month, PeriodState::Locked { by, proof: proof.into(), version: *version });
        Ok(())
    }

    /// Opens the last locked month again: soft-closed, so that finance can post to it. Two persons and a reason.
    pub fn reopen(&mut self, month: Month, asked_by: Key, approved_by: &Key, reason: &str) -> Result<(), PeriodsError> {
        self.expect(month, "opened", |state| matches!(state, PeriodState::Locked { .. }))?;
        if asked_by == *approved_by {
            return Err(PeriodsError::OnePerson { month, by: asked_by });
        }
        if reason.trim().is_empty() {
            return Err(PeriodsError::NoReason(month));
        }
        let later = self.closed.range(month..).skip(1).find(|(_, state)| matches!(state, PeriodState::Locked { .. }));
        if let Some((other, _)) = later {
            return Err(PeriodsError::OutOfOrder { month, step: "opened", other: *other, is: "locked" });
        }
        self.closed.insert(month, PeriodState::SoftClosed { by: asked_by });
        Ok(())
    }

    /// Opens a soft-closed month for the engine again. No later month may be closed.
    pub fn open(&mut self, month: Month) -> Result<(), PeriodsError> {
        self.expect(month, "opened", |state| matches!(state, PeriodState::SoftClosed { .. }))?;
        if let Some((other, state)) = self.closed.range(month..).nth(1) {
            return Err(PeriodsError::OutOfOrder { month, step: "opened", other: *other, is: state.word() });
        }
        self.closed.remove(&month);
        Ok(())
    }

    /// The month in which an event of `month` is posted: that month itself, or the first later one that takes it.
    pub fn landing(&self, month: Month, poster: Poster<'_>) -> Result<Month, PeriodsError> {
        let mut at = month;
        loop {
            match (self.state(at), poster) {
                (PeriodState::Open, _) => return Ok(at),
                (PeriodState::SoftClosed { .. }, Poster::Finance { reason }) => {
                    return if reason.trim().is_empty() { Err(PeriodsError::NoReason(at)) } else { Ok(at) };
                }
                (PeriodState::SoftClosed { .. }, Poster::Engine) | (PeriodState::Locked { .. }, _) => {
                    at = at.plus(1).map_err(|_| PeriodsError::NoneOpen(month))?;
                }
            }
        }
    }

    fn expect(&self, month: Month, step: &'static str, fits: fn(&PeriodState) -> bool) -> Result<(), PeriodsError> {
        let state = self.state(month);
        if fits(state) { Ok(()) } else { Err(PeriodsError::WrongState { month, is: state.word(), step }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().expect(text)
    }
    fn who(name: &str) -> Key {
        name.parse().expect(name)
    }
    fn january_locked() -> Periods {
        let mut periods = Periods::default();
        periods.soft_close(month("2026-01"), who("ada")).expect("closed");
        periods.lock(month("2026-01"), who("ada"), "hash").expect("locked");
        periods
    }

    #[test]
    fn months_are_closed_and_locked_in_order() {
        let mut periods = january_locked();
        assert!(periods.soft_close(month("2026-03"), who("ada")).is_err(), "February is open");
        assert!(periods.lock(month("2026-02"), who("ada"), "hash").is_err(), "it is open");
        periods.soft_close(month("2026-02"), who("ada")).expect("closed");
        periods.soft_close(month("2026-03"), who("ada")).expect("closed");
        assert!(periods.lock(month("2026-03"), who("ada"), "hash").is_err(), "February is not locked");
        assert!(periods.open(month("2026-02")).is_err(), "March is closed");
        periods.open(month("2026-03")).expect("open");
    }

    #[test]
    fn a_late_fact_lands_in_the_first_month_that_takes_it() {
        let mut periods = january_locked();
        let landing = |periods: &Periods, poster| periods.landing(month("2026-01"), poster).expect("a month");
        assert_eq!(landing(&periods, Poster::Engine), month("2026-02"));
        periods.soft_close(month("2026-02"), who("ada")).expect("closed");
        assert_eq!(landing(&periods, Poster::Engine), month("2026-03"));
        assert_eq!(landing(&periods, Poster::Finance { reason: "accrual" }), month("2026-02"));
        assert!(periods.landing(month("2026-02"), Poster::Finance { reason: " " }).is_err());
    }

    #[test]
    fn a_locked_month_is_opened_by_two_persons_and_locked_anew() {
        let mut periods = january_locked();
        let january = month("2026-01");
        assert!(periods.reopen(january, who("ada"), &who("ada"), "error").is_err());
        assert!(periods.reopen(january, who("ada"), &who("bob"), "").is_err());
        periods.reopen(january, who("ada"), &who("bob"), "an invoice of another year").expect("two persons");
        periods.lock(january, who("bob"), "other").expect("locked");
        assert!(matches!(periods.state(january), PeriodState::Locked { version: 2, .. }));
    }
}
