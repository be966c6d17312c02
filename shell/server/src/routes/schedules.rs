//! Work that comes again.

use super::Noun;
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Desk, Route};
use engine::{Engine, Field, NewSchedule, Resource, Schedule, ScheduleState, ScheduledWork};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "schedules",
        resource: Resource::Invoices,
        about: "Work that comes again: each time makes one job. `due-billing` bills what falls due within a minute, `upkeep` forgets what is old; both are there without being added.",
        routes: vec![
            Route::post_at("/v1/schedules", "add_schedule", "Add a schedule", add),
            Route::get("/v1/schedules", "list_schedules", "Schedules, by id", list),
            Route::get("/v1/schedules/{id}", "get_schedule", "A schedule and when it comes up next", get),
            Route::post("/v1/schedules/{id}/pause", "pause_schedule", "Let a schedule not come up any more", pause),
            Route::post("/v1/schedules/{id}/resume", "resume_schedule", "Let a schedule come up again", resume),
            Route::post("/v1/schedules/{id}/remove", "remove_schedule", "Remove a schedule; its jobs stay", remove),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The schedule's id.
    id: String,
}

list! {
    /// Which schedules are listed.
    List by Order Up ["id" => Id, "created_at" => Time, "next_at" => NextAt] {
        /// Only those that come up, or only those that do not.
        state: Option<ScheduleState>,
    }
}

fn add(desk: &Desk<'_>, asked: Asked<Nothing, Nothing, Json<NewSchedule>>) -> Result<Created<Schedule>, Refusal> {
    let new = asked.body.0;
    if let ScheduledWork::Export(export) = &new.work {
        desk.who.may(export.what.needs())?;
    }
    Ok(Created(desk.engine.add_schedule(new)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Schedule> {
    let select = asked.select()?.is(Field::State, asked.query.state.map(ScheduleState::word));
    asked.page(engine.list_schedules(&select)?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Schedule>, Refusal> {
    Ok(Found(engine.schedule(&asked.path.id)?))
}

fn pause(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Schedule>, Refusal> {
    Ok(Found(engine.set_schedule(&asked.path.id, ScheduleState::Paused)?))
}

fn resume(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Schedule>, Refusal> {
    Ok(Found(engine.set_schedule(&asked.path.id, ScheduleState::Active)?))
}

fn remove(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Schedule>, Refusal> {
    Ok(Found(engine.remove_schedule(&asked.path.id)?))
}
