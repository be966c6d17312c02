//! Who did what.

use super::Noun;
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Page, Place, Turn};
use crate::payload::Empty;
use crate::route::Route;
use engine::{AuditEntry, Engine, Resource};

pub(super) fn noun() -> Noun {
    Noun {
        name: "audit",
        resource: Resource::Audit,
        about: "Who did what, to what, when and why. Entries are never changed or removed.",
        routes: vec![Route::get("/v1/audit", "list_audit", "The audit log, the oldest entry first", list)],
    }
}

fn list(engine: &Engine, asked: Asked<Nothing, Turn, Empty>) -> Result<Found<Page<AuditEntry>>, Refusal> {
    let Turn { limit, after } = asked.query;
    let after: String = after.map_or(Ok(String::new()), |place| place.read())?;
    let entries = engine.audit(&after, limit.and_one())?;
    Ok(Found(Page::of(entries, limit, |entry| Place::of(&entry.id))))
}
