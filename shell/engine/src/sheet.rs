//! Rows of exports: each thing as it is in JSON, or as rows of a table.

use crate::billing_run::Watch;
use crate::bills::KIND as INVOICE;
use crate::export::ExportFilter;
use crate::exports::FileFormat;
use crate::{Engine, EngineError};
use billing::Invoice;
use calendar::Period;
use serde::Serialize;
use std::io::{self, Write};
use stdx::ToProblem;
use store::documents::{self, Cursor, Which};
use store::facts;
use usage::{ExportError, Version};

const PAGE: u32 = 500;

/// A file with rows.
pub(crate) enum Sheet<'a> {
    Lines(&'a mut (dyn Write + Send)),
    Table(Box<csv::Writer<&'a mut (dyn Write + Send)>>),
}

impl<'a> Sheet<'a> {
    pub(crate) fn begin(form: FileFormat, out: &'a mut (dyn Write + Send)) -> Self {
        match form {
            FileFormat::Csv => Self::Table(Box::new(csv::Writer::from_writer(out))),
            FileFormat::Ndjson | FileFormat::Parquet | FileFormat::Hledger | FileFormat::Beancount => Self::Lines(out),
        }
    }

    fn head(&mut self, names: &[&str]) -> Result<(), EngineError> {
        match self {
            Self::Lines(_) => Ok(()),
            Self::Table(table) => table.write_record(names).map_err(|why| failed(why.into())),
        }
    }

    /// Writes a thing; how many rows it takes.
    fn put(&mut self, value: &impl Serialize, rows: impl FnOnce() -> Vec<Vec<String>>) -> Result<u64, EngineError> {
        match self {
            Self::Lines(out) => {
                serde_json::to_writer(&mut **out, value).map_err(|why| failed(why.into()))?;
                out.write_all(b"\n").map_err(failed)?;
                Ok(1)
            }
            Self::Table(table) => {
                let rows = rows();
                for row in &rows {
                    table.write_record(row).map_err(|why| failed(why.into()))?;
                }
                Ok(rows.len() as u64)
            }
        }
    }

    fn end(self) -> Result<(), EngineError> {
        match self {
            Self::Lines(out) => out.flush().map_err(failed),
            Self::Table(mut table) => table.flush().map_err(failed),
        }
    }
}

fn failed(why: io::Error) -> EngineError {
    EngineError::Failed(ExportError::Write(why).problem())
}

/// A word as JSON writes it.
fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

const USAGE: [&str; 9] = ["position", "what", "recorded_at", "source", "id", "type", "subject", "time", "properties"];
const INVOICES: [&str; 19] = [
    "invoice",
    "number",
    "kind",
    "status",
    "customer",
    "date",
    "currency",
    "total",
    "line",
    "subscription",
    "plan",
    "price",
    "catalog_version",
    "dimensions",
    "from",
    "to",
    "quantity",
    "amount",
    "posted_before",
];
const JOURNAL: [&str; 10] =
    ["entry", "recorded_at", "effective_at", "event", "posting", "account", "side", "amount", "currency", "dimensions"];
const CUSTOMERS_AT_ONCE: u32 = 500;
const CUSTOMERS: [&str; 3] = ["key", "name", "zone"];

impl Engine {
    /// All versions of events as a table.
    pub(crate) fn usage_sheet(
        &self,
        filter: &ExportFilter,
        out: &mut (dyn Write + Send),
        watch: &mut dyn Watch,
    ) -> Result<u64, EngineError> {
        let mut sheet = Sheet::begin(FileFormat::Csv, out);
        sheet.head(&USAGE)?;
        let mut rows = 0;
        self.each_version(filter, |version, upto| {
            rows += sheet.put(version, || vec![usage_row(version)])?;
            watch.step(version.seq.0.min(upto.0), upto.0)
        })?;
        sheet.end()?;
        Ok(rows)
    }

    pub(crate) fn invoices_sheet(
        &self,
        period: Period,
        mut sheet: Sheet<'_>,
        watch: &mut dyn Watch,
    ) -> Result<u64, EngineError> {
        sheet.head(&INVOICES)?;
        let total = self.store.read(|tx| documents::count(tx, &self.tenant, INVOICE))?.unsigned_abs();
        let (mut rows, mut done, mut after) = (0, 0, Cursor::start());
        loop {
            let page = self.invoices(Which::All, &after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            for found in &page {
                done += 1;
                if contains(period, found.sort_at) {
                    rows += sheet.put(&found.body, || invoice_rows(&found.body))?;
                }
            }
            watch.step(done, total.max(done))?;
        }
        sheet.end()?;
        Ok(rows)
    }

    pub(crate) fn journal_sheet(
        &self,
        period: Period,
        mut sheet: Sheet<'_>,
        watch: &mut dyn Watch,
    ) -> Result<u64, EngineError> {
        sheet.head(&JOURNAL)?;
        let total = self.store.read(|tx| store::entries::last(tx, &self.tenant))?;
        let (mut rows, mut after) = (0, 0);
        loop {
            let page = self.journal(after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for booked in page.iter().filter(|booked| period.contains(booked.entry.effective_at())) {
                rows += sheet.put(booked, || {
                    let postings = booked.entry.postings().iter().enumerate();
                    postings
                        .map(|(at, posting)| {
                            vec![
                                booked.seq.to_string(),
                                booked.recorded_at.to_string(),
                                booked.entry.effective_at().to_string(),
                                booked.entry.event().to_owned(),
                                (at + 1).to_string(),
                                posting.account.name().to_owned(),
                                word(&posting.side),
                                posting.amount.amount_text(),
                                posting.amount.currency().code().to_owned(),
                                json(&posting.dimensions),
                            ]
                        })
                        .collect()
                })?;
            }
            watch.step(after.unsigned_abs(), total.max(after).unsigned_abs())?;
        }
        sheet.end()?;
        Ok(rows)
    }

    pub(crate) fn customers_sheet(&self, mut sheet: Sheet<'_>, watch: &mut dyn Watch) -> Result<u64, EngineError> {
        sheet.head(&CUSTOMERS)?;
        let total = self.store.read(|tx| facts::count(tx, &self.tenant, "customer"))?.unsigned_abs();
        let (mut rows, mut after) = (0, String::new());
        loop {
            let page = self.customers(&after, CUSTOMERS_AT_ONCE)?;
            let Some(last) = page.last() else { break };
            after = last.key.to_string();
            for customer in &page {
                rows += sheet.put(customer, || {
                    vec![vec![customer.key.to_string(), customer.name.clone(), customer.zone.to_string()]]
                })?;
                watch.step(rows, total.max(rows))?;
            }
        }
        sheet.end()?;
        Ok(rows)
    }
}

fn contains(period: Period, micros: i64) -> bool {
    (period.from().micros()..period.to().micros()).contains(&micros)
}

fn usage_row(version: &Version) -> Vec<String> {
    let event = version.event.as_ref();
    vec![
        version.seq.0.to_string(),
        word(&version.what),
        version.recorded_at.to_string(),
        version.source.clone(),
        version.id.clone(),
        event.map(|event| event.name.clone()).unwrap_or_default(),
        event.map(|event| event.subject.clone()).unwrap_or_default(),
        event.map(|event| event.at.to_string()).unwrap_or_default(),
        event.map(|event| json(&event.properties)).unwrap_or_default(),
    ]
}

fn invoice_rows(invoice: &Invoice) -> Vec<Vec<String>> {
    let lines = invoice.lines.iter().enumerate();
    lines
        .map(|(at, line)| {
            vec![
                invoice.id.to_string(),
                invoice.number().unwrap_or_default().to_owned(),
                word(&invoice.kind),
                invoice.status.word().to_owned(),
                invoice.customer.to_string(),
                invoice.on.to_string(),
                invoice.currency.code().to_owned(),
                invoice.total.amount_text(),
                (at + 1).to_string(),
                line.key.subscription.to_string(),
                line.key.price.plan.to_string(),
                line.key.price.price.to_string(),
                line.key.price.version.to_string(),
                if line.key.dimensions.is_empty() { String::new() } else { json(&line.key.dimensions) },
                line.period.from().to_string(),
                line.period.to().to_string(),
                line.quantity.to_string(),
                line.amount.amount_text(),
                line.posted.amount_text(),
            ]
        })
        .collect()
}
