//! A subscription as Kill Bill knows it, in days.

use super::offer::{Alignment, Phase, Plan};
use super::{Book, KillBillError};
use alloc::{string::String, vec::Vec};
use calendar::{Date, DayOfMonth};

/// A plan from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stay {
    pub(super) from: Date,
    pub(super) plan: String,
    /// From when its phases count.
    pub(super) phases_from: Date,
    /// Whether somebody asked for it, or the catalog changed.
    pub(super) why: Why,
}

/// Whether a subscription is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    Yes,
    No,
}

/// What was agreed for one subscription: plans, pauses, cycle days and numbers, each from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub(super) name: String,
    /// The name of the base of its bundle, or its own.
    pub(super) bundle: String,
    pub(super) start: Date,
    pub(super) stays: Vec<Stay>,
    pub(super) cancelled: Option<Date>,
    /// When it is paused and when it runs again.
    pub(super) switches: Vec<(Date, Runs)>,
    pub(super) cycle_days: Vec<(Date, DayOfMonth)>,
    pub(super) quantities: Vec<(Date, u32)>,
    pub(super) alignment: Option<Alignment>,
}

/// Why a stretch of a subscription begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// A plan or a phase begins.
    Phase,
    /// A later version of the plan applies.
    Version,
    /// It is cut: another cycle day or number.
    Cut,
    /// Nothing is billed.
    Paused,
    /// It is billed again.
    Resumed,
    /// It ended.
    Cancelled,
}

/// The first day of a stretch with constant terms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) on: Date,
    pub(super) plan: &'a str,
    /// `None`: nothing is billed.
    pub(super) phase: Option<&'a Phase>,
    pub(super) why: Why,
}

/// What was agreed last for a day: the latest day counts, and of one day what was said last.
pub(super) fn on_day<T: Copy>(facts: &[(Date, T)], day: Date) -> Option<T> {
    facts.iter().filter(|(from, _)| *from <= day).max_by_key(|(from, _)| *from).map(|(_, fact)| *fact)
}

impl Subscription {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first day without service, as far as billing goes; `None` while no end is known.
    pub fn cancelled(&self) -> Option<Date> {
        self.cancelled
    }

    /// The plan on a day, or the first one before its start.
    pub(super) fn stay_on(&self, day: Date) -> Option<&Stay> {
        self.stays.iter().rfind(|stay| stay.from <= day).or(self.stays.first())
    }

    /// Puts it on a plan from a day on; what was planned from that day on falls away.
    pub(super) fn switch(&mut self, stay: Stay) {
        self.stays.retain(|earlier| earlier.from < stay.from);
        self.stays.push(stay);
    }

    /// The first day of a pause whose end is not known.
    pub(super) fn paused_since(&self) -> Option<Date> {
        self.pauses().last().filter(|(_, until)| until.is_none()).map(|(from, _)| *from)
    }

    /// Its pauses in order: from a day on which it is paused up to the next one on which it runs. Of one day the last word counts.
    fn pauses(&self) -> Vec<(Date, Option<Date>)> {
        let mut switches = self.switches.clone();
        switches.sort_by_key(|(on, _)| *on);
        let mut pauses: Vec<(Date, Option<Date>)> = Vec::new();
        for (place, (on, runs)) in switches.iter().enumerate() {
            if switches.get(place + 1).is_some_and(|(next, _)| next == on) {
                continue;
            }
            match (runs, pauses.last_mut()) {
                (Runs::Yes, Some((_, until @ None))) => *until = Some(*on),
                (Runs::No, None | Some((_, Some(_)))) => pauses.push((*on, None)),
                (Runs::Yes, None | Some((_, Some(_)))) | (Runs::No, Some((_, None))) => {}
            }
        }
        pauses
    }

