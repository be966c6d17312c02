//! Endpoints: addresses that are told.

use super::{Topic, sign};
use crate::audit::{Deed, Kept};
use crate::secret::{Belongs, Sealed};
use crate::{Engine, EngineError};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use stdx::{NonEmpty, Problem};
use store::Tx;
use store::documents::{self, Cursor, Document, Which};

pub(super) const KIND: &str = "webhook_endpoint";
const SECRET: usize = 32;
/// How long messages are also signed with the secret before.
const OVERLAP_MICROS: i64 = 24 * 3_600_000_000;

stdx::typed_id!(
    /// An endpoint.
    EndpointId, "whe"
);

/// An address that is told what happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where messages are sent.
    pub url: String,
    /// What it is told; everything when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub topics: BTreeSet<Topic>,
    /// Whether it is told.
    pub state: EndpointState,
    /// When it was added.
    pub created_at: Instant,
}

/// Whether an endpoint is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum EndpointState {
    /// It is told.
    Open,
    /// Messages wait until it is opened again.
    Paused {
        /// Since when.
        at: Instant,
        /// Why: what somebody said, or what it answered for days.
        why: String,
    },
}

/// An endpoint that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEndpoint {
    /// Where messages are sent: `https://…`.
    pub url: String,
    /// What it is told; everything when left out.
    #[serde(default)]
    pub topics: BTreeSet<Topic>,
}

/// What is changed of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndpointChange {
    /// Another address.
    #[serde(default)]
    pub url: Option<String>,
    /// What it is told.
    #[serde(default)]
    pub topics: Option<BTreeSet<Topic>>,
    /// Pauses it, with this reason. An empty reason opens it again, and what waits is sent.
    #[serde(default)]
    pub pause: Option<String>,
}

/// An endpoint with its secret, which is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct IssuedEndpoint {
    /// The secret with which messages are signed: `whsec_…`.
    pub secret: String,
    /// The endpoint.
    pub endpoint: Endpoint,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(flatten)]
    pub endpoint: Endpoint,
    sealed: Sealed,
    /// The secret before it was rotated, and until when messages are also signed with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<(Sealed, Instant)>,
}

impl Stored {
    pub(super) fn is_told(&self, topic: &str) -> bool {
        self.endpoint.topics.is_empty() || self.endpoint.topics.iter().any(|told| told.word() == topic)
    }
}

pub(super) fn document(stored: &Stored, version: i64) -> Document<&Stored> {
    Document {
        id: stored.endpoint.id.to_string(),
        customer: None,
        status: match stored.endpoint.state {
            EndpointState::Open => "open",
            EndpointState::Paused { .. } => "paused",
        }
        .into(),
        sort_at: stored.endpoint.created_at.micros(),
        version,
        body: stored,
    }
}

pub(super) fn deed<'a>(action: &'static str, id: &'a str) -> Deed<'a> {
    Deed { action, kept: Kept::Secret, kind: KIND, id }
}

fn checked(url: String) -> Result<String, EngineError> {
    let host = url
        .strip_prefix("https://")
        .or(url.strip_prefix("http://"))
        .and_then(|rest| rest.split(['/', '?', '#']).next());
    // a name and password in an address end up in logs
    if host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
        && url.len() <= 2000
        && url.chars().all(|c| c.is_ascii_graphic())
    {
        return Ok(url);
    }
    let problem = Problem::new("invalid_endpoint", "This cannot be told anything")
        .detail(format!("`{url}` is not an address that begins with https:// or http:// and has no password in it"))
        .at("/url")
        .mend("write it as https://example.com/hooks/billing");
    Err(EngineError::Invalid(NonEmpty::of(problem)))
}

impl Engine {
    /// Adds an endpoint, which is told what happens from now on.
    pub fn add_endpoint(&self, new: NewEndpoint) -> Result<IssuedEndpoint, EngineError> {
        let endpoint = Endpoint {
            id: EndpointId::from_u128(uuid::Uuid::now_v7().as_u128()),
            url: checked(new.url)?,
            topics: new.topics,
            state: EndpointState::Open,
            created_at: self.world.now(),
        };
        let (secret, sealed) = self.new_secret(&endpoint)?;
        let stored = Stored { endpoint, sealed, before: None };
        let name = stored.endpoint.id.to_string();
        self.write(deed("webhook.add", &name), |tx| {
            Ok(documents::insert(tx, &self.tenant, KIND, &document(&stored, 1))?)
        })?;
        Ok(IssuedEndpoint { secret, endpoint: stored.endpoint })
    }

