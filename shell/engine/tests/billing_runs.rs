//! Billing runs on the real engine, in memory and on disk.

use billing::Status;
use calendar::{Instant, Zone};
use catalog::{Catalog, PricingFile};
use contracts::Customer;
use engine::{DocumentCursor, Engine, Incoming, Issuing, NewSubscription, SetClock, Settings, Which};
use metering::Event;
use std::sync::Arc;
use stdx::Key;

const PRICING: &str = r#"
meters: { calls: { event: call, aggregate: count, group_by: [region] } }
plans:
  hybrid:
    currency: EUR
    every: month
    prices:
      fee: { flat: "30.00", in: advance, prorate: day }
      calls: { meter: calls, per_unit: "0.10" }
  regional:
    currency: EUR
    every: month
    prices: { calls: { meter: calls, matrix: { by: [region], rates: [ { of: [eu], each: "0.10" } ] } } }
"#;

fn at(text: &str) -> Instant {
    text.parse().expect("instant")
}

fn key(text: &str) -> Key {
    text.try_into().expect("key")
}

fn pricing() -> Catalog {
    PricingFile::parse(PRICING, "pricing.yaml").expect("pricing")
}

fn engine(settings: Settings) -> (Engine, Arc<SetClock>) {
    let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
    let engine = Engine::with_clock(clock.clone(), settings).expect("engine");
    engine.apply_pricing(&pricing()).expect("applied");
    (engine, clock)
}

fn subscribe(engine: &Engine, customer: &str, plan: &str) {
    let customer = Customer::new(key(customer), customer, Zone::utc());
    let added = engine.add_customer(customer).expect("customer");
    engine.subscribe(NewSubscription::to(added.key, key(plan))).expect("subscribed");
}

fn call(customer: &str, id: &str, when: &str) -> Incoming {
    Incoming::Event(Event {
        source: "test".into(),
        id: id.into(),
        name: "call".into(),
        subject: customer.into(),
        at: at(when),
        properties: metering::Properties::new(),
    })
}

fn send(engine: &Engine, events: Vec<Incoming>) {
    let sent = events.len();
    assert_eq!(engine.ingest(events).expect("taken").accepted, sent);
}

