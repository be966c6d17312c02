//! E-mails that were sent, or are to be: what was tried and answered, and sending again.

use super::deliver::{Content, DeliveryState, log_state, not_replayable};
use crate::alerts::{MAILTO, Mail};
use crate::lists::and_one;
use crate::{Engine, EngineError, Listing};
use calendar::Instant;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use store::deliveries::{self, Delivery};
use store::lists::{Condition, Field, Select};

/// Names of recipients are from this one on, and before the next.
const AFTER_MAILTO: &str = "mailto;";

/// An e-mail, as its log shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MailDelivery {
    /// Its id.
    pub id: String,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// What it is about.
    pub object: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Instant>,
    /// What came of the last attempt.
    pub answer: Value,
    /// When it was made.
    pub created_at: Instant,
}

impl Engine {
    /// At most `limit` e-mails before a place (time and id), the newest first; all of them or those to an address.
    pub fn mails(&self, to: Option<&str>, before: (i64, &str), limit: u32) -> Result<Vec<MailDelivery>, EngineError> {
        let found: Vec<Delivery<Content>> = self.store.read(|tx| match to {
            Some(to) => deliveries::of_endpoint(tx, &self.tenant, &format!("{MAILTO}{to}"), before, limit),
            None => deliveries::between(tx, &self.tenant, (MAILTO, AFTER_MAILTO), before, limit),
        })?;
        found.into_iter().map(told).collect()
    }

    /// A part of the e-mails: of all, or of those to an address.
    pub fn list_mails(&self, recipient: Option<&str>, select: &Select) -> Result<Listing<MailDelivery>, EngineError> {
        let name = recipient.map(|recipient| format!("{MAILTO}{recipient}"));
        let mut select = select.clone().is(Field::Endpoint, name.as_deref());
        select.conditions.extend([
            Condition::NotBelow(Field::Endpoint, MAILTO.into()),
            Condition::Below(Field::Endpoint, AFTER_MAILTO.into()),
        ]);
        let found = self.store.read(|tx| deliveries::listed::<Content>(tx, &self.tenant, &and_one(&select)))?;
        Listing::of(found, select.limit).try_map(told)
    }

    /// An e-mail by id.
    pub fn mail(&self, id: &str) -> Result<MailDelivery, EngineError> {
        let found: Option<Delivery<Content>> = self.store.read(|tx| deliveries::find(tx, &self.tenant, id))?;
        let mail = found.filter(|found| found.endpoint.starts_with(MAILTO));
        mail.map_or_else(|| Err(EngineError::no_such("e-mail", id, [])), told)
    }

    /// Sends an e-mail again that was taken or given up.
    pub fn replay_mail(&self, id: &str) -> Result<MailDelivery, EngineError> {
        if self.mail(id)?.state == DeliveryState::Waiting {
            return Err(not_replayable(id));
        }
        self.replay_delivery(id)?;
        self.mail(id)
    }
}

fn told(delivery: Delivery<Content>) -> Result<MailDelivery, EngineError> {
    let instant = |micros| Instant::from_micros(micros).map_err(|error| EngineError::invalid(&error));
    let state = log_state(delivery.state);
    let to = delivery.endpoint.trim_start_matches(MAILTO).to_owned();
    let unreadable = Mail { to: to.clone(), subject: String::new(), text: delivery.body.body.clone() };
    let Mail { subject, text, .. } = serde_json::from_str(&delivery.body.body).unwrap_or(unreadable);
    Ok(MailDelivery {
        id: delivery.id,
        to,
        subject,
        text,
        object: delivery.object,
        state,
        attempts: delivery.attempts,
        next_at: (state == DeliveryState::Waiting).then(|| instant(delivery.next_at)).transpose()?,
        answer: delivery.answer,
        created_at: instant(delivery.created_at)?,
    })
}
