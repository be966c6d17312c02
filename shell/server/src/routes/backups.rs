//! Copies of the data directory, made while it is in use.

use super::Noun;
use super::tenants::by_the_owner_of_all;
use crate::Refusal;
use crate::answer::Created;
use crate::asked::{Asked, Nothing};
use crate::payload::Empty;
use crate::route::{Desk, Route};
use engine::{BackupMade, BackupName, Resource};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "backups",
        resource: Resource::Operations,
        about: "Copies of the data directory, made while it is in use. Where they lie is said when the server is started, never by who asks.",
        routes: vec![
            Route::post_at(
                "/v1/backups",
                "make_backup",
                "Make a backup; the answer comes when it is complete and on the disk",
                make,
            )
            .in_earnest()
            .repeats(),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    /// Its name; the time where it is left out.
    name: Option<BackupName>,
}

fn make(desk: &Desk<'_>, asked: Asked<Nothing, Named, Empty>) -> Result<Created<BackupMade>, Refusal> {
    by_the_owner_of_all(desk)?;
    Ok(Created(desk.platform.backup_named(asked.query.name.as_ref())?))
}
