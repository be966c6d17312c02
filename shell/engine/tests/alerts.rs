//! Alerts: what reaches a limit is told, once for each limit, customer and billing period.

mod common;

use calendar::Instant;
use common::{at, call, customer, event, key, send, tokens};
use contracts::When;
use engine::{
    Alert, AlertId, Answered, Courier, Crossing, DeliveryState, DocumentCursor, Engine, EngineError, Limit, Mail,
    NewAlert, NewEndpoint, NewSubscription, Platform, SecretKey, Select, SetClock, Settings, SpendOn, Topic, Watched,
    Watching,
};
use metering::Event;
use money::Dec;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

fn percent(numbers: &[i64]) -> BTreeSet<Dec> {
    numbers.iter().map(|number| Dec::from(*number)).collect()
}

fn usage_of(meter: &str) -> Watched {
    Watched::Usage { meter: key(meter) }
}

fn spend() -> Watched {
    Watched::Spend { currency: "EUR".parse().unwrap(), of: None }
}

fn absolute(numbers: &[i64]) -> Limit {
    Limit::Absolute { at: percent(numbers) }
}

fn alert(engine: &Engine, on: Watched, limit: Limit) -> Alert {
    let new = NewAlert { name: "watch".into(), customer: None, on, limit, recipients: BTreeSet::new() };
    engine.add_alert(new).expect("an alert")
}

/// Looks until there is nothing more to see.
fn look(engine: &Engine) {
    while engine.look_at_alerts().expect("looked") == Watching::GoesOn {}
}

fn crossings(engine: &Engine, id: AlertId) -> Vec<Crossing> {
    let mut found = engine.list_crossings(id, &Select::newest(500)).expect("crossings").items;
    found.sort_by_key(|crossing| crossing.threshold);
    found
}

/// Customer, threshold and value of each.
fn told(engine: &Engine, id: AlertId) -> Vec<(String, String, String)> {
    let text = |one: Crossing| (one.customer.to_string(), one.threshold.to_string(), one.value.to_string());
    crossings(engine, id).into_iter().map(text).collect()
}

fn row(customer: &str, threshold: &str, value: &str) -> (String, String, String) {
    (customer.into(), threshold.into(), value.into())
}

#[test]
fn usage_that_reaches_a_limit_is_told_once_in_its_period() {
    let (engine, clock) = common::business();
    let watched = alert(&engine, usage_of("calls"), absolute(&[2, 4]));
    look(&engine);
    assert_eq!(told(&engine, watched.id), []);
    send(&engine, [call("1", "2026-04-01T00:00:00Z")]);
    look(&engine);
    assert_eq!(told(&engine, watched.id), [], "one is less than two");
    send(&engine, [call("2", "2026-04-01T00:00:00Z")]);
    look(&engine);
    assert_eq!(told(&engine, watched.id), [row("acme", "2", "2")]);
    // below again by a correction, and over again: once
    engine.retract_event("test", "2", "wrong").expect("retracted");
    look(&engine);
    send(&engine, [call("3", "2026-04-01T00:00:00Z"), call("4", "2026-04-01T00:00:00Z")]);
    look(&engine);
    assert_eq!(told(&engine, watched.id), [row("acme", "2", "2")]);
    send(&engine, [call("5", "2026-04-01T00:00:00Z")]);
    look(&engine);
    assert_eq!(told(&engine, watched.id), [row("acme", "2", "2"), row("acme", "4", "4")]);
    // the next period counts anew
    clock.set(at("2026-05-02T00:00:00Z"));
    send(&engine, [call("6", "2026-05-01T00:00:00Z"), call("7", "2026-05-01T00:00:00Z")]);
    look(&engine);
    let found = crossings(&engine, watched.id);
    assert_eq!(found.len(), 3);
    let may = found.iter().find(|one| one.from == Some(at("2026-05-01T00:00:00Z"))).expect("of May");
    assert_eq!((may.to, may.threshold), (at("2026-06-01T00:00:00Z"), 2_i64.into()));
}

