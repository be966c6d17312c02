//! The life of a subscription: what can happen to it, in which order, and what is refused.

use calendar::{Instant, Zone};
use contracts::{
    Anchor, Change, ChangeError, Credit, Phases, PlanRef, Prices, Quantities, Segment, State, Step, Subscription, Term,
    Then,
};
use money::Dec;
use proptest::prelude::*;
use stdx::Key;

/// Midnight UTC, so many days after 1 April 2026.
fn day(number: i64) -> Instant {
    let start: Instant = "2026-04-01T00:00:00Z".parse().expect("instant");
    start.plus_micros(number * 86_400_000_000).expect("in range")
}

fn key(name: &str) -> Key {
    name.try_into().expect("key")
}

fn plan(name: &str) -> PlanRef {
    PlanRef { plan: key(name), version: 1 }
}

fn seats(number: i64) -> Quantities {
    [(key("seats"), Dec::from(number))].into()
}

fn begun_for(term: Option<Term>) -> Subscription {
    let step =
        Step::Start { plan: plan("basic"), quantities: seats(5), prices: Prices::new(), phases_from: None, term };
    let first = Change { effective_at: day(0), recorded_at: day(0), step };
    Subscription::start(key("acme"), key("acme"), Zone::utc(), None, first).expect("starts")
}

fn begun() -> Subscription {
    begun_for(None)
}

const PAUSE: Step = Step::Pause { credit: Credit::Unused };

fn take(subscription: &mut Subscription, effective: i64, step: Step) -> Result<(), ChangeError> {
    let recorded_at = day(i64::try_from(subscription.changes.len()).expect("few"));
    subscription.change(Change { effective_at: day(effective), recorded_at, step })
}

/// When it is served: first days and days after the last.
fn served(subscription: &Subscription) -> Vec<(i64, Option<i64>)> {
    let number = |at: Instant| (at.micros() - day(0).micros()) / 86_400_000_000;
    let segments = subscription.segments().expect("in the calendar");
    segments.iter().map(|segment| (number(segment.from), segment.to.map(number))).collect()
}

#[test]
fn a_pause_is_a_gap_and_what_is_set_meanwhile_counts_after_it() {
    let mut acme = begun();
    take(&mut acme, 10, PAUSE).expect("pauses");
    take(&mut acme, 15, Step::set(seats(9))).expect("sets");
    assert_eq!(served(&acme), [(0, Some(10))]);
    take(&mut acme, 20, Step::Resume {}).expect("resumes");
    assert_eq!(served(&acme), [(0, Some(10)), (20, None)]);
    assert_eq!(acme.segments().expect("segments")[1].quantities, seats(9));
    assert_eq!(acme.segments().expect("segments")[1].counted_from, day(0), "its cycles go on");
}

#[test]
fn what_makes_no_sense_is_refused_with_the_reason_and_changes_nothing() {
    let mut acme = begun();
    assert_eq!(take(&mut acme, 5, Step::Resume {}), Err(ChangeError::NotPaused { at: day(5) }));
    assert_eq!(take(&mut acme, 5, Step::Reactivate {}), Err(ChangeError::NotEnded { at: day(5) }));
    let year = Term { lasts: calendar::Cadence::YEAR, then: Then::Renews };
    assert_eq!(take(&mut acme, 5, Step::Renew { term: year }), Err(ChangeError::NoTerm { at: day(5) }));
    assert_eq!(take(&mut acme, -1, PAUSE), Err(ChangeError::BeforeStart { at: day(-1), start: day(0) }));
    take(&mut acme, 10, PAUSE).expect("pauses");
    assert_eq!(take(&mut acme, 12, PAUSE), Err(ChangeError::AlreadyPaused { at: day(12), since: day(10) }));
    take(&mut acme, 20, Step::Resume {}).expect("resumes");
    // a pause within which the other one lies would leave that one without effect
    assert_eq!(take(&mut acme, 5, PAUSE), Err(ChangeError::Contradicts { place: 1, at: day(10) }));
    assert_eq!(take(&mut acme, 15, Step::Resume {}), Err(ChangeError::Contradicts { place: 2, at: day(20) }));
    take(&mut acme, 30, Step::end()).expect("ends");
    assert_eq!(take(&mut acme, 31, PAUSE), Err(ChangeError::AfterEnd { at: day(31), end: day(30) }));
    assert_eq!(acme.changes.len(), 4, "what was refused is not there");
}

