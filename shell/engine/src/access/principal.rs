//! Who asks: a token, looked up and found good.

use super::token::{self, IssuedToken, NewToken, Stored, TokenKind};
use super::{Permission, Role};
use crate::{Actor, ActorKind, EngineError, Platform};
use calendar::Instant;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant as Moment};
use stdx::{Key, Problem, ToProblem};

/// For how long a token that was good is good without looking again: so long at most goes a token on that another process revoked.
const TRUSTED: Duration = Duration::from_secs(5);
/// Tokens that are known without looking.
const KNOWN: usize = 10_000;
/// How exactly the last use is noted.
const USED_MICROS: i64 = 60_000_000;

/// Who asks, and what they may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Where they belong.
    pub tenant: Key,
    /// Who they are, for the audit log.
    pub actor: Actor,
    /// Behind whom they are: users by address, and keys that nobody's token made. Nobody where that is not known.
    people: BTreeSet<String>,
    roles: BTreeSet<Role>,
    permissions: BTreeSet<Permission>,
    /// The only customer whose things they see.
    pub customer: Option<Key>,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// There is no token, or it is not good.
    #[error("there is no token with the request, or it is unknown, expired or revoked")]
    NoToken,
    /// The token is good for other things.
    #[error("this needs the permission `{0}`")]
    NotPermitted(Permission),
    /// The token is a customer's.
    #[error("a customer's token is not good for this")]
    NotForCustomers,
    /// The token is another tenant's.
    #[error("this is for owners of the tenant `default`")]
    NotOfThisTenant,
    /// The user or the password is wrong.
    #[error("there is no such user with this password")]
    NotSignedIn,
    /// They ask for their own approval.
    #[error("who asked for it, and whoever is behind the same token or user, cannot be the second person")]
    SamePerson,
    /// Only who asked for it may do this.
    #[error("somebody else asked for it")]
    NotTheirs,
    /// Somebody guesses.
    #[error("there were too many attempts to sign in as this user or from this address")]
    TooManyAttempts,
    /// An identity provider does not vouch for them, or not for this.
    #[error("{}", .0.detail)]
    SignIn(Box<Problem>),
    /// Too many sign in at once.
    #[error("too many sign in at once")]
    Busy,
    /// A store failed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl ToProblem for AccessError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::NoToken => (
                "no_access",
                "Who asks is not known",
                "send a token that is good: `Authorization: Bearer cf_…`; `counterfoil key create` makes one",
            ),
            Self::NotPermitted(_) => {
                ("not_permitted", "This is not permitted", "ask an owner for a role or a key that has the permission")
            }
            Self::NotForCustomers => (
                "not_for_customers",
                "This is not for customers",
                "use an API key, or one of the addresses that a customer may read",
            ),
            Self::NotOfThisTenant => {
                ("not_of_this_tenant", "Another tenant does this", "ask whoever runs the installation")
            }
            Self::NotSignedIn => (
                "not_signed_in",
                "The user or the password is wrong",
                "look whether the address is right, and ask an owner to set a new password",
            ),
            Self::SamePerson => (
                "same_person",
                "A second person is needed",
                "ask another user, or whoever holds a key that was made without the help of who asked",
            ),
            Self::NotTheirs => ("not_theirs", "Somebody else asked for it", "ask whoever asked for it to do this"),
            Self::Busy => ("server_busy", "The server is busy", "send it again in a moment: nothing of it was taken"),
            Self::TooManyAttempts => {
                ("too_many_attempts", "There were too many attempts", "wait a quarter of an hour and try again")
            }
            Self::SignIn(problem) => return (**problem).clone(),
            Self::Engine(error) => {
                let mut problems = error.problems();
                return problems.swap_remove(0);
            }
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}

impl Principal {
    /// Whoever reaches a server without access control: an owner.
    pub fn anybody(tenant: Key) -> Self {
        let actor = Actor::new(ActorKind::Key, "anybody".into());
        Self {
            tenant,
            actor,
            people: BTreeSet::new(),
            roles: [Role::Owner].into(),
            permissions: BTreeSet::new(),
            customer: None,
        }
    }

