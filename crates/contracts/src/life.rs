//! What a chain of changes comes to: the fold from changes to segments, and which changes it cannot take.

use crate::{Anchor, Change, Credit, Phases, PlanRef, Prices, Quantities, Step, Subscription, Term, Then};
use alloc::vec::Vec;
use calendar::{Instant, ScheduleError, Zone};

/// A stretch of service with constant terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its first instant.
    pub from: Instant,
    /// The first instant after it; `None` while no end is known.
    pub to: Option<Instant>,
    /// The plan.
    pub plan: PlanRef,
    /// From when the plan's phases count.
    pub phases_from: Instant,
    /// How many of what.
    pub quantities: Quantities,
    /// Prices that were agreed instead of the plan's.
    pub prices: Prices,
    /// From when cycles are counted.
    pub counted_from: Instant,
    /// Where they begin; as the plan says when absent.
    pub anchor: Option<Anchor>,
    /// What becomes of charges in advance for time after `to`.
    pub credit: Credit,
}

/// Whether a subscription is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is, since the start, the last resumption or reactivation.
    Active,
    /// It is paused since then.
    Paused(Instant),
    /// It ended then.
    Ended(Instant),
}

/// What a chain of changes comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// The service, in order, without overlap. There is a gap where it is paused or had ended.
    pub segments: Vec<Segment>,
    /// What it is after the last change that is known.
    pub state: State,
    /// The term that is under way after the last change, with its beginning.
    pub term: Option<(Instant, Term)>,
    /// The places in the chain of changes without effect: those taken back, and those that an earlier end has overtaken.
    pub idle: Vec<usize>,
}

/// The changes in the order in which they apply: by their effective instants, and at one instant as they were recorded. Those taken
/// back, and what takes them back, are left out.
fn in_order(changes: &[Change]) -> Vec<(usize, &Change)> {
    let mut withdrawn: Vec<usize> = Vec::new();
    // what takes back a change may itself be taken back later
    for (at, change) in changes.iter().enumerate().rev() {
        if let Step::Withdraw { change } = change.step
            && !withdrawn.contains(&at)
        {
            withdrawn.push(change);
        }
    }
    withdrawn.sort_unstable();
    let counts = |(at, change): &(usize, &Change)| {
        !matches!(change.step, Step::Withdraw { .. }) && withdrawn.binary_search(at).is_err()
    };
    let mut ordered: Vec<_> = changes.iter().enumerate().filter(counts).collect();
    ordered.sort_by_key(|(_, change)| change.effective_at);
    ordered
}

impl Life {
    /// What those changes of a subscription come to that count, by their place in the chain.
    pub(crate) fn of(
        subscription: &Subscription,
        counts: impl Fn(usize, &Change) -> bool,
    ) -> Result<Self, ScheduleError> {
        let zone = &subscription.zone;
        let Change { effective_at: start, .. } = *subscription.changes.first();
        let mut life = Self { segments: Vec::new(), state: State::Active, term: None, idle: Vec::new() };
        let mut terms: Option<Segment> = None;
        let ordered = in_order(subscription.changes.as_slice()).into_iter();
        for (place, change) in ordered.filter(|(place, change)| counts(*place, change)) {
            let at = change.effective_at;
            life.run_out(at, zone)?;
            if place > 0 && life.refuses(&change.step).is_some() {
                life.idle.push(place);
                continue;
            }
            if let Step::Start { plan, phases_from, .. } = &change.step {
                terms = Some(Segment {
                    from: start,
                    to: None,
                    plan: plan.clone(),
                    phases_from: phases_from.unwrap_or(start),
                    quantities: Quantities::new(),
                    prices: Prices::new(),
                    counted_from: start,
                    anchor: subscription.anchor,
                    credit: Credit::Unused,
                });
            }
            if let Some(terms) = &mut terms {
                life.take(at, &change.step, terms, zone)?;
            }
        }
        if let Some((from, term)) = life.term {
            life.run_out(term.end(from, zone)?, zone)?;
        }
        Ok(life)
    }

    /// Ends the service where its term ran out by `at`.
    fn run_out(&mut self, at: Instant, zone: &Zone) -> Result<(), ScheduleError> {
        let Some((from, term @ Term { then: Then::Ends, .. })) = self.term else { return Ok(()) };
        let end = term.end(from, zone)?;
        if end <= at && !matches!(self.state, State::Ended(_)) {
            self.close(end, Credit::Unused);
            self.state = State::Ended(end);
        }
        Ok(())
    }

