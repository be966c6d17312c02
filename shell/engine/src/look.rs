//! An installation that is only asked: over a directory that a process may have open.

use crate::{EngineError, FACTS, Platform, Settings, SystemClock, USAGE, facts_file};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use store::Store;

/// An installation over what a data directory said at one moment. Nothing in the directory is changed; what would change usage is
/// refused, and what would change facts changes a copy that is dropped with this value.
pub struct Looked {
    platform: Platform,
    _facts: tempfile::TempDir,
}

impl Deref for Looked {
    type Target = Platform;
    fn deref(&self) -> &Platform {
        &self.platform
    }
}

impl Platform {
    /// Opens a data directory to be asked only, also while another process has it open. The facts are copied to the directory
    /// for temporary files.
    pub fn look(dir: &Path) -> Result<Looked, EngineError> {
        let temporary = tempfile::Builder::new().prefix("counterfoil-look-").tempdir();
        let facts = temporary.map_err(|error| crate::backup::failed(&std::env::temp_dir(), &error))?;
        // facts first, as in a backup: usage then has every position that they name
        facts_file::copy(&dir.join(FACTS), &facts.path().join(FACTS)).map_err(EngineError::Failed)?;
        let usage = Arc::new(usage::look(dir.join(USAGE))?);
        let clock = Arc::new(SystemClock);
        let store = Store::open(facts.path().join(FACTS))?;
        let platform = Self::new(store, usage, clock.clone(), clock, Settings::default());
        Ok(Looked { platform, _facts: facts })
    }
}
