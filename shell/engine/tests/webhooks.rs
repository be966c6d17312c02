//! Messages to other systems: promised with the change, delivered in order, tried until they are taken or given up.

use calendar::Instant;
use contracts::{Credit, Customer, Effective};
use engine::{
    Answered, Courier, DeliveryState, Endpoint, EndpointChange, EndpointState, Engine, Mail, NewChange, NewEndpoint,
    NewSubscription, Platform, SecretKey, SetClock, Settings, Topic,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use stdx::Key;

const PRICING: &str =
    "plans: { basic: { currency: EUR, every: month, prices: { seats: { per_unit: 10, quantity: seats } } } }";
const SECOND: i64 = 1_000_000;

/// An endpoint of a test: it answers what it is told to and keeps what it got.
#[derive(Default)]
struct Receiver {
    got: Mutex<Vec<(BTreeMap<String, String>, Value)>>,
    answer: Mutex<Option<u16>>,
}

impl Courier for Receiver {
    fn post(&self, _: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answered, String> {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.got.lock().unwrap().push((headers, serde_json::from_slice(body).unwrap()));
        match *self.answer.lock().unwrap() {
            Some(status) => Ok(Answered { status, body: "said".into() }),
            None => Err("connection refused".into()),
        }
    }

    fn mail(&self, mail: &Mail) -> Result<Answered, String> {
        Err(format!("no mail was promised to {}", mail.to))
    }
}

impl Receiver {
    fn answering(status: u16) -> Self {
        Self { answer: Mutex::new(Some(status)), ..Self::default() }
    }
    fn topics(&self) -> Vec<String> {
        self.got.lock().unwrap().iter().map(|(_, body)| body["type"].as_str().unwrap().to_owned()).collect()
    }
}

struct World {
    engine: Engine,
    clock: Arc<SetClock>,
}

fn key(text: &str) -> Key {
    text.try_into().unwrap()
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().unwrap()));
        let secret = SecretKey::parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").unwrap();
        let platform = Platform::with_clock(clock.clone(), Settings::default()).unwrap().with_secret_key(secret);
        let engine = platform.engine(&Platform::default_tenant()).unwrap();
        engine.apply_pricing(&catalog::PricingFile::parse(PRICING, "p").unwrap()).unwrap();
        let world = Self { engine, clock };
        // what happened before an endpoint was added is not told
        world.wait(1);
        world
    }

    fn endpoint(&self, topics: &[Topic]) -> Endpoint {
        let topics: BTreeSet<Topic> = topics.iter().copied().collect();
        let new = NewEndpoint { url: "https://example.com/hook".into(), topics };
        self.engine.add_endpoint(new).unwrap().endpoint
    }

    fn customer(&self, name: &str) {
        let customer = Customer::new(key(name), String::new(), calendar::Zone::utc());
        self.engine.add_customer(customer).unwrap();
    }

    fn subscribe(&self, name: &str) {
        let new = NewSubscription {
            quantities: [(key("seats"), 2_u32.into())].into(),
            ..NewSubscription::to(key(name), key("basic"))
        };
        self.engine.subscribe(new).unwrap();
    }

    /// Hands on and delivers until nothing is due.
    fn deliver(&self, receiver: &Receiver) {
        self.engine.hand_on_messages().unwrap();
        while self.engine.deliver(receiver).unwrap() > 0 {}
    }

    fn wait(&self, seconds: i64) {
        self.clock.set(Instant::from_micros(self.engine.now().micros() + seconds * SECOND).unwrap());
    }

    fn states(&self, endpoint: &Endpoint) -> Vec<(DeliveryState, i64)> {
        let found = self.engine.deliveries(endpoint.id, (i64::MAX, ""), 100).unwrap();
        found.iter().map(|delivery| (delivery.state, delivery.attempts)).collect()
    }
}

#[test]
fn what_happens_is_told_once_and_in_order_to_who_asked_for_it() {
    let world = World::new();
    let all = world.endpoint(&[]);
    let invoices = world.endpoint(&[Topic::InvoiceIssued]);
    world.customer("acme");
    world.subscribe("acme");
    let more = NewChange { quantities: [(key("seats"), 5_u32.into())].into(), ..NewChange::default() };
    world.engine.change_subscription("acme", more).unwrap();
    world.engine.bill().unwrap();
    let receiver = Receiver::answering(204);
    world.deliver(&receiver);
    let mut topics = receiver.topics();
    assert_eq!(topics.iter().filter(|topic| *topic == "invoice.issued").count(), 2, "{topics:?}");
    let place = |topic: &str| topics.iter().position(|found| found == topic).unwrap();
    assert!(place("subscription.started") < place("subscription.changed"), "messages about one object are in order");
    topics.sort();
    topics.dedup();
    assert_eq!(topics, ["customer.added", "invoice.issued", "subscription.changed", "subscription.started"]);
    world.deliver(&receiver);
    assert_eq!(world.states(&all), [(DeliveryState::Delivered, 1); 4], "once");
    assert_eq!(world.states(&invoices), [(DeliveryState::Delivered, 1)]);
    let got = receiver.got.lock().unwrap();
    let (headers, body) = got.iter().find(|(_, body)| body["type"] == "invoice.issued").unwrap();
    assert_eq!(
        (body["data"]["number"].as_str(), body["data"]["customer"].as_str()),
        (Some("INV-000001"), Some("acme"))
    );
    // two seats on the first day of thirty, five on the others
    assert_eq!(body["data"]["total"]["amount"], "49.00", "{body}");
    assert!(
        headers["webhook-signature"].starts_with("v1,") && headers["webhook-id"].starts_with("msg_"),
        "{headers:?}"
    );
}

