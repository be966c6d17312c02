//! Why revenue cannot be computed.

use alloc::string::String;
use calendar::Date;
use money::Ratio;
use stdx::{Problem, ToProblem};

/// Why revenue cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevenueError {
    /// A product is sold and nothing says how it is earned.
    #[error("the product `{product}` has no template for its performance obligation")]
    NoTemplate {
        /// The product.
        product: String,
    },
    /// A standalone selling price is needed and not known.
    #[error("`{obligation}` has no standalone selling price on {on}")]
    NoSellingPrice {
        /// What is sold.
        obligation: String,
        /// The day of inception or modification.
        on: Date,
    },
    /// A discount was claimed for some of the goods without the evidence for it.
    #[error("the discount cannot be given to some of the obligations only: {missing}")]
    DiscountNotEvidenced {
        /// The test that is not met.
        missing: &'static str,
    },
    /// Something is named that is not there.
    #[error("there is no {what} `{key}` in `{within}`")]
    Unknown {
        /// Its sort.
        what: &'static str,
        /// Its key.
        key: String,
        /// Where it was looked for.
        within: String,
    },
    /// Two things of one contract have the same key.
    #[error("the {what} `{key}` is there twice")]
    Twice {
        /// Its sort.
        what: &'static str,
        /// Its key.
        key: String,
    },
    /// A measure of progress that cannot be.
    #[error("the progress of `{obligation}` cannot be measured: {why}")]
    NoProgress {
        /// What is sold.
        obligation: String,
        /// Why.
        why: &'static str,
    },
    /// Consideration below zero where there is none.
    #[error("the consideration of `{contract}` is {amount}, below zero")]
    NegativeConsideration {
        /// The contract.
        contract: String,
        /// Its transaction price.
        amount: Ratio,
    },
    /// An estimate that cannot be used.
    #[error("the estimate `{estimate}` cannot be used: {why}")]
    BadEstimate {
        /// The estimate.
        estimate: String,
        /// Why.
        why: &'static str,
    },
    /// The route of a modification was overridden without a reason.
    #[error("the modification of `{contract}` overrides the decision tree without a reason")]
    NoReason {
        /// The contract.
        contract: String,
    },
    /// A change of a contract that does not fit what is there.
    #[error("the change of `{contract}` on {on} cannot be applied: {why}")]
    BadChange {
        /// The contract.
        contract: String,
        /// Its day.
        on: Date,
        /// Why.
        why: &'static str,
    },
    /// No rate of exchange for a day.
    #[error("there is no {kind} rate from {from} to {to} on {on}")]
    NoRate {
        /// Which sort of rate.
        kind: &'static str,
        /// The transaction currency.
        from: money::Currency,
        /// The functional currency.
        to: money::Currency,
        /// The day.
        on: Date,
    },
    /// A rate of exchange that cannot be recorded.
    #[error("the rate `{rate}` cannot be recorded: {why}")]
    BadRate {
        /// By which it is found.
        rate: String,
        /// Why.
        why: &'static str,
    },
    /// More is taken from a balance than there is.
    #[error("{wanted} is taken and only {there} is there")]
    NotEnough {
        /// What is taken.
        wanted: Ratio,
        /// What is there.
        there: Ratio,
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
    /// A day cannot be had.
    #[error(transparent)]
    Date(#[from] calendar::DateError),
    /// A month cannot be had.
    #[error(transparent)]
    Month(#[from] ledger::MonthError),
    /// An entry cannot be written.
    #[error(transparent)]
    Entry(#[from] ledger::EntryError),
    /// A rule cannot be used.
    #[error(transparent)]
    Rule(#[from] ledger::RuleError),
    /// The books refuse it.
    #[error(transparent)]
    Books(#[from] ledger::BooksError),
}

impl ToProblem for RevenueError {
    fn problem(&self) -> Problem {
        let (plain, mend) = match self {
            Self::NoTemplate { .. } => (
                Problem::new("no_revenue_template", "Nothing says how a product is earned"),
                "give the product a template: its pattern, whether it is distinct, and the key of its selling price",
            ),
            Self::NoSellingPrice { .. } => (
                Problem::new("no_selling_price", "There is no standalone selling price"),
                "add a price to the book of standalone selling prices that holds on that day",
            ),
            Self::DiscountNotEvidenced { .. } => (
                Problem::new("discount_not_evidenced", "A discount for some goods is not evidenced"),
                "state evidence for all three tests, or let the discount fall on all obligations",
            ),
            Self::Unknown { .. } => (
                Problem::new("no_such_obligation", "There is no such obligation or estimate"),
                "name one that the contract has",
            ),
            Self::Twice { .. } => (Problem::new("key_twice", "A key is used twice"), "give each one its own key"),
            Self::NoProgress { .. } => (
                Problem::new("no_progress", "Progress cannot be measured"),
                "give a measure that can reach the whole: days, units, costs or milestones above zero",
            ),
            Self::NegativeConsideration { .. } => (
                Problem::new("negative_consideration", "The consideration is below zero"),
                "record what is paid to the customer as an expense or as a contract of its own",
            ),
            Self::BadEstimate { .. } => (
                Problem::new("bad_estimate", "An estimate cannot be used"),
                "state a method, outcomes whose chances add up to 1, and from when it is known",
            ),
            Self::NoReason { .. } => (
                Problem::new("no_override_reason", "An override without a reason"),
                "say why the decision tree is not followed",
            ),
            Self::BadChange { .. } => (
                Problem::new("bad_modification", "A change of a contract cannot be applied"),
                "look at what was promised and recognised by that day, and change that",
            ),
            Self::NoRate { .. } => {
                (Problem::new("no_exchange_rate", "There is no rate of exchange"), "add the rate of that day")
            }
            Self::BadRate { .. } => (
                Problem::new("bad_exchange_rate", "A rate of exchange cannot be recorded"),
                "give a rate above zero; to correct one, record it under the day from which it holds",
            ),
            Self::NotEnough { .. } => (
                Problem::new("balance_too_small", "More is taken than is there"),
                "take at most what stands on the balance",
            ),
            Self::Split(error) => return error.problem(),
            Self::Number(error) => return error.problem(),
            Self::Money(error) => return error.problem(),
            Self::Period(error) => return error.problem(),
            Self::Date(error) => return error.problem(),
            Self::Month(error) => return error.problem(),
            Self::Entry(error) => return error.problem(),
            Self::Rule(error) => return error.problem(),
            Self::Books(error) => return error.problem(),
        };
        plain.detail(alloc::format!("{self}")).mend(mend)
    }
}
