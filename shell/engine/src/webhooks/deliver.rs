//! Deliveries: one message to one endpoint, tried until it is taken or given up.

use super::endpoint::{EndpointId, EndpointState, Stored};
use super::sign;
use crate::Mail;
use crate::alerts::MAILTO;
use crate::lists::and_one;
use crate::news::News;
use crate::{Engine, EngineError, Listing};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stdx::Problem;
use store::deliveries::{self, Delivery, State, Tried};
use store::documents::Document;
use store::lists::{Field, Select};
use store::outbox::{self, Message};
use store::{StoreError, Tx};

/// After each attempt that failed, until the next one, in seconds: 75 hours in all, as Standard Webhooks advises.
const WAITS: [i64; 9] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How long whoever took messages or deliveries has them.
const LEASE_MICROS: i64 = 60_000_000;
/// So many messages are handed on in one transaction.
const HANDED_ON: u32 = 500;
/// The header of W3C Trace Context.
const TRACEPARENT: &str = "traceparent";
const SECOND: i64 = 1_000_000;
/// How long messages that were handed on are kept.
const KEPT_MICROS: i64 = 30 * 24 * 3600 * SECOND;
const LONGEST_ANSWER: usize = 500;
/// What a mail server answers when there is nobody of this address: asking again would not help.
const NO_MAILBOX: [u16; 3] = [550, 551, 553];

/// Performs requests and sends mail: the part that touches the network.
pub trait Courier: Send + Sync {
    /// Posts a body; what was answered, or why nothing was.
    fn post(&self, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answered, String>;

    /// Sends an e-mail; what the mail server answered (RFC 5321), or why nothing was.
    fn mail(&self, mail: &Mail) -> Result<Answered, String>;
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status, or the reply code of a mail server.
    pub status: u16,
    /// The beginning of the body.
    pub body: String,
}

/// A delivery, as its log shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct WebhookDelivery {
    /// Its id.
    pub id: String,
    /// The message's id: the same however often it is sent.
    pub message: String,
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
    /// What is sent.
    pub body: Value,
    /// When it was made.
    pub created_at: Instant,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is to be tried.
    Waiting,
    /// The endpoint took it.
    Delivered,
    /// It was given up.
    Failed,
}

impl DeliveryState {
    /// The word by which lists are narrowed.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

/// What is sent, and what it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) message: String,
    /// The bytes that are signed, as text: they are the same at each attempt. Of an e-mail, all of it as JSON.
    pub(crate) body: String,
    /// The trace in which it was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) trace: Option<String>,
}

/// What an attempt came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Attempt {
    at: Instant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    said: String,
}

impl Attempt {
    fn of(answered: Result<Answered, String>, at: Instant) -> Self {
        match answered {
            Ok(Answered { status, body }) => {
                Self { at, status: Some(status), said: body.chars().take(LONGEST_ANSWER).collect() }
            }
            Err(said) => Self { at, status: None, said },
        }
    }
}

impl Engine {
    /// Hands promised messages on to the endpoints that are told of them. How many were handed on.
    pub fn hand_on_messages(&self) -> Result<usize, EngineError> {
        let mut handed = 0;
        loop {
            let now = self.world.now().micros();
            let of_this_time = self.store.write(|tx| {
                let messages: Vec<Message<Value>> = outbox::take(tx, &self.tenant, now, HANDED_ON)?;
                if messages.is_empty() {
                    return Ok(0);
                }
                // an endpoint that was there when a message was promised is there now
                let endpoints = self.endpoints_in(tx)?;
                for message in &messages {
                    self.hand_on(tx, message, &endpoints, now)?;
                }
                Ok::<_, EngineError>(messages.len())
            })?;
            if of_this_time == 0 {
                return Ok(handed);
            }
            handed += of_this_time;
        }
    }

    fn hand_on(
        &self,
        tx: &mut Tx<'_>,
        message: &Message<Value>,
        endpoints: &[Document<Stored>],
        now: i64,
    ) -> Result<(), StoreError> {
        let body = message.body.to_string();
        let told = endpoints.iter().filter(|endpoint| {
            endpoint.body.is_told(&message.topic) && endpoint.body.endpoint.created_at.micros() <= message.created_at
        });
        for endpoint in told {
            let delivery = Delivery {
                id: format!("dlv_{:032x}", uuid::Uuid::now_v7().as_u128()),
                endpoint: endpoint.id.clone(),
                object: message.object.clone(),
                seq: message.seq,
                body: Content { message: message.id.clone(), body: body.clone(), trace: message.trace.clone() },
                state: State::Waiting,
                next_at: now,
                attempts: 0,
                answer: Value::Null,
                created_at: now,
            };
            deliveries::add(tx, &self.tenant, &delivery)?;
        }
        Ok(())
    }

