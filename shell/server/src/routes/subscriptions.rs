//! What was agreed.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use contracts::{Anchor, Credit, Effective, Subscription, Term, When};
use engine::{Engine, Field, NewChange, NewSubscription, NewTransfer, Resource, Thing};
use schemars::JsonSchema;
use serde::Deserialize;
use stdx::Key;

const REFERENCES: &[Reference] = &[
    to(Expand::Customer, "customer"),
    to(Expand::Plan, "changes.*.step.*.plan"),
    to(Expand::Subscription, "goes_with"),
];

pub(super) fn noun() -> Noun {
    Noun {
        name: "subscriptions",
        resource: Resource::Subscriptions,
        about: "What was agreed: a customer, a plan and quantities, as a chain of dated changes.",
        routes: vec![
            Route::post(
                "/v1/subscriptions",
                "subscribe",
                "Subscribe a customer to a plan, now, ahead or in the past",
                subscribe,
            )
            .makes(Thing::Subscription),
            Route::get("/v1/subscriptions", "list_subscriptions", "Subscriptions, the latest started first", list)
                .expands(REFERENCES)
                .portal(Portal::Query("customer")),
            Route::get("/v1/subscriptions/{key}", "get_subscription", "A subscription with all its changes", get)
                .versioned(Thing::Subscription, "key")
                .expands(REFERENCES)
                .portal(Portal::Subscription("key")),
            Route::post(
                "/v1/subscriptions/{key}/changes",
                "change_subscription",
                "Change plan, quantities or prices, now, ahead or in the past",
                change,
            )
            .versioned(Thing::Subscription, "key"),
            Route::post("/v1/subscriptions/{key}/end", "end_subscription", "End a subscription", end)
                .versioned(Thing::Subscription, "key"),
            Route::post(
                "/v1/subscriptions/{key}/pause",
                "pause_subscription",
                "Serve nothing until the subscription is resumed",
                pause,
            )
            .versioned(Thing::Subscription, "key"),
            Route::post("/v1/subscriptions/{key}/resume", "resume_subscription", "End a pause", resume)
                .versioned(Thing::Subscription, "key"),
            Route::post(
                "/v1/subscriptions/{key}/reactivate",
                "reactivate_subscription",
                "Serve a subscription again that had ended",
                reactivate,
            )
            .versioned(Thing::Subscription, "key"),
            Route::post(
                "/v1/subscriptions/{key}/renew",
                "renew_subscription",
                "Agree on the term that follows the one under way",
                renew,
            )
            .versioned(Thing::Subscription, "key"),
            Route::post("/v1/subscriptions/{key}/cycles", "count_subscription", "Begin cycles on another day", count)
                .versioned(Thing::Subscription, "key"),
            Route::post(
                "/v1/subscriptions/{key}/withdraw",
                "withdraw_subscription_change",
                "Take back a change, such as an end that lies ahead",
                withdraw,
            )
            .versioned(Thing::Subscription, "key"),
            Route::post(
                "/v1/subscriptions/{key}/transfer",
                "transfer_subscription",
                "Hand a subscription over to another customer, on the same terms",
                transfer,
            )
            .versioned(Thing::Subscription, "key"),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The subscription's key.
    key: Key,
}

/// Where a subscription stands.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SubscriptionStanding {
    /// No end was agreed.
    Open,
    /// It has ended, or will.
    Ending,
}

impl SubscriptionStanding {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ending => "ending",
        }
    }
}

list! {
    /// Which subscriptions are listed.
    List by Order Down ["started_at" => Time, "key" => Id] {
        /// Only those of this customer.
        customer: Option<Key>,
        /// Only those that stand so.
        state: Option<SubscriptionStanding>,
        /// Only those that started from then on: a day (where the customer is, else in UTC) or an instant.
        from: Option<When>,
        /// Only those that started before then.
        to: Option<When>,
    }
}

/// When service ends, and what becomes of what was charged ahead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    /// The first moment at which nothing is served; now when it is left out.
    #[serde(default)]
    effective: Effective,
    /// What becomes of charges in advance for time that is not served; given back when it is left out.
    #[serde(default)]
    credit: Credit,
}

/// When service begins again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Opening {
    /// Its first moment; now when it is left out.
    #[serde(default)]
    effective: Effective,
}

/// Where cycles begin from when on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Counting {
    /// A day of the month such as 15, or a day such as 2026-04-15.
    from: Anchor,
    /// From when; the cycle that is under way ends there. Now when it is left out.
    #[serde(default)]
    effective: Effective,
}

/// Which change is taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Withdrawal {
    /// Its place in `changes`; the start is 0 and stays.
    change: usize,
}

fn subscribe(
    engine: &Engine,
    asked: Asked<Nothing, Nothing, Json<NewSubscription>>,
) -> Result<Created<Subscription>, Refusal> {
    Ok(Created(engine.subscribe(asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Subscription> {
    let List { customer, state, from, to, .. } = &asked.query;
    let customer = customer.as_ref().map(Key::as_str);
    let select = asked.select()?.is(Field::Customer, customer).is(Field::State, state.map(SubscriptionStanding::word));
    asked.page(engine.list_subscriptions(&select.within(Field::Time, span(engine, customer, (*from, *to))?))?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Subscription>, Refusal> {
    Ok(Found(engine.subscription(asked.path.key.as_str())?))
}

fn change(engine: &Engine, asked: Asked<One, Nothing, Json<NewChange>>) -> Result<Found<Subscription>, Refusal> {
    Ok(Found(engine.change_subscription(asked.path.key.as_str(), asked.body.0)?))
}

type Answer = Result<Found<Subscription>, Refusal>;

fn end(engine: &Engine, asked: Asked<One, Nothing, Json<Closing>>) -> Answer {
    let Closing { effective, credit } = asked.body.0;
    Ok(Found(engine.end_subscription(asked.path.key.as_str(), effective, credit)?))
}

fn pause(engine: &Engine, asked: Asked<One, Nothing, Json<Closing>>) -> Answer {
    let Closing { effective, credit } = asked.body.0;
    Ok(Found(engine.pause_subscription(asked.path.key.as_str(), effective, credit)?))
}

fn resume(engine: &Engine, asked: Asked<One, Nothing, Json<Opening>>) -> Answer {
    Ok(Found(engine.resume_subscription(asked.path.key.as_str(), asked.body.0.effective)?))
}

fn reactivate(engine: &Engine, asked: Asked<One, Nothing, Json<Opening>>) -> Answer {
    Ok(Found(engine.reactivate_subscription(asked.path.key.as_str(), asked.body.0.effective)?))
}

fn renew(engine: &Engine, asked: Asked<One, Nothing, Json<Term>>) -> Answer {
    Ok(Found(engine.renew_subscription(asked.path.key.as_str(), asked.body.0)?))
}

fn count(engine: &Engine, asked: Asked<One, Nothing, Json<Counting>>) -> Answer {
    let Counting { from, effective } = asked.body.0;
    Ok(Found(engine.count_subscription(asked.path.key.as_str(), from, effective)?))
}

fn withdraw(engine: &Engine, asked: Asked<One, Nothing, Json<Withdrawal>>) -> Answer {
    Ok(Found(engine.withdraw_change(asked.path.key.as_str(), asked.body.0.change)?))
}

fn transfer(engine: &Engine, asked: Asked<One, Nothing, Json<NewTransfer>>) -> Result<Created<Subscription>, Refusal> {
    Ok(Created(engine.transfer_subscription(asked.path.key.as_str(), asked.body.0)?))
}
