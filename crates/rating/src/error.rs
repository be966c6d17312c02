//! Why a quantity cannot be priced.

use crate::{Kind, TermsError};
use alloc::{format, string::String};
use formula::EvalError;
use money::{Dec, NumError, Ratio};
use stdx::{Problem, ToProblem};

/// Why a quantity cannot be priced, in the order in which it is looked at. Nothing that cannot be priced is free.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// The terms contradict themselves.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// A share of a cycle below zero.
    #[error("the share of the cycle is {share}; it is zero or above")]
    NegativeShare {
        /// The share.
        share: Ratio,
    },
    /// A quantity below zero under a model in which it has no meaning.
    #[error("the quantity is {quantity}, and a {} price has no meaning below zero", model.name())]
    NegativeQuantity {
        /// The model.
        model: Kind,
        /// The quantity.
        quantity: Ratio,
    },
    /// A transaction below zero under limits per transaction.
    #[error("transaction {number} is {amount}; limits and free parts per transaction have no meaning below zero")]
    NegativeTransaction {
        /// Which one, from 1.
        number: usize,
        /// Its amount.
        amount: Dec,
    },
    /// The single transactions are needed and not there.
    #[error("{count} transactions are behind the quantity, and the amounts of {found} are known")]
    MissingTransactions {
        /// How many there are.
        count: u64,
        /// How many are known.
        found: usize,
    },
    /// The events carry no amount.
    #[error("a {} price needs the amount that the events carry, and there is none", model.name())]
    MissingCarried {
        /// The model.
        model: Kind,
    },
    /// A dimension that decides the rate is not there.
    #[error("the rate depends on `{dimension}`, which this usage does not have")]
    MissingDimension {
        /// The dimension.
        dimension: String,
    },
    /// No rate for these dimensions.
    #[error("there is no rate for {dimensions}, and no default rate")]
    NoRate {
        /// The dimensions and their values.
        dimensions: String,
    },
    /// The formula has no result.
    #[error("the formula of the price: {0}")]
    Formula(#[from] EvalError),
    /// A number that is too large.
    #[error(transparent)]
    Number(#[from] NumError),
}

impl ToProblem for RateError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Terms(error) => return error.problem(),
            Self::Formula(error) => return error.problem(),
            Self::Number(error) => return error.problem(),
            Self::NegativeShare { .. } => ("negative_share", "A share below zero", "give a share of zero or above"),
            Self::NegativeQuantity { .. } => (
                "negative_quantity",
                "Less than none",
                "correct the usage in the period in which it was counted, or give a credit",
            ),
            Self::NegativeTransaction { .. } => (
                "negative_transaction",
                "A transaction below zero",
                "keep refunds out of the meter, or price them with a per-unit price",
            ),
            Self::MissingTransactions { .. } => (
                "missing_transactions",
                "The single transactions are missing",
                "let the meter keep the amount of each event",
            ),
            Self::MissingCarried { .. } => (
                "missing_carried_amount",
                "The events carry no amount",
                "name the property that carries the amount or cost",
            ),
            Self::MissingDimension { .. } => (
                "missing_dimension",
                "A dimension is missing",
                "group the price by this dimension and send it with the events",
            ),
            Self::NoRate { .. } => ("no_rate", "No rate for these dimensions", "add a rate for them, or a `default`"),
        };
        Problem::new(code, title).detail(format!("{self}")).mend(mend)
    }
}
