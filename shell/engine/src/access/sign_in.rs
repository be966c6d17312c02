//! Signing in by an identity provider: away with a sealed state, back with a code.
//!
//! What is remembered between the two goes with the person, sealed, so that asking takes no room here. It is good for ten minutes, for one
//! attempt, and for whoever has the other half, which never leaves the page that began.

use super::oidc::{self, Metadata, Party, Refused, Secrets, Vouched};
use super::provider::{Admits, EmailTrust, IdentityProvider, Stored as StoredProvider};
use super::token::{hash, random};
use super::user::Identity;
use super::{AccessError, IssuedToken, Role, User};
use crate::secret::{Belongs, Sealed};
use crate::{Actor, Engine, EngineError, Platform, Web};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use stdx::{Key, NonEmpty, Problem};
use store::{StoreError, idempotency};
use subtle::ConstantTimeEq;

const STATE: &str = "sign_in_state";
const GOOD_MICROS: i64 = 600_000_000;
/// What a provider says about itself is asked again after so long.
const KNOWN_MICROS: i64 = 3_600_000_000;
const DIGITS: usize = 40;

/// A person who wants to sign in by a provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginSignIn {
    /// Where; `default` when it is left out.
    #[serde(default)]
    pub tenant: Option<Key>,
    /// By which provider.
    pub provider: Key,
    /// Where the provider sends the person back: one of the provider's `redirects`.
    pub redirect: String,
}

/// What a person is sent away with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignInBegun {
    /// Where the person goes.
    pub url: String,
    /// What comes back as `state` with the code.
    pub state: String,
    /// The other half: it stays on the page that began, and is sent with the code.
    pub binding: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

/// A person who comes back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishSignIn {
    /// Where; `default` when it is left out.
    #[serde(default)]
    pub tenant: Option<Key>,
    /// The code that came back.
    pub code: String,
    /// The state that came back.
    pub state: String,
    /// The other half, from the beginning.
    pub binding: String,
}

/// What goes with the person.
#[derive(Debug, Serialize, Deserialize)]
struct Flow {
    id: String,
    provider: Key,
    redirect: String,
    nonce: String,
    verifier: String,
    binding: String,
    expires_at: Instant,
}

/// What providers say about themselves, and since when that is known.
#[derive(Default)]
pub(crate) struct Providers(Mutex<BTreeMap<Place, Known>>);

/// A tenant, and the issuer of a provider.
type Place = (Key, String);

/// Since when something is known.
type Known = (Instant, Arc<Metadata>);

impl Providers {
    fn get(&self, place: &Place, now: Instant) -> Option<Arc<Metadata>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, metadata) = known.get(place)?;
        (0..KNOWN_MICROS).contains(&(now.micros() - since.micros())).then(|| metadata.clone())
    }

    fn keep(&self, place: Place, now: Instant, metadata: Metadata) -> Arc<Metadata> {
        let metadata = Arc::new(metadata);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| (0..KNOWN_MICROS).contains(&(now.micros() - since.micros())));
        known.insert(place, (now, metadata.clone()));
        metadata
    }
}

fn no(code: &'static str, title: &'static str, detail: String, mend: &str) -> AccessError {
    AccessError::SignIn(Box::new(Problem::new(code, title).detail(detail).mend(mend)))
}

fn over(detail: &str) -> AccessError {
    let problem = Problem::new("sign_in_over", "This attempt to sign in is over")
        .detail(detail)
        .mend("begin to sign in again with POST /v1/sign-in");
    AccessError::SignIn(Box::new(problem))
}

fn told(refused: Refused) -> AccessError {
    match refused.into_error() {
        Ok(problem) => AccessError::SignIn(Box::new(problem)),
        Err(error) => AccessError::Engine(error),
    }
}

impl Platform {
    /// Sends a person to an identity provider.
    pub fn begin_sign_in(&self, asked: &BeginSignIn) -> Result<SignInBegun, AccessError> {
        let tenant = asked.tenant.clone().unwrap_or_else(Self::default_tenant);
        let engine = self.engine(&tenant)?;
        let stored = engine.open_provider(&asked.provider)?;
        if !stored.provider.redirects.contains(&asked.redirect) {
            let problem = Problem::new("unknown_redirect", "Nobody is sent back to this address")
                .detail(format!("`{}` is not one of the provider's `redirects`", asked.redirect))
                .at("/redirect")
                .mend("name one of them, to the letter; an owner adds another");
            return Err(EngineError::Invalid(NonEmpty::of(problem)).into());
        }
        let metadata = self.metadata_of(&tenant, &stored.provider)?;
        let secret = engine.client_secret_of(&stored)?;
        let party = Party::new(&metadata, &stored.provider, secret, &asked.redirect).map_err(told)?;
        let expires_at = self.now().plus_micros(GOOD_MICROS).map_err(|error| EngineError::invalid(&error))?;
        let (secrets, binding) = (Secrets::new(), random(DIGITS)?);
        let flow = Flow {
            id: random(DIGITS)?,
            provider: asked.provider.clone(),
            redirect: asked.redirect.clone(),
            nonce: secrets.nonce.clone(),
            verifier: secrets.verifier.clone(),
            binding: hash(&binding),
            expires_at,
        };
        let state = engine.seal_flow(&flow)?;
        let url = party.away(stored.provider.scopes, &secrets, &state);
        Ok(SignInBegun { url, state, binding, expires_at })
    }

