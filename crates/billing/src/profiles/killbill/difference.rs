//! From what was billed to what is proposed.

use super::spans::without;
use super::{Billed, Charge, Item, ItemId, KillBillError, Terms};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use calendar::DateRange;
use calendar::profiles::killbill::{MonthLength, part_ratio};
use money::{Money, Ratio, Rounding};

/// Billed days that no repair has taken back.
#[derive(Debug, Clone)]
pub(super) struct Stretch<'a> {
    pub(super) billed: &'a Billed,
    pub(super) whole: DateRange,
    pub(super) terms: &'a Terms,
    pub(super) days: DateRange,
}

/// The stretches of recurring items of a subscription that still count, by item and then by day. Items of 0 never count.
pub(super) fn stretches<'a>(history: &'a [Billed], subscription: Option<&str>) -> Vec<Stretch<'a>> {
    let mut out = Vec::new();
    for billed in history {
        let Charge::Recurring { days: whole, terms } = &billed.item.charge else { continue };
        if billed.item.subscription.as_deref() != subscription || billed.item.amount.is_zero() {
            continue;
        }
        let mut left = vec![*whole];
        for other in history {
            if let Charge::Repair { days, of } = other.item.charge
                && of == billed.id
            {
                left = without(&left, days);
            }
        }
        out.extend(left.into_iter().map(|days| Stretch { billed, whole: *whole, terms, days }));
    }
    out
}

/// What is left of an item after everything that takes from it.
pub(super) fn left_of(billed: &Billed, history: &[Billed]) -> Result<Money, KillBillError> {
    let taking = history.iter().filter(|other| other.item.takes_from() == Some(billed.id));
    Ok(taking.map(|other| other.item.amount).try_fold(billed.item.amount, Money::plus)?)
}

/// The part of an amount for `whole` that falls on `part`: the amount itself, or its share in days, rounded.
pub(super) fn part_of(
    amount: Money,
    part: DateRange,
    whole: DateRange,
    months: MonthLength,
) -> Result<Money, KillBillError> {
    if part == whole {
        return Ok(amount);
    }
    let exact = Ratio::from(amount.to_dec().times(part_ratio(part, whole, months)?)?);
    Ok(Money::round_from(exact, amount.currency(), Rounding::HalfUp)?)
}

/// The items that bring what was billed to what is proposed: billed days that a proposed item of the same plan, phase and rate covers
/// are kept, proposed days that were not billed are billed as their share of the proposed item, and other billed days are
/// given back as their share of the billed item, but no more than is left of it. One-off items and items of 0 are billed unless they
/// were, and never given back.
///
/// # Errors
/// An amount that is too large.
pub fn difference(history: &[Billed], proposed: &[Item], months: MonthLength) -> Result<Vec<Item>, KillBillError> {
    let mut order: Vec<Option<&str>> = Vec::new();
    let billed =
        history.iter().map(|billed| &billed.item).filter(|item| matches!(item.charge, Charge::Recurring { .. }));
    for item in billed.chain(proposed) {
        if !order.contains(&item.subscription.as_deref()) {
            order.push(item.subscription.as_deref());
        }
    }
    let mut new = Vec::new();
    for subscription in order {
        let stretches = stretches(history, subscription);
        let mut surplus: Vec<Vec<DateRange>> = stretches.iter().map(|stretch| vec![stretch.days]).collect();
        for item in proposed.iter().filter(|item| item.subscription.as_deref() == subscription) {
            bill(item, history, &stretches, &mut surplus, months, &mut new)?;
        }
        give_back(history, &stretches, &surplus, months, &mut new)?;
    }
    Ok(new)
}

/// Bills those days of a proposed item that were not, and keeps the others.
fn bill(
    item: &Item,
    history: &[Billed],
    stretches: &[Stretch<'_>],
    surplus: &mut [Vec<DateRange>],
    months: MonthLength,
    new: &mut Vec<Item>,
) -> Result<(), KillBillError> {
    let Charge::Recurring { days, terms } = &item.charge else {
        if !history.iter().any(|billed| is_same_once(&billed.item, item)) {
            new.push(item.clone());
        }
        return Ok(());
    };
    if item.amount.is_zero() {
        if !history.iter().any(|billed| billed.item.amount.is_zero() && is_same_service(&billed.item, item)) {
            new.push(item.clone());
        }
        return Ok(());
    }
    let mut missing = vec![*days];
    for (stretch, surplus) in stretches.iter().zip(surplus) {
        if let Some(common) = stretch.days.intersect(*days).filter(|_| stretch.terms == terms) {
            missing = without(&missing, common);
            *surplus = without(surplus, common);
        }
    }
    for part in missing {
        let amount = part_of(item.amount, part, *days, months)?;
        let charge = Charge::Recurring { days: part, terms: terms.clone() };
        new.push(Item { subscription: item.subscription.clone(), charge, amount });
    }
    Ok(())
}

/// Whether a one-off item was billed: its end may have become known since.
fn is_same_once(billed: &Item, item: &Item) -> bool {
    match (&billed.charge, &item.charge) {
        (Charge::Fixed { on, plan, phase, .. }, Charge::Fixed { on: on2, plan: plan2, phase: phase2, .. }) => {
            (on, plan, phase, billed.amount) == (on2, plan2, phase2, item.amount)
                && billed.subscription == item.subscription
        }
        _ => billed == item,
    }
}

/// Whether two recurring items are for the same days of the same phase, at whatever rate.
fn is_same_service(billed: &Item, item: &Item) -> bool {
    match (&billed.charge, &item.charge) {
        (Charge::Recurring { days, terms }, Charge::Recurring { days: days2, terms: terms2 }) => {
            (days, &terms.plan, &terms.phase) == (days2, &terms2.plan, &terms2.phase)
                && billed.subscription == item.subscription
        }
        _ => false,
    }
}

fn give_back(
    history: &[Billed],
    stretches: &[Stretch<'_>],
    surplus: &[Vec<DateRange>],
    months: MonthLength,
    new: &mut Vec<Item>,
) -> Result<(), KillBillError> {
    let mut left: BTreeMap<ItemId, Money> = BTreeMap::new();
    for (stretch, days) in stretches.iter().zip(surplus) {
        let Billed { id, item } = stretch.billed;
        for part in days {
            let rest = match left.get(id) {
                Some(rest) => *rest,
                None => left_of(stretch.billed, history)?,
            };
            let worth = part_of(item.amount, *part, stretch.whole, months)?;
            let back = Money::new(worth.minor().min(rest.minor()).max(0), item.amount.currency());
            left.insert(*id, rest.minus(back)?);
            let charge = Charge::Repair { days: *part, of: *id };
            new.push(Item { subscription: item.subscription.clone(), charge, amount: back.negated() });
        }
    }
    Ok(())
}
