//! Who did what.

use super::Noun;
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Limit, Page, Place};
use crate::payload::Empty;
use crate::route::Route;
use engine::{AuditEntry, Engine, Resource};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "audit",
        resource: Resource::Audit,
        about: "Who did what, to what, when and why. Entries are never changed or removed.",
        routes: vec![Route::get("/v1/audit", "list_audit", "The audit log, the oldest entry first", list)],
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// How many at most.
    #[serde(default)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<Place>,
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Result<Found<Page<AuditEntry>>, Refusal> {
    let List { limit, after } = asked.query;
    let after: String = after.map_or(Ok(String::new()), |place| place.read())?;
    let entries = engine.audit(&after, limit.and_one())?;
    Ok(Found(Page::of(entries, limit, |entry| Place::of(&entry.id))))
}
