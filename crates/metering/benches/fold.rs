//! How fast a million events become a quantity.

use calendar::{Instant, Period};
use divan::{Bencher, counter::ItemsCount};
use metering::{CompiledMeter, Event, Meter, Properties, Value};
use money::Dec;

const EVENTS: usize = 1_000_000;

fn main() {
    divan::main();
}

fn period() -> Period {
    Period::new("2026-04-01T00:00:00Z".parse().expect("from"), "2026-05-01T00:00:00Z".parse().expect("to"))
        .expect("period")
}

/// Events spread over the period, in order of time as a store gives them.
fn events() -> Vec<Event> {
    let step = period().micros() / i64::try_from(EVENTS).expect("a million");
    let event = |n: usize| {
        let n64 = i64::try_from(n).expect("a million");
        Event {
            source: "gateway".into(),
            id: format!("request-{n}"),
            name: "llm.completion".into(),
            subject: "acme".into(),
            at: Instant::from_micros(period().from().micros() + step * n64).expect("instant"),
            properties: Properties::from([
                ("completion".into(), Value::Num((n64 % 997).into())),
                ("gigabytes".into(), Value::Num(Dec::new(i128::from(n64 % 1009), 2).expect("number"))),
                ("prompt".into(), Value::Num((n64 % 4001).into())),
                ("status".into(), Value::Text("ok".into())),
            ]),
        }
    };
    (0..EVENTS).map(event).collect()
}

fn meter(json: &str) -> CompiledMeter {
    serde_json::from_str::<Meter>(json).expect("meter").compile().expect("compiled")
}

fn fold(bencher: Bencher<'_, '_>, aggregate: &str) {
    let meter =
        meter(&format!(r#"{{ "event": "llm.completion", "aggregate": {aggregate}, "where": {{ "status": "ok" }} }}"#));
    let events = events();
    bencher.counter(ItemsCount::new(EVENTS)).bench_local(|| {
        let mut state = meter.state();
        for event in &events {
            if meter.accepts(event) {
                meter.add(&mut state, event).expect("measurable");
            }
        }
        meter.finish(state, period()).expect("quantity")
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn count(bencher: Bencher<'_, '_>) {
    fold(bencher, r#""count""#);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn sum_of_a_property(bencher: Bencher<'_, '_>) {
    fold(bencher, r#"{ "sum": "properties.prompt" }"#);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn sum_of_a_formula(bencher: Bencher<'_, '_>) {
    fold(bencher, r#"{ "sum": "properties.prompt + properties.completion" }"#);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn time_weighted_levels(bencher: Bencher<'_, '_>) {
    fold(bencher, r#"{ "time_weighted": "properties.gigabytes", "per": "hour" }"#);
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn time_weighted_changes(bencher: Bencher<'_, '_>) {
    fold(bencher, r#"{ "time_weighted": "properties.gigabytes", "per": "hour", "levels": "changes" }"#);
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn read_from_json(bencher: Bencher<'_, '_>) {
    let lines: Vec<String> =
        events().iter().take(EVENTS / 10).map(|event| serde_json::to_string(event).expect("json")).collect();
    bencher.counter(ItemsCount::new(lines.len())).bench_local(|| {
        lines.iter().map(|line| Event::from_json(line).expect("event").properties.len()).sum::<usize>()
    });
}
