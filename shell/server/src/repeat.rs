//! Requests that are done once, however often they are sent: `Idempotency-Key`.
//!
//! The engine notes the key in the transaction that does the request, so that a repetition never does it again; the answer is kept beside
//! it. What was refused is not kept: it can be sent again, mended, with the same key.

use crate::Refusal;
use crate::asked::Received;
use crate::hold::Way;
use crate::route::{Repeats, Route, Verb};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Engine, Once};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stdx::Problem;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const LONGEST: usize = 255;

/// The request as one that is done once, where it is such a one.
///
/// A request that waits for a second person has no secret in its answer, so that this is always kept.
pub(crate) fn once(route: &Route, headers: &HeaderMap, received: &Received, way: Way) -> Result<Option<Once>, Refusal> {
    let Some(key) = headers.get(KEY) else { return Ok(None) };
    if route.verb == Verb::Get || (route.repeats == Repeats::Done && way == Way::Done) {
        return Ok(None);
    }
    let plain = key.to_str().ok().map(str::trim).filter(|key| (1..=LONGEST).contains(&key.len()));
    let Some(key) = plain else {
        let problem = Problem::new("invalid_idempotency_key", "The idempotency key cannot be used")
            .detail(format!("`{}`", String::from_utf8_lossy(key.as_bytes())))
            .at("Idempotency-Key")
            .mend("send 1 to 255 characters of ASCII that name this request, such as a UUID");
        return Err(Refusal::one(StatusCode::BAD_REQUEST, problem));
    };
    Ok(Some(Once::new(key.to_owned(), hash(route, received))))
}

/// Of all that the request says: each part with its length, so that no two requests are the same text.
fn hash(route: &Route, received: &Received) -> Vec<u8> {
    let mut hash = Sha256::new();
    let path = received.path.iter().map(|(_, value)| value.as_bytes());
    let parts = [route.id.as_bytes(), received.query.as_bytes(), received.body.as_sent()];
    for part in parts.into_iter().chain(path) {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}

/// The answer of before.
pub(crate) fn again(kept: &Value) -> Response {
    let status = kept["status"].as_u64().and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok());
    let mut response = (status.unwrap_or(StatusCode::OK), axum::Json(&kept["body"])).into_response();
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    if let Some(tag) = kept["etag"].as_str().and_then(|tag| HeaderValue::from_str(tag).ok()) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Keeps an answer for a repetition, and gives it.
pub(crate) async fn keep(engine: Engine, response: Response) -> Response {
    let (head, body) = response.into_parts();
    // the body is in memory already
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return Refusal::defect().into_response() };
    if let Ok(body) = serde_json::from_slice::<Value>(&bytes) {
        let tag = head.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        let kept = json!({ "status": head.status.as_u16(), "body": body, "etag": tag });
        let done = tokio::task::spawn_blocking(move || engine.remember_answer(&kept)).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(%error, "an answer could not be kept for a repetition");
        }
    }
    Response::from_parts(head, Body::from(bytes))
}
