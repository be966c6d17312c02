//! `bench billing`: how long a billing run takes, from facts to issued invoices with their entries in the books.

use crate::cluster::Cluster;
use crate::numbers::{self, Spread, real};
use crate::process::{Children, cpu_millis};
use crate::pure;
use crate::report::{Alternative, Figure, Target};
use crate::run::{self, Common, progress};
use crate::server;
use crate::world::{Facts, World};
use clap::Args;
use serde::Serialize;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How `bench billing` is called.
#[derive(Debug, Clone, Args, Serialize)]
pub(crate) struct Options {
    #[command(flatten)]
    common: Common,
    /// Customers of a run.
    #[arg(long, value_name = "COUNT", value_parser = numbers::count, default_value = "10k")]
    customers: u64,
    /// How many times as many customers the large run has.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=100))]
    times: u64,
}

/// Seconds that a run of 10,000 customers may take.
const MOST_SECONDS: f64 = 20.0;
const NAMES: [&str; 4] = ["run", "run-again", "run-large", "run-postgres"];
/// Of the time that a large run would take at the speed of a small one, the part that it may take longer.
const LINEAR: f64 = 0.8;

/// All subscribed so many days ago: their first month is over.
const OVER: i64 = 40;

/// What a run took.
#[derive(Debug, Clone, Copy)]
struct Took {
    seconds: f64,
    cpu_seconds: f64,
    database_seconds: f64,
}

/// Measures, prints, and writes the JSON.
///
/// # Errors
/// What could not be measured, and why.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let mut options = options.clone();
    if options.common.quick {
        options.customers = options.customers.min(200);
        options.times = 2;
    }
    run::run("billing", &options.common, &options, |folder, figures| measure(&options, folder, figures))
}

fn measure(options: &Options, folder: &Path, figures: &mut Vec<Figure>) -> Result<(), String> {
    let Options { common, customers, times } = options;
    if common.wants(&pure::NAMES) {
        progress("computing bills");
        let time = Duration::from_secs_f64(if common.quick { 0.2 } else { 3.0 });
        figures.extend(pure::measure(common.rounds(), time)?);
    }
    if !common.wants(&NAMES) {
        return Ok(());
    }
    let program = server::program()?;
    let mut first = Vec::new();
    if common.wants(&NAMES[..3]) {
        let mut again = Vec::new();
        for round in 1..=common.rounds() {
            let world = world(&program, &folder.join(format!("round{round}")), Facts::Sqlite, None, *customers)?;
            first.push(bill(&program, &world, None, *customers)?);
            again.push(bill(&program, &world, None, 0)?);
            std::fs::remove_dir_all(&world.folder).map_err(|error| error.to_string())?;
        }
        let limit = MOST_SECONDS * real(*customers) / 10_000.0;
        let what = format!("billing run of {customers} customers, SQLite");
        figures.push(figure(NAMES[0], what, &first, Some(Target::AtMost(limit)), *customers));
        let what = format!("the run after it, which finds nothing due, {customers} customers");
        figures.push(figure(NAMES[1], what, &again, None, *customers));
    }
    if common.wants(&NAMES[2..3]) {
        let large = customers * times;
        let world = world(&program, &folder.join("large"), Facts::Sqlite, None, large)?;
        let took = bill(&program, &world, None, large)?;
        std::fs::remove_dir_all(&world.folder).map_err(|error| error.to_string())?;
        let limit = Target::AtMost(MOST_SECONDS * real(large) / 10_000.0);
        let what = format!("billing run of {large} customers, SQLite");
        let mut found = figure(NAMES[2], what, &[took], Some(limit), large);
        let small = first.iter().map(|took| took.seconds * real(*times)).collect();
        found.alternatives.extend(Spread::of(small).map(|spread| Alternative {
            what: format!("{times} times the small run"),
            spread,
            ratio_target: Some(LINEAR),
        }));
        figures.push(found);
    }
    if common.wants(&NAMES[3..]) {
        match Cluster::start(&folder.join("cluster"))? {
            None => {
                eprintln!("!!! NOT MEASURED: PostgreSQL's server programs (initdb, postgres) are not on this machine");
            }
            Some(cluster) => {
                let facts = Facts::on(&cluster, "billing")?;
                let world = world(&program, &folder.join("postgres"), facts, Some(&cluster), *customers)?;
                let took = bill(&program, &world, Some(&cluster), *customers)?;
                let what = format!("billing run of {customers} customers, PostgreSQL {}", cluster.version);
                figures.push(figure(NAMES[3], what, &[took], None, *customers));
            }
        }
    }
    Ok(())
}

fn world(
    program: &Path,
    folder: &Path,
    facts: Facts,
    cluster: Option<&Cluster>,
    customers: u64,
) -> Result<World, String> {
    let world = World::new(program, folder, facts, OVER)?;
    // the one that is copied is a customer too
    world.fill(cluster, customers - 1)?;
    world.use_up(customers)?;
    Ok(world)
}

/// Runs `counterfoil bill`, which must issue so many documents.
fn bill(program: &Path, world: &World, cluster: Option<&Cluster>, documents: u64) -> Result<Took, String> {
    progress("billing");
    crate::stop::check()?;
    let database = || cluster.map_or(0, |cluster| cpu_millis(cluster.pid(), Children::Counted));
    let ended = || cpu_millis(std::process::id(), Children::Counted);
    let (database_before, before, began) = (database(), ended(), Instant::now());
    let done = Command::new(program)
        .arg("bill")
        .arg("--data")
        .arg(world.data())
        .args(world.facts.words())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let took = Took {
        seconds: began.elapsed().as_secs_f64(),
        cpu_seconds: real(ended() - before) / 1e3,
        database_seconds: real(database() - database_before) / 1e3,
    };
    let (said, complained) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let wanted = format!("{documents} document{} issued", if documents == 1 { "" } else { "s" });
    if done.status.success() && said.contains(&wanted) {
        return Ok(took);
    }
    Err(format!(
        "{documents} documents were to be issued; the run ended with {} and said: {said}{complained}",
        done.status
    ))
}

fn figure(name: &'static str, what: String, took: &[Took], target: Option<Target>, customers: u64) -> Figure {
    let notes = took.iter().map(|took| {
        format!(
            "{:.0} customers/s; CPU time of the run {:.1} s, of the database server {:.1} s",
            real(customers) / took.seconds,
            took.cpu_seconds,
            took.database_seconds
        )
    });
    let spread = Spread::of(took.iter().map(|took| took.seconds).collect());
    Figure { name, what, unit: "s", target, spread, alternatives: Vec::new(), notes: notes.collect() }
}
