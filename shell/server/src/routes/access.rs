//! Tokens and users.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Desk, Route};
use calendar::Instant;
use contracts::When;
use engine::{
    BeginSignIn, Engine, Field, FinishSignIn, IdentityProvider, IdentityProviderChange, IssuedToken,
    NewIdentityProvider, NewToken, NewUser, Permission, Platform, Resource, Role, SignInBegun, Thing, Token, User,
    UserChange,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "access",
        resource: Resource::Access,
        about: "Who may do what: API keys of programs, users who sign in, tokens for customers. A secret is told once and kept nowhere.",
        routes: vec![
            Route::post_at("/v1/sessions", "sign_in", "Sign in with an e-mail address and a password", sign_in)
                .in_earnest()
                .public()
                .repeats(),
            Route::post_at("/v1/sign-in", "begin_sign_in", "Begin to sign in by an identity provider", begin_sign_in)
                .in_earnest()
                .public()
                .repeats(),
            Route::post_at(
                "/v1/sign-in/finish",
                "finish_sign_in",
                "Sign in with what the identity provider sent back",
                finish_sign_in,
            )
            .in_earnest()
            .public()
            .repeats(),
            Route::get_at("/v1/whoami", "who_am_i", "Who the token is, and what it may do", who_am_i).any_token(),
            Route::post("/v1/keys", "create_key", "Make an API key", create_key).makes(Thing::Token).repeats(),
            Route::post("/v1/keys/{id}/rotate", "rotate_key", "Give an API key another secret", rotate)
                .versioned(Thing::Token, "id")
                .repeats(),
            Route::post(
                "/v1/portal-tokens",
                "create_portal_token",
                "Make a token with which one customer sees what is theirs, and nothing else",
                create_portal_token,
            )
            .makes(Thing::Token)
            .repeats(),
            Route::get("/v1/tokens", "list_tokens", "Every token, without its secret, the newest first", list_tokens)
                .expands(&[to(Expand::Customer, "customer")]),
            Route::post("/v1/tokens/{id}/revoke", "revoke_token", "End a token at once", revoke)
                .versioned(Thing::Token, "id"),
            Route::post("/v1/users", "add_user", "Add a user", add_user).makes(Thing::User).repeats(),
            Route::get("/v1/users", "list_users", "Users, the newest first", list_users),
            Route::post(
                "/v1/users/{email}",
                "change_user",
                "Change a user; disabling one ends their sessions",
                change_user,
            )
            .versioned(Thing::User, "email")
            .repeats(),
        ]
        .into_iter()
        .chain(providers())
        .collect(),
    }
}

fn providers() -> Vec<Route> {
    vec![
        Route::post(
            "/v1/identity-providers",
            "add_identity_provider",
            "Add an identity provider, by which people sign in",
            add_provider,
        )
        .repeats(),
        Route::get(
            "/v1/identity-providers",
            "list_identity_providers",
            "Identity providers, without their secrets, the newest first",
            list_providers,
        ),
        Route::post(
            "/v1/identity-providers/{key}",
            "change_identity_provider",
            "Change an identity provider, or let nobody sign in by it",
            change_provider,
        )
        .repeats(),
        Route::post(
            "/v1/identity-providers/{key}/remove",
            "remove_identity_provider",
            "Remove an identity provider",
            remove_provider,
        ),
    ]
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The token's id.
    id: String,
}

#[derive(Deserialize, JsonSchema)]
struct OneUser {
    /// The user's e-mail address.
    email: String,
}

#[derive(Deserialize, JsonSchema)]
struct OneProvider {
    /// The provider's key.
    key: Key,
}

/// Who signs in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// Where; `default` when it is left out.
    tenant: Option<Key>,
    /// The user's e-mail address.
    email: String,
    /// The user's password.
    password: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// Until when the secret before is good; for a day when it is left out.
    until: Option<Instant>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct PortalToken {
    /// Whose.
    customer: Key,
    /// From when on it is no longer good.
    expires_at: Instant,
}

/// Who asks.
#[derive(Serialize, JsonSchema)]
struct Who {
    /// Where they belong.
    tenant: Key,
    /// Their id, as the audit log names them.
    id: String,
    /// Sets of permissions.
    roles: BTreeSet<Role>,
    /// Everything that is permitted.
    permissions: BTreeSet<Permission>,
    /// The only customer whose things they see.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<Key>,
}

/// Whether a token was taken back.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum TokenStanding {
    /// It was not; its time can be over.
    Open,
    /// It was.
    Revoked,
}

/// Whether somebody can sign in by it.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SignInStanding {
    /// They can.
    Open,
    /// They cannot.
    Disabled,
}

impl TokenStanding {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Revoked => "revoked",
        }
    }
}

impl SignInStanding {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Disabled => "disabled",
        }
    }
}

