//! What every usage store promises.

use crate::{
    Activity, Cursor, EventFilter, Group, Incoming, Outcome, Quarantined, Query, Seq, StoredEvent, UsageError,
};
use calendar::Instant;
use stdx::Key;

/// A store of usage events. Shared by reference between threads; every answer is about durable events only.
///
/// `(tenant, source, id)` names one event for ever: there is no time after which a repetition would count again.
pub trait UsageStore: Send + Sync {
    /// Takes a batch; the answer has one [`Outcome`] for each element, in order. When it returns, every accepted and every
    /// quarantined event is on the disk.
    ///
    /// # Errors
    /// [`UsageError::Stopped`]: then nothing is known about this batch, and it can be sent again after a restart.
    fn ingest(&self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Result<Vec<Outcome>, UsageError>;

    /// Measures: one group for each subject and combination of dimensions, ordered by subject, then dimensions.
    ///
    /// # Errors
    /// [`UsageError::Quantity`] names the first subject whose quantity cannot be stated. Single events that cannot be measured
    /// are no error: they are told in [`Group::unmeasured`].
    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError>;

    /// Lists at most `limit` accepted events after a place, by time, then source, then id.
    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError>;

    /// The accepted event of this source with this id.
    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError>;

    /// At most `limit` accepted events after a position, in the order in which they became known: what projections, alerts
    /// and balances follow.
    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<StoredEvent>, UsageError>;

    /// The position of the last event: everything up to it is seen by every question asked from now on.
    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError>;

    /// At most `limit` events that are not valid, in the order in which they came, without the first `skip`.
    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError>;

    /// How many events are in quarantine.
    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError>;

    /// Who has which events, ordered by subject, then name: also events that no customer and no meter fits.
    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError>;
}
