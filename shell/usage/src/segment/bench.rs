//! How fast segments are: `cargo test --release -p usage --lib segment::bench -- --ignored --nocapture`, with the millions of
//! events in `MILLIONS` (10).

use super::*;
use crate::{EventFilter, Subjects, Transactions};
use metering::Meter;
use std::{
    fs::File,
    io::BufWriter,
    path::Path,
    time::{Duration, Instant},
};

const CUSTOMERS: u64 = 50_000;
const NAMES: [&str; 5] = ["api.call", "gpu.second", "llm.completion", "storage.write", "video.minute"];
const MODELS: [&str; 8] = ["a-large", "a-small", "b-large", "b-small", "c-large", "c-small", "d-large", "d-small"];
const REGIONS: [&str; 5] = ["ap-1", "eu-1", "eu-2", "us-1", "us-2"];
const HOUR: i64 = 3_600_000_000;
const DAYS: i64 = 90;
/// Rows of a segment before it is merged.
const CHUNK: u64 = 1_000_000;

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

struct Row {
    name: usize,
    subject: u64,
    at: i64,
    id: u128,
    seq: u64,
    picks: [usize; 2],
    numbers: [u64; 2],
}

fn subject(number: u64) -> String {
    format!("customer-{number:05}")
}

fn uuid(id: u128) -> String {
    let hex = format!("{id:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The events of one chunk of all, sorted: the chunks follow each other in time.
fn rows(chunk: u64, total: u64) -> Vec<Row> {
    let mut chance = Chance(chunk * 77);
    let small = |number: u64| usize::try_from(number).unwrap();
    let mut rows: Vec<Row> = (0..CHUNK)
        .map(|number| {
            let seq = chunk * CHUNK + number + 1;
            // few customers have most of the events
            let draw = chance.below(1 << 20);
            Row {
                name: small(chance.below(5)),
                subject: ((u128::from(draw).pow(3) * u128::from(CUSTOMERS)) >> 60).try_into().unwrap(),
                at: i64::try_from(u128::from(seq) * u128::try_from(DAYS * 24 * HOUR).unwrap() / u128::from(total))
                    .unwrap(),
                id: u128::from(chance.next()) << 64 | u128::from(chance.next()),
                seq,
                picks: [small(chance.below(8)), small(chance.below(5))],
                numbers: [chance.below(60_000), chance.below(10_000)],
            }
        })
        .collect();
    rows.sort_unstable_by_key(|row| (row.name, row.subject, row.at, row.id));
    rows
}

fn write_chunk(path: &Path, chunk: u64, total: u64) -> (SegmentMeta, Duration) {
    let rows: Vec<(Row, String, String)> = rows(chunk, total)
        .into_iter()
        .map(|row| {
            let (subject, id) = (subject(row.subject), uuid(row.id));
            (row, subject, id)
        })
        .collect();
    let start = Instant::now();
    let mut writer = Writer::new(BufWriter::new(File::create(path).unwrap()), path, rows.len()).unwrap();
    for (row, subject, id) in &rows {
        let number = |place: usize| ValueRef::Num(Dec::from(row.numbers[place]));
        let properties = [
            ("latency", number(1)),
            ("model", ValueRef::Text(MODELS[row.picks[0]])),
            ("region", ValueRef::Text(REGIONS[row.picks[1]])),
            ("status", ValueRef::Text("ok")),
            ("tokens", number(0)),
        ];
        let head = RowRef {
            tenant: "acme",
            name: NAMES[row.name],
            subject,
            at: row.at,
            source: "gateway",
            id,
            seq: row.seq,
            received_at: row.at - row.at % 10_000 + 50_000,
            until: FOR_EVER,
        };
        writer.push(&head, &properties).unwrap();
    }
    (writer.finish().unwrap(), start.elapsed())
}

/// The median of so many runs.
fn median<T>(runs: usize, mut run: impl FnMut() -> T) -> (Duration, T) {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..runs {
        let start = Instant::now();
        last = Some(run());
        times.push(start.elapsed());
    }
    times.sort();
    (times[runs / 2], last.unwrap())
}

fn meter(name: &str) -> metering::CompiledMeter {
    let text = format!(r#"{{"event": "{name}", "aggregate": {{"sum": "tokens"}}}}"#);
    serde_json::from_str::<Meter>(&text).unwrap().compile().unwrap()
}

fn query<'a>(
    meter: &'a metering::CompiledMeter,
    edges: &'a [i64],
    subjects: Subjects<'a>,
    by: &'a [String],
) -> FoldQuery<'a> {
    FoldQuery { tenant: "acme", subjects, meter, edges, by, transactions: Transactions::Leave, as_of: Seq::NOW }
}

/// Writes chunks and merges eight at a time, up to 64 chunks, as the store does.
fn build(folder: &Path, millions: u64) -> Vec<Segment> {
    let total = millions * CHUNK;
    let (mut levels, mut writing, mut merging, mut merged) = (vec![Vec::new()], Duration::ZERO, Duration::ZERO, 0_u64);
    for chunk in 0..millions {
        let path = folder.join(format!("{chunk}-0.segment"));
        writing += write_chunk(&path, chunk, total).1;
        levels[0].push(Segment::open(&path).unwrap());
        let mut level = 0;
        while levels[level].len() == 8 && level < 2 || (chunk + 1 == millions && level < 2 && levels[level].len() > 1) {
            let inputs: Vec<Segment> = levels[level].drain(..).collect();
            let path = folder.join(format!("{chunk}-{}.segment", level + 1));
            let start = Instant::now();
            let none = Untils::new();
            let inputs_and: Vec<(&Segment, &Untils)> = inputs.iter().map(|segment| (segment, &none)).collect();
            let meta = merge(BufWriter::new(File::create(&path).unwrap()), &path, &inputs_and, None).unwrap();
            merging += start.elapsed();
            merged += u64::from(meta.rows);
            for input in inputs {
                std::fs::remove_file(input.path()).unwrap();
            }
            if levels.len() == level + 1 {
                levels.push(Vec::new());
            }
            level += 1;
            levels[level].push(Segment::open(&path).unwrap());
        }
    }
    let nanos = |time: Duration, rows: u64| time.as_nanos() / u128::from(rows.max(1));
    println!("write {} ns/event, merge {} ns/event", nanos(writing, total), nanos(merging, merged));
    let segments: Vec<Segment> = levels.into_iter().flatten().collect();
    let bytes: u64 = segments.iter().map(|segment| segment.meta().bytes).sum();
    println!("{} segments, {}.{} bytes/event", segments.len(), bytes / total, bytes * 10 / total % 10);
    segments
}

#[test]
#[ignore = "measures, and takes a while"]
fn numbers() {
    let millions = std::env::var("MILLIONS").map_or(10, |text| text.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let segments = build(folder.path(), millions);
    let none = Untils::new();
    let whole = [0, DAYS * 24 * HOUR + 1];
    let (time, ()) = median(5, || {
        for segment in &segments {
            Segment::open(segment.path()).map(|_| ()).unwrap();
        }
    });
    println!("open all: {time:?}");
    let (time, ()) = median(1, || segments.iter().for_each(|segment| segment.verify().unwrap()));
    println!("verify all: {time:?}");
    let (time, groups) = median(5, || {
        let mut groups = 0;
        for name in NAMES {
            let meter = meter(name);
            let query = query(&meter, &whole, Subjects::All, &[]);
            groups += tally(&segments, &query).len();
        }
        groups
    });
    println!("whole period, all customers and meters, one thread: {time:?} ({groups} groups)");
    let (time, found) = median(5, || {
        let meter = meter(NAMES[0]);
        let by = ["model".to_owned()];
        let query = query(&meter, &whole, Subjects::All, &by);
        segments.iter().map(|segment| segment.fold(&query, &none, (None, None)).unwrap().len()).sum::<usize>()
    });
    println!("one meter by model, all customers: {time:?} ({found} groups)");
    let hours: Vec<i64> = (0..=DAYS * 24).map(|hour| hour * HOUR).collect();
    for customer in [0, 100, 25_000] {
        let (subject, meter) = (subject(customer), meter(NAMES[0]));
        let mut rows = 0;
        let (time, points) = median(21, || {
            let query = query(&meter, &hours, Subjects::One(&subject), &[]);
            let sums = tally(&segments, &query);
            rows = sums.iter().map(|sum| sum.count).sum();
            sums.len()
        });
        println!("hourly series over {DAYS} days of {subject}: {time:?} ({rows} events, {points} points)");
    }
    re_price(&segments);
    lookups(&segments, millions);
}

fn tally<'a>(segments: &'a [Segment], query: &FoldQuery<'_>) -> Vec<Subtotal<'a>> {
    let mut tally = Tally::default();
    for segment in segments {
        let told = segment.tally(query, &Untils::new(), (None, None), &mut tally).unwrap();
        assert!(matches!(told, Tallied::With(_)));
    }
    tally.into_sums()
}

fn re_price(segments: &[Segment]) {
    let by = ["model".to_owned(), "region".to_owned()];
    let rate = |dimensions: &metering::Dimensions| {
        let place = |list: &[&str], name: &str| list.iter().position(|one| *one == dimensions[name]);
        let number = place(&MODELS, "model")? * 5 + place(&REGIONS, "region")?;
        Dec::new(100 + i128::try_from(number).ok()?, 7).ok()
    };
    let (time, events) = median(5, || {
        let mut events = 0;
        for name in NAMES {
            let meter = meter(name);
            let query = query(&meter, &[0, DAYS * 24 * HOUR + 1], Subjects::All, &by);
            let mut tally = Tally::default();
            for segment in segments {
                let told = segment.weigh(&query, &Untils::new(), &rate, &mut tally).unwrap();
                assert!(matches!(told, Tallied::With(_)));
            }
            events += tally.into_sums().iter().map(|sum| sum.count).sum::<u64>();
        }
        events
    });
    let per_second = u128::from(events) * 1_000 / time.as_micros().max(1);
    println!("re-price {events} events by model and region: {time:?} (1 thread, {per_second} thousand/s)");
}

fn lookups(segments: &[Segment], millions: u64) {
    let ids: Vec<String> = rows(0, millions * CHUNK).iter().step_by(1000).map(|row| uuid(row.id)).collect();
    let (time, found) = median(5, || {
        ids.iter()
            .flat_map(|id| segments.iter().map(|segment| segment.find("acme", "gateway", id).unwrap().len()))
            .sum::<usize>()
    });
    assert_eq!(found, ids.len());
    println!("find an id that is there: {:?}", time / u32::try_from(ids.len()).unwrap());
    let absent: Vec<String> = (0..100_000_u128).map(|number| uuid(number * 0x1234_5678_9abc_def1_2345)).collect();
    let (time, found) = median(5, || {
        absent
            .iter()
            .flat_map(|id| segments.iter().map(|segment| segment.find("acme", "gateway", id).unwrap().len()))
            .sum::<usize>()
    });
    assert_eq!(found, 0);
    println!("find an id that is not: {:?}", time / 100_000);
    let filter = EventFilter { subject: Some("customer-00100"), ..EventFilter::default() };
    let (time, found) = median(5, || segments[0].list("acme", &filter, None, 1000, &Untils::new()).unwrap().len());
    println!("list {found} events of a customer: {time:?}");
}
