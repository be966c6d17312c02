//! `counterfoil backup`

use super::{DataDir, spinner};
use crate::failure::{Done, Failure};
use clap::Args;
use engine::{BackupMade, Platform, Settings};
use indicatif::HumanBytes;
use std::path::PathBuf;
use std::process::ExitCode;
use stdx::Problem;

/// Make a copy of everything, also while it is served.
///
/// A server makes the backup itself, without pausing, in the directory that it was started with (`--backups DIR`); ask it with
/// `--server`. Where no server runs, the command makes it from the data directory. A backup is there whole or not at all, and
/// is checked before it is called complete.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Backup {
    /// The directory of the backup, which must not exist or be empty; with `--server`, leave it out.
    #[arg(value_name = "TO", required_unless_present = "server", conflicts_with = "server")]
    to: Option<PathBuf>,
    #[command(flatten)]
    dir: DataDir,
    /// Ask the server at this address.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// The token for that server, of an owner or operator of the tenant `default`.
    #[arg(long, env = "COUNTERFOIL_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The name of a backup that a server makes; the time where it is left out.
    #[arg(long, requires = "server")]
    name: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  counterfoil backup --server http://127.0.0.1:8080
  counterfoil backup --server http://127.0.0.1:8080 --name before-the-upgrade
  counterfoil backup /mnt/backups/2026-04-01 --data /var/lib/counterfoil";

impl Backup {
    pub(crate) fn run(self) -> Done {
        let spinner = spinner("copying and checking");
        let made = match (&self.server, &self.to) {
            (Some(url), _) => ask(url, self.name.as_deref(), self.token.as_deref()),
            (None, Some(to)) => Platform::open_existing(self.dir.place()?, Settings::default())
                .and_then(|platform| platform.backup(to))
                .map_err(|error| match error.problems().as_slice() {
                    [problem] if problem.code == "usage_store_in_use" => problem.clone().mend(ASK).into(),
                    _ => error.into(),
                }),
            (None, None) => Err(Problem::new("invalid_arguments", "The arguments do not fit together")
                .detail("neither a directory nor a server is given")
                .mend("see counterfoil backup --help")
                .into()),
        };
        spinner.finish_and_clear();
        let BackupMade { directory, bytes, files, positions, finished_at, .. } = made?;
        let events: u64 = positions.values().sum();
        println!("{} is complete since {finished_at}", directory.display());
        println!("{} in {files} files, usage up to position {events}", HumanBytes(bytes));
        Ok(ExitCode::SUCCESS)
    }
}

const ASK: &str = "ask the server that has it open: counterfoil backup --server http://127.0.0.1:8080; it must have been started with --backups DIR";

fn ask(url: &str, name: Option<&str>, token: Option<&str>) -> Result<BackupMade, Failure> {
    if !url.starts_with("http://") {
        let problem = Problem::new("invalid_url", "This is not the address of a server")
            .detail(format!("`{url}` does not begin with http://"))
            .at("--server")
            .mend("give an address such as http://127.0.0.1:8080; reach a server behind TLS through a tunnel");
        return Err(problem.into());
    }
    let failed = |what: String| {
        Problem::new("backup_not_made", "The server made no backup")
            .detail(format!("{url}: {what}"))
            .mend("check the address, the server and its log")
    };
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut request = agent.post(format!("{}/v1/backups", url.trim_end_matches('/')));
    if let Some(name) = name {
        request = request.query("name", name);
    }
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut response = request.send_empty().map_err(|error| failed(error.to_string()))?;
    let text = response.body_mut().read_to_string().map_err(|error| failed(error.to_string()))?;
    if response.status().is_success() {
        return serde_json::from_str(&text).map_err(|error| failed(error.to_string()).into());
    }
    // what the server says is wrong is said as it says it
    Err(serde_json::from_str::<Problem>(&text)
        .unwrap_or_else(|_| failed(format!("{}: {text}", response.status())))
        .into())
}
