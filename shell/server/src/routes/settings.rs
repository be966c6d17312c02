//! How a tenant bills.

use super::Noun;
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Page, Place, Turn};
use crate::payload::{Empty, Json};
use crate::route::Route;
use engine::{Action, Engine, NewSettings, Resource, SettingsVersion};

pub(super) fn noun() -> Noun {
    Noun {
        name: "settings",
        resource: Resource::Invoices,
        about: "How a tenant bills: who issues, and when corrections are billed. Each change is a version with the time from which it is in force.",
        routes: vec![
            Route::get("/v1/settings", "get_settings", "The settings that are in force", get),
            Route::post("/v1/settings", "set_settings", "Record settings that are in force from now on, or later", set)
                .action(Action::Approve),
            Route::get(
                "/v1/settings/versions",
                "list_settings",
                "Every version of the settings, the newest first; also those that are in force later",
                list,
            ),
        ],
    }
}

fn get(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<SettingsVersion>, Refusal> {
    Ok(Found(engine.settings_at(engine.now())))
}

fn set(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewSettings>>) -> Result<Found<SettingsVersion>, Refusal> {
    Ok(Found(engine.set_settings(&asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, Turn, Empty>) -> Result<Found<Page<SettingsVersion>>, Refusal> {
    let Turn { limit, after } = asked.query;
    let before: i64 = after.map_or(Ok(i64::MAX), |place| place.read())?;
    let history = engine.settings_history();
    let older = history.iter().rev().filter(|known| known.version < before);
    let found: Vec<SettingsVersion> = older.take(limit.items() + 1).copied().collect();
    Ok(Found(Page::of(found, limit, |known| Place::of(&known.version))))
}
