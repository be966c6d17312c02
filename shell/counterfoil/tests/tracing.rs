//! Traces and metrics, as a collector gets them that speaks OTLP: of a request, and of the webhook that it causes.
#![cfg(unix)]

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_mins(1);
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// A request as it came in.
struct Came {
    head: String,
    body: Vec<u8>,
}

impl Came {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Answers every request with 200, and gives it on.
fn answering() -> (String, Receiver<Came>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (give, come) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let give = give.clone();
            std::thread::spawn(move || converse(stream, &give));
        }
    });
    (address, come)
}

fn converse(stream: TcpStream, give: &Sender<Came>) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut stream = stream;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let came = Came { head, body: Vec::new() };
        let length = came.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").expect("answered");
        let _ = give.send(Came { body, ..came });
    }
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// Spans, what is said of the service, and measurements, of all that a collector got.
fn received(come: &Receiver<Came>) -> (Vec<Span>, Vec<(String, String)>, Vec<Metric>) {
    let (mut spans, mut service, mut measured) = (Vec::new(), Vec::new(), Vec::new());
    while let Ok(came) = come.try_recv() {
        assert_eq!(came.header("content-type"), Some("application/x-protobuf"));
        if came.head.starts_with("POST /v1/metrics ") {
            let request = ExportMetricsServiceRequest::decode(came.body.as_slice()).expect("protobuf");
            let scopes = request.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
            measured.extend(scopes.flat_map(|scope| scope.metrics));
            continue;
        }
        assert!(came.head.starts_with("POST /v1/traces "), "{}", came.head);
        let request = ExportTraceServiceRequest::decode(came.body.as_slice()).expect("protobuf");
        for resource in request.resource_spans {
            for attribute in resource.resource.expect("a resource").attributes {
                if let Some(Any::StringValue(text)) = attribute.value.and_then(|value| value.value) {
                    service.push((attribute.key, text));
                }
            }
            spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    (spans, service, measured)
}

fn attribute<'a>(attributes: &'a [KeyValue], name: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|one| one.key == name)?.value.as_ref()?.value.as_ref()?;
    if let Any::StringValue(text) = found { Some(text) } else { None }
}

/// What was sent last says how often the two routes were asked, and how long that took.
fn check_measured(measured: &[Metric]) {
    let last = |name: &str| {
        let found = measured.iter().rev().find(|one| one.name == name);
        found.unwrap_or_else(|| {
            panic!("{name} is not among {:?}", measured.iter().map(|one| &one.name).collect::<Vec<_>>())
        })
    };
    let requests = last("counterfoil_http_requests_total");
    assert!(requests.description.starts_with("Requests, by method"), "{}", requests.description);
    let Some(Data::Sum(sum)) = &requests.data else { panic!("{requests:?}") };
    assert!(sum.is_monotonic);
    let of = |route: &str| sum.data_points.iter().find(|point| attribute(&point.attributes, "route") == Some(route));
    let point = of("/v1/customers").expect("it was asked");
    assert_eq!((attribute(&point.attributes, "method"), &point.value), (Some("POST"), &Some(Number::AsInt(1))));
    let took = last("counterfoil_http_request_seconds");
    assert_eq!(took.unit, "s");
    let Some(Data::Histogram(took)) = &took.data else { panic!("{took:?}") };
    let point = took.data_points.iter().find(|point| attribute(&point.attributes, "route") == Some("/v1/customers"));
    let point = point.expect("it was timed");
    assert_eq!((point.count, point.explicit_bounds.len(), point.explicit_bounds[0]), (1, 16, 0.000_25));
}

#[test]
fn a_collector_gets_the_trace_of_a_request_and_of_the_webhook_that_it_causes() {
    let ((collector, traces), (hook, hooks)) = (answering(), answering());
    let dir = tempfile::tempdir().expect("a directory");
    let mut child = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(["serve", "--listen", "127.0.0.1:0", "--open", "--private-webhooks", "--otlp", &collector])
        .current_dir(dir.path())
        .env_clear()
        .env("COUNTERFOIL_SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let mut served = Served(child);
    let address = line.split("://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address").to_owned();
    let post = |path: &str, body: &str, trace: &str| {
        let asked = ureq::post(format!("http://{address}{path}")).header("content-type", "application/json");
        let asked = if trace.is_empty() { asked } else { asked.header("traceparent", trace) };
        asked.send(body).expect("answered");
    };
    post("/v1/webhooks", &format!(r#"{{"url": "{hook}/told"}}"#), "");
    post("/v1/customers", r#"{"key": "acme", "name": "Acme"}"#, &format!("00-{TRACE}-{PARENT}-01"));
    let told = hooks.recv_timeout(LONG).expect("it is told");
    assert!(told.head.starts_with("POST /told "), "{}", told.head);
    let carried = told.header("traceparent").expect("a trace").to_owned();

    // what is not sent yet is sent before it ends
    let stopped = Command::new("kill").args(["-TERM", &served.0.id().to_string()]).status().expect("kill runs");
    assert!(stopped.success());
    let began = Instant::now();
    while served.0.try_wait().expect("a child").is_none() {
        assert!(began.elapsed() < LONG, "it does not stop");
        std::thread::sleep(Duration::from_millis(20));
    }
    let (spans, service, measured) = received(&traces);
    check_measured(&measured);
    assert!(service.contains(&("service.name".into(), "counterfoil".into())), "{service:?}");
    let ours: Vec<&Span> = spans.iter().filter(|span| hexadecimal(&span.trace_id) == TRACE).collect();
    let named = |name: &str| *ours.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {spans:?}"));
    let (request, webhook) = (named("request"), named("webhook"));
    assert_eq!(hexadecimal(&request.parent_span_id), PARENT);
    assert_eq!(webhook.parent_span_id, request.span_id, "the request caused it");
    assert_eq!(carried, format!("00-{TRACE}-{}-01", hexadecimal(&webhook.span_id)));
    let status = request.attributes.iter().find(|one| one.key == "http.response.status_code");
    let status = status.and_then(|one| one.value.clone()).and_then(|value| value.value);
    assert_eq!(status, Some(Any::IntValue(201)));
    assert!(spans.iter().any(|span| span.name == "job"), "jobs are traced too");
}
