//! `counterfoil export`

use super::DataDir;
use crate::failure::{Done, Failure};
use calendar::{Instant, Period, Zone};
use clap::{Args, Subcommand, ValueEnum};
use contracts::When;
use engine::{Dialect, ExportFilter, ExportFormat, Platform};
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use stdx::{Key, Problem, ToProblem};

/// Give others what is kept.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    what: Exported,
}

#[derive(Debug, Subcommand)]
enum Exported {
    Events(Box<Events>),
    Journal(Box<Journal>),
}

/// Export the journal as text for hledger or beancount, also while a server has the directory open.
///
/// Other programs can then say whether the books balance and what they come to. Each entry is a transaction with the event as its description; accounts
/// have the names of their roles. A file is there whole or not at all.
#[derive(Debug, Args)]
#[command(after_help = JOURNAL_EXAMPLES)]
struct Journal {
    /// The file, which must not exist; `-` is the standard output.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The program that reads it; by the ending of the file (`.journal`, `.hledger`, `.beancount`) where it is left out.
    #[arg(long, value_enum)]
    format: Option<Program>,
    /// Only what is effective from then on: a day in UTC, or an instant.
    #[arg(long, value_name = "WHEN")]
    from: Option<When>,
    /// Only what is effective before then.
    #[arg(long, value_name = "WHEN")]
    to: Option<When>,
    /// Whose journal.
    #[arg(long, default_value = "default")]
    tenant: Key,
    #[command(flatten)]
    dir: DataDir,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Program {
    Hledger,
    Beancount,
}

const JOURNAL_EXAMPLES: &str = "\
Examples:
  counterfoil export journal books.journal
  counterfoil export journal april.beancount --from 2026-04-01 --to 2026-05-01
  counterfoil export journal - --format hledger | hledger -f - balance";

/// Export usage events as NDJSON or Parquet, also while a server has the directory open.
///
/// What is exported are versions: each event when it was accepted, and again each time when it was amended or retracted, in the order
/// in which they became known, as of now. Numbers keep every digit. A file is there whole or not at all.
///
/// `--from`, `--to`, `--subject` and `--name` choose events; a version that takes the place of a chosen one is exported too, so
/// that the export also says when an event is no longer one of them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Events {
    /// The file, which must not exist; `-` is the standard output.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The format; by the ending of the file where it is left out.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Only what happened from then on: a day in UTC, or an instant.
    #[arg(long, value_name = "WHEN")]
    from: Option<When>,
    /// Only what happened before then.
    #[arg(long, value_name = "WHEN")]
    to: Option<When>,
    /// Only of this subject.
    #[arg(long)]
    subject: Option<String>,
    /// Only with this name.
    #[arg(long)]
    name: Option<String>,
    /// Whose events.
    #[arg(long, default_value = "default")]
    tenant: Key,
    #[command(flatten)]
    dir: DataDir,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Ndjson,
    Parquet,
}

const EXAMPLES: &str = "\
Examples:
  counterfoil export events events.ndjson
  counterfoil export events april.parquet --from 2026-04-01 --to 2026-05-01
  counterfoil export events - --subject acme | head";

impl Export {
    pub(crate) fn run(self) -> Done {
        match self.what {
            Exported::Events(events) => events.run(),
            Exported::Journal(journal) => journal.run(),
        }
    }
}

impl Events {
    fn run(self) -> Done {
        let format = self.format()?;
        let zone = Zone::utc();
        let from = self.from.map_or(Instant::MIN, |when| when.instant(&zone));
        let to = self.to.map_or(Instant::MAX, |when| when.instant(&zone));
        let period = match (self.from, self.to) {
            (None, None) => None,
            (_, _) => Some(Period::new(from, to).map_err(|error| error.problem().at("--from"))?),
        };
        let filter = ExportFilter { subject: self.subject, name: self.name, period };
        let platform = Platform::look(self.dir.place()?)?;
        let engine = platform.engine(&self.tenant)?;
        let bar = ProgressBar::new(0).with_style(style());
        let write = |out: &mut (dyn Write + Send)| {
            engine.export(format, &filter, out, &|reached, all| {
                bar.set_length(all);
                bar.set_position(reached);
            })
        };
        let exported = if self.file.as_os_str() == "-" {
            let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
            write(&mut out)?
        } else {
            whole(&self.file, |out| Ok(write(out)?))?
        };
        bar.finish_and_clear();
        eprintln!("{} versions, up to position {}", HumanCount(exported.versions), HumanCount(exported.upto.0));
        Ok(ExitCode::SUCCESS)
    }

