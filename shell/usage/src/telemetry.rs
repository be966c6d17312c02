//! What a store tells of itself: once for each batch, record, flush and merge, never for each event. The table of all metrics is
//! in the README.

use crate::{Outcome, state::State};
use calendar::Instant;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

/// Levels of segments that are told apart; higher ones have the last number.
const LEVELS: u32 = 8;

/// Says what each metric is.
pub(crate) fn describe() {
    describe_counter!("usage_events_total", Unit::Count, "Events that were sent, by what became of them");
    describe_counter!("usage_batches_total", Unit::Count, "Batches that were taken");
    describe_counter!("usage_log_bytes_total", Unit::Bytes, "Bytes written to the log");
    describe_counter!("usage_flushed_rows_total", Unit::Count, "Events written as segments");
    describe_counter!("usage_merged_rows_total", Unit::Count, "Events written again by merging");
    describe_histogram!("usage_log_sync_seconds", Unit::Seconds, "Writing a record and making it durable");
    describe_histogram!("usage_log_group_batches", Unit::Count, "Batches in a record");
    describe_histogram!("usage_wait_seconds", Unit::Seconds, "Batches waiting for room, where they had to");
    describe_histogram!("usage_flush_seconds", Unit::Seconds, "Writing a full memtable as a segment");
    describe_histogram!("usage_merge_seconds", Unit::Seconds, "Merging segments into one, by level of the new one");
    describe_histogram!(
        "usage_event_lag_seconds",
        Unit::Seconds,
        "From a batch's newest and oldest event to its receipt"
    );
    describe_gauge!("usage_last_event_timestamp_seconds", Unit::Seconds, "When the last accepted event was received");
    describe_gauge!("usage_pending_bytes", Unit::Bytes, "Bytes that wait to be written to the log");
    describe_gauge!("usage_memtable_rows", Unit::Count, "Events in memory, not in segments yet");
    describe_gauge!("usage_memtables", Unit::Count, "Memtables: one that takes what comes, the others full");
    describe_gauge!("usage_durable_positions", Unit::Count, "Positions of all tenants together that are durable");
    describe_gauge!("usage_segments", Unit::Count, "Segments, by level");
    describe_gauge!("usage_segment_bytes", Unit::Bytes, "Bytes of segments, by level");
    describe_gauge!("usage_mapped_bytes", Unit::Bytes, "Bytes of segments that are mapped");
    describe_gauge!("usage_state", Unit::Count, "1 while the store is full, busy or stopped");
}

/// A number for a gauge: what 53 bits cannot say is rounded.
fn float(number: u64) -> f64 {
    let (high, low) = (number >> 32, number & 0xffff_ffff);
    let half = |half: u64| f64::from(u32::try_from(half).unwrap_or(u32::MAX));
    half(high) * 4_294_967_296.0 + half(low)
}

/// A count as a metric: for the eye, never for an amount.
pub fn count(number: usize) -> f64 {
    float(number as u64)
}

/// What is the matter with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is no room on the disk.
    Full,
    /// Nothing is accepted any more.
    Stopped,
    /// A batch waited in vain for room in memory.
    Busy,
}

const TROUBLES: [(Trouble, &str); 3] =
    [(Trouble::Full, "full"), (Trouble::Stopped, "stopped"), (Trouble::Busy, "busy")];

/// Something is the matter.
pub(crate) fn trouble(trouble: Trouble, why: &str) {
    for (_, name) in TROUBLES.into_iter().filter(|(own, _)| *own == trouble) {
        gauge!("usage_state", "state" => name).set(1.0);
        tracing::warn!(state = name, why, "the usage store does not take what is new");
    }
}

/// Nothing is the matter.
pub(crate) fn well() {
    for (_, name) in TROUBLES {
        gauge!("usage_state", "state" => name).set(0.0);
    }
}

/// A batch is durable. `times` are those of its oldest and newest event.
pub(crate) fn batch(outcomes: &[Outcome], times: Option<(i64, i64)>, received_at: Instant) {
    let mut sums = [0_u64; 4];
    for outcome in outcomes {
        sums[match outcome {
            Outcome::Accepted { .. } => 0,
            Outcome::Duplicate { .. } => 1,
            Outcome::Conflict { .. } => 2,
            Outcome::Quarantined { .. } => 3,
        }] += 1;
    }
    for (name, sum) in ["accepted", "duplicate", "conflict", "quarantined"].into_iter().zip(sums) {
        if sum > 0 {
            counter!("usage_events_total", "outcome" => name).increment(sum);
        }
    }
    counter!("usage_batches_total").increment(1);
    if let Some((oldest, newest)) = times {
        for (edge, at) in [("oldest", oldest), ("newest", newest)] {
            // an event may be ahead of the clock
            let lag = u64::try_from(received_at.micros().saturating_sub(at)).unwrap_or(0);
            histogram!("usage_event_lag_seconds", "edge" => edge).record(Duration::from_micros(lag));
        }
    }
    if sums[0] > 0 {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        gauge!("usage_last_event_timestamp_seconds").set(now.as_secs_f64());
    }
}

/// A batch waited for room.
pub(crate) fn waited(time: Duration) {
    histogram!("usage_wait_seconds").record(time);
}

/// A record with so many batches is durable.
pub(crate) fn record(bytes: u64, batches: usize, time: Duration) {
    counter!("usage_log_bytes_total").increment(bytes);
    histogram!("usage_log_group_batches").record(count(batches));
    histogram!("usage_log_sync_seconds").record(time);
}

