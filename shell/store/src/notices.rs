//! Telling other processes on the same database that something changed, so that they need not ask all the time.
//!
//! A notice says of which tenant what kind of thing changed and nothing more: whoever hears it reads what is so now. Notices are lost with a
//! connection, so that a reader who lost one reads everything anew. They are sent after the change and not in its transaction: on
//! PostgreSQL a transaction that notifies holds a lock of the whole database while it commits.

use crate::{Store, StoreError, pg::Listener, store::Database};
use std::time::Duration;
use stdx::Key;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// Whose it is.
    pub tenant: Key,
    /// What it is: a word of letters.
    pub what: String,
}

/// A connection on which processes hear of each other's changes.
pub struct Notices(Listener);

impl Store {
    /// A connection to those who use the same database; nothing where nobody else can use it.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub fn notices(&self) -> Result<Option<Notices>, StoreError> {
        match &self.database {
            Database::Embedded(_) | Database::Rehearsal(..) => Ok(None),
            Database::Server(server) => Ok(Some(Notices(Listener::open(server)?))),
        }
    }

    /// Whether other processes may use the same database.
    pub fn is_shared(&self) -> bool {
        matches!(self.database, Database::Server(_))
    }
}

impl Notices {
    /// What others changed, as soon as they say so; nothing when nobody does for so long.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] when the connection is lost, and with it perhaps notices.
    pub fn heard(&mut self, patience: Duration) -> Result<Vec<Notice>, StoreError> {
        let told = self.0.heard(patience)?;
        // a newer program may tell what this one does not understand
        Ok(told.iter().flat_map(|text| text.lines()).filter_map(read).collect())
    }

    /// Tells all others.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub fn tell(&mut self, notices: &[Notice]) -> Result<(), StoreError> {
        let lines: Vec<String> = notices
            .iter()
            .filter(|notice| notice.what.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
            .map(|Notice { tenant, what }| format!("{tenant} {what}"))
            .collect();
        self.0.tell(&lines)
    }
}

fn read(line: &str) -> Option<Notice> {
    let (tenant, what) = line.split_once(' ')?;
    Some(Notice { tenant: Key::try_from(tenant).ok()?, what: what.to_owned() })
}
