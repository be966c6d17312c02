//! How soon a webhook tells that usage reached a limit, while events come in.

use crate::client::{Client, request};
use crate::http::content_length;
use crate::numbers::{Spread, percentile, real};
use crate::report::{Figure, Target};
use crate::run::progress;
use crate::world::{World, name, now};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// By which `--only` finds it.
pub(crate) const NAME: &str = "threshold-webhook";
/// How many calls reach the limit.
const LIMIT: u64 = 20;
/// Events a second of other customers, meanwhile.
const LOAD: f64 = 20_000.0;
const BATCH: u64 = 500;
/// Crossings a second.
const CROSSINGS: f64 = 25.0;
/// A key for the secrets of this run alone: 32 bytes in base64.
const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

/// When each customer was told of.
type Arrived = Arc<Mutex<HashMap<String, Instant>>>;

/// Takes webhooks and notes when each customer is named first.
fn receiver() -> Result<(SocketAddr, Arrived), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let arrived = Arrived::default();
    let noted = arrived.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let noted = noted.clone();
            thread::spawn(move || while hear(&stream, &noted).is_some() {});
        }
    });
    Ok((address, arrived))
}

/// One message; nothing when the other side has gone.
fn hear(mut stream: &TcpStream, noted: &Arrived) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let mut body = vec![0; content_length(head.as_bytes()).ok()?];
    reader.read_exact(&mut body).ok()?;
    let at = Instant::now();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    let told: Value = serde_json::from_slice(&body).ok()?;
    if let Some(customer) = told["data"]["customer"].as_str() {
        noted.lock().unwrap_or_else(PoisonError::into_inner).entry(customer.to_owned()).or_insert(at);
    }
    Some(())
}

/// Measures for a time.
///
/// # Errors
/// What could not be measured; a crossing that is not told within 30 seconds.
pub(crate) fn measure(program: &Path, world: &World, customers: u64, time: Duration) -> Result<Figure, String> {
    let (address, arrived) = receiver()?;
    let server = world.serve(program, &["--private-webhooks", "--secret-key", SECRET])?;
    let mut client = Client::open(server.address)?;
    let mut post = |path: &str, body: &Value| {
        client.ask(&request(&server.token, "POST", path, "application/json", &body.to_string())).map(drop)
    };
    post("/v1/webhooks", &json!({ "url": format!("http://{address}/"), "topics": ["alert.crossed"] }))?;
    post(
        "/v1/alerts",
        &json!({ "name": "calls", "on": { "usage": { "meter": "calls" } }, "limit": { "absolute": { "at": [LIMIT.to_string()] } } }),
    )?;
    progress("crossing thresholds under load");
    let over = AtomicBool::new(false);
    let (sent, loaded) = thread::scope(|scope| {
        let background = scope.spawn(|| background(&server.token, server.address, customers, &over));
        let sent = cross(&mut client, &server.token, time);
        over.store(true, Ordering::Release);
        (sent, background.join().unwrap_or_else(|_| Err("the load failed".to_owned())))
    });
    let (sent, loaded) = (sent?, loaded?);
    let patience = Instant::now() + Duration::from_secs(30);
    let mut micros = Vec::new();
    for (customer, acknowledged) in &sent {
        loop {
            let found = arrived.lock().unwrap_or_else(PoisonError::into_inner).get(customer).copied();
            if let Some(at) = found {
                let took = at.saturating_duration_since(*acknowledged);
                micros.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
                break;
            }
            if Instant::now() >= patience {
                return Err(format!(
                    "{customer} reached the limit and nobody was told; the server says:\n{}",
                    server.log()
                ));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
    let seconds = |hundredths, micros: &mut Vec<u32>| f64::from(percentile(micros, hundredths)) / 1e6;
    let (median, most) = (seconds(50, &mut micros), seconds(100, &mut micros));
    Ok(Figure {
        name: NAME,
        what: "from an event's acknowledgement to its threshold webhook, p99".to_owned(),
        unit: "s",
        target: Some(Target::AtMost(5.0)),
        spread: Spread::of(vec![seconds(99, &mut micros)]),
        alternatives: Vec::new(),
        notes: vec![format!(
            "{} crossings, median {median:.2} s, most {most:.2} s, beside {:.0} events/s of {customers} customers",
            sent.len(),
            real(loaded) / time.as_secs_f64()
        )],
    })
}

/// Lets one customer after the other reach the limit; who, and when the last event was acknowledged.
fn cross(client: &mut Client, token: &str, time: Duration) -> Result<Vec<(String, Instant)>, String> {
    let (began, mut sent) = (Instant::now(), Vec::new());
    for number in 0.. {
        let due = Duration::from_secs_f64(real(number) / CROSSINGS);
        if due >= time {
            break;
        }
        thread::sleep(due.saturating_sub(began.elapsed()));
        crate::stop::check()?;
        let customer = name(number);
        let mut body = String::new();
        let at = now()?;
        for call in 0..LIMIT {
            let _ = writeln!(
                body,
                r#"{{"source":"x","id":"{number}-{call}","type":"api.call","subject":"{customer}","time":"{at}","data":{{}}}}"#
            );
        }
        client.ask(&request(token, "POST", "/v1/events", "application/x-ndjson", &body))?;
        sent.push((customer, Instant::now()));
    }
    Ok(sent)
}

/// Sends events of other customers until it is over; how many.
fn background(token: &str, address: SocketAddr, customers: u64, over: &AtomicBool) -> Result<u64, String> {
    let mut client = Client::open(address)?;
    let (began, mut events) = (Instant::now(), 0);
    while !over.load(Ordering::Acquire) {
        thread::sleep(Duration::from_secs_f64(real(events) / LOAD).saturating_sub(began.elapsed()));
        let mut body = String::new();
        let at = now()?;
        for one in 0..BATCH {
            let number = events + one;
            // those who cross are among the first
            let customer = name(customers / 2 + crate::events::mix(number) % (customers / 2));
            let _ = writeln!(
                body,
                r#"{{"source":"y","id":"{number}","type":"llm.completion","subject":"{customer}","time":"{at}","data":{{"tokens":{}}}}}"#,
                number % 1_000
            );
        }
        client.ask(&request(token, "POST", "/v1/events", "application/x-ndjson", &body))?;
        events += BATCH;
    }
    Ok(events)
}
