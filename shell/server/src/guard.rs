//! What is looked at before a request reaches its route, and noted after it.

use crate::Refusal;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Instant;
use stdx::Problem;

/// Refuses what a page of another site asks, and logs every request.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let (started, method, path) = (Instant::now(), request.method().clone(), request.uri().path().to_owned());
    let response = match foreign(request.headers()) {
        Some(refusal) => refusal.into_response(),
        None => next.run(request).await,
    };
    tracing::info!(%method, path, status = response.status().as_u16(), micros = started.elapsed().as_micros(), "request");
    response
}

/// A browser says from which site a page asks. Without access control, a page of another site could do everything here that the person
/// before the browser can.
fn foreign(headers: &HeaderMap) -> Option<Refusal> {
    let text = |name| headers.get(name).and_then(|value: &axum::http::HeaderValue| value.to_str().ok());
    let origin = text(header::ORIGIN)?;
    let site = origin.split_once("://").map_or(origin, |(_, site)| site);
    if text(header::HOST).is_some_and(|host| host.eq_ignore_ascii_case(site)) {
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
        assert_eq!(foreign(&HeaderMap::new()), None, "a program says no origin");
        assert_eq!(foreign(&headers("http://127.0.0.1:8080")), None);
        for other in ["https://evil.example", "http://127.0.0.1:9090", "null"] {
            assert_eq!(foreign(&headers(other)).map(|refusal| refusal.status.as_u16()), Some(403), "{other}");
        }
    }
}
