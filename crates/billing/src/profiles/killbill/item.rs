//! What stands on an invoice.

use alloc::string::String;
use calendar::{Date, DateRange};
use money::{Dec, Money};

/// Names an item of an account, in the order in which items were billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u32);

/// What a recurring item was billed for. Days of two items are the same service when these are equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The plan.
    pub plan: String,
    /// The phase of the plan.
    pub phase: String,
    /// Price of a cycle times the number of subscribed units.
    pub rate: Dec,
}

/// What an item is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charge {
    /// Days of service.
    Recurring {
        /// The days.
        days: DateRange,
        /// At which terms.
        terms: Terms,
    },
    /// Charged once, at the beginning of a phase.
    Fixed {
        /// The day.
        on: Date,
        /// The end of the phase, when the phase has nothing else.
        until: Option<Date>,
        /// The plan.
        plan: String,
        /// The phase.
        phase: String,
    },
    /// What was used.
    Usage {
        /// The days.
        days: DateRange,
        /// The section of the plan that prices it.
        section: String,
    },
    /// Charged by hand.
    External {
        /// The day.
        on: Date,
    },
    /// A tax that somebody else computed.
    Tax {
        /// The day.
        on: Date,
    },
    /// Billed days that are no longer due; its amount is not above 0.
    Repair {
        /// The days.
        days: DateRange,
        /// Of which item.
        of: ItemId,
    },
    /// Given back by hand; its amount is below 0.
    Adjustment {
        /// The day.
        on: Date,
        /// Of which item.
        of: ItemId,
    },
    /// What the invoices of a child account come to, on an invoice of its parent.
    Summary {
        /// The day.
        on: Date,
        /// The child.
        child: String,
    },
    /// Credit granted to the account, below 0, or taken from it.
    Credit {
        /// The day.
        on: Date,
    },
}

/// An item, proposed or billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The subscription; `None` when it is the account's.
    pub subscription: Option<String>,
    /// What it is for.
    pub charge: Charge,
    /// How much.
    pub amount: Money,
}

/// An item that stands on an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billed {
    /// Its name.
    pub id: ItemId,
    /// The item.
    pub item: Item,
}

impl Item {
    /// Its first day.
    pub fn start(&self) -> Date {
        match &self.charge {
            Charge::Recurring { days, .. } | Charge::Usage { days, .. } | Charge::Repair { days, .. } => days.from(),
            Charge::Fixed { on, .. }
            | Charge::External { on }
            | Charge::Tax { on }
            | Charge::Adjustment { on, .. }
            | Charge::Summary { on, .. }
            | Charge::Credit { on } => *on,
        }
    }

    /// The first day after it; `None` when it is of one moment.
    pub fn end(&self) -> Option<Date> {
        match &self.charge {
            Charge::Recurring { days, .. } | Charge::Usage { days, .. } | Charge::Repair { days, .. } => {
                Some(days.to())
            }
            Charge::Fixed { until, .. } => *until,
            Charge::External { .. }
            | Charge::Tax { .. }
            | Charge::Adjustment { .. }
            | Charge::Summary { .. }
            | Charge::Credit { .. } => None,
        }
    }

    /// The item that a repair or an adjustment takes from.
    pub fn takes_from(&self) -> Option<ItemId> {
        match self.charge {
            Charge::Repair { of, .. } | Charge::Adjustment { of, .. } => Some(of),
            Charge::Recurring { .. }
            | Charge::Fixed { .. }
            | Charge::Usage { .. }
            | Charge::External { .. }
            | Charge::Tax { .. }
            | Charge::Summary { .. }
            | Charge::Credit { .. } => None,
        }
    }
}
