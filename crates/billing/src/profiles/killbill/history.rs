//! Whether what was billed makes sense, and what is left of it.

use super::difference::{Stretch, left_of, part_of, stretches};
use super::{Billed, Charge, Item, KillBillError, Profile};
use alloc::{collections::BTreeMap, collections::BTreeSet, string::String, vec::Vec};
use calendar::Date;
use calendar::profiles::killbill::MonthLength;

/// Refuses a history that contradicts itself: a repair or an adjustment of nothing, more given back than was billed, a day that was
/// billed twice.
///
/// # Errors
/// The first contradiction.
pub fn check_history(history: &[Billed]) -> Result<(), KillBillError> {
    for billed in history {
        if let Some(item) = billed.item.takes_from()
            && !history.iter().any(|other| other.id == item)
        {
            return Err(KillBillError::MissingItem { item });
        }
    }
    for billed in history.iter().filter(|billed| !billed.item.amount.is_negative()) {
        let left = left_of(billed, history)?;
        if left.is_negative() {
            return Err(KillBillError::TooManyRepairs { item: billed.id, left });
        }
    }
    let subscriptions: BTreeSet<&str> =
        history.iter().filter_map(|billed| billed.item.subscription.as_deref()).collect();
    for subscription in subscriptions {
        let mut billed = stretches(history, Some(subscription));
        billed.sort_by_key(|stretch| stretch.days);
        for pair in billed.windows(2) {
            let [one, other] = pair else { continue };
            if other.days.from() < one.days.to() {
                return Err(KillBillError::DoubleBilled {
                    subscription: subscription.into(),
                    from: other.days.from(),
                    first: one.billed.id,
                    second: other.billed.id,
                });
            }
        }
    }
    Ok(())
}

/// What the recurring items of a history come to once their repairs are taken out of them. The days of a repair count, not its
/// amount; an item with a repair that lies outside of it is left out as a whole.
///
/// # Errors
/// An amount that is too large.
pub fn net_items(history: &[Billed], months: MonthLength) -> Result<Vec<Item>, KillBillError> {
    let outside = |stretch: &Stretch<'_>| {
        history.iter().any(|other| {
            matches!(other.item.charge, Charge::Repair { days, of }
                if of == stretch.billed.id && stretch.whole.intersect(days) != Some(days))
        })
    };
    let mut subscriptions: Vec<Option<&str>> = Vec::new();
    for billed in history {
        if !subscriptions.contains(&billed.item.subscription.as_deref()) {
            subscriptions.push(billed.item.subscription.as_deref());
        }
    }
    let mut net = Vec::new();
    for stretch in subscriptions.into_iter().flat_map(|name| stretches(history, name)) {
        if outside(&stretch) {
            continue;
        }
        let Item { subscription, amount, .. } = &stretch.billed.item;
        let amount = part_of(*amount, stretch.days, stretch.whole, months)?;
        let charge = Charge::Recurring { days: stretch.days, terms: stretch.terms.clone() };
        net.push(Item { subscription: subscription.clone(), charge, amount });
    }
    Ok(net)
}

/// Refuses new items that no sound run makes: several one-offs of a subscription on a day, or more items for a subscription than
/// the profile allows on the day of the run, those that were `billed_today` counted in.
///
/// # Errors
/// The first that is too many.
pub fn check_new(new: &[Item], billed_today: &[&Item], today: Date, profile: &Profile) -> Result<(), KillBillError> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut once: BTreeSet<(&str, Date)> = BTreeSet::new();
    let unknown = String::new();
    for item in billed_today.iter().copied().chain(new) {
        let count = counts.entry(item.subscription.as_ref().unwrap_or(&unknown)).or_default();
        *count += 1;
    }
    for item in new {
        let name = item.subscription.as_ref().unwrap_or(&unknown);
        let items = counts.get(name.as_str()).copied().unwrap_or_default();
        if items > profile.daily_items {
            let subscription = name.clone();
            return Err(KillBillError::TooManyItems { subscription, on: today, items, limit: profile.daily_items });
        }
        if let Charge::Fixed { on, .. } = item.charge
            && !once.insert((name, on))
        {
            return Err(KillBillError::SeveralOneOffs { subscription: name.clone(), on });
        }
    }
    Ok(())
}