list! {
    /// Which tokens are listed.
    Tokens by TokensOrder Down ["created_at" => Time, "id" => Id] {
        /// Only those of this customer.
        customer: Option<Key>,
        /// Only those that stand so.
        state: Option<TokenStanding>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

list! {
    /// Which users are listed.
    Users by UsersOrder Down ["created_at" => Time, "email" => Id] {
        /// Only those that stand so.
        state: Option<SignInStanding>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

list! {
    /// Which identity providers are listed.
    Providers by ProvidersOrder Down ["created_at" => Time, "key" => Id] {
        /// Only those that stand so.
        state: Option<SignInStanding>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

fn sign_in(desk: &Desk<'_>, asked: Asked<Nothing, Nothing, Json<SignIn>>) -> Result<Created<IssuedToken>, Refusal> {
    let SignIn { tenant, email, password } = asked.body.0;
    let tenant = tenant.unwrap_or_else(Platform::default_tenant);
    Ok(Created(desk.platform.sign_in(&tenant, &email, &password, desk.from)?))
}

fn begin_sign_in(
    desk: &Desk<'_>,
    asked: Asked<Nothing, Nothing, Json<BeginSignIn>>,
) -> Result<Created<SignInBegun>, Refusal> {
    Ok(Created(desk.platform.begin_sign_in(&asked.body.0)?))
}

fn finish_sign_in(
    desk: &Desk<'_>,
    asked: Asked<Nothing, Nothing, Json<FinishSignIn>>,
) -> Result<Created<IssuedToken>, Refusal> {
    Ok(Created(desk.platform.finish_sign_in(asked.body.0)?))
}

fn who_am_i(desk: &Desk<'_>, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<Who>, Refusal> {
    let who = desk.who;
    Ok(Found(Who {
        tenant: who.tenant.clone(),
        id: who.actor.id.clone(),
        roles: who.roles().clone(),
        permissions: Permission::all().filter(|permission| who.may(*permission).is_ok()).collect(),
        customer: who.customer.clone(),
    }))
}

fn create_key(
    engine: &Engine,
    asked: Asked<Nothing, Nothing, Json<NewToken>>,
) -> Result<Created<IssuedToken>, Refusal> {
    Ok(Created(engine.create_key(asked.body.0)?))
}

fn rotate(engine: &Engine, asked: Asked<One, Nothing, Json<Rotation>>) -> Result<Found<IssuedToken>, Refusal> {
    Ok(Found(engine.rotate_key(&asked.path.id, asked.body.0.until)?))
}

fn create_portal_token(
    engine: &Engine,
    asked: Asked<Nothing, Nothing, Json<PortalToken>>,
) -> Result<Created<IssuedToken>, Refusal> {
    let PortalToken { customer, expires_at } = asked.body.0;
    Ok(Created(engine.create_portal_token(customer.as_str(), expires_at)?))
}

fn list_tokens(engine: &Engine, asked: Asked<Nothing, Tokens, Empty>) -> Paged<Token> {
    let Tokens { customer, state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::Customer, customer.as_ref().map(Key::as_str));
    let select = select.is(Field::State, state.map(TokenStanding::word));
    asked.page(engine.list_tokens(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
}

fn revoke(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Token>, Refusal> {
    Ok(Found(engine.revoke_token(&asked.path.id)?))
}

fn add_user(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewUser>>) -> Result<Created<User>, Refusal> {
    Ok(Created(engine.add_user(asked.body.0)?))
}

fn list_users(engine: &Engine, asked: Asked<Nothing, Users, Empty>) -> Paged<User> {
    let Users { state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::State, state.map(SignInStanding::word));
    asked.page(engine.list_users(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
}

fn change_user(engine: &Engine, asked: Asked<OneUser, Nothing, Json<UserChange>>) -> Result<Found<User>, Refusal> {
    Ok(Found(engine.change_user(&asked.path.email, asked.body.0)?))
}

fn add_provider(
    engine: &Engine,
    asked: Asked<Nothing, Nothing, Json<NewIdentityProvider>>,
) -> Result<Created<IdentityProvider>, Refusal> {
    Ok(Created(engine.add_identity_provider(asked.body.0)?))
}

fn list_providers(engine: &Engine, asked: Asked<Nothing, Providers, Empty>) -> Paged<IdentityProvider> {
    let Providers { state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::State, state.map(SignInStanding::word));
    asked.page(engine.list_identity_providers(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
}

fn change_provider(
    engine: &Engine,
    asked: Asked<OneProvider, Nothing, Json<IdentityProviderChange>>,
) -> Result<Found<IdentityProvider>, Refusal> {
    Ok(Found(engine.change_identity_provider(asked.path.key.as_str(), asked.body.0)?))
}

fn remove_provider(
    engine: &Engine,
    asked: Asked<OneProvider, Nothing, Empty>,
) -> Result<Found<IdentityProvider>, Refusal> {
    Ok(Found(engine.remove_identity_provider(asked.path.key.as_str())?))
}
