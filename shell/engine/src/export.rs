//! Usage in formats that others read: all versions of all events, or of those that are asked for.

use crate::{Engine, EngineError};
use calendar::{Instant, Period};
use metering::Event;
use std::io::Write;
use stdx::{Key, ToProblem};
use usage::{
    Activity, Applied, ApplyError, Change, Cursor, EventFilter, ExportError, Group, Incoming, Outcome, Quarantined,
    Query, Seq, StoredEvent, UsageError, UsageStore, Version, What,
};

/// In which format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// One version on each line, as JSON.
    Ndjson,
    /// A Parquet file with one row for each version.
    Parquet,
}

/// Which events are exported: those to which all of this applies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportFilter {
    /// Only of this subject.
    pub subject: Option<String>,
    /// Only with this name.
    pub name: Option<String>,
    /// Only what happened in this period.
    pub period: Option<Period>,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many versions.
    pub versions: u64,
    /// The position up to which they were looked at.
    pub upto: Seq,
}

impl Engine {
    /// Writes the versions of events as of now, in the order of their positions. A version counts as one of the events asked for
    /// when it, or the one that it takes the place of, is one: so the export also says that an event is no longer one.
    ///
    /// `progress` is told the position that was reached and the last one.
    pub fn export(
        &self,
        format: ExportFormat,
        filter: &ExportFilter,
        out: &mut (dyn Write + Send),
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Exported, EngineError> {
        let upto = self.usage.watermark(&self.tenant)?;
        let told = |reached: Seq| progress(reached.0.min(upto.0), upto.0);
        let chosen = Chosen { store: &*self.usage, filter, told: &told };
        let written = match format {
            ExportFormat::Ndjson => usage::export_ndjson(&chosen, &self.tenant, Seq::ZERO, upto, out),
            ExportFormat::Parquet => usage::export_parquet(&chosen, &self.tenant, Seq::ZERO, upto, out),
        };
        let versions = written.map_err(|error: ExportError| EngineError::Failed(error.problem()))?;
        Ok(Exported { versions, upto })
    }
}

impl Engine {
    /// Gives each version of the events that are asked for, as of now, with the position up to which they are.
    pub(crate) fn each_version(
        &self,
        filter: &ExportFilter,
        mut each: impl FnMut(&Version, Seq) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        const PAGE: usize = 10_000;
        let upto = self.usage.watermark(&self.tenant)?;
        let chosen = Chosen { store: &*self.usage, filter, told: &|_| {} };
        let mut after = Seq::ZERO;
        loop {
            let page = chosen.changes(&self.tenant, after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            for version in page.iter().filter(|version| version.seq <= upto) {
                each(version, upto)?;
            }
            if after >= upto {
                return Ok(());
            }
        }
    }
}

/// A store of which only some versions are listed.
struct Chosen<'a> {
    store: &'a dyn UsageStore,
    filter: &'a ExportFilter,
    told: &'a (dyn Fn(Seq) + Send + Sync),
}

impl Chosen<'_> {
    fn fits(&self, event: &Event) -> bool {
        let ExportFilter { subject, name, period } = self.filter;
        subject.as_ref().is_none_or(|subject| event.subject == *subject)
            && name.as_ref().is_none_or(|name| event.name == *name)
            && period.is_none_or(|period| period.contains(event.at))
    }

    fn is_chosen(&self, tenant: &Key, version: &Version) -> Result<bool, UsageError> {
        if version.event.as_ref().is_some_and(|event| self.fits(event)) {
            return Ok(true);
        }
        if version.what == What::Accepted || *self.filter == ExportFilter::default() {
            return Ok(*self.filter == ExportFilter::default());
        }
        let history = self.store.history(tenant, &version.source, &version.id)?;
        let before = history.iter().rev().find(|before| before.seq < version.seq);
        Ok(before.and_then(|before| before.event.as_ref()).is_some_and(|event| self.fits(event)))
    }
}

impl UsageStore for Chosen<'_> {
    fn changes(&self, tenant: &Key, mut after: Seq, limit: usize) -> Result<Vec<Version>, UsageError> {
        loop {
            let page = self.store.changes(tenant, after, limit)?;
            let Some(last) = page.last() else { return Ok(page) };
            after = last.seq;
            (self.told)(after);
            let mut chosen = Vec::new();
            for version in page {
                if self.is_chosen(tenant, &version)? {
                    chosen.push(version);
                }
            }
            if !chosen.is_empty() {
                return Ok(chosen);
            }
        }
    }
    fn ingest(&self, _: &Key, _: Vec<Incoming>, _: Instant) -> Result<Vec<Outcome>, UsageError> {
        Err(read_only())
    }
    fn apply(&self, _: &Key, _: Vec<Change>, _: Instant) -> Result<Applied, ApplyError> {
        Err(read_only().into())
    }
    fn measure(&self, query: &Query<'_>) -> Result<Vec<Group>, UsageError> {
        self.store.measure(query)
    }
    fn events(
        &self,
        tenant: &Key,
        filter: &EventFilter<'_>,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<Vec<StoredEvent>, UsageError> {
        self.store.events(tenant, filter, after, limit)
    }
    fn lookup(&self, tenant: &Key, source: &str, id: &str) -> Result<Option<StoredEvent>, UsageError> {
        self.store.lookup(tenant, source, id)
    }
    fn history(&self, tenant: &Key, source: &str, id: &str) -> Result<Vec<Version>, UsageError> {
        self.store.history(tenant, source, id)
    }
    fn watermark(&self, tenant: &Key) -> Result<Seq, UsageError> {
        self.store.watermark(tenant)
    }
    fn quarantine(&self, tenant: &Key, skip: usize, limit: usize) -> Result<Vec<Quarantined>, UsageError> {
        self.store.quarantine(tenant, skip, limit)
    }
    fn quarantined(&self, tenant: &Key) -> Result<usize, UsageError> {
        self.store.quarantined(tenant)
    }
    fn activity(&self, tenant: &Key) -> Result<Vec<Activity>, UsageError> {
        self.store.activity(tenant)
    }
}

fn read_only() -> UsageError {
    UsageError::Stopped { why: "it is being exported".into() }
}
