//! Events as senders send them: packed or not, well-formed or not, over one connection to a server with a store on the disk.

use engine::{Platform, Settings};
use serde_json::{Value, json};
use server::Access;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// A server over a directory of its own, and a connection to it that stays open.
struct Sender {
    connection: TcpStream,
    address: SocketAddr,
    _directory: tempfile::TempDir,
}

struct Answer {
    status: u16,
    head: String,
    body: Value,
}

impl Sender {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let platform = Arc::new(Platform::open(directory.path(), Settings::default()).expect("a platform"));
        let any = "127.0.0.1:0".parse().expect("an address");
        let server = server::Server::bind(platform, any, Access::Open).expect("a free port");
        let address = server.address();
        std::thread::spawn(move || server.run());
        let connection = TcpStream::connect(address).expect("it listens");
        connection.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
        Self { connection, address, _directory: directory }
    }

    fn send(&mut self, media: &str, encoding: &str, body: &[u8]) -> Answer {
        let head = format!(
            "POST /v1/events HTTP/1.1\r\nHost: {}\r\nContent-Type: {media}\r\nContent-Encoding: {encoding}\r\nContent-Length: {}\r\n\r\n",
            self.address,
            body.len()
        );
        self.connection.write_all(head.as_bytes()).expect("it takes the head");
        self.connection.write_all(body).expect("it takes the body");
        self.answer()
    }

    fn answer(&mut self) -> Answer {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.connection.read_exact(&mut byte).expect("a head");
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("text");
        let status = head[9..12].parse().expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
        let mut body = vec![0; length.parse().expect("a number")];
        self.connection.read_exact(&mut body).expect("a body");
        Answer { status, head, body: serde_json::from_slice(&body).expect("JSON") }
    }

    /// Sends one good event on the same connection, which must be accepted.
    fn goes_on(&mut self, id: &str) {
        let answer = self.send("application/json", "identity", event(id).as_bytes());
        assert_eq!((answer.status, &answer.body["accepted"]), (200, &json!(1)), "{}", answer.body);
    }
}

fn event(id: &str) -> String {
    format!(
        r#"{{"source":"gateway","id":"{id}","type":"call","subject":"acme","time":"2026-04-09T10:15:00Z","data":{{"n":1}}}}"#
    )
}

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(plain).expect("packed");
    encoder.finish().expect("packed")
}

#[test]
fn a_batch_counts_once_in_whatever_form_it_comes() {
    let mut sender = Sender::new();
    let events: Vec<String> = (0..50).map(|id| event(&id.to_string())).collect();
    let (list, lines) = (format!("[{}]", events.join(",")), events.join("\n"));
    let first = sender.send("application/json", "gzip", &gzip(list.as_bytes()));
    assert_eq!((first.status, &first.body["accepted"]), (200, &json!(50)), "{}", first.body);
    for (media, encoding, body) in [
        ("application/json", "zstd", zstd::encode_all(list.as_bytes(), 1).expect("packed")),
        ("application/cloudevents-batch+json", "identity", list.clone().into_bytes()),
        ("application/x-ndjson", "identity", lines.clone().into_bytes()),
        ("application/jsonl", "gzip", gzip(lines.as_bytes())),
    ] {
        let again = sender.send(media, encoding, &body);
        assert_eq!((again.status, &again.body["duplicates"]), (200, &json!(50)), "{media} {encoding}");
        assert_eq!(again.body["outcomes"], known(&first.body["outcomes"]), "{media} {encoding}");
    }
    let one = sender.send("application/cloudevents+json", "identity", event("7").as_bytes());
    assert_eq!(one.body["duplicates"], 1);
}

/// The outcomes of a batch that was accepted, when it is sent again.
fn known(accepted: &Value) -> Value {
    let outcomes = accepted.as_array().expect("a list").iter();
    outcomes.map(|outcome| json!({ "outcome": "duplicate", "seq": outcome["seq"] })).collect()
}

