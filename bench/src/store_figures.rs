//! What the embedded store does without HTTP: how fast it takes events, how it holds up as it grows, and what it answers.

use crate::held::{Ingest, Order, Told, first_and_last};
use crate::holder::Holder;
use crate::metering_bench::Bench;
use crate::numbers::{Spread, percentile, real, shown};
use crate::process::Memory;
use crate::report::{Figure, Target};
use std::fs;
use std::path::Path;
use std::time::Duration;

const BATCH: u64 = 1_000;
const THREADS: u64 = 8;
/// Customers whose series is asked for in a round.
const CUSTOMERS: u64 = 250;
/// Numbers that are left out after a kill, because some of them may have been taken.
const GAP: u64 = 10_000_000;
/// Number of the first event of those that are sent into the full store, and some of them again.
const REPEATED: u64 = 1 << 40;
const GIB: u64 = 1 << 30;

const IN_PROCESS: &str = "in-process";
const QUESTIONS: [&str; 3] = ["series", "series-biggest", "sums"];
const OF_THE_BIG_STORE: [&str; 10] =
    ["sustained", "fall", "disk", "memory", "series", "series-biggest", "sums", "re-price", "repeats", "reopen"];

/// Measures all that is wanted.
///
/// # Errors
/// What the store said; an event that was lost or counted twice. What was measured before is there.
pub(crate) fn measure(bench: &Bench, figures: &mut Vec<Figure>) -> Result<(), String> {
    if bench.options.wants(IN_PROCESS) {
        figures.push(in_process(bench)?);
    }
    if !OF_THE_BIG_STORE.iter().any(|name| bench.options.wants(name)) {
        return Ok(());
    }
    let folder = bench.folder.path().join("big");
    let mut add = |all: Vec<Figure>| figures.extend(all.into_iter().filter(|figure| bench.options.wants(figure.name)));
    add(Big::build(bench, &folder)?.figures(bench));
    if QUESTIONS.iter().any(|name| bench.options.wants(name)) {
        add(questions(bench, &folder)?);
    }
    if bench.options.wants("re-price") {
        add(vec![re_price(bench, &folder)?]);
    }
    if bench.options.wants("repeats") {
        add(vec![repeats(bench, &folder)?]);
    }
    if bench.options.wants("reopen") {
        add(vec![reopen(bench, &folder)?]);
    }
    Ok(())
}

fn figure(name: &'static str, what: &str, unit: &'static str, target: Option<Target>, rounds: Vec<f64>) -> Figure {
    let (what, spread) = (what.to_owned(), Spread::of(rounds));
    Figure { name, what, unit, target, spread, alternatives: Vec::new(), notes: Vec::new() }
}

fn unexpected(told: &Told) -> String {
    format!("the store's process answered something else: {told:?}")
}

/// What taking events took.
struct Taken {
    seconds: f64,
    cpu_millis: u64,
    busy: u64,
}

/// Hears how far the store is, until all is taken.
fn ingested(holder: &mut Holder, mut progress: impl FnMut(u64, f64, Memory)) -> Result<Taken, String> {
    loop {
        let told = holder.hear()?;
        if let Told::Progress { events, seconds, memory } = told {
            progress(events, seconds, memory);
            continue;
        }
        let Told::Ingested { seconds, cpu_millis, busy } = told else { return Err(unexpected(&told)) };
        return Ok(Taken { seconds, cpu_millis, busy });
    }
}

