//! `bench api`: how fast the API answers and writes on either database, how soon a webhook tells of a threshold, and how long a start
//! takes that finds a million customers.

use crate::client::{Answered, Client, Pace, load, request};
use crate::cluster::Cluster;
use crate::numbers::{self, Spread, percentile, real};
use crate::process::{Children, Memory, cpu_millis};
use crate::report::{Figure, Target};
use crate::run::{self, Common, progress};
use crate::server::{self, Server};
use crate::told;
use crate::world::{Facts, World, name};
use clap::Args;
use serde::Serialize;
use serde_json::json;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

/// How `bench api` is called.
#[derive(Debug, Clone, Args, Serialize)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// How long a figure is measured in each round, in seconds.
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
    /// Connections that ask.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=256))]
    connections: u64,
    /// Customers whom a start finds.
    #[arg(long, value_name = "COUNT", value_parser = numbers::count, default_value = "1M")]
    customers: u64,
}

const READS: f64 = 5_000.0;
const WRITES: f64 = 1_000.0;
const P99_MILLIS: f64 = 20.0;
/// Customers of the databases that are asked.
const KNOWN: u64 = 10_000;
/// The names of the figures of one database: reads, their p99, writes, their p99, subscriptions.
const SQLITE: [&str; 5] =
    ["sqlite-reads", "sqlite-reads-p99", "sqlite-writes", "sqlite-writes-p99", "sqlite-subscribe"];
const POSTGRES: [&str; 5] =
    ["postgres-reads", "postgres-reads-p99", "postgres-writes", "postgres-writes-p99", "postgres-subscribe"];
const START: [&str; 2] = ["start", "start-memory"];

/// Measures, prints, and writes the JSON.
///
/// # Errors
/// What could not be measured, and why.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let mut options = options.clone();
    if options.common.quick {
        options.seconds = options.seconds.min(0.5);
        options.customers = options.customers.min(2_000);
    }
    run::run("api", &options.common, &options, |folder, figures| measure(&options, folder, figures))
}

fn measure(options: &Options, folder: &Path, figures: &mut Vec<Figure>) -> Result<(), String> {
    let program = server::program()?;
    let common = &options.common;
    if common.wants(&SQLITE) {
        let world = World::new(&program, &folder.join("sqlite"), Facts::Sqlite, 0)?;
        world.fill(None, KNOWN)?;
        let server = world.serve(&program, &[])?;
        figures.extend(speeds(options, "SQLite", &SQLITE, &server, None)?);
    }
    if common.wants(&POSTGRES) {
        match Cluster::start(&folder.join("cluster"))? {
            None => {
                eprintln!("!!! NOT MEASURED: PostgreSQL's server programs (initdb, postgres) are not on this machine");
            }
            Some(cluster) => {
                let world = World::new(&program, &folder.join("postgres"), Facts::on(&cluster, "api")?, 0)?;
                world.fill(Some(&cluster), KNOWN)?;
                let server = world.serve(&program, &[])?;
                let what = format!("PostgreSQL {}", cluster.version);
                figures.extend(speeds(options, &what, &POSTGRES, &server, Some(&cluster))?);
            }
        }
    }
    if common.wants(&[told::NAME]) {
        let world = World::new(&program, &folder.join("told"), Facts::Sqlite, 0)?;
        world.fill(None, KNOWN)?;
        let time = Duration::from_secs_f64(options.seconds.clamp(0.1, 600.0) * real(common.rounds().into()));
        figures.push(told::measure(&program, &world, KNOWN, time)?);
    }
    if common.wants(&START) {
        let world = World::new(&program, &folder.join("start"), Facts::Sqlite, 0)?;
        world.fill(None, options.customers)?;
        figures.extend(start(options, &program, &world)?);
    }
    Ok(())
}

/// One kind of load, over the rounds.
#[derive(Default)]
struct Rounds {
    rates: Vec<f64>,
    p99_millis: Vec<f64>,
    requests: u64,
    server_millis: u64,
    database_millis: u64,
    own_millis: u64,
}

/// Who is asked.
struct Asked<'a> {
    options: &'a Options,
    server: &'a Server,
    cluster: Option<&'a Cluster>,
}

impl Asked<'_> {
    fn round(
        &self,
        rounds: &mut Rounds,
        pace: Pace,
        numbers: &AtomicU64,
        make: &(dyn Fn(u64) -> Vec<u8> + Sync),
    ) -> Result<(), String> {
        let time = Duration::from_secs_f64(self.options.seconds.clamp(0.1, 600.0));
        let cpu = || {
            let database = self.cluster.map_or(0, |cluster| cpu_millis(cluster.pid(), Children::Counted));
            (
                cpu_millis(self.server.pid(), Children::LeftOut),
                database,
                cpu_millis(std::process::id(), Children::LeftOut),
            )
        };
        let before = cpu();
        let mut answered: Answered = load(self.server.address, self.options.connections, pace, time, numbers, make)?;
        let after = cpu();
        rounds.rates.push(answered.rate());
        rounds.p99_millis.push(f64::from(percentile(&mut answered.latencies, 99)) / 1_000.0);
        rounds.requests += answered.requests;
        rounds.server_millis += after.0 - before.0;
        rounds.database_millis += after.1 - before.1;
        rounds.own_millis += after.2 - before.2;
        Ok(())
    }
}

