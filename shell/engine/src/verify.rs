//! Reading all of a data directory or a backup, and judging what is read.

use crate::backup::{MANIFEST, damaged, failed, no_data, positions, read_manifest, summed};
use crate::bills::KIND;
use crate::{DataPlace, EngineError, FACTS, Platform, Settings, SystemClock, USAGE, UsagePlace, books, restore};
use billing::{BillPlan, Finding, Invoice, Line, Status, inspect};
use calendar::Instant;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use stdx::{Key, Problem, ToProblem};
use store::documents::{self, Cursor, Document, Which};
use store::{Place, Store, Tx, counters, entries, facts_file, lines};
use usage::UsageStore;
use usage_postgres::PostgresStore;

const PAGE: u32 = 500;

/// What was read, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Verification {
    /// The directory.
    pub directory: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Part by part.
    pub checks: Vec<Checked>,
}

/// What a directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Where a server keeps everything.
    DataDirectory,
    /// A copy of one.
    Backup,
}

/// A part of a data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The files of a backup against their checksums.
    Files,
    /// The facts database, by its own rules.
    Facts,
    /// The usage store: every byte against its checksum.
    Usage,
    /// The journal: each entry balances, and none is missing.
    Books,
    /// Invoices: numbers without gap, sums, explanations, and the lines that were posted.
    Invoices,
    /// Whether usage reaches as far as the posted lines say.
    Positions,
}

/// What was found in one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checked {
    /// Which part.
    pub part: Part,
    /// How much was read, by what.
    pub counted: BTreeMap<&'static str, u64>,
    /// Everything that is wrong.
    pub findings: Vec<Problem>,
    /// Why it could not be checked, where it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<&'static str>,
}

impl Verification {
    /// Everything that is wrong.
    pub fn findings(&self) -> impl Iterator<Item = &Problem> {
        self.checks.iter().flat_map(|check| &check.findings)
    }
}

impl Checked {
    fn new(part: Part) -> Self {
        Self { part, counted: BTreeMap::new(), findings: Vec::new(), skipped: None }
    }

    fn skipped(part: Part) -> Self {
        Self { skipped: Some("what it stands on is damaged"), ..Self::new(part) }
    }

    fn count(&mut self, what: &'static str, more: u64) {
        *self.counted.entry(what).or_default() += more;
    }
}

/// Reads every byte of a data directory that no process has open, or of a backup, and judges it: checksums, the facts database by
/// its own rules, the books, the numbers of invoices, and that usage reaches as far as the invoices say. Facts and usage that are in
/// PostgreSQL may be in use: one moment of the facts is read. Nothing is repaired.
///
/// # Errors
/// When it cannot be read, is in use, or is neither. What is wrong with what was read is part of the answer.
pub fn verify(place: impl Into<DataPlace>) -> Result<Verification, EngineError> {
    let mut place = place.into();
    let dir = place.dir.clone();
    let kind = if dir.join(MANIFEST).exists() { Kind::Backup } else { Kind::DataDirectory };
    if kind == Kind::Backup {
        // everything of a backup is in it
        place = DataPlace::from(&dir);
    }
    let has_facts = !matches!(&place.facts, Place::File(file) if !file.exists());
    if !has_facts && !dir.join(USAGE).exists() && kind == Kind::DataDirectory {
        return Err(EngineError::NotFound(no_data(&dir)));
    }
    if restore::is_unfinished(&dir) {
        return Err(EngineError::Failed(restore::unfinished(&dir)));
    }
    let mut checks = Vec::new();
    if kind == Kind::Backup {
        checks.push(files(&dir)?);
    }
    // what usage says is read after the facts, so that it is never older
    let (facts, copy) = facts(&place.facts)?;
    let (usage, reached) = match &place.usage {
        UsagePlace::Directory => usage_in(&dir.join(USAGE))?,
        UsagePlace::Postgres(address) => usage_of_server(address, copy.as_ref())?,
    };
    checks.extend([facts, usage]);
    match copy {
        Some(Opened { platform, _dir }) => checks.extend(judged(&platform, reached.as_ref())?),
        None => checks.extend([Part::Books, Part::Invoices, Part::Positions].map(Checked::skipped)),
    }
    Ok(Verification { directory: dir, kind, checks })
}

