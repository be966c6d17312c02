//! The installation: one store, one usage store, many tenants.

use crate::access::{Door, Known, Providers};
use crate::engine::Shared;
use crate::exports::ExportsDir;
use crate::neighbours::{Engines, Here, Neighbours};
use crate::news::Bell;
use crate::secret::SecretKey;
use crate::{
    Actor, Clock, DataPlace, Engine, EngineError, Ids, IssuedToken, NewToken, Role, SetClock, Settings, SystemClock,
    UsagePlace, Web, restore,
};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use stdx::{Key, Problem};
use store::facts::{self, Times};
use store::{Store, StoreError};
use usage::{LogStore, MemStore, UsageStore};
use usage_postgres::PostgresStore;

/// The file of the facts in a data directory.
pub(crate) const FACTS: &str = "facts.db";
/// The directory of usage in a data directory.
pub(crate) const USAGE: &str = "usage";
const KIND: &str = "tenant";
/// Whose facts are about the installation itself.
const SYSTEM: &str = "system";
const DEFAULT: &str = "default";
const PAGE: u32 = 500;

/// All tenants of an installation and what they share. Shared between threads by reference.
pub struct Platform {
    shared: Shared,
    seen: Seen,
    /// Engines that were asked for.
    engines: Engines,
    /// Other processes on the same database, heard as long as this is there.
    _neighbours: Option<Neighbours>,
    pub(crate) door: Door,
    pub(crate) providers: Providers,
    /// Who asks identity providers.
    pub(crate) web: Option<Arc<dyn Web>>,
    /// The usage store, where it lies in a directory that can be copied.
    pub(crate) log: Option<Arc<LogStore>>,
    /// The data directory, where there is one.
    pub(crate) dir: Option<PathBuf>,
    /// Where backups are kept.
    pub(crate) backups: Option<PathBuf>,
    /// Held while a backup is made.
    pub(crate) backing_up: Mutex<()>,
}

/// What of an installation is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Facts and usage.
    All,
    /// Facts alone: another process has the usage.
    Facts,
}

/// How a tenant came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Registered {
    /// With nothing.
    New,
    /// As a copy of another one.
    Copy,
}

/// A company that bills, or a copy of one to try things in. Tenants cannot see each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tenant {
    /// Its key.
    pub key: Key,
    /// Its name, for people.
    pub name: String,
    /// Whether money is real there.
    pub environment: Environment,
    /// When it was made.
    pub created_at: Instant,
}

/// A tenant that is to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenant {
    /// Its key.
    pub key: Key,
    /// Its name, for people.
    #[serde(default)]
    pub name: String,
    /// Whether money is real there.
    #[serde(default)]
    pub environment: Environment,
}

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// What is billed is owed, and time is the world's.
    #[default]
    Live,
    /// Nothing is owed, and time is set by whoever tests.
    Test,
}

impl Platform {
    /// Opens a data directory, and creates it where there is none: `facts.db` and `usage/`; or one with its facts elsewhere.
    pub fn open(place: impl Into<DataPlace>, settings: Settings) -> Result<Self, EngineError> {
        let clock = Arc::new(SystemClock);
        Self::open_at(&place.into(), clock.clone(), clock, settings)
    }

    /// The same at the times of a clock that the caller sets.
    pub fn open_with_clock(
        place: impl Into<DataPlace>,
        clock: Arc<SetClock>,
        settings: Settings,
    ) -> Result<Self, EngineError> {
        Self::open_at(&place.into(), clock.clone(), clock, settings)
    }

    fn open_at(
        place: &DataPlace,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        settings: Settings,
    ) -> Result<Self, EngineError> {
        let DataPlace { dir, facts, usage } = place;
        std::fs::create_dir_all(dir).map_err(|error| {
            EngineError::Failed(
                Problem::new("data_directory", "The data directory cannot be used")
                    .detail(format!("{}: {error}", dir.display()))
                    .mend("give a directory that can be written, with --data"),
            )
        })?;
        if restore::is_unfinished(dir) {
            return Err(EngineError::Failed(restore::unfinished(dir)));
        }
        let (usage, log): (Arc<dyn UsageStore>, _) = match usage {
            UsagePlace::Directory => {
                let log = Arc::new(LogStore::open(dir.join(USAGE))?);
                (log.clone(), Some(log))
            }
            UsagePlace::Postgres(address) => (Arc::new(PostgresStore::open(address)?), None),
        };
        let mut platform = Self::new(Store::open(facts)?, usage, clock, ids, settings);
        platform.shared.exports = Arc::new(ExportsDir::within(dir));
        let Shared { store, bell, known, .. } = platform.shared.clone();
        let neighbours = Neighbours::begin(Here { store, bell, known, engines: platform.engines.clone() });
        Ok(Self { log, dir: Some(dir.clone()), _neighbours: neighbours, ..platform })
    }

