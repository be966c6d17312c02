//! The one writer of a database: transactions that come at the same time share a commit, and so a flush to the disk.
//!
//! The closures are borrowed from their callers' stacks, so no thread runs another's. Instead the threads take turns on one
//! open transaction: each runs its closure in a savepoint, and when nobody else is coming, the last commits for all. Nobody is
//! answered before that commit. A closure that fails undoes its savepoint. When the commit itself fails, each member of the
//! group runs again alone, so that what is wrong is answered to the one whose fault it is (a reference that is checked at the
//! commit) or to each (a full disk). Where it is not known whether the commit was kept, nobody runs again, and each is told so.

use crate::{StoreError, Tx, store::lock};
use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// What transactions take turns on.
pub(crate) trait Link {
    /// Begins a transaction.
    fn begin(&mut self) -> Result<(), StoreError>;
    /// Begins a member's part of it.
    fn save(&mut self) -> Result<(), StoreError>;
    /// Ends the part and keeps it.
    fn keep(&mut self) -> Result<(), StoreError>;
    /// Ends the part and undoes it.
    fn drop_part(&mut self) -> Result<(), StoreError>;
    /// What a closure works on.
    fn tx(&mut self) -> Tx<'_>;
    /// Whether the transaction is still open: some failures undo all of it.
    fn is_open(&self) -> bool;
    /// Commits the transaction; [`StoreError::Unknown`] when it is not known whether it was kept.
    fn commit(&mut self) -> Result<(), StoreError>;
    /// Undoes whatever is open.
    fn undo(&mut self);
}

/// How large groups become.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// How many transactions share a commit at most.
    pub(crate) members: usize,
    /// A group this old takes no more members: those who wait for it have waited long enough.
    pub(crate) oldest: Duration,
}

/// How an attempt to write ended.
pub(crate) enum Attempt<T, E> {
    Done(Result<T, E>),
    /// Nothing was kept, and it may go well when it is tried again.
    Again(StoreError),
}

/// The connection that writes.
#[derive(Debug)]
pub(crate) struct Writer<L> {
    turn: Mutex<Turn<L>>,
    /// Threads that are certain to take a turn.
    coming: AtomicUsize,
    limits: Limits,
}

#[derive(Debug)]
struct Turn<L> {
    link: L,
    group: Option<Group>,
}

/// Transactions that will be committed together.
#[derive(Debug)]
struct Group {
    end: Arc<End>,
    members: usize,
    since: Instant,
}

/// How a group ended.
#[derive(Debug, Default)]
struct End {
    outcome: Mutex<Option<Result<(), StoreError>>>,
    told: Condvar,
}

/// What a closure came to: its result, or the panic that it ended with.
type Ran<T, E> = thread::Result<Result<T, E>>;
/// The same, and the end of the group that it is in.
type InGroup<T, E> = (Ran<T, E>, Option<Arc<End>>);

impl<T, E: From<StoreError>> Attempt<T, E> {
    fn failed(error: StoreError) -> Self {
        if error.is_passing() { Self::Again(error) } else { Self::Done(Err(error.into())) }
    }
}

impl<L: Link> Writer<L> {
    pub(crate) fn new(link: L, limits: Limits) -> Self {
        Self { turn: Mutex::new(Turn { link, group: None }), coming: AtomicUsize::new(0), limits }
    }

