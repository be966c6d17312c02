//! The table: what can be asked, noun by noun.
#![expect(
    clippy::needless_pass_by_value,
    clippy::unnecessary_wraps,
    reason = "handlers have one form: they own what was asked, and may refuse it"
)]

use crate::Refusal;
use crate::route::Route;
use calendar::{Instant, Period, Zone};
use contracts::When;
use engine::{Engine, EngineError, Resource};

mod access;
mod alerts;
mod approvals;
mod audit;
mod backups;
mod books;
mod changesets;
mod charges;
mod customers;
mod discounts;
mod emails;
mod entities;
mod events;
mod exports;
mod invoices;
mod jobs;
mod payments;
mod pricing;
mod schedules;
mod server;
mod settings;
mod subscriptions;
mod tenants;
mod usage;
mod webhooks;

/// One noun of the API with its routes.
pub(crate) struct Noun {
    pub name: &'static str,
    pub about: &'static str,
    /// What one needs a permission for.
    pub resource: Resource,
    pub routes: Vec<Route>,
}

/// Every route of the server, in the order in which a reader meets them.
pub(crate) fn nouns() -> Vec<Noun> {
    let mut nouns = vec![
        pricing::noun(),
        customers::noun(),
        entities::noun(),
        subscriptions::noun(),
        discounts::noun(),
        charges::noun(),
        events::noun(),
        usage::noun(),
        changesets::noun(),
        invoices::noun(),
        payments::noun(),
        books::noun(),
        settings::noun(),
        jobs::noun(),
        schedules::noun(),
        exports::noun(),
        alerts::noun(),
        webhooks::noun(),
        emails::noun(),
        access::noun(),
        approvals::noun(),
        audit::noun(),
        tenants::noun(),
        backups::noun(),
        server::noun(),
    ];
    for noun in &mut nouns {
        let resource = noun.resource;
        noun.routes = std::mem::take(&mut noun.routes).into_iter().map(|route| route.of(resource)).collect();
    }
    nouns
}

/// The zone whose days are meant when a customer is spoken of: the customer's own, or UTC for somebody who is none.
fn zone_of(engine: &Engine, customer: Option<&str>) -> Result<Zone, Refusal> {
    let Some(key) = customer else { return Ok(Zone::utc()) };
    match engine.customer(key) {
        Ok(customer) => Ok(customer.zone),
        Err(EngineError::NotFound(_)) => Ok(Zone::utc()),
        Err(error) => Err(error.into()),
    }
}

/// From when to when a list is asked for, in microseconds since 1970 in UTC; days are those of a customer, else those in UTC.
fn span(
    engine: &Engine,
    customer: Option<&str>,
    (from, to): (Option<When>, Option<When>),
) -> Result<Option<(i64, i64)>, Refusal> {
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    let period = period(from, to, &zone_of(engine, customer)?)?;
    Ok(Some((period.from().micros(), period.to().micros())))
}

/// From when to when; to the end of the calendar where an end is not given.
fn period(from: Option<When>, to: Option<When>, zone: &Zone) -> Result<Period, Refusal> {
    let from = from.map_or(Instant::MIN, |when| when.instant(zone));
    let to = to.map_or(Instant::MAX, |when| when.instant(zone));
    Period::new(from, to).map_err(|error| Refusal::invalid(&error))
}
