//! Long work that somebody asked for: seen while it goes on, stopped when asked, taken up again by another process when its own went
//! away. What a job does is the same however often it is begun.

use crate::audit::{Deed, Kept};
use crate::billing_run::Watch;
use crate::{BillCounts, Engine, EngineError};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stdx::Problem;
use store::jobs::{self, Claim, End, Job, New, State};

/// How long a runner has a job without being heard of.
const LEASE_MICROS: i64 = 30_000_000;
/// How often a runner is heard of.
const BEAT_MICROS: i64 = 2_000_000;
/// A job that failed for a reason that may pass is begun again so often, and so much later.
const ATTEMPTS: i64 = 5;
const AGAIN_MICROS: i64 = 10_000_000;

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Bills every customer for what is due.
    BillingRun,
}

impl JobKind {
    const fn word(self) -> &'static str {
        match self {
            Self::BillingRun => "billing_run",
        }
    }
}

/// A job that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// Not before this time; at once when left out.
    #[serde(default)]
    pub run_at: Option<Instant>,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JobView {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: String,
    /// Where it stands.
    pub state: JobState,
    /// Not before this time.
    pub run_at: Instant,
    /// How often it was begun.
    pub attempts: i64,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<JobProgress>,
    /// What came of it: counts, or the problem.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub result: Value,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Instant>,
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Its time has not come, or nobody has begun it yet.
    Waiting,
    /// It is being done.
    Running,
    /// It is being done, and was asked to stop.
    Cancelling,
    /// It was done.
    Done,
    /// It was given up.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobProgress {
    /// So many steps are done: customers, of a billing run.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// When it began.
    pub started_at: Instant,
    /// When it will probably end, at the speed so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Instant>,
}

impl JobProgress {
    fn at(done: u64, total: u64, started_at: Instant, now: Instant) -> Self {
        let taken = i128::from(now.micros() - started_at.micros());
        let left = u64::checked_sub(total, done).filter(|_| done > 0);
        let expected = left.and_then(|left| i64::try_from(taken * i128::from(left) / i128::from(done)).ok());
        Self { done, total, started_at, expected_at: expected.and_then(|micros| now.plus_micros(micros).ok()) }
    }
}

/// What a billing run came to, without its documents.
#[derive(Debug, Clone, Serialize)]
struct Counts {
    issued: usize,
    drafts: usize,
    failures: usize,
    notes: usize,
}

impl Engine {
    /// Asks for a job.
    pub fn ask_for_job(&self, new: &NewJob) -> Result<JobView, EngineError> {
        let now = self.world.now();
        let id = format!("job_{:032x}", uuid::Uuid::now_v7().as_u128());
        let job = New {
            id: &id,
            kind: new.kind.word(),
            // each is asked for by itself: two of them bill nothing twice
            key: &id,
            args: new,
            run_at: new.run_at.unwrap_or(now).micros(),
            now: now.micros(),
        };
        self.write(Deed { action: "job.ask", kept: Kept::Document, kind: "job", id: &id }, |tx| {
            Ok(jobs::add(tx, &self.tenant, &job)?)
        })?;
        self.job(&id)
    }

    /// A job by id.
    pub fn job(&self, id: &str) -> Result<JobView, EngineError> {
        let found = self.store.read(|tx| jobs::get::<Value>(tx, &self.tenant, id)).map_err(|error| {
            if error == store::StoreError::NotFound { EngineError::no_such("job", id, []) } else { error.into() }
        })?;
        view(found)
    }

    /// At most `limit` jobs before a place (time and id), the newest first.
    pub fn jobs(&self, before: (i64, &str), limit: u32) -> Result<Vec<JobView>, EngineError> {
        let found = self.store.read(|tx| jobs::page::<Value>(tx, &self.tenant, before, limit))?;
        found.into_iter().map(view).collect()
    }

    /// Asks a job to stop: at once when nobody has begun it, else after the step that it is at. What is done stays done.
    pub fn cancel_job(&self, id: &str) -> Result<JobView, EngineError> {
        let now = self.world.now().micros();
        let before = self.job(id)?;
        let deed = Deed { action: "job.cancel", kept: Kept::Document, kind: "job", id };
        self.write(deed, |tx| match jobs::cancel(tx, &self.tenant, id, now) {
            Err(store::StoreError::NotFound) => {
                let problem = Problem::new("job_ended", "The job has ended")
                    .detail(format!("{id} is {:?}", before.state).to_lowercase())
                    .mend("there is nothing to stop");
                Err(EngineError::Conflict(problem))
            }
            done => Ok(done.map(drop)?),
        })?;
        self.job(id)
    }

