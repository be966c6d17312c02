//! What happened.

use super::{Noun, period, zone_of};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Limit, Page, Place};
use crate::payload::{Batch, Empty};
use crate::route::Route;
use contracts::When;
use engine::{Engine, EventCursor, EventFilter, Ingested, Quarantined, StoredEvent};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "events",
        about: "What happened: raw facts of use. A source and an id name one event for ever; what is sent twice counts once.",
        routes: vec![
            Route::post(
                "/v1/events",
                "send_events",
                "Send one event, a list, or one on each line; each has an outcome of its own, and what was accepted is on the disk",
                send,
            ),
            Route::get("/v1/events", "list_events", "Accepted events, by time", list),
            Route::get(
                "/v1/events/quarantine",
                "list_quarantine",
                "Events that are not valid, in the order in which they came",
                quarantine,
            ),
            Route::get("/v1/events/{source}/{id}", "get_event", "An accepted event", get),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// Who sent it.
    source: String,
    /// The sender's id of it.
    id: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// Only of this subject.
    subject: Option<String>,
    /// Only with this name.
    name: Option<String>,
    /// Only from then on: a day (where the customer is, else in UTC) or an instant.
    from: Option<When>,
    /// Only before then.
    to: Option<When>,
    /// How many at most.
    #[serde(default)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<Place>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Skim {
    /// How many at most.
    #[serde(default)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<Place>,
}

fn send(engine: &Engine, asked: Asked<Nothing, Nothing, Batch>) -> Result<Found<Ingested>, Refusal> {
    Ok(Found(engine.ingest(asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Result<Found<Page<StoredEvent>>, Refusal> {
    let List { subject, name, from, to, limit, after } = asked.query;
    let period = match (from, to) {
        (None, None) => None,
        (from, to) => Some(period(from, to, &zone_of(engine, subject.as_deref())?)?),
    };
    let filter = EventFilter { subject: subject.as_deref(), name: name.as_deref(), period, ..EventFilter::default() };
    let after: Option<EventCursor> = after.map(|place| place.read()).transpose()?;
    let events = engine.events(&filter, after.as_ref(), limit.items() + 1)?;
    Ok(Found(Page::of(events, limit, |stored| Place::of(&EventCursor::from(&stored.event)))))
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<StoredEvent>, Refusal> {
    Ok(Found(engine.event(&asked.path.source, &asked.path.id)?))
}

fn quarantine(engine: &Engine, asked: Asked<Nothing, Skim, Empty>) -> Result<Found<Page<Quarantined>>, Refusal> {
    let Skim { limit, after } = asked.query;
    let skip: usize = after.map_or(Ok(0), |place| place.read())?;
    let events = engine.quarantine(skip, limit.items() + 1)?;
    Ok(Found(Page::of(events, limit, |_| Place::of(&skip.saturating_add(limit.items())))))
}