    /// Takes deliveries to an endpoint that are due and first for their object.
    pub(super) fn claim_deliveries(&self, endpoint: &str, limit: u32) -> Result<Vec<Delivery<Content>>, EngineError> {
        let now = self.world.now().micros();
        Ok(self.store.write(|tx| deliveries::claim(tx, &self.tenant, endpoint, now, now + LEASE_MICROS, limit))?)
    }

    pub(super) fn deliver_one(
        &self,
        courier: &dyn Courier,
        delivery: &Delivery<Content>,
        endpoint: Option<&Document<Stored>>,
    ) -> Result<(), EngineError> {
        let at = self.world.now();
        if delivery.endpoint.starts_with(MAILTO) {
            return self.mail_one(courier, delivery, at);
        }
        let Some(endpoint) = endpoint else {
            return self.tried(
                delivery,
                Tried::Failed,
                &Attempt { at, status: None, said: "the endpoint was removed".into() },
            );
        };
        let stored = &endpoint.body;
        let attempt = Attempt::of(self.send(courier, delivery, stored, at), at);
        let outcome = outcome(attempt.status, delivery.attempts, at);
        metrics::counter!("webhook_attempts_total", "outcome" => word(outcome)).increment(1);
        self.tried(delivery, outcome, &attempt)?;
        if outcome == Tried::Failed {
            self.pause(endpoint, &attempt)?;
        }
        Ok(())
    }

    fn mail_one(&self, courier: &dyn Courier, delivery: &Delivery<Content>, at: Instant) -> Result<(), EngineError> {
        let mail = serde_json::from_str::<Mail>(&delivery.body.body).map_err(|error| error.to_string());
        let attempt = Attempt::of(mail.and_then(|mail| courier.mail(&mail)), at);
        let has_no_mailbox = attempt.status.is_some_and(|status| NO_MAILBOX.contains(&status));
        let outcome = if has_no_mailbox { Tried::Failed } else { outcome(attempt.status, delivery.attempts, at) };
        metrics::counter!("mail_attempts_total", "outcome" => word(outcome)).increment(1);
        if outcome != Tried::Delivered {
            let Attempt { status, said, .. } = &attempt;
            tracing::warn!(tenant = %self.tenant, to = delivery.endpoint, status, said, outcome = word(outcome), "an e-mail was not sent");
        }
        self.tried(delivery, outcome, &attempt)
    }

    fn send(
        &self,
        courier: &dyn Courier,
        delivery: &Delivery<Content>,
        stored: &Stored,
        at: Instant,
    ) -> Result<Answered, String> {
        let secrets = self.secrets_of(stored).map_err(|error| error.to_string())?;
        let Content { message, body, trace } = &delivery.body;
        let timestamp = at.micros().div_euclid(SECOND);
        let signature = sign::signatures(&secrets, message, timestamp, body.as_bytes());
        let timestamp = timestamp.to_string();
        let mut headers = vec![
            ("content-type", "application/json"),
            ("webhook-id", message.as_str()),
            ("webhook-timestamp", &timestamp),
            ("webhook-signature", &signature),
        ];
        headers.extend(trace.as_deref().map(|trace| (TRACEPARENT, trace)));
        courier.post(&stored.endpoint.url, &headers, body.as_bytes())
    }

    fn tried(&self, delivery: &Delivery<Content>, outcome: Tried, attempt: &Attempt) -> Result<(), EngineError> {
        let noted = self
            .store
            .write(|tx| deliveries::tried(tx, &self.tenant, &delivery.id, delivery.next_at, outcome, attempt));
        match noted {
            // it took so long that another process has it: that one notes what comes of it
            Err(store::StoreError::Conflict) => Ok(()),
            noted => Ok(noted?),
        }
    }

