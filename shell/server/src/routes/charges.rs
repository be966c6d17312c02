//! What is asked for once.

use super::Noun;
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, to};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use contracts::Charge;
use engine::{Engine, NewCharge, Resource, Thing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "charges",
        resource: Resource::Invoices,
        about: "What a customer is charged once, outside of any plan: a migration, a training. It is billed with what is due.",
        routes: vec![
            Route::post("/v1/customers/{key}/charges", "add_charge", "Charge a customer once, now or ahead", add),
            Route::get("/v1/customers/{key}/charges", "list_charges", "The charges of a customer", list)
                .expands(&[to(Expand::Customer, "customer")])
                .portal(Portal::Path("key")),
            Route::post("/v1/charges/{key}/withdraw", "withdraw_charge", "Take a charge back", withdraw)
                .versioned(Thing::Charge, "key"),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// Its key.
    key: Key,
}

/// Charges of a customer.
#[derive(Debug, Serialize, JsonSchema)]
struct Charges {
    /// All of them, the last due first.
    charges: Vec<Charge>,
}

fn add(engine: &Engine, asked: Asked<One, Nothing, Json<NewCharge>>) -> Result<Created<Charge>, Refusal> {
    Ok(Created(engine.charge(asked.path.key.as_str(), asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Charges>, Refusal> {
    Ok(Found(Charges { charges: engine.charges(asked.path.key.as_str())? }))
}

fn withdraw(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Charge>, Refusal> {
    Ok(Found(engine.withdraw_charge(asked.path.key.as_str())?))
}