#[test]
fn spend_is_what_the_upcoming_invoice_comes_to_and_not_what_is_due_already() {
    let (engine, clock) = common::business();
    let watched = alert(&engine, spend(), absolute(&[30, 31]));
    let calls = SpendOn { plan: key("metered"), price: Some(key("calls")) };
    let of_calls = Watched::Spend { currency: "EUR".parse().unwrap(), of: Some(calls) };
    let part = alert(&engine, of_calls, Limit::Budget { amount: 2_i64.into(), percent: percent(&[50, 100]) });
    look(&engine);
    // the fee of April is due and not billed: it is no part of what comes. That of May is
    assert_eq!(told(&engine, watched.id), [row("acme", "30", "30")]);
    engine.bill().expect("billed");
    engine.look_at_everybody();
    look(&engine);
    assert_eq!(told(&engine, watched.id), [row("acme", "30", "30")]);
    // two are included, each more costs 0.10
    send(&engine, (0..12).map(|id| call(&format!("a{id}"), "2026-04-01T00:00:00Z")));
    look(&engine);
    assert_eq!(told(&engine, watched.id), [row("acme", "30", "30"), row("acme", "31", "31")]);
    assert_eq!(told(&engine, part.id), [row("acme", "50", "1")]);
    let preview = engine.preview("acme", None).expect("a preview");
    assert_eq!(preview.documents[0].total.to_string(), "31.00 EUR", "the preview says the same");
    // in May, before it was billed, April is over
    clock.set(at("2026-05-01T00:00:00Z"));
    engine.look_at_everybody();
    look(&engine);
    assert_eq!(told(&engine, watched.id).len(), 3, "the fee of June reaches 30: {:?}", told(&engine, watched.id));
    assert_eq!(told(&engine, part.id).len(), 1, "no call of April counts in May");
}

#[test]
fn a_share_of_the_last_period_follows_its_corrections() {
    let (engine, clock) = common::business();
    let tokens_used = alert(&engine, usage_of("tokens"), Limit::LastPeriod { percent: percent(&[50, 100]) });
    let spent = alert(&engine, spend(), Limit::LastPeriod { percent: percent(&[150]) });
    send(&engine, [tokens("1", "2026-04-01T00:00:00Z", "1000")]);
    look(&engine);
    assert_eq!(told(&engine, tokens_used.id), [], "there is no period before");
    engine.bill().expect("billed");
    clock.set(at("2026-05-01T00:00:00Z"));
    engine.bill().expect("billed");
    send(&engine, [tokens("2", "2026-05-01T00:00:00Z", "499")]);
    look(&engine);
    assert_eq!(told(&engine, tokens_used.id), []);
    // the period before becomes smaller: 499 is half of 998
    let amended = tokens("1", "2026-04-01T00:00:00Z", "998");
    engine.amend_event(amended, "counted twice").expect("amended");
    look(&engine);
    assert_eq!(told(&engine, tokens_used.id), [row("acme", "50", "499")]);
    // the last invoice: 30 for May and 1 for April; the next is 30, what May has used, less the correction
    assert_eq!(told(&engine, spent.id), []);
    send(&engine, [tokens("3", "2026-05-01T00:00:00Z", "16003")]);
    look(&engine);
    let found = crossings(&engine, spent.id);
    assert_eq!((found.len(), found[0].limit.to_string()), (1, "46.5".into()));
    assert_eq!(found[0].value.to_string(), "46.5");
}

