//! Telling other systems what happens.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::Route;
use contracts::When;
use engine::{
    DeliveryState, Endpoint, EndpointChange, EndpointId, Engine, Field, IssuedEndpoint, NewEndpoint, Resource, Thing,
    WebhookDelivery,
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

/// Whether an endpoint is told.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum EndpointStanding {
    /// It is.
    Open,
    /// It is not until it is opened.
    Paused,
}

impl EndpointStanding {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
        }
    }
}

list! {
    /// Which endpoints are listed.
    List by Order Down ["created_at" => Time, "id" => Id] {
        /// Only those that stand so.
        state: Option<EndpointStanding>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

list! {
    /// Which deliveries are listed.
    Deliveries by DeliveriesOrder Down ["created_at" => Time, "id" => Id] {
        /// Only those that stand so.
        state: Option<DeliveryState>,
        /// Only those about this: `invoice/inv_…`.
        object: Option<String>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

fn add(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewEndpoint>>) -> Result<Created<IssuedEndpoint>, Refusal> {
    Ok(Created(engine.add_endpoint(asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Endpoint> {
    let List { state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::State, state.map(EndpointStanding::word));
    asked.page(engine.list_endpoints(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
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

fn deliveries(engine: &Engine, asked: Asked<One, Deliveries, Empty>) -> Paged<WebhookDelivery> {
    let Deliveries { state, object, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::State, state.map(DeliveryState::word)).is(Field::Object, object.as_deref());
    let select = select.within(Field::Time, span(engine, None, (*from, *to))?);
    asked.page(engine.list_deliveries(asked.path.id, &select)?)
}

fn replay(engine: &Engine, asked: Asked<OneDelivery, Nothing, Empty>) -> Result<Found<Replayed>, Refusal> {
    engine.endpoint(asked.path.id)?;
    engine.replay_delivery(&asked.path.delivery)?;
    Ok(Found(Replayed { delivery: asked.path.delivery }))
}
