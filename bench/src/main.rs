//! How fast the product is, measured on the machine where it runs, beside what one would use instead. See `docs/benchmarks.md`.

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

mod api_bench;
mod ask;
mod billing_bench;
mod client;
mod cluster;
mod events;
mod held;
mod holder;
mod http;
mod keeper;
mod load;
mod machine;
mod metering_bench;
mod numbers;
mod postgres_ingest;
mod process;
mod pure;
mod report;
mod run;
mod server;
mod stop;
mod store_figures;
mod told;
mod wire_figures;
mod world;

/// Measures the product on this machine, beside what one would use instead.
#[derive(Debug, Parser)]
#[command(
    name = "bench",
    after_help = "Exit status: 0 measured (also when a target is missed), 2 could not be measured."
)]
struct Bench {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// How fast usage comes in and quantities come out.
    Metering(metering_bench::Options),
    /// How fast the API is, on SQLite and on PostgreSQL; how soon thresholds are told; how long a start takes.
    Api(api_bench::Options),
    /// How long a billing run takes.
    Billing(billing_bench::Options),
    /// Hold a usage store and do what is read from the standard input; the other subcommands start it.
    #[command(hide = true)]
    Held {
        /// Where the store is.
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Bench::parse().command {
        Command::Metering(options) => stop::listen().and_then(|()| metering_bench::run(&options)),
        Command::Api(options) => stop::listen().and_then(|()| api_bench::run(&options)),
        Command::Billing(options) => stop::listen().and_then(|()| billing_bench::run(&options)),
        Command::Held { folder } => held::run(&folder),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::from(2)
        }
    }
}
