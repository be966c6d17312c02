//! Long work that somebody asked for, or that comes again: seen while it goes on, stopped when asked, taken up again by another process when its own went
//! away. What a job does is the same however often it is begun.

mod kind;
mod run;
mod schedule;
mod when;

pub(crate) use kind::Work;
pub use kind::{JobKind, JobLane, NewJob};
pub use schedule::{NewSchedule, Schedule, ScheduleState, ScheduledWork};
pub use when::{Every, TimeOfDay};

use crate::audit::{Deed, Kept};
use crate::lists::and_one;
use crate::{Engine, EngineError, Listing};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stdx::Problem;
use store::jobs::{self, Job, New, State};
use store::lists::Select;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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

impl JobState {
    /// The word by which lists are narrowed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Cancelling => "cancelling",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct JobProgress {
    /// So many steps are done: customers, of a billing run; rows, of an export.
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

impl Engine {
    /// Asks for a job.
    pub fn ask_for_job(&self, new: &NewJob) -> Result<JobView, EngineError> {
        self.ask_for(&new.kind.into(), new.run_at)
    }

    /// Asks for work to be done, once.
    pub(crate) fn ask_for(&self, work: &Work, run_at: Option<Instant>) -> Result<JobView, EngineError> {
        let now = self.world.now();
        let id = job_id();
        let job = New {
            id: &id,
            kind: work.word(),
            // each is asked for by itself: two of them bill nothing twice
            key: &id,
            args: work,
            run_at: run_at.unwrap_or(now).micros(),
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

    /// A part of the jobs.
    pub fn list_jobs(&self, select: &Select) -> Result<Listing<JobView>, EngineError> {
        let found = self.store.read(|tx| jobs::listed::<Value>(tx, &self.tenant, &and_one(select)))?;
        Listing::of(found, select.limit).try_map(view)
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
}

fn job_id() -> String {
    format!("job_{:032x}", uuid::Uuid::now_v7().as_u128())
}

pub(crate) fn view(job: Job<Value>) -> Result<JobView, EngineError> {
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
