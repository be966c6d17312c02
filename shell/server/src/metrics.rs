//! What is counted and timed, in the text that Prometheus reads.
//!
//! Every crate of the shell counts through the facade `metrics`, by short names; here they get the prefix of the program and
//! are collected.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_util::layers::{FanoutBuilder, Layer, PrefixLayer};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Upper bounds of what is timed, in seconds: from a flush of a fast disk to a long billing run.
pub const SECONDS: [f64; 16] =
    [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0, 600.0];

type Besides = Box<dyn metrics::Recorder + Send + Sync>;

/// Who is told of each measurement besides.
static BESIDES: Mutex<Option<Besides>> = Mutex::new(None);

/// Lets somebody else be told of each measurement, too: before the first router of the process is made.
pub fn measured_besides_by(recorder: impl metrics::Recorder + Send + Sync + 'static) {
    *BESIDES.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(recorder));
}

static COLLECTED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Begins to collect, once in a process. None when somebody else in the process collects already.
pub(crate) fn collected() -> Option<&'static PrometheusHandle> {
    let begin = || {
        let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS);
        let recorder = builder.ok()?.build_recorder();
        let handle = recorder.handle();
        let besides = BESIDES.lock().unwrap_or_else(PoisonError::into_inner).take();
        let all = FanoutBuilder::default().add_recorder(recorder);
        let all = match besides {
            Some(besides) => all.add_recorder(besides).build(),
            None => all.build(),
        };
        metrics::set_global_recorder(PrefixLayer::new("counterfoil").layer(all)).ok()?;
        describe();
        engine::describe_metrics();
        Some(handle)
    };
    COLLECTED.get_or_init(begin).as_ref()
}

fn describe() {
    metrics::describe_counter!("http_requests_total", "Requests, by method, route and status");
    metrics::describe_histogram!("http_request_seconds", metrics::Unit::Seconds, "From a request's head to its answer");
    metrics::describe_gauge!("http_connections", "Connections that are open");
    metrics::describe_counter!(
        "http_connections_cut_total",
        "Connections that were closed because they asked nothing in time"
    );
    metrics::describe_gauge!("http_requests_running", "Requests that are being answered");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_told_with_the_prefix_of_the_program() {
        let collected = collected().expect("nobody else collects");
        metrics::counter!("http_requests_total", "method" => "GET", "route" => "/x", "status" => "200").increment(2);
        metrics::histogram!("http_request_seconds", "route" => "/x").record(0.003);
        let text = collected.render();
        for line in [
            "# HELP counterfoil_http_requests_total Requests, by method, route and status",
            "counterfoil_http_requests_total{method=\"GET\",route=\"/x\",status=\"200\"} 2",
            "counterfoil_http_request_seconds_bucket{route=\"/x\",le=\"0.0025\"} 0",
            "counterfoil_http_request_seconds_bucket{route=\"/x\",le=\"0.005\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
