//! Files that are written on request and downloaded.

use super::Noun;
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::file::Sent;
use crate::payload::{Empty, Json};
use crate::route::{Desk, Route};
use engine::{AccessError, ExportView, Exported, NewExport, Resource};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "exports",
        resource: Resource::Operations,
        about: "Usage, invoices, the journal or customers as a file, written by a job and kept for seven days. Who may read a thing may export it: \
                `events:read` for usage, `invoices:read`, `books:read`, `customers:read`.",
        routes: vec![
            Route::post_at("/v1/exports", "ask_for_export", "Ask for a file", ask).any_token(),
            Route::get_at("/v1/exports/{id}", "get_export", "An export: how far its job is, and its file", get)
                .any_token(),
            Route::get_at(
                "/v1/exports/{id}/file",
                "download_export",
                "The file of an export; with `Range` a part of it",
                download,
            )
            .any_token(),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The id of the export's job.
    id: String,
}

/// Whoever may read what is exported; customers see their own things elsewhere.
fn may(desk: &Desk<'_>, what: Exported) -> Result<(), Refusal> {
    if desk.who.customer.is_some() {
        return Err(AccessError::NotForCustomers.into());
    }
    Ok(desk.who.may(what.needs())?)
}

fn ask(desk: &Desk<'_>, asked: Asked<Nothing, Nothing, Json<NewExport>>) -> Result<Created<ExportView>, Refusal> {
    may(desk, asked.body.0.what)?;
    Ok(Created(desk.engine.ask_for_export(asked.body.0)?))
}

fn get(desk: &Desk<'_>, asked: Asked<One, Nothing, Empty>) -> Result<Found<ExportView>, Refusal> {
    let found = desk.engine.export_view(&asked.path.id)?;
    may(desk, found.export.what)?;
    Ok(Found(found))
}

fn download(desk: &Desk<'_>, asked: Asked<One, Nothing, Empty>) -> Result<Sent, Refusal> {
    may(desk, desk.engine.export_view(&asked.path.id)?.export.what)?;
    Sent::open(desk.engine.open_export(&asked.path.id)?, desk.range)
}
