//! The engine and what it stands on.

use crate::access::Known;
use crate::alerts::Watch;
use crate::audit::Once;
use crate::exports::ExportsDir;
use crate::live::Live;
use crate::news::Bell;
use crate::secret::SecretKey;
use crate::settings::SettingsHistory;
use crate::usage_data::CompiledMeters;
use crate::versions::Request;
use crate::{Actor, Clock, DataPlace, EngineError, Ids, Platform, SetClock, Settings};
use billing::Catalogs;
use calendar::Instant;
use std::ops::Deref;
use std::sync::{Arc, Mutex, RwLock};
use stdx::Key;
use store::{Exclusive, Store};
use usage::UsageStore;

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
    /// The trace that the request belongs to, as W3C `traceparent`: what it promises to tell is told in it.
    pub(crate) trace: Option<Arc<str>>,
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
    /// Who waits for changes.
    pub(crate) bell: Arc<Bell>,
    /// Where files are written that somebody asked for.
    pub(crate) exports: Arc<ExportsDir>,
    pub(crate) tenant: Key,
    /// How a tenant bills that has said nothing about it.
    pub(crate) usual_settings: Settings,
    /// Every version of the settings.
    pub(crate) settings: RwLock<SettingsHistory>,
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
    pub(crate) bell: Arc<Bell>,
    pub(crate) exports: Arc<ExportsDir>,
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
        let Shared { store, usage, clock: world, ids, known, secret_key, settings, bell, exports } = shared.clone();
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
            bell,
            exports,
            tenant,
            usual_settings: settings,
            settings: RwLock::default(),
            catalogs: RwLock::default(),
            meters: RwLock::default(),
            live: Mutex::default(),
            watch: Mutex::default(),
        };
        let engine = Self { core: Arc::new(core), actor: Actor::program(), once: None, request: None, trace: None };
        engine.read_catalogs()?;
        engine.read_settings()?;
        Ok(engine)
    }

    /// The same engine, acting for somebody.
    #[must_use]
    pub fn acting_for(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same engine, acting in a trace (W3C `traceparent`).
    #[must_use]
    pub fn in_trace(&self, traceparent: &str) -> Self {
        Self { trace: Some(traceparent.into()), ..self.clone() }
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

    /// The same engine, for the steps of a command after which the request does not count as done yet: should the server stop after one of
    /// them, a repetition does it anew.
    pub(crate) fn before_it_is_done(&self) -> Self {
        Self { once: None, ..self.clone() }
    }

    /// Whose engine it is.
    pub fn tenant(&self) -> &Key {
        &self.tenant
    }

    /// Now, by the engine's clock.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Waits until no other command of the tenant runs, in this process or in another one on the same database. A command holds the answer
    /// from its first read to its post, so that what it decided upon is still so.
    pub(crate) fn command(&self) -> Result<Exclusive<'_>, EngineError> {
        let alone = self.store.exclusive(&self.tenant)?;
        self.refresh()?;
        Ok(alone)
    }

    /// Reads anew what another process changed of that which is held in memory.
    pub(crate) fn refresh(&self) -> Result<(), EngineError> {
        self.refresh_catalogs()?;
        self.refresh_settings()?;
        self.refresh_clock()
    }
}
