//! Other processes on the same database: what they change is read anew here within moments, also when nobody asks.
//!
//! Commands need none of this: each reads what it decides upon under the lock of its tenant. Questions do.

use crate::access::Known;
use crate::news::{Bell, News};
use crate::{Engine, EngineError};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant as Moment};
use stdx::Key;
use store::{Notice, Notices, Store, StoreError};

/// How long others wait at most to be told, beside the way.
const SOON: Duration = Duration::from_millis(40);
/// How long until a connection that was lost is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// Everything is read anew so often, whether something was told or not.
const ANYWAY: Duration = Duration::from_secs(20);

/// The engines that were asked for in this process.
pub(crate) type Engines = Arc<Mutex<BTreeMap<Key, Engine>>>;

/// What is kept up with.
pub(crate) struct Here {
    pub(crate) store: Arc<Store>,
    pub(crate) bell: Arc<Bell>,
    pub(crate) known: Arc<Known>,
    pub(crate) engines: Engines,
}

/// A thread that hears and tells until this is dropped.
pub(crate) struct Neighbours {
    stop: Arc<AtomicBool>,
}

impl Drop for Neighbours {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
    }
}

impl Neighbours {
    /// Begins to hear and to tell, where the database may be used by others.
    pub(crate) fn begin(here: Here) -> Option<Self> {
        if !here.store.is_shared() {
            return None;
        }
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = thread::Builder::new().name("neighbours".into());
        if let Err(error) = thread.spawn(move || here.keep_up(&stopped)) {
            tracing::warn!(%error, "there is no thread to hear of other processes: what they change is seen by commands alone");
        }
        Some(Self { stop })
    }
}

impl Here {
    fn keep_up(&self, stop: &AtomicBool) {
        let mut link: Option<Notices> = None;
        let mut read_at = Moment::now();
        while !stop.load(Ordering::Acquire) {
            let done = match &mut link {
                Some(open) => self.hear(open),
                // what was told in the meantime was told to nobody
                None => self.store.notices().map(|opened| {
                    link = opened;
                    self.read_all();
                }),
            };
            if let Err(error) = done {
                tracing::warn!(%error, "the connection on which other processes are heard was lost; it is tried again");
                link = None;
                thread::sleep(AGAIN);
            }
            if read_at.elapsed() >= ANYWAY {
                read_at = Moment::now();
                self.read_all();
            }
        }
    }

    fn hear(&self, open: &mut Notices) -> Result<(), StoreError> {
        let to_tell = self.bell.take();
        if let Err(error) = open.tell(&to_tell) {
            self.bell.put_back(to_tell);
            return Err(error);
        }
        open.heard(SOON)?.into_iter().for_each(|notice| self.read(&notice));
        Ok(())
    }

    fn read(&self, notice: &Notice) {
        let Some(news) = News::read(&notice.what) else { return };
        if news == News::Access {
            self.known.forget();
            return;
        }
        let engine = self.engines.lock().unwrap_or_else(PoisonError::into_inner).get(&notice.tenant).cloned();
        if let Some(engine) = engine {
            told(&engine, read_anew(&engine, news));
        }
    }

    fn read_all(&self) {
        self.known.forget();
        let engines: Vec<Engine> =
            self.engines.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for engine in engines {
            told(&engine, engine.refresh());
        }
    }
}

fn told(engine: &Engine, read: Result<(), EngineError>) {
    if let Err(error) = read {
        tracing::warn!(tenant = %engine.tenant(), %error, "what another process changed could not be read; it is tried again");
    }
}

fn read_anew(engine: &Engine, news: News) -> Result<(), EngineError> {
    match news {
        News::Catalog => engine.refresh_catalogs(),
        News::Settings => engine.refresh_settings(),
        News::Clock => engine.refresh_clock(),
        News::Access | News::Jobs | News::Messages => Ok(()),
    }
}
