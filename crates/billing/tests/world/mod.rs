//! The world of the laws: a catalog, a subscription with random changes, usage, and how bills are drawn in it.
#![allow(dead_code, clippy::missing_panics_doc, reason = "each test file uses a part of it")]

use billing::{
    Account, BillPlan, Catalogs, Corrections, Ended, Posted, Redemption, Spent, Terms, UsageAnswer, UsageNeed, inspect,
    needs, plan,
};
use calendar::{Instant, Zone};
use catalog::Price;
use contracts::{Anchor, Change, Charge, Credit, Customer, Phases, PlanRef, Prices, Quantities, Step, Subscription};
use metering::{Dimensions, Measured};
use money::{Currency, Dec, Ratio};
use proptest::prelude::*;
use stdx::Key;

pub(crate) const DAY: i64 = 86_400_000_000;

pub(crate) fn key(text: &str) -> Key {
    Key::try_from(text).expect(text)
}

/// Midnight UTC, so many days after 1 January 2026.
pub(crate) fn day(number: i64) -> Instant {
    let start: Instant = "2026-01-01T00:00:00Z".parse().expect("instant");
    start.plus_micros(number * DAY).expect("in range")
}

pub(crate) fn catalogs() -> Catalogs {
    let json = r#"{
        "meters": { "calls": { "event": "call", "aggregate": "count" } },
        "plans": {
            "basic": { "currency": "EUR", "every": "month", "bill_at": { "spend": ["0.02", "0.05"], "then_each": "0.04" }, "prices": {
                "fee": { "flat": "29.99", "in": "advance", "prorate": "day" },
                "seats": { "per_unit": "7.77", "quantity": "seats", "in": "advance", "prorate": "day" },
                "calls": { "meter": "calls", "graduated": [ { "up_to": 10, "each": "0" }, { "each": "0.013" } ] } } },
            "scale": { "currency": "EUR", "every": "month", "prices": {
                "fee": { "flat": "90.01", "in": "arrears", "prorate": "day" },
                "seats": { "per_unit": "5.55", "quantity": "seats", "in": "advance", "prorate": "second" },
                "calls": { "meter": "calls", "package": { "size": 100, "price": "1.00" } } } },
            "eager": { "currency": "EUR", "every": "month", "prices": {
                "seats": { "per_unit": "6.66", "quantity": "seats", "level": "peak" },
                "desks": { "per_unit": "3.21", "quantity": "seats", "level": "peak", "prorate": "full" },
                "calls": { "meter": "calls", "in": "advance", "graduated": [ { "up_to": 3, "each": "0.20" }, { "each": "0.10" } ] },
                "more": { "meter": "calls", "in": "advance", "gather": "run", "per_unit": "0.033", "included": 2, "minimum": "1.00" } } },
            "intro": { "currency": "EUR", "every": "month",
                "phases": [
                    { "name": "trial", "lasts": "2 weeks" },
                    { "name": "cheap", "lasts": "month", "prices": {
                        "fee": { "flat": "9.99" }, "calls": { "meter": "calls", "per_unit": "0.07" } } } ],
                "prices": {
                    "setup": { "flat": "100.00", "every": "once" },
                    "fee": { "flat": "49.90" },
                    "seats": { "per_unit": "3.33", "quantity": "seats", "every": "2 months", "in": "arrears" },
                    "calls": { "meter": "calls", "per_unit": "0.11" } } }
        } }"#;
    [(1, serde_json::from_str(json).expect("catalog"))].into()
}

/// A change on a day, recorded on a day that is not before it was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    pub(crate) recorded: i64,
    pub(crate) effective: i64,
    pub(crate) what: u8,
    pub(crate) seats: i64,
}

pub(crate) fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = (1i64..150, -20i64..20, 0u8..24, 1i64..20).prop_map(|(recorded, shift, what, seats)| Move {
        recorded,
        effective: (recorded + shift).max(1),
        what,
        seats,
    });
    prop::collection::vec(one, 0..8).prop_map(|mut moves| {
        moves.sort_by_key(|one| one.recorded);
        moves
    })
}

pub(crate) fn plan_ref(name: &str) -> PlanRef {
    PlanRef { plan: key(name), version: 1 }
}

pub(crate) fn seats(number: i64) -> Quantities {
    [(key("seats"), Dec::from(number))].into()
}

/// A fee in advance that was agreed instead of the plan's.
pub(crate) fn agreed(euros: i64) -> Price {
    serde_json::from_value(serde_json::json!({ "flat": euros.to_string(), "in": "advance" })).expect("a price")
}

