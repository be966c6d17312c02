//! `counterfoil plan`

use super::{DataDir, pricing};
use crate::failure::Done;
use clap::Args;
use engine::{Engine, Settings};
use std::path::PathBuf;
use std::process::ExitCode;
use store::Place;

/// Show what a pricing file would change; nothing is recorded.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  counterfoil plan pricing.yaml")]
pub(crate) struct Plan {
    /// The pricing file: YAML or JSON.
    file: PathBuf,
    #[command(flatten)]
    dir: DataDir,
}

impl Plan {
    pub(crate) fn run(self) -> Done {
        let catalog = pricing(&self.file)?;
        // where nothing is kept yet, everything in the file is new, and no directory is made for that
        let place = self.dir.place()?;
        let changes = if place.dir.exists() || matches!(place.facts, Place::Postgres(_)) {
            Engine::open(place, Settings::default())?.plan_pricing(&catalog)
        } else {
            catalog::diff(&catalog::Catalog::default(), &catalog)
        };
        for change in &changes {
            println!("{change}");
        }
        if changes.is_empty() {
            println!("nothing differs from what is in force");
        }
        Ok(ExitCode::SUCCESS)
    }
}
