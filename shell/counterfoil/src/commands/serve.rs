//! `counterfoil serve`

use super::DataDir;
use crate::failure::Done;
use billing::Corrections;
use clap::Args;
use engine::{Engine, Issuing, Settings};
use serde::de::DeserializeOwned;
use server::Server;
use std::net::SocketAddr;
use std::process::ExitCode;

/// Serve the API, and bill what falls due.
///
/// There is no access control yet: whoever reaches the address can read and change everything. Stops on Ctrl-C or SIGTERM, after what has
/// begun is finished.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil serve\n  counterfoil serve --data /var/lib/counterfoil --listen 127.0.0.1:9000"
)]
pub(crate) struct Serve {
    #[command(flatten)]
    dir: DataDir,
    #[command(flatten)]
    listen: Listen,
    /// Who makes a claim of a draft: `automatic`, the billing run; or `by-hand`, a person with POST /v1/invoices/{id}/issue.
    #[arg(long, value_name = "WHO", default_value = "automatic", value_parser = setting::<Issuing>)]
    issuing: Issuing,
    /// When a difference on a billed cycle is billed: with the `next-invoice`, or `at-once`.
    #[arg(long, value_name = "WHEN", default_value = "next-invoice", value_parser = setting::<Corrections>)]
    corrections: Corrections,
}

/// Reads a setting by the word that files and the API use, with hyphens as on a command line.
fn setting<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(word.replace('-', "_").into()).map_err(|error| error.to_string())
}

/// Where the API is.
#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// The address of the API; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "COUNTERFOIL_LISTEN")]
    pub listen: SocketAddr,
}

/// What the log says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Log {
    /// Each request, and everything below.
    Requests,
    /// What somebody should look at.
    Warnings,
}

impl Serve {
    pub(crate) fn run(self) -> Done {
        log(Log::Requests);
        let settings = Settings { corrections: self.corrections, issuing: self.issuing };
        let engine = Engine::open(&self.dir.data, settings)?;
        let server = Server::bind(engine, self.listen.listen)?;
        println!("Counterfoil at http://{}/docs, data in {}", server.address(), self.dir.data.display());
        server.run()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Begins a log on the standard error.
pub(crate) fn log(log: Log) {
    let level = match log {
        Log::Requests => tracing_subscriber::filter::LevelFilter::INFO,
        Log::Warnings => tracing_subscriber::filter::LevelFilter::WARN,
    };
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).init();
}
