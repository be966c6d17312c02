//! Why a customer cannot be billed.

use crate::PriceRef;
use contracts::PlanRef;
use stdx::Key;

/// Why a customer cannot be billed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The subscription names a plan or version that the catalog does not have.
    #[error("subscription `{subscription}` is on {plan}, which is not in the catalog")]
    UnknownPlan {
        /// The subscription.
        subscription: Key,
        /// The plan.
        plan: PlanRef,
    },
    /// The price counts something of which the subscription states no number.
    #[error("{price} counts `{quantity}`, but subscription `{subscription}` does not say how many")]
    MissingQuantity {
        /// The subscription.
        subscription: Key,
        /// The price.
        price: PriceRef,
        /// The quantity.
        quantity: Key,
    },
    /// A metered price was planned without an answer to its question.
    #[error("the usage for {price} was not measured")]
    UsageNotAnswered {
        /// The price.
        price: PriceRef,
    },
    /// The meter of a price that takes an amount measures something that is not a decimal number, such as an average.
    #[error("{price} takes an amount from its meter, and {quantity} is not a decimal number")]
    NotAnAmount {
        /// The price.
        price: PriceRef,
        /// What was measured.
        quantity: money::Ratio,
    },
    /// The price is written in a unit that the catalog does not have.
    #[error(transparent)]
    UnknownUnit(#[from] catalog::UnknownUnit),
    /// The price cannot be applied to the quantity.
    #[error("{price} of subscription `{subscription}`: {error}")]
    Rating {
        /// The price.
        price: PriceRef,
        /// The subscription.
        subscription: Key,
        /// What is wrong.
        error: rating::RateError,
    },
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] money::NumError),
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] money::MoneyError),
    /// A cycle cannot be had.
    #[error(transparent)]
    Schedule(#[from] calendar::ScheduleError),
    /// A stretch of time cannot be had.
    #[error(transparent)]
    Period(#[from] calendar::PeriodError),
    /// A share cannot be had.
    #[error(transparent)]
    Proration(#[from] calendar::ProrationError),
    /// A name that the program itself uses is none.
    #[error("a name that stands for charges cannot be had")]
    NoName,
    /// Discounts cannot be taken off.
    #[error(transparent)]
    Discount(#[from] crate::DiscountError),
    /// A line cannot be rated with another quantity.
    #[error(transparent)]
    Rerated(#[from] rating::RateError),
    /// The taxes of a line cannot be decided upon.
    #[error(transparent)]
    Taxes(#[from] tax::DecideError),
    /// Taxes cannot be computed.
    #[error(transparent)]
    Tax(#[from] tax::TaxError),
    /// An amount cannot be shared.
    #[error(transparent)]
    Share(#[from] money::AllocError),
    /// The postings do not balance.
    #[error(transparent)]
    Entry(#[from] ledger::EntryError),
}

impl stdx::ToProblem for PlanError {
    fn problem(&self) -> stdx::Problem {
        let problem =
            |code, title, mend: &str| stdx::Problem::new(code, title).detail(alloc::format!("{self}")).mend(mend);
        match self {
            Self::UnknownPlan { .. } => problem(
                "plan_not_in_catalog",
                "The plan is not in the catalog",
                "apply the pricing file that has this plan",
            ),
            Self::MissingQuantity { quantity, .. } => problem(
                "missing_quantity",
                "A quantity is not stated",
                &alloc::format!("set the quantity `{quantity}` on the subscription"),
            ),
            Self::UsageNotAnswered { .. } => problem(
                "usage_not_measured",
                "Usage was not measured",
                "measure every need of the plan before planning",
            ),
            Self::NotAnAmount { .. } => problem(
                "not_an_amount",
                "The meter does not measure an amount",
                "let the meter of this price sum an amount, or round its quantity",
            ),
            Self::UnknownUnit(_) => problem(
                "unknown_unit",
                "There is no such pricing unit",
                "add the pricing unit to `units` of the pricing file",
            ),
            Self::Rating { price, error, .. } => {
                let inner = error.problem();
                inner.under(&alloc::format!("/plans/{}/prices/{}", price.plan, price.price))
            }
            Self::Number(error) => error.problem(),
            Self::Money(error) => error.problem(),
            Self::Schedule(error) => error.problem(),
            Self::Period(error) => error.problem(),
            Self::Proration(error) => error.problem(),
            Self::Entry(error) => error.problem(),
            Self::NoName => problem("invalid_key", "Not a name", "report this as a defect"),
            Self::Discount(error) => error.problem(),
            Self::Rerated(error) => error.problem(),
            Self::Taxes(error) => error.problem(),
            Self::Tax(error) => error.problem(),
            Self::Share(error) => error.problem(),
        }
    }
}
