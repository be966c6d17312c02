//! From billing events to the items that should have been billed by a day.

use super::{Charge, Item, KillBillError, Profile, Terms};
use alloc::{string::String, vec::Vec};
use calendar::profiles::killbill::{BillingMode, Interval};
use calendar::{Cadence, Date, DayOfMonth};
use money::{Currency, Dec, Money, Ratio, Rounding};

/// What an event says about a one-off price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// Nothing: what the day had before stays.
    AsBefore,
    /// There is none on this day.
    Nothing,
    /// This one, instead of any other of the day.
    Charged {
        /// How much.
        amount: Dec,
        /// The end of the phase, when the phase has nothing else.
        until: Option<Date>,
    },
}

/// What is charged in each cycle from an event on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recurring {
    /// Price of a cycle times the number of subscribed units.
    pub rate: Dec,
    /// How long a cycle is.
    pub every: Cadence,
    /// When it is billed.
    pub mode: BillingMode,
    /// The day of the month on which cycles begin.
    pub cycle_day: DayOfMonth,
}

/// The terms of a subscription from a day on, up to its next event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The subscription.
    pub subscription: String,
    /// The day.
    pub on: Date,
    /// The plan.
    pub plan: String,
    /// The phase.
    pub phase: String,
    /// The one-off price.
    pub once: Once,
    /// The recurring price; `None` when there is none, or nothing is billed from here on.
    pub recurring: Option<Recurring>,
}

/// Every one-off and recurring item that should have been billed by `target`. Of several events of a subscription on a day the last
/// one counts.
///
/// # Errors
/// A date or an amount out of range.
pub fn propose(
    events: &[Event],
    target: Date,
    profile: &Profile,
    currency: Currency,
) -> Result<Vec<Item>, KillBillError> {
    let mut subscriptions: Vec<&str> = Vec::new();
    for event in events {
        if !subscriptions.contains(&event.subscription.as_str()) {
            subscriptions.push(&event.subscription);
        }
    }
    let mut items = Vec::new();
    for name in subscriptions {
        let mut own: Vec<&Event> = events.iter().filter(|event| event.subscription == name).collect();
        own.sort_by_key(|event| event.on);
        one_offs(&own, target, currency, &mut items)?;
        for (place, event) in own.iter().enumerate().filter(|(_, event)| event.on <= target) {
            let end = own.get(place + 1).map(|next| next.on);
            recurring(event, end, target, profile, currency, &mut items)?;
        }
    }
    Ok(items)
}

fn one_offs(events: &[&Event], target: Date, currency: Currency, items: &mut Vec<Item>) -> Result<(), KillBillError> {
    let says = |event: &&&Event| event.on <= target && event.once != Once::AsBefore;
    let saying: Vec<&Event> = events.iter().filter(says).copied().collect();
    for (place, event) in saying.iter().enumerate() {
        let is_last = saying.get(place + 1).is_none_or(|next| next.on > event.on);
        let (true, Once::Charged { amount, until }) = (is_last, event.once) else { continue };
        let (plan, phase) = (event.plan.clone(), event.phase.clone());
        items.push(Item {
            subscription: Some(event.subscription.clone()),
            charge: Charge::Fixed { on: event.on, until, plan, phase },
            amount: rounded(Ratio::from(amount), currency)?,
        });
    }
    Ok(())
}

fn recurring(
    event: &Event,
    end: Option<Date>,
    target: Date,
    profile: &Profile,
    currency: Currency,
    items: &mut Vec<Item>,
) -> Result<(), KillBillError> {
    let Some(Recurring { rate, every, mode, cycle_day }) = event.recurring else { return Ok(()) };
    let interval = Interval::new(event.on, end, cycle_day, every)?;
    for period in interval.service_periods(target, mode, profile.months)? {
        let terms = Terms { plan: event.plan.clone(), phase: event.phase.clone(), rate };
        items.push(Item {
            subscription: Some(event.subscription.clone()),
            charge: Charge::Recurring { days: period.dates, terms },
            amount: rounded(Ratio::from(period.cycles.times(rate)?), currency)?,
        });
    }
    Ok(())
}

pub(super) fn rounded(exact: Ratio, currency: Currency) -> Result<Money, KillBillError> {
    Ok(Money::round_from(exact, currency, Rounding::HalfUp)?)
}
