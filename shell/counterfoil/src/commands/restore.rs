//! `counterfoil restore`

use super::{DataDir, spinner};
use crate::failure::Done;
use clap::Args;
use indicatif::HumanBytes;
use std::path::PathBuf;
use std::process::ExitCode;

/// Put a backup back, into a new or empty data directory.
///
/// All of the backup is read and judged first, as `verify` does; a damaged one is not put anywhere. Either all of it is there in
/// the end or nothing. The backup stays as it is.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  counterfoil restore /var/backups/counterfoil/nightly --data /var/lib/counterfoil-restored"
)]
pub(crate) struct Restore {
    /// The directory of the backup.
    #[arg(value_name = "FROM")]
    from: PathBuf,
    #[command(flatten)]
    dir: DataDir,
}

impl Restore {
    pub(crate) fn run(self) -> Done {
        let spinner = spinner("checking and copying");
        let restored = engine::restore(&self.from, self.dir.whole()?);
        spinner.finish_and_clear();
        let backup = restored?;
        println!("{} has everything up to {}", self.dir.data.display(), backup.began_at);
        println!("{} in {} files, from {}", HumanBytes(backup.bytes()), backup.files.len(), self.from.display());
        Ok(ExitCode::SUCCESS)
    }
}
