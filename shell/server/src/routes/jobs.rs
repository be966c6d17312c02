//! Long work: seen while it goes on, and stopped when asked.

use super::Noun;
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::page::{Page, Place, Turn};
use crate::payload::{Empty, Json};
use crate::route::Route;
use engine::{Engine, JobView, NewJob, Resource};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "jobs",
        resource: Resource::Invoices,
        about: "Long work, such as a billing run over many customers: how far it has come, when it will probably end, what came of it.",
        routes: vec![
            Route::post("/v1/jobs", "ask_for_job", "Ask for a job", ask),
            Route::get("/v1/jobs", "list_jobs", "Jobs, the newest first", list),
            Route::get("/v1/jobs/{id}", "get_job", "A job: where it stands and how far it has come", get),
            Route::post("/v1/jobs/{id}/cancel", "cancel_job", "Ask a job to stop; what is done stays done", cancel),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The job's id.
    id: String,
}

fn ask(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewJob>>) -> Result<Created<JobView>, Refusal> {
    Ok(Created(engine.ask_for_job(&asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, Turn, Empty>) -> Result<Found<Page<JobView>>, Refusal> {
    let Turn { limit, after } = asked.query;
    let (at, id): (i64, String) = after.map_or(Ok((i64::MAX, String::new())), |place| place.read())?;
    let found = engine.jobs((at, &id), limit.and_one())?;
    Ok(Found(Page::of(found, limit, |job| Place::of(&(job.created_at.micros(), &job.id)))))
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<JobView>, Refusal> {
    Ok(Found(engine.job(&asked.path.id)?))
}

fn cancel(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<JobView>, Refusal> {
    Ok(Found(engine.cancel_job(&asked.path.id)?))
}
