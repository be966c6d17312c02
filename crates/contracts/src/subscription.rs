//! Subscriptions as chains of dated changes.

use alloc::{collections::BTreeMap, vec::Vec};
use calendar::{DayOfMonth, Instant, Zone};
use core::fmt;
use money::Dec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty};

/// How many of each counted thing a subscription has: `{seats: 8}`.
pub type Quantities = BTreeMap<Key, Dec>;

/// A plan as it stood in one version of the catalog. A subscription keeps the version with which it took up the plan, until a change
/// says otherwise: a new price list does not touch who has already signed.
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
    },
    /// Another plan from here on. Quantities that are not named stay.
    Switch {
        /// The new plan.
        plan: PlanRef,
        /// Quantities that change with it.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        quantities: Quantities,
    },
    /// Other quantities from here on; those not named stay.
    Set {
        /// The new numbers.
        quantities: Quantities,
    },
    /// Nothing is served from here on.
    End,
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

/// The recurring part of a contract: one plan at a time in one currency, from its start until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Its name, unique among the tenant's subscriptions.
    pub key: Key,
    /// Who owns it.
    pub customer: Key,
    /// The zone whose days begin and end its periods.
    pub zone: Zone,
    /// The day of the month from which its periods are counted; the start's day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor_day: Option<DayOfMonth>,
    /// What happened to it, in the order in which it was recorded. The first one starts it.
    pub changes: NonEmpty<Change>,
}

/// A stretch with constant terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its first instant.
    pub from: Instant,
    /// The first instant after it; `None` while no end is known.
    pub to: Option<Instant>,
    /// The plan.
    pub plan: PlanRef,
    /// How many of what.
    pub quantities: Quantities,
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// The chain begins with something else than a start, or starts twice.
    #[error("a subscription starts once, with its first change")]
    StartsOnce,
    /// Before anything was agreed.
    #[error("{at} lies before the subscription's start on {start}")]
    BeforeStart {
        /// When the change would take effect.
        at: Instant,
        /// When the subscription starts.
        start: Instant,
    },
    /// After the end, or an end before changes that are already agreed.
    #[error("{at} is not before the subscription's end on {end}")]
    AfterEnd {
        /// When the change would take effect.
        at: Instant,
        /// When the subscription ends.
        end: Instant,
    },
}

impl stdx::ToProblem for ChangeError {
    fn problem(&self) -> stdx::Problem {
        let (code, title, mend) = match self {
            Self::StartsOnce => {
                ("subscription_starts_once", "A subscription starts once", "create another subscription")
            }
            Self::BeforeStart { .. } => {
                ("before_start", "The change lies before the start", "give a date on or after the start")
            }
            Self::AfterEnd { .. } => (
                "after_end",
                "The change lies after the end",
                "give a date before the end, or start a new subscription",
            ),
        };
        stdx::Problem::new(code, title).detail(alloc::format!("{self}")).mend(mend)
    }
}

impl Subscription {
    /// Begins a subscription with its first change, which must be a [`Step::Start`].
    pub fn start(
        key: Key,
        customer: Key,
        zone: Zone,
        anchor_day: Option<DayOfMonth>,
        first: Change,
    ) -> Result<Self, ChangeError> {
        match first.step {
            Step::Start { .. } => Ok(Self { key, customer, zone, anchor_day, changes: NonEmpty::of(first) }),
            Step::Switch { .. } | Step::Set { .. } | Step::End => Err(ChangeError::StartsOnce),
        }
    }

    /// Adds a change, backdated or ahead. It must lie within the subscription's life; an earlier end replaces a later one.
    pub fn change(&mut self, change: Change) -> Result<(), ChangeError> {
        let (at, start) = (change.effective_at, self.started_at());
        if at < start {
            return Err(ChangeError::BeforeStart { at, start });
        }
        match change.step {
            Step::Start { .. } => return Err(ChangeError::StartsOnce),
            Step::Switch { .. } | Step::Set { .. } | Step::End => {}
        }
        if let Some(end) = self.ends_at().filter(|end| at >= *end) {
            return Err(ChangeError::AfterEnd { at, end });
        }
        self.changes.push(change);
        Ok(())
    }

    /// When it starts.
    pub fn started_at(&self) -> Instant {
        self.changes.first().effective_at
    }

    /// When it ends, if that is known.
    pub fn ends_at(&self) -> Option<Instant> {
        self.changes.iter().filter(|change| change.step == Step::End).map(|change| change.effective_at).min()
    }

    /// The subscription as it was known at an instant; `None` before it was recorded.
    pub fn known_at(&self, instant: Instant) -> Option<Self> {
        let known: Vec<Change> = self.changes.iter().filter(|change| change.recorded_at <= instant).cloned().collect();
        let changes = NonEmpty::try_from(known).ok()?;
        Some(Self { changes, ..self.clone() })
    }

