//! Companies that bill, and copies of them to try things in.

use super::Noun;
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Desk, Route};
use calendar::Instant;
use engine::{
    At, BillRun, ClockState, Engine, Environment, IssuedToken, Mark, NewTenant, Platform, Resource, Tenant, Thing,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "tenants",
        resource: Resource::Tenants,
        about: "Companies that bill on this installation, each unseen by the others, and test environments with a clock of their own. \
                Owners of the tenant `default` manage them.",
        routes: vec![
            Route::post_at("/v1/tenants", "add_tenant", "Add a tenant; answers with its first key", add).repeats(),
            Route::post_at(
                "/v1/tenants/{key}/fork",
                "fork_tenant",
                "Copy a tenant into a new test environment; answers with the copy's first key",
                fork,
            )
            .repeats(),
            Route::get_at("/v1/tenants", "list_tenants", "Every tenant, by key", list),
            Route::get("/v1/clock", "get_clock", "The time by which this tenant bills", clock).of(Resource::Invoices),
            Route::post(
                "/v1/clock",
                "set_clock",
                "Set the time of a test environment forward, and bill everything that falls due on the way",
                set_clock,
            )
            .only(Thing::Clock)
            .of(Resource::Invoices),
        ],
    }
}

list! {
    /// Which tenants are listed.
    List by Order Up ["key" => Id] {
        /// Only live ones, or only test environments.
        environment: Option<Environment>,
    }
}

/// A tenant and the key with which to begin.
#[derive(Serialize, JsonSchema)]
struct Added {
    /// The tenant.
    tenant: Tenant,
    /// An owner's key of it.
    key: IssuedToken,
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The tenant's key.
    key: Key,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Forward {
    /// To when.
    to: Instant,
}

pub(super) fn by_the_owner_of_all(desk: &Desk<'_>) -> Result<(), Refusal> {
    if desk.who.tenant == Platform::default_tenant() {
        return Ok(());
    }
    Err(engine::AccessError::NotOfThisTenant.into())
}

fn add(desk: &Desk<'_>, asked: Asked<Nothing, Nothing, Json<NewTenant>>) -> Result<Created<Added>, Refusal> {
    by_the_owner_of_all(desk)?;
    let (tenant, key) = desk.platform.add_tenant(asked.body.0, &desk.who.actor)?;
    Ok(Created(Added { tenant, key }))
}

fn fork(desk: &Desk<'_>, asked: Asked<One, Nothing, Json<NewTenant>>) -> Result<Created<Added>, Refusal> {
    by_the_owner_of_all(desk)?;
    let (tenant, key) = desk.platform.fork_tenant(&asked.path.key, asked.body.0, &desk.who.actor)?;
    Ok(Created(Added { tenant, key }))
}

fn list(desk: &Desk<'_>, asked: Asked<Nothing, List, Empty>) -> Paged<Tenant> {
    by_the_owner_of_all(desk)?;
    let wanted = asked.query.environment;
    let found = desk.platform.tenants()?.into_iter();
    let found = found.filter(|tenant| wanted.is_none_or(|wanted| wanted == tenant.environment)).collect();
    asked.page_of(found, |tenant: &Tenant| At(Mark::Text(tenant.key.to_string()), Mark::Text(tenant.key.to_string())))
}

fn clock(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<ClockState>, Refusal> {
    Ok(Found(engine.clock_state()))
}

fn set_clock(engine: &Engine, asked: Asked<Nothing, Nothing, Json<Forward>>) -> Result<Found<BillRun>, Refusal> {
    Ok(Found(engine.set_clock(asked.body.0.to)?))
}