#[test]
fn an_end_that_lies_ahead_can_be_taken_back_and_that_too() {
    let mut acme = begun();
    take(&mut acme, 30, Step::end()).expect("ends");
    assert_eq!(acme.ends_at(), Some(day(30)));
    take(&mut acme, 3, Step::Withdraw { change: 1 }).expect("taken back");
    assert_eq!((acme.ends_at(), served(&acme)), (None, vec![(0, None)]));
    assert_eq!(
        take(&mut acme, 3, Step::Withdraw { change: 1 }),
        Err(ChangeError::NothingToWithdraw { place: 1 }),
        "once"
    );
    assert_eq!(take(&mut acme, 3, Step::Withdraw { change: 0 }), Err(ChangeError::NothingToWithdraw { place: 0 }));
    take(&mut acme, 4, Step::Withdraw { change: 2 }).expect("taken back");
    assert_eq!(acme.ends_at(), Some(day(30)), "the end counts again");
    let before = acme.known_at(day(2)).expect("known");
    assert_eq!(before.ends_at(), None, "what was known then stays known");
}

#[test]
fn a_pause_cannot_be_taken_back_from_under_its_resumption() {
    let mut acme = begun();
    take(&mut acme, 10, PAUSE).expect("pauses");
    take(&mut acme, 20, Step::Resume {}).expect("resumes");
    let refused = take(&mut acme, 3, Step::Withdraw { change: 1 });
    assert_eq!(refused, Err(ChangeError::Contradicts { place: 2, at: day(20) }));
}

#[test]
fn after_its_end_it_is_served_again_in_cycles_of_its_own() {
    let mut acme = begun();
    take(&mut acme, 10, Step::end()).expect("ends");
    take(&mut acme, 17, Step::Reactivate {}).expect("comes back");
    assert_eq!(served(&acme), [(0, Some(10)), (17, None)]);
    let segments = acme.segments().expect("segments");
    assert_eq!((segments[1].counted_from, segments[1].phases_from), (day(17), day(0)), "no second trial");
    assert_eq!(acme.life().expect("life").state, State::Active);
}

#[test]
fn an_end_overtakes_what_was_planned_after_it() {
    let mut acme = begun();
    take(&mut acme, 20, Step::switch(plan("scale"), Quantities::new())).expect("ahead");
    take(&mut acme, 12, Step::end()).expect("ends before");
    assert_eq!(served(&acme), [(0, Some(12))]);
    assert_eq!(acme.life().expect("life").idle, [1]);
}

#[test]
fn a_term_ends_unless_it_is_renewed() {
    let month = Term { lasts: calendar::Cadence::MONTH, then: Then::Ends };
    let mut acme = begun_for(Some(month));
    assert_eq!(acme.ends_at(), Some(day(30)), "April has thirty days");
    assert_eq!(acme.term_end(day(12)).expect("a date"), Some(day(30)));
    assert_eq!(take(&mut acme, 30, PAUSE), Err(ChangeError::AfterEnd { at: day(30), end: day(30) }));
    take(&mut acme, 12, Step::Renew { term: month }).expect("renews");
    assert_eq!(acme.ends_at(), Some(day(61)));
    let on = Term { lasts: calendar::Cadence::YEAR, then: Then::Renews };
    take(&mut acme, 40, Step::Renew { term: on }).expect("renews");
    assert_eq!(acme.ends_at(), None);
    assert_eq!(acme.term_end(day(100)).expect("a date"), Some(day(61 + 365)));
}

