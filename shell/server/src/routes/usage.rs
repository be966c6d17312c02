//! How much was used.

use super::{Noun, period, zone_of};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::payload::Empty;
use crate::route::Route;
use contracts::When;
use engine::{Activity, Engine, MeteredUsage, UnpaidUsage, UsageQuestion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "usage",
        about: "How much was used: what the meters say of the events. The same numbers are billed.",
        routes: vec![
            Route::get("/v1/usage", "get_usage", "How much was used on a meter, exact at any two instants", measure),
            Route::get(
                "/v1/usage/unmatched",
                "list_unmatched_usage",
                "Usage of subjects that are no customers: nobody pays for it",
                unmatched,
            ),
            Route::get(
                "/v1/usage/unpaid",
                "list_unpaid_usage",
                "Usage that matches no customer, no meter or no price, in quantity, and in money where a price is known",
                unpaid,
            ),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// On which meter of the newest pricing.
    meter: Key,
    /// Whose usage; everybody's when it is left out.
    customer: Option<String>,
    /// From when: a day (where the customer is, else in UTC) or an instant.
    from: When,
    /// Before when.
    to: When,
    /// Names of event properties that split the answer, separated by commas.
    by: Option<String>,
}

/// What a meter says.
#[derive(Debug, Serialize, JsonSchema)]
struct Answer {
    /// One for each customer and combination of dimensions; none where nothing was used.
    usage: Vec<MeteredUsage>,
}

/// Usage that nobody pays for.
#[derive(Debug, Serialize, JsonSchema)]
struct Unmatched {
    /// By subject, then by name of the events.
    activity: Vec<Activity>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Priced {
    /// The plan on which to say what the usage would cost.
    plan: Option<Key>,
}

/// Usage that nobody pays for, with what it would cost.
#[derive(Debug, Serialize, JsonSchema)]
struct Unpaid {
    /// By subject, then by name of the events.
    usage: Vec<UnpaidUsage>,
}

fn unpaid(engine: &Engine, asked: Asked<Nothing, Priced, Empty>) -> Result<Found<Unpaid>, Refusal> {
    Ok(Found(Unpaid { usage: engine.unpaid_usage(asked.query.plan.as_ref())? }))
}

fn measure(engine: &Engine, asked: Asked<Nothing, Question, Empty>) -> Result<Found<Answer>, Refusal> {
    let Question { meter, customer, from, to, by } = asked.query;
    let period = period(Some(from), Some(to), &zone_of(engine, customer.as_deref())?)?;
    let by: Vec<String> = by.iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect();
    let question = UsageQuestion { customer: customer.as_deref(), meter: meter.as_str(), period, by: &by };
    Ok(Found(Answer { usage: engine.usage(&question)? }))
}

fn unmatched(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<Unmatched>, Refusal> {
    Ok(Found(Unmatched { activity: engine.unmatched_usage()? }))
}
