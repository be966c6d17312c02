//! `counterfoil verify`

use super::{Database, spinner};
use crate::failure::Done;
use crate::text::counted;
use clap::Args;
use engine::{Checked, Kind, Part};
use indicatif::HumanCount;
use std::path::PathBuf;
use std::process::ExitCode;

/// Read every byte of a data directory or a backup, and judge it.
///
/// Files against their checksums, the facts database by its own rules, every segment and log file of usage, that each entry of the
/// journal balances, that the numbers of invoices have no gap and each invoice is what was posted, and that usage reaches as far as
/// the invoices say. Nothing is repaired. The exit status is 0 when all is well, and 1 when something is not.
///
/// A data directory that a server has open cannot be verified: make a backup of it and verify that.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil verify /var/lib/counterfoil\n  counterfoil verify /var/backups/counterfoil/nightly --json"
)]
pub(crate) struct Verify {
    /// A data directory, or a backup.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    facts: Database,
    /// Print what was read and found as JSON.
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(crate) fn run(self) -> Done {
        let spinner = spinner("reading every byte");
        let verified = self.facts.beside(&self.dir).map(engine::verify);
        spinner.finish_and_clear();
        let verification = verified??;
        let wrong = verification.findings().count();
        if self.json {
            println!("{:#}", serde_json::json!({ "is_sound": wrong == 0, "verification": verification }));
        } else {
            let kind = match verification.kind {
                Kind::DataDirectory => "data directory",
                Kind::Backup => "backup",
            };
            println!("{kind} {}", self.dir.display());
            for check in &verification.checks {
                println!("{}", told(check));
            }
            match wrong {
                0 => println!("all is well"),
                _ => println!("{} found", counted(wrong, "problem")),
            }
        }
        Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn told(check: &Checked) -> String {
    let part = match check.part {
        Part::Files => "files",
        Part::Facts => "facts",
        Part::Usage => "usage",
        Part::Books => "books",
        Part::Invoices => "invoices",
        Part::Positions => "positions",
    };
    let word = match (&check.skipped, check.findings.as_slice()) {
        (Some(_), _) => "not read",
        (None, []) => "ok",
        (None, _) => "WRONG",
    };
    let counts: Vec<String> =
        check.counted.iter().map(|(what, count)| format!("{what} {}", HumanCount(*count))).collect();
    let line = format!("{word:<8}  {part:<9}  {}{}", counts.join(", "), check.skipped.unwrap_or_default());
    let findings = check.findings.iter().map(|finding| finding.to_string().replace('\n', "\n          "));
    [line].into_iter().chain(findings).collect::<Vec<_>>().join("\n          ")
}
