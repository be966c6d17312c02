//! Users: people who sign in with an e-mail address and a password.

use super::token::{IssuedToken, Token, TokenKind};
use super::{AccessError, Role, password};
use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use stdx::{NonEmpty, Problem};
use store::StoreError;
use store::documents::{self, Cursor, Document, Which};

const KIND: &str = "user";
/// How long a person stays signed in.
const SESSION_MICROS: i64 = 12 * 3_600_000_000;
/// So many wrong passwords in `PAUSE_MICROS` and nobody signs in as this user until they are over.
const ATTEMPTS: u32 = 10;
const PAUSE_MICROS: i64 = 15 * 60_000_000;
/// Users whose wrong passwords are counted; more than that, and the oldest count is forgotten.
const COUNTED: usize = 10_000;

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// The e-mail address, in small letters: the name to sign in with.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What the person may do.
    pub roles: BTreeSet<Role>,
    /// Since when the person may no longer sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Instant>,
    /// When the user was added.
    pub created_at: Instant,
}

/// A user who is to be added.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The e-mail address to sign in with.
    pub email: String,
    /// The person's name.
    #[serde(default)]
    pub name: String,
    /// What the person may do.
    pub roles: BTreeSet<Role>,
    /// The password: at least 15 characters.
    pub password: String,
}

/// What is changed of a user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Other roles.
    #[serde(default)]
    pub roles: Option<BTreeSet<Role>>,
    /// Another password.
    #[serde(default)]
    pub password: Option<String>,
    /// Whether the person may no longer sign in. All sessions of the person end with it.
    #[serde(default)]
    pub disabled: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    user: User,
    password_hash: String,
}

/// Wrong passwords, by user: since when, and how many.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<HashMap<String, (Instant, u32)>>);

impl Attempts {
    /// Whether the user may try; an attempt counts until `right` says that it was right.
    fn begin(&self, email: &str, now: Instant) -> bool {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.retain(|_, (since, _)| now.micros() - since.micros() < PAUSE_MICROS);
        if counted.len() >= COUNTED && !counted.contains_key(email) {
            let oldest = counted.iter().min_by_key(|(_, (since, _))| *since).map(|(email, _)| email.clone());
            oldest.and_then(|email| counted.remove(&email));
        }
        let (_, count) = counted.entry(email.to_owned()).or_insert((now, 0));
        *count += 1;
        *count <= ATTEMPTS
    }

    fn right(&self, email: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(email);
    }
}

fn document(stored: &Stored, version: i64) -> Document<&Stored> {
    Document {
        id: stored.user.email.clone(),
        customer: None,
        status: if stored.user.disabled_at.is_some() { "disabled" } else { "open" }.into(),
        sort_at: stored.user.created_at.micros(),
        version,
        body: stored,
    }
}

fn deed<'a>(action: &'static str, id: &'a str) -> Deed<'a> {
    Deed { action, kept: Kept::Secret, kind: KIND, id }
}

/// An address in the form in which it is compared.
fn address(email: &str) -> Result<String, EngineError> {
    let email = email.trim().to_lowercase();
    let plain = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if plain && email.len() <= 254 && !email.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Ok(email);
    }
    let problem = Problem::new("invalid_email", "This is not an e-mail address")
        .detail(format!("`{email}`"))
        .at("/email")
        .mend("write it as name@example.com");
    Err(EngineError::Invalid(NonEmpty::of(problem)))
}

impl Engine {
    /// Adds a user.
    pub fn add_user(&self, new: NewUser) -> Result<User, EngineError> {
        let (email, password_hash) = (address(&new.email)?, password::hash(&new.password)?);
        let user = User { email, name: new.name, roles: new.roles, disabled_at: None, created_at: self.world.now() };
        let stored = Stored { user, password_hash };
        self.write(deed("user.add", &stored.user.email), |tx| {
            match documents::insert(tx, &self.tenant, KIND, &document(&stored, 1)) {
                Err(StoreError::Unique(_)) => Err(EngineError::taken("user", &stored.user.email)),
                done => Ok(done?),
            }
        })?;
        Ok(stored.user)
    }

    /// Changes a user. With another password, or when disabled, every session of the person ends.
    pub fn change_user(&self, email: &str, change: UserChange) -> Result<User, EngineError> {
        let found = self.find_user(email)?.ok_or_else(|| EngineError::no_such("user", email, []))?;
        let Document { body: mut stored, version, .. } = found;
        let ends = change.password.is_some() || change.disabled == Some(true) || change.roles.is_some();
        if let Some(password) = &change.password {
            stored.password_hash = password::hash(password)?;
        }
        if let Some(disabled) = change.disabled {
            stored.user.disabled_at = disabled.then(|| stored.user.disabled_at.unwrap_or(self.world.now()));
        }
        stored.user.name = change.name.unwrap_or(stored.user.name);
        stored.user.roles = change.roles.unwrap_or(stored.user.roles);
        self.write(deed("user.change", &stored.user.email), |tx| {
            Ok(documents::update(tx, &self.tenant, KIND, &document(&stored, version))?)
        })?;
        if ends {
            self.end_sessions(&stored.user.email)?;
        }
        Ok(stored.user)
    }

    /// At most `limit` users after a place, the newest first.
    pub fn users(&self, after: &Cursor, limit: u32) -> Result<Vec<Document<User>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, Which::All, after, limit))?)
    }

    /// Signs a person in.
    pub(crate) fn sign_in(&self, email: &str, password: &str, attempts: &Attempts) -> Result<IssuedToken, AccessError> {
        let email = email.trim().to_lowercase();
        let counted = format!("{}/{email}", self.tenant);
        if !attempts.begin(&counted, self.world.now()) {
            return Err(AccessError::TooManyAttempts);
        }
        let found = self.find_user(&email)?.map(|found| found.body);
        let is_right = password::is_right(password, found.as_ref().map(|stored| stored.password_hash.as_str()));
        let user =
            found.filter(|stored| is_right && stored.user.disabled_at.is_none()).ok_or(AccessError::NotSignedIn)?.user;
        attempts.right(&counted);
        let expires_at = self.world.now().plus_micros(SESSION_MICROS).map_err(|error| EngineError::invalid(&error))?;
        let token = self.new_token(TokenKind::Session, user.email)?;
        Ok(self.issue_token(Token { roles: user.roles, expires_at: Some(expires_at), ..token })?)
    }

    fn find_user(&self, email: &str) -> Result<Option<Document<Stored>>, EngineError> {
        let email = email.trim().to_lowercase();
        Ok(self.store.read(|tx| documents::find::<Stored>(tx, &self.tenant, KIND, &email))?)
    }

    fn end_sessions(&self, email: &str) -> Result<(), EngineError> {
        const PAGE: u32 = 500;
        let mut after = Cursor::start();
        loop {
            let page = self.tokens(Which::Status("open"), &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            for token in page.iter().map(|found| &found.body) {
                if token.kind == TokenKind::Session && token.name == email {
                    self.revoke_token(&token.id)?;
                }
            }
        }
    }
}
