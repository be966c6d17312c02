//! Usage that nobody pays for, and what stands in quarantine.

mod common;

use common::{at, business, call, customer, engine_with, event, key, send, tokens};
use engine::{Incoming, NewSubscription, Outcome, Replay, UnpaidUsage, WhyUnpaid};
use stdx::Problem;

fn short(row: &UnpaidUsage) -> (&str, &str, WhyUnpaid, u64, Option<String>) {
    let amount = row.worth.as_ref().map(|worth| {
        let amounts: Vec<String> = worth.amounts.iter().map(ToString::to_string).collect();
        format!("{}: {}", worth.plan.plan, amounts.join(" "))
    });
    (&row.subject, &row.name, row.why, row.events, amount)
}

#[test]
fn usage_without_customer_meter_or_price_is_told_with_its_worth() {
    let (engine, clock) = business();
    customer(&engine, "bolt");
    clock.set(at("2026-05-20T00:00:00Z"));
    let ghost = |id: &str, when: &str| event("call", "ghost with a strange name", id, when, &[]);
    send(
        &engine,
        [
            // three calls in one month and four in the next, two of each are included: (1 + 2) × 0.10
            ghost("g1", "2026-04-01T10:00:00Z"),
            ghost("g2", "2026-04-02T10:00:00Z"),
            ghost("g3", "2026-04-03T10:00:00Z"),
            ghost("g4", "2026-05-02T10:00:00Z"),
            ghost("g5", "2026-05-02T11:00:00Z"),
            ghost("g6", "2026-05-02T12:00:00Z"),
            ghost("g7", "2026-05-02T13:00:00Z"),
            event("completion", "bolt", "b1", "2026-04-10T00:00:00Z", &[("tokens", "2500")]),
            tokens("a1", "2026-04-10T00:00:00Z", "9"),
            tokens("a2", "2026-03-10T00:00:00Z", "4000"),
            event("noise", "acme", "n1", "2026-04-10T00:00:00Z", &[]),
            event("probe", "acme", "p1", "2026-04-10T00:00:00Z", &[]),
            event("call", "acme", "failed", "2026-04-10T00:00:00Z", &[("status", "failed")]),
            call("good", "2026-04-10T00:00:00Z"),
        ],
    );
    let found = engine.unpaid_usage(None).expect("unpaid");
    assert_eq!(
        found.iter().map(short).collect::<Vec<_>>(),
        [
            ("acme", "call", WhyUnpaid::NoMeter, 1, None),
            ("acme", "completion", WhyUnpaid::NoPrice, 1, Some("metered: 4.00 EUR".into())),
            ("acme", "noise", WhyUnpaid::NoMeter, 1, None),
            ("acme", "probe", WhyUnpaid::NoPrice, 1, None),
            ("bolt", "completion", WhyUnpaid::NoPrice, 1, Some("metered: 2.50 EUR".into())),
            ("ghost with a strange name", "call", WhyUnpaid::NoCustomer, 7, Some("metered: 0.30 EUR".into())),
        ]
    );
    let ghost = found.last().expect("the ghost");
    assert_eq!(ghost.quantities.len(), 1);
    assert_eq!(ghost.quantities[0].measured.quantity.to_string(), "7");
    assert_eq!((ghost.first_at, ghost.last_at), (at("2026-04-01T10:00:00Z"), at("2026-05-02T13:00:00Z")));
}

#[test]
fn with_several_plans_the_worth_is_that_of_the_named_one_or_the_customers_own() {
    let pricing = r#"
meters: { calls: { event: call, aggregate: count } }
plans:
  cheap: { currency: EUR, every: month, prices: { calls: { meter: calls, per_unit: "0.01" } } }
  dear: { currency: USD, every: month, prices: { calls: { meter: calls, per_unit: "1.00" }, seats: { per_unit: "5", quantity: seats } } }
"#;
    let (engine, clock) = engine_with(pricing);
    customer(&engine, "acme");
    engine.subscribe(NewSubscription::to(key("acme"), key("cheap"))).expect("subscribed");
    clock.set(at("2026-04-10T00:00:00Z"));
    send(&engine, [call("early", "2026-03-01T00:00:00Z"), event("call", "ghost", "g", "2026-04-05T00:00:00Z", &[])]);
    let worth = |plan: Option<&str>| {
        let plan = plan.map(key);
        let found = engine.unpaid_usage(plan.as_ref()).expect("unpaid");
        found.iter().map(|row| short(row).4).collect::<Vec<_>>()
    };
    assert_eq!(worth(None), [Some("cheap: 0.01 EUR".into()), None]);
    assert_eq!(worth(Some("dear")), [Some("dear: 1.00 USD".into()), Some("dear: 1.00 USD".into())]);
    assert!(engine.unpaid_usage(Some(&key("none"))).is_err());
}

#[test]
fn the_quarantine_is_told_by_reason_and_tried_again_once_the_cause_is_mended() {
    let (engine, clock) = business();
    let early = |id: &str| Incoming::Event(call(id, "2026-04-20T00:00:00Z"));
    let text = |text: &str| Incoming::Unreadable {
        text: text.into(),
        problem: Problem::new("event_unreadable", "Not an event").detail("an old reader did not know `data`"),
    };
    let readable =
        r#"{"source": "test", "id": "t", "type": "call", "subject": "acme", "time": "2026-04-20T00:00:00Z"}"#;
    engine.ingest(vec![early("a"), early("b"), text("{"), text(readable)]).expect("taken");
    let reasons = |samples| engine.quarantine_by_reason(samples).expect("reasons");
    let counts =
        || reasons(1).iter().map(|reason| (reason.code.clone(), reason.count, reason.waiting)).collect::<Vec<_>>();
    assert_eq!(counts(), [("event_in_future".to_owned(), 2, 2), ("event_unreadable".to_owned(), 2, 2)]);
    assert_eq!(reasons(1)[0].samples.len(), 1);
    assert_eq!(reasons(9)[0].samples[1].place, 1);
    let still_early = engine.replay_quarantine(Replay::Code("event_in_future")).expect("again");
    assert_eq!((still_early.accepted, still_early.quarantined), (0, 2));

    clock.set(at("2026-04-20T00:00:00Z"));
    let one = engine.replay_quarantine(Replay::Places(&[1])).expect("again");
    assert_eq!((one.accepted, one.outcomes[0].place), (1, 1));
    let future = engine.replay_quarantine(Replay::Code("event_in_future")).expect("again");
    assert_eq!((future.accepted, future.outcomes.len()), (1, 1), "what was accepted already is not tried again");
    let rest = engine.replay_quarantine(Replay::All).expect("again");
    assert_eq!((rest.accepted, rest.quarantined), (1, 1));
    assert!(
        matches!(&rest.outcomes[0].outcome, Outcome::Quarantined { problem } if problem.code == "event_unreadable")
    );
    let waiting: usize = reasons(0).iter().map(|reason| reason.waiting).sum();
    assert_eq!(waiting, 1, "only what is no event at all still waits");
    assert_eq!(common::april(&engine, "calls"), "3");
}