/// Usage and how far it reaches, by tenant, where it is sound.
type Usage = (Checked, Option<BTreeMap<Key, u64>>);

fn usage_in(dir: &Path) -> Result<Usage, EngineError> {
    let usage = usage_of(dir)?;
    let reached = match usage.findings.as_slice() {
        [] => Some(positions(dir)?),
        _ => None,
    };
    Ok((usage, reached))
}

/// The pages of a server are its own to check; how far it reaches is asked.
fn usage_of_server(address: &str, facts: Option<&Opened>) -> Result<Usage, EngineError> {
    let store = PostgresStore::open(address)?;
    let mut checked = Checked { skipped: Some("it is in PostgreSQL"), ..Checked::new(Part::Usage) };
    let Some(Opened { platform, .. }) = facts else { return Ok((checked, None)) };
    let mut reached = BTreeMap::new();
    for tenant in platform.tenants()? {
        let position = store.watermark(&tenant.key)?.0;
        checked.count("positions", position);
        reached.insert(tenant.key, position);
    }
    Ok((checked, Some(reached)))
}

/// A copy of the facts, opened.
struct Opened {
    platform: Platform,
    _dir: tempfile::TempDir,
}

fn files(dir: &Path) -> Result<Checked, EngineError> {
    let mut checked = Checked::new(Part::Files);
    let backup = match read_manifest(dir) {
        Ok(backup) => backup,
        Err(problem) => {
            checked.findings.push(problem);
            return Ok(checked);
        }
    };
    for (name, said) in &backup.files {
        let path = dir.join(name);
        let found = match File::open(&path) {
            Ok(file) => summed(file, &mut io::sink()).map_err(|error| failed(&path, &error))?,
            Err(error) => {
                checked.findings.push(damaged(&path, None, &error.to_string()));
                continue;
            }
        };
        checked.count("files", 1);
        checked.count("bytes", found.bytes);
        if found.bytes != said.bytes {
            let why = format!("it has {} bytes, and had {}", found.bytes, said.bytes);
            checked.findings.push(damaged(&path, Some(found.bytes.min(said.bytes)), &why));
        } else if found != *said {
            checked.findings.push(damaged(&path, None, "the file does not match its checksum"));
        }
    }
    Ok(checked)
}

/// The database, and a copy of it to be read with the store's own words where it is sound.
fn facts(place: &Place) -> Result<(Checked, Option<Opened>), EngineError> {
    let mut checked = Checked::new(Part::Facts);
    if let Place::File(file) = place {
        match facts_file::check(file) {
            Ok(damage) => checked.findings.extend(damage.into_iter().map(|found| {
                let place = found.offset.map_or_else(String::new, |offset| format!(" at byte {offset}"));
                Problem::new("facts_damaged", "The facts database is damaged")
                    .detail(format!("{}{place}: {}", file.display(), found.why))
                    .mend("restore a backup; nothing was changed")
            })),
            Err(problem) => checked.findings.push(problem),
        }
    }
    if !checked.findings.is_empty() {
        return Ok((checked, None));
    }
    let survey = facts_file::survey(place).map_err(EngineError::Failed)?;
    checked.count("bytes", survey.bytes);
    checked.count("tables", survey.rows.len() as u64);
    checked.count("rows", survey.rows.values().sum());
    let temporary = tempfile::Builder::new().prefix("counterfoil-verify-").tempdir();
    let temporary = temporary.map_err(|error| failed(&std::env::temp_dir(), &error))?;
    let copy = temporary.path().join(FACTS);
    facts_file::copy(place, &copy).map_err(EngineError::Failed)?;
    match Store::open(&copy) {
        Ok(store) => {
            let (usage, clock) = (Arc::new(usage::MemStore::new()), Arc::new(SystemClock));
            let platform = Platform::new(store, usage, clock.clone(), clock, Settings::default());
            Ok((checked, Some(Opened { platform, _dir: temporary })))
        }
        Err(error) => {
            checked.findings.push(error.problem());
            Ok((checked, None))
        }
    }
}