#[test]
fn phases_go_on_with_another_plan_unless_they_are_to_restart() {
    let mut acme = begun();
    take(&mut acme, 10, Step::switch(plan("scale"), Quantities::new())).expect("switches");
    let restart = Step::Switch {
        plan: plan("pro"),
        quantities: Quantities::new(),
        prices: Prices::new(),
        phases: Phases::Restart,
        credit: Credit::None,
    };
    take(&mut acme, 20, restart).expect("switches");
    take(&mut acme, 25, Step::Count { from: Anchor::Day(15.try_into().expect("a day")) }).expect("counts");
    let segments = acme.segments().expect("segments");
    let phases: Vec<_> = segments.iter().map(|one| one.phases_from).collect();
    assert_eq!(phases, [day(0), day(0), day(20), day(20)]);
    let credits: Vec<_> = segments.iter().map(|one| one.credit).collect();
    assert_eq!(credits, [Credit::Unused, Credit::None, Credit::Unused, Credit::Unused]);
    assert_eq!((segments[2].counted_from, segments[3].counted_from), (day(0), day(25)));
}

#[test]
fn an_add_on_is_served_while_its_base_is() {
    let (mut base, mut addon) = (begun(), begun());
    take(&mut base, 10, PAUSE).expect("pauses");
    take(&mut base, 20, Step::Resume {}).expect("resumes");
    take(&mut base, 25, Step::set(seats(6))).expect("sets");
    take(&mut base, 40, Step::End { credit: Credit::None }).expect("ends");
    take(&mut addon, 22, Step::set(seats(2))).expect("sets");
    let parts = Segment::within(&addon.segments().expect("own"), &base.segments().expect("base"));
    let found: Vec<_> = parts.iter().map(|part| (part.from, part.to, part.credit)).collect();
    assert_eq!(
        found,
        [
            (day(0), Some(day(10)), Credit::Unused),
            (day(20), Some(day(22)), Credit::Unused),
            (day(22), Some(day(40)), Credit::None),
        ]
    );
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let step = prop_oneof![
        (1i64..9).prop_map(|number| Step::set(seats(number))),
        Just(Step::switch(plan("scale"), Quantities::new())),
        Just(PAUSE),
        Just(Step::Resume {}),
        Just(Step::end()),
        Just(Step::Reactivate {}),
        Just(Step::Count { from: Anchor::Day(15.try_into().expect("a day")) }),
        (1usize..12).prop_map(|change| Step::Withdraw { change }),
    ];
    prop::collection::vec((0i64..100, step), 0..25)
}

proptest! {
    /// Whatever is asked for: service never overlaps, and each change that was taken either counts or was overtaken or withdrawn.
    #[test]
    fn service_never_overlaps(steps in steps()) {
        let mut acme = begun();
        for (at, step) in steps {
            let before = acme.clone();
            if take(&mut acme, at, step).is_err() {
                prop_assert_eq!(&acme, &before, "what is refused changes nothing");
            }
            let segments = acme.segments().expect("in the calendar");
            for pair in segments.windows(2) {
                prop_assert!(pair[0].to.is_some_and(|to| to <= pair[1].from));
            }
            prop_assert!(segments.iter().all(|one| one.to.is_none_or(|to| one.from < to)));
            if let Some(end) = acme.ends_at() {
                prop_assert!(segments.last().is_none_or(|last| last.to.is_some_and(|to| to <= end)));
            }
        }
    }

    /// What was known at an instant does not depend on what became known later.
    #[test]
    fn the_past_stays_known(steps in steps()) {
        let mut acme = begun();
        let mut known = vec![acme.clone()];
        for (at, step) in steps {
            if take(&mut acme, at, step).is_ok() {
                known.push(acme.clone());
            }
        }
        for (at, then) in known.iter().enumerate() {
            let recorded = then.changes.iter().map(|change| change.recorded_at).max().expect("one");
            if known.get(at + 1).is_some_and(|next| next.changes.iter().all(|change| change.recorded_at <= recorded)) {
                continue;
            }
            let back = acme.known_at(recorded).expect("known");
            prop_assert_eq!(back.segments(), then.segments());
        }
    }
}
