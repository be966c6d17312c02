//! Corrections of the past.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::Route;
use contracts::When;
use engine::{Action, AddedChanges, Change, Changeset, ChangesetId, ChangesetPreview, Engine, Field, Resource, Thing};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "changesets",
        resource: Resource::Changesets,
        about: "Corrections of usage that belong together: open, add, seal, preview, apply, revert. Applied all at once or not at all; \
                nothing of the past is overwritten.",
        routes: vec![
            Route::post("/v1/changesets", "open_changeset", "Open a changeset", open).makes(Thing::Changeset),
            Route::get("/v1/changesets", "list_changesets", "Changesets, the newest first", list),
            Route::get("/v1/changesets/{id}", "get_changeset", "A changeset", get).versioned(Thing::Changeset, "id"),
            Route::post(
                "/v1/changesets/{id}/changes",
                "add_changes",
                "Add changes; each that cannot be made is told",
                add,
            )
            .versioned(Thing::Changeset, "id"),
            Route::post("/v1/changesets/{id}/seal", "seal_changeset", "Close a changeset for changes", seal)
                .versioned(Thing::Changeset, "id"),
            Route::get(
                "/v1/changesets/{id}/preview",
                "preview_changeset",
                "What a changeset would change, in quantities and in money",
                preview,
            ),
            Route::post("/v1/changesets/{id}/apply", "apply_changeset", "Make all changes, or none", apply)
                .versioned(Thing::Changeset, "id")
                .action(Action::Approve),
            Route::post(
                "/v1/changesets/{id}/revert",
                "revert_changeset",
                "Take all changes back, by as many others",
                revert,
            )
            .versioned(Thing::Changeset, "id")
            .action(Action::Approve),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The changeset's id.
    id: ChangesetId,
}

/// Why the past is changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Because {
    /// What was wrong: it stands in the history of each event.
    pub(super) reason: String,
}

list! {
    /// Which changesets are listed.
    List by Order Down ["created_at" => Time, "id" => Id] {
        /// Only those in this state.
        state: Option<State>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Sealed,
    Applied,
    Reverted,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sealed => "sealed",
            Self::Applied => "applied",
            Self::Reverted => "reverted",
        }
    }
}

fn open(engine: &Engine, asked: Asked<Nothing, Nothing, Json<Because>>) -> Result<Created<Changeset>, Refusal> {
    Ok(Created(engine.open_changeset(&asked.body.0.reason)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Changeset> {
    let List { state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::State, state.map(State::word));
    asked.page(engine.list_changesets(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Changeset>, Refusal> {
    Ok(Found(engine.changeset(asked.path.id)?))
}

fn add(engine: &Engine, asked: Asked<One, Nothing, Json<Vec<Change>>>) -> Result<Found<AddedChanges>, Refusal> {
    Ok(Found(engine.add_to_changeset(asked.path.id, asked.body.0)?))
}

fn seal(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Changeset>, Refusal> {
    Ok(Found(engine.seal_changeset(asked.path.id)?))
}

fn preview(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<ChangesetPreview>, Refusal> {
    Ok(Found(engine.preview_changeset(asked.path.id)?))
}

fn apply(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Changeset>, Refusal> {
    Ok(Found(engine.apply_changeset(asked.path.id)?))
}

fn revert(engine: &Engine, asked: Asked<One, Nothing, Json<Because>>) -> Result<Found<Changeset>, Refusal> {
    Ok(Found(engine.revert_changeset(asked.path.id, &asked.body.0.reason)?))
}
