//! Files that can be downloaded: usage, invoices, the journal, customers, written by jobs and kept for a week.

use crate::billing_run::Watch;
use crate::export::{ExportFilter, ExportFormat};
use crate::jobs::Work;
use crate::sheet::Sheet;
use crate::{Action, Engine, EngineError, JobView, Permission, Resource};
use calendar::{Instant, Period};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};
use stdx::{NonEmpty, Problem, ToProblem};
use store::jobs::Job;

/// How long a file is kept.
const KEPT_MICROS: i64 = 7 * 24 * 3600 * 1_000_000;

/// What is exported, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// What is exported.
    pub what: Exported,
    /// As which kind of file.
    pub format: FileFormat,
    /// Only what is true from this time on: events that happened, invoices of a day, entries that are effective.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// Only what is true before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Instant>,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exported {
    /// All versions of all events, in the order of their positions.
    Usage,
    /// Invoices and credit notes; in a table one row for each line.
    Invoices,
    /// Entries of the journal; in a table one row for each posting.
    Journal,
    /// Customers.
    Customers,
}

/// Kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileFormat {
    /// One JSON object on each line.
    Ndjson,
    /// A table with a head, as RFC 4180 says.
    Csv,
    /// A Parquet file; of usage alone.
    Parquet,
    /// Text for hledger; of the journal alone.
    Hledger,
    /// Text for beancount; of the journal alone.
    Beancount,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WrittenExport {
    /// How many rows it has, without a head.
    pub rows: u64,
    /// How large it is.
    pub bytes: u64,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// Until when it can be downloaded.
    pub expires_at: Instant,
}

/// An export as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ExportView {
    /// What was asked for.
    pub export: NewExport,
    /// The job that writes it.
    pub job: JobView,
    /// The file, once it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<WrittenExport>,
}

/// A file that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its name, for whoever downloads it.
    pub name: String,
    /// Its media type.
    pub media: &'static str,
    /// What is in it.
    pub written: WrittenExport,
}

impl Exported {
    const fn word(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Invoices => "invoices",
            Self::Journal => "journal",
            Self::Customers => "customers",
        }
    }

    /// What one must be permitted to ask for it, and to read it.
    pub const fn needs(self) -> Permission {
        let resource = match self {
            Self::Usage => Resource::Events,
            Self::Invoices => Resource::Invoices,
            Self::Journal => Resource::Books,
            Self::Customers => Resource::Customers,
        };
        Permission { resource, action: Action::Read }
    }
}

impl FileFormat {
    const fn ending(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Hledger => "journal",
            Self::Beancount => "beancount",
        }
    }

    const fn media(self) -> &'static str {
        match self {
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Hledger | Self::Beancount => "text/plain; charset=utf-8",
        }
    }
}

impl NewExport {
    /// Whether it makes sense.
    pub(crate) fn check(&self) -> Result<Period, EngineError> {
        let is_possible = match self.format {
            FileFormat::Ndjson | FileFormat::Csv => true,
            FileFormat::Parquet => self.what == Exported::Usage,
            FileFormat::Hledger | FileFormat::Beancount => self.what == Exported::Journal,
        };
        if !is_possible {
            let problem = Problem::new("export_not_possible", "This cannot be exported like this")
                .detail(format!("`{}` has no form as `.{}`", self.what.word(), self.format.ending()))
                .at("/format")
                .mend("say ndjson or csv; usage has parquet besides, and the journal hledger and beancount");
            return Err(EngineError::Invalid(NonEmpty::of(problem)));
        }
        let (from, to) = (self.from.unwrap_or(Instant::MIN), self.to.unwrap_or(Instant::MAX));
        Period::new(from, to).map_err(|error| EngineError::Invalid(NonEmpty::of(error.problem().at("/from"))))
    }
}

/// Where files are kept: a directory, or one that is gone with the process.
#[derive(Default)]
pub(crate) struct ExportsDir {
    dir: OnceLock<PathBuf>,
    passing: OnceLock<tempfile::TempDir>,
}

impl ExportsDir {
    pub(crate) fn within(data: &Path) -> Self {
        Self { dir: OnceLock::from(data.join("exports")), passing: OnceLock::new() }
    }

    fn path(&self) -> io::Result<&Path> {
        if let Some(dir) = self.dir.get() {
            return Ok(dir);
        }
        if self.passing.get().is_none() {
            let _ = self.passing.set(tempfile::tempdir()?);
        }
        self.passing.get().map(tempfile::TempDir::path).ok_or_else(|| io::Error::other("no directory for a while"))
    }
}

