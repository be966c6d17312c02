//! Subscriptions as chains of dated changes.

use crate::life::{Life, Segment, State};
use crate::{Anchor, Change, Step, UsageScope};
use alloc::{format, string::String, vec::Vec};
use calendar::{Instant, ScheduleError, Zone};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty};

/// The recurring part of a contract: one plan at a time in one currency, from its start until it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// Its name, unique among the tenant's subscriptions.
    pub key: Key,
    /// Who owns it.
    pub customer: Key,
    /// The subscription that it goes with: it ends no later than that one. An add-on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_with: Option<Key>,
    /// The zone whose days begin and end its periods.
    pub zone: Zone,
    /// Where its cycles begin; on the first day with prices, or on the calendar where the plan says so, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anchor: Option<Anchor>,
    /// Which usage of the customer it bills.
    #[serde(default, skip_serializing_if = "UsageScope::is_all")]
    pub usage: UsageScope,
    /// What happened to it, in the order in which it was recorded. The first one starts it.
    pub changes: NonEmpty<Change>,
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
    /// After the end.
    #[error("{at} is not before the subscription's end on {end}")]
    AfterEnd {
        /// When the change would take effect.
        at: Instant,
        /// When the subscription ends.
        end: Instant,
    },
    /// A pause within a pause.
    #[error("on {at} the subscription is paused already, since {since}")]
    AlreadyPaused {
        /// When the change would take effect.
        at: Instant,
        /// When the pause began.
        since: Instant,
    },
    /// A resumption of what runs.
    #[error("on {at} the subscription is not paused")]
    NotPaused {
        /// When the change would take effect.
        at: Instant,
    },
    /// A reactivation of what has not ended.
    #[error("on {at} the subscription has not ended")]
    NotEnded {
        /// When the change would take effect.
        at: Instant,
    },
    /// A renewal without a term.
    #[error("on {at} there is no term that could be renewed")]
    NoTerm {
        /// When the change would take effect.
        at: Instant,
    },
    /// Another change that was made before would have no effect any more.
    #[error("change {place} of the subscription, on {at}, would become impossible")]
    Contradicts {
        /// Its place in the chain; the start is 0.
        place: usize,
        /// When it takes effect.
        at: Instant,
    },
    /// There is nothing that could be taken back.
    #[error("the subscription has no change {place} that could be taken back")]
    NothingToWithdraw {
        /// The place that was named.
        place: usize,
    },
    /// A term or cycle beyond the calendar.
    #[error(transparent)]
    Calendar(#[from] ScheduleError),
}

impl stdx::ToProblem for ChangeError {
    fn problem(&self) -> stdx::Problem {
        let (code, title, mend): (_, _, String) = match self {
            Self::StartsOnce => {
                ("subscription_starts_once", "A subscription starts once", "create another subscription".into())
            }
            Self::BeforeStart { .. } => {
                ("before_start", "The change lies before the start", "give a date on or after the start".into())
            }
            Self::AfterEnd { .. } => (
                "after_end",
                "The change lies after the end",
                "give a date before the end, reactivate it first, or start a new subscription".into(),
            ),
            Self::AlreadyPaused { .. } => {
                ("already_paused", "It is paused already", "resume it first, or take back the other pause".into())
            }
            Self::NotPaused { .. } => ("not_paused", "It is not paused", "give a date within a pause".into()),
            Self::NotEnded { .. } => (
                "not_ended",
                "It has not ended",
                "give a date after its end; an end that lies ahead is taken back instead".into(),
            ),
            Self::NoTerm { .. } => {
                ("no_term", "There is no term", "a subscription without a term goes on until it is ended".into())
            }
            Self::Contradicts { place, .. } => (
                "contradicts_change",
                "Another change would become impossible",
                format!("take back change {place} first, or choose another date"),
            ),
            Self::NothingToWithdraw { .. } => (
                "nothing_to_withdraw",
                "There is nothing to take back",
                "name the place of a change that counts; the start is 0 and stays".into(),
            ),
            Self::Calendar(error) => return error.problem(),
        };
        stdx::Problem::new(code, title).detail(format!("{self}")).mend(mend)
    }
}