#[test]
fn each_customer_is_told_of_by_itself_and_an_alert_of_one_is_about_that_one() {
    let (engine, _) = common::business();
    customer(&engine, "bolt");
    engine.subscribe(NewSubscription::to(key("bolt"), key("metered"))).expect("subscribed");
    let each = alert(&engine, usage_of("calls"), absolute(&[1]));
    let of_bolt = NewAlert {
        name: "bolt".into(),
        customer: Some(key("bolt")),
        on: usage_of("calls"),
        limit: absolute(&[1]),
        recipients: BTreeSet::new(),
    };
    let of_bolt = engine.add_alert(of_bolt).expect("an alert");
    look(&engine);
    let of = |who: &str, id: &str| event("call", who, id, "2026-04-01T00:00:00Z", &[]);
    send(&engine, [of("acme", "1"), of("nobody", "2")]);
    look(&engine);
    assert_eq!(told(&engine, each.id), [row("acme", "1", "1")]);
    assert_eq!(told(&engine, of_bolt.id), []);
    send(&engine, [of("bolt", "3")]);
    look(&engine);
    assert_eq!(told(&engine, each.id).len(), 2);
    assert_eq!(told(&engine, of_bolt.id), [row("bolt", "1", "1")]);
    // what was reached before an alert was added is told of it, too; of one that was removed nothing is
    let late = alert(&engine, usage_of("calls"), absolute(&[1]));
    engine.remove_alert(each.id).expect("removed");
    look(&engine);
    assert_eq!(told(&engine, late.id).len(), 2);
    assert!(engine.list_crossings(each.id, &Select::newest(1)).is_err());
}

/// Takes everything, and keeps it.
#[derive(Default)]
struct Outside {
    posted: Mutex<Vec<Value>>,
    mailed: Mutex<Vec<Mail>>,
    /// What the mail server answers; it is away without.
    reply: Mutex<Option<u16>>,
}

impl Courier for Outside {
    fn post(&self, _: &str, _: &[(&str, &str)], body: &[u8]) -> Result<Answered, String> {
        self.posted.lock().unwrap().push(serde_json::from_slice(body).unwrap());
        Ok(Answered { status: 204, body: String::new() })
    }
    fn mail(&self, mail: &Mail) -> Result<Answered, String> {
        self.mailed.lock().unwrap().push(mail.clone());
        let reply = *self.reply.lock().unwrap();
        reply.map(|status| Answered { status, body: "said".into() }).ok_or_else(|| "nobody answers".into())
    }
}

impl Outside {
    fn deliver(&self, engine: &Engine) {
        engine.hand_on_messages().expect("handed on");
        while engine.deliver(self).expect("delivered") > 0 {}
    }
    fn mails(&self) -> usize {
        self.mailed.lock().unwrap().len()
    }
}

const KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

