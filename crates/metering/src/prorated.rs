//! Quantities that last, such as seats and addresses, counted by the days on which they were there.
//!
//! ```
//! use calendar::Date;
//! use metering::prorated::{BilledDays, Change, sum};
//!
//! // 5 seats from before, 24 more on 26 May: they are there on 6 of 31 days
//! let may = BilledDays::new("2023-05-01..2023-06-01".parse()?, 31.try_into()?);
//! let more = Change { on: "2023-05-26".parse()?, value: "24".parse()? };
//! let seats = sum(may, "5".parse()?, &[more])?;
//! assert_eq!((seats.units.to_string(), seats.full.to_string()), ("299/31".into(), "29".into()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Quantities are exact. An engine that rounds them before it applies a price is a [profile](crate::profiles::lago).

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};
use calendar::{Date, DateRange};
use core::num::NonZeroU32;
use money::{NumError, Ratio};

/// The days that are billed, and how many days the whole cycle has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BilledDays {
    days: DateRange,
    cycle: NonZeroU32,
}

/// A quantity that rises or falls on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The first day with it.
    pub on: Date,
    /// By how much.
    pub value: Ratio,
}

/// A quantity by the days on which it was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prorated {
    /// Each part times its share of the cycle.
    pub units: Ratio,
    /// The quantity itself.
    pub full: Ratio,
}

/// An item that comes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemEvent {
    /// Which.
    pub item: String,
    /// The day; both the day on which it comes and the day on which it goes are its days.
    pub on: Date,
    /// Whether it comes or goes.
    pub presence: Presence,
}

/// Whether an item comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is there from that day.
    Comes,
    /// That day is its last.
    Goes,
}

/// Items by the days on which they were there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProratedItems {
    /// All items' shares of the cycle together.
    pub units: Ratio,
    /// How many items are there at the end.
    pub full: Ratio,
    /// Each item's share of the cycle: its days over the days of the cycle.
    pub items: BTreeMap<String, Ratio>,
}

impl BilledDays {
    /// These days of a cycle of so many.
    pub fn new(days: DateRange, cycle: NonZeroU32) -> Self {
        Self { days, cycle }
    }

    /// The share of the cycle from a day on: all billed days for a day before them, none for a day after them.
    pub fn share_from(self, day: Date) -> Result<Ratio, NumError> {
        let days = self.days.from().max(day).days_until(self.days.to()).max(0);
        self.share(i128::from(days))
    }

    fn share(self, days: i128) -> Result<Ratio, NumError> {
        Ratio::new(days, i128::from(self.cycle.get()))
    }
}

/// The sum of a quantity carried from before and of changes, each by the days on which it was there.
pub fn sum(days: BilledDays, carried: Ratio, changes: &[Change]) -> Result<Prorated, NumError> {
    let units = carried.times(days.share_from(days.days.from())?)?;
    changes.iter().try_fold(Prorated { units, full: carried }, |total, change| {
        let share = days.share_from(change.on)?;
        Ok(Prorated { units: total.units.plus(change.value.times(share)?)?, full: total.full.plus(change.value)? })
    })
}

/// The same part by part: what was carried, whole, and then each change. For prices that look at each.
pub fn per_change(days: BilledDays, carried: Ratio, changes: &[Change]) -> Result<Vec<Prorated>, NumError> {
    let changes = changes.iter().map(|change| {
        let units = change.value.times(days.share_from(change.on)?)?;
        Ok(Prorated { units, full: change.value })
    });
    core::iter::once(Ok(Prorated { units: carried, full: carried })).chain(changes).collect()
}

/// What a change adds above the highest level already paid for in the period: nothing for a level that was reached before.
pub fn above_high_water(
    days: BilledDays,
    level: Ratio,
    highest_paid: Ratio,
    change: Change,
) -> Result<Prorated, NumError> {
    let full = level.plus(change.value)?.minus(highest_paid)?.max(Ratio::ZERO);
    Ok(Prorated { units: full.times(days.share_from(change.on)?)?, full })
}

