//! Tokens: secrets that name a tenant and what may be done there. Only hashes of them are kept.
//!
//! A token is `cf_TENANT_IDSECRET`: 12 hexadecimal digits by which it is found, 40 that are the secret. The secret is random and long, so
//! that a plain SHA-256 of it can be kept.

use super::{Permission, Role};
use crate::audit::{Deed, Kept};
use crate::{ActorKind, Engine, EngineError};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use stdx::{Key, NonEmpty, Problem};
use store::documents::{self, Cursor, Document, Which};
use subtle::ConstantTimeEq;

pub(super) const KIND: &str = "token";
const ID_DIGITS: usize = 12;
const SECRET_DIGITS: usize = 40;
/// How long the secret before the last one is good, unless another time is asked for.
const OVERLAP_MICROS: i64 = 24 * 3_600_000_000;

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// An API key of a program.
    Key,
    /// A person who signed in.
    Session,
    /// A customer, who sees what is theirs.
    Portal,
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Token {
    /// Its id: a part of the token itself, which may be shown.
    pub id: String,
    /// What it is for.
    pub kind: TokenKind,
    /// What people call it; of a session, the user's e-mail address.
    pub name: String,
    /// Sets of permissions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub roles: BTreeSet<Role>,
    /// Single permissions.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub permissions: BTreeSet<Permission>,
    /// The only customer whose things are seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// Who knows its secret, of an API key: the people behind whoever made it or gave it another secret. A key that was made on the
    /// server's machine stands for a person by itself.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub people: BTreeSet<String>,
    /// When it was made.
    pub created_at: Instant,
    /// From when on it is no longer good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
    /// Since when it is no longer good, because somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Instant>,
    /// When it was used last, to about a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Instant>,
}

impl Token {
    /// The people behind it. Nobody where that is not known: a customer's, and a key that was made before it was noted.
    pub(super) fn people(&self) -> BTreeSet<String> {
        match self.kind {
            TokenKind::Key => self.people.clone(),
            TokenKind::Session => [format!("user:{}", self.name)].into(),
            TokenKind::Portal => BTreeSet::new(),
        }
    }
}

/// A token that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What people call it.
    pub name: String,
    /// Sets of permissions.
    #[serde(default)]
    pub roles: BTreeSet<Role>,
    /// Single permissions, such as `events:write`.
    #[serde(default)]
    pub permissions: BTreeSet<Permission>,
    /// From when on it is no longer good; never when absent.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

/// A token with its secret, which is told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IssuedToken {
    /// The whole token: send it as `Authorization: Bearer …`. It is not kept, and cannot be shown again.
    pub secret: String,
    /// What it is and may do.
    pub token: Token,
}

/// A token as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(flatten)]
    pub token: Token,
    /// SHA-256 of the secret, in hexadecimal.
    hash: String,
    /// The hash before it was rotated, and until when that secret is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<(String, Instant)>,
}

impl Stored {
    /// Whether a secret is the token's, now or until a rotation is over.
    pub(super) fn is_secret(&self, secret: &str, now: Instant) -> bool {
        let hash = hash(secret);
        let is = |kept: &str| bool::from(kept.as_bytes().ct_eq(hash.as_bytes()));
        is(&self.hash) || self.before.as_ref().is_some_and(|(kept, until)| now < *until && is(kept))
    }

    /// Until when it is good with this secret, if it ends.
    pub(super) fn good_until(&self, secret: &str) -> Option<Instant> {
        let rotated = self.before.as_ref().filter(|_| self.hash != hash(secret)).map(|(_, until)| *until);
        self.token.expires_at.into_iter().chain(rotated).min()
    }

    /// Whether the token is good.
    pub(super) fn is_good(&self, now: Instant) -> bool {
        self.token.revoked_at.is_none() && self.token.expires_at.is_none_or(|end| now < end)
    }
}

/// A token taken apart: tenant, id, secret.
pub(super) fn parts(token: &str) -> Option<(Key, &str, &str)> {
    let (tenant, rest) = token.strip_prefix("cf_")?.rsplit_once('_')?;
    let (id, secret) = rest.split_at_checked(ID_DIGITS)?;
    let hexadecimal = rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    (hexadecimal && secret.len() == SECRET_DIGITS).then_some((Key::try_from(tenant).ok()?, id, secret))
}

