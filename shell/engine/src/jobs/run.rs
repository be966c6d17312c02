//! Doing jobs.

use super::kind::{JobLane, Work};
use super::{JobProgress, job_id};
use crate::billing_run::Watch;
use crate::news::News;
use crate::turns::Whom;
use crate::{BillCounts, Engine, EngineError, Platform};
use calendar::Instant;
use serde::Serialize;
use serde_json::Value;
use stdx::{Key, Problem};
use store::jobs::{self, Claim, End, Job, New, State};

/// How long a runner has a job without being heard of.
const LEASE_MICROS: i64 = 30_000_000;
/// How often a runner is heard of.
const BEAT_MICROS: i64 = 2_000_000;
/// A job that failed for a reason that may pass is begun again so often, and so much later.
const ATTEMPTS: i64 = 5;
const AGAIN_MICROS: i64 = 10_000_000;

/// What a billing run came to, without its documents.
#[derive(Debug, Clone, Serialize)]
struct Counts {
    issued: usize,
    drafts: usize,
    failures: usize,
    notes: usize,
}

/// What came of a job.
struct Came {
    result: Value,
    /// Whether somebody wants to know.
    worth: Worth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// It did something.
    Telling,
    /// It found nothing to do: the next of its kind takes its place.
    Quiet,
}

impl Platform {
    /// Makes jobs of the schedules that have come up, and says whose jobs wait to be done: one question for all tenants.
    pub fn job_owners(&self) -> Result<Vec<Key>, EngineError> {
        let now = self.now().micros();
        for tenant in self.store().read(|tx| store::schedules::whose(tx, now))? {
            self.engine(&tenant)?.make_scheduled_jobs()?;
        }
        Ok(self.store().read(|tx| jobs::whose(tx, now))?)
    }

    /// Calls `listener` whenever something changed that somebody may wait for. It is called by whoever changed it, and returns at once.
    pub fn on_news(&self, listener: impl Fn(News) + Send + Sync + 'static) {
        self.bell().listen(listener);
    }
}

impl Engine {
    /// Does the jobs whose time has come, one after the other; how many.
    pub fn run_jobs(&self) -> Result<usize, EngineError> {
        JobLane::ALL.into_iter().map(|lane| self.run_jobs_in(lane)).sum()
    }

    /// The same for the jobs of a lane.
    pub fn run_jobs_in(&self, lane: JobLane) -> Result<usize, EngineError> {
        let mut done = 0;
        while let Some(job) = self.claim_job(lane)? {
            self.run_job(&job)?;
            done += 1;
        }
        Ok(done)
    }

    fn claim_job(&self, lane: JobLane) -> Result<Option<Job<Work>>, EngineError> {
        let now = self.world.now().micros();
        let claimed = self.store.write(|tx| jobs::claim(tx, &self.tenant, lane.kinds(), now, now + LEASE_MICROS, 1))?;
        Ok(claimed.into_iter().next())
    }

    fn run_job(&self, job: &Job<Work>) -> Result<(), EngineError> {
        let started_at = self.world.now();
        let mut beat = Beat { engine: self, id: &job.id, lease_until: job.lease_until, started_at, told_at: 0 };
        let span = tracing::info_span!("job", tenant = %self.tenant, kind = job.kind, id = job.id);
        let outcome = span.in_scope(|| match job.state {
            // its runner went away before it could stop
            State::Cancelling => Err(stopped(0, 0)),
            State::Waiting | State::Running | State::Done | State::Failed | State::Cancelled => {
                self.work(job, &mut beat)
            }
        });
        let now = self.world.now();
        let mut worth = Worth::Telling;
        let (end, result) = match outcome {
            Ok(came) => {
                worth = came.worth;
                (End::Done, came.result)
            }
            Err(EngineError::Conflict(problem)) if problem.code == STOPPED => (End::Cancelled, Value::Null),
            Err(error) if job.attempts < ATTEMPTS && matches!(error, EngineError::Failed(_)) => {
                (End::Again(now.micros() + AGAIN_MICROS), problems(&error))
            }
            Err(error) => (End::Failed, problems(&error)),
        };
        let word = match end {
            End::Done => "done",
            End::Failed => "failed",
            End::Cancelled => "cancelled",
            End::Again(_) => "again",
        };
        metrics::counter!("jobs_total", "kind" => job.kind.clone(), "outcome" => word).increment(1);
        let claim = Claim { id: &job.id, lease_until: beat.lease_until };
        let ended = self.store.write(|tx| {
            jobs::end(tx, &self.tenant, claim, &end, &result, now.micros())?;
            match worth {
                Worth::Quiet => jobs::hush(tx, &self.tenant, &job.kind, &job.id),
                Worth::Telling => Ok(()),
            }
        });
        match ended {
            // it took so long that another process has it, which does it again and finds nothing left to do
            Err(store::StoreError::Conflict) => Ok(()),
            ended => Ok(ended?),
        }
    }

