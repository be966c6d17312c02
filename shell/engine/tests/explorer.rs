//! What became of one event: on which line it is billed, or why on none.

mod common;

use common::{at, business, call, customer, event, send, tokens};
use engine::{Engine, EventReport, Incoming, Issuing, Makes, Settings, Verdict};

fn explain(engine: &Engine, id: &str) -> EventReport {
    engine.explain_event("test", id).expect("a report")
}

/// What the one price that looks at it makes of an event.
fn makes(engine: &Engine, id: &str) -> Makes {
    let report = explain(engine, id);
    assert_eq!(report.verdict, Verdict::Counted);
    let looking = report.prices.into_iter().filter(|price| !matches!(price.makes, Makes::OtherEvent { .. }));
    let mut looking: Vec<Makes> = looking.map(|price| price.makes).collect();
    assert_eq!(looking.len(), 1);
    looking.remove(0)
}

#[test]
fn an_event_is_due_then_billed_and_a_late_one_waits_for_the_next_invoice() {
    let (engine, clock) = business();
    send(&engine, [tokens("a", "2026-04-01T00:00:00Z", "1000")]);
    engine.bill().expect("run");
    assert_eq!(makes(&engine, "a"), Makes::NotYetDue { due_at: at("2026-05-01T00:00:00Z") });
    clock.set(at("2026-05-01T00:00:00Z"));
    assert_eq!(makes(&engine, "a"), Makes::Due { due_at: at("2026-05-01T00:00:00Z") });
    engine.bill().expect("run");
    let Makes::Billed(billed) = makes(&engine, "a") else { panic!("billed") };
    assert_eq!((billed.number.as_str(), billed.amount.to_string()), ("INV-000002", "1.00 EUR".to_owned()));
    assert_eq!(billed.key.price.price.as_str(), "tokens");

    clock.set(at("2026-05-02T00:00:00Z"));
    send(&engine, [tokens("late", "2026-04-30T00:00:00Z", "500")]);
    engine.bill().expect("run");
    let Makes::Waits { billed, difference } = makes(&engine, "late") else { panic!("waits") };
    assert_eq!((billed.number.as_str(), difference.to_string()), ("INV-000002", "0.50 EUR".to_owned()));
    assert!(matches!(makes(&engine, "a"), Makes::Billed(_)), "the first event is billed where it was");
    clock.set(at("2026-06-01T00:00:00Z"));
    engine.bill().expect("run");
    let Makes::Billed(billed) = makes(&engine, "late") else { panic!("billed") };
    assert_eq!((billed.number.as_str(), billed.amount.to_string()), ("INV-000003", "0.50 EUR".to_owned()));

    // a correction of a billed event waits too
    engine.amend_event(tokens("a", "2026-04-01T00:00:00Z", "900"), "wrong").expect("amended");
    let Makes::Waits { difference, .. } = makes(&engine, "a") else { panic!("waits") };
    assert_eq!(difference.to_string(), "-0.10 EUR");
}

#[test]
fn a_late_event_within_the_allowance_changes_nothing() {
    let (engine, clock) = business();
    send(&engine, [call("a", "2026-04-01T00:00:00Z")]);
    clock.set(at("2026-05-01T00:00:00Z"));
    engine.bill().expect("run");
    send(&engine, [call("late", "2026-04-01T00:00:00Z")]);
    engine.bill().expect("run");
    let Makes::ChangesNothing { billed } = makes(&engine, "late") else { panic!("changes nothing") };
    assert_eq!(billed.amount.to_string(), "0.00 EUR");
}

#[test]
fn an_event_on_a_draft_says_so() {
    let (engine, clock) = business();
    drop(engine);
    let settings = Settings { issuing: Issuing::ByHand, ..Settings::default() };
    let engine = Engine::with_clock(clock.clone(), settings).expect("engine");
    let pricing = catalog::PricingFile::parse(common::PRICING, "pricing.yaml").expect("pricing");
    engine.apply_pricing(&pricing).expect("applied");
    customer(&engine, "acme");
    engine.subscribe(engine::NewSubscription::to(common::key("acme"), common::key("metered"))).expect("subscribed");
    send(&engine, [tokens("a", "2026-04-01T00:00:00Z", "1000")]);
    clock.set(at("2026-05-01T00:00:00Z"));
    let draft = engine.bill().expect("run").drafts.remove(0);
    assert_eq!(makes(&engine, "a"), Makes::OnDraft { invoice: draft.id });
}

#[test]
fn an_event_that_is_not_billed_says_why() {
    let (engine, clock) = business();
    customer(&engine, "bolt");
    clock.set(at("2026-04-05T00:00:00Z"));
    send(
        &engine,
        [
            event("call", "ghost", "no-customer", "2026-04-01T00:00:00Z", &[]),
            event("call", "bolt", "no-subscription", "2026-04-01T00:00:00Z", &[]),
            call("before", "2026-03-31T23:59:59Z"),
            event("call", "acme", "filtered", "2026-04-01T00:00:00Z", &[("status", "failed")]),
            event("probe", "acme", "no-price", "2026-04-01T00:00:00Z", &[]),
            event("noise", "acme", "no-meter", "2026-04-01T00:00:00Z", &[]),
            event("completion", "acme", "not-measurable", "2026-04-01T00:00:00Z", &[("tokens", "many")]),
            call("gone", "2026-04-01T00:00:00Z"),
        ],
    );
    engine.retract_event("test", "gone", "a test").expect("retracted");
    let early = call("early", "2026-12-01T00:00:00Z");
    assert_eq!(engine.ingest(vec![Incoming::Event(early)]).expect("taken").quarantined, 1);

    let verdict = |id: &str| explain(&engine, id).verdict;
    assert_eq!(verdict("no-customer"), Verdict::NoCustomer { subject: "ghost".into() });
    assert_eq!(verdict("no-subscription"), Verdict::NoSubscription { customer: common::key("bolt") });
    assert_eq!(verdict("before"), Verdict::NoSubscription { customer: common::key("acme") });
    let acme = common::key("acme");
    let unsold = vec![common::key("unsold")];
    assert_eq!(verdict("no-price"), Verdict::NoPrice { customer: acme.clone(), meters: unsold });
    assert_eq!(verdict("no-meter"), Verdict::NoPrice { customer: acme.clone(), meters: vec![] });
    assert!(
        matches!(verdict("not-measurable"), Verdict::NotMeasurable { problem } if problem.code == "event_not_measurable")
    );
    assert!(matches!(verdict("gone"), Verdict::Retracted { .. }));
    assert!(matches!(verdict("early"), Verdict::InQuarantine { problem } if problem.code == "event_in_future"));
    assert!(engine.explain_event("test", "never").is_err());

    let filtered = explain(&engine, "filtered");
    assert_eq!(filtered.verdict, Verdict::NoPrice { customer: acme, meters: vec![] });
    let calls = filtered.prices.iter().find(|price| price.meter.as_str() == "calls").expect("the price");
    let Makes::FilteredOut { conditions } = &calls.makes else { panic!("filtered out") };
    let failed = &conditions[0];
    assert_eq!((failed.property.as_str(), failed.found.as_deref()), ("status", Some("failed")));
    assert_eq!(failed.wanted, r#"{"not":["failed"]}"#);
}