    fn of(tenant: Key, stored: &Stored) -> Self {
        let token = &stored.token;
        let kind = match token.kind {
            TokenKind::Key => ActorKind::Key,
            TokenKind::Session => ActorKind::User,
            TokenKind::Portal => ActorKind::Customer,
        };
        let id = if token.kind == TokenKind::Key { token.id.clone() } else { token.name.clone() };
        Self {
            tenant,
            people: token.people(),
            actor: Actor::new(kind, id),
            roles: token.roles.clone(),
            permissions: token.permissions.clone(),
            customer: token.customer.clone(),
        }
    }

    /// The people behind them; none where that is not known.
    pub(crate) fn people(&self) -> &BTreeSet<String> {
        &self.people
    }

    /// Sets of permissions that they have.
    pub fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    /// Whether they may, but for what a customer may of their own.
    pub fn may(&self, permission: Permission) -> Result<(), AccessError> {
        let may = self.permissions.contains(&permission) || self.roles.iter().any(|role| role.permits(permission));
        if may { Ok(()) } else { Err(AccessError::NotPermitted(permission)) }
    }
}

/// Tokens that were good a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Known(RwLock<HashMap<String, Good>>);

/// Since when a token is known to be good, until when it can be, and whose it is.
#[derive(Debug)]
struct Good {
    since: Moment,
    until: Option<Instant>,
    principal: Principal,
}

impl Good {
    fn is_fresh(&self) -> bool {
        self.since.elapsed() < TRUSTED
    }
}

impl Known {
    fn get(&self, token: &str, now: Instant) -> Option<Principal> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let good = known.get(token).filter(|good| good.is_fresh() && good.until.is_none_or(|until| now < until))?;
        Some(good.principal.clone())
    }

    fn keep(&self, token: &str, until: Option<Instant>, principal: &Principal) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.retain(|_, good| good.is_fresh());
        }
        if known.len() < KNOWN {
            known.insert(token.to_owned(), Good { since: Moment::now(), until, principal: principal.clone() });
        }
    }

    /// Forgets all: a token was changed.
    pub(crate) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// What is not there is no failure, but who asks is not let in.
fn refused(error: EngineError, instead: AccessError) -> AccessError {
    match error {
        EngineError::NotFound(_) => instead,
        error @ (EngineError::Invalid(_) | EngineError::Conflict(_) | EngineError::Failed(_)) => {
            AccessError::Engine(error)
        }
    }
}

impl Platform {
    /// Who a token is, if that is known without asking the store.
    pub fn known(&self, token: &str) -> Option<Principal> {
        self.known_tokens().get(token, self.now())
    }

    /// Who a token is.
    pub fn authenticate(&self, token: &str) -> Result<Principal, AccessError> {
        let (tenant, id, secret) = token::parts(token).ok_or(AccessError::NoToken)?;
        let unknown = |error| refused(error, AccessError::NoToken);
        let engine = self.engine(&tenant).map_err(unknown)?;
        let found = engine.find_token(id).map_err(unknown)?;
        // time here is the world's, also where a tenant's own clock is set by a test
        let now = self.now();
        if !found.body.is_secret(secret, now) || !found.body.is_good(now) {
            return Err(AccessError::NoToken);
        }
        let principal = Principal::of(tenant, &found.body);
        let until = found.body.good_until(secret);
        let noted = found.body.token.used_at.map_or(i64::MIN, Instant::micros);
        if now.micros().saturating_sub(noted) >= USED_MICROS {
            engine.used(found, now);
        }
        self.known_tokens().keep(token, until, &principal);
        Ok(principal)
    }