    /// Why a step makes no sense in this state.
    pub(crate) fn refuses(&self, step: &Step) -> Option<State> {
        let fits = match step {
            Step::Start { .. } => false,
            Step::Withdraw { .. } => true,
            Step::Reactivate {} => matches!(self.state, State::Ended(_)),
            Step::Resume {} => matches!(self.state, State::Paused(_)),
            Step::Pause { .. } => self.state == State::Active,
            Step::Renew { .. } => !matches!(self.state, State::Ended(_)) && self.term.is_some(),
            Step::Switch { .. } | Step::Set { .. } | Step::Count { .. } | Step::End { .. } => {
                !matches!(self.state, State::Ended(_))
            }
        };
        (!fits).then_some(self.state)
    }

    fn take(&mut self, at: Instant, step: &Step, terms: &mut Segment, zone: &Zone) -> Result<(), ScheduleError> {
        match step {
            Step::Start { term, .. } => self.term = term.map(|term| (at, term)),
            Step::Pause { credit } => {
                self.close(at, *credit);
                self.state = State::Paused(at);
            }
            Step::End { credit } => {
                self.close(at, *credit);
                self.state = State::Ended(at);
                self.term = None;
            }
            Step::Renew { term } => {
                if let Some((from, before)) = self.term {
                    self.term = Some((before.end_after(from, at, zone)?, *term));
                }
            }
            Step::Resume {} => self.state = State::Active,
            Step::Reactivate {} => {
                self.state = State::Active;
                self.term = None;
            }
            Step::Switch { .. } | Step::Set { .. } | Step::Count { .. } | Step::Withdraw { .. } => {}
        }
        terms.take(at, step);
        match (step, self.state) {
            (Step::Renew { .. } | Step::Withdraw { .. }, _) | (_, State::Paused(_) | State::Ended(_)) => {}
            (_, State::Active) => {
                let credit = if let Step::Switch { credit, .. } = step { *credit } else { Credit::Unused };
                self.close(at, credit);
                self.segments.push(Segment { from: at, ..terms.clone() });
            }
        }
        Ok(())
    }

    /// Ends the segment that is under way; one without length was never there.
    fn close(&mut self, at: Instant, credit: Credit) {
        match self.segments.last_mut() {
            Some(last) if last.to.is_none() && last.from == at => {
                self.segments.pop();
            }
            Some(last) if last.to.is_none() => {
                last.to = Some(at);
                last.credit = credit;
            }
            Some(_) | None => {}
        }
    }
}

impl Segment {
    /// Those parts of `segments` during which another subscription, with these segments, is served.
    pub fn within(segments: &[Self], base: &[Self]) -> Vec<Self> {
        let ends_before = |a: Option<Instant>, b: Option<Instant>| a.is_some_and(|a| b.is_none_or(|b| a < b));
        let mut parts: Vec<Self> = Vec::new();
        for one in segments {
            for served in base {
                let from = one.from.max(served.from);
                let (to, credit) =
                    if ends_before(served.to, one.to) { (served.to, served.credit) } else { (one.to, one.credit) };
                if to.is_some_and(|to| to <= from) {
                    continue;
                }
                match parts.last_mut() {
                    // the terms of the base change, and not these
                    Some(last) if last.to == Some(from) && one.from < from => {
                        last.to = to;
                        last.credit = credit;
                    }
                    Some(_) | None => parts.push(Self { from, to, credit, ..one.clone() }),
                }
            }
        }
        parts
    }

    /// The terms once a step is taken.
    fn take(&mut self, at: Instant, step: &Step) {
        match step {
            Step::Start { quantities, prices, .. } => {
                self.quantities = quantities.clone();
                self.prices = prices.clone();
            }
            Step::Switch { plan, quantities, prices, phases, .. } => {
                self.plan = plan.clone();
                self.quantities.extend(quantities.clone());
                self.prices = prices.clone();
                match phases {
                    Phases::GoOn => {}
                    Phases::Restart => self.phases_from = at,
                }
            }
            Step::Set { quantities, prices } => {
                self.quantities.extend(quantities.clone());
                for (key, price) in prices {
                    match price {
                        Some(price) => self.prices.insert(key.clone(), price.clone()),
                        None => self.prices.remove(key),
                    };
                }
            }
            Step::Count { from } => {
                self.anchor = Some(*from);
                self.counted_from = at;
            }
            Step::Reactivate {} => self.counted_from = at,
            Step::Pause { .. } | Step::Resume {} | Step::End { .. } | Step::Renew { .. } | Step::Withdraw { .. } => {}
        }
    }
}
