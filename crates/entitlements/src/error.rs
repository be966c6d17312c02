//! Why a right cannot be told.

use alloc::{format, string::String};
use money::Dec;
use stdx::{Problem, ToProblem};

/// Why a right cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntitlementError {
    /// One level says two different things, and nothing says which counts.
    #[error("one level says `{0}` and `{1}`")]
    SaysTwoThings(String, String),
    /// A feature cannot be a limit here and a setting there.
    #[error("a feature is {0} in one place and {1} in another")]
    KindsDiffer(&'static str, &'static str),
    /// Less than nothing.
    #[error("{what} is {amount}")]
    Negative {
        /// What it is.
        what: &'static str,
        /// How much.
        amount: Dec,
    },
    /// Whether a limit is left cannot be asked of what has none.
    #[error("{0} has no limit")]
    NoLimit(&'static str),
    /// An instant lies outside the calendar.
    #[error("an instant lies outside the calendar")]
    OutOfTime,
    /// Windows that follow one another must begin somewhere.
    #[error("the limit counts from its beginning, and it has not begun")]
    NotBegun,
    /// Nobody said when the billing period is.
    #[error("the limit counts over the billing period, and there is none")]
    NoBillingPeriod,
    /// A period cannot be had.
    #[error(transparent)]
    Schedule(#[from] calendar::ScheduleError),
    /// A period cannot be had.
    #[error(transparent)]
    Period(#[from] calendar::PeriodError),
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] money::NumError),
}

impl ToProblem for EntitlementError {
    fn problem(&self) -> Problem {
        let (problem, mend) = match self {
            Self::SaysTwoThings(..) => (
                Problem::new("entitlement_says_two_things", "One level says two different things"),
                "leave one of them out, or let a higher level override both",
            ),
            Self::KindsDiffer(..) => (
                Problem::new("entitlement_kinds_differ", "A feature is of two kinds"),
                "make it a switch, a limit or a setting everywhere",
            ),
            Self::Negative { .. } => {
                (Problem::new("negative_entitlement", "An amount is less than nothing"), "give 0 or more")
            }
            Self::NoLimit(_) => (
                Problem::new("feature_without_limit", "The feature has no limit"),
                "ask whether it is on, or read its setting",
            ),
            Self::OutOfTime => {
                (Problem::new("out_of_calendar", "A date lies outside of the calendar"), "use the years 1 to 9999")
            }
            Self::NotBegun => (
                Problem::new("entitlement_not_begun", "The entitlement has not begun"),
                "ask at or after its beginning, or let it count over a calendar period",
            ),
            Self::NoBillingPeriod => (
                Problem::new("no_billing_period", "There is no billing period"),
                "let the limit count over a calendar period, or give the feature by a subscription",
            ),
            Self::Schedule(error) => return error.problem(),
            Self::Period(error) => return error.problem(),
            Self::Number(error) => return error.problem(),
        };
        problem.detail(format!("{self}")).mend(mend)
    }
}
