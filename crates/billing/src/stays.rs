//! How long a bill stays as it was drawn, so that nobody draws it in vain.

use crate::cover::{Served, served};
use crate::stint::stints;
use crate::{Account, Catalogs, PlanError, UsageNeed, next_due};
use calendar::Instant;
use catalog::{Price, Source, Timing};

/// Until when a plan that was posted is followed by empty ones, unless a fact is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stays {
    /// When something falls due next or a draft is ready; the end of all time where nothing does.
    pub until: Instant,
    /// Usage before this instant is on what fell due: what comes to be known of it changes the plan.
    pub counts_to: Instant,
}

/// The same for a plan as of an instant, which asked these [`needs`](crate::needs) of the usage store. Nothing where that is not
/// known: where the account has facts that became known after that instant, because a clock was set back, so that they count as soon as it
/// has come again; and where usage is billed while its cycle is under way, so that each moment has a bill of its own.
pub fn stays(
    account: &Account,
    catalogs: &Catalogs,
    as_of: Instant,
    needs: &[UsageNeed],
    grace_days: u16,
) -> Result<Option<Stays>, PlanError> {
    if !all_is_known(account, as_of) || may_bill_under_way(account, catalogs, as_of)? {
        return Ok(None);
    }
    let until = next_due(account, catalogs, as_of, grace_days)?.unwrap_or(Instant::MAX);
    let counts_to = needs.iter().map(|need| need.period.to()).max().unwrap_or(Instant::MIN);
    Ok(Some(Stays { until, counts_to }))
}

/// Whether usage is billed, or will be, before its cycle is over: by steps of spend or in advance.
fn may_bill_under_way(account: &Account, catalogs: &Catalogs, as_of: Instant) -> Result<bool, PlanError> {
    if !account.customer.bill_at.is_empty() {
        return Ok(true);
    }
    for served in served(account, as_of)? {
        let Served { subscription, segments } = &served;
        for stint in stints(subscription, segments, catalogs)? {
            let is_over = stint.to.is_some_and(|to| to <= as_of);
            let in_advance =
                |price: &Price| price.timing == Timing::Advance && matches!(price.source, Source::Meter(_));
            let mut prices = stint.plan.all_prices().filter_map(|(key, _)| stint.price(key));
            if !is_over && (stint.plan.bill_at.is_some() || prices.any(in_advance)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Whether each fact of the account was known at an instant.
fn all_is_known(account: &Account, at: Instant) -> bool {
    let steps = account.subscriptions.iter().flat_map(|one| one.changes.iter());
    let charges = account.charges.iter().flat_map(|one| [Some(one.recorded_at), one.withdrawn_at]);
    let redemptions = account
        .redemptions
        .iter()
        .flat_map(|one| [Some(one.recorded_at), one.ended.as_ref().map(|ended| ended.recorded_at)]);
    let mut recorded = steps.map(|step| step.recorded_at).chain(charges.chain(redemptions).flatten());
    recorded.all(|recorded_at| recorded_at <= at)
}
