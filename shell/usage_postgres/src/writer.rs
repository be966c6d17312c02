//! Threads that write: batches that wait are written together, tenant by tenant.

use crate::{
    apply::apply,
    failure::Failure,
    ingest::{Element, ingest},
    pool::gone,
    schema::Month,
    session::{End, Server, Session},
};
use calendar::Instant;
use metering::Event;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
};
use stdx::Key;
use usage::{Applied, ApplyError, Change, Incoming, Outcome, UsageError, check};

/// Elements of batches that are written in one transaction, unless a single batch has more.
const MOST_TOGETHER: usize = 4_000;
/// Batches that wait; more are refused.
const MOST_WAITING: usize = 4_096;

type Answer<T> = mpsc::SyncSender<T>;

/// What a thread does.
enum Job {
    Ingest(Key, Vec<Element>, Answer<Result<Vec<Outcome>, UsageError>>),
    Apply(Key, Vec<Change>, Instant, Answer<Result<Applied, ApplyError>>),
}

#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    closed: bool,
}

/// The threads that write.
pub(crate) struct Writers {
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

impl Writers {
    pub(crate) fn new(server: &Server, size: usize) -> Self {
        let queue = Arc::new(Queue::default());
        let one = |_| {
            let queue = Arc::clone(&queue);
            let mut writer =
                Writer { session: Session::new(server.clone()), tenants: HashMap::new(), months: BTreeSet::new() };
            thread::spawn(move || {
                while let Some(jobs) = queue.take() {
                    writer.work(jobs);
                }
            })
        };
        let threads = (0..size).map(one).collect();
        Self { queue, threads }
    }

    pub(crate) fn ingest(
        &self,
        tenant: &Key,
        batch: Vec<Incoming>,
        received_at: Instant,
    ) -> Result<Vec<Outcome>, UsageError> {
        let elements = batch.into_iter().map(|incoming| (incoming, received_at)).collect();
        let (answer, answers) = mpsc::sync_channel(1);
        self.queue.put(Job::Ingest(tenant.clone(), elements, answer))?;
        answers.recv().unwrap_or_else(|_| Err(gone()))
    }

    pub(crate) fn apply(
        &self,
        tenant: &Key,
        changes: Vec<Change>,
        recorded_at: Instant,
    ) -> Result<Applied, ApplyError> {
        let (answer, answers) = mpsc::sync_channel(1);
        self.queue.put(Job::Apply(tenant.clone(), changes, recorded_at, answer))?;
        answers.recv().unwrap_or_else(|_| Err(gone().into()))
    }
}

impl Drop for Writers {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.more.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, job: Job) -> Result<(), UsageError> {
        let mut waiting = self.lock();
        if waiting.jobs.len() >= MOST_WAITING {
            let waiting = format!("{} batches wait to be written", waiting.jobs.len());
            return Err(UsageError::Busy { waiting });
        }
        waiting.jobs.push_back(job);
        self.more.notify_one();
        Ok(())
    }

