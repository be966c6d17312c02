//! Users: people who sign in with an e-mail address and a password.

use super::door::{Attempt, Door};
use super::token::{IssuedToken, Token, TokenKind};
use super::{AccessError, Role, password};
use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;
use stdx::{Key, NonEmpty, Problem};
use store::StoreError;
use store::documents::{self, Cursor, Document, Which};

const KIND: &str = "user";
/// How long a person stays signed in.
const SESSION_MICROS: i64 = 12 * 3_600_000_000;

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// The e-mail address, in small letters: the name to sign in with.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// What the person may do.
    pub roles: BTreeSet<Role>,
    /// The person as an identity provider knows them, since they signed in by it. Nobody else comes in under this address then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// Since when the person may no longer sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Instant>,
    /// When the user was added.
    pub created_at: Instant,
}

/// A person as an identity provider knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The provider.
    pub provider: Key,
    /// Its own name for the person, which stays when the address changes.
    pub subject: String,
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
    /// The password: at least 15 characters. Without one they sign in by an identity provider alone.
    #[serde(default)]
    pub password: Option<String>,
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
    /// Whether the person may be another one for an identity provider than before: whoever signs in by it next under this address.
    #[serde(default)]
    pub forget_identity: Option<bool>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    user: User,
    password_hash: String,
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
        let password_hash = match &new.password {
            Some(password) => password::hash(password)?,
            None => String::new(),
        };
        self.insert_user(
            User {
                email: address(&new.email)?,
                name: new.name,
                roles: new.roles,
                identity: None,
                disabled_at: None,
                created_at: self.world.now(),
            },
            password_hash,
        )
    }

    /// Adds somebody whom an identity provider vouches for.
    pub(super) fn add_vouched_user(
        &self,
        email: &str,
        name: String,
        roles: BTreeSet<Role>,
        identity: Identity,
    ) -> Result<User, EngineError> {
        let (email, created_at) = (address(email)?, self.world.now());
        let user = User { email, name, roles, identity: Some(identity), disabled_at: None, created_at };
        self.insert_user(user, String::new())
    }

    fn insert_user(&self, user: User, password_hash: String) -> Result<User, EngineError> {
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
        if change.forget_identity == Some(true) {
            stored.user.identity = None;
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

    /// Notes who a user is for an identity provider, and which roles it gives. With other roles every session of the person ends.
    pub(super) fn change_vouched_user(
        &self,
        email: &str,
        roles: BTreeSet<Role>,
        identity: Identity,
    ) -> Result<User, EngineError> {
        let found = self.find_user(email)?.ok_or_else(|| EngineError::no_such("user", email, []))?;
        let Document { body: mut stored, version, .. } = found;
        let ends = stored.user.roles != roles;
        (stored.user.roles, stored.user.identity) = (roles, Some(identity));
        self.write(deed("user.vouch", &stored.user.email), |tx| {
            Ok(documents::update(tx, &self.tenant, KIND, &document(&stored, version))?)
        })?;
        if ends {
            self.end_sessions(&stored.user.email)?;
        }
        Ok(stored.user)
    }

    /// A user by e-mail address.
    pub(super) fn user(&self, email: &str) -> Result<User, EngineError> {
        let found = self.find_user(email)?.ok_or_else(|| EngineError::no_such("user", email, []))?;
        Ok(found.body.user)
    }

    /// At most `limit` users after a place, the newest first.
    pub fn users(&self, after: &Cursor, limit: u32) -> Result<Vec<Document<User>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, Which::All, after, limit))?)
    }

    /// Signs a person in with a password.
    pub(crate) fn sign_in(
        &self,
        email: &str,
        password: &str,
        from: Option<IpAddr>,
        door: &Door,
    ) -> Result<IssuedToken, AccessError> {
        let email = email.trim().to_lowercase();
        let counted = format!("{}/{email}", self.tenant);
        let attempt = Attempt { user: &counted, from, now: self.world.now() };
        if !door.begin(attempt) {
            return Err(AccessError::TooManyAttempts);
        }
        let found = self.find_user(&email)?.map(|found| found.body);
        let hash = found.as_ref().map(|stored| stored.password_hash.as_str()).filter(|hash| !hash.is_empty());
        if hash.is_none() && !door.has_time_for_strangers(self.world.now()) {
            return Err(AccessError::NotSignedIn);
        }
        let is_right = door.hashing.run(|| password::is_right(password, hash)).map_err(|_| AccessError::Busy)?;
        let user =
            found.filter(|stored| is_right && stored.user.disabled_at.is_none()).ok_or(AccessError::NotSignedIn)?.user;
        door.was_right(attempt);
        self.begin_session(user)
    }

    /// A session of somebody who has shown who they are.
    pub(super) fn begin_session(&self, user: User) -> Result<IssuedToken, AccessError> {
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
