//! Reading what has not been read, and changing only what one saw: `ETag`, `If-None-Match`, `If-Match`.

use crate::Refusal;
use crate::asked::Received;
use crate::route::{Route, Verb, Versioned};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Engine, Request, Seen, Thing};
use sha2::{Digest, Sha256};
use stdx::Problem;

/// The object that a request is about: its kind, and its name where there is more than one.
pub(crate) fn object<'a>(route: &Route, received: &'a Received) -> Option<(Thing, Option<&'a str>)> {
    match route.object? {
        Versioned::New(thing) => Some((thing, None)),
        Versioned::Only(thing) => Some((thing, Some(""))),
        Versioned::Named(thing, name) => {
            let (_, value) = received.path.iter().find(|(known, _)| known == name)?;
            Some((thing, Some(value)))
        }
    }
}

/// Whether a route does something to an object that was there before.
pub(crate) fn changes(route: &Route) -> bool {
    route.verb == Verb::Post && matches!(route.object, Some(Versioned::Named(..) | Versioned::Only(_)))
}

/// What a request expects of its object, as `If-Match` says it.
pub(crate) fn request(route: &Route, headers: &HeaderMap, received: &Received) -> Result<Request, Refusal> {
    let Some(tags) = listed(headers, &header::IF_MATCH).filter(|_| changes(route)) else { return Ok(Request::new()) };
    let Some((thing, Some(name))) = object(route, received) else { return Ok(Request::new()) };
    if tags == ["*"] {
        return Ok(Request::seen(thing, name, Seen::Any));
    }
    if let Some(wrong) = tags.iter().find(|tag| !is_tag(tag)) {
        let problem = Problem::new("invalid_etag", "This is not an entity tag")
            .detail(format!("`{wrong}` is not a text in quotes"))
            .at("If-Match")
            .mend("send the `ETag` of an answer about this object as it came, with its quotes, or `*`");
        return Err(Refusal::one(StatusCode::BAD_REQUEST, problem));
    }
    Ok(Request::seen(thing, name, Seen::Versions(tags.iter().filter_map(|tag| version(tag)).collect())))
}

/// What `If-Match` says, to be kept.
pub(crate) fn expected(headers: &HeaderMap) -> Option<String> {
    listed(headers, &header::IF_MATCH).map(|tags| tags.join(", "))
}

/// The same again.
pub(crate) fn expecting(kept: Option<&str>) -> HeaderMap {
    let value = kept.and_then(|kept| HeaderValue::from_str(kept).ok());
    value.into_iter().map(|value| (header::IF_MATCH, value)).collect()
}

/// An answer about an object at a version, or that it is what the asker has.
pub(crate) fn tagged(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// That the asker has this version already, where they do.
pub(crate) fn not_modified(headers: &HeaderMap, version: i64) -> Option<Response> {
    has(headers, &format!("\"{version}\"")).then(|| tagged(StatusCode::NOT_MODIFIED.into_response(), version))
}

/// An answer that depends on parameters, and so on more than the version: its tag depends on what it says, too.
pub(crate) async fn tagged_by_content(headers: &HeaderMap, response: Response, version: i64) -> Response {
    let (head, body) = response.into_parts();
    // the body is in memory already
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return Refusal::defect().into_response() };
    let digest = Sha256::digest(&bytes);
    let said = digest.iter().take(8).fold(0_u64, |said, byte| said << 8 | u64::from(*byte));
    let tag = format!("\"{version}-{said:016x}\"");
    let mut response = if has(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::from_parts(head, Body::from(bytes))
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The version of the object that is read, before it is read: an answer may say more than its tag, and never less.
pub(crate) fn before(route: &Route, received: &Received, engine: &Engine) -> Result<Option<i64>, Refusal> {
    match object(route, received) {
        Some((thing, Some(name))) if route.verb == Verb::Get => Ok(engine.version_of(thing, name)?),
        Some(_) | None => Ok(None),
    }
}

fn has(headers: &HeaderMap, tag: &str) -> bool {
    let known = listed(headers, &header::IF_NONE_MATCH).unwrap_or_default();
    known.iter().any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The members of a header that may be given in parts; nothing where it is not there.
fn listed(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<String>> {
    let given: Vec<_> = headers.get_all(name).iter().collect();
    let texts = given.iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect::<Vec<_>>();
    let members = texts.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|member| !member.is_empty());
    (!given.is_empty()).then(|| members.map(str::to_owned).collect())
}

fn is_tag(text: &str) -> bool {
    let quoted = text.strip_prefix("W/").unwrap_or(text);
    quoted.len() >= 2 && quoted.starts_with('"') && quoted.ends_with('"')
}

/// The version that a tag of ours names. One that is weak says less than `If-Match` needs.
fn version(tag: &str) -> Option<i64> {
    let said = tag.strip_prefix('"')?.strip_suffix('"')?;
    said.split_once('-').map_or(said, |(version, _)| version).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &HeaderName, values: &[&'static str]) -> HeaderMap {
        values.iter().map(|value| (name.clone(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_tag_names_a_version_whatever_the_answer_was_like() {
        assert_eq!(
            (version("\"3\""), version("\"3-0a\""), version("W/\"3\""), version("\"x\"")),
            (Some(3), Some(3), None, None)
        );
        assert!(is_tag("\"\"") && is_tag("W/\"3\"") && !is_tag("3") && !is_tag("\""));
    }

    #[test]
    fn what_the_asker_has_is_not_sent_again() {
        let known = headers(&header::IF_NONE_MATCH, &["\"1\", W/\"2\"", "\"4\""]);
        let answered = |version| not_modified(&known, version).map(|response| response.status().as_u16());
        assert_eq!((answered(1), answered(2), answered(3), answered(4)), (Some(304), Some(304), None, Some(304)));
        assert!(not_modified(&headers(&header::IF_NONE_MATCH, &["*"]), 7).is_some());
        assert!(not_modified(&HeaderMap::new(), 7).is_none());
    }
}
