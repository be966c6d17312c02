//! What PostgreSQL and the way to it can do wrong, in words that help.

use postgres::error::SqlState;
use std::{error::Error as _, fmt::Write as _};
use stdx::Problem;
use usage::UsageError;

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// PostgreSQL, or the connection to it.
    Postgres(postgres::Error),
    /// A row or a table does not say what this program writes.
    Damaged(String),
    /// It broke when part of the answer was given on already, so that it cannot be tried again.
    Torn(Box<Failure>),
    /// What is told already.
    Told(UsageError),
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Self {
        Self::Told(error)
    }
}

impl Failure {
    fn code(&self) -> Option<&SqlState> {
        match self {
            Self::Postgres(error) => error.code(),
            Self::Damaged(_) | Self::Torn(_) | Self::Told(_) => None,
        }
    }

    /// Another transaction was in the way: the same work can succeed when it is done again.
    pub(crate) fn is_contention(&self) -> bool {
        self.code()
            .is_some_and(|code| [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code))
    }

    /// Somebody else was faster with the same event.
    pub(crate) fn is_unique_violation(&self) -> bool {
        self.code() == Some(&SqlState::UNIQUE_VIOLATION)
    }

    /// A row has no partition to go to: it was detached or dropped since this program last looked.
    pub(crate) fn is_missing_partition(&self) -> bool {
        self.code() == Some(&SqlState::CHECK_VIOLATION)
    }

    /// The server is going down, coming up, or has no connection to spare: it can be there in a moment.
    pub(crate) fn is_absence(&self) -> bool {
        match self {
            Self::Postgres(error) => is_absence(error),
            Self::Damaged(_) | Self::Torn(_) | Self::Told(_) => false,
        }
    }

    /// The error that a user of the store sees.
    pub(crate) fn told(&self) -> UsageError {
        let error = match self {
            Self::Damaged(why) => return UsageError::Server(damaged(why)),
            Self::Torn(failure) => return failure.told(),
            Self::Told(error) => return error.clone(),
            Self::Postgres(error) => error,
        };
        if is_absence(error) {
            return unreachable(error);
        }
        if self.code() == Some(&SqlState::DISK_FULL) {
            return UsageError::DiskFull { why: words(error) };
        }
        UsageError::Server(
            Problem::new("postgres_refused", "PostgreSQL refused")
                .detail(format!("PostgreSQL refused: {}", words(error)))
                .mend("look at the log of the server; nothing of this request was taken"),
        )
    }
}

/// Whether the error means that there is no server, or no connection to it, for the moment.
pub(crate) fn is_absence(error: &postgres::Error) -> bool {
    let Some(code) = error.code() else {
        return error.is_closed() || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
    };
    let states = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
    ];
    code.code().starts_with("08") || states.contains(code)
}

/// The server cannot be reached.
pub(crate) fn unreachable(error: &postgres::Error) -> UsageError {
    UsageError::Server(
        Problem::new("postgres_unreachable", "PostgreSQL cannot be reached")
            .detail(format!("PostgreSQL cannot be reached: {}", words(error)))
            .mend("check that the server runs and that address, user, password and database are right; then send the request again"),
    )
}

fn damaged(why: &str) -> Problem {
    Problem::new("postgres_rows_damaged", "The tables do not hold what was written")
        .detail(format!("the tables do not hold what was written: {why}"))
        .mend("restore the tables from a copy; they are written by this program alone")
}

/// All that an error and its causes say.
pub(crate) fn words(error: &postgres::Error) -> String {
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