    /// An endpoint that took nothing for three days, or said that it is gone, is not asked any more.
    fn pause(&self, endpoint: &Document<Stored>, last: &Attempt) -> Result<(), EngineError> {
        let mut stored = endpoint.body.clone();
        let status = last.status.map_or_else(|| "nothing".to_owned(), |status| status.to_string());
        let why = format!("a message was given up; the last answer was {status}: {}", last.said);
        tracing::warn!(endpoint = %stored.endpoint.id, url = stored.endpoint.url, why, "a webhook endpoint is paused");
        stored.endpoint.state = EndpointState::Paused { at: last.at, why };
        match self.save_endpoint("webhook.pause", &stored, endpoint.version) {
            // somebody changed it in the meantime, and knows better
            Err(EngineError::Conflict(_)) => Ok(()),
            done => done,
        }
    }

    /// Sends a delivery again that was taken or given up.
    pub fn replay_delivery(&self, id: &str) -> Result<(), EngineError> {
        let now = self.world.now().micros();
        self.store.write(|tx| deliveries::replay(tx, &self.tenant, id, now)).map_err(|error| {
            if error != store::StoreError::Conflict {
                return error.into();
            }
            not_replayable(id)
        })?;
        self.bell.ring(&self.tenant, News::Messages);
        Ok(())
    }

    /// At most `limit` deliveries to an endpoint before a place (time and id), the newest first.
    pub fn deliveries(
        &self,
        endpoint: EndpointId,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<WebhookDelivery>, EngineError> {
        let id = endpoint.to_string();
        let found: Vec<Delivery<Content>> =
            self.store.read(|tx| deliveries::of_endpoint(tx, &self.tenant, &id, before, limit))?;
        found.into_iter().map(told).collect()
    }

    /// A part of the deliveries to an endpoint.
    pub fn list_deliveries(
        &self,
        endpoint: EndpointId,
        select: &Select,
    ) -> Result<Listing<WebhookDelivery>, EngineError> {
        let select = select.clone().is(Field::Endpoint, Some(&self.endpoint(endpoint)?.id.to_string()));
        let found = self.store.read(|tx| deliveries::listed::<Content>(tx, &self.tenant, &and_one(&select)))?;
        Listing::of(found, select.limit).try_map(told)
    }

    /// Forgets what was handed on a month ago.
    pub fn forget_messages(&self) -> Result<usize, EngineError> {
        let before = self.world.now().micros().saturating_sub(KEPT_MICROS);
        Ok(self.store.write(|tx| outbox::forget(tx, &self.tenant, before))?)
    }
}

fn told(delivery: Delivery<Content>) -> Result<WebhookDelivery, EngineError> {
    let instant = |micros| Instant::from_micros(micros).map_err(|error| EngineError::invalid(&error));
    let state = log_state(delivery.state);
    Ok(WebhookDelivery {
        id: delivery.id,
        message: delivery.body.message,
        object: delivery.object,
        state,
        attempts: delivery.attempts,
        next_at: (state == DeliveryState::Waiting).then(|| instant(delivery.next_at)).transpose()?,
        answer: delivery.answer,
        body: serde_json::from_str(&delivery.body.body).unwrap_or_default(),
        created_at: instant(delivery.created_at)?,
    })
}

/// What follows from an answer: any 2xx takes the message, 410 wants no more, everything else is tried again as long as there are waits.
fn outcome(status: Option<u16>, attempts: i64, at: Instant) -> Tried {
    match status {
        Some(200..=299) => Tried::Delivered,
        Some(410) => Tried::Failed,
        Some(_) | None => {
            let wait = usize::try_from(attempts - 1).ok().and_then(|place| WAITS.get(place));
            wait.map_or(Tried::Failed, |seconds| Tried::Again(at.micros() + seconds * SECOND))
        }
    }
}

const fn word(outcome: Tried) -> &'static str {
    match outcome {
        Tried::Delivered => "delivered",
        Tried::Again(_) => "again",
        Tried::Failed => "failed",
    }
}

pub(super) const fn log_state(state: State) -> DeliveryState {
    match state {
        State::Waiting => DeliveryState::Waiting,
        State::Delivered => DeliveryState::Delivered,
        State::Failed => DeliveryState::Failed,
    }
}

pub(super) fn not_replayable(id: &str) -> EngineError {
    EngineError::Conflict(
        Problem::new("not_replayable", "This delivery is not sent again")
            .detail(format!("there is no delivery `{id}`, or it is still waiting to be sent"))
            .mend("look at the deliveries of the endpoint"),
    )
}
