//! How long a bill stays as it was drawn, so that nobody draws it in vain.

use crate::{Account, Catalogs, PlanError, UsageNeed, next_due};
use calendar::Instant;

/// Until when a plan that was posted is followed by empty ones, unless a fact is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stays {
    /// When something falls due next; the end of all time where nothing does.
    pub until: Instant,
    /// Usage before this instant is on what fell due: what comes to be known of it changes the plan.
    pub counts_to: Instant,
}

/// The same for a plan as of an instant, which asked these [`needs`](crate::needs) of the usage store. Nothing where the account has facts
/// that became known after that instant, because a clock was set back: they count as soon as it has come again.
pub fn stays(
    account: &Account,
    catalogs: &Catalogs,
    as_of: Instant,
    needs: &[UsageNeed],
) -> Result<Option<Stays>, PlanError> {
    if !all_is_known(account, as_of) {
        return Ok(None);
    }
    let until = next_due(account, catalogs, as_of)?.unwrap_or(Instant::MAX);
    let counts_to = needs.iter().map(|need| need.period.to()).max().unwrap_or(Instant::MIN);
    Ok(Some(Stays { until, counts_to }))
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
