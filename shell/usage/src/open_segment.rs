//! A segment in use, and what became known of its rows since it was written.

use crate::{
    Seq, UsageError,
    corrections::{Correction, Corrections},
    disk::Disk,
    segment::{Segment, Untils},
    sieve::Sieve,
};
use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicBool, Ordering},
};
use stdx::Key;

/// A segment in use. Its file is removed when it was replaced and nobody reads it any more.
pub(crate) struct OpenSegment {
    pub(crate) segment: Segment,
    pub(crate) file: String,
    /// How often its rows were merged.
    pub(crate) level: u32,
    /// It holds back all identities of the segment, and those of others.
    pub(crate) sieve: Option<Arc<Sieve>>,
    untils: RwLock<Arc<Untils>>,
    disk: Arc<dyn Disk>,
    replaced: AtomicBool,
}

impl OpenSegment {
    pub(crate) fn open(disk: &Arc<dyn Disk>, file: &str, level: u32) -> Result<Self, UsageError> {
        let path = disk.path(file);
        let bytes = disk.map(file).map_err(|error| UsageError::Io { path: path.clone(), why: error.to_string() })?;
        let segment = Segment::of(bytes, &path)?;
        let (untils, disk, replaced) = (RwLock::default(), Arc::clone(disk), AtomicBool::new(false));
        Ok(Self { segment, file: file.into(), level, sieve: None, untils, disk, replaced })
    }

    pub(crate) fn untils(&self) -> Arc<Untils> {
        Arc::clone(&self.untils.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A version of a row was replaced.
    pub(crate) fn end(&self, row: u32, until: u64) {
        Arc::make_mut(&mut self.untils.write().unwrap_or_else(PoisonError::into_inner)).insert(row, until);
    }

    /// Whether it can hold this version.
    pub(crate) fn reaches(&self, tenant: &Key, seq: u64) -> bool {
        let tenants = &self.segment.meta().tenants;
        tenants
            .iter()
            .any(|extent| extent.tenant == tenant.as_str() && extent.first_seq.0 <= seq && seq <= extent.last_seq.0)
    }

    /// Learns of a correction, if it is about one of its rows.
    pub(crate) fn learn(&self, tenant: &Key, correction: &Correction) -> Result<(), UsageError> {
        let Some(replaced) = correction.replaces.filter(|seq| self.reaches(tenant, *seq)) else { return Ok(()) };
        for row in self.segment.find(tenant.as_str(), &correction.source, &correction.id)? {
            if self.segment.seq(row)? == Seq(replaced) {
                self.end(row, correction.seq);
            }
        }
        Ok(())
    }

    /// Learns of all corrections after a position.
    pub(crate) fn learn_all(&self, tenant: &Key, corrections: &Corrections, after: u64) -> Result<(), UsageError> {
        corrections.after(after).try_for_each(|correction| self.learn(tenant, correction))
    }

    /// Its file is to go when nobody reads it any more.
    pub(crate) fn replace(&self) {
        self.replaced.store(true, Ordering::Relaxed);
    }
}

impl Drop for OpenSegment {
    fn drop(&mut self) {
        if self.replaced.load(Ordering::Relaxed) {
            // a file that stays is removed when the store is opened the next time
            let _ = self.disk.remove(&self.file);
        }
    }
}
