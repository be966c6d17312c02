//! The engine and what it stands on.

use crate::access::Known;
use crate::alerts::Watch;
use crate::audit::Once;
use crate::live::Live;
use crate::secret::SecretKey;
use crate::usage_data::CompiledMeters;
use crate::versions::Request;
use crate::{Actor, Clock, DataPlace, EngineError, Ids, Platform, SetClock};
use billing::{Catalogs, Corrections};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use stdx::Key;
use store::{Exclusive, Store};
use usage::UsageStore;

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

/// One tenant's engine, acting for somebody. The one write path: every command reads facts, asks the pure core, inspects, and posts in
/// one transaction.
///
/// Shared between threads by reference. Commands run one after another; questions run beside them. [`Platform`](crate::Platform) gives
/// the engine of each tenant; the constructors here are for one tenant alone.
#[derive(Clone)]
pub struct Engine {
    core: Arc<Core>,
    /// For whom it acts; it stands in the audit log with everything that is changed.
    pub(crate) actor: Actor,
    /// The request that it acts in, where that is to be done once however often it is sent.
    pub(crate) once: Option<Arc<Once>>,
    /// What the request that it acts in expects, and what it came to write.
    pub(crate) request: Option<Arc<Request>>,
}

/// What all who act for one tenant share.
pub struct Core {
    pub(crate) store: Arc<Store>,
    pub(crate) usage: Arc<dyn UsageStore>,
    /// The time by which the tenant bills.
    pub(crate) clock: Arc<dyn Clock>,
    /// The same clock where the tenant is a test environment, whose time is set.
    pub(crate) test_clock: Option<Arc<SetClock>>,
    /// The time of the world, by which tokens end and the audit log is written.
    pub(crate) world: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    /// Tokens of all tenants that were good a moment ago.
    pub(crate) known: Arc<Known>,
    /// With which secrets are sealed, where the installation was given one.
    pub(crate) secret_key: Option<SecretKey>,
    /// Something was promised to be told since it was last looked at.
    pub(crate) to_tell: AtomicBool,
    pub(crate) tenant: Key,
    pub(crate) settings: Settings,
    /// Every version of the catalog, read once: a version never changes.
    pub(crate) catalogs: RwLock<Arc<Catalogs>>,
    pub(crate) meters: RwLock<CompiledMeters>,
    /// Usage to date of open billing periods.
    pub(crate) live: Mutex<Live>,
    /// What those who watch alerts know.
    pub(crate) watch: Mutex<Watch>,
}

/// What all tenants share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) store: Arc<Store>,
    pub(crate) usage: Arc<dyn UsageStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) known: Arc<Known>,
    pub(crate) secret_key: Option<SecretKey>,
    pub(crate) settings: Settings,
}

impl Deref for Engine {
    type Target = Core;
    fn deref(&self) -> &Core {
        &self.core
    }
}

impl Engine {
    /// Opens a data directory, and creates it where there is none: `facts.db` and `usage/`. The engine is that of the tenant `default`.
    pub fn open(place: impl Into<DataPlace>, settings: Settings) -> Result<Self, EngineError> {
        Platform::open(place, settings)?.engine(&Platform::default_tenant())
    }

    /// The same at the times of a clock that the caller sets: for a history that is told after the fact.
    pub fn open_with_clock(
        place: impl Into<DataPlace>,
        clock: Arc<SetClock>,
        settings: Settings,
    ) -> Result<Self, EngineError> {
        Platform::open_with_clock(place, clock, settings)?.engine(&Platform::default_tenant())
    }

    /// An engine that forgets everything when it is dropped, at a time that stands still.
    pub fn in_memory(now: Instant) -> Result<Self, EngineError> {
        Self::with_clock(Arc::new(SetClock::at(now)), Settings::default())
    }

    /// An engine in memory with a clock that the caller sets.
    pub fn with_clock(clock: Arc<SetClock>, settings: Settings) -> Result<Self, EngineError> {
        Platform::with_clock(clock, settings)?.engine(&Platform::default_tenant())
    }

    /// The engine of a tenant, which the program itself acts for.
    pub(crate) fn new(shared: &Shared, tenant: Key, test_clock: Option<Arc<SetClock>>) -> Result<Self, EngineError> {
        let Shared { store, usage, clock: world, ids, known, secret_key, settings } = shared.clone();
        let clock: Arc<dyn Clock> = match &test_clock {
            Some(clock) => clock.clone(),
            None => world.clone(),
        };
        let core = Core {
            store,
            usage,
            clock,
            test_clock,
            world,
            ids,
            known,
            secret_key,
            to_tell: AtomicBool::new(true),
            tenant,
            settings,
            catalogs: RwLock::default(),
            meters: RwLock::default(),
            live: Mutex::default(),
            watch: Mutex::default(),
        };
        let engine = Self { core: Arc::new(core), actor: Actor::program(), once: None, request: None };
        engine.read_catalogs()?;
        Ok(engine)
    }

    /// The same engine, acting for somebody.
    #[must_use]
    pub fn acting_for(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same engine, acting in a request that is done once.
    #[must_use]
    pub fn once(&self, once: Once) -> Self {
        Self { once: Some(Arc::new(once)), ..self.clone() }
    }

    /// The same engine, acting in a request.
    #[must_use]
    pub fn in_request(&self, request: Arc<Request>) -> Self {
        Self { request: Some(request), ..self.clone() }
    }

    /// Whose engine it is.
    pub fn tenant(&self) -> &Key {
        &self.tenant
    }

    /// Now, by the engine's clock.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Whether something was promised to be told since this was asked the last time.
    pub fn has_to_tell(&self) -> bool {
        self.to_tell.swap(false, Ordering::AcqRel)
    }

    /// How it bills.
    pub fn settings(&self) -> Settings {
        self.settings
    }

    /// Waits until no other command of the tenant runs, in this process or in another one on the same database. A command holds the answer
    /// from its first read to its post, so that what it decided upon is still so.
    pub(crate) fn command(&self) -> Result<Exclusive<'_>, EngineError> {
        let alone = self.store.exclusive(&self.tenant)?;
        self.refresh_catalogs()?;
        Ok(alone)
    }
}
