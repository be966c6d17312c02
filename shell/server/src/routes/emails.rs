//! E-mails that were sent, or are to be.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::Empty;
use crate::route::Route;
use contracts::When;
use engine::{DeliveryState, Engine, Field, MailDelivery, Resource};
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

list! {
    /// Which e-mails are listed.
    List by Order Down ["created_at" => Time, "id" => Id] {
        /// Only those to this address.
        recipient: Option<String>,
        /// Only those that stand so.
        state: Option<DeliveryState>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<MailDelivery> {
    let List { recipient, state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::State, state.map(DeliveryState::word));
    let select = select.within(Field::Time, span(engine, None, (*from, *to))?);
    asked.page(engine.list_mails(recipient.as_deref(), &select)?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<MailDelivery>, Refusal> {
    Ok(Found(engine.mail(&asked.path.id)?))
}

fn replay(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<MailDelivery>, Refusal> {
    Ok(Found(engine.replay_mail(&asked.path.id)?))
}
