//! How much was used.

use super::{Noun, period, zone_of};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, to};
use crate::payload::Empty;
use crate::route::{Portal, Route};
use calendar::Zone;
use contracts::When;
use engine::{Activity, Engine, MeteredUsage, Resource, Seq, UnpaidUsage, UsageQuestion, Window};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use stdx::{Key, Problem};

pub(super) fn noun() -> Noun {
    Noun {
        name: "usage",
        resource: Resource::Usage,
        about: "How much was used: what the meters say of the events. The same numbers are billed.",
        routes: vec![
            Route::get("/v1/usage", "get_usage", "How much was used on a meter, exact at any two instants", measure)
                .expands(&[to(Expand::Customer, "usage.*.customer")])
                .portal(Portal::Query("customer")),
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
    /// A series: one answer for each part of the period in which something was used.
    every: Option<Every>,
    /// Where the hours, days and months of a series are: the customer's zone when it is left out, else UTC.
    zone: Option<Zone>,
    /// As of which position of the events: what became known later is not counted. The newest when it is left out.
    as_of: Option<Position>,
}

/// A position of the events, in an address.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Position(Seq);

impl TryFrom<String> for Position {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        text.parse().map(|position| Self(Seq(position))).map_err(|_| {
            Problem::new("invalid_position", "This is not a position of the events")
                .detail(format!("`{text}` is not a whole number from 0 on"))
                .mend("give a position that an answer named as `seq` or `watermark`")
        })
    }
}

impl JsonSchema for Position {
    fn schema_name() -> Cow<'static, str> {
        "Position".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0 })
    }
}

/// The parts of a series.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Every {
    /// Hours of local days.
    Hour,
    /// Local days.
    Day,
    /// Local months.
    Month,
}

/// What a meter says.
#[derive(Debug, Serialize, JsonSchema)]
struct Answer {
    /// One for each customer, combination of dimensions and part of a series; none where nothing was used.
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
    let Question { meter, customer, from, to, by, every, zone, as_of } = asked.query;
    let home = zone_of(engine, customer.as_deref())?;
    let period = period(Some(from), Some(to), &home)?;
    let by: Vec<String> = by.iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect();
    let zone = zone.unwrap_or(home);
    let window = match every {
        None => Window::Whole,
        Some(Every::Hour) => Window::Hour(&zone),
        Some(Every::Day) => Window::Day(&zone),
        Some(Every::Month) => Window::Month(&zone),
    };
    let as_of = as_of.map_or(Seq::NOW, |position| position.0);
    let question =
        UsageQuestion { customer: customer.as_deref(), meter: meter.as_str(), period, window, by: &by, as_of };
    Ok(Found(Answer { usage: engine.usage(&question)? }))
}

fn unmatched(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<Unmatched>, Refusal> {
    Ok(Found(Unmatched { activity: engine.unmatched_usage()? }))
}
