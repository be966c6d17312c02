//! What was used, period by period, less what was billed.

use super::life::Moment;
use super::offer::Section;
use super::propose::rounded;
use super::spans::without;
use super::{Billed, Book, Charge, Item, KillBillError, Subscription, ZeroUsage};
use alloc::{vec, vec::Vec};
use calendar::profiles::killbill::Interval;
use calendar::{Cadence, Date, DateRange, DayOfMonth};
use money::{Dec, Money};
use rating::profiles::killbill::Record;

/// A section of a plan over a stretch of a subscription's life.
struct Priced<'a> {
    from: Date,
    to: Option<Date>,
    section: &'a Section,
}

impl Book {
    /// Notes what was used by a subscription on a day.
    pub fn used(&mut self, subscription: &str, date: Date, unit: &str, quantity: Dec) {
        self.usage.push((subscription.into(), Record { date, unit: unit.into(), quantity }));
    }

    /// Forgets what was used on a day, by a subscription or by all, of a unit or of all.
    pub fn forget_usage(&mut self, subscription: Option<&str>, date: Date, unit: Option<&str>) {
        self.usage.retain(|(of, record)| {
            record.date != date
                || subscription.is_some_and(|name| name != of)
                || unit.is_some_and(|unit| unit != record.unit)
        });
    }

    /// The usage of all periods that ended by `target`, each less what was billed within it. A negative rest is never given back.
    pub(super) fn usage_items(&self, target: Date, history: &[Billed]) -> Result<Vec<Item>, KillBillError> {
        let mut items = Vec::new();
        for of in &self.subscriptions {
            let paused = of.paused_since();
            let priced = priced(&of.phases(self)?);
            let mut names: Vec<&str> = Vec::new();
            for part in &priced {
                if !names.contains(&part.section.name.as_str()) {
                    names.push(&part.section.name);
                }
            }
            for name in names {
                let mut periods = Vec::new();
                for part in priced.iter().filter(|part| part.section.name == name) {
                    self.periods(of, part, target, &mut periods)?;
                }
                // what was used since a pause whose end is not known waits for that end
                let ended = of.cancelled.is_some_and(|end| end <= target);
                periods.retain(|(days, _)| ended || paused.is_none_or(|since| days.to() <= since));
                self.rate(of, &periods, history, &mut items)?;
            }
        }
        Ok(items)
    }

    /// The periods of a section that ended by `target`.
    fn periods<'a>(
        &self,
        of: &Subscription,
        part: &Priced<'a>,
        target: Date,
        out: &mut Vec<(DateRange, &'a Section)>,
    ) -> Result<(), KillBillError> {
        let inside = |day: Date| part.from < day && part.to.is_none_or(|to| day < to);
        let mut cuts: Vec<Date> = of.cycle_days.iter().map(|(from, _)| *from).filter(|day| inside(*day)).collect();
        cuts.push(part.from);
        cuts.sort_unstable();
        cuts.dedup();
        for (place, from) in cuts.iter().enumerate() {
            let to = cuts.get(place + 1).copied().or(part.to);
            let cycle_day = self.cycle_day_of(of, *from, None)?;
            let boundaries = usage_boundaries(*from, to, part.section.every, cycle_day, target)?;
            // a stretch that ends on the day of its start has no period
            let periods = boundaries.windows(2).filter_map(|pair| DateRange::new(pair[0], pair[1]).ok());
            out.extend(periods.map(|days| (days, part.section)));
        }
        Ok(())
    }

    fn rate(
        &self,
        of: &Subscription,
        periods: &[(DateRange, &Section)],
        history: &[Billed],
        items: &mut Vec<Item>,
    ) -> Result<(), KillBillError> {
        let billed = |name: &str| -> Vec<(DateRange, Money)> {
            let own = history.iter().filter(|billed| billed.item.subscription.as_ref() == Some(&of.name));
            let same = |Billed { item, .. }: &Billed| {
                let Charge::Usage { days, section } = &item.charge else { return None };
                (section == name).then_some((*days, item.amount))
            };
            own.filter_map(same).collect()
        };
        let lies_in = |part: DateRange, whole: DateRange| part.intersect(whole) == Some(part);
        let was_billed = |days: DateRange, name: &str| billed(name).iter().any(|(part, _)| lies_in(*part, days));
        let last_billed = periods.iter().rposition(|(days, section)| was_billed(*days, &section.name));
        for (place, (days, section)) in periods.iter().enumerate() {
            let (before, elsewhere): (Vec<_>, Vec<_>) =
                billed(&section.name).into_iter().partition(|(part, _)| lies_in(*part, *days));
            let closed = !before.is_empty() || self.profile.zero_usage == ZeroUsage::LeftOut;
            if closed && last_billed.is_some_and(|last| place + self.profile.usage_look_back <= last) {
                continue;
            }
            // days that were billed under another cut are not billed again
            let open = elsewhere.iter().fold(vec![*days], |open, (cut, _)| without(&open, *cut));
            if open.is_empty() {
                continue;
            }
            let worth = rounded(section.price.worth(&self.records(of, *days, &open))?, self.currency)?;
            let rest = before.iter().try_fold(worth, |rest, (_, billed)| rest.minus(*billed))?;
            let is_new = before.is_empty() && !rest.is_negative();
            let written = !rest.is_zero() || self.profile.zero_usage == ZeroUsage::Written;
            if rest.minor() > 0 || (is_new && written) {
                let charge = Charge::Usage { days: *days, section: section.name.clone() };
                items.push(Item { subscription: Some(of.name.clone()), charge, amount: rest });
            }
        }
        Ok(())
    }

    /// What was used on the open days of a period. What is stamped with the instant of the end of the subscription still counts.
    fn records(&self, of: &Subscription, days: DateRange, open: &[DateRange]) -> Vec<Record> {
        let counts = |date: Date| {
            open.iter().any(|open| open.contains(date)) || (date == days.to() && of.cancelled == Some(date))
        };
        let own = self.usage.iter().filter(|(name, record)| *name == of.name && counts(record.date));
        own.map(|(_, record)| record.clone()).collect()
    }
}

/// The days on which periods of usage begin and end that `target` has reached: the start, the cycle days after it, and the end.
///
/// # Errors
/// A day after the year 9999.
pub fn usage_boundaries(
    start: Date,
    end: Option<Date>,
    every: Cadence,
    cycle_day: DayOfMonth,
    target: Date,
) -> Result<Vec<Date>, KillBillError> {
    let interval = Interval::new(start, None, cycle_day, every)?;
    let (cycles, mut boundaries) = (interval.cycles(), vec![start]);
    for n in 0.. {
        let boundary = cycles.boundary(n)?;
        let next = end.map_or(boundary, |end| boundary.min(end));
        if next > target {
            break;
        }
        if next > start || end == Some(next) {
            boundaries.push(next);
        }
        if end == Some(next) {
            break;
        }
    }
    Ok(boundaries)
}

/// The stretches over which each section prices usage: as long as phases and plans carry it on unchanged.
fn priced<'a>(moments: &[Moment<'a>]) -> Vec<Priced<'a>> {
    let mut out: Vec<Priced<'a>> = Vec::new();
    for (place, moment) in moments.iter().enumerate() {
        let to = moments.get(place + 1).map(|next| next.on);
        for section in moment.phase.iter().flat_map(|phase| &phase.usage) {
            let goes_on = |known: &&mut Priced<'_>| known.to == Some(moment.on) && known.section == section;
            match out.iter_mut().find(goes_on) {
                Some(known) => known.to = to,
                None => out.push(Priced { from: moment.on, to, section }),
            }
        }
    }
    out
}
