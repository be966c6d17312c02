//! Telling other systems what happens.

use super::Noun;
use super::subscriptions::{cursor, place};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Page, Place, Turn};
use crate::payload::{Empty, Json};
use crate::route::Route;
use engine::{
    Endpoint, EndpointChange, EndpointId, Engine, IssuedEndpoint, NewEndpoint, Resource, Thing, WebhookDelivery,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a message can be about.
const ABOUT: &[Reference] = &[
    to(Expand::Customer, "object").behind("customer/"),
    to(Expand::Invoice, "object").behind("invoice/"),
    to(Expand::Subscription, "object").behind("subscription/"),
];

pub(super) fn noun() -> Noun {
    Noun {
        name: "webhooks",
        resource: Resource::Operations,
        about: "Telling other systems what happens: signed as Standard Webhooks says, in order for each object, tried for three days.",
        routes: vec![
            Route::post("/v1/webhooks", "add_webhook", "Add an endpoint; answers with its secret", add)
                .makes(Thing::Endpoint)
                .repeats(),
            Route::get("/v1/webhooks", "list_webhooks", "Endpoints, the newest first", list),
            Route::get("/v1/webhooks/{id}", "get_webhook", "An endpoint", get).versioned(Thing::Endpoint, "id"),
            Route::post("/v1/webhooks/{id}", "change_webhook", "Change, pause or open an endpoint", change)
                .versioned(Thing::Endpoint, "id"),
            Route::post("/v1/webhooks/{id}/rotate", "rotate_webhook", "Give an endpoint another secret", rotate)
                .versioned(Thing::Endpoint, "id")
                .repeats(),
            Route::post("/v1/webhooks/{id}/remove", "remove_webhook", "Remove an endpoint", remove)
                .versioned(Thing::Endpoint, "id"),
            Route::get(
                "/v1/webhooks/{id}/deliveries",
                "list_deliveries",
                "What was sent to an endpoint and what it answered, the newest first",
                deliveries,
            )
            .expands(ABOUT),
            Route::post(
                "/v1/webhooks/{id}/deliveries/{delivery}/replay",
                "replay_delivery",
                "Send a delivery again",
                replay,
            ),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The endpoint's id.
    id: EndpointId,
}

#[derive(Deserialize, JsonSchema)]
struct OneDelivery {
    /// The endpoint's id.
    id: EndpointId,
    /// The delivery's id.
    delivery: String,
}

/// A delivery that is sent again.
#[derive(Serialize, JsonSchema)]
struct Replayed {
    /// Its id.
    delivery: String,
}

fn add(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewEndpoint>>) -> Result<Created<IssuedEndpoint>, Refusal> {
    Ok(Created(engine.add_endpoint(asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, Turn, Empty>) -> Result<Found<Page<Endpoint>>, Refusal> {
    let Turn { limit, after } = asked.query;
    let found = engine.endpoints(&cursor(after.as_ref())?, limit.and_one())?;
    Ok(Found(Page::of(found, limit, place).map(|found| found.body)))
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Endpoint>, Refusal> {
    Ok(Found(engine.endpoint(asked.path.id)?))
}

fn change(engine: &Engine, asked: Asked<One, Nothing, Json<EndpointChange>>) -> Result<Found<Endpoint>, Refusal> {
    Ok(Found(engine.change_endpoint(asked.path.id, asked.body.0)?))
}

fn rotate(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<IssuedEndpoint>, Refusal> {
    Ok(Found(engine.rotate_endpoint(asked.path.id)?))
}

fn remove(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Endpoint>, Refusal> {
    Ok(Found(engine.remove_endpoint(asked.path.id)?))
}

fn deliveries(engine: &Engine, asked: Asked<One, Turn, Empty>) -> Result<Found<Page<WebhookDelivery>>, Refusal> {
    let Turn { limit, after } = asked.query;
    engine.endpoint(asked.path.id)?;
    let (at, id): (i64, String) = after.map_or(Ok((i64::MAX, String::new())), |place| place.read())?;
    let found = engine.deliveries(asked.path.id, (at, &id), limit.and_one())?;
    Ok(Found(Page::of(found, limit, |delivery| Place::of(&(delivery.created_at.micros(), &delivery.id)))))
}

fn replay(engine: &Engine, asked: Asked<OneDelivery, Nothing, Empty>) -> Result<Found<Replayed>, Refusal> {
    engine.endpoint(asked.path.id)?;
    engine.replay_delivery(&asked.path.delivery)?;
    Ok(Found(Replayed { delivery: asked.path.delivery }))
}
