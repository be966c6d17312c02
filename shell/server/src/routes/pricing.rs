//! What is offered.

use super::Noun;
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::payload::{Empty, Pricing};
use crate::route::Route;
use catalog::{Catalog, Change};
use engine::{Action, Applied, Engine, Resource, Thing};
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "pricing",
        resource: Resource::Pricing,
        about: "What is offered: meters, features, products, units and plans with their prices, in versions.",
        routes: vec![
            Route::get("/v1/pricing", "get_pricing", "The newest version of the pricing", offered).only(Thing::Pricing),
            Route::post("/v1/pricing", "apply_pricing", "Record a pricing file as the new version in force", apply)
                .only(Thing::Pricing)
                .action(Action::Approve),
            Route::post(
                "/v1/pricing/plan",
                "plan_pricing",
                "What a pricing file would change; nothing is recorded",
                plan,
            )
            .in_earnest()
            .action(Action::Read),
            Route::get(
                "/v1/pricing/schema",
                "get_pricing_schema",
                "The JSON Schema of pricing files, for editors",
                schema,
            ),
        ],
    }
}

/// A version of the catalog.
#[derive(Debug, Serialize, JsonSchema)]
struct Offer {
    /// Its number.
    version: u32,
    /// What is offered.
    catalog: Catalog,
}

/// What would change.
#[derive(Debug, Serialize, JsonSchema)]
struct Planned {
    /// Resource by resource; empty when the file says what is in force already.
    changes: Vec<Change>,
}

fn offered(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<Offer>, Refusal> {
    let (version, catalog) = engine.newest_catalog()?;
    Ok(Found(Offer { version, catalog }))
}

fn apply(engine: &Engine, asked: Asked<Nothing, Nothing, Pricing>) -> Result<Found<Applied>, Refusal> {
    Ok(Found(engine.apply_pricing(&asked.body.0)?))
}

fn plan(engine: &Engine, asked: Asked<Nothing, Nothing, Pricing>) -> Result<Found<Planned>, Refusal> {
    Ok(Found(Planned { changes: engine.plan_pricing(&asked.body.0) }))
}

fn schema(_: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<serde_json::Value>, Refusal> {
    Ok(Found(catalog::schema()))
}
