//! `bench metering`: which figures are measured, in which order, and what becomes of them.

use crate::cluster::Cluster;
use crate::load::Numbers;
use crate::machine::Machine;
use crate::report::{Figure, Report};
use crate::server::{self, Server};
use crate::{numbers, store_figures, wire_figures};
use clap::Args;
use serde::Serialize;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// How `bench metering` is called.
#[derive(Debug, Clone, Args, Serialize)]
pub(crate) struct Options {
    /// Events of the big store: `10M`, or `100M` for the whole of it (about 10 GiB of disk).
    #[arg(long, value_name = "COUNT", value_parser = numbers::count, default_value = "10M")]
    pub(crate) events: u64,
    /// How often each figure is measured; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// How long a figure is measured in each round, in seconds.
    #[arg(long, default_value_t = 4.0)]
    pub(crate) seconds: f64,
    /// Connections that send batches.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(crate) connections: u64,
    /// One short round with few events: shows that everything works, and no number to be believed.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only figures with this in their name; may be given again.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// Also write all of it as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Where the data is while it is measured: choose a disk that is worth it. Otherwise the system's folder for temporary files.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

impl Options {
    fn effective(&self) -> Self {
        if !self.quick {
            return self.clone();
        }
        Self { events: self.events.min(40_000), rounds: 1, seconds: self.seconds.min(0.2), ..self.clone() }
    }

    /// How long a figure is measured in a round.
    pub(crate) fn time(&self) -> Duration {
        Duration::from_secs_f64(self.seconds.clamp(0.01, 3_600.0))
    }

    /// Whether a figure is wanted.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|part| name.contains(part.as_str()))
    }
}

/// What all figures share.
pub(crate) struct Bench {
    pub(crate) options: Options,
    /// A folder that is removed at the end.
    pub(crate) folder: TempDir,
    pub(crate) numbers: Numbers,
}

impl Bench {
    /// Tells whoever watches what is being done.
    #[allow(clippy::unused_self, reason = "what is told belongs to a run")]
    pub(crate) fn progress(&self, what: &str) {
        eprintln!("... {what}");
    }
}

/// Measures, prints, and writes the JSON.
///
/// # Errors
/// What could not be measured, and why; the table shows what was measured before.
pub(crate) fn run(options: &Options) -> Result<(), String> {
    let options = options.effective();
    let above = options.dir.clone().unwrap_or_else(std::env::temp_dir);
    let failed = |error: std::io::Error| format!("{}: {error}", above.display());
    let folder = tempfile::Builder::new().prefix("bench").tempdir_in(&above).map_err(failed)?;
    // PostgreSQL runs as another user, and must reach its own folder in it
    fs::set_permissions(folder.path(), Permissions::from_mode(0o711)).map_err(failed)?;
    let machine = Machine::look(folder.path())?;
    let settings = serde_json::to_value(&options).map_err(|error| error.to_string())?;
    let bench = Bench { options, folder, numbers: Numbers::default() };
    let mut figures = Vec::new();
    let done = measure(&bench, &mut figures);
    let failed = done.as_ref().err().cloned();
    let report = Report { benchmark: "metering", machine, settings, figures, failed };
    if let Some(path) = &bench.options.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    }
    println!("{}", report.text());
    done
}

fn measure(bench: &Bench, figures: &mut Vec<Figure>) -> Result<(), String> {
    if wire_figures::NAMES.iter().any(|name| bench.options.wants(name)) {
        let server = Server::start(&server::program()?, &bench.folder.path().join("server"))?;
        let cluster = Cluster::start(&bench.folder.path().join("postgres"))?;
        if cluster.is_none() {
            eprintln!(
                "!!! NOT MEASURED: PostgreSQL's server programs (initdb, postgres) are not on this machine; install `postgresql`"
            );
        }
        figures.extend(wire_figures::measure(bench, &server, cluster.as_ref())?);
    }
    store_figures::measure(bench, figures)
}