impl Engine {
    /// Asks for a file; a job writes it.
    pub fn ask_for_export(&self, new: NewExport) -> Result<ExportView, EngineError> {
        new.check()?;
        let job = self.ask_for(&Work::Export(new), None)?;
        Ok(ExportView { export: new, job, file: None })
    }

    /// An export by the id of its job.
    pub fn export_view(&self, id: &str) -> Result<ExportView, EngineError> {
        let none = || EngineError::no_such("export", id, []);
        let found = self.store.read(|tx| store::jobs::get::<Value>(tx, &self.tenant, id));
        let job: Job<Value> =
            found.map_err(|error| if error == store::StoreError::NotFound { none() } else { error.into() })?;
        match serde_json::from_value::<Work>(job.args.clone()) {
            Ok(Work::Export(export)) => {
                let file = serde_json::from_value(job.result.clone()).ok();
                Ok(ExportView { export, job: crate::jobs::view(job)?, file })
            }
            Ok(Work::BillingRun | Work::DueBilling | Work::Upkeep) | Err(_) => Err(none()),
        }
    }

    /// The file of an export, to be read. That it was read stands in the log of the server; who asked for it, in the audit log.
    pub fn open_export(&self, id: &str) -> Result<ExportFile, EngineError> {
        let ExportView { export, job, file } = self.export_view(id)?;
        let Some(written) = file else {
            let problem = Problem::new("export_not_ready", "The file is not written")
                .detail(format!("the job {} is {:?}", job.id, job.state).to_lowercase())
                .mend("ask again when the job is done; its result says what is wrong where it failed");
            return Err(EngineError::Conflict(problem));
        };
        let ending = export.format.ending();
        let path = self.exports_dir()?.join(format!("{id}.{ending}"));
        if self.world.now() >= written.expires_at || !path.exists() {
            let problem = Problem::new("export_gone", "The file is gone")
                .detail(format!("it was kept until {}, by the server that wrote it", written.expires_at))
                .mend("ask for the export again; where several servers share a database, ask the one that wrote the file, or give them one data directory for exports");
            return Err(EngineError::NotFound(problem));
        }
        tracing::info!(tenant = %self.tenant, by = self.actor.id, what = export.what.word(), id, "an export is downloaded");
        metrics::counter!("export_downloads_total", "what" => export.what.word()).increment(1);
        let name = format!("{}-{}-{id}.{ending}", self.tenant, export.what.word());
        Ok(ExportFile { path, name, media: export.format.media(), written })
    }

    fn exports_dir(&self) -> Result<PathBuf, EngineError> {
        self.exports.path().map(|dir| dir.join(self.tenant.as_str())).map_err(|why| unwritable(&why))
    }

    /// The same, there to be written to. The data directory itself is never laid here: where its disk went away, it would lie in the way of
    /// the one that comes back.
    fn laid_exports_dir(&self) -> Result<PathBuf, EngineError> {
        let dir = self.exports_dir()?;
        for dir in dir.parent().into_iter().chain([dir.as_path()]) {
            match fs::create_dir(dir) {
                Err(why) if why.kind() != io::ErrorKind::AlreadyExists => return Err(unwritable(&why)),
                Ok(()) | Err(_) => {}
            }
        }
        Ok(dir)
    }

    /// Writes the file of an export, whole or not at all, however often it is begun.
    pub(crate) fn write_export(
        &self,
        id: &str,
        new: &NewExport,
        watch: &mut (dyn Watch + Send),
    ) -> Result<WrittenExport, EngineError> {
        let dir = self.laid_exports_dir()?;
        let ending = new.format.ending();
        let (partial, whole) = (dir.join(format!("{id}.partial")), dir.join(format!("{id}.{ending}")));
        let file = File::create(&partial).map_err(|why| unwritable(&why))?;
        let mut out = Hashed { out: BufWriter::with_capacity(1 << 16, file), hash: Sha256::new(), bytes: 0 };
        let written = self.fill(new, &mut out, watch).and_then(|rows| {
            let kept = out.flush().and_then(|()| out.out.get_ref().sync_all());
            kept.and_then(|()| fs::rename(&partial, &whole)).map_err(|why| unwritable(&why))?;
            Ok(rows)
        });
        let rows = written.inspect_err(|_| {
            let _ = fs::remove_file(&partial);
        })?;
        metrics::counter!("export_rows_total", "what" => new.what.word()).increment(rows);
        let expires_at = self.world.now().plus_micros(KEPT_MICROS).unwrap_or(Instant::MAX);
        Ok(WrittenExport { rows, bytes: out.bytes, sha256: hexadecimal(&out.hash.finalize()), expires_at })
    }

