//! What is priced.

use alloc::{collections::BTreeMap, string::String};
use money::{Dec, Ratio};

/// A quantity of one period and what is known about the events behind it.
#[derive(Debug, Clone, Copy)]
pub struct Usage<'a> {
    /// Units, in the unit that the price counts. Below zero only when corrections exceed the usage of the period.
    pub quantity: Ratio,
    /// How many events or transactions are behind the quantity.
    pub count: u64,
    /// The amount of each transaction in order of time. Needed by percentage prices with limits per transaction or free parts.
    pub transactions: &'a [Dec],
    /// Amount or cost that the events carry, in the unit of the price. Needed by dynamic and cost-plus prices.
    pub carried: Option<Dec>,
    /// The dimensions of this quantity. Needed by matrix prices; formulas see them too.
    pub dimensions: &'a BTreeMap<String, String>,
    /// Whether the quantity stood for the whole cycle or happened within the part that is priced.
    pub basis: Basis,
}

/// How a quantity relates to the part of a cycle that is priced; it decides what a share below one applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// It stands for the cycle: seats, a platform fee. The share applies to the whole amount.
    #[default]
    Held,
    /// It was counted in the part. The share applies to what the price grants or asks for a whole cycle (allowance, maximum
    /// and minimum) and not to the usage itself.
    Metered,
}

static NO_DIMENSIONS: BTreeMap<String, String> = BTreeMap::new();

impl Usage<'static> {
    /// A quantity that stands for the whole cycle: 12 seats, one platform.
    pub fn held(quantity: Ratio) -> Self {
        Self { quantity, count: 0, transactions: &[], carried: None, dimensions: &NO_DIMENSIONS, basis: Basis::Held }
    }

    /// A quantity that was counted, from so many events.
    pub fn metered(quantity: Ratio, count: u64) -> Self {
        Self { count, basis: Basis::Metered, ..Self::held(quantity) }
    }
}

impl<'a> Usage<'a> {
    /// The same usage with the dimensions of its line.
    #[must_use]
    pub const fn of(self, dimensions: &'a BTreeMap<String, String>) -> Self {
        Self { dimensions, ..self }
    }

    /// The same usage with the amount or cost that its events carry.
    #[must_use]
    pub const fn carrying(self, carried: Dec) -> Self {
        Self { carried: Some(carried), ..self }
    }

    /// The same usage with its transactions in order of time.
    #[must_use]
    pub const fn with_transactions(self, transactions: &'a [Dec]) -> Self {
        Self { transactions, ..self }
    }
}
