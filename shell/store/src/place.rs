//! Where a store lies.

use crate::StoreError;
use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

/// Where a store lies: a file, or a database of a PostgreSQL server.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// An SQLite file.
    File(PathBuf),
    /// `postgres://user:password@host:5432/database`.
    Postgres(String),
}

impl FromStr for Place {
    type Err = StoreError;

    /// Reads `postgres://…`, `postgresql://…`, or the path of a file.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(text.into())),
            Some((other, _)) => Err(StoreError::Address(format!("`{other}://` is no kind of database"))),
            None if text.is_empty() => Err(StoreError::Address("it is empty".into())),
            None => Ok(Self::File(text.into())),
        }
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.into())
    }
}

impl From<&PathBuf> for Place {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

impl From<PathBuf> for Place {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Self {
        place.clone()
    }
}

/// Shows no password.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

/// Shows no password.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The address without what follows the user, and without the query, which may name a password too.
fn without_password(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return String::new() };
    match rest.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}://{}@{host}", user.split(':').next().unwrap_or_default()),
        None => url.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_file_or_an_address_and_never_shows_a_password() {
        let shown = |text: &str| text.parse::<Place>().map(|place| place.to_string());
        assert_eq!(shown("data/facts.db"), Ok("data/facts.db".into()));
        assert_eq!(
            shown("postgres://us:s3c@ret@db.example:5432/bills?password=x"),
            Ok("postgres://us@db.example:5432/bills".into())
        );
        assert_eq!(shown("postgresql:///bills"), Ok("postgresql:///bills".into()));
        assert!(matches!(shown("mysql://db"), Err(StoreError::Address(_))));
        assert!(matches!(shown(""), Err(StoreError::Address(_))));
        let place = Place::Postgres("postgres://us:secret@db/bills".into());
        assert!(!format!("{place:?}").contains("secret"));
    }
}
