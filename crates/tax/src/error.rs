//! Why a tax cannot be computed.

use crate::{Category, Percent};
use calendar::Date;
use stdx::{Key, Problem, ToProblem};

/// Why a tax cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TaxError {
    /// The category has no rate and one is given, or the other way round.
    #[error("tax `{code}`: {percent} does not fit the category {} ({category:?})", category.code())]
    RateDoesNotFit {
        /// The tax.
        code: Key,
        /// Its category.
        category: Category,
        /// Its rate.
        percent: Percent,
    },
    /// Nothing is taxed, and nothing says why.
    #[error("tax `{code}` is of category {} ({category:?}), and no reason is given", category.code())]
    NoReason {
        /// The tax.
        code: Key,
        /// Its category.
        category: Category,
    },
    /// A service begins before the first rate.
    #[error("the rates begin on {first}; {day} lies before")]
    NoRateYet {
        /// The first day of the service.
        day: Date,
        /// The first day with a rate.
        first: Date,
    },
    /// A sum cannot be split.
    #[error(transparent)]
    Split(#[from] money::AllocError),
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] money::NumError),
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] money::MoneyError),
    /// A stretch of days cannot be had.
    #[error(transparent)]
    Period(#[from] calendar::PeriodError),
}

impl ToProblem for TaxError {
    fn problem(&self) -> Problem {
        match self {
            Self::RateDoesNotFit { .. } => Problem::new("rate_does_not_fit", "The rate does not fit the tax category")
                .detail(alloc::format!("{self}"))
                .mend("use `standard` for a rate above 0, `zero_rated`, `exempt` or another category for 0"),
            Self::NoReason { .. } => Problem::new("no_exemption_reason", "Nothing says why there is no tax")
                .detail(alloc::format!("{self}"))
                .mend("give a reason with a code of the VATEX list and a text"),
            Self::NoRateYet { .. } => Problem::new("no_tax_rate_yet", "The tax has no rate on that day")
                .detail(alloc::format!("{self}"))
                .mend("add the earlier rate to the rule, with the local date from which it held"),
            Self::Split(error) => error.problem(),
            Self::Number(error) => error.problem(),
            Self::Money(error) => error.problem(),
            Self::Period(error) => error.problem(),
        }
    }
}
