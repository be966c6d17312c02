//! `counterfoil copy`

use crate::failure::{Done, Failure};
use crate::text::table;
use clap::Args;
use engine::DataPlace;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use std::process::ExitCode;
use stdx::{Problem, ToProblem};
use store::{Copied, Place, Store, StoreError};

/// Copy all facts and books into an empty database, from SQLite to PostgreSQL or back, and verify them there.
///
/// One moment is copied, in one transaction: others may go on writing to the source, and what they write after the beginning is not in the
/// copy, so stop the server before you change over to it. Rows, a checksum of all of them, and the debits and credits of each account are
/// compared before the copy is kept. Usage stays in the data directory.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil copy --from counterfoil-data --to postgres://billing@db.example/billing\n  counterfoil copy --from postgres://billing@db.example/billing --to facts.db"
)]
pub(crate) struct Copy {
    /// A data directory, a file, or `postgres://user@host/database`.
    #[arg(long, value_name = "PLACE")]
    from: String,
    /// The same; it must hold nothing yet.
    #[arg(long, value_name = "PLACE")]
    to: String,
}

impl Copy {
    pub(crate) fn run(self) -> Done {
        let from = place(&self.from).map_err(|error| error.problem().at("--from"))?;
        let to = place(&self.to).map_err(|error| error.problem().at("--to"))?;
        if let Place::File(file) = &from
            && !file.exists()
        {
            return Err(nothing_there(&from));
        }
        let (source, target) = (Store::open(&from)?, Store::open(&to)?);
        let bar = ProgressBar::new(0).with_style(style());
        let copied = source.copy_to(&target, |progress| {
            if bar.length() != Some(progress.total) {
                bar.set_length(progress.total);
            }
            // a bar that is told of each row would cost more than the row
            if progress.done % 1_024 == 0 || progress.done == progress.total {
                bar.set_message(progress.table.to_owned());
                bar.set_position(progress.done);
            }
        });
        bar.finish_and_clear();
        println!("{}", told(&copied?));
        println!("\n{from} was copied to {to} and is the same there");
        Ok(ExitCode::SUCCESS)
    }
}

/// A directory stands for the facts in it.
fn place(text: &str) -> Result<Place, StoreError> {
    Ok(match text.parse()? {
        Place::File(dir) if dir.is_dir() => DataPlace::from(&dir).facts,
        place @ (Place::File(_) | Place::Postgres(_)) => place,
    })
}

fn nothing_there(place: &Place) -> Failure {
    Problem::new("nothing_to_copy", "There is nothing to copy")
        .detail(format!("there is no {place}"))
        .at("--from")
        .mend("give the data directory, its `facts.db`, or the address of a database")
        .into()
}

fn style() -> ProgressStyle {
    let bar = "{bar:30} {human_pos}/{human_len} {msg}, {eta} left";
    ProgressStyle::with_template(bar).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn told(copied: &Copied) -> String {
    let rows = copied.tables.iter().map(|table| {
        vec![table.name.clone(), HumanCount(table.rows).to_string(), table.checksum.chars().take(16).collect()]
    });
    let rows = table(&["table", "rows", "checksum"], &["rows"], rows);
    format!("{rows}\n{} accounts have the same debits and credits", HumanCount(copied.accounts as u64))
}