pub(crate) fn subscription(moves: &[Move]) -> Subscription {
    let first = Change { effective_at: day(0), recorded_at: day(0), step: Step::start(plan_ref("basic"), seats(3)) };
    let mut subscription = Subscription::start(key("s"), key("acme"), Zone::utc(), None, first).expect("starts");
    for one in moves {
        let step = match one.what {
            0..=5 => Step::set(seats(one.seats)),
            6..=8 => Step::switch(plan_ref("scale"), Quantities::new()),
            9 => Step::switch(plan_ref("basic"), Quantities::new()),
            10 => Step::switch(plan_ref("eager"), Quantities::new()),
            11..=12 => Step::switch(plan_ref("intro"), Quantities::new()),
            13 => Step::Pause { credit: Credit::Unused },
            14 => Step::Pause { credit: Credit::None },
            15 => Step::Resume {},
            16 => Step::End { credit: Credit::None },
            17 => Step::Reactivate {},
            18 => Step::Count { from: Anchor::Day(15.try_into().expect("a day")) },
            19 => Step::Set { quantities: Quantities::new(), prices: [(key("fee"), Some(agreed(one.seats)))].into() },
            20 => Step::Set { quantities: Quantities::new(), prices: [(key("fee"), None)].into() },
            21 => Step::Withdraw { change: usize::try_from(one.seats).expect("few") },
            22 => Step::Switch {
                plan: plan_ref("intro"),
                quantities: Quantities::new(),
                prices: Prices::new(),
                phases: Phases::Restart,
                credit: Credit::None,
            },
            _ => Step::end(),
        };
        // what lies outside of the subscription's life is refused, and then simply did not happen
        let _ = subscription.change(Change { effective_at: day(one.effective), recorded_at: day(one.recorded), step });
    }
    subscription
}

/// An event: when it happened and when it arrived, in days.
pub(crate) type Arrival = (i64, i64);

pub(crate) fn answer(need: &UsageNeed, events: &[Arrival], as_of: Instant) -> UsageAnswer {
    let inside = |(at, arrived): &&Arrival| need.period.contains(day(*at)) && day(*arrived) <= as_of;
    let count = events.iter().filter(inside).count() as u64;
    let quantity = Ratio::from_int(i128::from(count));
    let measured = Measured { quantity, raw: quantity, count, transactions: Vec::new() };
    UsageAnswer { groups: vec![(Dimensions::new(), measured)], unmeasured: None, watermark: count }
}

pub(crate) fn draw(
    account: &Account,
    catalogs: &Catalogs,
    events: &[Arrival],
    as_of: Instant,
    corrections: Corrections,
) -> BillPlan {
    draw_by(account, catalogs, events, Terms { corrections, ..Terms::usual(as_of) })
}

/// The same under other terms.
pub(crate) fn draw_by(account: &Account, catalogs: &Catalogs, events: &[Arrival], terms: Terms) -> BillPlan {
    let as_of = terms.as_of;
    let answers: Vec<_> = needs(account, catalogs, as_of)
        .expect("needs")
        .into_iter()
        .map(|need| (need.clone(), answer(&need, events, as_of)))
        .collect();
    let drawn = plan(account, catalogs, terms, &answers).expect("plan");
    assert_eq!(inspect(&drawn), [], "a plan that is drawn keeps its invariants");
    drawn
}

pub(crate) fn post(account: &mut Account, plan: BillPlan) {
    for line in plan.documents.into_iter().flat_map(|document| document.lines) {
        account.posted.add(line).expect("adds");
    }
}

/// 12.34 each for three, due on day 70 and known on day 50; and one that was billed and is not owed, as became known on day 80.
pub(crate) fn charges() -> Vec<Charge> {
    let one = |name: &str, due: i64, recorded: i64, withdrawn: Option<i64>| Charge {
        key: key(name),
        customer: key("acme"),
        name: name.into(),
        quantity: Dec::from(3_i64).try_into().expect("a number"),
        each: "12.34".parse::<Dec>().expect("a number").try_into().expect("a price"),
        currency: Currency::parse("EUR").expect("euro"),
        tax_category: None,
        due_at: day(due),
        recorded_at: day(recorded),
        withdrawn_at: withdrawn.map(day),
    };
    vec![one("training", 70, 50, None), one("mistake", 20, 20, Some(80))]
}

/// A tenth off the plan basic from day 20, known on day 40; 50.00 EUR once, taken away on day 60; ten calls free in two cycles.
pub(crate) fn redemptions() -> Vec<Redemption> {
    let known = |name: &str, discount: &str, effective: i64, recorded: i64| Redemption {
        key: key(name),
        customer: key("acme"),
        subscription: None,
        discount: serde_json::from_str(discount).expect("a discount"),
        effective_at: day(effective),
        recorded_at: day(recorded),
        ended: None,
        before: Spent::default(),
    };
    let ended = Some(Ended { effective_at: day(55), recorded_at: day(60) });
    vec![
        known("tenth", r#"{"off": {"percent": "10"}, "on": {"plans": ["basic"]}, "lasts": "forever"}"#, 20, 40),
        Redemption { ended, ..known("fifty", r#"{"off": {"amount": {"amount": "50.00", "currency": "EUR"}}}"#, 0, 3) },
        known("calls", r#"{"off": {"units": "10"}, "on": {"meters": ["calls"]}, "lasts": {"periods": 2}}"#, 0, 0),
    ]
}

pub(crate) fn account(subscription: Subscription) -> Account {
    let customer = Customer::new(key("acme"), "Acme", Zone::utc());
    let customer = Customer { tax: serde_json::from_str(r#"{"country": "DE"}"#).expect("tax"), ..customer };
    let entity = r#"{"key": "default", "name": "", "tax": {"seller": {"country": "DE"}, "code": "vat", "rules": [
        {"place": {"country": "DE"}, "class": "standard", "taxes": [{"code": "vat", "rates": {"2007-01-01": "19", "2026-04-01": "16"}}]}]}}"#;
    let entity = serde_json::from_str(entity).expect("entity");
    Account {
        entity,
        customer,
        subscriptions: vec![subscription],
        charges: charges(),
        redemptions: redemptions(),
        adjustments: Vec::new(),
        posted: Posted::default(),
    }
}
