//! E-mails that were sent, or are to be.

use super::Noun;
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Limit, Page, Place};
use crate::payload::Empty;
use crate::route::Route;
use engine::{Engine, MailDelivery, Resource};
use schemars::JsonSchema;
use serde::Deserialize;

pub(super) fn noun() -> Noun {
    Noun {
        name: "emails",
        resource: Resource::Operations,
        about: "E-mails of alerts: what was tried and what the mail server answered. They are tried as often as webhooks.",
        routes: vec![
            Route::get("/v1/emails", "list_emails", "E-mails, the newest first", list),
            Route::get("/v1/emails/{id}", "get_email", "An e-mail and what became of it", get),
            Route::post("/v1/emails/{id}/replay", "replay_email", "Send an e-mail again", replay),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The e-mail's id.
    id: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only those to this address.
    to: Option<String>,
    /// How many at most.
    #[serde(default)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<Place>,
}

fn list(engine: &Engine, asked: Asked<Nothing, Wanted, Empty>) -> Result<Found<Page<MailDelivery>>, Refusal> {
    let Wanted { to, limit, after } = asked.query;
    let (at, id): (i64, String) = after.map_or(Ok((i64::MAX, String::new())), |place| place.read())?;
    let found = engine.mails(to.as_deref(), (at, &id), limit.and_one())?;
    Ok(Found(Page::of(found, limit, |mail| Place::of(&(mail.created_at.micros(), &mail.id)))))
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<MailDelivery>, Refusal> {
    Ok(Found(engine.mail(&asked.path.id)?))
}

fn replay(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<MailDelivery>, Refusal> {
    Ok(Found(engine.replay_mail(&asked.path.id)?))
}