impl Subscription {
    /// Begins a subscription with its first change, which must be a [`Step::Start`].
    pub fn start(
        key: Key,
        customer: Key,
        zone: Zone,
        anchor: Option<Anchor>,
        first: Change,
    ) -> Result<Self, ChangeError> {
        if !matches!(first.step, Step::Start { .. }) {
            return Err(ChangeError::StartsOnce);
        }
        let usage = UsageScope::All;
        let begun = Self { key, customer, goes_with: None, zone, anchor, usage, changes: NonEmpty::of(first) };
        begun.life()?;
        Ok(begun)
    }

    /// Adds a change, backdated or ahead. It must make sense where it takes effect, and leave every other change possible; only an
    /// end overtakes what was planned after it.
    pub fn change(&mut self, mut change: Change) -> Result<(), ChangeError> {
        // a clock that was set back does not change the order in which things became known
        let known = self.changes.iter().map(|change| change.recorded_at).max();
        change.recorded_at = known.map_or(change.recorded_at, |known| known.max(change.recorded_at));
        let (at, start) = (change.effective_at, self.started_at());
        match &change.step {
            Step::Start { .. } => return Err(ChangeError::StartsOnce),
            Step::Withdraw { change } => self.can_withdraw(*change)?,
            Step::Switch { .. }
            | Step::Set { .. }
            | Step::Count { .. }
            | Step::Pause { .. }
            | Step::Resume {}
            | Step::End { .. }
            | Step::Reactivate {}
            | Step::Renew { .. } => {
                if at < start {
                    return Err(ChangeError::BeforeStart { at, start });
                }
            }
        }
        let (place, before) = (self.changes.len(), self.life()?);
        let overtakes = matches!(change.step, Step::End { .. });
        let mut changed = self.clone();
        changed.changes.push(change);
        let after = changed.life()?;
        if after.idle.contains(&place) {
            return Err(changed.impossible(place)?);
        }
        let newly = after.idle.iter().find(|one| !before.idle.contains(one) && !changed.is_withdrawn(**one));
        if let (false, Some(place)) = (overtakes, newly) {
            let at = self.changes.as_slice()[*place].effective_at;
            return Err(ChangeError::Contradicts { place: *place, at });
        }
        *self = changed;
        Ok(())
    }

    /// Why the change at a place has no effect.
    fn impossible(&self, place: usize) -> Result<ChangeError, ChangeError> {
        let Change { effective_at: at, ref step, .. } = self.changes.as_slice()[place];
        let state = Life::of(self, |other, change| other != place && change.effective_at <= at)?.state;
        Ok(match (step, state) {
            (Step::Resume {}, State::Active) => ChangeError::NotPaused { at },
            (Step::Reactivate {}, State::Active | State::Paused(_)) => ChangeError::NotEnded { at },
            (Step::Renew { .. }, State::Active | State::Paused(_)) => ChangeError::NoTerm { at },
            (_, State::Paused(since)) => ChangeError::AlreadyPaused { at, since },
            (_, State::Ended(end)) => ChangeError::AfterEnd { at, end },
            (_, State::Active) => ChangeError::StartsOnce,
        })
    }

    fn is_withdrawn(&self, place: usize) -> bool {
        self.changes.iter().any(|change| matches!(change.step, Step::Withdraw { change } if change == place))
    }

    fn can_withdraw(&self, place: usize) -> Result<(), ChangeError> {
        let there = self.changes.as_slice().get(place).is_some();
        if place == 0 || !there || self.is_withdrawn(place) {
            return Err(ChangeError::NothingToWithdraw { place });
        }
        Ok(())
    }

    /// When it starts.
    pub fn started_at(&self) -> Instant {
        self.changes.first().effective_at
    }

    /// When it ends for good, if that is known.
    pub fn ends_at(&self) -> Option<Instant> {
        match self.life().ok()?.state {
            State::Ended(end) => Some(end),
            State::Active | State::Paused(_) => None,
        }
    }

    /// The subscription as it was known at an instant; `None` before it was recorded.
    pub fn known_at(&self, instant: Instant) -> Option<Self> {
        let known: Vec<Change> = self.changes.iter().filter(|change| change.recorded_at <= instant).cloned().collect();
        let changes = NonEmpty::try_from(known).ok()?;
        Some(Self { changes, ..self.clone() })
    }