/// A new store in each round.
fn in_process(bench: &Bench) -> Result<Figure, String> {
    // as many as a round's time is enough for at the rate that is asked for
    let count = if bench.options.quick { 20_000 } else { bench.options.time().as_secs().max(1) * 1_000_000 };
    let (mut rates, mut millis, mut busy) = (Vec::new(), 0, 0);
    for round in 1..=bench.options.rounds {
        bench.progress(&format!("round {round} of {}: in process, 1,000 at a time", bench.options.rounds));
        let folder = bench.folder.path().join("in-process");
        let mut holder = Holder::open(&folder)?;
        let ingest = Ingest { first: 0, count, total: count, batch: BATCH, threads: THREADS, slice: count, repeats: 0 };
        holder.order(&Order::Ingest(ingest))?;
        let taken = ingested(&mut holder, |_, _, _| {})?;
        rates.push(real(count) / taken.seconds);
        millis += taken.cpu_millis;
        busy += taken.busy;
        drop(holder);
        fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let target = Some(Target::AtLeast(1_000_000.0));
    let mut figure = figure(IN_PROCESS, "in process, JSON, 1,000 at a time", "events/s", target, rates);
    let micros = real(millis) * 1_000.0 / real(count * u64::from(bench.options.rounds));
    figure.notes.push(format!(
        "CPU time per event, making it included: {micros:.2} us; {THREADS} threads, {count} events in a round; busy {busy} times"
    ));
    Ok(figure)
}

/// The big store, once it is full and merged.
struct Big {
    events: u64,
    slice: u64,
    progress: Vec<(u64, f64)>,
    taken: Taken,
    /// The most while it took events.
    most: Memory,
    bytes: u64,
    segment_bytes: u64,
    segments: u64,
    settled: Memory,
}

impl Big {
    fn build(bench: &Bench, folder: &Path) -> Result<Self, String> {
        let events = bench.options.events.div_ceil(BATCH) * BATCH;
        let slice = (events / 10).clamp(BATCH, 1_000_000);
        bench.progress(&format!("{events} events into a store that grows"));
        let mut holder = Holder::open(folder)?;
        holder.order(&Order::Ingest(Ingest {
            first: 0,
            count: events,
            total: events,
            batch: BATCH,
            threads: THREADS,
            slice,
            repeats: 0,
        }))?;
        let (mut progress, mut most) = (Vec::new(), Memory::default());
        let taken = ingested(&mut holder, |events, seconds, memory| {
            progress.push((events, seconds));
            most.anonymous = most.anonymous.max(memory.anonymous);
            most.mapped = most.mapped.max(memory.mapped);
            if progress.len().is_multiple_of(10) {
                bench.progress(&format!("{events} events after {seconds:.0} s; {}", memory.text()));
            }
        })?;
        progress.sort_by_key(|(events, _)| *events);
        bench.progress("waiting until everything is merged");
        let Told::Settled { bytes, segment_bytes, segments, memory: settled } = holder.ask(&Order::Settle)? else {
            return Err("the store's process did not say when it was at rest".to_owned());
        };
        Ok(Self { events, slice, progress, taken, most, bytes, segment_bytes, segments, settled })
    }

    fn figures(&self, bench: &Bench) -> Vec<Figure> {
        let events = real(self.events);
        let mut sustained = figure(
            "sustained",
            "in process, until the store is full",
            "events/s",
            None,
            vec![events / self.taken.seconds],
        );
        let micros = real(self.taken.cpu_millis) * 1_000.0 / events;
        sustained.notes.push(format!(
            "{} events, CPU time per event, making it and merging included: {micros:.2} us; busy {} times",
            self.events, self.taken.busy
        ));
        let falls = first_and_last(&self.progress);
        let fall = falls.map(|(first, last)| (1.0 - last / first) * 100.0);
        let what = "how much slower the last million is than the first";
        let mut slower = figure("fall", what, "%", Some(Target::AtMost(20.0)), fall.into_iter().collect());
        if let Some((first, last)) = falls {
            slower.notes.push(format!("first {}: {} events/s, last: {}", self.slice, shown(first), shown(last)));
        }
        slower.notes.extend(self.tenths());
        let mut disk = figure(
            "disk",
            "on the disk after merging",
            "bytes/event",
            Some(Target::AtMost(60.0)),
            vec![real(self.bytes) / events],
        );
        disk.notes.push(format!(
            "{} MiB in all, {} MiB of it in {} segments; the rest is the log of what is not in a segment yet",
            self.bytes >> 20,
            self.segment_bytes >> 20,
            self.segments
        ));
        let own = real(self.most.anonymous) / real(GIB);
        let mut memory = figure("memory", "memory while it takes events", "GiB", Some(Target::AtMost(2.0)), vec![own]);
        memory.notes.push(format!("most: {}; at rest: {}", self.most.text(), self.settled.text()));
        let figures = vec![sustained, slower, disk, memory];
        figures.into_iter().map(|figure| with_size(figure, bench)).collect()
    }

    /// The rate of each tenth.
    fn tenths(&self) -> Option<String> {
        let step = self.progress.len() / 10;
        let ends: Vec<(u64, f64)> = self.progress.iter().skip(step.checked_sub(1)?).step_by(step).copied().collect();
        let starts = std::iter::once((0, 0.0)).chain(ends.iter().copied());
        let rates = starts.zip(&ends).map(|(from, to)| shown(real(to.0 - from.0) / (to.1 - from.1)));
        Some(format!("events/s by tenths: {}", rates.collect::<Vec<_>>().join(", ")))
    }
}

/// A figure of the big store says how big it was.
fn with_size(mut figure: Figure, bench: &Bench) -> Figure {
    let events = bench.options.events;
    let size = if events.is_multiple_of(1_000_000) { format!("{} M", events / 1_000_000) } else { events.to_string() };
    figure.what = format!("{}, {size} events", figure.what);
    figure
}

fn questions(bench: &Bench, folder: &Path) -> Result<Vec<Figure>, String> {
    let mut holder = Holder::open(folder)?;
    let (mut p99, mut biggest, mut sums, mut notes) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 1..=bench.options.rounds {
        bench.progress(&format!("round {round} of {}: questions", bench.options.rounds));
        let mut series = |times: u64, seed: Option<u64>| {
            let told = holder.ask(&Order::Series { times, seed })?;
            let Told::Series { mut micros, events } = told else { return Err(unexpected(&told)) };
            let mut millis = |hundredths| f64::from(percentile(&mut micros, hundredths)) / 1_000.0;
            Ok((millis(99), millis(50), events))
        };
        let (slowest, usual, of_all) = series(CUSTOMERS, Some(round.into()))?;
        let (of_biggest, _, events) = series(20, None)?;
        p99.push(slowest);
        biggest.push(of_biggest);
        let Told::Sums { seconds, groups, events: counted, memory } = holder.ask(&Order::Sums)? else {
            return Err("the store's process did not sum".to_owned());
        };
        if counted != holder.events {
            return Err(format!("the sums count {counted} events and the store has {}", holder.events));
        }
        sums.push(seconds);
        notes = vec![
            format!("median {usual:.3} ms; {CUSTOMERS} customers in a round, {of_all} events of theirs counted"),
            format!("{} events counted for each answer", events / 20),
            format!("{groups} groups, all events counted; memory then: {}", memory.text()),
        ];
    }
    let ten = Some(Target::AtMost(10.0));
    let mut figures = vec![
        figure("series", "hours of 90 days of one customer, p99", "ms", ten, p99),
        figure("series-biggest", "hours of 90 days of the biggest, p99", "ms", ten, biggest),
        figure("sums", "sums of all customers and 5 meters", "s", Some(Target::AtMost(0.5)), sums),
    ];
    for (figure, note) in figures.iter_mut().zip(notes) {
        figure.notes.push(note);
    }
    Ok(figures.into_iter().map(|figure| with_size(figure, bench)).collect())
}

/// On one core: it is asked by one thread.
fn re_price(bench: &Bench, folder: &Path) -> Result<Figure, String> {
    let (mut holder, mut rates, mut note) = (Holder::open(folder)?, Vec::new(), String::new());
    for round in 1..=bench.options.rounds {
        bench.progress(&format!("round {round} of {}: every event is priced anew", bench.options.rounds));
        let told = holder.ask(&Order::RePrice)?;
        let Told::RePriced { seconds, subjects, events } = told else { return Err(unexpected(&told)) };
        if events != holder.events {
            return Err(format!("{events} events were priced and the store has {}", holder.events));
        }
        rates.push(real(events) / seconds);
        note = format!("{events} events by model and region into {subjects} sums");
    }
    let target = Some(Target::AtLeast(300_000_000.0));
    let mut figure = figure("re-price", "re-pricing every event, one core", "events/s", target, rates);
    figure.notes.push(note);
    Ok(with_size(figure, bench))
}

/// As many events again go into the big store, and some of them twice.
fn repeats(bench: &Bench, folder: &Path) -> Result<Figure, String> {
    let count = (bench.options.events / 20).clamp(BATCH, 2_000_000) / BATCH * BATCH;
    let (mut holder, mut rates, mut millis) = (Holder::open(folder)?, Vec::new(), 0);
    for round in 0..u64::from(bench.options.rounds) {
        bench.progress(&format!("round {} of {}: 5 % repeats", round + 1, bench.options.rounds));
        let first = REPEATED + round * GAP;
        let total = bench.options.events;
        let ingest = Ingest { first, count, total, batch: BATCH, threads: THREADS, slice: count, repeats: 5 };
        holder.order(&Order::Ingest(ingest))?;
        let taken = ingested(&mut holder, |_, _, _| {})?;
        rates.push(real(count) / taken.seconds);
        millis += taken.cpu_millis;
    }
    let mut figure = figure("repeats", "into the full store, 5 % of batches twice", "events/s", None, rates);
    let micros = real(millis) * 1_000.0 / real(count * u64::from(bench.options.rounds));
    figure
        .notes
        .push(format!("new events a second; CPU time per new event: {micros:.2} us; every repetition was known"));
    Ok(with_size(figure, bench))
}

/// Kills the process under load and opens the store again, in each round.
fn reopen(bench: &Bench, folder: &Path) -> Result<Figure, String> {
    let after = Duration::from_millis(if bench.options.quick { 200 } else { 3_000 });
    let (mut seconds, mut notes) = (Vec::new(), Vec::new());
    let mut first = bench.options.events + GAP;
    let mut holder = Holder::open(folder)?;
    for round in 1..=bench.options.rounds {
        bench.progress(&format!("round {round} of {}: killed under load", bench.options.rounds));
        let before = holder.events;
        let ingest = Ingest {
            first,
            count: 0,
            total: bench.options.events,
            batch: BATCH,
            threads: THREADS,
            slice: BATCH,
            repeats: 0,
        };
        let answered = holder.kill_under_load(&Order::IngestForEver(ingest), after)?;
        first += answered + GAP;
        holder = Holder::open(folder)?;
        let found = holder.events - before;
        if found < answered || !found.is_multiple_of(BATCH) {
            return Err(format!("killed after {answered} events were answered for, and {found} are there"));
        }
        notes.push(format!("{answered} answered for, {found} found"));
        seconds.push(holder.opened_seconds);
    }
    let target = Some(Target::AtMost(1.0));
    let mut figure = figure("reopen", "opened again after kill -9 under load", "s", target, seconds);
    figure.notes.push(format!("events of each kill: {}", notes.join("; ")));
    Ok(with_size(figure, bench))
}
