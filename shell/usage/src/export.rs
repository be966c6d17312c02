//! All that a store knows of a tenant's events, in formats that others read.
//!
//! What is exported are versions: each event when it was accepted, and again each time when it was amended or retracted, in the
//! order of positions. So the export can answer what the store can: as of any position.

use crate::{Seq, UsageError, UsageStore, Version};
use std::io::{self, Write};
use stdx::{Key, Problem, ToProblem};

/// Versions that are asked for at once.
const PAGE: usize = 50_000;

/// Why an export ended early.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] UsageError),
    /// What was read could not be written.
    #[error("the export could not be written: {0}")]
    Write(#[from] io::Error),
    /// What was read could not be put into columns.
    #[cfg(feature = "parquet")]
    #[error("the export could not be written: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
}

impl ToProblem for ExportError {
    fn problem(&self) -> Problem {
        match self {
            Self::Store(error) => error.problem(),
            Self::Write(_) => self.failed(),
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => self.failed(),
        }
    }
}

impl ExportError {
    fn failed(&self) -> Problem {
        Problem::new("export_failed", "The export could not be written")
            .detail(self.to_string())
            .mend("make room, or write to another place, and export again")
    }
}

/// Writes a tenant's versions after one position up to another, each as a line of JSON, and says how many there were. With the
/// position where an export ended, the next one goes on from there.
pub fn export_ndjson(
    store: &dyn UsageStore,
    tenant: &Key,
    after: Seq,
    upto: Seq,
    out: &mut dyn Write,
) -> Result<u64, ExportError> {
    let mut count = 0;
    for_each_page(store, tenant, after, upto, |page| {
        for version in page {
            serde_json::to_writer(&mut *out, version).map_err(io::Error::from)?;
            out.write_all(b"\n")?;
        }
        count += page.len() as u64;
        Ok(())
    })?;
    out.flush()?;
    Ok(count)
}

/// Gives the versions after one position up to another, page by page.
pub(crate) fn for_each_page(
    store: &dyn UsageStore,
    tenant: &Key,
    after: Seq,
    upto: Seq,
    mut take: impl FnMut(&[Version]) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let mut last = after;
    while last < upto {
        let mut page = store.changes(tenant, last, PAGE)?;
        let Some(end) = page.last() else { break };
        last = end.seq;
        page.retain(|version| version.seq <= upto);
        take(&page)?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Change, MemStore};
    use metering::Event;
    use serde::Deserialize;
    use serde_json::value::RawValue;

    /// Three versions of two events.
    pub(crate) fn store() -> (MemStore, Key) {
        let (store, tenant) = (MemStore::new(), Key::try_from("acme").unwrap());
        let event = |id: &str, n: &str| {
            let text = r#"{"source":"s","id":"ID","type":"call","subject":"c","time":"2026-04-16T10:00:00Z","properties":{"n":N}}"#;
            Event::from_json(&text.replace("ID", id).replace('N', n)).unwrap()
        };
        let now = "2026-04-16T12:00:00Z".parse().unwrap();
        store
            .ingest(&tenant, vec![event("a", "0.10000000000000000000001").into(), event("b", "7").into()], now)
            .unwrap();
        store.apply(&tenant, vec![Change::Retract { source: "s".into(), id: "b".into() }], now).unwrap();
        (store, tenant)
    }

    #[derive(Deserialize)]
    struct Line {
        seq: Seq,
        what: crate::What,
        event: Option<Box<RawValue>>,
    }

    #[test]
    fn what_is_exported_is_every_version_to_the_last_digit_and_can_be_gone_on_with() {
        let (store, tenant) = store();
        let mut out = Vec::new();
        assert_eq!(export_ndjson(&store, &tenant, Seq::ZERO, Seq(2), &mut out).unwrap(), 2);
        assert_eq!(export_ndjson(&store, &tenant, Seq(2), Seq::NOW, &mut out).unwrap(), 1);
        let text = String::from_utf8(out).unwrap();
        let versions = store.changes(&tenant, Seq::ZERO, 9).unwrap();
        assert_eq!(text.lines().count(), versions.len());
        for (line, version) in text.lines().zip(versions) {
            let line: Line = serde_json::from_str(line).unwrap();
            assert_eq!((line.seq, line.what), (version.seq, version.what));
            let event = line.event.map(|event| Event::from_json(event.get()).unwrap());
            assert_eq!(event, version.event);
        }
    }
}
