//! Changes: what can happen to a subscription, as dated facts.

use crate::{Anchor, Term};
use alloc::collections::BTreeMap;
use calendar::Instant;
use catalog::Price;
use core::fmt;
use money::Dec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// How many of what: seats, projects.
pub type Quantities = BTreeMap<Key, Dec>;

/// Prices that were agreed instead of those that the plan offers, by the plan's name for them.
pub type Prices = BTreeMap<Key, Price>;

/// A plan as it stood in one version of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRef {
    /// The plan's key.
    pub plan: Key,
    /// The number of the catalog version.
    pub version: u32,
}

impl fmt::Display for PlanRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.plan, self.version)
    }
}

/// What becomes of charges in advance for time that is no longer served.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Credit {
    /// They are given back, as far as the price is prorated.
    #[default]
    Unused,
    /// They are kept up to the end of the cycle.
    None,
}

/// From when the phases of a new plan count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phases {
    /// As if the subscription had had the plan all along: who had a trial has no second one.
    #[default]
    GoOn,
    /// From the first one, at the change.
    Restart,
}

/// What a change does to the terms from its effective instant on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// The subscription begins. First in the chain, and nowhere else.
    Start {
        /// The plan.
        plan: PlanRef,
        /// How many of what.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        quantities: Quantities,
        /// Prices that were agreed instead of the plan's.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        prices: Prices,
        /// From when the plan's phases count; from the start when absent. Who comes from elsewhere may have had the trial there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        phases_from: Option<Instant>,
        /// How long it is agreed for; until it is ended when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term: Option<Term>,
    },
    /// Another plan from here on. Quantities that are not named stay; agreed prices are those named here.
    Switch {
        /// The new plan.
        plan: PlanRef,
        /// Quantities that change with it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        quantities: Quantities,
        /// Prices that were agreed instead of the new plan's.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        prices: Prices,
        /// From when its phases count.
        #[serde(default, skip_serializing_if = "is_default")]
        phases: Phases,
        /// What becomes of what was charged ahead for the old plan.
        #[serde(default, skip_serializing_if = "is_default")]
        credit: Credit,
    },
    /// Other quantities or prices from here on; those not named stay.
    Set {
        /// The new numbers.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        quantities: Quantities,
        /// Prices that were agreed; `null` takes the plan's own again.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        prices: BTreeMap<Key, Option<Price>>,
    },
    /// Cycles are counted anew from here on; the one that is under way ends here.
    Count {
        /// Where they begin from now on.
        from: Anchor,
    },
    /// Nothing is served until it is resumed. Changes meanwhile count from then on.
    Pause {
        /// What becomes of what was charged ahead.
        #[serde(default, skip_serializing_if = "is_default")]
        credit: Credit,
    },
    /// It is served again after a pause, in the cycles it had.
    Resume {},
    /// Nothing is served from here on.
    End {
        /// What becomes of what was charged ahead.
        #[serde(default, skip_serializing_if = "is_default")]
        credit: Credit,
    },
    /// It is served again after its end, on the terms it had, in cycles counted from here.
    Reactivate {},
    /// Another term follows the one that is under way.
    Renew {
        /// How long.
        term: Term,
    },
    /// An earlier change is taken back, as if it had not been made. When it takes effect does not matter.
    Withdraw {
        /// Its place in the chain; the start is 0.
        change: usize,
    },
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A dated change: a fact with both times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// From when it is true.
    pub effective_at: Instant,
    /// When it was known.
    pub recorded_at: Instant,
    /// What it does.
    pub step: Step,
}

impl Step {
    /// The beginning on a plan, with neither agreed prices nor a term.
    pub const fn start(plan: PlanRef, quantities: Quantities) -> Self {
        Self::Start { plan, quantities, prices: Prices::new(), phases_from: None, term: None }
    }

    /// Another plan, whose phases go on and for which what was charged ahead is given back.
    pub const fn switch(plan: PlanRef, quantities: Quantities) -> Self {
        Self::Switch { plan, quantities, prices: Prices::new(), phases: Phases::GoOn, credit: Credit::Unused }
    }

    /// Other quantities.
    pub const fn set(quantities: Quantities) -> Self {
        Self::Set { quantities, prices: BTreeMap::new() }
    }

    /// The end, with what was charged ahead given back.
    pub const fn end() -> Self {
        Self::End { credit: Credit::Unused }
    }
}