#[test]
fn it_is_told_by_webhook_and_by_mail_which_is_tried_again() {
    let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
    let platform = Platform::with_clock(clock.clone(), Settings::default()).expect("a platform");
    let platform = platform.with_secret_key(SecretKey::parse(KEY).expect("a key"));
    let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
    engine.apply_pricing(&catalog::PricingFile::parse(common::PRICING, "p").expect("pricing")).expect("applied");
    customer(&engine, "acme");
    engine.subscribe(NewSubscription::to(key("acme"), key("metered"))).expect("subscribed");
    let topics = [Topic::AlertCrossed].into();
    engine.add_endpoint(NewEndpoint { url: "https://example.com/hook".into(), topics }).expect("an endpoint");
    let recipients = ["ann@example.com".to_owned(), "bob@example.com".to_owned()].into();
    let new =
        NewAlert { name: "Calls".into(), customer: None, on: usage_of("calls"), limit: absolute(&[1]), recipients };
    let watched = engine.add_alert(new).expect("an alert");
    send(&engine, [call("1", "2026-04-01T00:00:00Z")]);
    look(&engine);
    let outside = Outside::default();
    outside.deliver(&engine);
    {
        let posted = outside.posted.lock().unwrap();
        assert_eq!(posted.len(), 1);
        assert_eq!(posted[0]["type"], "alert.crossed");
        let data = &posted[0]["data"];
        assert_eq!((&data["customer"], &data["value"]), (&Value::from("acme"), &Value::from("1")), "{data}");
        assert_eq!(data["alert"], watched.id.to_string());
    }
    assert_eq!(outside.mails(), 2, "each recipient has a mail");
    let wait = |seconds: i64| {
        clock.set(Instant::from_micros(engine.now().micros() + seconds * 1_000_000).unwrap());
        outside.deliver(&engine);
    };
    wait(5);
    assert_eq!(outside.mails(), 4, "nobody answered");
    *outside.reply.lock().unwrap() = Some(450);
    wait(300);
    assert_eq!(outside.mails(), 6, "later, said the server");
    *outside.reply.lock().unwrap() = Some(250);
    wait(1800);
    wait(7200);
    assert_eq!(outside.mails(), 8, "and then it was taken, once");
    assert_eq!(outside.posted.lock().unwrap().len(), 1);
    let mail = outside.mailed.lock().unwrap().pop().expect("a mail");
    assert!(mail.subject.contains("acme") && mail.text.contains("Usage of calls") && mail.to.ends_with("@example.com"));
    // there is nobody of this address: it is not asked again
    *outside.reply.lock().unwrap() = Some(550);
    clock.set(at("2026-05-01T00:00:00Z"));
    send(&engine, [call("2", "2026-05-01T00:00:00Z")]);
    look(&engine);
    outside.deliver(&engine);
    wait(86_400);
    assert_eq!(outside.mails(), 7 + 2);
    // all of it stands in the log, the newest first
    let log = engine.mails(None, (i64::MAX, ""), 100).expect("the log");
    let states: Vec<_> = log.iter().map(|mail| (mail.state, mail.attempts)).collect();
    let (failed, delivered) = ((DeliveryState::Failed, 1), (DeliveryState::Delivered, 4));
    assert_eq!(states, [failed, failed, delivered, delivered]);
    assert_eq!(log[0].answer["status"], 550, "{log:?}");
    assert_eq!(engine.mails(Some("ann@example.com"), (i64::MAX, ""), 100).expect("hers").len(), 2);
    *outside.reply.lock().unwrap() = Some(250);
    assert_eq!(engine.replay_mail(&log[0].id).expect("again").state, DeliveryState::Waiting);
    assert_eq!(engine.replay_mail(&log[0].id).expect_err("it waits").problems()[0].code, "not_replayable");
    outside.deliver(&engine);
    assert_eq!(engine.mail(&log[0].id).expect("there").state, DeliveryState::Delivered);
    let webhook = engine.endpoints(&DocumentCursor::start(), 1).expect("listed").remove(0).body.id;
    let other = engine.deliveries(webhook, (i64::MAX, ""), 1).expect("listed").remove(0).id;
    assert!(matches!(engine.replay_mail(&other), Err(EngineError::NotFound(_))), "a webhook's delivery is no e-mail");
}

#[test]
fn what_cannot_be_watched_is_refused_with_each_reason() {
    let (engine, _) = common::business();
    let base = || NewAlert {
        name: "x".into(),
        customer: None,
        on: spend(),
        limit: absolute(&[1]),
        recipients: BTreeSet::new(),
    };
    let code = |new: NewAlert| engine.add_alert(new).expect_err("refused").problems().remove(0).code;
    assert_eq!(code(NewAlert { name: " ".into(), ..base() }), "invalid_alert");
    assert_eq!(code(NewAlert { limit: absolute(&[]), ..base() }), "invalid_alert");
    assert_eq!(code(NewAlert { limit: absolute(&[0, 1]), ..base() }), "invalid_alert");
    assert_eq!(code(NewAlert { limit: absolute(&(1..=21).collect::<Vec<_>>()), ..base() }), "invalid_alert");
    let cents: BTreeSet<Dec> = ["1.005".parse().unwrap()].into();
    assert_eq!(code(NewAlert { limit: Limit::Absolute { at: cents }, ..base() }), "amount_too_precise");
    let nothing = Limit::Budget { amount: Dec::ZERO, percent: percent(&[50]) };
    assert_eq!(code(NewAlert { limit: nothing, ..base() }), "invalid_alert");
    for address in ["", "ann", "@example.com", "ann@", "a b@c", "a@b>\r\nBcc: c@d", "a,b@c", "a@b@c"] {
        assert_eq!(code(NewAlert { recipients: [address.to_owned()].into(), ..base() }), "invalid_alert", "{address}");
    }
    assert_eq!(code(NewAlert { on: usage_of("nothing"), ..base() }), "not_found");
    assert_eq!(code(NewAlert { customer: Some(key("nobody")), ..base() }), "not_found");
    let part = |plan: &str, price: &str| Watched::Spend {
        currency: "EUR".parse().unwrap(),
        of: Some(SpendOn { plan: key(plan), price: Some(key(price)) }),
    };
    assert_eq!(code(NewAlert { on: part("nothing", "calls"), ..base() }), "not_found");
    assert_eq!(code(NewAlert { on: part("metered", "nothing"), ..base() }), "not_found");
    assert_eq!(engine.alerts(&DocumentCursor::start(), 10).expect("alerts"), []);
}

