//! What goes over HTTP, and what PostgreSQL does with the same events in the same rounds.

use crate::cluster::Cluster;
use crate::events::{Mold, Shape};
use crate::http::head;
use crate::load::{Load, Source, drive};
use crate::metering_bench::Bench;
use crate::numbers::{Spread, percentile, real};
use crate::postgres_ingest::{self, Way, empty_table};
use crate::report::{Alternative, Figure, Target};
use crate::server::Server;
use std::io::Write;
use std::time::{Duration, Instant};

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";
/// Events that are packed before a round: they are made once and cannot be stamped.
const PACKED: u64 = 1_600_000;
/// The same for PostgreSQL, whose statements are made before.
const PREPARED: u64 = 600_000;
const SINGLE: u64 = 64;
const RATIO: f64 = 10.0;

/// Every figure that needs the server.
pub(crate) const NAMES: [&str; 7] =
    ["http-1000", "http-100", "http-ndjson", "http-gzip", "http-zstd", "http-single-rate", "http-single-p99"];

/// One way of sending.
struct Sending {
    name: &'static str,
    what: &'static str,
    shape: Shape,
    packing: Option<Packing>,
    batch: u64,
    least: Option<f64>,
}

/// How bodies are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

const fn sending(name: &'static str, what: &'static str, batch: u64, least: Option<f64>) -> Sending {
    Sending { name, what, shape: Shape::Array, packing: None, batch, least }
}

const SENDINGS: [Sending; 6] = [
    sending(NAMES[0], "HTTP, JSON, 1,000 at a time", 1_000, Some(500_000.0)),
    sending(NAMES[1], "HTTP, JSON, 100 at a time", 100, Some(300_000.0)),
    Sending { shape: Shape::Lines, ..sending(NAMES[2], "HTTP, NDJSON, 1,000 at a time", 1_000, None) },
    Sending { packing: Some(Packing::Gzip), ..sending(NAMES[3], "HTTP, gzip, 1,000 at a time", 1_000, None) },
    Sending { packing: Some(Packing::Zstd), ..sending(NAMES[4], "HTTP, zstd, 1,000 at a time", 1_000, None) },
    Sending { shape: Shape::One, ..sending(NAMES[5], "HTTP, single events, 64 connections", 1, Some(20_000.0)) },
];

/// What was measured of one way of sending, round by round.
#[derive(Default)]
struct Rounds {
    rates: Vec<f64>,
    p99_millis: Vec<f64>,
    events: u64,
    busy: u64,
    server_millis: u64,
    own_millis: u64,
}

impl Rounds {
    fn add(&mut self, mut load: Load) {
        self.rates.push(load.rate());
        self.p99_millis.push(f64::from(percentile(&mut load.latencies, 99)) / 1_000.0);
        self.events += load.events;
        self.busy += load.busy;
        self.server_millis += load.server_millis;
        self.own_millis += load.own_millis;
    }

    /// Computing time of both sides.
    fn cpu(&self, side: &str) -> String {
        let per_event = |millis: u64| real(millis) * 1_000.0 / real(self.events.max(1));
        let (server, own) = (per_event(self.server_millis), per_event(self.own_millis));
        format!("CPU time per event: {side} {server:.2} us, load generator {own:.2} us")
    }
}

/// PostgreSQL and how it is used best.
struct Other<'a> {
    cluster: &'a Cluster,
    way: Way,
    connections: u64,
    tried: String,
    rounds: Rounds,
}

/// Measures all that is wanted, in turn in each round.
///
/// # Errors
/// What a server said; an event that was lost or counted twice.
pub(crate) fn measure(bench: &Bench, server: &Server, cluster: Option<&Cluster>) -> Result<Vec<Figure>, String> {
    let is_single = |name: &str| name == NAMES[5] && bench.options.wants(NAMES[6]);
    let wanted: Vec<&Sending> =
        SENDINGS.iter().filter(|sending| bench.options.wants(sending.name) || is_single(sending.name)).collect();
    let mut rounds: Vec<Rounds> = wanted.iter().map(|_| Rounds::default()).collect();
    let is_compared = wanted.iter().any(|sending| sending.name == NAMES[0]);
    let mut others = Vec::new();
    for way in [Way::Insert, Way::Copy] {
        if let Some(cluster) = cluster.filter(|_| is_compared) {
            others.push(best(bench, cluster, way)?);
        }
    }
    for round in 1..=bench.options.rounds {
        for (sending, rounds) in wanted.iter().zip(&mut rounds) {
            bench.progress(&format!("round {round} of {}: {}", bench.options.rounds, sending.what));
            let sources = sources(bench, server, sending)?;
            let load = drive((server.address, server.pid()), sources, &bench.numbers, bench.options.time());
            rounds.add(load.map_err(|why| format!("{}: {why}\n{}", sending.what, server.log()))?);
        }
        for other in &mut others {
            bench.progress(&format!("round {round} of {}: PostgreSQL, {:?}", bench.options.rounds, other.way));
            other.rounds.add(other.load(bench, bench.options.time())?);
        }
    }
    Ok(wanted.iter().zip(&rounds).flat_map(|(sending, rounds)| figures(bench, sending, rounds, &others)).collect())
}

