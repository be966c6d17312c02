//! A database as it would be after some transactions that are then not kept: to find out what they would do.

use crate::{StoreError, Tx, pg::Session, store::lock};
use rusqlite::Connection;
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex},
    thread,
};

/// One open transaction, in which everything that is asked and written runs in turn. Nothing of it is ever committed.
#[derive(Default)]
pub(crate) struct Rehearsal {
    stage: Mutex<Stage>,
}

/// How a play ended.
type Played<T> = thread::Result<T>;

/// Where it is played.
#[derive(Default)]
enum Stage {
    /// It is over, and everything was undone.
    #[default]
    Left,
    Sqlite(Connection),
    Postgres(Box<Session>),
}

impl Rehearsal {
    /// Plays on the connection that writes, while its owner holds it back from everybody else.
    pub(crate) fn on_sqlite<T>(
        connection: Connection,
        play: impl FnOnce(&Arc<Self>) -> T,
    ) -> (Connection, Result<Played<T>, StoreError>) {
        if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
            return (connection, Err(error.into()));
        }
        let (stage, played) = Self::play(Stage::Sqlite(connection), play);
        let Stage::Sqlite(connection) = stage else { unreachable!("it ends on the stage on which it began") };
        let undone = if connection.is_autocommit() { Ok(()) } else { connection.execute_batch("ROLLBACK") };
        (connection, undone.map(|()| played).map_err(StoreError::from))
    }

    /// The same on a connection to a server, in a transaction that was begun and that its owner undoes.
    pub(crate) fn on_postgres<T>(session: Session, play: impl FnOnce(&Arc<Self>) -> T) -> (Session, Played<T>) {
        let (stage, played) = Self::play(Stage::Postgres(Box::new(session)), play);
        let Stage::Postgres(session) = stage else { unreachable!("it ends on the stage on which it began") };
        (*session, played)
    }

    fn play<T>(stage: Stage, play: impl FnOnce(&Arc<Self>) -> T) -> (Stage, Played<T>) {
        let rehearsal = Arc::new(Self { stage: Mutex::new(stage) });
        let played = catch_unwind(AssertUnwindSafe(|| play(&rehearsal)));
        let stage = std::mem::take(&mut *lock(&rehearsal.stage));
        (stage, played)
    }

    pub(crate) fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut stage = lock(&self.stage);
        let mut tx = stage.transaction()?;
        work(&mut tx)
    }

    /// Runs a transaction as a part of the one that is open: what fails is undone, as it would be.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut stage = lock(&self.stage);
        let mut tx = stage.transaction()?;
        tx.batch("SAVEPOINT rehearsed")?;
        let result = work(&mut tx).and_then(|value| Ok(tx.settle().map(|()| value)?));
        let (poison, passing) = tx.ended();
        let failed = passing.or(poison);
        let mut tx = stage.transaction()?;
        if result.is_ok() && failed.is_none() {
            tx.batch("RELEASE SAVEPOINT rehearsed")?;
        } else {
            tx.undo_part("ROLLBACK TO SAVEPOINT rehearsed; RELEASE SAVEPOINT rehearsed")?;
        }
        match (result, failed) {
            (Ok(_), Some(error)) => Err(error.into()),
            (result, _) => result,
        }
    }
}

impl Stage {
    fn transaction(&mut self) -> Result<Tx<'_>, StoreError> {
        match self {
            Self::Left => Err(StoreError::Other("the rehearsal is over: nothing of it is kept".into())),
            Self::Sqlite(connection) => Ok(Tx::sqlite(connection)),
            Self::Postgres(session) => Ok(Tx::postgres(session)),
        }
    }
}

/// What a play came to, once the stage is cleared: its value, or the panic that it ended with.
pub(crate) fn told<T>(played: Played<T>) -> T {
    played.unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use crate::{StoreError, counters, testing::every_store};
    use stdx::Key;

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    #[test]
    fn a_rehearsal_sees_what_it_does_and_leaves_nothing() {
        every_store(|store| {
            store.write(|tx| counters::next(tx, &us(), "invoice")).unwrap();
            let seen = store
                .rehearse(|stage| {
                    let second = stage.write(|tx| counters::next(tx, &us(), "invoice"))?;
                    let failed = stage.write(|tx| {
                        counters::next(tx, &us(), "invoice")?;
                        Err::<i64, _>(StoreError::NotFound)
                    });
                    assert_eq!(failed, Err(StoreError::NotFound));
                    let third = stage.write(|tx| counters::next(tx, &us(), "invoice"))?;
                    Ok::<_, StoreError>((second, third))
                })
                .unwrap();
            assert_eq!(seen, Ok((2, 3)), "what failed in it is undone in it");
            assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(2));
        });
    }

    #[test]
    fn what_is_left_of_a_rehearsal_can_do_nothing() {
        every_store(|store| {
            let stage = store.rehearse(std::sync::Arc::clone).unwrap();
            let late = stage.write(|tx| counters::next(tx, &us(), "invoice"));
            assert!(late.unwrap_err().to_string().contains("over"));
            let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let _ = store.rehearse(|_| panic!("as planned"));
            }));
            assert!(panicked.is_err());
            assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(1), "the store goes on");
        });
    }
}