    /// What its changes come to. They apply in the order of their effective instants; at one instant as they were recorded.
    ///
    /// # Errors
    /// A term that ends after the year 9999.
    pub fn life(&self) -> Result<Life, ScheduleError> {
        Life::of(self, |_, _| true)
    }

    /// The stretches of service with constant terms, in order and without overlap.
    ///
    /// # Errors
    /// As [`Self::life`].
    pub fn segments(&self) -> Result<Vec<Segment>, ScheduleError> {
        Ok(self.life()?.segments)
    }

    /// The end of the term that is under way at an instant; `None` without a term.
    ///
    /// # Errors
    /// As [`Self::life`].
    pub fn term_end(&self, at: Instant) -> Result<Option<Instant>, ScheduleError> {
        let life = Life::of(self, |_, change| change.effective_at <= at)?;
        life.term.map(|(from, term)| term.end_after(from, at, &self.zone)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PlanRef, Quantities};
    use money::Dec;
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
        let first = change(0, 0, Step::start(plan("basic"), seats(5)));
        Subscription::start(key("acme"), key("acme"), Zone::utc(), None, first).expect("starts")
    }

    #[test]
    fn a_backdated_change_lies_where_it_takes_effect() {
        let mut acme = begun();
        acme.change(change(20, 20, Step::set(seats(9)))).expect("ahead");
        acme.change(change(10, 21, Step::switch(plan("scale"), Quantities::new()))).expect("backdated");
        let terms: Vec<_> =
            acme.segments().expect("in the calendar").into_iter().map(|s| (s.from, s.plan, s.quantities)).collect();
        assert_eq!(
            terms,
            [(at(0), plan("basic"), seats(5)), (at(10), plan("scale"), seats(5)), (at(20), plan("scale"), seats(9))]
        );
        let before = acme.known_at(at(20)).expect("known");
        assert_eq!(before.segments().expect("in the calendar").len(), 2, "what was not yet known does not count");
    }

    #[test]
    fn of_several_changes_at_one_instant_the_last_recorded_stays() {
        let mut acme = begun();
        for number in [6, 7, 8] {
            acme.change(change(10, 10, Step::set(seats(number)))).expect("set");
        }
        assert_eq!(acme.segments().expect("in the calendar").len(), 2);
        assert_eq!(acme.segments().expect("in the calendar")[1].quantities, seats(8));
    }

    #[test]
    fn nothing_lies_outside_the_life_of_a_subscription() {
        let mut acme = begun();
        acme.change(change(15, 3, Step::end())).expect("end ahead");
        assert!(matches!(acme.change(change(15, 4, Step::set(seats(1)))), Err(ChangeError::AfterEnd { .. })));
        assert!(matches!(acme.change(change(-1, 4, Step::end())), Err(ChangeError::BeforeStart { .. })));
        assert_eq!(acme.segments().expect("in the calendar").last().expect("one").to, Some(at(15)));
        acme.change(change(9, 5, Step::end())).expect("an earlier end");
        assert_eq!(acme.ends_at(), Some(at(9)));
    }

    proptest! {
        #[test]
        fn segments_have_no_gap_and_no_overlap(steps in prop::collection::vec((0i64..100, 0u8..3, 1i64..9), 0..20)) {
            let mut acme = begun();
            for (recorded, (day, kind, number)) in (0i64..).zip(steps) {
                let step = match kind {
                    0 => Step::set(seats(number)),
                    1 => Step::switch(plan("scale"), Quantities::new()),
                    _ => Step::end(),
                };
                // a change outside of the life is refused and leaves the chain as it was
                let _ = acme.change(change(day, recorded, step));
            }
            let segments = acme.segments().expect("in the calendar");
            for pair in segments.windows(2) {
                prop_assert_eq!(pair[0].to, Some(pair[1].from));
                prop_assert!(pair[0].from < pair[1].from);
            }
            prop_assert_eq!(segments.last().and_then(|s| s.to), acme.ends_at().filter(|_| !segments.is_empty()));
        }
    }
}