fn usage_of(dir: &Path) -> Result<Checked, EngineError> {
    let mut checked = Checked::new(Part::Usage);
    match usage::verify(dir) {
        Ok(report) => {
            for (what, count) in [
                ("segments", report.segments as u64),
                ("rows", report.segment_rows),
                ("bytes", report.segment_bytes),
                ("log files", report.logs as u64),
                ("log records", report.log_records),
                ("torn bytes", report.torn_bytes),
                ("positions", report.positions),
                ("quarantined", report.quarantined as u64),
            ] {
                checked.count(what, count);
            }
        }
        Err(error @ usage::UsageError::InUse { .. }) => {
            let mend = "stop the process; or make a backup of the directory while it is in use, and verify that";
            return Err(EngineError::Failed(error.problem().mend(mend)));
        }
        Err(error) => checked.findings.push(error.problem()),
    }
    Ok(checked)
}

/// The books, the invoices and the positions of every tenant.
fn judged(platform: &Platform, reached: Option<&BTreeMap<Key, u64>>) -> Result<Vec<Checked>, EngineError> {
    let (mut books, mut invoices) = (Checked::new(Part::Books), Checked::new(Part::Invoices));
    let mut positions = reached.map_or_else(|| Checked::skipped(Part::Positions), |_| Checked::new(Part::Positions));
    for tenant in platform.tenants()? {
        let us = tenant.key;
        books.count("tenants", 1);
        let read_all = journal(platform.store(), &us, &mut books);
        unreadable(read_all, &mut books)?;
        tie_out(platform, &us, &mut books)?;
        let mut read = Read { invoices, numbers: BTreeMap::new(), watermark: 0, metered: 0 };
        let read_all = platform.store().read(|tx| read.all(tx, &us));
        unreadable(read_all, &mut read.invoices)?;
        let findings = platform.store().write(|tx| read.gaps(tx, &us))?;
        read.invoices.findings.extend(findings);
        if let Some(reached) = reached {
            let position = reached.get(&us).copied().unwrap_or_default();
            positions.count("measurements", read.metered);
            positions.count("position of invoices", read.watermark);
            positions.count("position of usage", position);
            if read.watermark > position {
                let problem = Problem::new("usage_behind_facts", "Usage that was billed is missing")
                    .detail(format!(
                        "tenant `{us}`: invoices count events up to #{}, and usage ends with #{position}",
                        read.watermark
                    ))
                    .mend("restore a backup that has both; do not copy facts and usage one by one");
                positions.findings.push(problem);
            }
        }
        invoices = read.invoices;
    }
    Ok(vec![books, invoices, positions])
}

/// A stored value that cannot be read is what is looked for, and not the end of looking.
fn unreadable(read: Result<(), EngineError>, checked: &mut Checked) -> Result<(), EngineError> {
    match read {
        Err(EngineError::Failed(problem)) if problem.code == "unreadable_row" => {
            checked.findings.push(problem);
            Ok(())
        }
        other => other,
    }
}

/// That documents and payments are what the books say.
fn tie_out(platform: &Platform, us: &Key, checked: &mut Checked) -> Result<(), EngineError> {
    if !checked.findings.is_empty() {
        // a journal that cannot be read has no balances
        return Ok(());
    }
    for finding in platform.engine(us)?.tie_out()? {
        let problem = Problem::new("accounts_differ_from_books", "Documents and payments are not what the books say")
            .detail(format!("tenant `{us}`: {finding:?}"))
            .mend("restore a backup, and report it");
        checked.findings.push(problem);
    }
    Ok(())
}

/// Every entry of the journal: that it balances is what reading it checks.
fn journal(store: &Store, us: &Key, checked: &mut Checked) -> Result<(), EngineError> {
    let mut after = 0;
    loop {
        let page = store.read(|tx| entries::journal(tx, us, after, PAGE))?;
        let Some(last) = page.last() else { return Ok(()) };
        let mut before = after;
        after = last.seq;
        for booked in page {
            let seq = booked.seq;
            checked.count("entries", 1);
            checked.count("postings", booked.entry.postings.len() as u64);
            let wrong = |why: String| {
                Problem::new("books_wrong", "The books are wrong")
                    .detail(format!("entry {seq} of the journal of tenant `{us}`: {why}"))
                    .mend("restore a backup, and report it")
            };
            if seq != before + 1 {
                checked.findings.push(wrong(format!("the one before it is {before}")));
            }
            before = seq;
            if let Err(error) = books::journal_entry(booked) {
                checked.findings.push(wrong(error.problems().remove(0).detail));
            }
        }
    }
}

