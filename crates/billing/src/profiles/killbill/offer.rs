//! What a Kill Bill catalog offers.

use super::KillBillError;
use alloc::{collections::BTreeMap, string::String, vec, vec::Vec};
use calendar::{Cadence, Date, DayOfMonth, Schedule, Zone};
use money::{Dec, Ratio};
use rating::profiles::killbill::{BlockTier, CapacityTier, Policy, Record, RollUp, capacity, consumable};

/// What a plan may be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// The base of a bundle.
    Base,
    /// It goes with a base.
    AddOn,
    /// It is alone; its bundle holds others like it.
    Standalone,
}

/// Whose day of the month begins the cycles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// The account's.
    Account,
    /// That of the base of the bundle.
    Bundle,
    /// That of the first day for which the subscription pays.
    Subscription,
}

/// When the recurring price of a plan is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Billed {
    /// At the beginning of a cycle.
    InAdvance,
    /// After it, as the profile says.
    InArrear,
}

/// The kind of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseKind {
    /// For nothing or little.
    Trial,
    /// For less.
    Discount,
    /// For an agreed time.
    FixedTerm,
    /// Until it is ended.
    Evergreen,
}

impl PhaseKind {
    /// Its name in Kill Bill.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trial => "TRIAL",
            Self::Discount => "DISCOUNT",
            Self::FixedTerm => "FIXEDTERM",
            Self::Evergreen => "EVERGREEN",
        }
    }
}

/// How usage is priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsagePrice {
    /// What is used up, in blocks: the tiers of each unit.
    Consumable {
        /// Tiers by unit.
        units: BTreeMap<String, Vec<BlockTier>>,
        /// Which tiers count.
        policy: Policy,
    },
    /// The peaks of all units together pick a price.
    Capacity(Vec<CapacityTier>),
}

impl UsagePrice {
    /// What the records of a period cost, exactly.
    pub(super) fn worth(&self, records: &[Record]) -> Result<Ratio, KillBillError> {
        let roll_up = |how| rating::profiles::killbill::roll_up(records, Date::MIN, Date::MAX, how);
        match self {
            Self::Capacity(tiers) => Ok(capacity(tiers, &roll_up(RollUp::Peak)?)),
            Self::Consumable { units, policy } => {
                let used = roll_up(RollUp::Sum)?;
                units.iter().try_fold(Ratio::ZERO, |sum, (unit, tiers)| {
                    let quantity = used.get(unit).copied().unwrap_or(Ratio::ZERO);
                    Ok(sum.plus(consumable(tiers, quantity, *policy)?.total()?)?)
                })
            }
        }
    }
}

/// A price for what is used, billed after each of its cycles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name: what was billed under it is not billed again, in whatever plan it stands.
    pub name: String,
    /// How long its cycle is.
    pub every: Cadence,
    /// The price.
    pub price: UsagePrice,
}

/// A phase of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// Its kind.
    pub kind: PhaseKind,
    /// How long it lasts; `None`: for ever.
    pub lasts: Option<Cadence>,
    /// Charged once, at its beginning.
    pub fixed: Option<Dec>,
    /// Charged in each cycle: how long it is, and its price.
    pub recurring: Option<(Cadence, Dec)>,
    /// Prices for what is used.
    pub usage: Vec<Section>,
}

/// A plan: phases that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it may be part of.
    pub category: Category,
    /// When it is billed.
    pub billed: Billed,
    /// Whose day begins its cycles.
    pub alignment: Alignment,
    /// Its phases.
    pub phases: Vec<Phase>,
}

impl Plan {
    /// The plan with other prices in each of its phases that has such a price: an override.
    #[must_use]
    pub fn with_prices(&self, fixed: Option<Dec>, recurring: Option<Dec>) -> Self {
        let mut plan = self.clone();
        for phase in &mut plan.phases {
            phase.fixed = phase.fixed.map(|price| fixed.unwrap_or(price));
            phase.recurring = phase.recurring.map(|(every, price)| (every, recurring.unwrap_or(price)));
        }
        plan
    }

    /// Its phases with their first days, when they count from `since`. After a last phase that ends there is none.
    pub(super) fn phases_from(&self, since: Date) -> Result<Vec<(Date, Option<&Phase>)>, KillBillError> {
        let (mut from, mut out) = (since, vec![]);
        for phase in &self.phases {
            out.push((from, Some(phase)));
            match phase.lasts {
                Some(lasts) => from = Schedule::new(lasts, from, Zone::utc()).boundary(1)?,
                None => return Ok(out),
            }
        }
        out.push((from, None));
        Ok(out)
    }

    /// Whether a run after each of its cycles has something to bill.
    pub(super) fn bills_afterwards(&self) -> bool {
        self.billed == Billed::InArrear || self.phases.iter().any(|phase| !phase.usage.is_empty())
    }
}

/// Whether cycles begin on this day of the month.
pub(super) fn is_cycle_day(day: Date, cycle_day: DayOfMonth) -> bool {
    day == day.on_day(cycle_day)
}