#[test]
fn a_second_run_posts_nothing_and_numbers_have_no_gap() {
    let (engine, clock) = engine(Settings::default());
    for customer in ["ant", "bee", "cat"] {
        subscribe(&engine, customer, "hybrid");
    }
    let mut numbers = Vec::new();
    for month in ["2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"] {
        clock.set(at(month));
        let run = engine.bill().expect("run");
        numbers.extend(run.issued.iter().map(|invoice| invoice.number().expect("issued").to_owned()));
        let again = engine.bill().expect("again");
        assert!(again.issued.is_empty() && again.drafts.is_empty());
    }
    let expected: Vec<String> = (1..=9).map(|number| format!("INV-{number:06}")).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn one_customers_failure_does_not_stop_the_run() {
    let (engine, clock) = engine(Settings::default());
    subscribe(&engine, "ant", "regional");
    subscribe(&engine, "bee", "hybrid");
    // a call without a region has no rate in the matrix, and is not free either
    clock.set(at("2026-05-01T00:00:00Z"));
    send(&engine, vec![call("ant", "1", "2026-04-10T00:00:00Z")]);
    let run = engine.bill().expect("run");
    assert_eq!(run.failures.len(), 1);
    assert_eq!(run.failures[0].customer, key("ant"));
    let issued: Vec<_> = run.issued.iter().map(|invoice| (invoice.customer.as_str(), invoice.on.to_string())).collect();
    assert_eq!(issued, [("bee", "2026-04-01".to_owned()), ("bee", "2026-05-01".to_owned())]);
}

#[test]
fn a_draft_follows_the_facts_until_it_is_issued() {
    let (engine, clock) = engine(Settings { issuing: Issuing::ByHand, ..Settings::default() });
    subscribe(&engine, "ant", "hybrid");
    clock.set(at("2026-05-01T00:00:00Z"));
    let first = engine.bill().expect("run").drafts.remove(0);
    assert_eq!(first.total.to_string(), "60.00 EUR", "April and May, no usage yet");
    send(&engine, vec![call("ant", "1", "2026-04-10T00:00:00Z")]);
    let second = engine.bill().expect("run").drafts.remove(0);
    assert_eq!((second.id, second.total.to_string()), (first.id, "60.10 EUR".to_owned()));
    assert_eq!(second.status, Status::Draft);

    let issued = engine.issue(second.id).expect("issued");
    assert_eq!(issued.number(), Some("INV-000001"));
    assert!(engine.issue(second.id).is_err(), "it is issued once");
    assert!(engine.bill().expect("run").drafts.is_empty());
}

#[test]
fn a_missed_run_catches_up_with_the_documents_it_would_have_drawn() {
    let documents = |missed: bool| {
        let (engine, clock) = engine(Settings::default());
        subscribe(&engine, "ant", "hybrid");
        engine
            .ingest(vec![call("ant", "1", "2026-04-10T00:00:00Z"), call("ant", "2", "2026-05-10T00:00:00Z")])
            .expect("taken");
        if !missed {
            for month in ["2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z"] {
                clock.set(at(month));
                engine.bill().expect("run");
            }
        }
        clock.set(at("2026-06-03T00:00:00Z"));
        engine.bill().expect("run");
        let page = engine.invoices(Which::All, &DocumentCursor::start(), 10).expect("invoices");
        page.into_iter()
            .map(|found| (found.body.number().map(String::from), found.body.on, found.body.total))
            .collect::<Vec<_>>()
    };
    assert_eq!(documents(true), documents(false));
    assert_eq!(documents(true).len(), 3);
}

#[test]
fn a_clock_that_jumps_does_no_harm() {
    let documents = |moments: &[&str]| {
        let (engine, clock) = engine(Settings::default());
        subscribe(&engine, "ant", "hybrid");
        for (number, moment) in moments.iter().enumerate() {
            clock.set(at(moment));
            if number == 1 {
                send(&engine, vec![call("ant", "1", "2026-04-10T00:00:00Z")]);
            }
            engine.bill().expect("run");
        }
        let page = engine.invoices(Which::All, &DocumentCursor::start(), 20).expect("invoices");
        let mut documents: Vec<_> = page
            .into_iter()
            .map(|found| (found.body.number().map(String::from), found.body.on, found.body.total))
            .collect();
        documents.sort_by(|one, other| one.0.cmp(&other.0));
        documents
    };
    let straight =
        documents(&["2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"]);
    assert_eq!(straight.len(), 4);
    // ahead by two months, back by three, and on; each once and twice
    let jumping = [
        "2026-04-01T00:00:00Z",
        "2026-06-01T12:00:00Z",
        "2026-03-01T00:00:00Z",
        "2026-05-01T00:00:00Z",
        "2026-05-01T00:00:00Z",
        "2026-06-01T00:00:00Z",
        "2026-07-02T00:00:00Z",
        "2026-06-15T00:00:00Z",
    ];
    assert_eq!(documents(&jumping), straight);
}

#[test]
fn a_preview_is_the_bill_that_follows() {
    let (engine, clock) = engine(Settings::default());
    subscribe(&engine, "ant", "hybrid");
    engine.bill().expect("run");
    clock.set(at("2026-04-20T00:00:00Z"));
    send(&engine, vec![call("ant", "1", "2026-04-10T00:00:00Z")]);
    let preview = engine.preview("ant", None).expect("preview");
    assert!(engine.bill().expect("run").issued.is_empty(), "a preview posts nothing and brings nothing forward");
    clock.set(preview.as_of);
    let issued = engine.bill().expect("run").issued.remove(0);
    assert_eq!(preview.documents, [issued.plan()]);
}

#[test]
fn everything_is_there_after_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    {
        let engine = Engine::open(dir.path(), Settings::default()).expect("opens");
        engine.apply_pricing(&pricing()).expect("applied");
        subscribe(&engine, "ant", "hybrid");
        send(&engine, vec![call("ant", "1", "2026-04-10T00:00:00Z")]);
        assert_eq!(engine.bill().expect("run").issued.len(), 1);
    }
    let engine = Engine::open(dir.path(), Settings::default()).expect("opens again");
    assert!(engine.bill().expect("run").issued.is_empty());
    assert_eq!(engine.customers("", 10).expect("customers").len(), 1);
    assert_eq!(engine.event("test", "1").expect("the event").event.subject, "ant");
    assert_eq!(engine.journal(0, 10).expect("journal").len(), 1);
}
