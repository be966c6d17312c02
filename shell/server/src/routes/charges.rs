//! What is asked for once.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use contracts::{Charge, When};
use engine::{Engine, Field, NewCharge, Resource, Thing};
use schemars::JsonSchema;
use serde::Deserialize;
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

/// Where a charge stands.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ChargeStanding {
    /// It is billed when it is due.
    Owed,
    /// It was taken back.
    Withdrawn,
}

impl ChargeStanding {
    const fn word(self) -> &'static str {
        match self {
            Self::Owed => "owed",
            Self::Withdrawn => "withdrawn",
        }
    }
}

list! {
    /// Which charges are listed.
    List by Order Down ["due_at" => Time, "key" => Id] {
        /// Only those that stand so.
        state: Option<ChargeStanding>,
        /// Only those that are due from then on: a day (where the customer is) or an instant.
        from: Option<When>,
        /// Only those that are due before then.
        to: Option<When>,
    }
}

fn add(engine: &Engine, asked: Asked<One, Nothing, Json<NewCharge>>) -> Result<Created<Charge>, Refusal> {
    Ok(Created(engine.charge(asked.path.key.as_str(), asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<One, List, Empty>) -> Paged<Charge> {
    let (List { state, from, to, .. }, customer) = (&asked.query, asked.path.key.as_str());
    let select = asked.select()?.is(Field::State, state.map(ChargeStanding::word));
    let select = select.within(Field::Time, span(engine, Some(customer), (*from, *to))?);
    asked.page(engine.list_charges(customer, &select)?)
}

fn withdraw(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Charge>, Refusal> {
    Ok(Found(engine.withdraw_charge(asked.path.key.as_str())?))
}
