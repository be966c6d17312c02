//! `counterfoil bill`

use super::DataDir;
use crate::failure::Done;
use crate::text::counted;
use clap::Args;
use engine::{BillCounts, Platform, Settings};
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;
use stdx::{Key, Problem};

/// Bill what is due now, once, where no server runs: one that runs does so by itself every minute.
///
/// How it bills is what the tenant's settings say. What was missed is billed with the dates that it would have had. A run that was cut off goes on where it was, and a second run
/// posts nothing. Where facts and usage are in PostgreSQL, it may run beside servers and other runs: they wait for each other.
///
/// The exit status is 0 when everybody was billed, 2 when somebody could not be, 1 when nothing could be done.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Bill {
    #[command(flatten)]
    dir: DataDir,
    /// Whose customers.
    #[arg(long, default_value = "default")]
    tenant: Key,
}

const EXAMPLES: &str = "\
Examples:
  counterfoil bill --data /var/lib/counterfoil
  counterfoil bill --database postgres://billing@db.example/billing --usage-database postgres://billing@db.example/usage";

impl Bill {
    pub(crate) fn run(self) -> Done {
        let engine = Platform::open(self.dir.place()?, Settings::default())?.engine(&self.tenant)?;
        let bar = ProgressBar::new(0).with_style(style());
        let billed = engine.bill_counting(|done, total| {
            bar.set_length(total);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        let BillCounts { issued, drafts, failures, notes } = billed?;
        println!("{} issued, {} drawn", counted(issued, "document"), counted(drafts, "draft"));
        for (customer, note) in &notes {
            eprintln!("customer {customer}: {}", serde_json::to_string(note).unwrap_or_default());
        }
        for failure in &failures {
            let problems = failure.problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n");
            eprintln!("customer {} was not billed: {problems}", failure.customer);
        }
        Ok(ExitCode::from(if failures.is_empty() { 0 } else { 2 }))
    }
}

fn style() -> ProgressStyle {
    const TEMPLATE: &str = "billing {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
    ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar())
}