impl Rounds {
    fn note(&self) -> String {
        let each = |millis: u64| real(millis) * 1_000.0 / real(self.requests.max(1));
        format!(
            "CPU time for each request: server {:.0} us, database server {:.0} us, load generator {:.0} us",
            each(self.server_millis),
            each(self.database_millis),
            each(self.own_millis)
        )
    }

    fn figure(&self, name: &'static str, what: String, target: Option<Target>) -> Figure {
        let (unit, values) = match target {
            Some(Target::AtMost(_)) => ("ms", &self.p99_millis),
            Some(Target::AtLeast(_)) | None => ("requests/s", &self.rates),
        };
        let notes = vec![self.note()];
        Figure { name, what, unit, target, spread: Spread::of(values.clone()), alternatives: Vec::new(), notes }
    }
}

fn speeds(
    options: &Options,
    what: &str,
    names: &[&'static str; 5],
    server: &Server,
    cluster: Option<&Cluster>,
) -> Result<Vec<Figure>, String> {
    let asked = Asked { options, server, cluster };
    let token = server.token.as_str();
    let read = |number: u64| {
        let customer = name(crate::events::mix(number) % KNOWN);
        let noun = if number.is_multiple_of(2) { "customers" } else { "subscriptions" };
        request(token, "GET", &format!("/v1/{noun}/{customer}"), "application/json", "")
    };
    let write = |number: u64| {
        let body = json!({ "key": format!("w{number}"), "name": "A customer who is new" }).to_string();
        request(token, "POST", "/v1/customers", "application/json", &body)
    };
    let subscribe = |number: u64| {
        let customer = name(number % KNOWN);
        let body = json!({ "key": format!("s{number}"), "customer": customer, "plan": "hybrid", "quantities": { "seats": "2" }, "usage": "shared" });
        request(token, "POST", "/v1/subscriptions", "application/json", &body.to_string())
    };
    let (reads, writes, subscriptions) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let mut rounds: [Rounds; 5] = Default::default();
    for round in 1..=options.common.rounds() {
        progress(&format!("{what}, round {round}"));
        let half = |rate: f64| Pace::Of(rate / 2.0);
        asked.round(&mut rounds[2], Pace::Full, &writes, &write)?;
        asked.round(&mut rounds[3], half(WRITES), &writes, &write)?;
        asked.round(&mut rounds[0], Pace::Full, &reads, &read)?;
        asked.round(&mut rounds[1], half(READS), &reads, &read)?;
        asked.round(&mut rounds[4], Pace::Full, &subscriptions, &subscribe)?;
    }
    let p99 = Some(Target::AtMost(P99_MILLIS));
    Ok(vec![
        rounds[0].figure(
            names[0],
            format!("{what}, reads: a customer or subscription by key"),
            Some(Target::AtLeast(READS)),
        ),
        rounds[1].figure(names[1], format!("{what}, reads, p99 at 2,500 a second"), p99),
        rounds[2].figure(names[2], format!("{what}, simple writes: a new customer"), Some(Target::AtLeast(WRITES))),
        rounds[3].figure(names[3], format!("{what}, simple writes, p99 at 500 a second"), p99),
        rounds[4].figure(names[4], format!("{what}, subscriptions to a plan"), None),
    ])
}

/// From the program's start to the answer to a first request.
fn start(options: &Options, program: &Path, world: &World) -> Result<Vec<Figure>, String> {
    let customers = options.customers;
    let (mut seconds, mut mebibytes) = (Vec::new(), Vec::new());
    let mut notes = Vec::new();
    for round in 1..=options.common.rounds() {
        progress(&format!("start with {customers} customers, round {round}"));
        let began = Instant::now();
        let server = world.serve(program, &[])?;
        let mut client = Client::open(server.address)?;
        let path = format!("/v1/customers/{}", name(customers / 2));
        client.ask(&request(&server.token, "GET", &path, "application/json", ""))?;
        seconds.push(began.elapsed().as_secs_f64());
        // what it does by itself when it has started: what falls due, and usage to date
        std::thread::sleep(Duration::from_secs(if options.common.quick { 1 } else { 8 }));
        let memory = Memory::of(server.pid());
        mebibytes.push(real(memory.anonymous) / f64::from(1 << 20));
        notes = vec![format!("after some seconds: {}", memory.text())];
    }
    let figure = |name, what, unit, target, values, notes| Figure {
        name,
        what,
        unit,
        target,
        spread: Spread::of(values),
        alternatives: Vec::new(),
        notes,
    };
    Ok(vec![
        figure(
            START[0],
            format!("start with {customers} customers, to the first answer"),
            "s",
            Some(Target::AtMost(5.0)),
            seconds,
            Vec::new(),
        ),
        figure(START[1], format!("memory with {customers} customers"), "MiB", None, mebibytes, notes),
    ])
}
