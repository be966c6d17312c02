//! One file, from its first line to the summary.

use super::mapping::{Defaults, Mapping};
use super::rejects::Rejects;
use super::rows::{Format, ReadRow, Rows};
use super::target::Target;
use crate::failure::Failure;
use engine::Outcome;
use indicatif::{ProgressBar, ProgressStyle};
use metering::Event;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use stdx::Problem;

/// How many events are sent at once.
const BATCH: usize = 5_000;

/// What became of a file.
#[derive(Debug)]
pub(crate) struct Summary {
    pub file: String,
    pub events: u64,
    pub accepted: u64,
    pub duplicates: u64,
    pub rejected: u64,
    /// Where the rejected ones are listed.
    pub rejects: PathBuf,
    pub took: Duration,
}

/// Imports a file. What is refused is listed beside it; everything else is kept.
pub(crate) fn import_file(
    file: &Path,
    format: Format,
    mapping: &Mapping,
    defaults: &Defaults,
    target: &Target,
) -> Result<Summary, Failure> {
    let started = Instant::now();
    let opened = File::open(file).map_err(|why| Failure::file(file, &why))?;
    let size = opened.metadata().map_err(|why| Failure::file(file, &why))?.len();
    let bar = ProgressBar::new(size).with_style(style());
    // the name alone, so that the ids are the same from whichever directory the file is imported
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    bar.set_message(name.clone());
    let input = BufReader::with_capacity(1 << 16, bar.wrap_read(opened));
    let mut taking =
        Taking { target, rejects: Rejects::beside(file)?, waiting: Vec::new(), events: 0, accepted: 0, duplicates: 0 };
    let rows = Rows { name: &name, mapping, defaults };
    let read = rows.read(format, input, |row| taking.take(row));
    bar.finish_and_clear();
    read?;
    taking.send()?;
    let Taking { rejects, events, accepted, duplicates, .. } = taking;
    let (rejected, rejects) = rejects.finish()?;
    Ok(Summary { file: name, events, accepted, duplicates, rejected, rejects, took: started.elapsed() })
}

fn style() -> ProgressStyle {
    const TEMPLATE: &str = "{msg} {wide_bar} {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}";
    ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Events on their way.
struct Taking<'a> {
    target: &'a Target,
    rejects: Rejects,
    waiting: Vec<(u64, String, Event)>,
    events: u64,
    accepted: u64,
    duplicates: u64,
}

impl Taking<'_> {
    fn take(&mut self, row: ReadRow) -> Result<(), Failure> {
        self.events += 1;
        match row.event {
            Ok(event) => self.waiting.push((row.line, row.text, event)),
            Err(problem) => self.rejects.add(row.line, &problem, &row.text)?,
        }
        if self.waiting.len() < BATCH { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), Failure> {
        let (places, batch): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().map(|(line, text, event)| ((line, text), event)).unzip();
        if batch.is_empty() {
            return Ok(());
        }
        for ((line, text), outcome) in places.into_iter().zip(self.target.ingest(batch)?) {
            match outcome {
                Outcome::Accepted { .. } => self.accepted += 1,
                Outcome::Duplicate { .. } => self.duplicates += 1,
                Outcome::Conflict { seq } => self.rejects.add(line, &contradiction(seq.0), &text)?,
                Outcome::Quarantined { problem } => self.rejects.add(line, &problem, &text)?,
            }
        }
        Ok(())
    }
}

fn contradiction(position: u64) -> Problem {
    Problem::new("event_conflict", "An event with this id says something else")
        .detail(format!("the event that was there is number {position}; it is kept, and this one is not"))
        .at("/id")
        .mend("give other events other ids (--id-column, --source); a file that was changed and is imported again under its name has the ids of the old one")
}