    /// Signs a person in who came back from an identity provider.
    pub fn finish_sign_in(&self, asked: FinishSignIn) -> Result<IssuedToken, AccessError> {
        let FinishSignIn { tenant, code, state, binding } = asked;
        let tenant = tenant.unwrap_or_else(Self::default_tenant);
        let engine = self.engine(&tenant)?;
        let flow = engine.open_flow(&state)?;
        if self.now() >= flow.expires_at {
            return Err(over("it was begun more than ten minutes ago"));
        }
        if !bool::from(flow.binding.as_bytes().ct_eq(hash(&binding).as_bytes())) {
            return Err(over("it was begun elsewhere: `binding` is not the one of its beginning"));
        }
        engine.use_flow(&flow)?;
        let stored = engine.open_provider(&flow.provider)?;
        let provider = &stored.provider;
        let web = self.web()?;
        let metadata = self.metadata_of(&tenant, provider)?;
        let secret = engine.client_secret_of(&stored)?;
        let claim = provider.roles.as_ref().map(|roles| roles.claim.as_str());
        let party = Party::new(&metadata, provider, secret.clone(), &flow.redirect).map_err(told)?;
        let tokens = party.exchange(web, code, flow.verifier).map_err(told)?;
        let vouched = match party.vouched(&tokens, &flow.nonce, self.now(), claim) {
            Err(Refused::UnknownKey) => {
                // the provider has got new keys since
                let metadata = oidc::keys(web, &metadata).map_err(told)?;
                let metadata = self.providers.keep(place(&tenant, provider), self.now(), metadata);
                let party = Party::new(&metadata, provider, secret, &flow.redirect).map_err(told)?;
                party.vouched(&tokens, &flow.nonce, self.now(), claim)
            }
            vouched => vouched,
        };
        engine.admit(provider, &vouched.map_err(told)?)
    }

    fn web(&self) -> Result<&dyn Web, AccessError> {
        self.web.as_deref().ok_or_else(|| {
            let refused = Refused::Provider("this server asks nobody".into());
            told(refused)
        })
    }

    fn metadata_of(&self, tenant: &Key, provider: &IdentityProvider) -> Result<Arc<Metadata>, AccessError> {
        let (place, now) = (place(tenant, provider), self.now());
        if let Some(known) = self.providers.get(&place, now) {
            return Ok(known);
        }
        let metadata = oidc::discover(self.web()?, &provider.issuer).map_err(told)?;
        Ok(self.providers.keep(place, now, metadata))
    }
}

fn place(tenant: &Key, provider: &IdentityProvider) -> Place {
    (tenant.clone(), provider.issuer.clone())
}

impl Engine {
    fn open_provider(&self, key: &Key) -> Result<StoredProvider, AccessError> {
        let stored = self.find_provider(key.as_str())?.body;
        if stored.provider.disabled_at.is_some() {
            return Err(EngineError::no_such("identity provider", key.as_str(), []).into());
        }
        Ok(stored)
    }

    fn seal_flow(&self, flow: &Flow) -> Result<String, EngineError> {
        let text = serde_json::to_vec(flow).map_err(|error| {
            EngineError::Failed(Problem::new("internal_error", "The server has a defect").detail(error.to_string()))
        })?;
        Ok(Sealed::seal(self.secret_key.as_ref(), self.state_belongs(), &text)?.into_text())
    }

    fn open_flow(&self, state: &str) -> Result<Flow, AccessError> {
        let opened = Sealed::from_text(state.to_owned()).open(self.secret_key.as_ref(), self.state_belongs());
        let text = opened.map_err(|error| match error {
            error @ EngineError::Conflict(_) => AccessError::Engine(error),
            EngineError::Invalid(_) | EngineError::NotFound(_) | EngineError::Failed(_) => {
                over("`state` was not made here, or it was changed")
            }
        })?;
        serde_json::from_slice(&text).map_err(|_| over("`state` was made by another version of the server"))
    }

