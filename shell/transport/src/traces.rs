//! Traces: what the program does, as OpenTelemetry sees it, sent to a collector by OTLP over HTTP.
//!
//! The program itself notes what it does with `tracing`; here it leaves the process.

use crate::{Http, Reach};
use opentelemetry::trace::{TraceContextExt, TracerProvider as _};
use opentelemetry::{Context, KeyValue, global};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;
use stdx::{Problem, ToProblem};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// The header of W3C Trace Context.
const TRACEPARENT: &str = "traceparent";
/// How long what is not sent yet is waited for at the end.
const LAST: Duration = Duration::from_secs(5);

/// Sends traces to a collector until it is finished.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

/// There is no collector at such an address.
#[derive(Debug, thiserror::Error)]
#[error("`{address}` is no collector: {why}")]
pub struct TracesError {
    address: String,
    why: String,
}

impl TracesError {
    pub(crate) fn new(address: &str, why: String) -> Self {
        Self { address: address.to_owned(), why }
    }
}

impl ToProblem for TracesError {
    fn problem(&self) -> Problem {
        Problem::new("invalid_collector", "Traces cannot be sent there").detail(self.to_string()).mend(
            "write it as http://127.0.0.1:4318 or https://collector.example.com; /v1/traces and /v1/metrics are added",
        )
    }
}

impl Traces {
    /// Begins to send to a collector: `http://127.0.0.1:4318`, where `/v1/traces` is added, or the whole address of the signal. From then on
    /// the trace of a request is known by its header `traceparent`, and goes on with the webhooks that it causes.
    ///
    /// # Errors
    /// [`TracesError`] when the address is none.
    pub fn to(address: &str) -> Result<Self, TracesError> {
        let endpoint = endpoint(address, "traces")?;
        let exporter = SpanExporter::builder().with_http().with_http_client(Sender::new()).with_endpoint(endpoint);
        let exporter = exporter.build().map_err(|why| TracesError::new(address, why.to_string()))?;
        let provider = SdkTracerProvider::builder().with_resource(resource()).with_batch_exporter(exporter).build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        Ok(Self { provider })
    }

    /// What notes spans for it.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer().with_tracer(self.provider.tracer("counterfoil"))
    }

    /// Sends what is left, and nothing after that.
    pub fn finish(&self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

/// Where a signal is sent: the address with `/v1/` and the name of the signal, which is put in the place of that of another.
pub(crate) fn endpoint(address: &str, signal: &str) -> Result<String, TracesError> {
    let has_scheme = ["http://", "https://"].iter().any(|scheme| address.starts_with(scheme));
    if !has_scheme || address.parse::<ureq::http::Uri>().is_err() {
        return Err(TracesError::new(address, "it is not an http or https address".into()));
    }
    let address = address.trim_end_matches('/');
    let base = ["/v1/traces", "/v1/metrics"].iter().find_map(|known| address.strip_suffix(known));
    Ok(format!("{}/v1/{signal}", base.unwrap_or(address)))
}

/// Who sends.
pub(crate) fn resource() -> Resource {
    Resource::builder()
        .with_service_name("counterfoil")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("process.pid", i64::from(std::process::id())))
        .build()
}

/// Sends by the HTTP client of the program. It runs on a thread that has nothing else to do.
pub(crate) struct Sender(Http);

impl Sender {
    pub(crate) fn new() -> Self {
        Self(Http::new(Reach::Private))
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Sender {
    fn send_bytes<'me, 'a>(&'me self, request: Request<Bytes>) -> Sent<'a>
    where
        'me: 'a,
        Self: 'a,
    {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let headers: Vec<(&str, &str)> =
                head.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
            let answered = self.0.post(&head.uri.to_string(), &headers, &body)?;
            // what it says beside the status is for people
            Ok(Response::builder().status(answered.status).body(Bytes::new())?)
        })
    }
}

/// Lets a span belong to the trace that the headers of a message name, and gives the headers with which the trace goes on. Where no traces are
/// sent, they go on as they came.
pub(crate) fn carried(span: &Span, headers: &[(&str, &str)]) -> Vec<(String, String)> {
    let is_trace = |name: &str| name == TRACEPARENT;
    let came: HashMap<String, String> = headers
        .iter()
        .filter(|(name, _)| is_trace(name))
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let parent = global::get_text_map_propagator(|known| known.extract_with_context(&Context::new(), &came));
    // without a collector there is no layer that would know
    let _ = span.set_parent(parent);
    let context = span.context();
    let mut goes_on = HashMap::new();
    if context.span().span_context().is_valid() {
        global::get_text_map_propagator(|known| known.inject_context(&context, &mut goes_on));
    }
    let trace = if goes_on.is_empty() { came } else { goes_on };
    let others = headers.iter().filter(|(name, _)| !is_trace(name));
    let others = others.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    others.chain(trace.into_iter().filter(|(_, value)| !value.is_empty())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_refused_and_told_how_to_write_one() {
        for address in ["", "collector", "collector:4318", "grpc://collector:4317", "http://"] {
            let refused = Traces::to(address).expect_err(address).problem();
            assert_eq!(refused.code, "invalid_collector", "{address}");
        }
    }

    #[test]
    fn without_a_collector_a_trace_goes_on_as_it_came() {
        let headers =
            [("webhook-id", "msg_1"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")];
        let carried = carried(&Span::none(), &headers);
        assert_eq!(carried.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>(), headers);
    }
}
