//! The commands, one file each.

pub(crate) mod apply;
pub(crate) mod backup;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod plan;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod verify;

use crate::failure::Failure;
use catalog::{Catalog, PricingFile};
use clap::Args;
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where everything is kept.
#[derive(Debug, Args)]
pub(crate) struct DataDir {
    /// The directory in which everything is kept. One process at a time uses it.
    #[arg(long, value_name = "DIR", default_value = "counterfoil-data", env = "COUNTERFOIL_DATA")]
    pub data: PathBuf,
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