    fn new_secret(&self, endpoint: &Endpoint) -> Result<(String, Sealed), EngineError> {
        let mut secret = [0; SECRET];
        getrandom::fill(&mut secret).map_err(|error| {
            EngineError::Failed(Problem::new("no_randomness", "There are no random numbers").detail(error.to_string()))
        })?;
        let id = endpoint.id.to_string();
        let belongs = Belongs { tenant: &self.tenant, kind: KIND, id: &id };
        Ok((sign::written(&secret), Sealed::seal(self.secret_key.as_ref(), belongs, &secret)?))
    }

    /// The secrets with which messages are signed now.
    pub(super) fn secrets_of(&self, stored: &Stored) -> Result<Vec<Vec<u8>>, EngineError> {
        let id = stored.endpoint.id.to_string();
        let belongs = Belongs { tenant: &self.tenant, kind: KIND, id: &id };
        let now = self.world.now();
        let before = stored.before.as_ref().filter(|(_, until)| now < *until).map(|(secret, _)| secret);
        [&stored.sealed]
            .into_iter()
            .chain(before)
            .map(|secret| secret.open(self.secret_key.as_ref(), belongs))
            .collect()
    }

    /// Gives an endpoint another secret. For a day messages are signed with the one before, too.
    pub fn rotate_endpoint(&self, id: EndpointId) -> Result<IssuedEndpoint, EngineError> {
        let Document { body: mut stored, version, .. } = self.find_endpoint(id)?;
        let (secret, sealed) = self.new_secret(&stored.endpoint)?;
        let until = self.world.now().plus_micros(OVERLAP_MICROS).map_err(|error| EngineError::invalid(&error))?;
        stored.before = Some((std::mem::replace(&mut stored.sealed, sealed), until));
        self.save_endpoint("webhook.rotate", &stored, version)?;
        Ok(IssuedEndpoint { secret, endpoint: stored.endpoint })
    }

    /// Changes, pauses or opens an endpoint.
    pub fn change_endpoint(&self, id: EndpointId, change: EndpointChange) -> Result<Endpoint, EngineError> {
        let Document { body: mut stored, version, .. } = self.find_endpoint(id)?;
        if let Some(url) = change.url {
            stored.endpoint.url = checked(url)?;
        }
        stored.endpoint.topics = change.topics.unwrap_or(stored.endpoint.topics);
        stored.endpoint.state = match change.pause {
            None => stored.endpoint.state,
            Some(why) if why.trim().is_empty() => EndpointState::Open,
            Some(why) => EndpointState::Paused { at: self.world.now(), why },
        };
        self.save_endpoint("webhook.change", &stored, version)?;
        Ok(stored.endpoint)
    }

    /// Removes an endpoint. What was not delivered to it is not.
    pub fn remove_endpoint(&self, id: EndpointId) -> Result<Endpoint, EngineError> {
        let Document { body: stored, version, .. } = self.find_endpoint(id)?;
        let name = id.to_string();
        self.write(deed("webhook.remove", &name), |tx| Ok(documents::delete(tx, &self.tenant, KIND, &name, version)?))?;
        Ok(stored.endpoint)
    }

    pub(super) fn save_endpoint(&self, action: &'static str, stored: &Stored, version: i64) -> Result<(), EngineError> {
        let name = stored.endpoint.id.to_string();
        self.write(deed(action, &name), |tx| {
            Ok(documents::update(tx, &self.tenant, KIND, &document(stored, version)).map(drop)?)
        })
    }

    pub(super) fn find_endpoint(&self, id: EndpointId) -> Result<Document<Stored>, EngineError> {
        let found = self.store.read(|tx| documents::find::<Stored>(tx, &self.tenant, KIND, &id.to_string()))?;
        found.ok_or_else(|| EngineError::no_such("webhook endpoint", &id.to_string(), []))
    }

    /// An endpoint by id.
    pub fn endpoint(&self, id: EndpointId) -> Result<Endpoint, EngineError> {
        Ok(self.find_endpoint(id)?.body.endpoint)
    }

    /// At most `limit` endpoints after a place, the newest first.
    pub fn endpoints(&self, after: &Cursor, limit: u32) -> Result<Vec<Document<Endpoint>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, Which::All, after, limit))?)
    }

    pub(super) fn all_endpoints(&self) -> Result<Vec<Document<Stored>>, EngineError> {
        self.store.read(|tx| self.endpoints_in(tx))
    }

    pub(super) fn endpoints_in(&self, tx: &mut Tx<'_>) -> Result<Vec<Document<Stored>>, EngineError> {
        // a tenant has a handful; more than a page of them would be a mistake that is worth seeing
        const PAGE: u32 = 500;
        Ok(documents::page(tx, &self.tenant, KIND, Which::All, &Cursor::start(), PAGE)?)
    }
}
