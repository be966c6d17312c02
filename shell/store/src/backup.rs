//! A copy of the database, made while it is in use.

use crate::{Store, StoreError, store::Database};
use std::{
    fs::{self, File},
    io,
    path::Path,
};

impl Store {
    /// Copies the database into a new file, while others read and write. The copy is what was committed at one moment after the
    /// call began, it is durable when this returns, and it is a database that [`Store::open`] opens.
    ///
    /// # Errors
    /// [`StoreError::Other`] when the file exists (it is left as it is) or cannot be written (then nothing is left of it).
    pub fn backup(&self, file: &Path) -> Result<(), StoreError> {
        let unusable = |error: io::Error| StoreError::Other(format!("{}: {error}", file.display()));
        // SQLite takes an empty file for a new one, so that whoever makes the file first is the one who fills it
        File::create_new(file).map_err(unusable)?;
        let copied = self.copy_into(file).and_then(|()| make_durable(file).map_err(unusable));
        if copied.is_err() {
            let _ = fs::remove_file(file);
        }
        copied
    }

    fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let name = file.to_str().ok_or_else(|| StoreError::Other(format!("{}: not UTF-8", file.display())))?;
        match &self.database {
            Database::Embedded(embedded) => embedded.vacuum_into(name),
            // the one kind of file that every installation opens, and that `copy` brings back into a server
            Database::Server(_) => self.copy_to(&Self::open(file)?, |_| {}).map(drop),
            Database::Rehearsal(..) => Err(StoreError::Other("a rehearsal is not kept, and not copied".into())),
        }
    }
}

/// SQLite does not flush what it vacuums into.
fn make_durable(file: &Path) -> io::Result<()> {
    File::open(file)?.sync_all()?;
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{counters, documents};
    use std::sync::atomic::{AtomicBool, Ordering};
    use stdx::Key;

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    /// Takes the next number and writes the document of that number in one transaction.
    fn issue(store: &Store) {
        let written = store.write(|tx| {
            let number = counters::next(tx, &us(), "invoice")?;
            let document = documents::Document {
                id: format!("{number:09}"),
                customer: None,
                status: "issued".into(),
                sort_at: number,
                version: 0,
                body: number,
            };
            documents::insert(tx, &us(), "invoice", &document)
        });
        written.unwrap();
    }

    /// How many documents there are, and the number that comes next.
    fn found(store: &Store) -> (usize, i64) {
        let start = documents::Cursor::start();
        let all = |tx: &mut crate::Tx<'_>| {
            documents::page::<i64>(tx, &us(), "invoice", documents::Which::All, &start, 1_000_000)
        };
        let documents = store.read(all).unwrap().len();
        (documents, store.write(|tx| counters::next(tx, &us(), "invoice")).unwrap())
    }

    #[test]
    fn a_copy_made_while_others_write_is_the_database_of_one_moment() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("facts.db")).unwrap();
        let is_done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    issue(&store);
                }
            });
            let mut before = 0;
            for number in 0..5 {
                issue(&store);
                let file = folder.path().join(format!("copy-{number}.db"));
                store.backup(&file).unwrap();
                let (documents, next) = found(&Store::open(&file).unwrap());
                assert_eq!(documents + 1, usize::try_from(next).unwrap(), "a transaction is in the copy or it is not");
                assert!(documents > before, "what was written before the call is in the copy");
                before = documents;
            }
            is_done.store(true, Ordering::Relaxed);
        });
    }

    #[test]
    fn a_database_in_memory_is_copied_too() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::memory().unwrap();
        issue(&store);
        // a read before it leaves the one connection unable to write
        assert_eq!(store.read(|tx| documents::find::<i64>(tx, &us(), "invoice", "none")), Ok(None));
        store.backup(&folder.path().join("copy.db")).unwrap();
        assert_eq!(found(&Store::open(folder.path().join("copy.db")).unwrap()), (1, 2));
    }

    #[test]
    fn a_file_that_exists_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("facts.db")).unwrap();
        for (name, bytes) in [("empty", &b""[..]), ("text", b"mine")] {
            let file = folder.path().join(name);
            fs::write(&file, bytes).unwrap();
            assert!(matches!(store.backup(&file), Err(StoreError::Other(_))), "{name}");
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
        let nowhere = folder.path().join("missing/copy.db");
        assert!(matches!(store.backup(&nowhere), Err(StoreError::Other(_))));
        assert!(!nowhere.exists());
    }
}