#[test]
fn a_change_that_was_not_made_is_not_told() {
    let world = World::new();
    world.endpoint(&[]);
    world.customer("acme");
    assert!(world.engine.subscribe(NewSubscription::to(key("acme"), key("basic"))).is_err(), "seats are missing");
    let twice = Customer::new(key("acme"), String::new(), calendar::Zone::utc());
    assert!(world.engine.add_customer(twice).is_err());
    let receiver = Receiver::answering(200);
    world.deliver(&receiver);
    assert_eq!(receiver.topics(), ["customer.added"]);
}

#[test]
fn who_does_not_answer_is_asked_for_three_days_and_then_no_more() {
    let world = World::new();
    let endpoint = world.endpoint(&[Topic::CustomerAdded]);
    world.customer("acme");
    let receiver = Receiver::default();
    let started = world.engine.now();
    let mut ids = BTreeSet::new();
    for attempts in 1..=10 {
        world.deliver(&receiver);
        assert_eq!(receiver.got.lock().unwrap().len(), attempts);
        let found = world.engine.deliveries(endpoint.id, (i64::MAX, ""), 1).unwrap().remove(0);
        ids.insert(receiver.got.lock().unwrap()[attempts - 1].0["webhook-id"].clone());
        if let Some(next) = found.next_at {
            assert_eq!(found.answer["said"], "connection refused");
            world.clock.set(next);
        }
    }
    assert_eq!(world.states(&endpoint), [(DeliveryState::Failed, 10)]);
    assert_eq!(ids.len(), 1, "it is the same message each time");
    assert!(world.engine.now().micros() - started.micros() >= 3 * 24 * 3600 * SECOND);
    let EndpointState::Paused { why, .. } = world.engine.endpoint(endpoint.id).unwrap().state else { panic!("paused") };
    assert!(why.contains("connection refused"), "{why}");

    // what happens meanwhile waits, and is sent when the endpoint is opened again; what was given up is sent when asked for
    world.customer("bolt");
    *receiver.answer.lock().unwrap() = Some(200);
    world.deliver(&receiver);
    assert_eq!(receiver.got.lock().unwrap().len(), 10);
    world
        .engine
        .change_endpoint(endpoint.id, EndpointChange { pause: Some(String::new()), ..EndpointChange::default() })
        .unwrap();
    let given_up = world.engine.deliveries(endpoint.id, (i64::MAX, ""), 10).unwrap().pop().unwrap();
    world.engine.replay_delivery(&given_up.id).unwrap();
    world.wait(300);
    world.deliver(&receiver);
    assert_eq!(world.states(&endpoint).iter().filter(|(state, _)| *state == DeliveryState::Delivered).count(), 2);
    assert!(world.engine.replay_delivery("dlv_0").is_err());
}

#[test]
fn a_message_that_fails_holds_up_those_about_the_same_object_only() {
    let world = World::new();
    world.endpoint(&[Topic::SubscriptionStarted, Topic::SubscriptionEnded]);
    for name in ["acme", "bolt"] {
        world.customer(name);
        world.subscribe(name);
    }
    world.engine.end_subscription("acme", Effective::Now, Credit::Unused).unwrap();
    let receiver = Receiver::answering(500);
    world.deliver(&receiver);
    assert_eq!(receiver.topics(), ["subscription.started", "subscription.started"]);
    *receiver.answer.lock().unwrap() = Some(200);
    world.wait(5);
    world.deliver(&receiver);
    assert_eq!(receiver.topics()[2..], ["subscription.started", "subscription.started", "subscription.ended"]);
}

#[test]
fn a_secret_is_rotated_and_both_sign_for_a_day() {
    let world = World::new();
    let endpoint = world.endpoint(&[Topic::CustomerAdded]);
    let rotated = world.engine.rotate_endpoint(endpoint.id).unwrap();
    assert!(rotated.secret.starts_with("whsec_"));
    let receiver = Receiver::answering(200);
    let signatures = |name: &str| {
        world.customer(name);
        world.deliver(&receiver);
        let got = receiver.got.lock().unwrap();
        got.last().unwrap().0["webhook-signature"].split(' ').count()
    };
    assert_eq!(signatures("a"), 2);
    world.wait(24 * 3600);
    assert_eq!(signatures("b"), 1);
    let log = serde_json::to_string(&world.engine.audit("", 100).unwrap()).unwrap();
    assert!(!log.contains("sealed") && !log.contains("whsec_"), "{log}");
}

#[test]
fn an_endpoint_that_is_gone_or_cannot_be_one_is_not_asked() {
    let world = World::new();
    for url in
        ["", "example.com", "ftp://example.com", "https://", "https://user:secret@example.com/", "https://exa mple.com"]
    {
        let refused = world.engine.add_endpoint(NewEndpoint { url: url.into(), topics: BTreeSet::new() }).unwrap_err();
        assert_eq!(refused.problems()[0].code, "invalid_endpoint", "{url}");
    }
    let endpoint = world.endpoint(&[Topic::CustomerAdded]);
    world.customer("acme");
    let receiver = Receiver::answering(410);
    world.deliver(&receiver);
    assert!(matches!(world.engine.endpoint(endpoint.id).unwrap().state, EndpointState::Paused { .. }));
    world.engine.remove_endpoint(endpoint.id).unwrap();
    world.customer("bolt");
    world.deliver(&receiver);
    assert_eq!(receiver.topics().len(), 1);
}

#[test]
fn without_a_key_for_secrets_there_are_no_endpoints() {
    let engine = Engine::in_memory("2026-04-01T00:00:00Z".parse().unwrap()).unwrap();
    let new = NewEndpoint { url: "https://example.com/".into(), topics: BTreeSet::new() };
    assert_eq!(engine.add_endpoint(new).unwrap_err().problems()[0].code, "no_secret_key");
}
