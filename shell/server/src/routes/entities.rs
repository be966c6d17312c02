//! Who sells.

use super::Noun;
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::Route;
use contracts::Entity;
use engine::{At, Engine, EngineError, Mark, Resource, Thing};
use schemars::JsonSchema;
use serde::Deserialize;
use stdx::{Key, NonEmpty, Problem};

pub(super) fn noun() -> Noun {
    Noun {
        name: "entities",
        resource: Resource::Books,
        about: "Legal entities: whose name is on the documents, whose numbers they have, and whose taxes are charged.",
        routes: vec![
            Route::get("/v1/entities", "list_entities", "Every legal entity, by key", list),
            Route::get("/v1/entities/{key}", "get_entity", "A legal entity", get).versioned(Thing::Entity, "key"),
            Route::post("/v1/entities/{key}", "set_entity", "Add a legal entity, or say it anew", set)
                .versioned(Thing::Entity, "key"),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The entity's key.
    key: Key,
}

list! {
    /// Legal entities have one order.
    List by Order Up ["key" => Id] {}
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Entity> {
    let place = |one: &Entity| At(Mark::Text(one.key.to_string()), Mark::Text(one.key.to_string()));
    asked.page_of(engine.entities()?, place)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Entity>, Refusal> {
    Ok(Found(engine.entity(&asked.path.key)?))
}

fn set(engine: &Engine, asked: Asked<One, Nothing, Json<Entity>>) -> Result<Found<Entity>, Refusal> {
    let entity = asked.body.0;
    same_key(&asked.path.key, &entity.key)?;
    Ok(Found(engine.set_entity(entity)?))
}

/// What is named in the path is what the body says.
pub(super) fn same_key(path: &Key, body: &Key) -> Result<(), Refusal> {
    if path == body {
        return Ok(());
    }
    let problem = Problem::new("key_differs", "Path and body name different things")
        .detail(format!("the path names `{path}`, the body `{body}`"))
        .at("/key")
        .mend("name the same in both");
    Err(EngineError::Invalid(NonEmpty::of(problem)).into())
}