    fn format(&self) -> Result<ExportFormat, Problem> {
        let ending = self.file.extension().and_then(|ending| ending.to_str());
        match (self.format, ending) {
            (Some(Format::Ndjson), _) | (None, Some("ndjson" | "jsonl")) => Ok(ExportFormat::Ndjson),
            (Some(Format::Parquet), _) | (None, Some("parquet")) => Ok(ExportFormat::Parquet),
            (None, None) if self.file.as_os_str() == "-" => Ok(ExportFormat::Ndjson),
            (None, _) => Err(Problem::new("unknown_export_format", "The format is not known")
                .detail(format!("`{}` ends neither in .ndjson nor in .parquet", self.file.display()))
                .at("--format")
                .mend("say --format ndjson or --format parquet")),
        }
    }
}

impl Journal {
    fn run(self) -> Done {
        let dialect = self.dialect()?;
        let zone = Zone::utc();
        let from = self.from.map_or(Instant::MIN, |when| when.instant(&zone));
        let to = self.to.map_or(Instant::MAX, |when| when.instant(&zone));
        let period = Period::new(from, to).map_err(|error| error.problem().at("--from"))?;
        let platform = Platform::look(self.dir.place()?)?;
        let engine = platform.engine(&self.tenant)?;
        let bar = ProgressBar::new(0).with_style(style());
        let write = |out: &mut (dyn Write + Send)| {
            engine.write_journal(dialect, period, out, |reached, all| {
                bar.set_length(all);
                bar.set_position(reached);
            })
        };
        let entries = if self.file.as_os_str() == "-" {
            let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
            write(&mut out)?
        } else {
            whole(&self.file, |out| Ok(write(out)?))?
        };
        bar.finish_and_clear();
        eprintln!("{} entries", HumanCount(entries));
        Ok(ExitCode::SUCCESS)
    }

    fn dialect(&self) -> Result<Dialect, Problem> {
        let ending = self.file.extension().and_then(|ending| ending.to_str());
        match (self.format, ending) {
            (Some(Program::Hledger), _) | (None, Some("journal" | "hledger")) => Ok(Dialect::Hledger),
            (Some(Program::Beancount), _) | (None, Some("beancount")) => Ok(Dialect::Beancount),
            (None, _) => Err(Problem::new("unknown_export_format", "The format is not known")
                .detail(format!("`{}` ends neither in .journal nor in .beancount", self.file.display()))
                .at("--format")
                .mend("say --format hledger or --format beancount")),
        }
    }
}

fn style() -> ProgressStyle {
    const TEMPLATE: &str = "exporting {wide_bar} {human_pos}/{human_len} {per_sec} {eta}";
    ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Writes a new file under another name and gives it its own when it is complete and durable.
fn whole<T>(file: &Path, write: impl FnOnce(&mut (dyn Write + Send)) -> Result<T, Failure>) -> Result<T, Failure> {
    if file.exists() {
        return Err(Failure::file(file, &io::Error::from(io::ErrorKind::AlreadyExists)));
    }
    let mut partial = file.to_owned().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let created = File::create(&partial).map_err(|why| Failure::file(&partial, &why))?;
    let mut out = BufWriter::with_capacity(1 << 16, created);
    let written = write(&mut out).and_then(|value| {
        let synced = out.flush().and_then(|()| out.get_ref().sync_all()).and_then(|()| std::fs::rename(&partial, file));
        synced.map(|()| value).map_err(|why| Failure::file(file, &why))
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&partial);
    }
    written
}