    /// The facts of an installation, while a server may have it open. Usage is not seen.
    pub fn facts_of(place: impl Into<DataPlace>) -> Result<Self, EngineError> {
        let facts = place.into().facts;
        if matches!(&facts, store::Place::File(file) if !file.exists()) {
            let problem = Problem::new("no_data", "There is no data here")
                .detail(format!("there is no {facts}"))
                .mend("name the data directory with --data; `counterfoil serve` makes a new one");
            return Err(EngineError::NotFound(problem));
        }
        let clock = Arc::new(SystemClock);
        let usage = Arc::new(MemStore::default());
        let platform = Self::new(Store::open(facts)?, usage, clock.clone(), clock, Settings::default());
        Ok(Self { seen: Seen::Facts, ..platform })
    }

    /// An installation that forgets everything when it is dropped, at a time that stands still.
    pub fn in_memory(now: Instant) -> Result<Self, EngineError> {
        Self::with_clock(Arc::new(SetClock::at(now)), Settings::default())
    }

    /// An installation in memory with a clock that the caller sets.
    pub fn with_clock(clock: Arc<SetClock>, settings: Settings) -> Result<Self, EngineError> {
        Ok(Self::new(Store::memory()?, Arc::new(MemStore::default()), clock.clone(), clock, settings))
    }

    pub(crate) fn new(
        store: Store,
        usage: Arc<dyn UsageStore>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        settings: Settings,
    ) -> Self {
        let shared = Shared {
            store: Arc::new(store),
            usage,
            clock,
            ids,
            known: Arc::default(),
            secret_key: None,
            settings,
            bell: Arc::default(),
            exports: Arc::default(),
        };
        Self {
            shared,
            seen: Seen::All,
            engines: Engines::default(),
            _neighbours: None,
            door: Door::default(),
            providers: Providers::default(),
            web: None,
            log: None,
            dir: None,
            backups: None,
            backing_up: Mutex::default(),
        }
    }

    /// The same installation over another store and usage store, for as long as something is rehearsed in them.
    pub(crate) fn staged(&self, store: Arc<Store>, usage: Arc<dyn UsageStore>) -> Self {
        // nobody hears of it, and files that it writes are gone with it
        let (known, bell, exports) = (Arc::default(), Arc::default(), Arc::default());
        let shared = Shared { store, usage, known, bell, exports, ..self.shared.clone() };
        Self {
            shared,
            seen: self.seen,
            engines: Engines::default(),
            _neighbours: None,
            door: Door::default(),
            providers: Providers::default(),
            web: None,
            log: None,
            dir: None,
            backups: None,
            backing_up: Mutex::default(),
        }
    }

    pub(crate) fn shared_usage(&self) -> Arc<dyn UsageStore> {
        self.shared.usage.clone()
    }

    /// Seals secrets with a key. Before any engine is asked for.
    #[must_use]
    pub fn with_secret_key(mut self, key: SecretKey) -> Self {
        self.shared.secret_key = Some(key);
        self
    }

