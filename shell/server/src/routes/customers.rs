//! Buyers.

use super::{Noun, zone_of};
use crate::Refusal;
use crate::answer::{Created, Found, Told};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use crate::routes::entities::same_key;
use crate::routes::invoices::Form;
use billing::{BillPlan, Invoice, InvoiceId, render_invoice};
use contracts::{Customer, Entity, When};
use engine::{Engine, Resource, Thing, UsageToDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

const REFERENCES: &[Reference] = &[to(Expand::Entity, "entity")];

pub(super) fn noun() -> Noun {
    Noun {
        name: "customers",
        resource: Resource::Customers,
        about: "Buyers. Events name a customer by its key, as their `subject`.",
        routes: vec![
            Route::post("/v1/customers", "add_customer", "Add a customer", add).makes(Thing::Customer),
            Route::get("/v1/customers", "list_customers", "All customers, by key", list).expands(REFERENCES),
            Route::get("/v1/customers/{key}", "get_customer", "A customer", get)
                .versioned(Thing::Customer, "key")
                .expands(REFERENCES)
                .portal(Portal::Path("key")),
            Route::post("/v1/customers/{key}", "change_customer", "Say anew what is known of a customer", change)
                .versioned(Thing::Customer, "key"),
            Route::get(
                "/v1/customers/{key}/preview",
                "preview_invoice",
                "The upcoming invoice with the usage so far, with the explanation of each line",
                preview,
            )
            .portal(Portal::Path("key")),
            Route::get(
                "/v1/customers/{key}/usage",
                "get_usage_to_date",
                "How much a customer has used so far in each open billing period",
                to_date,
            )
            .expands(&[to(Expand::Subscription, "usage.*.subscription")])
            .portal(Portal::Path("key")),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The customer's key.
    key: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Preview {
    /// Up to when what is due counts; the next due date when it is left out. A day is meant where the customer is.
    as_of: Option<When>,
    /// How it is shown.
    #[serde(default)]
    r#as: Form,
}

/// Usage in the open billing periods.
#[derive(Debug, Serialize, JsonSchema)]
struct ToDate {
    /// One for each price that counts usage.
    usage: Vec<UsageToDate>,
}

list! {
    /// Which customers are listed.
    List by Order Up ["key" => Id] {
        /// Only those to whom this legal entity sells.
        entity: Option<Key>,
    }
}

fn to_date(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<ToDate>, Refusal> {
    Ok(Found(ToDate { usage: engine.usage_to_date(asked.path.key.as_str())? }))
}

fn add(engine: &Engine, asked: Asked<Nothing, Nothing, Json<Customer>>) -> Result<Created<Customer>, Refusal> {
    Ok(Created(engine.add_customer(asked.body.0)?))
}

fn change(engine: &Engine, asked: Asked<One, Nothing, Json<Customer>>) -> Result<Found<Customer>, Refusal> {
    let customer = asked.body.0;
    same_key(&asked.path.key, &customer.key)?;
    Ok(Found(engine.change_customer(customer)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Customer> {
    let entity = asked.query.entity.as_ref().map(Key::as_str);
    asked.page(engine.list_customers(entity, &asked.select()?)?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Customer>, Refusal> {
    Ok(Found(engine.customer(asked.path.key.as_str())?))
}

fn preview(engine: &Engine, asked: Asked<One, Preview, Empty>) -> Result<Told<BillPlan>, Refusal> {
    let key = asked.path.key.as_str();
    let zone = zone_of(engine, Some(key))?;
    let entity = engine.customer(key)?.entity.unwrap_or_else(|| Entity::unnamed().key);
    let plan = engine.preview(key, asked.query.as_of.map(|when| when.instant(&zone)))?;
    Ok(match asked.query.r#as {
        Form::Json => Told::Json(Box::new(plan)),
        Form::Text => {
            let draft =
                |document| Invoice::draft(InvoiceId::from_u128(0), entity.clone(), plan.customer.clone(), document);
            let texts: Vec<String> =
                plan.documents.iter().map(|one| render_invoice(&draft(one.clone()), &zone)).collect();
            Told::Text(if texts.is_empty() { "nothing is due".into() } else { texts.join("\n\n") } + "\n")
        }
    })
}
