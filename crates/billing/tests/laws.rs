//! The laws of *due − posted*, over random subscriptions, changes, usage and billing runs.

use billing::{
    Account, BillPlan, Catalogs, Corrections, Ended, Posted, Redemption, Spent, Stacking, Terms, UsageAnswer,
    UsageNeed, inspect, needs, next_due, plan, postings,
};
use calendar::{Instant, Zone};
use catalog::Price;
use contracts::{Anchor, Change, Charge, Credit, Customer, Phases, PlanRef, Prices, Quantities, Step, Subscription};
use ledger::Account as Role;
use metering::{Dimensions, Measured};
use money::{Currency, Dec, Ratio};
use proptest::prelude::*;
use stdx::Key;

const DAY: i64 = 86_400_000_000;

fn key(text: &str) -> Key {
    Key::try_from(text).expect(text)
}

/// Midnight UTC, so many days after 1 January 2026.
fn day(number: i64) -> Instant {
    let start: Instant = "2026-01-01T00:00:00Z".parse().expect("instant");
    start.plus_micros(number * DAY).expect("in range")
}

fn catalogs() -> Catalogs {
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
struct Move {
    recorded: i64,
    effective: i64,
    what: u8,
    seats: i64,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
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

fn plan_ref(name: &str) -> PlanRef {
    PlanRef { plan: key(name), version: 1 }
}

fn seats(number: i64) -> Quantities {
    [(key("seats"), Dec::from(number))].into()
}

/// A fee in advance that was agreed instead of the plan's.
fn agreed(euros: i64) -> Price {
    serde_json::from_value(serde_json::json!({ "flat": euros.to_string(), "in": "advance" })).expect("a price")
}

fn subscription(moves: &[Move]) -> Subscription {
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
type Arrival = (i64, i64);

fn answer(need: &UsageNeed, events: &[Arrival], as_of: Instant) -> UsageAnswer {
    let inside = |(at, arrived): &&Arrival| need.period.contains(day(*at)) && day(*arrived) <= as_of;
    let count = events.iter().filter(inside).count() as u64;
    let quantity = Ratio::from_int(i128::from(count));
    let measured = Measured { quantity, raw: quantity, count, transactions: Vec::new() };
    UsageAnswer { groups: vec![(Dimensions::new(), measured)], unmeasured: None, watermark: count }
}

fn draw(
    account: &Account,
    catalogs: &Catalogs,
    events: &[Arrival],
    as_of: Instant,
    corrections: Corrections,
) -> BillPlan {
    let answers: Vec<_> = needs(account, catalogs, as_of)
        .expect("needs")
        .into_iter()
        .map(|need| (need.clone(), answer(&need, events, as_of)))
        .collect();
    let drawn =
        plan(account, catalogs, Terms { as_of, corrections, stacking: Stacking::default() }, &answers).expect("plan");
    assert_eq!(inspect(&drawn), [], "a plan that is drawn keeps its invariants");
    drawn
}

fn post(account: &mut Account, plan: BillPlan) {
    for line in plan.documents.into_iter().flat_map(|document| document.lines) {
        account.posted.add(line).expect("adds");
    }
}

/// 12.34 each for three, due on day 70 and known on day 50; and one that was billed and is not owed, as became known on day 80.
fn charges() -> Vec<Charge> {
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
fn redemptions() -> Vec<Redemption> {
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

fn account(subscription: Subscription) -> Account {
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
        posted: Posted::default(),
    }
}

/// The same, where each day has its own rate; it changes on 1 April 2026, which is day 90, and on 1 May.
fn taxed_by_day(subscription: Subscription) -> Account {
    let entity = r#"{"key": "default", "name": "", "tax": {"seller": {"country": "DE"}, "code": "vat", "point": "each_day", "rules": [
        {"place": {"country": "DE"}, "class": "standard", "taxes": [
            {"code": "vat", "rates": {"2007-01-01": "19", "2026-03-15": "16", "2026-05-01": "19"}},
            {"code": "city", "rates": {"2007-01-01": "1.5"}, "on": "price_and_taxes"}]}]}}"#;
    Account { entity: serde_json::from_str(entity).expect("entity"), ..account(subscription) }
}

/// What documents claim of each tax.
fn taxes(plans: &[BillPlan]) -> std::collections::BTreeMap<String, i128> {
    let mut sums = std::collections::BTreeMap::new();
    for tax in plans.iter().flat_map(|plan| &plan.documents).flat_map(|document| &document.taxes) {
        *sums.entry(format!("{} {}", tax.tax.code, tax.tax.percent)).or_default() += tax.amount.minor();
    }
    sums
}

/// Without taxes, which are rounded on each document.
fn total(plans: &[BillPlan]) -> i128 {
    plans.iter().flat_map(|plan| &plan.documents).map(|document| document.net.minor()).sum()
}

/// So many parts of a price in cents, rounded half away from zero.
fn share(cents: i128, parts: i128, whole: i128) -> i128 {
    (cents * parts * 2 + whole) / (2 * whole)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Posting a plan makes the next plan empty.
    #[test]
    fn what_was_posted_is_not_due_again(moves in moves(), calls in prop::collection::vec((0i64..150, 0i64..30), 0..60)) {
        let (catalogs, mut account) = (catalogs(), account(subscription(&moves)));
        let events: Vec<Arrival> = calls.into_iter().map(|(at, delay)| (at, at + delay)).collect();
        for as_of in [10, 45, 100, 160].map(day) {
            let drawn = draw(&account, &catalogs, &events, as_of, Corrections::AtOnce);
            post(&mut account, drawn);
            let again = draw(&account, &catalogs, &events, as_of, Corrections::AtOnce);
            prop_assert!(again.documents.is_empty() && again.waiting.is_empty(), "{:?}", again);
        }
    }

    /// However often and whenever bills are drawn, however late changes and usage become known: the customer pays the same.
    #[test]
    fn the_path_does_not_matter(
        moves in moves(),
        calls in prop::collection::vec((0i64..150, 0i64..30), 0..60),
        runs in prop::collection::btree_set(1i64..190, 0..12),
    ) {
        let catalogs = catalogs();
        let events: Vec<Arrival> = calls.into_iter().map(|(at, delay)| (at, at + delay)).collect();
        let subscription = subscription(&moves);
        let (mut often, once) = (account(subscription.clone()), account(subscription));
        let mut drawn = Vec::new();
        for as_of in runs.into_iter().map(day).chain([day(200)]) {
            let plan = draw(&often, &catalogs, &events, as_of, Corrections::AtOnce);
            drawn.push(plan.clone());
            post(&mut often, plan);
        }
        let at_the_end = draw(&once, &catalogs, &events, day(200), Corrections::AtOnce);
        prop_assert_eq!(total(&drawn), total(&[at_the_end]));
    }

    /// Waiting for the next invoice moves a correction to another document, and never loses it.
    #[test]
    fn a_correction_that_waits_is_billed_later(moves in moves()) {
        let catalogs = catalogs();
        let subscription = subscription(&moves);
        let (mut at_once, mut waiting) = (account(subscription.clone()), account(subscription));
        let (mut drawn, mut later) = (Vec::new(), Vec::new());
        for as_of in (0..40).map(|week| day(week * 7)) {
            for (account, corrections, plans) in [
                (&mut at_once, Corrections::AtOnce, &mut drawn),
                (&mut waiting, Corrections::NextInvoice, &mut later),
            ] {
                let plan = draw(account, &catalogs, &[], as_of, corrections);
                plans.push(plan.clone());
                post(account, plan);
            }
        }
        let left: i128 = later.last().map_or(0, |plan| plan.waiting.iter().map(|line| line.amount.minor()).sum());
        prop_assert_eq!(total(&drawn), total(&later) + left);
    }

    /// Whatever was billed, corrected and billed again: once nothing is owed any more, every tax has been given back to the cent.
    #[test]
    fn what_is_given_back_has_the_taxes_that_it_had(
        moves in moves(),
        calls in prop::collection::vec((0i64..150, 0i64..30), 0..40),
        by_day in any::<bool>(),
    ) {
        let (catalogs, subscription) = (catalogs(), subscription(&moves));
        let mut account = if by_day { taxed_by_day(subscription) } else { account(subscription) };
        let events: Vec<Arrival> = calls.into_iter().map(|(at, delay)| (at, at + delay)).collect();
        let mut drawn = Vec::new();
        for as_of in (0..14).map(|n| day(n * 13)) {
            let plan = draw(&account, &catalogs, &events, as_of, Corrections::AtOnce);
            drawn.push(plan.clone());
            post(&mut account, plan);
        }
        account.subscriptions.clear();
        account.charges.clear();
        drawn.push(draw(&account, &catalogs, &events, day(200), Corrections::AtOnce));
        prop_assert_eq!(total(&drawn), 0);
        let taxes = taxes(&drawn);
        prop_assert!(taxes.values().all(|sum| *sum == 0), "{taxes:?}");
    }

    /// A bill before the period ends says why; and it never makes the period dearer or cheaper.
    #[test]
    fn steps_of_spend_and_usage_in_advance_move_no_cent(
        calls in prop::collection::vec((0i64..150, 0i64..30), 0..60),
        eager in any::<bool>(),
        runs in prop::collection::btree_set(1i64..190, 0..20),
    ) {
        let with = catalogs();
        let mut without = with.clone();
        for plan in without.values_mut().flat_map(|catalog| catalog.plans.values_mut()) {
            plan.bill_at = None;
            for price in plan.prices.values_mut().filter(|price| price.meter().is_some()) {
                price.timing = catalog::Timing::Arrears;
            }
        }
        let events: Vec<Arrival> = calls.into_iter().map(|(at, delay)| (at, at + delay)).collect();
        let moves = [Move { recorded: 1, effective: 1, what: if eager { 10 } else { 9 }, seats: 3 }];
        let subscription = subscription(&moves);
        let (mut early, late) = (account(subscription.clone()), account(subscription));
        let mut drawn = Vec::new();
        for as_of in runs.into_iter().map(day).chain([day(200)]) {
            let plan = draw(&early, &with, &events, as_of, Corrections::AtOnce);
            for document in &plan.documents {
                let steps = document.lines.iter().any(|line| {
                    line.worth.to_date.is_some() && line.worth.timing == catalog::Timing::Arrears
                });
                prop_assert_eq!(steps, !document.reached.is_empty());
                prop_assert!(document.reached.iter().all(|reached| reached.spend.minor() >= reached.step.minor()));
            }
            drawn.push(plan.clone());
            post(&mut early, plan);
        }
        prop_assert_eq!(total(&drawn), total(&[draw(&late, &without, &events, day(200), Corrections::AtOnce)]));
    }

    /// An independent model, day by day: a day of a month costs its share of each price of the plan that it begins under. Plans
    /// may be left and taken up again within a month.
    #[test]
    fn a_model_by_days_agrees(changes in prop::collection::btree_map(1i64..120, (1i64..20, any::<bool>()), 0..14)) {
        let moves: Vec<Move> = changes
            .iter()
            .flat_map(|(at, (seats, basic))| {
                let plan = if *basic { 9 } else { 6 };
                [0, plan].map(|what| Move { recorded: *at, effective: *at, what, seats: *seats })
            })
            .collect();
        let (catalogs, mut account) = (catalogs(), account(subscription(&moves)));
        account.redemptions.clear();
        account.charges.clear();
        let mut plans = Vec::new();
        for at in 0..=120 {
            let plan = draw(&account, &catalogs, &[], day(at), Corrections::AtOnce);
            plans.push(plan.clone());
            post(&mut account, plan);
        }
        // January, February, March, April 2026; on 1 May what is charged in advance for May is left out below
        let mut expected = 0;
        let (mut first, mut seats, mut basic) = (0, 3, true);
        for length in [31, 28, 31, 30] {
            let (mut days, mut seat_days) = ([0i128; 2], [0i128; 2]);
            for at in first..first + length {
                (seats, basic) = changes.get(&at).copied().unwrap_or((seats, basic));
                days[usize::from(basic)] += 1;
                seat_days[usize::from(basic)] += i128::from(seats);
            }
            first += length;
            let length = i128::from(length);
            expected += share(2999, days[1], length) + share(777, seat_days[1], length);
            expected += share(9001, days[0], length) + share(555, seat_days[0], length);
        }
        let of_may = |line: &&billing::Line| line.key.cycle.from() == day(120);
        let lines = plans.iter().flat_map(|plan| &plan.documents).flat_map(|document| &document.lines);
        let may: i128 = lines.filter(of_may).map(|line| line.amount.minor()).sum();
        prop_assert_eq!(total(&plans) - may, expected);
    }

    /// Whatever is billed, receivable = contract liability + revenue + tax payable in the books.
    #[test]
    fn the_books_follow_the_documents(moves in moves(), calls in prop::collection::vec((0i64..150, 0i64..30), 0..40)) {
        let (catalogs, mut account) = (catalogs(), account(subscription(&moves)));
        let events: Vec<Arrival> = calls.into_iter().map(|(at, delay)| (at, at + delay)).collect();
        let mut entries = Vec::new();
        let mut billed = 0;
        for (number, as_of) in (0..8).map(|n| (n, day(n * 25))) {
            let plan = draw(&account, &catalogs, &events, as_of, Corrections::AtOnce);
            for document in &plan.documents {
                billed += document.total.minor();
                entries.extend(postings(&key("acme"), &format!("INV-{number}"), document, as_of).expect("balanced"));
            }
            post(&mut account, plan);
        }
        let books = ledger::balances(&entries).expect("sums");
        let euro = Currency::parse("EUR").expect("euro");
        let of = |role| books.of(role, euro).minor();
        prop_assert_eq!(of(Role::Receivable), billed);
        prop_assert_eq!(of(Role::Receivable), of(Role::ContractLiability) + of(Role::Revenue) + of(Role::TaxPayable));
    }

    /// Nothing falls due between one due date and the next.
    #[test]
    fn nothing_new_is_due_before_the_next_due_date(start in 0i64..100) {
        let (catalogs, mut account) = (catalogs(), account(subscription(&[])));
        account.redemptions.clear();
        account.charges.clear();
        let now = day(start);
        let drawn = draw(&account, &catalogs, &[], now, Corrections::AtOnce);
        post(&mut account, drawn);
        let next = next_due(&account, &catalogs, now).expect("due").expect("goes on");
        let before = next.plus_micros(-1).expect("in range");
        prop_assert!(draw(&account, &catalogs, &[], before, Corrections::AtOnce).documents.is_empty());
        prop_assert!(!draw(&account, &catalogs, &[], next, Corrections::AtOnce).documents.is_empty());
    }
}