    /// Runs a transaction, in a group where others come at the same time.
    pub(crate) fn write<T, E: From<StoreError>>(
        &self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Attempt<T, E> {
        self.coming.fetch_add(1, Ordering::SeqCst);
        let mut turn = lock(&self.turn);
        self.coming.fetch_sub(1, Ordering::SeqCst);
        let is_alone = turn.group.is_none();
        let (ran, end) = match turn.run(work) {
            Ok(found) => found,
            Err(error) => return Attempt::failed(error),
        };
        let Some(end) = end else { return Attempt::Done(told(ran)) };
        let Limits { members, oldest } = self.limits;
        let is_full =
            turn.group.as_ref().is_none_or(|group| group.members >= members || group.since.elapsed() >= oldest);
        let is_last = is_full || self.coming.load(Ordering::SeqCst) == 0;
        if is_last {
            turn.commit();
        }
        drop(turn);
        match (end.wait(), is_alone && is_last) {
            (Ok(()), _) => Attempt::Done(told(ran)),
            (Err(error @ StoreError::Unknown(_)), _) | (Err(error), true) => Attempt::failed(error),
            (Err(_), false) => self.alone(ran, work),
        }
    }

    /// Runs a transaction again that was in a group which could not be committed.
    fn alone<T, E: From<StoreError>>(
        &self,
        before: Ran<T, E>,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Attempt<T, E> {
        if let Err(panic) = before {
            resume_unwind(panic);
        }
        let mut turn = self.without_group();
        let (ran, end) = match turn.run(work) {
            Ok(found) => found,
            Err(error) => return Attempt::failed(error),
        };
        turn.commit();
        drop(turn);
        match end.map_or(Ok(()), |end| end.wait()) {
            Ok(()) => Attempt::Done(told(ran)),
            Err(error) => Attempt::failed(error),
        }
    }

    #[cfg(test)]
    pub(crate) fn coming(&self) -> usize {
        self.coming.load(Ordering::SeqCst)
    }

    /// The turn, with no transaction open.
    fn without_group(&self) -> MutexGuard<'_, Turn<L>> {
        let mut turn = lock(&self.turn);
        turn.commit();
        turn
    }

    /// Uses the connection while no transaction is open on it.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&mut L) -> T) -> T {
        work(&mut self.without_group().link)
    }
}

impl<L: Link> Turn<L> {
    /// Runs a closure in the open group, or as the first of a new one. Where it failed as the first, there is no group.
    ///
    /// # Errors
    /// What ends the whole transaction, with all who are in it: it may go well when it runs again.
    fn run<T, E: From<StoreError>>(
        &mut self,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<InGroup<T, E>, StoreError> {
        let is_first = self.group.is_none();
        if is_first {
            self.link.begin()?;
        } else if let Err(error) = self.link.save() {
            return Err(self.end_all(error));
        }
        let mut passing = None;
        let ran = catch_unwind(AssertUnwindSafe(|| {
            let mut tx = self.link.tx();
            let result = work(&mut tx).and_then(|value| Ok(tx.settle().map(|()| value)?));
            let (poison, again) = tx.ended();
            passing = again;
            match (result, poison) {
                (Ok(_), Some(error)) => Err(error.into()),
                (result, _) => result,
            }
        }));
        if let Some(error) = passing {
            return Err(self.end_all(error));
        }
        let is_kept = matches!(ran, Ok(Ok(_)));
        if is_first && !is_kept {
            self.link.undo();
            return Ok((ran, None));
        }
        let mut group = self.group.take().unwrap_or_else(Group::new);
        group.members += 1;
        let end = Arc::clone(&group.end);
        self.group = Some(group);
        let ended = match (is_first, is_kept) {
            (true, _) => Ok(()),
            (false, true) => self.link.keep(),
            (false, false) => self.link.drop_part(),
        };
        let gone = || StoreError::Other("the database undid the transaction".into());
        if let Err(error) = ended.and_then(|()| if self.link.is_open() { Ok(()) } else { Err(gone()) }) {
            self.link.undo();
            self.finish(Err(error));
        }
        Ok((ran, Some(end)))
    }

    /// Undoes the transaction for all who are in it; the reason.
    fn end_all(&mut self, error: StoreError) -> StoreError {
        self.link.undo();
        self.finish(Err(error.clone()));
        error
    }

    /// Commits the open group, if there is one, and tells its members.
    fn commit(&mut self) {
        if self.group.is_none() {
            return;
        }
        let committed = self.link.commit();
        if committed.is_err() {
            self.link.undo();
        }
        self.finish(committed);
    }

    fn finish(&mut self, outcome: Result<(), StoreError>) {
        if let Some(group) = self.group.take() {
            group.end.tell(outcome);
        }
    }
}

impl Group {
    fn new() -> Self {
        Self { end: Arc::default(), members: 0, since: Instant::now() }
    }
}

impl End {
    fn tell(&self, outcome: Result<(), StoreError>) {
        *lock(&self.outcome) = Some(outcome);
        self.told.notify_all();
    }

    fn wait(&self) -> Result<(), StoreError> {
        let mut outcome = lock(&self.outcome);
        loop {
            if let Some(outcome) = outcome.as_ref() {
                return outcome.clone();
            }
            outcome = self.told.wait(outcome).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn told<T, E>(ran: Ran<T, E>) -> Result<T, E> {
    ran.unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Place, Store, counters, entries, stmt::Stmt, value::args};
    use std::sync::mpsc;
    use stdx::Key;

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    /// A store on a file, and its folder.
    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("db")).unwrap();
        (folder, store)
    }

