//! What every usage store promises.

use crate::{
    Activity, Applied, ApplyError, Change, Cursor, EventFilter, Group, Incoming, IngestError, JsonForm, Outcome,
    Quarantined, Query, Seq, StoredEvent, UsageError, Version, Weighed, Weight, json::read_json, query::weigh,
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

    /// Takes a batch that is written in JSON: as [`ingest`](Self::ingest) takes what `metering` reads of it. An element that is
    /// JSON and no event goes to the quarantine; so does a line that is not even JSON.
    ///
    /// # Errors
    /// [`IngestError::Body`] when the body as a whole cannot be taken apart; otherwise as `ingest`.
    fn ingest_json(
        &self,
        tenant: &Key,
        body: &[u8],
        form: JsonForm,
        received_at: Instant,
    ) -> Result<Vec<Outcome>, IngestError> {
        let batch = read_json(body, form).map_err(IngestError::Body)?;
        Ok(self.ingest(tenant, batch, received_at)?)
    }

    /// Makes all of these changes, in order, or none of them; each takes a position. When it returns, they are on the disk.
    ///
    /// # Errors
    /// [`ApplyError::Refused`] names every change that cannot be made.
    fn apply(&self, tenant: &Key, changes: Vec<Change>, recorded_at: Instant) -> Result<Applied, ApplyError>;

    /// Measures: one group for each subject, combination of dimensions and window, in this order.
    ///
    /// # Errors
    /// [`UsageError::TooManyWindows`]; [`UsageError::Quantity`] names the first subject whose quantity cannot be stated. Single events that cannot be measured
    /// are no error: they are told in [`Group::unmeasured`].
    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError>;

    /// Prices each event by a rate that its dimensions choose: what was counted, before conversion and rounding, times the weight of
    /// its dimensions, summed by subject and window, in this order. It says what the groups of [`measure`](Self::measure) times their
    /// weights come to; a store may know a faster way than to make a group for each combination of dimensions.
    ///
    /// # Errors
    /// As `measure`; [`UsageError::Quantity`] also names the first subject whose sum has too many digits.
    fn weigh(&self, query: &Query<'_>, weight: Weight<'_>) -> Result<Vec<Weighed>, UsageError> {
        weigh(&self.measure(query)?, weight)
    }

    /// Lists at most `limit` accepted events after a place, by time, then source, then id.
    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError>;

    /// The event of this source with this id, as it is now; none when it was retracted.
    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError>;

    /// All that happened to the event of this source with this id, the first first; empty when there is no such event.
    fn history(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<Version>, UsageError>;

    /// At most `limit` versions of events after a position, in the order in which they became known: what projections, alerts
    /// and balances follow.
    fn changes(&self, tenant: &Key, after: Seq, limit: usize) -> Result<Vec<Version>, UsageError>;

    /// The position of the last version of an event: everything up to it is seen by every question asked from now on.
    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError>;

    /// Whether events of a tenant would be taken now, as far as the store knows without writing anything.
    ///
    /// # Errors
    /// What [`Self::ingest`] would say.
    fn ready(&self, tenant: &Key) -> Result<(), UsageError> {
        self.watermark(tenant).map(|_| ())
    }

    /// At most `limit` events that are not valid, in the order in which they came, without the first `skip`.
    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError>;

    /// How many events are in quarantine.
    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError>;

    /// Who has which events now, ordered by subject, then name: also events that no customer and no meter fits.
    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError>;
}