pub(super) fn hash(secret: &str) -> String {
    hexadecimal(&Sha256::digest(secret.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// So many digits that nobody can guess.
pub(super) fn random(digits: usize) -> Result<String, EngineError> {
    let mut bytes = vec![0; digits / 2];
    getrandom::fill(&mut bytes).map_err(|error| {
        EngineError::Failed(Problem::new("no_randomness", "There are no random numbers").detail(error.to_string()))
    })?;
    Ok(hexadecimal(&bytes))
}

pub(super) fn document(stored: &Stored, version: i64) -> Document<&Stored> {
    let status = if stored.token.revoked_at.is_some() { "revoked" } else { "open" };
    Document {
        id: stored.token.id.clone(),
        customer: stored.token.customer.as_ref().map(Key::to_string),
        status: status.into(),
        sort_at: stored.token.created_at.micros(),
        version,
        body: stored,
    }
}

fn deed<'a>(action: &'static str, id: &'a str) -> Deed<'a> {
    Deed { action, kept: Kept::Secret, kind: KIND, id }
}

impl Engine {
    /// Makes an API key.
    pub fn create_key(&self, new: NewToken) -> Result<IssuedToken, EngineError> {
        let NewToken { name, roles, permissions, expires_at } = new;
        if roles.is_empty() && permissions.is_empty() {
            let problem = Problem::new("useless_key", "The key could do nothing")
                .detail("neither a role nor a permission is named")
                .mend("name `roles`, `permissions` or both");
            return Err(EngineError::Invalid(NonEmpty::of(problem)));
        }
        let token = Token { roles, permissions, expires_at, ..self.new_token(TokenKind::Key, name)? };
        let people = self.people_behind(&token.id)?;
        self.issue_token(Token { people, ..token })
    }

    /// Makes a token with which a customer sees what is theirs, and nothing else.
    pub fn create_portal_token(&self, customer: &str, expires_at: Instant) -> Result<IssuedToken, EngineError> {
        let customer = self.customer(customer)?;
        let token = self.new_token(TokenKind::Portal, customer.key.to_string())?;
        self.issue_token(Token { customer: Some(customer.key), expires_at: Some(expires_at), ..token })
    }

    pub(super) fn new_token(&self, kind: TokenKind, name: String) -> Result<Token, EngineError> {
        Ok(Token {
            id: random(ID_DIGITS)?,
            kind,
            name,
            roles: BTreeSet::new(),
            permissions: BTreeSet::new(),
            customer: None,
            people: BTreeSet::new(),
            created_at: self.world.now(),
            expires_at: None,
            revoked_at: None,
            used_at: None,
        })
    }

    pub(super) fn issue_token(&self, token: Token) -> Result<IssuedToken, EngineError> {
        let secret = random(SECRET_DIGITS)?;
        let stored = Stored { token, hash: hash(&secret), before: None };
        self.write(deed("token.create", &stored.token.id), |tx| {
            Ok(documents::insert(tx, &self.tenant, KIND, &document(&stored, 1))?)
        })?;
        Ok(IssuedToken { secret: self.whole(&stored.token.id, &secret), token: stored.token })
    }

    /// The people behind whom the engine acts for; where that is the program, the token itself stands for a person.
    fn people_behind(&self, token: &str) -> Result<BTreeSet<String>, EngineError> {
        let own = |id: &str| BTreeSet::from([format!("key:{id}")]);
        Ok(match self.actor.kind {
            ActorKind::Program => own(token),
            ActorKind::User => [format!("user:{}", self.actor.id)].into(),
            ActorKind::Key | ActorKind::Customer => match self.find_token(&self.actor.id) {
                Ok(found) if !found.body.token.people.is_empty() => found.body.token.people,
                // a key of another tenant, or one that was made before this was noted
                Ok(_) | Err(EngineError::NotFound(_)) => own(&self.actor.id),
                Err(error) => return Err(error),
            },
        })
    }

    fn whole(&self, id: &str, secret: &str) -> String {
        format!("cf_{}_{id}{secret}", self.tenant)
    }

    /// Gives an API key another secret. The one before stays good until a time; for a day when none is given.
    pub fn rotate_key(&self, id: &str, until: Option<Instant>) -> Result<IssuedToken, EngineError> {
        let secret = random(SECRET_DIGITS)?;
        let found = self.find_token(id)?;
        let mut stored = found.body;
        if stored.token.kind != TokenKind::Key || stored.token.revoked_at.is_some() {
            let problem = Problem::new("not_rotatable", "This token gets no other secret")
                .detail(format!("token `{id}` is no API key, or it is revoked"))
                .mend("make a new token");
            return Err(EngineError::Conflict(problem));
        }
        let until = match until {
            Some(until) => until,
            None => self.world.now().plus_micros(OVERLAP_MICROS).map_err(|error| EngineError::invalid(&error))?,
        };
        stored.before = Some((std::mem::replace(&mut stored.hash, hash(&secret)), until));
        // who held it before may hold it still
        stored.token.people.extend(self.people_behind(id)?);
        self.write(deed("token.rotate", id), |tx| {
            Ok(documents::update(tx, &self.tenant, KIND, &document(&stored, found.version))?)
        })?;
        Ok(IssuedToken { secret: self.whole(id, &secret), token: stored.token })
    }

    /// Ends a token at once.
    pub fn revoke_token(&self, id: &str) -> Result<Token, EngineError> {
        let found = self.find_token(id)?;
        let mut stored = found.body;
        if stored.token.revoked_at.is_none() {
            stored.token.revoked_at = Some(self.world.now());
            self.write(deed("token.revoke", id), |tx| {
                Ok(documents::update(tx, &self.tenant, KIND, &document(&stored, found.version))?)
            })?;
        }
        Ok(stored.token)
    }

    /// At most `limit` tokens after a place, the newest first.
    pub fn tokens(&self, which: Which<'_>, after: &Cursor, limit: u32) -> Result<Vec<Document<Token>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, which, after, limit))?)
    }

    pub(super) fn find_token(&self, id: &str) -> Result<Document<Stored>, EngineError> {
        let found = self.store.read(|tx| documents::find::<Stored>(tx, &self.tenant, KIND, id))?;
        found.ok_or_else(|| EngineError::no_such("token", id, []))
    }

    /// Notes that a token was used. Who meets another writer leaves it to them.
    pub(super) fn used(&self, found: Document<Stored>, now: Instant) {
        let Document { body: mut stored, version, .. } = found;
        stored.token.used_at = Some(now);
        if let Err(error) =
            self.store.write(|tx| documents::update(tx, &self.tenant, KIND, &document(&stored, version)))
        {
            tracing::debug!(%error, "the use of a token was not noted");
        }
    }
}