/// How things stand after a write.
pub(crate) fn written(state: &State) {
    gauge!("usage_pending_bytes").set(count(state.pending_bytes()));
    gauge!("usage_memtable_rows").set(count(state.memtables.iter().map(|memtable| memtable.rows).sum()));
    gauge!("usage_memtables").set(count(state.memtables.len()));
    gauge!("usage_durable_positions").set(float(state.positions));
}

/// A memtable was written.
pub(crate) fn flushed(rows: usize, time: Duration) {
    counter!("usage_flushed_rows_total").increment(rows as u64);
    histogram!("usage_flush_seconds").record(time);
    tracing::info!(rows, ?time, "a full memtable was written as a segment");
}

/// Segments were merged.
pub(crate) fn merged(rows: u32, level: u32, time: Duration) {
    counter!("usage_merged_rows_total").increment(rows.into());
    histogram!("usage_merge_seconds", "level" => level.min(LEVELS - 1).to_string()).record(time);
    tracing::info!(rows, level, ?time, "segments were merged");
}

/// The segments are others than before.
pub(crate) fn segments(state: &State) {
    let mut levels: BTreeMap<u32, (usize, u64)> = (0..LEVELS).map(|level| (level, (0, 0))).collect();
    for open in state.segments.iter() {
        let (segments, bytes) = levels.entry(open.level.min(LEVELS - 1)).or_default();
        *segments += 1;
        *bytes += open.segment.meta().bytes;
    }
    for (level, (segments, bytes)) in &levels {
        gauge!("usage_segments", "level" => level.to_string()).set(count(*segments));
        gauge!("usage_segment_bytes", "level" => level.to_string()).set(float(*bytes));
    }
    gauge!("usage_mapped_bytes").set(float(levels.values().map(|(_, bytes)| bytes).sum()));
}

#[cfg(test)]
mod tests {
    use crate::{Incoming, LogStore, UsageStore, embedded::Options, sim::SimDisk};
    use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
    use std::{collections::BTreeMap, sync::Arc, time::Duration};
    use stdx::{Key, Problem};

    /// Each metric with its labels and its last value.
    fn values(told: &Snapshotter) -> BTreeMap<String, f64> {
        let text = |key: &metrics::Key| {
            let labels: Vec<String> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            format!("{}{{{}}}", key.name(), labels.join(","))
        };
        let value = |value: DebugValue| match value {
            DebugValue::Counter(number) => super::float(number),
            DebugValue::Gauge(number) => number.into_inner(),
            DebugValue::Histogram(numbers) => numbers.iter().map(|number| number.into_inner()).sum(),
        };
        told.snapshot().into_vec().into_iter().map(|(key, _, _, own)| (text(key.key()), value(own))).collect()
    }

    fn body(first: u64) -> String {
        let event = |n: u64| {
            format!(r#"{{"source":"s","id":"{n}","type":"call","subject":"c","time":"2026-05-01T00:00:0{}Z"}}"#, n % 10)
        };
        format!("[{},{}]", event(first), event(first + 1))
    }

    #[test]
    fn every_stage_tells_how_it_fares_in_metrics_that_the_readme_lists() {
        let recorder = DebuggingRecorder::new();
        let told = recorder.snapshotter();
        let (us, received_at) = (Key::try_from("us").unwrap(), "2026-05-01T00:01:00Z".parse().unwrap());
        metrics::with_local_recorder(&recorder, || {
            let disk = SimDisk::default();
            let options = Options {
                rows: 4,
                wal_bytes: 2048,
                fan_in: 2,
                threads: false,
                patience: Duration::from_millis(1),
                ..Options::default()
            };
            let store = LogStore::open_on(Arc::new(disk.clone()), options).unwrap();
            for n in (0..20).chain([0]) {
                store.ingest_json(&us, body(n * 2).as_bytes(), crate::JsonForm::Array, received_at).unwrap();
            }
            let problem = Problem::new("event_json", "The text is no JSON");
            store.ingest(&us, vec![Incoming::Unreadable { text: "{".into(), problem }], received_at).unwrap();
            disk.limit(Some(disk.used()));
            let full = (20..200).find_map(|n| {
                store.ingest_json(&us, body(n * 2).as_bytes(), crate::JsonForm::Array, received_at).err()
            });
            assert!(full.is_some());
        });
        let values = values(&told);
        let told = |name: &str| values.get(name).copied().unwrap_or_else(|| panic!("{name} is not in {values:?}"));
        let near = |name: &str, number: f64| assert!((told(name) - number).abs() < 0.5, "{name}: {}", told(name));
        near("usage_events_total{outcome=duplicate}", 2.0);
        near("usage_events_total{outcome=quarantined}", 1.0);
        assert!(told("usage_events_total{outcome=accepted}") >= 40.0);
        near("usage_state{state=full}", 1.0);
        near("usage_state{state=stopped}", 0.0);
        assert!(told("usage_durable_positions{}") >= 40.0 && told("usage_segment_bytes{level=1}") >= 0.0);
        assert!(told("usage_event_lag_seconds{edge=oldest}") >= told("usage_event_lag_seconds{edge=newest}"));
        let readme = include_str!("../README.md");
        for name in values.keys() {
            let bare = name.split('{').next().unwrap_or_default();
            assert!(readme.contains(&format!("`{bare}")), "{bare} is not in the README");
        }
        for line in readme.lines().filter_map(|line| line.strip_prefix("| `usage_")) {
            let listed = format!("usage_{}", line.split(['`', '{']).next().unwrap_or_default());
            // nobody waits where there are no threads
            let is_told = values.keys().any(|name| name.split('{').next() == Some(&*listed));
            assert!(is_told || listed == "usage_wait_seconds", "{listed} is not told");
        }
    }
}