    /// Does the jobs whose time has come, one after the other; how many.
    pub fn run_jobs(&self) -> Result<usize, EngineError> {
        let mut done = 0;
        loop {
            let now = self.world.now().micros();
            let claimed: Vec<Job<NewJob>> =
                self.store.write(|tx| jobs::claim(tx, &self.tenant, now, now + LEASE_MICROS, 1))?;
            let Some(job) = claimed.into_iter().next() else { return Ok(done) };
            self.run_job(&job)?;
            done += 1;
        }
    }

    fn run_job(&self, job: &Job<NewJob>) -> Result<(), EngineError> {
        let mut beat =
            Beat { engine: self, id: &job.id, lease_until: job.lease_until, started_at: self.world.now(), told_at: 0 };
        let outcome = match job.args.kind {
            JobKind::BillingRun => self.bill_watched(&mut beat),
        };
        let now = self.world.now().micros();
        let (end, result) = match outcome {
            Ok(run) => (End::Done, serde_json::to_value(counts(&run))),
            Err(EngineError::Conflict(problem)) if problem.code == STOPPED => (End::Cancelled, Ok(Value::Null)),
            Err(error) if job.attempts < ATTEMPTS && matches!(error, EngineError::Failed(_)) => {
                (End::Again(now + AGAIN_MICROS), serde_json::to_value(error.problems()))
            }
            Err(error) => (End::Failed, serde_json::to_value(error.problems())),
        };
        let claim = Claim { id: &job.id, lease_until: beat.lease_until };
        let ended = self
            .store
            .write(|tx| jobs::end(tx, &self.tenant, claim, &end, result.as_ref().unwrap_or(&Value::Null), now));
        match ended {
            // it took so long that another process has it, which does it again and finds nothing left to do
            Err(store::StoreError::Conflict) => Ok(()),
            ended => Ok(ended?),
        }
    }
}

fn counts(run: &BillCounts) -> Counts {
    let BillCounts { issued, drafts, failures, notes } = run;
    Counts { issued: *issued, drafts: *drafts, failures: failures.len(), notes: notes.len() }
}

const STOPPED: &str = "job_stopped";

/// Tells how far a job has come, and hears whether it is to stop.
struct Beat<'a> {
    engine: &'a Engine,
    id: &'a str,
    lease_until: i64,
    started_at: Instant,
    told_at: i64,
}

impl Watch for Beat<'_> {
    fn step(&mut self, done: u64, total: u64) -> Result<(), EngineError> {
        let now = self.engine.world.now();
        if now.micros() - self.told_at < BEAT_MICROS && done < total {
            return Ok(());
        }
        self.told_at = now.micros();
        let progress = JobProgress::at(done, total, self.started_at, now);
        let until = now.micros() + LEASE_MICROS;
        let claim = Claim { id: self.id, lease_until: self.lease_until };
        let state = self.engine.store.write(|tx| jobs::beat(tx, &self.engine.tenant, claim, until, &progress))?;
        self.lease_until = until;
        if state == State::Cancelling {
            let problem = Problem::new("job_stopped", "The job was stopped")
                .detail(format!("{done} of {total} steps were done, and stay done"))
                .mend("ask for it again: it goes on where it was");
            return Err(EngineError::Conflict(problem));
        }
        Ok(())
    }
}