/// The number of connections with which PostgreSQL is fastest.
fn best<'a>(bench: &Bench, cluster: &'a Cluster, way: Way) -> Result<Other<'a>, String> {
    let (mut best, mut tried) = ((1, 0.0), Vec::new());
    let mut other = Other { cluster, way, connections: 1, tried: String::new(), rounds: Rounds::default() };
    for connections in [1, 2, 4, 8] {
        bench.progress(&format!("PostgreSQL, {way:?}, {connections} connections"));
        empty_table(cluster)?;
        other.connections = connections;
        let rate = other.load(bench, bench.options.time() / 2)?.rate();
        tried.push(format!("{connections}: {}", crate::numbers::shown(rate)));
        if rate > best.1 {
            best = (connections, rate);
        }
    }
    empty_table(cluster)?;
    Ok(Other { connections: best.0, tried: tried.join(", "), ..other })
}

impl Other<'_> {
    fn load(&self, bench: &Bench, time: Duration) -> Result<Load, String> {
        let most = if bench.options.quick { PREPARED / 50 } else { PREPARED };
        postgres_ingest::run(self.cluster, self.way, self.connections, &bench.numbers, (time, most))
    }

    fn what(&self) -> &'static str {
        match self.way {
            Way::Insert => "PostgreSQL insert on conflict",
            Way::Copy => "PostgreSQL COPY, then insert on conflict",
        }
    }
}

/// What each connection sends.
fn sources(bench: &Bench, server: &Server, sending: &Sending) -> Result<Vec<Source>, String> {
    let connections = if sending.batch == 1 { SINGLE } else { bench.options.connections };
    let content_type = if sending.shape == Shape::Lines { NDJSON } else { JSON };
    let mold = |seed: u64| Mold::new(sending.shape, sending.batch, seed, 100_000_000);
    let with_head = |length: usize| head(&server.token, content_type, sending.packing.map(Packing::name), length);
    let Some(packing) = sending.packing else {
        return Ok((0..connections).map(|seed| Source::Stamped(Box::new(mold(seed).after_head(with_head)))).collect());
    };
    let events = if bench.options.quick { PACKED / 100 } else { PACKED };
    let of_each = events.div_ceil(sending.batch * connections);
    (0..connections)
        .map(|seed| {
            let mut mold = mold(seed);
            let mut requests = Vec::new();
            for _ in 0..of_each {
                crate::stop::check()?;
                let packed = pack(packing, mold.stamp(bench.numbers.take(sending.batch)))?;
                requests.push([with_head(packed.len()).into_bytes(), packed].concat());
            }
            Ok(Source::Ready { requests, events: sending.batch })
        })
        .collect()
}

fn pack(packing: Packing, body: &[u8]) -> Result<Vec<u8>, String> {
    let packed = match packing {
        Packing::Zstd => zstd::encode_all(body, 1),
        Packing::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(body).and_then(|()| encoder.finish())
        }
    };
    packed.map_err(|error| format!("{}: {error}", packing.name()))
}

fn figures(bench: &Bench, sending: &Sending, rounds: &Rounds, others: &[Other<'_>]) -> Vec<Figure> {
    let mut notes = vec![rounds.cpu("server")];
    if rounds.busy > 0 {
        notes.push(format!("the server was busy and got the request again: {} times", rounds.busy));
    }
    let is_compared = sending.name == NAMES[0];
    let mut alternatives = Vec::new();
    for other in others.iter().filter(|_| is_compared) {
        let ratio_target = Some(RATIO);
        alternatives.extend(Spread::of(other.rounds.rates.clone()).map(|spread| Alternative {
            what: other.what().to_owned(),
            spread,
            ratio_target,
        }));
        notes.push(format!(
            "{} {} over {} connections, of which it is fastest (events/s by connections: {}); {}",
            other.what(),
            other.cluster.version,
            other.connections,
            other.tried,
            other.rounds.cpu("server"),
        ));
    }
    if is_compared {
        notes.push(format!("making an event costs the load generator {:.0} ns of it", stamping_nanos()));
        if others.is_empty() {
            notes.push("PostgreSQL is not measured: its server programs are not on this machine".to_owned());
        }
    }
    // the best of the others is the one to be compared with
    alternatives.sort_by(|a: &Alternative, b| b.spread.median.total_cmp(&a.spread.median));
    let rate = Figure {
        name: sending.name,
        what: sending.what.to_owned(),
        unit: "events/s",
        target: sending.least.map(Target::AtLeast),
        spread: Spread::of(rounds.rates.clone()),
        alternatives,
        notes,
    };
    let p99 = Figure {
        name: NAMES[6],
        what: "HTTP, single events, p99 latency".to_owned(),
        unit: "ms",
        target: Some(Target::AtMost(20.0)),
        spread: Spread::of(rounds.p99_millis.clone()),
        alternatives: Vec::new(),
        notes: Vec::new(),
    };
    let all = [Some(rate), (sending.name == NAMES[5]).then_some(p99)].into_iter().flatten();
    all.filter(|figure| bench.options.wants(figure.name)).collect()
}

/// What it costs to write an event's own values into a body.
fn stamping_nanos() -> f64 {
    const TURNS: u64 = 50;
    let mut mold = Mold::new(Shape::Array, 1_000, 0, 100_000_000);
    let began = Instant::now();
    for turn in 0..TURNS {
        std::hint::black_box(mold.stamp(turn * 1_000));
    }
    began.elapsed().as_secs_f64() * 1e9 / real(TURNS * 1_000)
}
