//! Being told when usage or spend reaches a limit.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::Route;
use contracts::When;
use engine::{Alert, AlertId, Crossing, Engine, Field, NewAlert, Resource, Thing};
use schemars::JsonSchema;
use serde::Deserialize;
use stdx::Key;

const REFERENCES: &[Reference] = &[to(Expand::Customer, "customer")];

pub(super) fn noun() -> Noun {
    Noun {
        name: "alerts",
        resource: Resource::Usage,
        about: "Being told when usage or spend reaches a limit: by webhook (`alert.crossed`) and e-mail, within seconds, once for each limit and billing period.",
        routes: vec![
            Route::post("/v1/alerts", "add_alert", "Add an alert; what it watches is looked at at once", add)
                .makes(Thing::Alert)
                .repeats(),
            Route::get("/v1/alerts", "list_alerts", "Alerts, the newest first", list).expands(REFERENCES),
            Route::get("/v1/alerts/{id}", "get_alert", "An alert", get)
                .versioned(Thing::Alert, "id")
                .expands(REFERENCES),
            Route::post("/v1/alerts/{id}/remove", "remove_alert", "Remove an alert", remove)
                .versioned(Thing::Alert, "id"),
            Route::get(
                "/v1/alerts/{id}/crossings",
                "list_crossings",
                "When and by whom its limits were reached, the newest first",
                crossings,
            )
            .expands(&[to(Expand::Alert, "alert"), to(Expand::Customer, "customer")]),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The alert's id.
    id: AlertId,
}

list! {
    /// Which alerts are listed.
    List by Order Down ["created_at" => Time, "id" => Id] {
        /// Only those that watch this customer.
        customer: Option<Key>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

list! {
    /// Which crossings are listed.
    Crossed by CrossedOrder Down ["at" => Time] {
        /// Only those of this customer.
        customer: Option<Key>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

fn add(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewAlert>>) -> Result<Created<Alert>, Refusal> {
    Ok(Created(engine.add_alert(asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Alert> {
    let List { customer, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::Customer, customer.as_ref().map(Key::as_str));
    let select = select.within(Field::Time, span(engine, None, (*from, *to))?);
    asked.page(engine.list_alerts(&select)?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Alert>, Refusal> {
    Ok(Found(engine.alert(asked.path.id)?))
}

fn remove(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Alert>, Refusal> {
    Ok(Found(engine.remove_alert(asked.path.id)?))
}

fn crossings(engine: &Engine, asked: Asked<One, Crossed, Empty>) -> Paged<Crossing> {
    let Crossed { customer, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::Customer, customer.as_ref().map(Key::as_str));
    let select = select.within(Field::Time, span(engine, None, (*from, *to))?);
    asked.page(engine.list_crossings(asked.path.id, &select)?)
}
