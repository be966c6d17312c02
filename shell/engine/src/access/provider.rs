//! Identity providers: who vouches for people instead of a password (OpenID Connect).

use super::Role;
use crate::audit::{Deed, Kept};
use crate::secret::{Belongs, Sealed};
use crate::{Engine, EngineError, Listing};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use stdx::{Key, NonEmpty, Problem};
use store::StoreError;
use store::documents::{self, Document};
use store::lists::Select;

const KIND: &str = "identity_provider";

/// Somebody who vouches for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IdentityProvider {
    /// Its key.
    pub key: Key,
    /// How it is found: the address below which `.well-known/openid-configuration` is.
    pub issuer: String,
    /// Under which name it knows this installation.
    pub client_id: String,
    /// To which addresses it may send people back.
    pub redirects: BTreeSet<String>,
    /// What is asked of it beside `openid`.
    pub scopes: BTreeSet<String>,
    /// Who may come in.
    pub admits: Admits,
    /// Whose word it takes that an e-mail address is somebody's.
    pub email: EmailTrust,
    /// Which roles it gives; where absent, people keep those that they were given here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<RoleClaim>,
    /// Since when nobody signs in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Instant>,
    /// When it was added.
    pub created_at: Instant,
}

/// Who may come in by a provider.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Admits {
    /// Users who were added here.
    #[default]
    Invited,
    /// They, and everybody whose e-mail address is at one of these domains; they become users with the roles that the provider gives.
    Domains(BTreeSet<String>),
}

/// Whose word it takes that an e-mail address is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmailTrust {
    /// The provider says so with `email_verified`.
    #[default]
    Verified,
    /// The provider is trusted without: one that gives its people their addresses, and does not say it.
    Assumed,
}

/// Which roles a provider gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleClaim {
    /// The claim of the ID token, a text or a list of texts, such as `groups`.
    pub claim: String,
    /// The roles for each value of it; other values give none.
    pub roles: BTreeMap<String, BTreeSet<Role>>,
}

/// A provider that is to be added.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdentityProvider {
    /// Its key.
    pub key: Key,
    /// How it is found: `https://accounts.example.com`.
    pub issuer: String,
    /// Under which name it knows this installation.
    pub client_id: String,
    /// The secret that it gave. It is kept sealed.
    pub client_secret: String,
    /// To which addresses it may send people back.
    pub redirects: BTreeSet<String>,
    /// What is asked of it beside `openid`; `email` when left out.
    #[serde(default = "usual_scopes")]
    pub scopes: BTreeSet<String>,
    /// Who may come in; users who were added here when left out.
    #[serde(default)]
    pub admits: Admits,
    /// Whose word it takes that an e-mail address is somebody's.
    #[serde(default)]
    pub email: EmailTrust,
    /// Which roles it gives.
    #[serde(default)]
    pub roles: Option<RoleClaim>,
}

/// What is changed of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityProviderChange {
    /// Another secret.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Other addresses to come back to.
    #[serde(default)]
    pub redirects: Option<BTreeSet<String>>,
    /// Others who may come in.
    #[serde(default)]
    pub admits: Option<Admits>,
    /// Other roles.
    #[serde(default)]
    pub roles: Option<RoleClaim>,
    /// Whether nobody signs in by it.
    #[serde(default)]
    pub disabled: Option<bool>,
}

