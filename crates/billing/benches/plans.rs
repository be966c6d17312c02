//! How many customers a second are billed from facts and measured usage at hand, inspection and postings included; and how long a
//! subscription takes that was changed a thousand times.

use billing::{Account, Catalogs, Posted, Terms, UsageAnswer, UsageNeed, inspect, needs, plan, postings};
use calendar::{Instant, Zone};
use contracts::{Change, Customer, Entity, PlanRef, Quantities, Step, Subscription};
use divan::{Bencher, black_box, counter::ItemsCount};
use metering::{Dimensions, Measured};
use money::Dec;
use stdx::Key;

const PRICING: &str = r#"{
    "meters": {
        "tokens": { "event": "llm", "aggregate": { "sum": "properties.tokens" } },
        "calls": { "event": "call", "aggregate": "count" }
    },
    "plans": { "hybrid": { "currency": "EUR", "every": "month", "prices": {
        "fee": { "flat": "49.00", "in": "advance", "prorate": "day" },
        "seats": { "per_unit": "12.00", "quantity": "seats", "in": "advance", "prorate": "day" },
        "tokens": { "meter": "tokens", "graduated": [
            { "up_to": "10_000", "each": "0" }, { "up_to": "100_000", "each": "0.0004" }, { "each": "0.00025" } ] },
        "calls": { "meter": "calls", "graduated": [ { "up_to": "20", "each": "0.10" }, { "each": "0.08" } ] }
    } } }
}"#;
const HOUR: i64 = 3_600_000_000;

fn main() {
    divan::main();
}

fn key(text: &str) -> Key {
    text.try_into().expect("key")
}

fn seats(number: i64) -> Quantities {
    [(key("seats"), Dec::from(number))].into()
}

fn change(hours: i64, step: Step) -> Change {
    let start: Instant = "2026-04-01T00:00:00Z".parse().expect("instant");
    let at = start.plus_micros(hours * HOUR).expect("instant");
    Change { effective_at: at, recorded_at: at, step }
}

/// A customer who changed the number of seats so many times, hour by hour.
fn world(changes: i64) -> (Catalogs, Account) {
    let catalogs: Catalogs = [(1, serde_json::from_str(PRICING).expect("catalog"))].into();
    let hybrid = PlanRef { plan: key("hybrid"), version: 1 };
    let first = change(0, Step::start(hybrid, seats(7)));
    let mut subscription = Subscription::start(key("acme"), key("acme"), Zone::utc(), None, first).expect("starts");
    for number in 1..=changes {
        subscription.change(change(number, Step::set(seats(number % 50 + 1)))).expect("changed");
    }
    let customer = Customer::new(key("acme"), "Acme", Zone::utc());
    let account = Account {
        entity: Entity::unnamed(),
        customer,
        subscriptions: vec![subscription],
        charges: Vec::new(),
        redemptions: Vec::new(),
        adjustments: Vec::new(),
        posted: Posted::default(),
    };
    (catalogs, account)
}

fn answers(needs: Vec<UsageNeed>) -> Vec<(UsageNeed, UsageAnswer)> {
    let quantity = Dec::from(123_456_i64);
    let answer = |need: UsageNeed| {
        let measured =
            Measured { raw: quantity.into(), quantity: quantity.into(), count: 30, transactions: Vec::new() };
        (need, UsageAnswer { groups: vec![(Dimensions::new(), measured)], unmeasured: None, watermark: 7 })
    };
    needs.into_iter().map(answer).collect()
}

fn bill(catalogs: &Catalogs, account: &Account, as_of: Instant) -> usize {
    let answers = answers(needs(account, catalogs, as_of).expect("needs"));
    let terms = Terms::usual(as_of);
    let drawn = plan(account, catalogs, terms, &answers).expect("a plan");
    assert_eq!(inspect(&drawn), []);
    postings(&account.customer.key, "INV-000001", &drawn.documents[0], as_of).expect("postings").len()
}

/// A hybrid plan at the end of its first month: two months' fee and seats, and the usage of two meters.
#[divan::bench]
fn a_customer_of_a_hybrid_plan(bencher: Bencher<'_, '_>) {
    let (catalogs, account) = world(0);
    let as_of = "2026-05-01T00:00:00Z".parse().expect("instant");
    bencher.counter(ItemsCount::new(1_u32)).bench(|| bill(black_box(&catalogs), black_box(&account), as_of));
}

/// Seats that were changed each hour, two months later.
#[divan::bench]
fn a_subscription_with_a_thousand_changes(bencher: Bencher<'_, '_>) {
    let (catalogs, account) = world(1_000);
    let as_of = "2026-06-01T00:00:00Z".parse().expect("instant");
    bencher.counter(ItemsCount::new(1_u32)).bench(|| bill(black_box(&catalogs), black_box(&account), as_of));
}
