//! Schedules: work that comes again.

use super::kind::Work;
use super::when::Every;
use crate::audit::{Deed, Kept};
use crate::exports::NewExport;
use crate::lists::and_one;
use crate::{Engine, EngineError, Environment, Listing, Platform};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem};
use store::lists::Select;
use store::schedules::{self, State};

const KIND: &str = "schedule";
/// So many are made jobs of at once; the others in the next round.
const PAGE: u32 = 100;
/// What every tenant has; it can be paused and not removed.
const DUE_BILLING: &str = "due-billing";
const UPKEEP: &str = "upkeep";

/// Work that comes again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Schedule {
    /// Its id; `due-billing` and `upkeep` are there without being added.
    pub id: String,
    /// What is done.
    pub work: ScheduledWork,
    /// How often.
    pub every: Every,
    /// Whether it comes up.
    pub state: ScheduleState,
    /// When it comes up next, unless it is paused.
    pub next_at: Instant,
    /// When it was made.
    pub created_at: Instant,
}

/// Whether a schedule comes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleState {
    /// It does.
    Active,
    /// It does not until somebody says so.
    Paused,
}

impl ScheduleState {
    /// The word by which lists are narrowed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }
}

/// What is done again and again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ScheduledWork {
    /// Bills every customer for what is due.
    BillingRun,
    /// The same as one does by itself every minute.
    DueBilling,
    /// Forgets what is old.
    Upkeep,
    /// Writes a file that can be downloaded.
    Export(NewExport),
}

/// A schedule that is to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSchedule {
    /// What is done.
    pub work: ScheduledWork,
    /// How often.
    pub every: Every,
}

impl From<ScheduledWork> for Work {
    fn from(work: ScheduledWork) -> Self {
        match work {
            ScheduledWork::BillingRun => Self::BillingRun,
            ScheduledWork::DueBilling => Self::DueBilling,
            ScheduledWork::Upkeep => Self::Upkeep,
            ScheduledWork::Export(new) => Self::Export(new),
        }
    }
}

impl Platform {
    /// Sees to it that every tenant has the schedules that are always there. The program calls it when it starts to do jobs.
    pub fn ensure_schedules(&self) -> Result<(), EngineError> {
        for tenant in self.tenants()? {
            self.ensure_schedules_of(&tenant.key, tenant.environment)?;
        }
        Ok(())
    }

    pub(crate) fn ensure_schedules_of(&self, tenant: &Key, environment: Environment) -> Result<(), EngineError> {
        let now = self.now().micros();
        let due = NewSchedule { work: ScheduledWork::DueBilling, every: Every::MINUTE };
        let upkeep = NewSchedule { work: ScheduledWork::Upkeep, every: Every::HOUR };
        let always = [(DUE_BILLING, due), (UPKEEP, upkeep)];
        // a test environment bills when its clock is set
        let always = always.into_iter().filter(|(id, _)| environment == Environment::Live || *id != DUE_BILLING);
        for (id, body) in always {
            let schedule =
                schedules::Schedule { id: id.into(), body, state: State::Active, next_at: now, created_at: now };
            self.store().write(|tx| schedules::add(tx, tenant, &schedule))?;
        }
        Ok(())
    }
}

impl Engine {
    /// Adds a schedule.
    pub fn add_schedule(&self, new: NewSchedule) -> Result<Schedule, EngineError> {
        let now = self.world.now();
        if let ScheduledWork::Export(export) = &new.work {
            export.check()?;
        }
        let id = format!("sch_{:032x}", uuid::Uuid::now_v7().as_u128());
        let next_at = new.every.next_after(now).unwrap_or(Instant::MAX).micros();
        let schedule =
            schedules::Schedule { id: id.clone(), body: new, state: State::Active, next_at, created_at: now.micros() };
        let deed = Deed { action: "schedule.add", kept: Kept::Document, kind: KIND, id: &id };
        self.write(deed, |tx| Ok(schedules::add(tx, &self.tenant, &schedule)?))?;
        view(schedule)
    }

    /// A schedule by id.
    pub fn schedule(&self, id: &str) -> Result<Schedule, EngineError> {
        let found = self.store.read(|tx| schedules::find::<NewSchedule>(tx, &self.tenant, id))?;
        found.map_or_else(|| Err(EngineError::no_such("schedule", id, [DUE_BILLING, UPKEEP])), view)
    }

    /// A part of the schedules.
    pub fn list_schedules(&self, select: &Select) -> Result<Listing<Schedule>, EngineError> {
        let found = self.store.read(|tx| schedules::listed::<NewSchedule>(tx, &self.tenant, &and_one(select)))?;
        Listing::of(found, select.limit).try_map(view)
    }

    /// Pauses a schedule, or lets it go on: then it comes up next when it would have, or at its next time where that is over.
    pub fn set_schedule(&self, id: &str, state: ScheduleState) -> Result<Schedule, EngineError> {
        let before = self.schedule(id)?;
        let now = self.world.now();
        let (action, state, next_at) = match state {
            ScheduleState::Paused => ("schedule.pause", State::Paused, before.next_at),
            ScheduleState::Active => {
                let next = if before.next_at > now { Some(before.next_at) } else { before.every.next_after(now) };
                ("schedule.resume", State::Active, next.unwrap_or(Instant::MAX))
            }
        };
        let deed = Deed { action, kept: Kept::Document, kind: KIND, id };
        self.write(deed, |tx| Ok(schedules::set(tx, &self.tenant, id, state, next_at.micros())?))?;
        self.schedule(id)
    }