    /// Its plans, phases and end: what usage follows.
    pub(super) fn phases<'a>(&'a self, book: &'a Book) -> Result<Vec<Moment<'a>>, KillBillError> {
        let mut moments = Vec::new();
        for (place, stay) in self.stays.iter().enumerate() {
            let next = self.stays.get(place + 1).map(|next| next.from);
            let end = match (next, self.cancelled) {
                (Some(next), Some(cancelled)) => Some(next.min(cancelled)),
                (next, cancelled) => next.or(cancelled),
            };
            let plan: &Plan = book.plan(&stay.plan)?;
            let phases = plan.phases_from(stay.phases_from)?;
            let moment = |on, phase| Moment { on, plan: &stay.plan, phase, why: Why::Phase };
            let current = phases.iter().rfind(|(from, _)| *from <= stay.from).or(phases.first());
            if end.is_none_or(|end| stay.from <= end) {
                moments.extend(current.map(|(_, phase)| Moment { why: stay.why, ..moment(stay.from, *phase) }));
            }
            let later = phases.iter().filter(|(from, _)| *from > stay.from && end.is_none_or(|end| *from < end));
            moments.extend(later.map(|(from, phase)| moment(*from, *phase)));
        }
        if let Some(on) = self.cancelled {
            moments.retain(|moment| moment.on <= on);
            moments.push(Moment { on, plan: "", phase: None, why: Why::Cancelled });
        }
        Ok(moments)
    }

    /// Every stretch of its life with constant terms: what recurring items follow.
    pub(super) fn moments<'a>(&'a self, book: &'a Book) -> Result<Vec<Moment<'a>>, KillBillError> {
        let mut moments = self.phases(book)?;
        for on in self.cuts(book)? {
            let place = moments.partition_point(|moment| moment.on <= on);
            match moments[..place].last().copied() {
                Some(current) if current.on < on => {
                    moments.insert(place, Moment { on, why: Why::Cut, ..current });
                }
                Some(_) | None => {}
            }
        }
        for (from, until) in self.pauses() {
            let ends = |on: Date| until.is_none_or(|until| on < until);
            let place = until.map_or(moments.len(), |until| moments.partition_point(|moment| moment.on <= until));
            let current = moments[..place].last().copied();
            moments.retain(|moment| moment.why == Why::Cancelled || moment.on < from || !ends(moment.on));
            let pause = Moment { on: from, plan: "", phase: None, why: Why::Paused };
            moments.insert(moments.partition_point(|moment| moment.on <= from && ends(moment.on)), pause);
            if let (Some(on), Some(current)) = (until, current)
                && self.cancelled.is_none_or(|cancelled| cancelled > on)
            {
                let place = moments.partition_point(|moment| moment.on <= on);
                moments.insert(place, Moment { on, why: Why::Resumed, ..current });
            }
        }
        Ok(moments)
    }

    /// The days after its start and before its end on which the cycle day or the number changes.
    fn cuts(&self, book: &Book) -> Result<Vec<Date>, KillBillError> {
        let mut cuts: Vec<Date> = self.cycle_days.iter().map(|(from, _)| *from).collect();
        cuts.extend(self.quantities.iter().skip(1).map(|(from, _)| *from));
        if book.alignment(self, None)? == Alignment::Bundle && self.bundle != self.name {
            cuts.extend(book.subscription(&self.bundle)?.cycle_days.iter().map(|(from, _)| *from));
        }
        cuts.retain(|cut| *cut > self.start && self.cancelled.is_none_or(|cancelled| *cut < cancelled));
        Ok(cuts)
    }

    /// The first day for which it pays a recurring price, or its start.
    pub(super) fn first_paid_day(&self, book: &Book) -> Result<Date, KillBillError> {
        let pays = |moment: &Moment<'_>| {
            moment.phase.is_some_and(|phase| phase.recurring.is_some_and(|(_, price)| price.is_positive()))
        };
        Ok(self.phases(book)?.into_iter().find(pays).map_or(self.start, |moment| moment.on))
    }
}
