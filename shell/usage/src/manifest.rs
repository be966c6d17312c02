//! Which files are the store. It is written whole under another name and renamed, so that it is always one of two: the old one or
//! the new one.

use crate::{
    Quarantined, Sent, UsageError,
    disk::{Disk, write_whole},
};
use calendar::Instant;
use metering::Event;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, io};
use stdx::{Key, Problem};

pub(crate) const MANIFEST: &str = "manifest";

/// The files of a store beside its log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) format: u32,
    /// Log files before this one are in segments.
    pub(crate) first_wal: u64,
    /// Number of the next segment or side file.
    pub(crate) next_file: u64,
    pub(crate) segments: Vec<FileEntry>,
    /// Files with corrections and with what is in quarantine.
    pub(crate) sides: Vec<FileEntry>,
    /// Position that each tenant reaches with the segments.
    pub(crate) tenants: BTreeMap<Key, u64>,
}

/// A segment or side file of the store, and how often its rows or entries were merged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileEntry {
    pub(crate) file: String,
    pub(crate) level: u32,
}

impl Default for Manifest {
    fn default() -> Self {
        let (segments, sides, tenants) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { format: 3, first_wal: 1, next_file: 1, segments, sides, tenants }
    }
}

impl Manifest {
    pub(crate) fn read(disk: &dyn Disk) -> Result<Option<Self>, UsageError> {
        if !disk.list().map_err(|error| failed(disk, MANIFEST, &error))?.iter().any(|name| name == MANIFEST) {
            return Ok(None);
        }
        let manifest: Self = read_sealed(disk, MANIFEST)?;
        if manifest.format != 3 {
            let why = format!("its format is {}, and this program reads format 3", manifest.format);
            return Err(UsageError::Damaged { file: disk.path(MANIFEST), offset: 0, why });
        }
        Ok(Some(manifest))
    }

    pub(crate) fn write(&self, disk: &dyn Disk) -> io::Result<()> {
        write_whole(disk, MANIFEST, &sealed(self))
    }
}

/// Something in quarantine, as it is written: of an event its JSON text, in which numbers keep their digits.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptEntry {
    pub(crate) tenant: Key,
    pub(crate) received_at: Instant,
    pub(crate) sent: SentText,
    pub(crate) problem: Problem,
}

/// What was sent, as text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SentText {
    Event(String),
    Text(String),
}

impl SentText {
    pub(crate) fn of(sent: &Sent) -> Self {
        match sent {
            Sent::Event(event) => {
                serde_json::to_string(event).map_or_else(|error| Self::Text(error.to_string()), Self::Event)
            }
            Sent::Text(text) => Self::Text(text.clone()),
        }
    }
}

impl KeptEntry {
    pub(crate) fn of(tenant: &Key, kept: &Quarantined) -> Self {
        let (received_at, problem) = (kept.received_at, kept.problem.clone());
        Self { tenant: tenant.clone(), received_at, sent: SentText::of(&kept.sent), problem }
    }

    pub(crate) fn quarantined(&self) -> Quarantined {
        let sent = match &self.sent {
            SentText::Event(text) => Event::from_json(text).map_or_else(|_| Sent::Text(text.clone()), Sent::Event),
            SentText::Text(text) => Sent::Text(text.clone()),
        };
        Quarantined { received_at: self.received_at, sent, problem: self.problem.clone(), mended: None }
    }
}

/// JSON, and under it its checksum.
pub(crate) fn sealed(value: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(value).expect("texts and numbers are JSON");
    let sum = crc32c::crc32c(&text);
    text.extend_from_slice(format!("\n{sum:08x}\n").as_bytes());
    text
}

/// What was [`sealed`].
pub(crate) fn read_sealed<T: DeserializeOwned>(disk: &dyn Disk, name: &str) -> Result<T, UsageError> {
    let bytes = disk.read(name).map_err(|error| failed(disk, name, &error))?;
    let damaged = |why: &str| UsageError::Damaged { file: disk.path(name), offset: 0, why: why.into() };
    let (text, sum) = bytes.split_at(bytes.len().saturating_sub(10));
    if sum != format!("\n{:08x}\n", crc32c::crc32c(text)).as_bytes() {
        return Err(damaged("the file does not match its checksum"));
    }
    serde_json::from_slice(text).map_err(|error| damaged(&error.to_string()))
}

pub(crate) fn failed(disk: &dyn Disk, name: &str, error: &io::Error) -> UsageError {
    UsageError::Io { path: disk.path(name), why: error.to_string() }
}