#[test]
fn a_body_that_is_no_batch_harms_neither_the_connection_nor_later_events() {
    let mut sender = Sender::new();
    let good = event("0");
    let (packed, zeros) = (gzip(good.as_bytes()), vec![0; 64 << 20]);
    let plain = "application/json";
    let refused: [(&str, &str, Vec<u8>, u16, &str); 12] = [
        (plain, "identity", b"{".to_vec(), 400, "body_malformed"),
        (plain, "identity", format!("[{good}").into_bytes(), 400, "body_malformed"),
        (plain, "identity", format!("[{good},]").into_bytes(), 400, "body_malformed"),
        (plain, "identity", b"[\"\xff\"]".to_vec(), 400, "body_malformed"),
        (plain, "identity", b" ".to_vec(), 400, "empty_body"),
        (plain, "identity", format!("[{}1]", "1,".repeat(100_000)).into_bytes(), 413, "too_many_events"),
        (plain, "gzip", packed[..packed.len() - 3].to_vec(), 400, "damaged_encoding"),
        (plain, "gzip", good.clone().into_bytes(), 400, "damaged_encoding"),
        (plain, "gzip", gzip(&zeros), 413, "body_too_large"),
        (plain, "zstd", zstd::encode_all(zeros.as_slice(), 1).expect("packed"), 413, "body_too_large"),
        (plain, "br", good.clone().into_bytes(), 415, "wrong_content_encoding"),
        ("text/plain", "identity", good.clone().into_bytes(), 415, "wrong_content_type"),
    ];
    for (at, (media, encoding, body, status, code)) in refused.iter().enumerate() {
        let answer = sender.send(media, encoding, body);
        assert_eq!((answer.status, &answer.body["code"]), (*status, &json!(code)), "{at}: {}", answer.body);
        assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        assert!(answer.head.contains("x-request-id: req_"), "{}", answer.head);
        sender.goes_on(&format!("after {at}"));
    }
}

#[test]
fn an_event_that_is_none_is_kept_and_the_others_are_taken() {
    let mut sender = Sender::new();
    let with = |data: &str| event("x").replace("{\"n\":1}", data);
    let timed = |time: &str| event("x").replace("2026-04-09T10:15:00Z", time);
    let bad: Vec<(String, &str)> = vec![
        (with(&format!(r#"{{"n":{}}}"#, "1".repeat(40))), "too_many_digits"),
        (with(&format!(r#"{{"n":"{}"}}"#, "x".repeat(10 << 20))), "event_unreadable"),
        (with(&format!(r#"{{"n":{}1{}}}"#, "[".repeat(2000), "]".repeat(2000))), "event_unreadable"),
        (with(r#"{"n":1,"n":2}"#), "event_unreadable"),
        (event("x").replacen("\"id\":\"x\"", "\"id\":\"x\",\"id\":\"y\"", 1), "event_unreadable"),
        (timed("9999-01-01T00:00:00Z"), "event_in_future"),
        (timed("yesterday"), "invalid_time"),
        ("7".to_owned(), "event_unreadable"),
        ("null".to_owned(), "event_unreadable"),
    ];
    let mut codes = Vec::new();
    for (at, (one, _)) in bad.iter().enumerate() {
        let body = format!("[{},{one},{}]", event(&format!("before {at}")), event(&format!("after {at}")));
        let answer = sender.send("application/json", "identity", body.as_bytes());
        assert_eq!((answer.status, &answer.body["accepted"]), (200, &json!(2)), "{at}: {}", answer.body);
        let problem = &answer.body["outcomes"][1]["problem"];
        assert!(problem["pointer"].as_str().is_some_and(|pointer| pointer.starts_with("/1")), "{problem}");
        codes.push(problem["code"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(codes, bad.iter().map(|(_, code)| *code).collect::<Vec<_>>());
    // long ago is no mistake
    let ancient = sender.send("application/json", "identity", timed("0001-01-01T00:00:00Z").as_bytes());
    assert_eq!(ancient.body["accepted"], 1, "{}", ancient.body);
}
