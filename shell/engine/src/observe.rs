//! Numbers as metrics: for the eye, never for an amount.

use calendar::Instant;

/// An instant, in seconds since 1970.
#[expect(clippy::cast_precision_loss, reason = "nobody looks at the microseconds of a metric")]
pub(crate) fn seconds(instant: Instant) -> f64 {
    instant.micros() as f64 / 1e6
}

/// Says what the engine's metrics mean, once there is somebody who collects them.
pub fn describe_metrics() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_histogram!("billing_run_seconds", Unit::Seconds, "How long a billing run took");
    describe_counter!("billing_invoices_total", "Invoices and credit notes that billing runs issued");
    describe_gauge!("billing_failed_customers", "Customers whom the last billing run could not bill");
    describe_gauge!("billing_billed_to_timestamp_seconds", "As of when the last billing run billed");
    describe_counter!("jobs_total", "Attempts at jobs, by kind and outcome");
    describe_counter!("export_rows_total", "Rows written to exports, by what they are");
    describe_counter!("export_downloads_total", "Exports that were downloaded, by what they are");
    describe_gauge!("webhook_deliveries_running", "Deliveries that wait for an endpoint or a mail server");
    describe_counter!("webhook_attempts_total", "Attempts to deliver to an endpoint, by outcome");
    describe_counter!("alert_crossings_total", "Limits of alerts that were reached and told");
    describe_histogram!("alert_look_seconds", Unit::Seconds, "How long a look at alerts took");
    describe_counter!("mail_attempts_total", "Attempts to send an e-mail, by outcome");
    describe_gauge!("live_states", "Running states of open billing periods in memory");
    describe_gauge!("live_weight_events", "What the running states hold, in about the size of one event");
}