    /// Removes a schedule; jobs that it made stay.
    pub fn remove_schedule(&self, id: &str) -> Result<Schedule, EngineError> {
        let before = self.schedule(id)?;
        if [DUE_BILLING, UPKEEP].contains(&id) {
            let problem = Problem::new("schedule_is_built_in", "This schedule is always there")
                .detail(format!("`{id}` is there without being added"))
                .mend("pause it instead");
            return Err(EngineError::Conflict(problem));
        }
        let deed = Deed { action: "schedule.remove", kept: Kept::Document, kind: KIND, id };
        self.write(deed, |tx| Ok(schedules::remove(tx, &self.tenant, id)?))?;
        Ok(before)
    }

    pub(super) fn due_schedules(&self, now: Instant) -> Result<Vec<schedules::Schedule<NewSchedule>>, EngineError> {
        Ok(self.store.read(|tx| schedules::due(tx, &self.tenant, now.micros(), PAGE))?)
    }
}

fn view(found: schedules::Schedule<NewSchedule>) -> Result<Schedule, EngineError> {
    let instant = |micros| Instant::from_micros(micros).map_err(|error| EngineError::invalid(&error));
    let schedules::Schedule { id, body: NewSchedule { work, every }, state, next_at, created_at } = found;
    let state = match state {
        State::Active => ScheduleState::Active,
        State::Paused => ScheduleState::Paused,
    };
    Ok(Schedule { id, work, every, state, next_at: instant(next_at)?, created_at: instant(created_at)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{JobState, SetClock, Settings};
    use std::sync::Arc;

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn world() -> (Platform, Engine, Arc<SetClock>) {
        let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
        let platform = Platform::with_clock(clock.clone(), Settings::default()).expect("a platform");
        let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
        (platform, engine, clock)
    }

    /// The kinds of jobs that there are, the newest first.
    fn kinds(engine: &Engine) -> Vec<String> {
        engine.jobs((i64::MAX, ""), 100).expect("listed").into_iter().map(|job| job.kind).collect()
    }

    #[test]
    fn a_schedule_makes_one_job_each_time_and_one_for_all_times_that_were_missed() {
        let (platform, engine, clock) = world();
        let every = Every::Day { at: "03:00".to_owned().try_into().expect("a time"), zone: calendar::Zone::utc() };
        let added = engine.add_schedule(NewSchedule { work: ScheduledWork::BillingRun, every }).expect("added");
        assert_eq!(added.next_at, at("2026-04-01T03:00:00Z"));
        assert_eq!(platform.job_owners().expect("asked"), []);
        clock.set(at("2026-04-01T03:00:00Z"));
        assert_eq!(platform.job_owners().expect("asked"), [engine.tenant().clone()]);
        assert_eq!(platform.job_owners().expect("asked").len(), 1, "it waits to be done");
        assert_eq!((engine.run_jobs(), kinds(&engine).len()), (Ok(1), 1));
        // the server was away for three days
        clock.set(at("2026-04-04T12:00:00Z"));
        platform.job_owners().expect("asked");
        assert_eq!(engine.run_jobs(), Ok(1));
        assert_eq!(engine.schedule(&added.id).expect("there").next_at, at("2026-04-05T03:00:00Z"));

        engine.set_schedule(&added.id, ScheduleState::Paused).expect("paused");
        clock.set(at("2026-04-06T12:00:00Z"));
        assert_eq!(platform.job_owners().expect("asked"), []);
        let resumed = engine.set_schedule(&added.id, ScheduleState::Active).expect("resumed");
        assert_eq!(resumed.next_at, at("2026-04-07T03:00:00Z"));
        engine.remove_schedule(&added.id).expect("removed");
        assert!(matches!(engine.schedule(&added.id), Err(EngineError::NotFound(_))));
        assert_eq!(kinds(&engine), ["billing_run", "billing_run"]);
    }

    #[test]
    fn what_is_due_is_billed_by_a_job_every_minute_and_of_those_with_nothing_to_do_the_newest_is_kept() {
        let (platform, engine, clock) = world();
        let pricing = "plans: { p: { currency: EUR, every: month, prices: { fee: { flat: 30, in: advance } } } }";
        engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("pricing")).expect("applied");
        let customer = contracts::Customer::new("c".try_into().expect("a key"), "", calendar::Zone::utc());
        engine.add_customer(customer).expect("added");
        let new = crate::NewSubscription::to("c".try_into().expect("a key"), "p".try_into().expect("a key"));
        engine.subscribe(new).expect("subscribed");
        platform.ensure_schedules().expect("there");
        platform.ensure_schedules().expect("there still");
        engine.set_schedule(UPKEEP, ScheduleState::Paused).expect("paused");
        for minute in 0..5 {
            clock.set(at(&format!("2026-04-01T00:0{minute}:00Z")));
            assert_eq!(platform.job_owners().expect("asked").len(), 1);
            assert_eq!(engine.run_jobs(), Ok(1));
        }
        let jobs = engine.jobs((i64::MAX, ""), 100).expect("listed");
        let issued: Vec<_> = jobs.iter().map(|job| (job.state, job.result["issued"].clone())).collect();
        assert_eq!(issued, [(JobState::Done, 0.into()), (JobState::Done, 1.into())]);
        let refused = engine.remove_schedule(DUE_BILLING).expect_err("built in");
        assert_eq!(refused.problems()[0].code, "schedule_is_built_in");
    }
}
