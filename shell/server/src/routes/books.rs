//! The books.

use super::{Noun, zone_of};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Limit, Page, Place};
use crate::payload::Empty;
use crate::route::Route;
use contracts::When;
use engine::{BooksAt, Engine, JournalEntry, Resource};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "books",
        resource: Resource::Books,
        about: "Balanced entries, written once, and the balances that follow from them.",
        routes: vec![
            Route::get("/v1/journal", "list_journal", "The journal, in the order in which it was written", journal),
            Route::get("/v1/balances", "get_balances", "What stands on each account", balances),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Skim {
    /// How many entries at most.
    #[serde(default)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<Place>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct At {
    /// Entries that are true before this day (in UTC) or instant count; all up to now when it is left out.
    before: Option<When>,
}

fn journal(engine: &Engine, asked: Asked<Nothing, Skim, Empty>) -> Result<Found<Page<JournalEntry>>, Refusal> {
    let Skim { limit, after } = asked.query;
    let after: i64 = after.map_or(Ok(0), |place| place.read())?;
    let entries = engine.journal(after, limit.and_one())?;
    Ok(Found(Page::of(entries, limit, |entry| Place::of(&entry.seq))))
}

fn balances(engine: &Engine, asked: Asked<Nothing, At, Empty>) -> Result<Found<BooksAt>, Refusal> {
    let zone = zone_of(engine, None)?;
    let now = engine.now();
    // what is true now counts
    let just_after = now.plus_micros(1).unwrap_or(now);
    Ok(Found(engine.balances(asked.query.before.map_or(just_after, |when| when.instant(&zone)))?))
}