    /// The terms over time: segments without gap or overlap from the start to the end. Changes apply in the order of their
    /// effective instants; at one instant the later recorded one wins.
    pub fn segments(&self) -> Vec<Segment> {
        let mut ordered: Vec<&Change> = self.changes.iter().collect();
        ordered.sort_by_key(|change| change.effective_at);
        let end = self.ends_at();
        let mut segments: Vec<Segment> = Vec::with_capacity(ordered.len());
        for change in ordered {
            let at = change.effective_at;
            if end.is_some_and(|end| at >= end) {
                break;
            }
            let (plan, quantities) = terms_after(segments.last(), &change.step);
            let (Some(plan), from) = (plan, at) else { continue };
            match segments.last_mut() {
                Some(last) if last.from == from => {
                    last.plan = plan;
                    last.quantities = quantities;
                }
                Some(last) => {
                    last.to = Some(from);
                    segments.push(Segment { from, to: None, plan, quantities });
                }
                None => segments.push(Segment { from, to: None, plan, quantities }),
            }
        }
        if let Some(last) = segments.last_mut() {
            last.to = end;
        }
        segments
    }
}

/// The terms once a step is taken after the terms before it.
fn terms_after(before: Option<&Segment>, step: &Step) -> (Option<PlanRef>, Quantities) {
    let mut quantities = before.map(|segment| segment.quantities.clone()).unwrap_or_default();
    let old_plan = before.map(|segment| segment.plan.clone());
    match step {
        Step::Start { plan, quantities: set } | Step::Switch { plan, quantities: set } => {
            quantities.extend(set.clone());
            (Some(plan.clone()), quantities)
        }
        Step::Set { quantities: set } => {
            quantities.extend(set.clone());
            (old_plan, quantities)
        }
        Step::End => (old_plan, quantities),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(day: i64) -> Instant {
        let start: Instant = "2026-04-01T00:00:00Z".parse().expect("instant");
        Instant::from_micros(start.micros() + day * 86_400_000_000).expect("in range")
    }
    fn plan(name: &str) -> PlanRef {
        PlanRef { plan: name.try_into().expect("key"), version: 1 }
    }
    fn key(name: &str) -> Key {
        name.try_into().expect("key")
    }
    fn seats(number: i64) -> Quantities {
        [(key("seats"), Dec::from(number))].into()
    }
    fn change(effective: i64, recorded: i64, step: Step) -> Change {
        Change { effective_at: at(effective), recorded_at: at(recorded), step }
    }
    fn begun() -> Subscription {
        let first = change(0, 0, Step::Start { plan: plan("basic"), quantities: seats(5) });
        Subscription::start(key("acme"), key("acme"), Zone::utc(), None, first).expect("starts")
    }

    #[test]
    fn a_backdated_change_lies_where_it_takes_effect() {
        let mut acme = begun();
        acme.change(change(20, 20, Step::Set { quantities: seats(9) })).expect("ahead");
        acme.change(change(10, 21, Step::Switch { plan: plan("scale"), quantities: Quantities::new() }))
            .expect("backdated");
        let terms: Vec<_> = acme.segments().into_iter().map(|s| (s.from, s.plan, s.quantities)).collect();
        assert_eq!(
            terms,
            [(at(0), plan("basic"), seats(5)), (at(10), plan("scale"), seats(5)), (at(20), plan("scale"), seats(9))]
        );
        let before = acme.known_at(at(20)).expect("known");
        assert_eq!(before.segments().len(), 2, "what was not yet known does not count");
    }

    #[test]
    fn of_several_changes_at_one_instant_the_last_recorded_stays() {
        let mut acme = begun();
        for number in [6, 7, 8] {
            acme.change(change(10, 10, Step::Set { quantities: seats(number) })).expect("set");
        }
        assert_eq!(acme.segments().len(), 2);
        assert_eq!(acme.segments()[1].quantities, seats(8));
    }

    #[test]
    fn nothing_lies_outside_the_life_of_a_subscription() {
        let mut acme = begun();
        acme.change(change(15, 3, Step::End)).expect("end ahead");
        assert!(matches!(
            acme.change(change(15, 4, Step::Set { quantities: seats(1) })),
            Err(ChangeError::AfterEnd { .. })
        ));
        assert!(matches!(acme.change(change(-1, 4, Step::End)), Err(ChangeError::BeforeStart { .. })));
        assert_eq!(acme.segments().last().expect("one").to, Some(at(15)));
        acme.change(change(9, 5, Step::End)).expect("an earlier end");
        assert_eq!(acme.ends_at(), Some(at(9)));
    }

    proptest! {
        #[test]
        fn segments_have_no_gap_and_no_overlap(steps in prop::collection::vec((0i64..100, 0u8..3, 1i64..9), 0..20)) {
            let mut acme = begun();
            for (recorded, (day, kind, number)) in (0i64..).zip(steps) {
                let step = match kind {
                    0 => Step::Set { quantities: seats(number) },
                    1 => Step::Switch { plan: plan("scale"), quantities: Quantities::new() },
                    _ => Step::End,
                };
                // a change outside of the life is refused and leaves the chain as it was
                let _ = acme.change(change(day, recorded, step));
            }
            let segments = acme.segments();
            for pair in segments.windows(2) {
                prop_assert_eq!(pair[0].to, Some(pair[1].from));
                prop_assert!(pair[0].from < pair[1].from);
            }
            prop_assert_eq!(segments.last().and_then(|s| s.to), acme.ends_at().filter(|_| !segments.is_empty()));
        }
    }
}
