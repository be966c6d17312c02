//! Why an account cannot be billed as Kill Bill does.

use super::ItemId;
use alloc::{format, string::String};
use calendar::profiles::killbill::IntervalError;
use calendar::{Date, DateError, PeriodError, ScheduleError};
use money::{Money, MoneyError, NumError};
use stdx::{Problem, ToProblem};

/// Why an account cannot be billed as Kill Bill does. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KillBillError {
    /// Two items for the same days of a subscription, and neither is repaired.
    #[error("`{subscription}` was billed twice from {from}, by item {} and item {}", first.0, second.0)]
    DoubleBilled {
        /// The subscription.
        subscription: String,
        /// The first day that was billed twice.
        from: Date,
        /// One item.
        first: ItemId,
        /// The other one.
        second: ItemId,
    },
    /// More was given back than was billed.
    #[error("item {} gave back more than it billed: {left} is left", item.0)]
    TooManyRepairs {
        /// The item.
        item: ItemId,
        /// What is left, below 0.
        left: Money,
    },
    /// A repair or an adjustment of what was not billed.
    #[error("item {} is repaired or adjusted and was not billed", item.0)]
    MissingItem {
        /// The item.
        item: ItemId,
    },
    /// A run would bill more items than it may.
    #[error("{items} items of `{subscription}` on {on}, and {limit} are allowed")]
    TooManyItems {
        /// The subscription.
        subscription: String,
        /// The day.
        on: Date,
        /// How many it would be.
        items: usize,
        /// The limit.
        limit: usize,
    },
    /// Two one-off items of a subscription on one day.
    #[error("`{subscription}` has several one-off items on {on}")]
    SeveralOneOffs {
        /// The subscription.
        subscription: String,
        /// The day.
        on: Date,
    },
    /// A run too far ahead.
    #[error("{target} lies more than {months} months ahead")]
    TargetTooFar {
        /// The day asked for.
        target: Date,
        /// The limit.
        months: u16,
    },
    /// Something is named that the account does not have.
    #[error("there is no {what} `{name}`")]
    Unknown {
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// Credit is to be moved, and there is none.
    #[error("the account has no credit")]
    NoCredit,
    /// Not possible in the state of what is named.
    #[error("{what}")]
    NotPossible {
        /// Why.
        what: String,
    },
    /// Cycles cannot be cut.
    #[error(transparent)]
    Interval(#[from] IntervalError),
    /// Not in the calendar.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Not a stretch of days.
    #[error(transparent)]
    Period(#[from] PeriodError),
    /// Not a day.
    #[error(transparent)]
    Date(#[from] DateError),
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] NumError),
}

impl KillBillError {
    pub(super) fn unknown(what: &'static str, name: impl Into<String>) -> Self {
        Self::Unknown { what, name: name.into() }
    }
}

impl ToProblem for KillBillError {
    fn problem(&self) -> Problem {
        let problem = |code, title, mend: &str| Problem::new(code, title).detail(format!("{self}")).mend(mend);
        match self {
            Self::DoubleBilled { .. } | Self::TooManyRepairs { .. } | Self::MissingItem { .. } => problem(
                "killbill_history",
                "The billed items contradict each other",
                "mend the exported items: each day is billed once, and no more is given back than was billed",
            ),
            Self::TooManyItems { .. } | Self::SeveralOneOffs { .. } | Self::TargetTooFar { .. } => problem(
                "killbill_limit",
                "A safety limit of Kill Bill stops the run",
                "choose an earlier target, or raise the limit in the profile to that of the exported system",
            ),
            Self::Unknown { .. } => problem(
                "killbill_unknown",
                "The Kill Bill account has no such thing",
                "name what the account has, and export the catalog with every version that is in use",
            ),
            Self::NotPossible { .. } | Self::NoCredit => {
                problem("killbill_not_possible", "The Kill Bill account cannot do that", "look at what it says")
            }
            Self::Interval(error) => error.problem(),
            Self::Schedule(error) => error.problem(),
            Self::Period(error) => error.problem(),
            Self::Date(error) => error.problem(),
            Self::Money(error) => error.problem(),
            Self::Number(error) => error.problem(),
        }
    }
}
