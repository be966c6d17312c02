//! What is counted and timed, sent to a collector by OTLP over HTTP beside the traces.
//!
//! The program counts through the facade `metrics`; here each of its instruments is one of OpenTelemetry's, of the same name and with the same
//! labels as attributes. Times are in seconds, in the buckets that Prometheus is told.

use crate::traces::{Sender, TracesError, endpoint, resource};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry_otlp::{MetricExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// How long what is not sent yet is waited for at the end.
const LAST: Duration = Duration::from_secs(5);

/// Sends what is measured to a collector until it is finished, every minute or as `OTEL_METRIC_EXPORT_INTERVAL` says.
#[derive(Debug)]
pub struct Measures {
    provider: SdkMeterProvider,
}

impl Measures {
    /// Begins to send to a collector: `http://127.0.0.1:4318`, where `/v1/metrics` is added; where the address is that of traces, it stands in
    /// the place of `/v1/traces`.
    ///
    /// # Errors
    /// [`TracesError`] when the address is none.
    pub fn to(address: &str) -> Result<Self, TracesError> {
        let endpoint = endpoint(address, "metrics")?;
        let exporter = MetricExporter::builder().with_http().with_http_client(Sender::new()).with_endpoint(endpoint);
        let exporter = exporter.build().map_err(|why| TracesError::new(address, why.to_string()))?;
        let reader = PeriodicReader::builder(exporter).build();
        let provider = SdkMeterProvider::builder().with_resource(resource()).with_reader(reader).build();
        Ok(Self { provider })
    }

    /// What is told of each measurement. Upper bounds of times, in seconds, are those of `seconds`.
    pub fn recorder(&self, seconds: &[f64]) -> impl Recorder + Send + Sync + 'static {
        Instruments {
            meter: self.provider.meter("counterfoil"),
            seconds: seconds.to_vec(),
            described: Mutex::default(),
            counters: Kept::default(),
            gauges: Kept::default(),
            histograms: Kept::default(),
        }
    }

    /// Sends what is left, and nothing after that.
    pub fn finish(&self) {
        if let Err(error) = self.provider.shutdown_with_timeout(LAST) {
            tracing::warn!(%error, "the last measurements could not be sent");
        }
    }
}

/// What is made once for each name and its labels.
#[derive(Debug)]
struct Kept<T>(RwLock<HashMap<Key, Arc<T>>>);

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self(RwLock::new(HashMap::new()))
    }
}

impl<T> Kept<T> {
    fn get(&self, key: &Key, make: impl FnOnce() -> T) -> Arc<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned();
        known.unwrap_or_else(|| {
            let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
            kept.entry(key.clone()).or_insert_with(|| Arc::new(make())).clone()
        })
    }
}

/// What is said of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Said {
    unit: &'static str,
    about: String,
}

struct Instruments {
    meter: Meter,
    seconds: Vec<f64>,
    described: Mutex<HashMap<String, Said>>,
    counters: Kept<Counting>,
    gauges: Kept<Standing>,
    histograms: Kept<Spread>,
}

impl Instruments {
    fn describe(&self, name: &KeyName, unit: Option<Unit>, about: &SharedString) {
        // as UCUM writes it
        let unit = match unit {
            Some(Unit::Seconds) => "s",
            Some(Unit::Bytes) => "By",
            Some(_) | None => "",
        };
        let said = Said { unit, about: about.to_string() };
        self.described.lock().unwrap_or_else(PoisonError::into_inner).insert(name.as_str().to_owned(), said);
    }

    fn said(&self, key: &Key) -> Said {
        self.described.lock().unwrap_or_else(PoisonError::into_inner).get(key.name()).cloned().unwrap_or_default()
    }
}

fn attributes(key: &Key) -> Vec<KeyValue> {
    key.labels().map(|label| KeyValue::new(label.key().to_owned(), label.value().to_owned())).collect()
}

/// The name that `GET /metrics` tells: a layer puts the name of the program before it, with a dot.
fn named(key: &Key) -> String {
    key.name().replace('.', "_")
}

impl Recorder for Instruments {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, about: SharedString) {
        self.describe(&name, unit, &about);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, about: SharedString) {
        self.describe(&name, unit, &about);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, about: SharedString) {
        self.describe(&name, unit, &about);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let made = self.counters.get(key, || {
            let Said { unit, about } = self.said(key);
            let counter = self.meter.u64_counter(named(key)).with_unit(unit).with_description(about).build();
            Counting { counter, attributes: attributes(key), told: AtomicU64::new(0) }
        });
        Counter::from_arc(made)
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let made = self.gauges.get(key, || {
            let Said { unit, about } = self.said(key);
            let gauge = self.meter.f64_gauge(named(key)).with_unit(unit).with_description(about).build();
            Standing { gauge, attributes: attributes(key), now: AtomicU64::new(0.0_f64.to_bits()) }
        });
        Gauge::from_arc(made)
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let made = self.histograms.get(key, || {
            let Said { unit, about } = self.said(key);
            let histogram = self.meter.f64_histogram(named(key)).with_unit(unit).with_description(about);
            let bounded = if key.name().ends_with("_seconds") {
                histogram.with_boundaries(self.seconds.clone())
            } else {
                histogram
            };
            Spread { histogram: bounded.build(), attributes: attributes(key) }
        });
        Histogram::from_arc(made)
    }
}

struct Counting {
    counter: opentelemetry::metrics::Counter<u64>,
    attributes: Vec<KeyValue>,
    told: AtomicU64,
}

impl CounterFn for Counting {
    fn increment(&self, value: u64) {
        self.told.fetch_add(value, Ordering::Relaxed);
        self.counter.add(value, &self.attributes);
    }

    fn absolute(&self, value: u64) {
        let before = self.told.fetch_max(value, Ordering::Relaxed);
        self.counter.add(value.saturating_sub(before), &self.attributes);
    }
}

struct Standing {
    gauge: opentelemetry::metrics::Gauge<f64>,
    attributes: Vec<KeyValue>,
    /// The bits of the number.
    now: AtomicU64,
}

impl Standing {
    fn change(&self, by: f64) {
        let add = |bits: u64| Some((f64::from_bits(bits) + by).to_bits());
        let before = self.now.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).unwrap_or_else(|now| now);
        self.gauge.record(f64::from_bits(before) + by, &self.attributes);
    }
}

impl GaugeFn for Standing {
    fn increment(&self, value: f64) {
        self.change(value);
    }

    fn decrement(&self, value: f64) {
        self.change(-value);
    }

    fn set(&self, value: f64) {
        self.now.store(value.to_bits(), Ordering::Relaxed);
        self.gauge.record(value, &self.attributes);
    }
}

struct Spread {
    histogram: opentelemetry::metrics::Histogram<f64>,
    attributes: Vec<KeyValue>,
}

impl HistogramFn for Spread {
    fn record(&self, value: f64) {
        self.histogram.record(value, &self.attributes);
    }
}
