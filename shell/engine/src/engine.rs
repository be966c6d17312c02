//! The engine and what it stands on.

use crate::live::Live;
use crate::usage_data::CompiledMeters;
use crate::{Clock, EngineError, Ids, SetClock, SystemClock};
use billing::{Catalogs, Corrections};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use stdx::{Key, Problem};
use store::Store;
use usage::{LogStore, MemStore, UsageStore};

/// How a tenant bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// When differences on billed cycles are billed.
    pub corrections: Corrections,
    /// Who makes a claim of a draft.
    pub issuing: Issuing,
}

/// Who makes a claim of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Issuing {
    /// The billing run.
    #[default]
    Automatic,
    /// A person; until then each billing run computes the draft anew.
    ByHand,
}

/// The one write path: every command reads facts, asks the pure core, inspects, and posts in one transaction.
///
/// Shared between threads by reference. Commands run one after another; questions run beside them.
pub struct Engine {
    pub(crate) store: Store,
    pub(crate) usage: Box<dyn UsageStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) tenant: Key,
    pub(crate) settings: Settings,
    /// Every version of the catalog, read once: a version never changes.
    pub(crate) catalogs: RwLock<Arc<Catalogs>>,
    pub(crate) meters: RwLock<CompiledMeters>,
    /// Usage to date of open billing periods.
    pub(crate) live: Mutex<Live>,
    /// Held by a command from its first read to its post, so that what it decided upon is still so.
    commands: Mutex<()>,
}

impl Engine {
    /// Opens a data directory, and creates it where there is none: `facts.db` and `usage/`.
    pub fn open(dir: &Path, settings: Settings) -> Result<Self, EngineError> {
        let clock = Arc::new(SystemClock);
        Self::open_at(dir, clock.clone(), clock, settings)
    }

    /// The same at the times of a clock that the caller sets: for a history that is told after the fact.
    pub fn open_with_clock(dir: &Path, clock: Arc<SetClock>, settings: Settings) -> Result<Self, EngineError> {
        Self::open_at(dir, clock.clone(), clock, settings)
    }

    fn open_at(dir: &Path, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>, settings: Settings) -> Result<Self, EngineError> {
        std::fs::create_dir_all(dir).map_err(|error| {
            EngineError::Failed(
                Problem::new("data_directory", "The data directory cannot be used")
                    .detail(format!("{}: {error}", dir.display()))
                    .mend("give a directory that can be written, with --data"),
            )
        })?;
        let usage = LogStore::open(dir.join("usage"))?;
        Self::new(Store::open(dir.join("facts.db"))?, Box::new(usage), clock, ids, settings)
    }

    /// An engine that forgets everything when it is dropped, at a time that stands still.
    pub fn in_memory(now: Instant) -> Result<Self, EngineError> {
        let clock = Arc::new(SetClock::at(now));
        Self::with_clock(clock, Settings::default())
    }

    /// An engine in memory with a clock that the caller sets.
    pub fn with_clock(clock: Arc<SetClock>, settings: Settings) -> Result<Self, EngineError> {
        Self::new(Store::memory()?, Box::new(MemStore::default()), clock.clone(), clock, settings)
    }

    fn new(
        store: Store,
        usage: Box<dyn UsageStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        settings: Settings,
    ) -> Result<Self, EngineError> {
        let tenant = Key::try_from("default").map_err(|error| {
            EngineError::Failed(Problem::new("tenant", "The tenant has no name").detail(error.to_string()))
        })?;
        let engine = Self {
            store,
            usage,
            clock,
            ids,
            tenant,
            settings,
            catalogs: RwLock::default(),
            meters: RwLock::default(),
            live: Mutex::default(),
            commands: Mutex::new(()),
        };
        engine.read_catalogs()?;
        engine.settle_changesets()?;
        Ok(engine)
    }

    /// Now, by the engine's clock.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// How it bills.
    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Waits until no other command runs.
    pub(crate) fn command(&self) -> MutexGuard<'_, ()> {
        // the guarded value is empty: a command that panicked left nothing half-done behind, its transaction was rolled back
        self.commands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
