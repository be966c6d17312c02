//! The laws of *due − posted*, over random subscriptions, changes, usage and billing runs.

mod world;

use billing::{Account, BillPlan, Corrections, next_due, postings};
use contracts::Subscription;
use ledger::Account as Role;
use money::Currency;
use proptest::prelude::*;
use world::{Arrival, Move, account, catalogs, day, draw, key, moves, post, subscription};

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
        let next = next_due(&account, &catalogs, now, 0).expect("due").expect("goes on");
        let before = next.plus_micros(-1).expect("in range");
        prop_assert!(draw(&account, &catalogs, &[], before, Corrections::AtOnce).documents.is_empty());
        prop_assert!(!draw(&account, &catalogs, &[], next, Corrections::AtOnce).documents.is_empty());
    }
}
