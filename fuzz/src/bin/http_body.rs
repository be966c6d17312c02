//! Any body, of any media type, packed in any way: never a failure of the server, always a document, and counts that add up.
//!
//! Input: a byte for the route, one for the media type, one for the packing, then the body.
#![no_main]

use axum::body::Body;
use axum::http::{Request, header};
use engine::Platform;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::cell::RefCell;
use std::io::Write;
use std::sync::Arc;
use tower::ServiceExt;

const ROUTES: [&str; 6] =
    ["/v1/events", "/v1/events", "/v1/events", "/v1/pricing", "/v1/customers", "/v1/events/quarantine/replay"];
const MEDIA: [&str; 9] = [
    "application/json",
    "application/x-ndjson",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/jsonl; charset=utf-8",
    "APPLICATION/JSON",
    "application/yaml",
    "text/plain",
    "",
];
/// An installation remembers what it took: after so many bodies a new one is asked.
const BODIES: u32 = 300;

struct Server {
    runtime: tokio::runtime::Runtime,
    router: axum::Router,
    left: u32,
}

thread_local! {
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

fn server() -> Server {
    let platform = Platform::in_memory("2026-04-16T12:00:00Z".parse().expect("an instant")).expect("in memory");
    let router = server::router(&Arc::new(platform), server::Access::Open);
    Server { runtime: tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime"), router, left: BODIES }
}

fn packed(packing: u8, body: &[u8]) -> (&'static str, Vec<u8>) {
    match packing % 8 {
        0 | 1 => ("", body.to_vec()),
        2 => ("gzip", body.to_vec()),
        3 => ("zstd", body.to_vec()),
        4 => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(body).expect("in memory");
            ("gzip", gzip.finish().expect("in memory"))
        }
        5 => ("zstd", zstd(body)),
        6 => ("identity", body.to_vec()),
        _ => ("br", body.to_vec()),
    }
}

/// A frame of one raw block.
fn zstd(body: &[u8]) -> Vec<u8> {
    let body = &body[..body.len().min(100_000)];
    let size = u32::try_from(body.len()).expect("short");
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0xA0];
    frame.extend_from_slice(&size.to_le_bytes());
    frame.extend_from_slice(&((size << 3) | 1).to_le_bytes()[..3]);
    frame.extend_from_slice(body);
    frame
}

fuzz_target!(|input: &[u8]| {
    let [route, media, packing, body @ ..] = input else { return };
    let route = ROUTES[usize::from(*route) % ROUTES.len()];
    let (encoding, bytes) = packed(*packing, body);
    let mut request = Request::post(route).header(header::CONTENT_TYPE, MEDIA[usize::from(*media) % MEDIA.len()]);
    if !encoding.is_empty() {
        request = request.header(header::CONTENT_ENCODING, encoding);
    }
    let request = request.body(Body::from(bytes)).expect("a request");
    SERVER.with_borrow_mut(|kept| {
        let server = kept.get_or_insert_with(server);
        let router = server.router.clone();
        let (status, document, text) = server.runtime.block_on(async move {
            let response = router.oneshot(request).await.expect("a router never fails");
            let kind = response.headers().get(header::CONTENT_TYPE).cloned();
            let status = response.status();
            let text = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a whole answer");
            let is_problem = kind.is_some_and(|kind| kind == "application/problem+json");
            assert_eq!(is_problem, !status.is_success(), "{status}");
            let document: Value = serde_json::from_slice(&text).expect("every answer is JSON");
            (status, document, text)
        });
        assert!(status.as_u16() < 500, "{status}: {}", String::from_utf8_lossy(&text));
        if status.is_success() {
            if route == "/v1/events" {
                taken(&document);
            }
        } else {
            refused(status.as_u16(), &document);
        }
        server.left -= 1;
        if server.left == 0 {
            *kept = None;
        }
    });
});

fn taken(document: &Value) {
    let count = |name: &str| document[name].as_u64().unwrap_or_else(|| panic!("no {name}: {document}"));
    let all = count("accepted") + count("duplicates") + count("conflicts") + count("quarantined");
    assert_eq!(document["outcomes"].as_array().map(|outcomes| outcomes.len() as u64), Some(all), "{document}");
}

fn refused(status: u16, document: &Value) {
    assert_eq!(document["status"].as_u64(), Some(u64::from(status)), "{document}");
    for name in ["type", "title", "code", "mend"] {
        assert!(document[name].as_str().is_some_and(|text| !text.is_empty()), "no {name}: {document}");
    }
    assert!(document["problems"].as_array().is_some_and(|problems| !problems.is_empty()), "{document}");
}
