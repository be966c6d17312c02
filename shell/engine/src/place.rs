//! Where an installation lies.

use std::path::{Path, PathBuf};

/// Where an installation lies: usage in a directory, facts and books beside it or in PostgreSQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataPlace {
    /// The data directory. Usage is in its folder `usage/`.
    pub dir: PathBuf,
    /// Facts, documents and books.
    pub facts: store::Place,
}

impl DataPlace {
    /// Facts in a database of their own.
    pub fn with_facts(dir: impl Into<PathBuf>, facts: store::Place) -> Self {
        Self { dir: dir.into(), facts }
    }
}

/// Everything in one directory: facts are in its file `facts.db`.
impl From<&Path> for DataPlace {
    fn from(dir: &Path) -> Self {
        Self { dir: dir.into(), facts: store::Place::File(dir.join("facts.db")) }
    }
}

impl From<&PathBuf> for DataPlace {
    fn from(dir: &PathBuf) -> Self {
        dir.as_path().into()
    }
}
