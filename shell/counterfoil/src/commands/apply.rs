//! `counterfoil apply`

use super::{DataDir, pricing};
use crate::failure::Done;
use clap::Args;
use engine::{Applied, Engine, Settings};
use std::path::PathBuf;
use std::process::ExitCode;

/// Record a pricing file as the new version in force.
///
/// Who has subscribed keeps the version that was sold. A file that says what is in force already makes no version. While a server
/// runs on the directory, send the file to it instead: curl --data-binary @pricing.yaml -H 'Content-Type: application/yaml'
/// <http://127.0.0.1:8080/v1/pricing>
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  counterfoil apply pricing.yaml --data /var/lib/counterfoil")]
pub(crate) struct Apply {
    /// The pricing file: YAML or JSON.
    file: PathBuf,
    #[command(flatten)]
    dir: DataDir,
}

impl Apply {
    pub(crate) fn run(self) -> Done {
        let catalog = pricing(&self.file)?;
        let engine = Engine::open(self.dir.place()?, Settings::default())?;
        let Applied { version, changes } = engine.apply_pricing(&catalog)?;
        for change in &changes {
            println!("{change}");
        }
        match changes.len() {
            0 => println!("nothing differs from version {version}, which is in force"),
            _ => println!("version {version} is in force"),
        }
        Ok(ExitCode::SUCCESS)
    }
}