    /// Somebody as they are now, without a token of theirs: what they may do may have changed since they asked for something.
    ///
    /// # Errors
    /// [`AccessError::NoToken`] when they may do nothing any more.
    pub fn standing_of(&self, tenant: &Key, actor: &Actor) -> Result<Principal, AccessError> {
        let unknown = |error| refused(error, AccessError::NoToken);
        let engine = self.engine(tenant).map_err(unknown)?;
        let (people, roles, permissions) = match actor.kind {
            ActorKind::User => {
                let user = engine.user(&actor.id).map_err(unknown)?;
                if user.disabled_at.is_some() {
                    return Err(AccessError::NoToken);
                }
                ([format!("user:{}", user.email)].into(), user.roles, BTreeSet::new())
            }
            ActorKind::Key => {
                let stored = engine.find_token(&actor.id).map_err(unknown)?.body;
                if stored.token.kind != TokenKind::Key || !stored.is_good(self.now()) {
                    return Err(AccessError::NoToken);
                }
                (stored.token.people(), stored.token.roles, stored.token.permissions)
            }
            ActorKind::Program | ActorKind::Customer => return Err(AccessError::NoToken),
        };
        let tenant = tenant.clone();
        Ok(Principal { tenant, actor: actor.clone(), people, roles, permissions, customer: None })
    }

