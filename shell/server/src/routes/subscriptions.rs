//! What was agreed.

use super::Noun;
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::page::{Limit, Page, Place};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use contracts::{Subscription, When};
use engine::{Document, DocumentCursor, Engine, NewChange, NewSubscription, Resource, Thing, Which};
use schemars::JsonSchema;
use serde::Deserialize;
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "subscriptions",
        resource: Resource::Subscriptions,
        about: "What was agreed: a customer, a plan and quantities, as a chain of dated changes.",
        routes: vec![
            Route::post(
                "/v1/subscriptions",
                "subscribe",
                "Subscribe a customer to a plan, now, ahead or in the past",
                subscribe,
            )
            .makes(Thing::Subscription),
            Route::get("/v1/subscriptions", "list_subscriptions", "Subscriptions, the latest started first", list)
                .portal(Portal::Query("customer")),
            Route::get("/v1/subscriptions/{key}", "get_subscription", "A subscription with all its changes", get)
                .versioned(Thing::Subscription, "key")
                .portal(Portal::Subscription("key")),
            Route::post(
                "/v1/subscriptions/{key}/changes",
                "change_subscription",
                "Change plan or quantities, now, ahead or in the past",
                change,
            )
            .versioned(Thing::Subscription, "key"),
            Route::post("/v1/subscriptions/{key}/end", "end_subscription", "End a subscription", end)
                .versioned(Thing::Subscription, "key"),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The subscription's key.
    key: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// Only those of this customer.
    customer: Option<Key>,
    /// How many at most.
    #[serde(default)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<Place>,
}

/// When a subscription ends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct End {
    /// The first moment at which nothing is served; now when it is left out.
    #[serde(default)]
    effective: Option<When>,
}

fn subscribe(
    engine: &Engine,
    asked: Asked<Nothing, Nothing, Json<NewSubscription>>,
) -> Result<Created<Subscription>, Refusal> {
    Ok(Created(engine.subscribe(asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Result<Found<Page<Subscription>>, Refusal> {
    let List { customer, limit, after } = asked.query;
    let which = customer.as_ref().map_or(Which::All, |key| Which::Customer(key.as_str()));
    let found = engine.subscriptions(which, &cursor(after.as_ref())?, limit.and_one())?;
    Ok(Found(Page::of(found, limit, place).map(|document| document.body)))
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Subscription>, Refusal> {
    Ok(Found(engine.subscription(asked.path.key.as_str())?))
}

fn change(engine: &Engine, asked: Asked<One, Nothing, Json<NewChange>>) -> Result<Found<Subscription>, Refusal> {
    Ok(Found(engine.change_subscription(asked.path.key.as_str(), asked.body.0)?))
}

fn end(engine: &Engine, asked: Asked<One, Nothing, Json<End>>) -> Result<Found<Subscription>, Refusal> {
    Ok(Found(engine.end_subscription(asked.path.key.as_str(), asked.body.0.effective)?))
}

/// Where a list of documents begins.
pub(super) fn cursor(after: Option<&Place>) -> Result<DocumentCursor, Refusal> {
    let Some(place) = after else { return Ok(DocumentCursor::start()) };
    let (sort_at, id) = place.read()?;
    Ok(DocumentCursor { sort_at, id })
}

/// The place of a document in its list.
pub(super) fn place<T>(document: &Document<T>) -> Place {
    Place::of(&(document.sort_at, &document.id))
}
