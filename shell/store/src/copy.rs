//! All of a store into another one, of either kind, verified.

use crate::{
    Store, StoreError, Tx,
    migrate::Dialect,
    schema::{Table, tables},
    stmt::Stmt,
    value::Val,
};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write as _};

/// What was copied and found to be the same in the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// The tables, in the order in which they were filled.
    pub tables: Vec<CopiedTable>,
    /// Accounts whose debits and credits were summed and compared, by tenant, book, entity and currency.
    pub accounts: usize,
}

/// A table that was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: u64,
    /// SHA-256 over all rows in the order of their keys, in hexadecimal: the same wherever they lie.
    pub checksum: String,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The table at hand.
    pub table: &'a str,
    /// Rows that were written or verified.
    pub done: u64,
    /// Twice the rows that there are: each is written and verified.
    pub total: u64,
}

const POSTINGS: Stmt<'static> = Stmt {
    name: "copy::POSTINGS",
    text: "SELECT entry.tenant, entry.book, entry.entity, posting.currency, posting.account, posting.side, posting.amount_minor
           FROM posting JOIN entry ON entry.tenant = posting.tenant AND entry.id = posting.entry_id",
};

impl Store {
    /// Copies everything that this store holds at one moment into an empty one, in one transaction, and compares row counts,
    /// checksums of all rows, and the debits and credits of each account before it is kept. Others may go on writing here; what
    /// they write after the beginning is not copied.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] when the target holds rows; [`StoreError::Differs`] when it does not hold what was sent. Nothing
    /// was copied then.
    pub fn copy_to(&self, target: &Self, mut told: impl FnMut(Progress<'_>)) -> Result<Copied, StoreError> {
        let tables = tables()?;
        self.read(|from| {
            target.alone(|to, dialect| {
                for table in &tables {
                    claim(to, dialect, table)?;
                }
                copy_all(from, to, &tables, &mut told)
            })
        })
    }

    /// Count and checksum of each table, as [`Store::copy_to`] compares them.
    ///
    /// # Errors
    /// Those of [`Store::read`].
    pub fn checksums(&self) -> Result<Vec<CopiedTable>, StoreError> {
        let tables = tables()?;
        self.read(|tx| tables.iter().map(|table| checksum(tx, table, |_| Ok(()))).collect())
    }
}

/// Keeps others away from a table of the target, which must be empty.
fn claim(to: &mut Tx<'_>, dialect: Dialect, table: &Table) -> Result<(), StoreError> {
    if dialect == Dialect::Postgres {
        to.batch(&format!("LOCK TABLE {} IN EXCLUSIVE MODE", table.name))?;
    }
    let any = format!("SELECT 1 FROM {} LIMIT 1", table.name);
    match to.opt(Stmt { name: "copy::any", text: &any }, &[], |_| Ok(()))? {
        None => Ok(()),
        Some(()) => Err(StoreError::NotEmpty(table.name.clone())),
    }
}

fn copy_all(
    from: &mut Tx<'_>,
    to: &mut Tx<'_>,
    tables: &[Table],
    told: &mut dyn FnMut(Progress<'_>),
) -> Result<Copied, StoreError> {
    let mut total = 0;
    for table in tables {
        let count = format!("SELECT count(*) FROM {}", table.name);
        total += from.one(Stmt { name: "copy::count", text: &count }, &[], |row| row.int(0))?.unsigned_abs() * 2;
    }
    let mut done = 0;
    let mut sent = Vec::new();
    for table in tables {
        to.fill(&table.name, &table.columns, |send| {
            sent.push(checksum(from, table, |row| {
                done += 1;
                told(Progress { table: &table.name, done, total });
                send(row)
            })?);
            Ok(())
        })?;
    }
    for (table, sent) in tables.iter().zip(&sent) {
        let found = checksum(to, table, |_| {
            done += 1;
            told(Progress { table: &table.name, done, total });
            Ok(())
        })?;
        if found != *sent {
            let CopiedTable { name, rows, checksum } = sent;
            let what = format!("{name}: {rows} rows with checksum {checksum} were sent");
            return Err(StoreError::Differs(format!("{what}, {} with {} are there", found.rows, found.checksum)));
        }
    }
    let (balances, found) = (balances(from)?, balances(to)?);
    match balances.iter().find(|(account, sums)| found.get(*account) != Some(sums)) {
        Some((account, _)) => Err(StoreError::Differs(format!("the balance of {}", account.join(" / ")))),
        None if balances.len() != found.len() => Err(StoreError::Differs("there are more accounts".into())),
        None => Ok(Copied { tables: sent, accounts: found.len() }),
    }
}

/// Counts the rows of a table in the order of their keys, sums them up, and shows them.
fn checksum(
    tx: &mut Tx<'_>,
    table: &Table,
    mut look: impl FnMut(&[Val]) -> Result<(), StoreError>,
) -> Result<CopiedTable, StoreError> {
    let Table { name, columns, key, .. } = table;
    let text = format!("SELECT {} FROM {name} ORDER BY {}", columns.join(", "), key.join(", "));
    let (mut rows, mut hash) = (0, Sha256::new());
    tx.each(Stmt { name: "copy::rows", text: &text }, &[], |row| {
        rows += 1;
        row.values.iter().for_each(|value| add(&mut hash, value));
        look(&row.values)
    })?;
    let checksum = hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    Ok(CopiedTable { name: name.clone(), rows, checksum })
}

/// Adds a value so that no two different rows look the same.
fn add(hash: &mut Sha256, value: &Val) {
    let mut part = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match value {
        Val::Null => part(0, &[]),
        Val::I64(number) => part(1, &number.to_be_bytes()),
        Val::Text(text) => part(2, text.as_bytes()),
        Val::Bytes(bytes) => part(3, bytes),
    }
}

/// Debits and credits by tenant, book, entity, currency and account.
fn balances(tx: &mut Tx<'_>) -> Result<BTreeMap<[String; 5], (i128, i128)>, StoreError> {
    let mut sums: BTreeMap<[String; 5], (i128, i128)> = BTreeMap::new();
    tx.each(POSTINGS, &[], |row| {
        let account = [row.text(0)?, row.text(1)?, row.text(2)?, row.text(3)?, row.text(4)?];
        let (side, amount) = (row.text(5)?, i128::from(row.int(6)?));
        let (debit, credit) = sums.entry(account).or_default();
        // i64 amounts overflow i128 after 2^64 postings
        if side == "debit" {
            *debit += amount;
        } else {
            *credit += amount;
        }
        Ok(())
    })?;
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Place, counters, deliveries, documents, due,
        entries::{self, Entry, Posting, Side},
        facts, idempotency, jobs, lines, outbox, schedules,
        testing::every_place,
    };
    use serde_json::{Value, json};
    use stdx::Key;

    /// Rows in every table, of two tenants, with texts that are hard to carry.
    fn fill(store: &Store) {
        for tenant in ["us", "them"] {
            let tenant = Key::try_from(tenant).unwrap();
            store.write(|tx| fill_for(tx, &tenant)).unwrap();
        }
    }

    fn fill_for(tx: &mut Tx<'_>, tenant: &Key) -> Result<(), StoreError> {
        let body = json!({"z": "1.10", "a": "tab\tnew\nline \\ \"quote\" é 请 🦀", "n": null});
        for n in 0..300 {
            let times = facts::Times { effective_at: -n, recorded_at: i64::MAX - n };
            facts::append(tx, tenant, "plan", &format!("p{}", n % 7), times, &body)?;
        }
        let document = documents::Document {
            id: "\u{10ffff}".into(),
            customer: None,
            status: "draft".into(),
            sort_at: i64::MIN,
            version: 0,
            body: body.clone(),
        };
        documents::insert(tx, tenant, "invoice", &document)?;
        counters::next(tx, tenant, "invoice")?;
        for n in 1..=50 {
            let leg = |account: &str, side, amount_minor| Posting {
                account: account.into(),
                side,
                amount_minor,
                currency: "EUR".into(),
                dimensions: BTreeMap::new(),
            };
            let entry = Entry {
                id: format!("e{n}"),
                book: "ifrs".into(),
                entity: "main".into(),
                business_event: format!("invoice:{n}"),
                rule_version: 1,
                effective_at: n,
                recorded_at: n,
                postings: vec![leg("receivable", Side::Debit, n), leg("revenue", Side::Credit, n)],
            };
            entries::post(tx, tenant, &entry)?;
        }
        let line = lines::PostedLine {
            invoice_id: "i".into(),
            position: 0,
            customer: "c".into(),
            line_key: "k".into(),
            cycle_from: 0,
            cycle_to: 1,
            amount_minor: -5,
            currency: "EUR".into(),
            body: &body,
            posted_at: 0,
            served: Vec::new(),
        };
        lines::append(tx, tenant, &line)?;
        due::touch(tx, tenant, "c")?;
        lines::void(tx, tenant, "c", "other", 1)?;
        idempotency::remember(tx, tenant, "key", &[0, 255, 10], &body, 1)?;
        outbox::add(tx, tenant, &outbox::New { id: "m", object: "o", topic: "t", now: 1, body: &body, trace: None })?;
        let (id, next_at) = ("s".to_owned(), 1);
        let state = schedules::State::Active;
        schedules::add(tx, tenant, &schedules::Schedule { id, body: &body, state, next_at, created_at: 1 })?;
        jobs::add(tx, tenant, &jobs::New { id: "j", kind: "k", key: "k", args: &body, run_at: 1, now: 1 })?;
        let delivery = deliveries::Delivery {
            id: "d".into(),
            endpoint: "e".into(),
            object: "o".into(),
            seq: 1,
            body,
            state: deliveries::State::Waiting,
            next_at: 0,
            attempts: 0,
            answer: Value::Null,
            created_at: 1,
        };
        deliveries::add(tx, tenant, &delivery)
    }

    /// Every pair of a source and a target that both outlive a store.
    fn every_pair(test: impl Fn(&Store, &Store, &Place)) {
        every_place(|from| {
            every_place(|to| test(&Store::open(from).unwrap(), &Store::open(to).unwrap(), to));
        });
    }

    #[test]
    fn a_copy_has_every_row_of_every_table_wherever_it_lies() {
        every_pair(|from, to, _| {
            if from.checksums().unwrap().iter().all(|table| table.rows == 0) {
                fill(from);
            }
            let mut last = (0, 0);
            let copied = from.copy_to(to, |progress| last = (progress.done, progress.total)).unwrap();
            assert_eq!(last.0, last.1);
            assert_eq!(copied.tables, from.checksums().unwrap());
            assert_eq!(copied.tables, to.checksums().unwrap());
            assert!(copied.tables.iter().all(|table| table.rows > 0), "the test forgot a table: {copied:?}");
            assert_eq!(copied.accounts, 4);
            // both go on alike
            let us = Key::try_from("us").unwrap();
            assert_eq!(to.write(|tx| counters::next(tx, &us, "invoice")), Ok(2));
        });
    }

    #[test]
    fn a_target_with_rows_is_refused_and_stays_as_it_is() {
        every_pair(|from, to, _| {
            let us = Key::try_from("us").unwrap();
            to.write(|tx| counters::next(tx, &us, "invoice")).unwrap();
            let before = to.checksums().unwrap();
            assert_eq!(from.copy_to(to, |_| {}), Err(StoreError::NotEmpty("counter".into())));
            assert_eq!(to.checksums().unwrap(), before);
        });
    }

    #[test]
    fn a_copy_that_is_not_what_was_sent_is_undone() {
        every_pair(|from, to, place| {
            if from.checksums().unwrap().iter().all(|table| table.rows == 0) {
                fill(from);
            }
            // what is written there is changed on its way
            let spoil = match place {
                Place::File(_) => {
                    "CREATE TRIGGER spoil AFTER INSERT ON counter BEGIN UPDATE counter SET value = value + 1; END"
                }
                Place::Postgres(_) => {
                    "CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.value = NEW.value + 1; RETURN NEW; END';
                     CREATE TRIGGER spoil BEFORE INSERT ON counter FOR EACH ROW EXECUTE FUNCTION spoil()"
                }
            };
            to.alone(|tx, _| tx.batch(spoil)).unwrap();
            let refused = from.copy_to(to, |_| {});
            assert!(matches!(&refused, Err(StoreError::Differs(what)) if what.starts_with("counter")), "{refused:?}");
            assert!(to.checksums().unwrap().iter().all(|table| table.rows == 0));
        });
    }

    #[test]
    fn one_moment_is_copied_while_others_write() {
        every_pair(|from, to, _| {
            let us = Key::try_from("us").unwrap();
            if from.checksums().unwrap().iter().all(|table| table.rows == 0) {
                fill(from);
            }
            let mut is_first = true;
            let copied = from.copy_to(to, |_| {
                if std::mem::take(&mut is_first) {
                    std::thread::scope(|scope| {
                        let written = scope.spawn(|| from.write(|tx| counters::next(tx, &us, "later")));
                        written.join().unwrap().unwrap();
                    });
                }
            });
            let rows = |tables: &[CopiedTable]| {
                tables.iter().find(|table| table.name == "counter").map(|table| table.rows).unwrap()
            };
            let copied = rows(&copied.unwrap().tables);
            assert!(copied == rows(&to.checksums().unwrap()) && copied <= rows(&from.checksums().unwrap()));
        });
    }
}