    /// Signs a person in with a password. Wrong ones are counted by user and by the address that they come from.
    pub fn sign_in(
        &self,
        tenant: &Key,
        email: &str,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<IssuedToken, AccessError> {
        let engine = self.engine(tenant).map_err(|error| refused(error, AccessError::NotSignedIn))?;
        engine.sign_in(email, password, from, &self.door)
    }

    /// The first key of an installation, an owner's. None when there is a token or a user already.
    pub fn first_key(&self) -> Result<Option<IssuedToken>, EngineError> {
        let engine = self.engine(&Self::default_tenant())?;
        let start = store::documents::Cursor::start();
        if !engine.tokens(store::documents::Which::All, &start, 1)?.is_empty() || !engine.users(&start, 1)?.is_empty() {
            return Ok(None);
        }
        let first = NewToken { name: "first".into(), roles: [Role::Owner].into(), ..NewToken::default() };
        engine.create_key(first).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NewUser, UserChange};
    use super::*;
    use crate::{Engine, SetClock, Settings};
    use std::sync::Arc;

    const PASSWORD: &str = "correct horse battery";

    struct World {
        platform: Platform,
        engine: Engine,
        clock: Arc<SetClock>,
    }

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn world() -> World {
        let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
        let platform = Platform::with_clock(clock.clone(), Settings::default()).expect("a platform");
        let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
        World { platform, engine, clock }
    }

    impl World {
        fn key(&self, new: NewToken) -> IssuedToken {
            self.engine.create_key(new).expect("a key")
        }
        fn events_key(&self) -> IssuedToken {
            let permission = Permission::try_from("events:write".to_owned()).expect("a permission");
            self.key(NewToken { name: "gateway".into(), permissions: [permission].into(), ..NewToken::default() })
        }
        fn is_good(&self, secret: &str) -> bool {
            self.platform.authenticate(secret).is_ok()
        }
    }

    #[test]
    fn a_token_is_good_for_what_it_names_and_nothing_else() {
        let world = world();
        let IssuedToken { secret, token } = world.events_key();
        let principal = world.platform.authenticate(&secret).expect("good");
        assert_eq!((principal.tenant.as_str(), &principal.actor.id), ("default", &token.id));
        let may = |text: &str| principal.may(Permission::try_from(text.to_owned()).expect(text)).is_ok();
        assert!(may("events:write") && !may("events:read") && !may("access:write"));
        let useless = NewToken { name: "x".into(), ..NewToken::default() };
        assert!(matches!(world.engine.create_key(useless), Err(EngineError::Invalid(_))));
    }

    #[test]
    fn nothing_that_resembles_a_token_is_one() {
        let world = world();
        let secret = world.events_key().secret;
        let other = world.events_key().secret;
        let swapped = format!("{}{}", &secret[..secret.len() - 40], &other[other.len() - 40..]);
        let other_tenant = secret.replace("cf_default_", "cf_other_");
        let longer = format!("{secret}0");
        for wrong in
            ["", "cf_", "cf_default_", &secret[1..], &secret[..secret.len() - 1], &longer, &swapped, &other_tenant]
        {
            assert_eq!(world.platform.authenticate(wrong), Err(AccessError::NoToken), "{wrong}");
        }
        assert_eq!(world.platform.authenticate(&secret.to_uppercase()), Err(AccessError::NoToken));
    }

    #[test]
    fn a_token_ends_when_it_expires_is_revoked_or_was_rotated_out() {
        let world = world();
        let until = Some(at("2026-04-02T00:00:00Z"));
        let short = world.key(NewToken {
            name: "a".into(),
            roles: [Role::Auditor].into(),
            expires_at: until,
            ..NewToken::default()
        });
        let rotated = world.events_key();
        let again = world.engine.rotate_key(&rotated.token.id, until).expect("rotated");
        let revoked = world.events_key();
        for token in [&short, &rotated, &again, &revoked] {
            assert!(world.is_good(&token.secret), "{token:?}");
            assert!(world.platform.known(&token.secret).is_some());
        }
        world.engine.revoke_token(&revoked.token.id).expect("revoked");
        assert_eq!(world.platform.known(&revoked.secret), None, "what was known is forgotten");
        assert!(!world.is_good(&revoked.secret));
        assert!(matches!(world.engine.rotate_key(&revoked.token.id, None), Err(EngineError::Conflict(_))));
        world.clock.set(at("2026-04-02T00:00:00Z"));
        assert!(!world.is_good(&short.secret) && !world.is_good(&rotated.secret) && world.is_good(&again.secret));
    }

    #[test]
    fn a_person_signs_in_and_is_out_when_disabled() {
        let world = world();
        let sign_in =
            |email: &str, password: &str| world.platform.sign_in(&Platform::default_tenant(), email, password, None);
        let new = |email: &str| NewUser {
            email: email.into(),
            name: String::new(),
            roles: [Role::Finance].into(),
            password: Some(PASSWORD.into()),
        };
        world.engine.add_user(new("Ann@Example.com")).expect("added");
        assert!(matches!(world.engine.add_user(new("ann@example.com ")), Err(EngineError::Conflict(_))));
        let session = sign_in(" ANN@example.com", PASSWORD).expect("signed in");
        assert_eq!(world.platform.authenticate(&session.secret).expect("good").actor.id, "ann@example.com");
        assert_eq!(sign_in("ann@example.com", "correct horse batterY"), Err(AccessError::NotSignedIn));
        assert_eq!(sign_in("bob@example.com", PASSWORD), Err(AccessError::NotSignedIn));
        let disabled = UserChange { disabled: Some(true), ..UserChange::default() };
        world.engine.change_user("ann@example.com", disabled).expect("disabled");
        assert!(!world.is_good(&session.secret));
        assert_eq!(sign_in("ann@example.com", PASSWORD), Err(AccessError::NotSignedIn));
    }

    #[test]
    fn who_guesses_has_to_wait() {
        let door = super::super::Door::default();
        let world = world();
        let sign_in = || world.engine.sign_in("ann@example.com", "x", None, &door);
        let wrong: Vec<_> = (0..12).map(|_| sign_in()).collect();
        assert_eq!(wrong.iter().filter(|tried| **tried == Err(AccessError::TooManyAttempts)).count(), 2);
        world.clock.set(at("2026-04-01T00:15:00Z"));
        assert_eq!(sign_in(), Err(AccessError::NotSignedIn));
    }

    #[test]
    fn no_secret_is_kept_or_repeated() {
        let world = world();
        let key = world.events_key();
        world.engine.rotate_key(&key.token.id, None).expect("rotated");
        let new = NewUser {
            email: "ann@example.com".into(),
            name: String::new(),
            roles: [Role::Owner].into(),
            password: Some(PASSWORD.into()),
        };
        world.engine.add_user(new).expect("added");
        let log = serde_json::to_string(&world.engine.audit("", 100).expect("the log")).expect("json");
        let hash = "argon2id";
        for secret in [&key.secret[key.secret.len() - 40..], PASSWORD, hash, "\"hash\""] {
            assert!(!log.contains(secret), "{secret} is in {log}");
        }
        assert!(log.contains("token.rotate") && log.contains("ann@example.com"));
    }

    #[test]
    fn the_first_key_is_given_once() {
        let world = world();
        let first = world.platform.first_key().expect("asked").expect("the first");
        assert!(world.is_good(&first.secret));
        assert_eq!(world.platform.first_key(), Ok(None));
    }
}
