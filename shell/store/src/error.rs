//! What the store can answer instead of a result.

use stdx::{Problem, ToProblem};

/// Why an operation of the store failed. Constraint names are PostgreSQL's (`<table>_<columns>_key`, `<table>_pkey`, or the
/// name given in the schema) on every engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A row with these key values is there already; the name of the constraint.
    #[error("there is already a row with this key ({0})")]
    Unique(String),
    /// A row refers to one that does not exist.
    #[error("a row refers to one that does not exist")]
    ForeignKey,
    /// A check of the schema refused the row; the name of the constraint.
    #[error("the row breaks the rule {0}")]
    Check(String),
    /// What was asked for by its key is not there.
    #[error("not found")]
    NotFound,
    /// The row was changed by somebody else since it was read.
    #[error("it was changed by somebody else in the meantime")]
    Conflict,
    /// An earlier operation of this transaction failed, so that nothing of it can be kept.
    #[error("an earlier operation of this transaction failed, so that nothing of it is kept")]
    Poisoned,
    /// A stored value cannot be read as what it should be.
    #[error("{what} cannot be read: {why}")]
    Decode {
        /// Which statement and column.
        what: String,
        /// What the reader said.
        why: String,
    },
    /// The database was made by another or newer version of the schema.
    #[error("migration {version}: {why}")]
    Migration {
        /// Number of the migration.
        version: i64,
        /// What does not fit.
        why: String,
    },
    /// Other writers were in the way at each attempt. Nothing was kept.
    #[error("other writers were in the way at each attempt")]
    Contended,
    /// There is no connection to the server. Nothing was kept.
    #[error("PostgreSQL cannot be reached: {0}")]
    Unreachable(String),
    /// The connection was lost at the end of a transaction and the server could not be asked: it may have been kept or not.
    #[error("it is not known whether the transaction was kept: {0}")]
    Unknown(String),
    /// The place of the store cannot be read.
    #[error("the address of the database cannot be read: {0}")]
    Address(String),
    /// The target of a copy holds rows; the first table that does.
    #[error("the target is not empty: {0} has rows")]
    NotEmpty(String),
    /// The target of a copy does not hold what was sent.
    #[error("the copy is not the same, and was undone: {0}")]
    Differs(String),
    /// The server's version, which is too old.
    #[error("the server is PostgreSQL {0}, and 13 is the oldest that will do")]
    TooOld(String),
    /// What was given as the place of a row is none in this list.
    #[error("{0} is no place in this list")]
    Place(String),
    /// Disk, locking or anything else that the engine reports.
    #[error("{0}")]
    Other(String),
}

impl StoreError {
    /// Whether the same work may succeed when the whole transaction runs again.
    pub(crate) fn is_passing(&self) -> bool {
        matches!(self, Self::Contended | Self::Unreachable(_))
    }
}

impl ToProblem for StoreError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Unique(_) => ("already_exists", "It exists already", "use another key, or read what is there"),
            Self::ForeignKey => {
                ("unknown_reference", "It refers to something unknown", "create what it refers to first")
            }
            Self::Check(_) => {
                ("rule_broken", "The store refuses the row", "report this: the program wrote what it may not")
            }
            Self::NotFound => ("not_found", "Not found", "check the id and the tenant"),
            Self::Conflict => ("version_conflict", "Changed in the meantime", "read it again and repeat the change"),
            Self::Poisoned => {
                ("transaction_failed", "The transaction failed", "repair the first error that was reported")
            }
            Self::Decode { .. } => {
                ("unreadable_row", "A stored value cannot be read", "open the database with the version that wrote it")
            }
            Self::Migration { .. } => (
                "wrong_schema",
                "The database has another schema",
                "use the program version that wrote it, or a newer one",
            ),
            Self::Contended => {
                ("store_contended", "Too many write the same at a time", "send it again; nothing of it was kept")
            }
            Self::Unreachable(_) => (
                "postgres_unreachable",
                "PostgreSQL cannot be reached",
                "check that the server runs and that address, user, password and database are right; then send it again",
            ),
            Self::Unknown(_) => (
                "commit_unknown",
                "It is not known whether it was kept",
                "read what is there before it is sent again, or send it again with the same idempotency key",
            ),
            Self::Address(_) => (
                "postgres_address_invalid",
                "The address of PostgreSQL cannot be read",
                "write it as postgres://user:password@host:5432/database",
            ),
            Self::NotEmpty(_) => {
                ("target_not_empty", "The target holds something", "copy into a new file or a new database")
            }
            Self::Differs(_) => (
                "copy_differs",
                "The copy is not the same",
                "nothing was copied; keep the source, and report this as a defect",
            ),
            Self::Place(_) => (
                "invalid_place",
                "This is not a place in the list",
                "give back `next` of the page before, or leave it out to begin anew",
            ),
            Self::TooOld(_) => ("postgres_too_old", "PostgreSQL is too old", "use a newer server"),
            Self::Other(_) => {
                ("store_failed", "The store failed", "check the disk and the permissions of the data directory")
            }
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}
