//! The commands, one file each.

pub(crate) mod apply;
pub(crate) mod demo;
pub(crate) mod import;
pub(crate) mod key;
pub(crate) mod plan;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod serve;

use crate::failure::Failure;
use catalog::{Catalog, PricingFile};
use clap::Args;
use std::path::{Path, PathBuf};

/// Where everything is kept.
#[derive(Debug, Args)]
pub(crate) struct DataDir {
    /// The directory in which everything is kept. One process at a time uses it.
    #[arg(long, value_name = "DIR", default_value = "counterfoil-data", env = "COUNTERFOIL_DATA")]
    pub data: PathBuf,
}

/// Reads a pricing file.
fn pricing(file: &Path) -> Result<Catalog, Failure> {
    let bytes = std::fs::read(file).map_err(|why| Failure::file(file, &why))?;
    Ok(PricingFile::from_bytes(&bytes, &file.display().to_string())?)
}