    fn work(&self, job: &Job<Work>, beat: &mut Beat<'_>) -> Result<Came, EngineError> {
        match &job.args {
            Work::BillingRun => {
                Ok(Came { result: to_json(&counts(&self.bill_by_job(Whom::Everybody, beat)?)), worth: Worth::Telling })
            }
            Work::DueBilling => {
                let run = self.bill_by_job(Whom::WhoseTurnItIs, beat)?;
                self.expire_approvals()?;
                let worth = if run.issued == 0 { Worth::Quiet } else { Worth::Telling };
                Ok(Came { result: to_json(&counts(&run)), worth })
            }
            Work::Export(new) => {
                Ok(Came { result: to_json(&self.write_export(&job.id, new, beat)?), worth: Worth::Telling })
            }
            Work::Upkeep => {
                let forgotten = self.forget_requests()? + self.forget_messages()? + self.forget_exports()?;
                Ok(Came { result: serde_json::json!({ "forgotten": forgotten }), worth: Worth::Quiet })
            }
        }
    }

    /// A billing run; who could not be billed, and what somebody should look at, stands in the log.
    fn bill_by_job(&self, whom: Whom, beat: &mut Beat<'_>) -> Result<BillCounts, EngineError> {
        let run = self.bill_watched(whom, beat)?;
        for failure in &run.failures {
            for problem in &failure.problems {
                tracing::warn!(customer = %failure.customer, code = problem.code, detail = problem.detail, "a customer could not be billed");
            }
        }
        for (customer, note) in &run.notes {
            tracing::warn!(%customer, ?note, "somebody should look at this");
        }
        if run.issued > 0 {
            tracing::info!(issued = run.issued, drafts = run.drafts, "billed");
            self.bell.ring(&self.tenant, News::Messages);
        }
        Ok(run)
    }

    /// Makes a job of each schedule that has come up: one, however often it came up since somebody looked.
    pub(crate) fn make_scheduled_jobs(&self) -> Result<(), EngineError> {
        let now = self.world.now();
        for schedule in self.due_schedules(now)? {
            let next = schedule.body.every.next_after(now).unwrap_or(Instant::MAX).micros();
            let id = job_id();
            let work: Work = schedule.body.work.clone().into();
            let key = format!("{}/{}", schedule.id, schedule.next_at);
            let job =
                New { id: &id, kind: work.word(), key: &key, args: &work, run_at: schedule.next_at, now: now.micros() };
            let made = self.store.write(|tx| {
                store::schedules::advance(tx, &self.tenant, &schedule.id, schedule.next_at, next)?;
                jobs::add(tx, &self.tenant, &job)
            });
            match made {
                // another process was first
                Err(store::StoreError::Conflict) => {}
                made => drop(made?),
            }
        }
        Ok(())
    }
}

fn counts(run: &BillCounts) -> Counts {
    let BillCounts { issued, drafts, failures, notes } = run;
    Counts { issued: *issued, drafts: *drafts, failures: failures.len(), notes: notes.len() }
}

fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn problems(error: &EngineError) -> Value {
    to_json(&error.problems())
}

const STOPPED: &str = "job_stopped";

fn stopped(done: u64, total: u64) -> EngineError {
    EngineError::Conflict(
        Problem::new("job_stopped", "The job was stopped")
            .detail(format!("{done} of {total} steps were done, and stay done"))
            .mend("ask for it again: it goes on where it was"),
    )
}

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
        if state == State::Cancelling { Err(stopped(done, total)) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{JobKind, JobState, NewJob, NewSubscription, Platform, SetClock, Settings};
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
        assert!(engine.bill_watched(Whom::Everybody, &mut After(4)).is_err());
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
        assert!(engine.claim_job(JobLane::Billing).expect("claimed").is_some());
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
