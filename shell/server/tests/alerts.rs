//! Alerts while events come in: a server with all its threads, on a real disk.

use contracts::Customer;
use engine::{
    Answered, Courier, Engine, Limit, Mail, NewAlert, NewEndpoint, NewSubscription, Platform, SecretKey, Settings,
    Topic, Watched,
};
use metering::{Event, Value};
use server::{Access, Server};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use stdx::Key;

const PRICING: &str = r#"
meters:
  calls: { event: call, aggregate: count }
  tokens: { event: completion, aggregate: { sum: properties.tokens } }
plans: { metered: { currency: EUR, every: month, prices: { calls: { meter: calls, per_unit: "0.10" }, tokens: { meter: tokens, per_unit: "0.001" } } } }
"#;
const CUSTOMERS: usize = 1_000;
const PROBES: usize = 100;

fn key(text: &str) -> Key {
    text.try_into().expect("a key")
}

/// Notes when each customer's alert arrives.
#[derive(Default)]
struct Receiver {
    arrived: Mutex<HashMap<String, Vec<Instant>>>,
}

impl Courier for Receiver {
    fn post(&self, _: &str, _: &[(&str, &str)], body: &[u8]) -> Result<Answered, String> {
        let message: serde_json::Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let customer = message["data"]["customer"].as_str().unwrap_or_default().to_owned();
        self.arrived.lock().expect("a lock").entry(customer).or_default().push(Instant::now());
        Ok(Answered { status: 200, body: String::new() })
    }
    fn mail(&self, _: &Mail) -> Result<Answered, String> {
        Err("no mail was promised".into())
    }
}

fn event(name: &str, customer: usize, id: &str, at: calendar::Instant) -> engine::Incoming {
    engine::Incoming::Event(Event {
        source: "load".into(),
        id: id.into(),
        name: name.into(),
        subject: format!("c{customer}"),
        at,
        properties: [("tokens".into(), Value::Num(1_u32.into()))].into(),
    })
}

fn furnish(engine: &Engine) {
    engine.apply_pricing(&catalog::PricingFile::parse(PRICING, "p").expect("a pricing")).expect("applied");
    for number in 0..CUSTOMERS {
        let customer = key(&format!("c{number}"));
        let added = Customer::new(customer.clone(), String::new(), calendar::Zone::utc());
        engine.add_customer(added).expect("added");
        engine.subscribe(NewSubscription::to(customer, key("metered"))).expect("subscribed");
    }
    let topics: BTreeSet<Topic> = [Topic::AlertCrossed].into();
    engine.add_endpoint(NewEndpoint { url: "https://example.com/hook".into(), topics }).expect("an endpoint");
    let on = Watched::Usage { meter: key("calls") };
    let limit = Limit::Absolute { at: [1_u32.into()].into() };
    let new = NewAlert { name: "first call".into(), customer: None, on, limit, recipients: BTreeSet::new() };
    engine.add_alert(new).expect("an alert");
}

/// Sends events of all customers until it is told to stop; how many.
fn load(engine: &Engine, stop: &AtomicBool) -> usize {
    let mut sent = 0;
    while !stop.load(Ordering::Acquire) {
        let at = engine.now();
        let batch = (0..CUSTOMERS).map(|customer| event("completion", customer, &format!("l{sent}-{customer}"), at));
        sent += engine.ingest(batch.collect()).expect("taken").accepted;
        std::thread::sleep(Duration::from_millis(100));
    }
    sent
}

#[test]
fn each_alert_is_told_once_while_usage_of_everybody_comes_in() {
    let dir = tempfile::tempdir().expect("a directory");
    let platform = Platform::open(dir.path(), Settings::default()).expect("a platform");
    let secret = SecretKey::parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").expect("a key");
    let platform = Arc::new(platform.with_secret_key(secret));
    let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
    furnish(&engine);
    let receiver = Arc::new(Receiver::default());
    let server = Server::bind(platform.clone(), "127.0.0.1:0".parse().expect("an address"), Access::Open);
    let server = server.expect("a free port").telling_by(receiver.clone());
    // it serves until the process ends
    std::thread::spawn(move || server.run());

    let (stop, started) = (AtomicBool::new(false), Instant::now());
    let mut acknowledged = HashMap::new();
    let sent = std::thread::scope(|scope| {
        let loading = scope.spawn(|| load(&engine, &stop));
        std::thread::sleep(Duration::from_secs(2));
        for customer in 0..PROBES {
            engine.ingest(vec![event("call", customer, &format!("p{customer}"), engine.now())]).expect("taken");
            acknowledged.insert(format!("c{customer}"), Instant::now());
            std::thread::sleep(Duration::from_millis(25));
        }
        let deadline = Instant::now() + Duration::from_mins(10);
        while receiver.arrived.lock().expect("a lock").len() < PROBES && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(50));
        }
        stop.store(true, Ordering::Release);
        loading.join().expect("loaded")
    });
    let rate = f64::from(u32::try_from(sent).expect("a count")) / started.elapsed().as_secs_f64();
    let arrived = receiver.arrived.lock().expect("a lock");
    assert_eq!(arrived.len(), PROBES, "everybody is told of");
    assert!(arrived.values().all(|times| times.len() == 1), "each is told once");
    let mut waits: Vec<Duration> =
        acknowledged.iter().map(|(customer, at)| arrived[customer][0].saturating_duration_since(*at)).collect();
    waits.sort_unstable();
    let (median, p99) = (waits[PROBES / 2], waits[PROBES * 99 / 100]);
    // how soon is what `bench -- api` measures
    println!("{PROBES} alerts told beside {rate:.0} events/s of {CUSTOMERS} customers: median {median:?}, p99 {p99:?}");
}
