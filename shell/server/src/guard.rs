//! What is looked at before a request reaches its route, and noted after it.

use crate::{Refusal, trace};
use axum::extract::{MatchedPath, Request};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Instant;
use stdx::Problem;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header by which a request is found again in the log.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Names a request, refuses what a page of another site asks, and counts, times and logs what was answered.
pub(crate) async fn guard(mut request: Request, next: Next) -> Response {
    let (started, method) = (Instant::now(), request.method().clone());
    // an address that leads nowhere is counted with all such: anybody can make up names
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let id = request_id(request.headers());
    let span =
        tracing::info_span!("request", id = id.to_str().unwrap_or_default(), %method, path = request.uri().path());
    request.headers_mut().insert(REQUEST_ID, id.clone());
    trace::join(&span, request.headers_mut());
    let running = Running::begin();
    let mut response = match foreign(request.headers(), request.uri().authority().map(Authority::as_str)) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).instrument(span.clone()).await,
    };
    drop(running);
    let (status, taken) = (response.status(), started.elapsed());
    span.set_attribute("http.route", route.clone());
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    let method = method.as_str().to_owned();
    metrics::histogram!("http_request_seconds", "route" => route.clone()).record(taken);
    metrics::counter!("http_requests_total", "method" => method, "route" => route, "status" => status.as_str().to_owned()).increment(1);
    let (status, micros) = (status.as_u16(), taken.as_micros());
    // with many requests a second the log of what went well would be most of the work
    let _in = span.entered();
    if status < 400 {
        tracing::debug!(status, micros, "answered");
    } else {
        tracing::info!(status, micros, "refused");
    }
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// A request that is being answered; also one whose sender went away is over at some time.
struct Running(metrics::Gauge);

impl Running {
    fn begin() -> Self {
        let gauge = metrics::gauge!("http_requests_running");
        gauge.increment(1);
        Self(gauge)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

/// The sender's name of the request where it is a plain one, else one of ours.
fn request_id(headers: &HeaderMap) -> HeaderValue {
    let is_plain =
        |given: &&HeaderValue| (1..=100).contains(&given.len()) && given.as_bytes().iter().all(u8::is_ascii_graphic);
    let own = || HeaderValue::from_str(&format!("req_{}", uuid::Uuid::now_v7().simple()));
    let given = headers.get(REQUEST_ID).filter(is_plain).cloned();
    given.or_else(|| own().ok()).unwrap_or(HeaderValue::from_static("req_none"))
}

/// A browser says from which site a page asks. Without access control, a page of another site could do everything here that the person
/// before the browser can.
///
/// HTTP/2 says which server is asked in the address and not in a header.
fn foreign(headers: &HeaderMap, authority: Option<&str>) -> Option<Refusal> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let origin = text(header::ORIGIN)?;
    let site = origin.split_once("://").map_or(origin, |(_, site)| site);
    if text(header::HOST).or(authority).is_some_and(|host| host.eq_ignore_ascii_case(site)) {
        return None;
    }
    let problem = Problem::new("other_origin", "A page of another site may not ask")
        .detail(format!("the page belongs to `{origin}`"))
        .mend("ask from /docs of this server, or from a program instead of a browser");
    Some(Refusal::one(StatusCode::FORBIDDEN, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &'static str) -> HeaderMap {
        let pairs = [(header::HOST, "127.0.0.1:8080"), (header::ORIGIN, origin)];
        pairs.into_iter().map(|(name, value)| (name, axum::http::HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_pages_of_this_server_may_ask() {
        assert_eq!(foreign(&HeaderMap::new(), None), None, "a program says no origin");
        assert_eq!(foreign(&headers("http://127.0.0.1:8080"), None), None);
        let mut second = headers("https://counterfoil.example");
        second.remove(header::HOST);
        assert_eq!(foreign(&second, Some("counterfoil.example")), None);
        assert!(foreign(&second, Some("other.example")).is_some());
        for other in ["https://evil.example", "http://127.0.0.1:9090", "null"] {
            assert_eq!(foreign(&headers(other), None).map(|refusal| refusal.status.as_u16()), Some(403), "{other}");
        }
    }
}