    type Work = Box<dyn Fn(&mut Tx<'_>) -> Result<i64, StoreError> + Send + Sync>;

    /// Lets `works` meet in one group: the first holds the connection until all the others are coming.
    fn together(store: &Store, works: &[Work]) -> Vec<Ran<i64, StoreError>> {
        let (begun, has_begun) = mpsc::channel();
        let (go, may_go) = mpsc::channel();
        let may_go = Mutex::new(may_go);
        thread::scope(|scope| {
            let first = scope.spawn(|| {
                let mut is_first = true;
                store.write(|tx| {
                    if std::mem::take(&mut is_first) {
                        begun.send(()).unwrap();
                        lock(&may_go).recv().unwrap();
                    }
                    counters::next(tx, &us(), "first")
                })
            });
            has_begun.recv().unwrap();
            let threads: Vec<_> = works.iter().map(|work| scope.spawn(|| store.write(|tx| work(tx)))).collect();
            while store.coming() < works.len() {
                thread::yield_now();
            }
            go.send(()).unwrap();
            assert_eq!(first.join().unwrap(), Ok(1));
            threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
        })
    }

    #[test]
    fn a_member_that_fails_or_panics_undoes_only_itself() {
        let (_folder, store) = store();
        let work = |number: usize| -> Work {
            Box::new(move |tx| {
                let taken = counters::next(tx, &us(), "invoice")?;
                match number % 3 {
                    0 => Err(StoreError::NotFound),
                    1 => panic!("in a group"),
                    _ => Ok(taken),
                }
            })
        };
        let answers = together(&store, &(0..12).map(work).collect::<Vec<_>>());
        let mut taken = Vec::new();
        for (number, answer) in answers.into_iter().enumerate() {
            match (number % 3, answer) {
                (0, Ok(Err(StoreError::NotFound))) | (1, Err(_)) => {}
                (2, Ok(Ok(number))) => taken.push(number),
                (_, other) => panic!("{number}: {:?}", other.map_err(|_| "a panic")),
            }
        }
        taken.sort_unstable();
        assert_eq!(taken, [1, 2, 3, 4]);
        assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(5));
    }

    #[test]
    fn what_fails_at_the_commit_fails_alone() {
        let (_folder, store) = store();
        let dangling = |tx: &mut Tx<'_>| {
            let insert = Stmt {
                name: "dangling",
                text: "INSERT INTO posting (tenant, entry_id, position, account, side, amount_minor, currency, dimensions) VALUES ($1, 'none', 0, 'a', 'debit', 5, 'EUR', '{}')",
            };
            tx.exec_one(insert, args![&us()]).map(|()| 0)
        };
        let work = |number: usize| -> Work {
            if number == 3 { Box::new(dangling) } else { Box::new(|tx| counters::next(tx, &us(), "invoice")) }
        };
        let answers: Vec<_> =
            together(&store, &(0..8).map(work).collect::<Vec<_>>()).into_iter().map(|answer| answer.unwrap()).collect();
        assert_eq!(answers[3], Err(StoreError::ForeignKey));
        let mut taken: Vec<i64> = answers.into_iter().filter_map(Result::ok).collect();
        taken.sort_unstable();
        assert_eq!(taken, (1..=7).collect::<Vec<_>>());
        assert!(store.read(|tx| entries::journal(tx, &us(), 0, 10)).unwrap().is_empty());
    }

    #[test]
    fn what_was_answered_is_in_the_file_and_what_was_not_is_not_seen() {
        let (folder, store) = store();
        let other = Store::open(Place::File(folder.path().join("db"))).unwrap();
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        let number = store.write(|tx| counters::next(tx, &us(), "invoice")).unwrap();
                        let seen = Stmt { name: "seen", text: "SELECT value FROM counter WHERE tenant = $1" };
                        let seen = other.read(|tx| tx.one(seen, args![&us()], |row| row.int(0))).unwrap();
                        assert!(seen >= number, "{number} was answered, and {seen} is in the file");
                    }
                });
            }
        });
        assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(201));
    }
}