/// Items by the days on which they were there: an item that comes and goes several times a day has that day once. The events
/// are in order of time, and begin where the first item came.
pub fn unique(days: BilledDays, events: &[ItemEvent]) -> Result<ProratedItems, NumError> {
    let mut there: BTreeMap<&str, Date> = BTreeMap::new();
    let mut spans: BTreeMap<&str, Vec<(Date, Option<Date>)>> = BTreeMap::new();
    for event in events {
        match event.presence {
            Presence::Comes => {
                there.entry(&event.item).or_insert(event.on);
            }
            Presence::Goes => {
                if let Some(came) = there.remove(event.item.as_str()) {
                    spans.entry(&event.item).or_default().push((came, Some(event.on)));
                }
            }
        }
    }
    let full = Ratio::from_int(i128::try_from(there.len()).map_err(|_| NumError::Overflow)?);
    for (item, came) in there {
        spans.entry(item).or_default().push((came, None));
    }
    let mut items = BTreeMap::new();
    let mut units = Ratio::ZERO;
    for (item, spans) in spans {
        let active: BTreeSet<i64> = spans.iter().flat_map(|(came, went)| days.days_of(*came, *went)).collect();
        let share = days.share(i128::try_from(active.len()).map_err(|_| NumError::Overflow)?)?;
        units = units.plus(share)?;
        items.insert(item.into(), share);
    }
    Ok(ProratedItems { units, full, items })
}

impl BilledDays {
    /// The billed days from one day to another, both included, as numbers from the first billed day.
    fn days_of(self, came: Date, went: Option<Date>) -> core::ops::Range<i64> {
        let start = self.days.from();
        let end = start.days_until(self.days.to());
        let last = went.map_or(end, |went| start.days_until(went) + 1);
        start.days_until(came).max(0)..last.min(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    fn may() -> BilledDays {
        BilledDays::new("2023-05-01..2023-06-01".parse().expect("range"), NonZeroU32::new(31).expect("31"))
    }

    fn change(on: &str, value: &str) -> Change {
        Change { on: date(on), value: value.parse().expect(value) }
    }

    #[test]
    fn a_change_counts_from_its_day_and_after_the_period_not_at_all() {
        let quantity = sum(
            may(),
            Ratio::ZERO,
            &[change("2023-05-31", "31"), change("2023-04-01", "1"), change("2023-07-01", "9")],
        );
        assert_eq!(quantity, Ok(Prorated { units: Ratio::from_int(2), full: Ratio::from_int(41) }));
    }

    #[test]
    fn the_parts_are_the_sum() {
        let changes = [change("2023-05-03", "2.5"), change("2023-05-20", "-1"), change("2023-05-20", "7")];
        let carried = Ratio::from_int(4);
        let parts = per_change(may(), carried, &changes).expect("parts");
        let units = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.units));
        assert_eq!(units, sum(may(), carried, &changes).map(|sum| sum.units));
        assert_eq!(parts.len(), 4);
    }

    #[test]
    fn a_level_reached_before_costs_nothing_again() {
        let above = |level, paid, value| {
            above_high_water(may(), Ratio::from_int(level), Ratio::from_int(paid), change("2023-05-31", value))
                .map(|above| above.full)
        };
        assert_eq!(above(4, 10, "-2"), Ok(Ratio::ZERO));
        assert_eq!(above(4, 10, "6"), Ok(Ratio::ZERO));
        assert_eq!(above(4, 10, "7"), Ok(Ratio::ONE));
    }

    #[test]
    fn an_item_has_each_of_its_days_once() {
        let event = |item: &str, on: &str, presence| ItemEvent { item: item.into(), on: date(on), presence };
        let events = vec![
            event("b", "2023-04-20", Presence::Comes),
            event("a", "2023-05-02", Presence::Comes),
            event("a", "2023-05-02", Presence::Comes),
            event("a", "2023-05-02", Presence::Goes),
            event("a", "2023-05-02", Presence::Comes),
            event("a", "2023-05-03", Presence::Goes),
            event("c", "2023-05-09", Presence::Goes),
        ];
        let items = unique(may(), &events).expect("items");
        assert_eq!(items.full, Ratio::ONE);
        assert_eq!(items.items["a"], Ratio::new(2, 31).expect("share"));
        assert_eq!(items.items["b"], Ratio::ONE);
        assert_eq!(items.units, Ratio::new(33, 31).expect("sum"));
    }
}