fn usual_scopes() -> BTreeSet<String> {
    ["email".to_owned()].into()
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Stored {
    #[serde(flatten)]
    pub provider: IdentityProvider,
    sealed: Sealed,
}

fn document(stored: &Stored, version: i64) -> Document<&Stored> {
    Document {
        id: stored.provider.key.to_string(),
        customer: None,
        status: if stored.provider.disabled_at.is_some() { "disabled" } else { "open" }.into(),
        sort_at: stored.provider.created_at.micros(),
        version,
        body: stored,
    }
}

fn deed<'a>(action: &'static str, id: &'a str) -> Deed<'a> {
    Deed { action, kept: Kept::Secret, kind: KIND, id }
}

/// An address over TLS, or one of this machine, where nobody listens in.
fn is_safe(url: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_local = local.iter().filter_map(|start| url.strip_prefix(start));
    let mut is_local = is_local.filter(|rest| rest.is_empty() || rest.starts_with([':', '/']));
    let host = url.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let is_plain = url.len() <= 2000 && url.chars().all(|c| c.is_ascii_graphic()) && !url.contains('#');
    is_plain && (is_local.next().is_some() || host.is_some_and(|host| !host.is_empty() && !host.contains('@')))
}

fn checked(provider: &IdentityProvider) -> Result<(), EngineError> {
    let wrong = |detail: String, at: &str| {
        let problem = Problem::new("invalid_provider", "Nobody could sign in by this provider")
            .detail(detail)
            .at(at)
            .mend("name addresses as https://…, at least one of them to come back to, and domains as example.com");
        Err(EngineError::Invalid(NonEmpty::of(problem)))
    };
    if !is_safe(&provider.issuer) {
        return wrong(format!("`{}` is no address over TLS", provider.issuer), "/issuer");
    }
    if provider.client_id.is_empty() {
        return wrong("the client id is empty".into(), "/client_id");
    }
    if provider.redirects.is_empty() {
        return wrong("there is no address to come back to".into(), "/redirects");
    }
    if let Some(unsafe_one) = provider.redirects.iter().find(|url| !is_safe(url)) {
        return wrong(format!("`{unsafe_one}` is no address over TLS"), "/redirects");
    }
    if let Admits::Domains(domains) = &provider.admits {
        let is_domain = |domain: &&String| domain.contains('.') && !domain.contains(['@', ' ', '/', '*']);
        if domains.is_empty() || !domains.iter().all(|domain| is_domain(&domain)) {
            return wrong(format!("{domains:?} are not domains"), "/admits");
        }
        if provider.roles.is_none() {
            return wrong("who is not invited has no roles unless the provider gives them".into(), "/roles");
        }
    }
    Ok(())
}

impl Engine {
    /// Adds an identity provider.
    pub fn add_identity_provider(&self, new: NewIdentityProvider) -> Result<IdentityProvider, EngineError> {
        let NewIdentityProvider { key, issuer, client_id, client_secret, redirects, scopes, admits, email, roles } =
            new;
        let created_at = self.world.now();
        let provider = IdentityProvider {
            key,
            issuer,
            client_id,
            redirects,
            scopes,
            admits,
            email,
            roles,
            disabled_at: None,
            created_at,
        };
        checked(&provider)?;
        let sealed = self.seal_client_secret(&provider.key, &client_secret)?;
        let stored = Stored { provider, sealed };
        self.write(deed("identity_provider.add", stored.provider.key.as_str()), |tx| {
            match documents::insert(tx, &self.tenant, KIND, &document(&stored, 1)) {
                Err(StoreError::Unique(_)) => {
                    Err(EngineError::taken("identity provider", stored.provider.key.as_str()))
                }
                done => Ok(done?),
            }
        })?;
        Ok(stored.provider)
    }

    /// Changes an identity provider.
    pub fn change_identity_provider(
        &self,
        key: &str,
        change: IdentityProviderChange,
    ) -> Result<IdentityProvider, EngineError> {
        let Document { body: mut stored, version, .. } = self.find_provider(key)?;
        if let Some(secret) = &change.client_secret {
            stored.sealed = self.seal_client_secret(&stored.provider.key, secret)?;
        }
        let provider = &mut stored.provider;
        provider.redirects = change.redirects.unwrap_or(std::mem::take(&mut provider.redirects));
        provider.admits = change.admits.unwrap_or(std::mem::take(&mut provider.admits));
        provider.roles = change.roles.or(provider.roles.take());
        if let Some(disabled) = change.disabled {
            provider.disabled_at = disabled.then(|| provider.disabled_at.unwrap_or(self.world.now()));
        }
        checked(provider)?;
        self.write(deed("identity_provider.change", key), |tx| {
            Ok(documents::update(tx, &self.tenant, KIND, &document(&stored, version)).map(drop)?)
        })?;
        Ok(stored.provider)
    }

    /// Removes an identity provider. Sessions that began by it go on.
    pub fn remove_identity_provider(&self, key: &str) -> Result<IdentityProvider, EngineError> {
        let Document { body: stored, version, .. } = self.find_provider(key)?;
        self.write(deed("identity_provider.remove", key), |tx| {
            Ok(documents::delete(tx, &self.tenant, KIND, key, version)?)
        })?;
        Ok(stored.provider)
    }

    /// A part of the identity providers.
    pub fn list_identity_providers(&self, select: &Select) -> Result<Listing<IdentityProvider>, EngineError> {
        self.list_documents(KIND, select)
    }

    pub(super) fn find_provider(&self, key: &str) -> Result<Document<Stored>, EngineError> {
        let found = self.store.read(|tx| documents::find::<Stored>(tx, &self.tenant, KIND, key))?;
        found.ok_or_else(|| EngineError::no_such("identity provider", key, []))
    }

    fn seal_client_secret(&self, key: &Key, secret: &str) -> Result<Sealed, EngineError> {
        let belongs = Belongs { tenant: &self.tenant, kind: KIND, id: key.as_str() };
        Sealed::seal(self.secret_key.as_ref(), belongs, secret.as_bytes())
    }

    pub(super) fn client_secret_of(&self, stored: &Stored) -> Result<String, EngineError> {
        let belongs = Belongs { tenant: &self.tenant, kind: KIND, id: stored.provider.key.as_str() };
        let secret = stored.sealed.open(self.secret_key.as_ref(), belongs)?;
        Ok(String::from_utf8_lossy(&secret).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_nobody_listens_in_on_are_safe() {
        for url in [
            "https://a.example",
            "https://a.example/x?y=1",
            "http://127.0.0.1:80/x",
            "http://localhost",
            "http://[::1]:9",
        ] {
            assert!(is_safe(url), "{url}");
        }
        for url in [
            "http://a.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "https://",
            "https://me:pw@a.example",
            "javascript:alert(1)",
            "https://a.example/#x",
            "https://a b",
        ] {
            assert!(!is_safe(url), "{url}");
        }
    }
}
