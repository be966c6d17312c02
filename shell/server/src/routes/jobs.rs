//! Long work: seen while it goes on, and stopped when asked.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::Route;
use contracts::When;
use engine::{Engine, Field, JobState, JobView, NewJob, Resource};
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

list! {
    /// Which jobs are listed.
    List by Order Down ["created_at" => Time, "id" => Id] {
        /// Only those that do this: `billing_run`.
        kind: Option<String>,
        /// Only those that stand so.
        state: Option<JobState>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

fn ask(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewJob>>) -> Result<Created<JobView>, Refusal> {
    Ok(Created(engine.ask_for_job(&asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<JobView> {
    let List { kind, state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::Kind, kind.as_deref()).is(Field::State, state.map(JobState::word));
    asked.page(engine.list_jobs(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<JobView>, Refusal> {
    Ok(Found(engine.job(&asked.path.id)?))
}

fn cancel(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<JobView>, Refusal> {
    Ok(Found(engine.cancel_job(&asked.path.id)?))
}
