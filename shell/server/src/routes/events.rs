//! What happened.

use super::changesets::Because;
use super::{Noun, period, zone_of};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Paged, list};
use crate::payload::{Batch, Empty, Json};
use crate::route::Route;
use axum::http::StatusCode;
use contracts::When;
use engine::{
    Action, Changeset, Engine, EventCursor, EventFilter, EventReport, EventVersion, Ingested, QuarantineReason,
    Quarantined, Replay, Replayed, Resource, StoredEvent,
};
use metering::Event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Problem;

const REFERENCES: &[Reference] = &[to(Expand::Customer, "event.subject")];

pub(super) fn noun() -> Noun {
    Noun {
        name: "events",
        resource: Resource::Events,
        about: "What happened: raw facts of use. A source and an id name one event for ever; what is sent twice counts once.",
        routes: vec![
            Route::post(
                "/v1/events",
                "send_events",
                "Send one event, a list, or one on each line; each has an outcome of its own, and what was accepted is on the disk",
                send,
            ).events().repeats(),
            Route::get("/v1/events", "list_events", "Accepted events, by time", list).expands(REFERENCES),
            Route::get(
                "/v1/events/quarantine",
                "list_quarantine",
                "Events that are not valid, in the order in which they came",
                quarantine,
            ),
            Route::get(
                "/v1/events/quarantine/reasons",
                "list_quarantine_reasons",
                "What stands in quarantine, by reason, with examples",
                reasons,
            ),
            Route::post(
                "/v1/events/quarantine/replay",
                "replay_quarantine",
                "Try events in quarantine again, once the cause is mended",
                replay,
            ),
            Route::get("/v1/events/{source}/{id}", "get_event", "An accepted event", get).expands(REFERENCES),
            Route::get("/v1/events/{source}/{id}/history", "get_event_history", "Every version of an event", history),
            Route::get(
                "/v1/events/{source}/{id}/explanation",
                "explain_event",
                "What became of an event: which prices count it, on which line it is billed, or why on none",
                explain,
            ),
            Route::post("/v1/events/{source}/{id}/amend", "amend_event", "Say what the event should have said", amend).action(Action::Approve).of(Resource::Changesets),
            Route::post(
                "/v1/events/{source}/{id}/retract",
                "retract_event",
                "Say that the event did not happen",
                retract,
            ).action(Action::Approve).of(Resource::Changesets),
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

list! {
    /// Which events are listed.
    List by Order UpOnly ["at" => Time] {
        /// Only of this subject.
        subject: Option<String>,
        /// Only with this name.
        name: Option<String>,
        /// Only from then on: a day (where the customer is, else in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

list! {
    /// What stands in quarantine has one order.
    Kept by KeptOrder UpOnly ["place" => Id] {}
}

/// What stands in quarantine.
#[derive(Debug, Serialize, JsonSchema)]
struct Reasons {
    /// By the code of the problem.
    reasons: Vec<QuarantineReason>,
}

/// What of the quarantine is tried again: everything that waits, unless a code or places are named.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Again {
    /// Only what waits with a problem of this code.
    code: Option<String>,
    /// Only what stands at these places of the quarantine.
    places: Option<Vec<usize>>,
}

/// Every version of an event.
#[derive(Debug, Serialize, JsonSchema)]
struct History {
    /// The first one first.
    versions: Vec<EventVersion>,
}

/// What an event should have said, and why.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Amendment {
    /// The event as it should have been; its source and id are those of the address.
    event: Event,
    /// What was wrong: it stands in the history of the event.
    reason: String,
}

fn reasons(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<Reasons>, Refusal> {
    const EXAMPLES: usize = 3;
    Ok(Found(Reasons { reasons: engine.quarantine_by_reason(EXAMPLES)? }))
}

fn replay(engine: &Engine, asked: Asked<Nothing, Nothing, Json<Again>>) -> Result<Found<Replayed>, Refusal> {
    let Again { code, places } = asked.body.0;
    let which = match (&code, &places) {
        (_, Some(places)) => Replay::Places(places),
        (Some(code), None) => Replay::Code(code),
        (None, None) => Replay::All,
    };
    Ok(Found(engine.replay_quarantine(which)?))
}

fn history(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<History>, Refusal> {
    Ok(Found(History { versions: engine.event_history(&asked.path.source, &asked.path.id)? }))
}

fn explain(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<EventReport>, Refusal> {
    Ok(Found(engine.explain_event(&asked.path.source, &asked.path.id)?))
}

fn amend(engine: &Engine, asked: Asked<One, Nothing, Json<Amendment>>) -> Result<Found<Changeset>, Refusal> {
    let Amendment { event, reason } = asked.body.0;
    if (&event.source, &event.id) != (&asked.path.source, &asked.path.id) {
        let problem = Problem::new("other_event", "The event is another one")
            .detail(format!(
                "the address names `{}` of `{}`, the body `{}` of `{}`",
                asked.path.id, asked.path.source, event.id, event.source
            ))
            .at("/event")
            .mend("give the event the source and id of the address");
        return Err(Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem));
    }
    Ok(Found(engine.amend_event(event, &reason)?))
}

fn retract(engine: &Engine, asked: Asked<One, Nothing, Json<Because>>) -> Result<Found<Changeset>, Refusal> {
    Ok(Found(engine.retract_event(&asked.path.source, &asked.path.id, &asked.body.0.reason)?))
}

fn send(engine: &Engine, asked: Asked<Nothing, Nothing, Batch>) -> Result<Found<Ingested>, Refusal> {
    let Batch { body, form } = asked.body;
    Ok(Found(engine.ingest_json(&body, form)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<StoredEvent> {
    let List { subject, name, from, to, limit, .. } = &asked.query;
    let period = match (from, to) {
        (None, None) => None,
        (from, to) => Some(period(*from, *to, &zone_of(engine, subject.as_deref())?)?),
    };
    let filter = EventFilter { subject: subject.as_deref(), name: name.as_deref(), period, ..EventFilter::default() };
    let after: Option<EventCursor> = asked.after()?;
    let events = engine.events(&filter, after.as_ref(), limit.items() + 1)?;
    Ok(asked.page_by(events, |stored| EventCursor::from(&stored.event)))
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<StoredEvent>, Refusal> {
    Ok(Found(engine.event(&asked.path.source, &asked.path.id)?))
}

fn quarantine(engine: &Engine, asked: Asked<Nothing, Kept, Empty>) -> Paged<Quarantined> {
    let (limit, skip) = (asked.query.limit.items(), asked.after()?.unwrap_or(0_usize));
    let events = engine.quarantine(skip, limit + 1)?;
    Ok(asked.page_by(events, |_| skip.saturating_add(limit)))
}
