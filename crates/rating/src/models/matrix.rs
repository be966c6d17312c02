//! Quantity times the rate of its dimensions.

use crate::{Explanation, NonNegative, RateError, Reason};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::cmp::Ordering;
use money::Ratio;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// Rates by the values of one or more dimensions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Table", into = "Table")]
pub struct Matrix {
    table: Table,
    /// Numbers of the rates in the order of their values, for a binary search.
    order: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Table {
    /// The dimensions that decide the rate.
    by: Vec<String>,
    /// The rates.
    rates: Vec<MatrixRate>,
    /// Rate of every other combination. Left out, another combination is an error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<NonNegative>,
}

/// The rate of one combination of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixRate {
    /// A value for each dimension, in the order of `by`.
    pub of: Vec<String>,
    /// Price of one unit.
    pub each: NonNegative,
}

/// Why a matrix cannot be a price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// No dimension.
    #[error("a matrix price needs at least one dimension in `by`")]
    NoDimension,
    /// A dimension twice.
    #[error("`{dimension}` stands twice in `by`")]
    SameDimension {
        /// The dimension.
        dimension: String,
    },
    /// No rate.
    #[error("a matrix price needs at least one rate")]
    NoRates,
    /// A rate with too few or too many values.
    #[error("rate {rate} has {found} values for {needed} dimensions")]
    Values {
        /// Number of the rate, from 1.
        rate: usize,
        /// How many values it has.
        found: usize,
        /// How many dimensions there are.
        needed: usize,
    },
    /// Two rates for the same values.
    #[error("rates {first} and {second} are for the same values")]
    SameValues {
        /// Number of the first rate, from 1.
        first: usize,
        /// Number of the second rate, from 1.
        second: usize,
    },
}

impl ToProblem for MatrixError {
    fn problem(&self) -> Problem {
        let (code, title, at, mend) = match self {
            Self::NoDimension => {
                ("matrix_no_dimension", "A matrix without dimensions", String::from("/by"), "name a dimension")
            }
            Self::SameDimension { .. } => {
                ("matrix_same_dimension", "A dimension twice", String::from("/by"), "name each dimension once")
            }
            Self::NoRates => ("matrix_no_rates", "A matrix without rates", String::from("/rates"), "give a rate"),
            Self::Values { rate, .. } => (
                "matrix_values",
                "A rate with too few or too many values",
                format!("/rates/{}/of", rate - 1),
                "give one value for each dimension, in the order of `by`",
            ),
            Self::SameValues { second, .. } => (
                "matrix_same_values",
                "Two rates for the same values",
                format!("/rates/{}/of", second - 1),
                "keep one of them",
            ),
        };
        Problem::new(code, title).detail(format!("{self}")).at(at).mend(mend)
    }
}

impl Matrix {
    /// Checks the rates: in the order of [`MatrixError`].
    pub fn new(by: Vec<String>, rates: Vec<MatrixRate>, default: Option<NonNegative>) -> Result<Self, MatrixError> {
        if by.is_empty() {
            return Err(MatrixError::NoDimension);
        }
        if let Some(dimension) = (1..by.len()).find(|n| by[..*n].contains(&by[*n])) {
            return Err(MatrixError::SameDimension { dimension: by[dimension].clone() });
        }
        if rates.is_empty() {
            return Err(MatrixError::NoRates);
        }
        if let Some((n, rate)) = rates.iter().enumerate().find(|(_, rate)| rate.of.len() != by.len()) {
            return Err(MatrixError::Values { rate: n + 1, found: rate.of.len(), needed: by.len() });
        }
        let mut order: Vec<usize> = (0..rates.len()).collect();
        order.sort_by(|a, b| rates[*a].of.cmp(&rates[*b].of));
        if let Some(pair) = order.windows(2).find(|pair| rates[pair[0]].of == rates[pair[1]].of) {
            let (first, second) = (pair[0].min(pair[1]) + 1, pair[0].max(pair[1]) + 1);
            return Err(MatrixError::SameValues { first, second });
        }
        Ok(Self { table: Table { by, rates, default }, order })
    }

    /// The dimensions that decide the rate.
    pub fn dimensions(&self) -> &[String] {
        &self.table.by
    }

    /// Quantity × the rate of these dimensions, or the default rate. A combination without either is an error: it would be free.
    pub(crate) fn worth(
        &self,
        quantity: Ratio,
        dimensions: &BTreeMap<String, String>,
    ) -> Result<Explanation, RateError> {
        let Table { by, rates, default } = &self.table;
        if let Some(dimension) = by.iter().find(|dimension| !dimensions.contains_key(*dimension)) {
            return Err(RateError::MissingDimension { dimension: dimension.clone() });
        }
        let values = || by.iter().filter_map(|dimension| dimensions.get(dimension));
        let compare = |n: &usize| -> Ordering { rates[*n].of.iter().cmp(values()) };
        let (rate, each) = match self.order.binary_search_by(compare) {
            Ok(at) => (u32::try_from(self.order[at] + 1).ok(), rates[self.order[at]].each),
            Err(_) => match default {
                Some(each) => (None, *each),
                None => return Err(no_rate(by, dimensions)),
            },
        };
        let amount = quantity.times(each.ratio())?;
        Ok(Explanation::leaf(Reason::Matrix { rate, quantity, each: each.get() }, amount))
    }
}

fn no_rate(by: &[String], dimensions: &BTreeMap<String, String>) -> RateError {
    let pairs: Vec<String> =
        by.iter().filter_map(|name| dimensions.get(name).map(|value| format!("{name} = {value}"))).collect();
    RateError::NoRate { dimensions: pairs.join(", ") }
}

impl TryFrom<Table> for Matrix {
    type Error = MatrixError;

    fn try_from(table: Table) -> Result<Self, MatrixError> {
        Self::new(table.by, table.rates, table.default)
    }
}
impl From<Matrix> for Table {
    fn from(matrix: Matrix) -> Self {
        matrix.table
    }
}