fn view(job: Job<Value>) -> Result<JobView, EngineError> {
    let instant = |micros| Instant::from_micros(micros).map_err(|error| EngineError::invalid(&error));
    Ok(JobView {
        id: job.id,
        kind: job.kind,
        state: match job.state {
            State::Waiting => JobState::Waiting,
            State::Running => JobState::Running,
            State::Cancelling => JobState::Cancelling,
            State::Done => JobState::Done,
            State::Failed => JobState::Failed,
            State::Cancelled => JobState::Cancelled,
        },
        run_at: instant(job.run_at)?,
        attempts: job.attempts,
        progress: serde_json::from_value(job.progress).ok(),
        result: job.result,
        created_at: instant(job.created_at)?,
        ended_at: job.ended_at.map(instant).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewSubscription, Platform, SetClock, Settings};
    use std::sync::Arc;

    fn world(customers: usize) -> (Engine, Arc<SetClock>) {
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
        let platform = Platform::with_clock(clock.clone(), Settings::default()).expect("a platform");
        let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
        let pricing = "plans: { p: { currency: EUR, every: month, prices: { fee: { flat: 30 } } } }";
        engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("pricing")).expect("applied");
        for number in 0..customers {
            let key: stdx::Key = format!("c{number}").as_str().try_into().expect("a key");
            let customer = contracts::Customer::new(key.clone(), String::new(), calendar::Zone::utc());
            engine.add_customer(customer).expect("added");
            engine.subscribe(NewSubscription::to(key, "p".try_into().expect("a key"))).expect("subscribed");
        }
        (engine, clock)
    }

    const RUN: NewJob = NewJob { kind: JobKind::BillingRun, run_at: None };

    #[test]
    fn a_job_is_done_once_and_tells_what_came_of_it() {
        let (engine, _) = world(7);
        let asked = engine.ask_for_job(&RUN).expect("asked");
        assert_eq!((asked.state, asked.progress), (JobState::Waiting, None));
        assert_eq!(engine.run_jobs(), Ok(1));
        assert_eq!(engine.run_jobs(), Ok(0));
        let done = engine.job(&asked.id).expect("there");
        assert_eq!((done.state, &done.result["issued"]), (JobState::Done, &7.into()));
        let progress = done.progress.expect("progress");
        assert_eq!((progress.done, progress.total), (7, 7));
        let again = engine.ask_for_job(&RUN).expect("asked");
        engine.run_jobs().expect("done");
        assert_eq!(engine.job(&again.id).expect("there").result["issued"], 0, "another run bills nothing twice");
        assert_eq!(engine.jobs((i64::MAX, ""), 10).expect("listed").len(), 2);
    }

    #[test]
    fn a_job_waits_for_its_time_and_is_cancelled_before_it() {
        let (engine, clock) = world(1);
        let one: Instant = "2026-04-01T01:00:00Z".parse().expect("an instant");
        let later = Some(one);
        let first = engine.ask_for_job(&NewJob { run_at: later, ..RUN }).expect("asked");
        let second = engine.ask_for_job(&NewJob { run_at: later, ..RUN }).expect("asked");
        assert_eq!(engine.run_jobs(), Ok(0));
        assert_eq!(engine.cancel_job(&first.id).expect("cancelled").state, JobState::Cancelled);
        assert_eq!(engine.cancel_job(&first.id).expect_err("ended").problems()[0].code, "job_ended");
        assert!(matches!(engine.cancel_job("job_0"), Err(EngineError::NotFound(_))));
        clock.set(one);
        assert_eq!(engine.run_jobs(), Ok(1));
        assert_eq!(engine.job(&second.id).expect("there").state, JobState::Done);
    }

    #[test]
    fn a_job_that_is_stopped_in_the_middle_goes_on_where_it_was() {
        /// Stops a run when so many customers are done, as a cancelled job or a killed process does.
        struct After(u64);
        impl Watch for After {
            fn step(&mut self, done: u64, _: u64) -> Result<(), EngineError> {
                let stop = || EngineError::Conflict(Problem::new("job_stopped", "The job was stopped"));
                if done >= self.0 { Err(stop()) } else { Ok(()) }
            }
        }
        let (engine, _) = world(109);
        assert!(engine.bill_watched(&mut After(4)).is_err());
        let rest = engine.bill().expect("billed");
        assert_eq!(rest.issued.len(), 9, "a batch of a hundred was billed before");
        let numbers: Vec<_> = rest.issued.iter().filter_map(|invoice| invoice.number()).collect();
        assert_eq!((numbers[0], numbers[8]), ("INV-000101", "INV-000109"), "no number is left out or taken twice");
    }

    #[test]
    fn a_runner_that_was_not_heard_of_loses_the_job_to_another() {
        let (engine, clock) = world(2);
        let asked = engine.ask_for_job(&RUN).expect("asked");
        let now = engine.now().micros();
        let claimed: Vec<Job<NewJob>> =
            engine.store.write(|tx| jobs::claim(tx, &engine.tenant, now, now + LEASE_MICROS, 1)).expect("claimed");
        assert_eq!(claimed.len(), 1);
        assert_eq!(engine.run_jobs(), Ok(0), "somebody has it");
        clock.set(Instant::from_micros(now + LEASE_MICROS).expect("an instant"));
        assert_eq!(engine.run_jobs(), Ok(1));
        let done = engine.job(&asked.id).expect("there");
        assert_eq!((done.state, done.attempts), (JobState::Done, 2));
    }

    #[test]
    fn the_end_is_expected_at_the_speed_so_far() {
        let at = |text: &str| text.parse::<Instant>().expect("an instant");
        let progress = JobProgress::at(25, 100, at("2026-04-01T00:00:00Z"), at("2026-04-01T00:01:00Z"));
        assert_eq!(progress.expected_at, Some(at("2026-04-01T00:04:00Z")));
        let none = JobProgress::at(0, 100, at("2026-04-01T00:00:00Z"), at("2026-04-01T00:01:00Z"));
        assert_eq!(none.expected_at, None);
    }
}
