//! The trace that a request belongs to: W3C Trace Context.

use axum::http::{HeaderMap, HeaderName};
use opentelemetry::global;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Lets the span of a request belong to the trace that its sender names, and puts the span in the sender's place: what the request causes belongs to
/// it. Where no traces are sent, the headers stay as they came.
pub(crate) fn join(span: &Span, headers: &mut HeaderMap) {
    let parent = global::get_text_map_propagator(|known| known.extract(&HeaderExtractor(headers)));
    // without a collector there is no layer that would know
    let _ = span.set_parent(parent);
    let context = span.context();
    if context.span().span_context().is_valid() {
        global::get_text_map_propagator(|known| known.inject_context(&context, &mut HeaderInjector(headers)));
    }
}

/// The trace as the headers name it, where they do so rightly.
pub(crate) fn traceparent(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(TRACEPARENT)?.to_str().ok()?;
    let lengths = [2, 32, 16, 2];
    let parts: Vec<&str> = text.split('-').collect();
    let is_hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let is_right = parts.len() == lengths.len()
        && parts.iter().zip(lengths).all(|(part, length)| part.len() == length && is_hex(part))
        && parts[0] != "ff"
        && parts[1..3].iter().all(|part| part.bytes().any(|byte| byte != b'0'));
    is_right.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_trace_is_named_as_the_standard_says() {
        let named = |text: &'static str| {
            let headers: HeaderMap = [(TRACEPARENT, HeaderValue::from_static(text))].into_iter().collect();
            traceparent(&headers).is_some()
        };
        assert!(named("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
        for wrong in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert!(!named(wrong), "{wrong}");
        }
    }
}
