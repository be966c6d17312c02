//! How a tenant bills.

use super::Noun;
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::Route;
use engine::{Action, At, Engine, Mark, NewSettings, Resource, SettingsVersion};

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

list! {
    /// Versions have one order.
    List by Order Down ["version" => Id] {}
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<SettingsVersion> {
    let place = |known: &SettingsVersion| At(Mark::Number(known.version), Mark::Number(known.version));
    asked.page_of(engine.settings_history().to_vec(), place)
}