    fn state_belongs(&self) -> Belongs<'_> {
        Belongs { tenant: &self.tenant, kind: STATE, id: "" }
    }

    /// Each state is for one attempt, whatever becomes of it. The name has a line break in it, which no key of a request can have.
    fn use_flow(&self, flow: &Flow) -> Result<(), AccessError> {
        let (name, now) = (format!("{STATE}\n{}", flow.id), self.world.now().micros());
        let used = self.store.write(|tx| idempotency::remember(tx, &self.tenant, &name, &[], &(), now));
        match used {
            Ok(()) => Ok(()),
            Err(StoreError::Unique(_)) => Err(over("`state` was used before")),
            Err(error) => Err(EngineError::from(error).into()),
        }
    }

    /// A session for whom a provider vouches.
    fn admit(&self, provider: &IdentityProvider, vouched: &Vouched) -> Result<IssuedToken, AccessError> {
        let email = trusted_email(provider, vouched)?;
        let identity = Identity { provider: provider.key.clone(), subject: vouched.subject.clone() };
        let roles = roles_of(provider, vouched)?;
        let acting = self.acting_for(Actor::vouched_by(&provider.key));
        let user = match acting.user(&email) {
            Ok(user) if user.disabled_at.is_some() => Err(AccessError::NotSignedIn),
            Ok(user) if user.identity.as_ref().is_some_and(|known| *known != identity) => {
                let detail = format!(
                    "`{email}` signs in by another provider, or the provider has given the address to another person"
                );
                Err(no(
                    "identity_differs",
                    "This is another person",
                    detail,
                    "ask an owner to let the user forget the identity, if it is right",
                ))
            }
            Ok(user) => Ok(acting.bind_user(user, identity, roles)?),
            Err(EngineError::NotFound(_)) => {
                let Some(roles) = roles.filter(|_| is_of_domain(provider, &email)) else {
                    let detail =
                        format!("there is no user `{email}`, and the provider admits nobody else of this domain");
                    return Err(no(
                        "not_invited",
                        "This person is not invited",
                        detail,
                        "ask an owner to add the user",
                    ));
                };
                Ok(acting.add_vouched_user(&email, vouched.name.clone(), roles, identity)?)
            }
            Err(error) => Err(error.into()),
        }?;
        acting.begin_session(user)
    }
}

fn trusted_email(provider: &IdentityProvider, vouched: &Vouched) -> Result<String, AccessError> {
    let is_trusted = match provider.email {
        EmailTrust::Verified => vouched.is_verified == Some(true),
        EmailTrust::Assumed => vouched.is_verified != Some(false),
    };
    let email = vouched.email.as_deref().map(|email| email.trim().to_lowercase()).filter(|_| is_trusted);
    email.ok_or_else(|| {
        let detail = "the provider does not say an e-mail address that is verified".to_owned();
        no(
            "email_not_verified",
            "The e-mail address is not verified",
            detail,
            "let the provider verify it, and ask it for the scope `email`",
        )
    })
}

/// The roles that the provider gives, where it gives any.
fn roles_of(provider: &IdentityProvider, vouched: &Vouched) -> Result<Option<BTreeSet<Role>>, AccessError> {
    let Some(mapping) = &provider.roles else { return Ok(None) };
    let roles: BTreeSet<Role> =
        vouched.groups.iter().filter_map(|group| mapping.roles.get(group)).flatten().copied().collect();
    if roles.is_empty() {
        let detail = format!("none of the values of `{}` gives a role", mapping.claim);
        return Err(no(
            "no_roles",
            "This person may do nothing here",
            detail,
            "ask for membership of a group that has a role here",
        ));
    }
    Ok(Some(roles))
}

fn is_of_domain(provider: &IdentityProvider, email: &str) -> bool {
    let domain = email.rsplit_once('@').map(|(_, domain)| domain);
    match &provider.admits {
        Admits::Invited => false,
        Admits::Domains(domains) => {
            domain.is_some_and(|domain| domains.iter().any(|known| known.eq_ignore_ascii_case(domain)))
        }
    }
}

impl Engine {
    /// A user as a provider knows them.
    fn bind_user(&self, user: User, identity: Identity, roles: Option<BTreeSet<Role>>) -> Result<User, EngineError> {
        let roles = roles.unwrap_or_else(|| user.roles.clone());
        if user.identity.as_ref() == Some(&identity) && user.roles == roles {
            return Ok(user);
        }
        self.change_vouched_user(&user.email, roles, identity)
    }
}