    /// Asks identity providers by way of somebody; without, nobody signs in by one.
    #[must_use]
    pub fn with_web(mut self, web: Arc<dyn Web>) -> Self {
        self.web = Some(web);
        self
    }

    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }

    pub(crate) fn bell(&self) -> &Bell {
        &self.shared.bell
    }

    pub(crate) fn known_tokens(&self) -> &Known {
        &self.shared.known
    }

    pub(crate) fn usage(&self) -> &dyn UsageStore {
        &*self.shared.usage
    }

    /// The tenant that is always there.
    pub fn default_tenant() -> Key {
        key(DEFAULT)
    }

    /// Now, by the installation's clock.
    pub fn now(&self) -> Instant {
        self.shared.clock.now()
    }

    /// Adds a tenant, whose key must be new, and makes the first key of it, an owner's.
    pub fn add_tenant(&self, new: NewTenant, actor: &Actor) -> Result<(Tenant, IssuedToken), EngineError> {
        self.is_free(&new.key)?;
        self.register(new, actor, Registered::New)
    }

    /// Whether a tenant can have this key.
    pub(crate) fn is_free(&self, name: &Key) -> Result<(), EngineError> {
        let is_reserved = [SYSTEM, DEFAULT].contains(&name.as_str());
        let known = self.store().read(|tx| facts::latest::<Tenant>(tx, &key(SYSTEM), KIND, name.as_str()))?;
        if is_reserved || known.is_some() { Err(EngineError::taken("tenant", name.as_str())) } else { Ok(()) }
    }

    pub(crate) fn register(
        &self,
        new: NewTenant,
        actor: &Actor,
        how: Registered,
    ) -> Result<(Tenant, IssuedToken), EngineError> {
        let (now, system) = (self.now(), key(SYSTEM));
        let NewTenant { key: name, name: title, environment } = new;
        let tenant = Tenant { key: name, name: title, environment, created_at: now };
        let times = Times { effective_at: now.micros(), recorded_at: now.micros() };
        self.store().write(|tx| match facts::add(tx, &system, KIND, tenant.key.as_str(), times, &tenant) {
            Err(StoreError::Unique(_)) => Err(EngineError::taken("tenant", tenant.key.as_str())),
            done => Ok(done?),
        })?;
        self.ensure_schedules_of(&tenant.key, environment)?;
        let engine = self.engine(&tenant.key)?.acting_for(actor.clone());
        let name = match how {
            Registered::New => "first",
            Registered::Copy => "first of the copy",
        };
        let first = NewToken { name: name.into(), roles: [Role::Owner].into(), ..NewToken::default() };
        Ok((tenant, engine.create_key(first)?))
    }

    /// A tenant by key.
    pub fn tenant(&self, tenant: &Key) -> Result<Tenant, EngineError> {
        if tenant.as_str() == DEFAULT {
            return Ok(default());
        }
        let found = self.shared.store.read(|tx| facts::latest::<Tenant>(tx, &key(SYSTEM), KIND, tenant.as_str()))?;
        found.map(|fact| fact.body).ok_or_else(|| EngineError::no_such("tenant", tenant.as_str(), []))
    }

    /// Every tenant, by key.
    pub fn tenants(&self) -> Result<Vec<Tenant>, EngineError> {
        let (mut found, mut after) = (vec![default()], String::new());
        loop {
            let page = self.shared.store.read(|tx| facts::current::<Tenant>(tx, &key(SYSTEM), KIND, &after, PAGE))?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.key);
            found.extend(page.into_iter().map(|fact| fact.body));
        }
        found.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(found)
    }

    /// The tenants that have alerts: one question for all.
    pub fn alert_owners(&self) -> Result<Vec<Key>, EngineError> {
        Ok(self.store().read(store::documents::with_alerts)?)
    }

    /// The engine of a tenant, which the program itself acts for.
    pub fn engine(&self, tenant: &Key) -> Result<Engine, EngineError> {
        // an engine is made once: what it holds in memory is only right when all writes go through it
        let mut engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(engine) = engines.get(tenant) {
            return Ok(engine.clone());
        }
        let found = self.tenant(tenant)?;
        let test_clock = match found.environment {
            Environment::Live => None,
            Environment::Test => Some(self.test_clock(&found)?),
        };
        let engine = Engine::new(&self.shared, tenant.clone(), test_clock)?;
        if self.seen == Seen::All {
            // a changeset that another process is applying is not one that was left behind
            let alone = engine.command()?;
            engine.settle_changesets()?;
            drop(alone);
        }
        engines.insert(tenant.clone(), engine.clone());
        Ok(engine)
    }
}

fn default() -> Tenant {
    Tenant { key: key(DEFAULT), name: String::new(), environment: Environment::Live, created_at: Instant::MIN }
}

/// A key that is written in this file.
fn key(name: &str) -> Key {
    Key::try_from(name).unwrap_or_else(|error| panic!("{error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_do_not_see_each_other() {
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
        let platform = Platform::with_clock(clock, Settings::default()).expect("a platform");
        let add = |name: &str| {
            let new = NewTenant { key: key(name), name: String::new(), environment: Environment::Test };
            platform.add_tenant(new, &Actor::program())
        };
        for taken in [DEFAULT, SYSTEM] {
            assert!(matches!(add(taken), Err(EngineError::Conflict(_))));
        }
        add("acme").expect("added");
        assert!(matches!(add("acme"), Err(EngineError::Conflict(_))));
        assert!(matches!(platform.engine(&key("bolt")), Err(EngineError::NotFound(_))));
        let engine = platform.engine(&key("acme")).expect("an engine");
        let customer = contracts::Customer::new(key("c"), String::new(), calendar::Zone::utc());
        engine.add_customer(customer).expect("added");
        assert_eq!(platform.engine(&key("acme")).expect("the same").customers("", 10).expect("read").len(), 1);
        let other = platform.engine(&Platform::default_tenant()).expect("an engine");
        assert_eq!(other.customers("", 10).expect("read"), []);
        let keys: Vec<String> =
            platform.tenants().expect("read").into_iter().map(|tenant| tenant.key.to_string()).collect();
        assert_eq!(keys, ["acme", "default"]);
    }
}
