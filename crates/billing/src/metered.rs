//! Where usage counts: the cycles in which a metered price of a subscription looks at events.

use crate::cover::{served, slices_through};
use crate::{Account, Catalogs, PlanError, PriceRef, UsageNeed};
use alloc::vec::Vec;
use calendar::{Instant, Period};
use money::Currency;
use stdx::Key;

/// One cycle of one metered price, as far as a subscription covers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeteredCycle {
    /// The subscription.
    pub subscription: Key,
    /// The price.
    pub price: PriceRef,
    /// What its amounts are in.
    pub currency: Currency,
    /// The whole cycle; the part of it that counts is the period of `need`.
    pub cycle: Period,
    /// When it is to be billed.
    pub due_at: Instant,
    /// The question that billing asks of the usage store.
    pub need: UsageNeed,
}

/// Every cycle in which a price of the account counts usage, from the first one to those around `until`, whenever they are due.
pub fn metered_cycles(account: &Account, catalogs: &Catalogs, until: Instant) -> Result<Vec<MeteredCycle>, PlanError> {
    let mut cycles = Vec::new();
    for served in &served(account, Instant::MAX)? {
        for slice in slices_through(served, catalogs, until)? {
            cycles.extend(slice.needs().map(|need| MeteredCycle {
                subscription: served.subscription.key.clone(),
                price: slice.price_ref.clone(),
                currency: slice.currency,
                cycle: slice.cycle,
                due_at: slice.due_at,
                need,
            }));
        }
    }
    Ok(cycles)
}
