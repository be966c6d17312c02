//! Deliveries beside each other: a slow endpoint makes nobody wait but those who talk to it.

use contracts::Customer;
use engine::{Answered, Courier, Mail, NewEndpoint, Platform, SecretKey, SetClock, Settings};
use server::{Access, Server};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const MESSAGES: usize = 60;
const SLOW: Duration = Duration::from_secs(3);

/// Endpoints that take what they are sent: those whose name says so after a while.
#[derive(Default)]
struct Receivers {
    got: Mutex<BTreeMap<String, Vec<(Instant, String)>>>,
    most_at_once: Mutex<BTreeMap<String, (usize, usize)>>,
}

impl Receivers {
    fn enter(&self, url: &str, more: isize) {
        let mut counts = self.most_at_once.lock().expect("a lock");
        let (now, most) = counts.entry(url.to_owned()).or_default();
        *now = now.saturating_add_signed(more);
        *most = (*most).max(*now);
    }

    fn count(&self, url: &str) -> usize {
        self.got.lock().expect("a lock").get(url).map_or(0, Vec::len)
    }
}

impl Courier for Receivers {
    fn post(&self, url: &str, _: &[(&str, &str)], body: &[u8]) -> Result<Answered, String> {
        self.enter(url, 1);
        if url.contains("slow") {
            std::thread::sleep(SLOW);
        }
        let message: serde_json::Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let customer = message["data"]["key"].as_str().unwrap_or_default().to_owned();
        self.got.lock().expect("a lock").entry(url.to_owned()).or_default().push((Instant::now(), customer));
        self.enter(url, -1);
        Ok(Answered { status: 200, body: String::new() })
    }
    fn mail(&self, _: &Mail) -> Result<Answered, String> {
        Err("no mail was promised".into())
    }
}

#[test]
fn a_slow_endpoint_makes_nobody_wait_but_those_who_talk_to_it() {
    let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
    let secret = SecretKey::parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").expect("a key");
    let platform =
        Platform::with_clock(clock.clone(), Settings::default()).expect("a platform").with_secret_key(secret);
    let platform = Arc::new(platform);
    let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
    let urls = ["https://quick.example/", "https://slow-1.example/", "https://slow-2.example/"];
    for url in urls {
        engine.add_endpoint(NewEndpoint { url: url.into(), topics: BTreeSet::new() }).expect("an endpoint");
    }
    let receivers = Arc::new(Receivers::default());
    let server = Server::bind(platform.clone(), "127.0.0.1:0".parse().expect("an address"), Access::Open);
    let server = server.expect("a free port").telling_by(receivers.clone());
    // it serves until the process ends
    std::thread::spawn(move || server.run());
    let began = Instant::now();
    for number in 0..MESSAGES {
        let key = format!("c{number}").as_str().try_into().expect("a key");
        engine.add_customer(Customer::new(key, String::new(), calendar::Zone::utc())).expect("added");
    }
    while receivers.count(urls[0]) < MESSAGES {
        assert!(began.elapsed() < Duration::from_mins(1), "{} of {MESSAGES} came", receivers.count(urls[0]));
        std::thread::sleep(Duration::from_millis(5));
    }
    let taken = began.elapsed();
    println!("{MESSAGES} messages to a quick endpoint beside two slow ones in {taken:?}");
    let slow = receivers.count(urls[1]);
    assert!(slow < MESSAGES / 2, "{slow}: the slow ones are far from done");
    let got: Vec<String> =
        receivers.got.lock().expect("a lock")[urls[0]].iter().map(|(_, customer)| customer.clone()).collect();
    assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), MESSAGES, "each once: {got:?}");
    let most = receivers.most_at_once.lock().expect("a lock");
    assert!(urls.iter().all(|url| most[*url].1 <= 8), "{most:?}");
}