    fn fill(
        &self,
        new: &NewExport,
        out: &mut (dyn Write + Send),
        watch: &mut (dyn Watch + Send),
    ) -> Result<u64, EngineError> {
        let period = new.check()?;
        match (new.what, new.format) {
            (Exported::Usage, FileFormat::Csv) => self.usage_sheet(&usage_filter(new, period), out, watch),
            (Exported::Usage, _) => self.usage_file(new, period, out, watch),
            (Exported::Invoices, form) => self.invoices_sheet(period, Sheet::begin(form, out), watch),
            (Exported::Journal, form) => match form.dialect() {
                Some(dialect) => self.journal_text(dialect, period, out, watch),
                None => self.journal_sheet(period, Sheet::begin(form, out), watch),
            },
            (Exported::Customers, form) => self.customers_sheet(Sheet::begin(form, out), watch),
        }
    }

    /// Usage in the forms that the store writes.
    fn usage_file(
        &self,
        new: &NewExport,
        period: Period,
        out: &mut (dyn Write + Send),
        watch: &mut (dyn Watch + Send),
    ) -> Result<u64, EngineError> {
        let format = if new.format == FileFormat::Parquet { ExportFormat::Parquet } else { ExportFormat::Ndjson };
        // who writes hears of a stop by a write that fails
        let watched = Mutex::new((watch, None));
        let mut out = Stopping { out, watched: &watched };
        let told = |reached, all| {
            let mut watched = watched.lock().unwrap_or_else(PoisonError::into_inner);
            if watched.1.is_none() {
                watched.1 = watched.0.step(reached, all).err();
            }
        };
        let exported = self.export(format, &usage_filter(new, period), &mut out, &told);
        match watched.into_inner().unwrap_or_else(PoisonError::into_inner).1 {
            Some(stopped) => Err(stopped),
            None => Ok(exported?.versions),
        }
    }

    /// Removes files that are kept no longer; how many.
    pub(crate) fn forget_exports(&self) -> Result<usize, EngineError> {
        let dir = self.exports_dir()?;
        let now = self.world.now();
        let mut removed = 0;
        let entries = match fs::read_dir(&dir) {
            Ok(entries) => entries,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(why) => return Err(unwritable(&why)),
        };
        for entry in entries {
            let path = entry.map_err(|why| unwritable(&why))?.path();
            let id = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            let is_kept = match self.export_view(id) {
                Ok(ExportView { file: Some(written), .. }) => now < written.expires_at,
                // it is being written
                Ok(ExportView { file: None, job, .. }) => job.ended_at.is_none(),
                Err(EngineError::NotFound(_)) => false,
                Err(error) => return Err(error),
            };
            if !is_kept {
                fs::remove_file(&path).map_err(|why| unwritable(&why))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

fn usage_filter(new: &NewExport, period: Period) -> ExportFilter {
    let is_bounded = new.from.is_some() || new.to.is_some();
    ExportFilter { period: is_bounded.then_some(period), ..ExportFilter::default() }
}

fn unwritable(why: &io::Error) -> EngineError {
    EngineError::Failed(
        Problem::new("export_failed", "The export could not be written")
            .detail(why.to_string())
            .mend("make room, or write to another place, and export again"),
    )
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What is written, counted and hashed on its way.
struct Hashed {
    out: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes += written as u64;
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

type Watched<'a> = Mutex<(&'a mut (dyn Watch + Send), Option<EngineError>)>;

/// Writes until somebody says stop.
struct Stopping<'a, 'b> {
    out: &'a mut (dyn Write + Send),
    watched: &'a Watched<'b>,
}

impl Write for Stopping<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.watched.lock().unwrap_or_else(PoisonError::into_inner).1.is_some() {
            return Err(io::Error::other("the job was stopped"));
        }
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Platform, Settings};

    #[test]
    fn a_data_directory_that_went_away_is_not_laid_anew() {
        let dir = tempfile::tempdir().expect("a directory");
        let (data, gone) = (dir.path().join("data"), dir.path().join("gone"));
        let platform = Platform::open(data.as_path(), Settings::default()).expect("a platform");
        let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
        std::fs::rename(&data, &gone).expect("moved");
        assert_eq!(engine.forget_exports().expect("nothing to forget"), 0);
        let refused = engine.laid_exports_dir().expect_err("there is no disk");
        assert!(refused.to_string().contains("export_failed"), "{refused}");
        std::fs::rename(&gone, &data).expect("moved back: nothing lies in the way");
        assert!(engine.laid_exports_dir().expect("laid").is_dir());
    }
}
