//! Who did what.

use super::{Noun, span};
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::Empty;
use crate::route::Route;
use contracts::When;
use engine::{AuditEntry, AuditFilter, Engine, Field, Resource};

pub(super) fn noun() -> Noun {
    Noun {
        name: "audit",
        resource: Resource::Audit,
        about: "Who did what, to what, when and why. Entries are never changed or removed.",
        routes: vec![Route::get("/v1/audit", "list_audit", "The audit log, the oldest entry first", list)],
    }
}

list! {
    /// Which entries of the log are listed.
    List by Order Up ["at" => Time, "id" => Id] {
        /// Only those about this kind of thing.
        kind: Option<String>,
        /// Only those about the thing of this key or id.
        object: Option<String>,
        /// Only those that say that this was done: `customer.add`.
        action: Option<String>,
        /// Only those of what was done by whoever has this id.
        actor: Option<String>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<AuditEntry> {
    let List { kind, object, action, actor, from, to, .. } = &asked.query;
    let filter = AuditFilter {
        kind: kind.as_deref(),
        object: object.as_deref(),
        action: action.as_deref(),
        actor: actor.as_deref(),
    };
    let select = asked.select()?.within(Field::Time, span(engine, None, (*from, *to))?);
    asked.page(engine.list_audit(&filter, &select)?)
}
