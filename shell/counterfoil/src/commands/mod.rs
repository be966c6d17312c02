//! The commands, one file each.

pub(crate) mod apply;
pub(crate) mod backup;
pub(crate) mod bill;
pub(crate) mod copy;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod import;
mod import_payments;
pub(crate) mod key;
pub(crate) mod migrate;
pub(crate) mod plan;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod verify;

use crate::failure::Failure;
use catalog::{Catalog, PricingFile};
use clap::Args;
use engine::DataPlace;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::time::Duration;
use stdx::{Problem, ToProblem};
use store::{Place, StoreError};

/// Where everything is kept.
#[derive(Debug, Args)]
pub(crate) struct DataDir {
    /// The directory in which everything is kept. One process at a time uses it.
    #[arg(long, value_name = "DIR", default_value = "counterfoil-data", env = "COUNTERFOIL_DATA")]
    pub data: PathBuf,
    #[command(flatten)]
    facts: Database,
}

/// Where facts and books are, when they are not in the data directory.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The PostgreSQL database that keeps facts and books: `postgres://user:password@host/database`.
    #[arg(long, value_name = "URL", env = "COUNTERFOIL_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// The PostgreSQL database that keeps usage, for several servers that share it. Without it usage is in the data directory, which takes
    /// many times more events a second and belongs to one server.
    #[arg(long, value_name = "URL", env = "COUNTERFOIL_USAGE_DATABASE", hide_env_values = true)]
    usage_database: Option<String>,
}

impl DataDir {
    /// Where everything is.
    pub(crate) fn place(&self) -> Result<DataPlace, Problem> {
        self.facts.beside(&self.data)
    }

    /// The data directory, for a command that puts the facts into it.
    pub(crate) fn whole(&self) -> Result<&Path, Problem> {
        match self.place()?.facts {
            Place::File(_) => Ok(&self.data),
            facts @ Place::Postgres(_) => {
                Err(Problem::new("facts_elsewhere", "The facts are not in the data directory")
                    .detail(format!("facts and books are in {facts}, which this command does not reach"))
                    .at("--database")
                    .mend("restore into a new directory without it, then `counterfoil copy` the facts from there into an empty database"))
            }
        }
    }
}

impl Database {
    /// Where everything is whose usage is in a directory.
    pub(crate) fn beside(&self, dir: &Path) -> Result<DataPlace, Problem> {
        let place: DataPlace = match &self.database {
            None => dir.into(),
            Some(url) => match url.parse::<Place>().map_err(|error| error.problem().at("--database"))? {
                place @ Place::Postgres(_) => DataPlace::with_facts(dir, place),
                Place::File(file) => {
                    let no_address = StoreError::Address(format!("`{}` is no address", file.display()));
                    return Err(no_address.problem().at("--database"));
                }
            },
        };
        Ok(match &self.usage_database {
            Some(address) => place.with_usage(address),
            None => place,
        })
    }
}

/// Shows that something goes on of which nobody knows how long it takes.
fn spinner(what: &'static str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// Reads a pricing file.
fn pricing(file: &Path) -> Result<Catalog, Failure> {
    let bytes = std::fs::read(file).map_err(|why| Failure::file(file, &why))?;
    Ok(PricingFile::from_bytes(&bytes, &file.display().to_string())?)
}
