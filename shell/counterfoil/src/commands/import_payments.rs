//! `counterfoil import payments`

use super::DataDir;
use crate::failure::{Done, Failure};
use clap::Args;
use engine::{Engine, EngineError, NewPayment, Settings};
use serde_json::{Map, Value, json};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use stdx::Problem;

/// Import payments from CSV files: the lines of bank statements.
///
/// Columns are named key, customer, amount and currency; and where they are there method (bank_transfer when it is empty or missing), received (a day or an
/// instant), reference, fee, entity, and pays: numbers or ids of invoices with spaces between them; when it is empty, what falls due first is paid. Other columns are an error.
///
/// A payment whose key is known is not recorded again, so that a file can be imported twice. What is refused is told with its line and a way to mend it;
/// everything else is recorded.
///
/// The exit status is 0 when everything was recorded or known, 2 when something was refused, 1 when nothing could be done.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Payments {
    /// Files that end in .csv.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    dir: DataDir,
}

const EXAMPLE: &str = "\
Example, statement.csv:
  key,customer,amount,currency,received,reference,pays
  bank-2026-05-04-17,acme,120.00,EUR,2026-05-04,thank you,INV-000002

  counterfoil import payments statement.csv";

/// Columns that are taken as they are.
const TEXTS: [&str; 5] = ["key", "customer", "entity", "received", "reference"];

impl Payments {
    pub(super) fn run(self) -> Done {
        let engine = Engine::open(self.dir.place()?, Settings::default())?;
        let (mut recorded, mut known, mut refused) = (0_u64, 0_u64, 0_u64);
        for file in &self.files {
            let unusable = |error: csv::Error| Failure::file(file, &io::Error::other(error));
            let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).map_err(unusable)?;
            let columns = reader.headers().map_err(unusable)?.clone();
            for row in reader.records() {
                let row = row.map_err(unusable)?;
                let line = row.position().map_or(0, csv::Position::line);
                match payment(&columns, &row).map_err(|problem| vec![problem]).and_then(|new| record(&engine, new)) {
                    Ok(Taken::Recorded) => recorded += 1,
                    Ok(Taken::Known) => known += 1,
                    Err(problems) => {
                        refused += 1;
                        for problem in &problems {
                            tell(file, line, problem);
                        }
                    }
                }
            }
        }
        println!("{recorded} payments recorded, {known} known before, {refused} refused");
        Ok(if refused > 0 { ExitCode::from(2) } else { ExitCode::SUCCESS })
    }
}

enum Taken {
    Recorded,
    Known,
}

fn tell(file: &Path, line: u64, problem: &Problem) {
    eprintln!("{}:{line}: {problem}", file.display());
}

fn record(engine: &Engine, new: NewPayment) -> Result<Taken, Vec<Problem>> {
    let was_there = match engine.payment(&new.key) {
        Ok(_) => true,
        Err(EngineError::NotFound(_)) => false,
        Err(error) => return Err(error.problems()),
    };
    engine.record_payment(new).map_err(|error| error.problems())?;
    Ok(if was_there { Taken::Known } else { Taken::Recorded })
}

/// A row as the API takes it.
fn payment(columns: &csv::StringRecord, row: &csv::StringRecord) -> Result<NewPayment, Problem> {
    let cell = |name: &str| columns.iter().zip(row).find(|(column, _)| *column == name).map(|(_, cell)| cell);
    let given = |name: &str| cell(name).filter(|cell| !cell.is_empty());
    if let Some(strange) = columns.iter().find(|column| !is_column(column)) {
        return Err(wrong(format!("there is no column `{strange}`")));
    }
    let mut fields = Map::new();
    for name in TEXTS {
        fields.extend(given(name).map(|text| (name.to_owned(), json!(text))));
    }
    let money = |amount: &str| json!({ "amount": amount, "currency": cell("currency") });
    fields.insert("method".into(), json!(given("method").unwrap_or("bank_transfer")));
    for name in ["amount", "fee"] {
        fields.extend(given(name).map(|amount| (name.to_owned(), money(amount))));
    }
    if let Some(pays) = given("pays") {
        let shares: Vec<Value> = pays.split_whitespace().map(|document| json!({ "document": document })).collect();
        fields.insert("pays".into(), shares.into());
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| wrong(error.to_string()))
}

fn is_column(name: &str) -> bool {
    TEXTS.contains(&name) || ["amount", "currency", "method", "fee", "pays"].contains(&name)
}

fn wrong(detail: String) -> Problem {
    Problem::new("invalid_payment_row", "This row is not a payment")
        .detail(detail)
        .mend("give key, customer, amount and currency; method, received, reference, fee, entity and pays are optional")
}
