//! A benchmark from its folder to its report.

use crate::machine::Machine;
use crate::report::{Figure, Report};
use clap::Args;
use serde::Serialize;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// What each benchmark of the program is told.
#[derive(Debug, Clone, Args, Serialize)]
pub(crate) struct Common {
    /// How often each figure is measured; the median counts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: u32,
    /// Small and short: shows that everything works, and no number to be believed.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Only figures with this in their name; may be given again.
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// Also write all of it as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Where the data is while it is measured: choose a disk that is worth it. Otherwise the system's folder for temporary files.
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,
}

impl Common {
    /// Whether one of these figures is wanted.
    pub(crate) fn wants(&self, names: &[&str]) -> bool {
        let wanted = |name: &&str| self.only.iter().any(|part| name.contains(part.as_str()));
        self.only.is_empty() || names.iter().any(wanted)
    }

    /// How many rounds.
    pub(crate) fn rounds(&self) -> u32 {
        if self.quick { 1 } else { self.rounds }
    }
}

/// Tells whoever watches what is being done.
pub(crate) fn progress(what: &str) {
    eprintln!("... {what}");
}

/// Measures in a folder that is removed at the end, prints, and writes the JSON.
///
/// # Errors
/// What could not be measured, and why; the table shows what was measured before.
pub(crate) fn run(
    benchmark: &'static str,
    common: &Common,
    settings: &impl Serialize,
    measure: impl FnOnce(&Path, &mut Vec<Figure>) -> Result<(), String>,
) -> Result<(), String> {
    let above = common.dir.clone().unwrap_or_else(std::env::temp_dir);
    let failed = |error: std::io::Error| format!("{}: {error}", above.display());
    let folder = tempfile::Builder::new().prefix("bench").tempdir_in(&above).map_err(failed)?;
    // PostgreSQL runs as another user, and must reach its own folder in it
    fs::set_permissions(folder.path(), Permissions::from_mode(0o711)).map_err(failed)?;
    let machine = Machine::look(folder.path())?;
    let settings = serde_json::to_value(settings).map_err(|error| error.to_string())?;
    let mut figures = Vec::new();
    let done = measure(folder.path(), &mut figures);
    figures.retain(|figure| common.wants(&[figure.name]));
    let failed = done.as_ref().err().cloned();
    let report = Report { benchmark, machine, settings, figures, failed };
    if let Some(path) = &common.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
        fs::write(path, text + "\n").map_err(|error| format!("{}: {error}", path.display()))?;
    }
    println!("{}", report.text());
    done
}
