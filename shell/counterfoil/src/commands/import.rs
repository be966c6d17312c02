//! `counterfoil import`

use super::DataDir;
use super::import_payments::Payments;
use crate::failure::{Done, Failure};
use crate::import::{Defaults, Format, Mapping, Summary, Target, import_file};
use crate::text::table;
use calendar::Zone;
use clap::{Args, Subcommand};
use engine::{Engine, Settings};
use indicatif::HumanCount;
use std::path::PathBuf;
use std::process::ExitCode;
use stdx::{Problem, ToProblem};

/// Bring in what another system has.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    what: Imported,
}

#[derive(Debug, Subcommand)]
enum Imported {
    Events(Box<Events>),
    Payments(Payments),
}

/// Import usage events from CSV or NDJSON files.
///
/// Columns named source, id, type (or name), subject (or customer) and time (or timestamp, at) are the fields of an event, whatever their case; every
/// other column of a CSV file is a property under its own name. `--map` says otherwise. An empty cell is left out. Numbers keep every digit. Times may have up to nine
/// digits after the second; what is finer than a microsecond is cut off, never rounded up. A time without an offset is one of `--zone`.
///
/// Without an id column the id of an event is the name of the file and the number of its line, so that a file that is imported again is recognised. What
/// is refused is written to FILE.rejects.ndjson with line, reason and a way to mend it; everything else is kept.
///
/// The exit status is 0 when everything was taken or known, 2 when something was refused, 1 when nothing could be done.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Events {
    /// Files that end in .csv, .tsv, .ndjson or .jsonl.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Which column is which field: source, id, type, subject, time, or a property of the event; may be repeated.
    #[arg(long, value_name = "FIELD=COLUMN")]
    map: Vec<String>,
    /// The name of the events, where no column has it.
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
    /// Who used, where no column says it: the customer's key.
    #[arg(long)]
    subject: Option<String>,
    /// Who sent the events, where no column says it.
    #[arg(long, default_value = "import")]
    source: String,
    /// The column with the id of the event; the same as --map id=COLUMN.
    #[arg(long, value_name = "COLUMN")]
    id_column: Option<String>,
    /// The zone of times without an offset.
    #[arg(long, default_value = "UTC")]
    zone: String,
    /// What separates the columns of a CSV file.
    #[arg(long, default_value = ",", value_name = "CHARACTER")]
    delimiter: String,
    #[command(flatten)]
    dir: DataDir,
    /// Send the events to the server at this address instead of writing to the directory.
    #[arg(long)]
    url: Option<String>,
    /// The token for that server.
    #[arg(long, env = "COUNTERFOIL_TOKEN", hide_env_values = true)]
    token: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  counterfoil import events usage.ndjson
  counterfoil import events conv.csv --type llm.request --subject acme --map time=TIMESTAMP --map tokens=ContextTokens
  counterfoil import events calls.csv --type api.request --map subject=account --id-column request_id --zone Europe/Berlin
  counterfoil import events usage.ndjson --url http://127.0.0.1:8080";

impl Import {
    pub(crate) fn run(self) -> Done {
        match self.what {
            Imported::Events(events) => events.run(),
            Imported::Payments(payments) => payments.run(),
        }
    }
}

impl Events {
    fn run(self) -> Done {
        let zone = Zone::parse(&self.zone).map_err(|error| error.problem().at("--zone"))?;
        let mut mapping = Mapping::parse(&self.map)?;
        if let Some(column) = &self.id_column {
            mapping.add("id", column)?;
        }
        let delimiter = delimiter(&self.delimiter)?;
        let formats = self.files.iter().map(|file| Format::of(file, delimiter)).collect::<Result<Vec<_>, Failure>>()?;
        let defaults = Defaults { name: self.name, subject: self.subject, source: self.source, zone };
        let target = match self.url {
            Some(url) => Target::server(&url, self.token)?,
            None => Target::Directory(Box::new(Engine::open(self.dir.place()?, Settings::default())?)),
        };
        let mut summaries = Vec::new();
        for (file, format) in self.files.iter().zip(formats) {
            summaries.push(import_file(file, format, &mapping, &defaults, &target)?);
        }
        println!("{}", told(&summaries));
        for summary in summaries.iter().filter(|summary| summary.rejected > 0) {
            println!("\nwhat was refused, and why: {}", summary.rejects.display());
        }
        let refused = summaries.iter().any(|summary| summary.rejected > 0);
        Ok(if refused { ExitCode::from(2) } else { ExitCode::SUCCESS })
    }
}

fn delimiter(text: &str) -> Result<u8, Problem> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() => Ok(*byte),
        _ if text == "\\t" => Ok(b'\t'),
        _ => Err(Problem::new("invalid_delimiter", "This cannot separate columns")
            .detail(format!("`{text}` is not one ASCII character"))
            .at("--delimiter")
            .mend("give one character, such as `;`, or `\\t` for a tab")),
    }
}

fn told(summaries: &[Summary]) -> String {
    let count = |number: u64| HumanCount(number).to_string();
    let rows = summaries.iter().map(|summary| {
        let Summary { file, events, accepted, duplicates, rejected, took, .. } = summary;
        let took = format!("{:.2} s", took.as_secs_f64());
        vec![file.clone(), count(*events), count(*accepted), count(*duplicates), count(*rejected), took]
    });
    let headings = ["file", "events", "accepted", "known", "refused", "took"];
    table(&headings, &headings[1..], rows)
}
