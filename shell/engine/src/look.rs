//! An installation that is only asked: over a directory that a process may have open.

use crate::{DataPlace, EngineError, FACTS, Platform, Settings, SystemClock, USAGE, UsagePlace};
use std::ops::Deref;
use std::sync::Arc;
use store::{Store, facts_file};
use usage::UsageStore;
use usage_postgres::PostgresStore;

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
    /// Opens an installation to be asked only, also while other processes have it open. The facts are copied to the directory
    /// for temporary files.
    pub fn look(place: impl Into<DataPlace>) -> Result<Looked, EngineError> {
        let DataPlace { dir, facts: lie, usage } = place.into();
        let temporary = tempfile::Builder::new().prefix("counterfoil-look-").tempdir();
        let facts = temporary.map_err(|error| crate::backup::failed(&std::env::temp_dir(), &error))?;
        // facts first, as in a backup: usage then has every position that they name
        facts_file::copy(&lie, &facts.path().join(FACTS)).map_err(EngineError::Failed)?;
        let usage: Arc<dyn UsageStore> = match &usage {
            UsagePlace::Directory => Arc::new(usage::look(dir.join(USAGE))?),
            UsagePlace::Postgres(address) => Arc::new(PostgresStore::open(address)?),
        };
        let clock = Arc::new(SystemClock);
        let store = Store::open(facts.path().join(FACTS))?;
        let platform = Self::new(store, usage, clock.clone(), clock, Settings::default());
        Ok(Looked { platform, _facts: facts })
    }
}