/// What is remembered of the invoices that were read.
struct Read {
    invoices: Checked,
    /// Numbers that were given out, by series.
    numbers: BTreeMap<String, BTreeSet<i64>>,
    /// The highest position up to which usage was counted for a posted line.
    watermark: u64,
    metered: u64,
}

impl Read {
    fn all(&mut self, tx: &mut Tx<'_>, us: &Key) -> Result<(), EngineError> {
        let mut after = Cursor::start();
        loop {
            let page = documents::page::<Invoice>(tx, us, KIND, Which::All, &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            for document in page {
                self.one(tx, us, &document)?;
            }
        }
    }

    fn one(&mut self, tx: &mut Tx<'_>, us: &Key, document: &Document<Invoice>) -> Result<(), EngineError> {
        let invoice = &document.body;
        let (number, word) = match &invoice.status {
            Status::Issued { number, .. } => (number, "issued"),
            Status::Void { number, .. } => (number, "void"),
            Status::Draft => {
                self.invoices.count("drafts", 1);
                return Ok(());
            }
        };
        self.invoices.count(word, 1);
        let parts = number.rsplit_once('-').and_then(|(series, number)| Some((series, number.parse().ok()?)));
        let is_new = parts.is_some_and(|(series, at)| self.numbers.entry(series.into()).or_default().insert(at));
        if !is_new {
            self.wrong(us, number, "its number is given twice, or is none");
        }
        let plan = BillPlan::only(invoice.customer.clone(), Instant::MAX, invoice.plan());
        for finding in inspect(&plan) {
            self.wrong(us, number, &told(&finding));
        }
        let posted = lines::of_invoice::<Line>(tx, us, &document.id)?;
        self.invoices.count("lines", posted.len() as u64);
        let same = posted.len() == invoice.lines.len()
            && (0_i64..).zip(&posted).all(|(at, line)| line.position == at)
            && posted.iter().zip(&invoice.lines).all(|(posted, line)| {
                posted.body == *line
                    && i128::from(posted.amount_minor) == line.amount.minor()
                    && posted.line_key == line.key.text()
            });
        if !same {
            self.wrong(us, number, "its lines are not those that were posted");
        }
        let parts = posted.iter().flat_map(|line| &line.body.worth.parts);
        for measured in parts.filter_map(|part| part.measured.as_ref()) {
            self.metered += 1;
            self.watermark = self.watermark.max(measured.watermark);
        }
        Ok(())
    }

    fn wrong(&mut self, us: &Key, number: &str, why: &str) {
        let problem = Problem::new("invoice_wrong", "An invoice is not what was issued")
            .detail(format!("{number} of tenant `{us}`: {why}"))
            .mend("restore a backup, and report it");
        self.invoices.findings.push(problem);
    }

    /// Numbers that nobody has. It takes the next number of the copy to learn how many were given out.
    fn gaps(&self, tx: &mut Tx<'_>, us: &Key) -> Result<Vec<Problem>, EngineError> {
        let mut findings = Vec::new();
        for (series, numbers) in &self.numbers {
            let given = counters::next(tx, us, series)? - 1;
            let missing: Vec<i64> = (1..=given).filter(|number| !numbers.contains(number)).collect();
            let beyond = numbers.range(given + 1..).count();
            if !missing.is_empty() || beyond > 0 {
                let first = missing.first().map_or_else(String::new, |first| format!(", the first is {first}"));
                let problem = Problem::new("invoice_numbers_wrong", "Numbers of invoices have gaps")
                    .detail(format!(
                        "{series} of tenant `{us}`: {given} numbers were given out; {} are missing{first}; {beyond} are beyond",
                        missing.len()
                    ))
                    .mend("restore a backup, and report it");
                findings.push(problem);
            }
        }
        Ok(findings)
    }
}

fn told(finding: &Finding) -> String {
    serde_json::to_string(finding).unwrap_or_else(|_| format!("{finding:?}"))
}
