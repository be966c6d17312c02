//! What the errors of PostgreSQL and of the way to it mean.

use crate::StoreError;
use std::{error::Error as _, fmt::Write as _, io};
use tokio_postgres::error::{DbError, SqlState};

impl From<tokio_postgres::Error> for StoreError {
    /// The one place where PostgreSQL's errors are given their meaning.
    fn from(error: tokio_postgres::Error) -> Self {
        if is_absence(&error) {
            return Self::Unreachable(words(&error));
        }
        let Some(told) = error.as_db_error() else { return Self::Other(words(&error)) };
        let name = || told.constraint().unwrap_or_default().to_owned();
        let code = told.code();
        if *code == SqlState::UNIQUE_VIOLATION {
            Self::Unique(name())
        } else if *code == SqlState::FOREIGN_KEY_VIOLATION {
            Self::ForeignKey
        } else if *code == SqlState::CHECK_VIOLATION {
            Self::Check(name())
        } else if *code == SqlState::NOT_NULL_VIOLATION {
            Self::Check(format!("not null: {}", column(told)))
        } else if [SqlState::T_R_DEADLOCK_DETECTED, SqlState::LOCK_NOT_AVAILABLE].contains(code) {
            Self::Contended
        } else {
            Self::Other(words(&error))
        }
    }
}

fn column(told: &DbError) -> String {
    format!("{}.{}", told.table().unwrap_or_default(), told.column().unwrap_or_default())
}

/// Whether there is no server, or no connection to it, for the moment.
fn is_absence(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code() else {
        let way = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
        // a certificate that is not believed will not be believed in a moment
        return error.is_closed() || way.is_some_and(|way| way.kind() != io::ErrorKind::InvalidData);
    };
    let states = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ];
    code.code().starts_with("08") || states.contains(code)
}

/// All that an error and its causes say.
pub(super) fn words(error: &tokio_postgres::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !words.contains(&text) {
            let _ = write!(words, ": {text}");
        }
        cause = error.source();
    }
    words
}
