//! What is taken off.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use billing::{Discount, Redemption};
use contracts::{Effective, When};
use engine::{Engine, Field, NamedDiscount, NewRedemption, Resource, Thing};
use schemars::JsonSchema;
use serde::Deserialize;
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "discounts",
        resource: Resource::Subscriptions,
        about: "Percentages, amounts and free units that are taken off lines: what is offered, and who has redeemed it.",
        routes: vec![
            Route::get("/v1/discounts", "list_discounts", "Every discount that is offered, by key", list),
            Route::get("/v1/discounts/{key}", "get_discount", "A discount", get).versioned(Thing::Discount, "key"),
            Route::post("/v1/discounts/{key}", "set_discount", "Offer a discount, or say it anew", set)
                .versioned(Thing::Discount, "key"),
            Route::post(
                "/v1/customers/{key}/redemptions",
                "redeem_discount",
                "Redeem a discount for a customer, by its key or code",
                redeem,
            ),
            Route::get(
                "/v1/customers/{key}/redemptions",
                "list_redemptions",
                "The discounts of a customer, those that ended too",
                redemptions,
            )
            .expands(&[to(Expand::Customer, "customer"), to(Expand::Subscription, "subscription")])
            .portal(Portal::Path("key")),
            Route::post("/v1/redemptions/{key}/end", "end_redemption", "Take a discount away from a customer", end)
                .versioned(Thing::Redemption, "key"),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// Its key.
    key: Key,
}

list! {
    /// Discounts have one order.
    List by Order Up ["key" => Id] {}
}

/// Where a redemption stands.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RedemptionStanding {
    /// The customer has it.
    Open,
    /// It was taken away, or will be.
    Ended,
}

impl RedemptionStanding {
    const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ended => "ended",
        }
    }
}

list! {
    /// Which redemptions are listed.
    Redeemed by RedeemedOrder Down ["recorded_at" => Time, "key" => Id] {
        /// Only those that stand so.
        state: Option<RedemptionStanding>,
        /// Only those that were redeemed from then on: a day (where the customer is) or an instant.
        from: Option<When>,
        /// Only those that were redeemed before then.
        to: Option<When>,
    }
}

/// From when nothing is taken off any more.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct End {
    /// Lines that fall due then or later keep their amount. Now when it is left out.
    #[serde(default)]
    effective: Effective,
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<NamedDiscount> {
    asked.page(engine.list_discounts(&asked.select()?)?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<NamedDiscount>, Refusal> {
    Ok(Found(engine.discount(asked.path.key.as_str())?))
}

fn set(engine: &Engine, asked: Asked<One, Nothing, Json<Discount>>) -> Result<Found<NamedDiscount>, Refusal> {
    Ok(Found(engine.set_discount(asked.path.key, asked.body.0)?))
}

fn redeem(engine: &Engine, asked: Asked<One, Nothing, Json<NewRedemption>>) -> Result<Created<Redemption>, Refusal> {
    Ok(Created(engine.redeem(asked.path.key.as_str(), asked.body.0)?))
}

fn redemptions(engine: &Engine, asked: Asked<One, Redeemed, Empty>) -> Paged<Redemption> {
    let (Redeemed { state, from, to, .. }, customer) = (&asked.query, asked.path.key.as_str());
    let select = asked.select()?.is(Field::State, state.map(RedemptionStanding::word));
    let select = select.within(Field::Time, span(engine, Some(customer), (*from, *to))?);
    asked.page(engine.list_redemptions(customer, &select)?)
}

fn end(engine: &Engine, asked: Asked<One, Nothing, Json<End>>) -> Result<Found<Redemption>, Refusal> {
    Ok(Found(engine.end_redemption(asked.path.key.as_str(), asked.body.0.effective)?))
}
