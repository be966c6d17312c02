//! Where an installation lies.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where an installation lies: everything in a directory, or facts and books, usage, or both in PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPlace {
    /// The data directory.
    pub dir: PathBuf,
    /// Facts, documents and books.
    pub facts: store::Place,
    /// Usage events.
    pub usage: UsagePlace,
}

/// Where usage events lie.
#[derive(Clone, PartialEq, Eq)]
pub enum UsagePlace {
    /// In the folder `usage/` of the data directory, which one process has for itself.
    Directory,
    /// In PostgreSQL, at this address: several processes share it.
    Postgres(String),
}

/// An address may have a password in it.
impl fmt::Debug for UsagePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory => "Directory",
            Self::Postgres(_) => "Postgres(…)",
        })
    }
}

impl DataPlace {
    /// Facts in a database of their own.
    pub fn with_facts(dir: impl Into<PathBuf>, facts: store::Place) -> Self {
        Self { dir: dir.into(), facts, usage: UsagePlace::Directory }
    }

    /// Usage in PostgreSQL, at this address.
    #[must_use]
    pub fn with_usage(self, address: impl Into<String>) -> Self {
        Self { usage: UsagePlace::Postgres(address.into()), ..self }
    }
}

/// Everything in one directory: facts are in its file `facts.db`.
impl From<&Path> for DataPlace {
    fn from(dir: &Path) -> Self {
        Self { dir: dir.into(), facts: store::Place::File(dir.join("facts.db")), usage: UsagePlace::Directory }
    }
}

impl From<&PathBuf> for DataPlace {
    fn from(dir: &PathBuf) -> Self {
        dir.as_path().into()
    }
}
