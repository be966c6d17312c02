//! `counterfoil migrate`

use super::DataDir;
use crate::failure::Done;
use clap::Args;
use std::process::ExitCode;
use store::{Step, Store};

/// Bring the database of facts and books to the schema of this program.
///
/// Every command that opens the database does so by itself; this one does it at a time of your choice and says which steps were taken. Steps go
/// forward only, all of them in one transaction; processes that start meanwhile wait for it. The exit status of `--check` is 2 when steps are
/// to be taken.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil migrate --check\n  counterfoil migrate --database postgres://billing@db.example/billing"
)]
pub(crate) struct Migrate {
    #[command(flatten)]
    dir: DataDir,
    /// Say what would be done, and change nothing.
    #[arg(long)]
    check: bool,
}

impl Migrate {
    pub(crate) fn run(self) -> Done {
        let facts = self.dir.place()?.facts;
        let steps = if self.check { Store::pending(&facts)? } else { Store::migrate(&facts)?.1 };
        for Step { version, name } in &steps {
            println!("{version:04} {name}{}", if self.check { "" } else { ": done" });
        }
        if steps.is_empty() {
            println!("{facts} has the newest schema");
        }
        Ok(if self.check && !steps.is_empty() { ExitCode::from(2) } else { ExitCode::SUCCESS })
    }
}
