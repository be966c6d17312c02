//! News: something of a tenant changed, told within the process at once, and to other processes on the same database a moment later.

use crate::audit::{Deed, Kept};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError, RwLock};
use stdx::Key;
use store::Notice;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// Who is let in.
    Access,
    /// The pricing in force.
    Catalog,
    /// The time of a test environment.
    Clock,
    /// There is a job to do, or a schedule.
    Jobs,
    /// There is something to tell others.
    Messages,
    /// How the tenant bills.
    Settings,
}

impl News {
    const ALL: [Self; 6] = [Self::Access, Self::Catalog, Self::Clock, Self::Jobs, Self::Messages, Self::Settings];

    const fn word(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Catalog => "catalog",
            Self::Clock => "clock",
            Self::Jobs => "jobs",
            Self::Messages => "messages",
            Self::Settings => "settings",
        }
    }

    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|news| news.word() == word)
    }

    /// Whether another process has something in memory that is not so any more. Work that is to be done is found by whoever looks for it.
    const fn concerns_others(self) -> bool {
        match self {
            Self::Access | Self::Catalog | Self::Clock | Self::Settings => true,
            Self::Jobs | Self::Messages => false,
        }
    }

    /// What a deed changes, besides that there may be something to tell.
    fn of(deed: Deed<'_>) -> Option<Self> {
        match (deed.kind, deed.kept) {
            ("catalog", _) => Some(Self::Catalog),
            ("clock", _) => Some(Self::Clock),
            ("settings", _) => Some(Self::Settings),
            ("job" | "schedule", _) => Some(Self::Jobs),
            (_, Kept::Secret) => Some(Self::Access),
            (_, Kept::Fact | Kept::Document) => None,
        }
    }
}

type Listener = Box<dyn Fn(News) + Send + Sync>;

/// Who listens in this process, and what others are still to be told.
#[derive(Default)]
pub(crate) struct Bell {
    listeners: RwLock<Vec<Listener>>,
    to_others: Mutex<BTreeSet<(Key, News)>>,
}

impl Bell {
    /// Calls `listener` with all news from now on. It is called by whoever brings the news, and returns at once.
    pub(crate) fn listen(&self, listener: impl Fn(News) + Send + Sync + 'static) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(Box::new(listener));
    }

    /// Something changed.
    pub(crate) fn ring(&self, tenant: &Key, news: News) {
        if news.concerns_others() {
            self.to_others.lock().unwrap_or_else(PoisonError::into_inner).insert((tenant.clone(), news));
        }
        for listener in self.listeners.read().unwrap_or_else(PoisonError::into_inner).iter() {
            listener(news);
        }
    }

    /// Something was done.
    pub(crate) fn ring_for(&self, tenant: &Key, deed: Deed<'_>) {
        News::of(deed).into_iter().chain([News::Messages]).for_each(|news| self.ring(tenant, news));
    }

    /// What others are to be told, once for each tenant and kind however often it changed.
    pub(crate) fn take(&self) -> Vec<Notice> {
        let taken = std::mem::take(&mut *self.to_others.lock().unwrap_or_else(PoisonError::into_inner));
        taken.into_iter().map(|(tenant, news)| Notice { tenant, what: news.word().into() }).collect()
    }

    /// They could not be told.
    pub(crate) fn put_back(&self, notices: Vec<Notice>) {
        let mut to_others = self.to_others.lock().unwrap_or_else(PoisonError::into_inner);
        to_others.extend(notices.into_iter().filter_map(|notice| Some((notice.tenant, News::read(&notice.what)?))));
    }
}
