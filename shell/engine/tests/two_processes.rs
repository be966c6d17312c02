//! Two processes with their facts in one PostgreSQL.

use calendar::Zone;
use catalog::PricingFile;
use contracts::{Customer, When};
use engine::{DataPlace, DocumentCursor, Engine, JsonForm, NewSubscription, Settings, Which};
use std::collections::BTreeSet;
use std::thread;
use stdx::Key;
use test_postgres::Schema;

const PRICING: &str =
    "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: \"30.00\", in: advance } } } }";

fn key(text: &str) -> Key {
    text.try_into().expect("key")
}

fn pricing(text: &str) -> catalog::Catalog {
    PricingFile::parse(text, "pricing.yaml").expect("pricing")
}

/// Two engines as two processes have them: each with usage of its own.
fn two(schema: &Schema, folder: &tempfile::TempDir) -> [Engine; 2] {
    ["one", "two"].map(|process| {
        let facts = schema.url().parse().expect("a place");
        let place = DataPlace::with_facts(folder.path().join(process), facts);
        Engine::open(place, Settings::default()).expect("opens")
    })
}

#[test]
fn two_billing_runs_at_once_bill_everything_once() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let engines = two(&schema, &folder);
    engines[0].apply_pricing(&pricing(PRICING)).expect("applied");
    for n in 0..12 {
        // the second process has not read the pricing file that the first one applied
        let engine = &engines[n % 2];
        let customer = Customer::new(key(&format!("c{n}")), String::new(), Zone::utc());
        let customer = engine.add_customer(customer).expect("added");
        engine.subscribe(NewSubscription::to(customer.key, key("basic"))).expect("subscribed");
    }
    let runs: Vec<_> = thread::scope(|scope| {
        let runs = [0, 1, 0, 1].map(|process: usize| {
            let engine = &engines[process];
            scope.spawn(move || engine.bill().expect("billed"))
        });
        runs.map(|run| run.join().expect("no panic")).into()
    });
    assert!(runs.iter().all(|run| run.failures.is_empty()), "{runs:?}");
    let issued: Vec<_> = runs.into_iter().flat_map(|run| run.issued).collect();
    assert_eq!(issued.len(), 12);
    let numbers: BTreeSet<&str> = issued.iter().filter_map(|invoice| invoice.number()).collect();
    assert_eq!(numbers.len(), 12);
    let listed = engines[1].invoices(Which::All, &DocumentCursor::start(), 100).expect("listed");
    assert_eq!(listed.len(), 12);
}

#[test]
fn a_catalog_that_one_applied_is_the_one_that_the_other_adds_to() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let engines = two(&schema, &folder);
    assert_eq!(engines[0].apply_pricing(&pricing(PRICING)).expect("applied").version, 1);
    let dearer = pricing(&PRICING.replace("30.00", "35.00"));
    assert_eq!(engines[1].apply_pricing(&dearer).expect("applied").version, 2);
    let again = engines[0].apply_pricing(&dearer).expect("applied");
    assert_eq!((again.version, again.changes.len()), (2, 0));
}

#[test]
fn usage_that_one_took_is_billed_by_the_other() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let engines = ["one", "two"].map(|process| {
        let facts = schema.url().parse().expect("a place");
        let place = DataPlace::with_facts(folder.path().join(process), facts).with_usage(schema.url());
        Engine::open(place, Settings::default()).expect("opens")
    });
    let metered = "meters: { calls: { event: call, aggregate: count } }\n\
                   plans: { basic: { currency: EUR, every: day, prices: { calls: { meter: calls, per_unit: \"0.50\" } } } }";
    engines[0].apply_pricing(&pricing(metered)).expect("applied");
    let customer = Customer::new(key("acme"), String::new(), Zone::utc());
    engines[0].add_customer(customer).expect("added");
    let start = engines[0].now().plus_micros(-3 * 86_400_000_000).expect("three days ago");
    let new = NewSubscription { start: Some(When::Instant(start)), ..NewSubscription::to(key("acme"), key("basic")) };
    engines[1].subscribe(new).expect("subscribed");
    let event = |id: usize| {
        let at = start.plus_micros(3_600_000_000).expect("an hour later");
        format!(r#"{{"source":"s","id":"{id}","type":"call","subject":"acme","time":"{at}"}}"#)
    };
    let batch = |ids: std::ops::Range<usize>| format!("[{}]", ids.map(event).collect::<Vec<_>>().join(","));
    // the two send events in common
    let one = engines[0].ingest_json(batch(0..6).as_bytes(), JsonForm::Array).expect("taken");
    let two = engines[1].ingest_json(batch(4..10).as_bytes(), JsonForm::Array).expect("taken");
    assert_eq!((one.accepted, two.accepted, two.duplicates), (6, 4, 2));
    let run = engines[1].bill().expect("billed");
    let billed: Vec<String> =
        run.issued.iter().filter(|invoice| !invoice.total.is_zero()).map(|invoice| invoice.total.to_string()).collect();
    assert_eq!(billed, ["5.00 EUR"]);
}