    /// Waits for a job, and takes with it what can be done together.
    fn take(&self) -> Option<Vec<Job>> {
        let mut waiting = self.lock();
        loop {
            if let Some(first) = waiting.jobs.pop_front() {
                return Some(waiting.and_with(first));
            }
            if waiting.closed {
                return None;
            }
            waiting = self.more.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Waiting {
    /// The batches of the same tenant, in order, up to a correction of that tenant.
    fn and_with(&mut self, first: Job) -> Vec<Job> {
        let (tenant, mut size) = match &first {
            Job::Apply(..) => return vec![first],
            Job::Ingest(tenant, elements, _) => (tenant.clone(), elements.len()),
        };
        let mut together = vec![first];
        let mut at = 0;
        while let Some(job) = self.jobs.get(at) {
            let length = match job {
                Job::Ingest(other, elements, _) if *other == tenant => elements.len(),
                Job::Apply(other, ..) if *other == tenant => break,
                Job::Ingest(..) | Job::Apply(..) => {
                    at += 1;
                    continue;
                }
            };
            if size + length > MOST_TOGETHER {
                break;
            }
            size += length;
            together.extend(self.jobs.remove(at));
        }
        together
    }
}

/// The month in which an event is kept, if it can be.
fn month(event: &Event, received_at: Instant) -> Option<Month> {
    check(event, received_at).is_ok().then(|| Month::of(event.at))
}

/// One thread's connection, and what it knows of the tables.
struct Writer {
    session: Session,
    tenants: HashMap<Key, i32>,
    months: BTreeSet<Month>,
}

impl Writer {
    /// Does jobs and answers. Where nobody waits for an answer any more, it is lost.
    fn work(&mut self, jobs: Vec<Job>) {
        let (mut together, mut lengths, mut of) = (Vec::new(), Vec::new(), None);
        for job in jobs {
            match job {
                Job::Apply(tenant, changes, recorded_at, answer) => {
                    let _ = answer.send(self.apply(&tenant, &changes, recorded_at));
                }
                Job::Ingest(tenant, mut elements, answer) => {
                    lengths.push((elements.len(), answer));
                    together.append(&mut elements);
                    of = Some(tenant);
                }
            }
        }
        let Some(tenant) = of else { return };
        let mut outcomes = self.ingest(&tenant, &together).map(Vec::into_iter);
        for (length, answer) in lengths {
            let part = match &mut outcomes {
                Ok(outcomes) => Ok(outcomes.take(length).collect()),
                Err(error) => Err(error.clone()),
            };
            let _ = answer.send(part);
        }
    }

    fn ingest(&mut self, tenant: &Key, elements: &[Element]) -> Result<Vec<Outcome>, UsageError> {
        let events = || {
            elements.iter().filter_map(|(incoming, received_at)| match incoming {
                Incoming::Event(event) => month(event, *received_at),
                Incoming::Unreadable { .. } => None,
            })
        };
        self.prepared(tenant, events, |session, tenant| {
            session.write(|work, contentions| ingest(work, tenant, elements, contentions))
        })
    }

    fn apply(&mut self, tenant: &Key, changes: &[Change], recorded_at: Instant) -> Result<Applied, ApplyError> {
        if changes.is_empty() {
            return Err(ApplyError::Nothing);
        }
        let events = || {
            changes.iter().filter_map(|change| match change {
                Change::Add(event) | Change::Amend(event) => month(event, recorded_at),
                Change::Retract { .. } => None,
            })
        };
        self.prepared(tenant, events, |session, tenant| {
            session.write(|work, _| apply(work, tenant, changes, recorded_at))
        })?
        .map_err(ApplyError::Refused)
    }

    /// Does work when the tenant and the months are there, and once more when a month was there no longer.
    fn prepared<T, M: Iterator<Item = Month>>(
        &mut self,
        tenant: &Key,
        months: impl Fn() -> M,
        work: impl Fn(&mut Session, i32) -> Result<T, Failure>,
    ) -> Result<T, UsageError> {
        let number = self.number(tenant).map_err(|failure| failure.told())?;
        self.make_months(months()).map_err(|failure| failure.told())?;
        let done = work(&mut self.session, number);
        match done {
            Err(failure) if failure.is_missing_partition() => {
                self.months.clear();
                self.make_months(months()).map_err(|failure| failure.told())?;
                work(&mut self.session, number).map_err(|failure| failure.told())
            }
            done => done.map_err(|failure| failure.told()),
        }
    }

    /// The number of a tenant, who is new if need be.
    fn number(&mut self, tenant: &Key) -> Result<i32, Failure> {
        if let Some(number) = self.tenants.get(tenant) {
            return Ok(*number);
        }
        let number = self.session.write(|work, _| {
            work.execute("INSERT INTO usage_tenant (key) VALUES ($1) ON CONFLICT DO NOTHING", &[&tenant.as_str()])?;
            let sql = "SELECT number, pg_current_xact_id()::text FROM usage_tenant WHERE key = $1";
            let rows = work.query(sql, &[&tenant.as_str()])?;
            let row = rows.first().ok_or_else(|| Failure::Damaged(format!("tenant {tenant} is gone")))?;
            Ok(End::Commit(row.try_get(0)?, row.try_get(1)?))
        })?;
        self.tenants.insert(tenant.clone(), number);
        Ok(number)
    }

    /// Makes the partitions of months that this thread has not seen yet.
    fn make_months(&mut self, months: impl Iterator<Item = Month>) -> Result<(), Failure> {
        let new: BTreeSet<Month> = months.filter(|month| !self.months.contains(month)).collect();
        for month in new {
            self.session.write(|work, _| {
                month.make(work.tx)?;
                Ok(End::Commit((), work.number()?))
            })?;
            self.months.insert(month);
        }
        Ok(())
    }
}