/// One process: it opens the data, does something, and is gone.
fn process<T>(dir: &Path, clock: &Arc<SetClock>, work: impl FnOnce(&Engine) -> T) -> T {
    work(&Engine::open_with_clock(dir, clock.clone(), Settings::default()).expect("opened"))
}

#[derive(Debug, Clone)]
enum Step {
    /// Sends so many events in one batch, from the customer of this number.
    Send(usize, usize),
    /// Retracts the newest event of a customer.
    Retract(usize),
    Look,
    LookAtEverybody,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3_usize, 1..5_usize).prop_map(|(who, count)| Step::Send(who, count)),
        1 => (0..3_usize).prop_map(Step::Retract),
        3 => Just(Step::Look),
        1 => Just(Step::LookAtEverybody),
        1 => Just(Step::Restart),
    ];
    proptest::collection::vec(step, 1..25)
}

/// What was sent, and the most that each customer was seen with.
#[derive(Default)]
struct Model {
    sent: usize,
    events: [Vec<Event>; 3],
    seen: [usize; 3],
}

impl Model {
    fn take(&mut self, engine: &Engine, step: &Step) {
        match step {
            Step::Send(who, count) => {
                let batch: Vec<Event> = (0..*count)
                    .map(|more| {
                        let id = format!("e{}", self.sent + more);
                        event("call", &format!("c{who}"), &id, "2026-04-05T00:00:00Z", &[])
                    })
                    .collect();
                self.sent += count;
                self.events[*who].extend(batch.iter().cloned());
                send(engine, batch);
            }
            Step::Retract(who) => {
                if let Some(event) = self.events[*who].pop() {
                    engine.retract_event("test", &event.id, "a test").expect("retracted");
                }
            }
            Step::Look | Step::LookAtEverybody => {
                if matches!(step, Step::LookAtEverybody) {
                    engine.look_at_everybody();
                }
                look(engine);
                for (seen, events) in self.seen.iter_mut().zip(&self.events) {
                    *seen = events.len().max(*seen);
                }
            }
            Step::Restart => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn each_limit_that_was_seen_reached_is_told_exactly_once_whatever_the_order_and_restarts(steps in steps()) {
        let dir = tempfile::tempdir().expect("a directory");
        // ids go on where the process before ended, as those of a real clock do
        let clock = Arc::new(SetClock::at(at("2026-04-10T00:00:00Z")));
        let id = process(dir.path(), &clock, |engine| {
            engine.apply_pricing(&catalog::PricingFile::parse(common::PRICING, "p").expect("pricing")).expect("applied");
            for who in 0..3 {
                customer(engine, &format!("c{who}"));
                let new = NewSubscription { start: Some(When::Instant(at("2026-04-01T00:00:00Z"))), ..NewSubscription::to(key(&format!("c{who}")), key("metered")) };
                engine.subscribe(new).expect("subscribed");
            }
            alert(engine, usage_of("calls"), absolute(&[3, 7])).id
        });
        let mut model = Model::default();
        for life in steps.split(|step| matches!(step, Step::Restart)) {
            process(dir.path(), &clock, |engine| life.iter().for_each(|step| model.take(engine, step)));
        }
        process(dir.path(), &clock, |engine| {
            model.take(engine, &Step::Look);
            let mut expected = Vec::new();
            for (who, seen) in model.seen.iter().enumerate() {
                expected.extend([3, 7].iter().filter(|limit| seen >= *limit).map(|limit| (format!("c{who}"), limit.to_string())));
            }
            let mut found: Vec<(String, String)> = told(engine, id).into_iter().map(|(who, limit, _)| (who, limit)).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected);
        });
    }
}
