//! Documents: things with a current state (a draft invoice, a customer), changed only by who saw the newest version.

use crate::{
    StoreError, Tx, lease,
    lists::{self, Field, List, Placed, Select},
    stmt::{hundred, in_hundreds, sql},
    value::{Row, Val, args, kept_args, to_json},
};
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// A document and the columns by which it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<T> {
    /// Its id within the kind.
    pub id: String,
    /// Whose it is, where it belongs to one.
    pub customer: Option<String>,
    /// Where it stands (`draft`, `issued`, …).
    pub status: String,
    /// The time by which lists are sorted, in microseconds since 1970 in UTC.
    pub sort_at: i64,
    /// 1 when new, then one more for each change. [`insert`] ignores it, [`update`] and [`delete`] compare it.
    pub version: i64,
    /// The document itself.
    pub body: T,
}

/// Which documents of a kind are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    /// All.
    All,
    /// Those of a customer.
    Customer(&'a str),
    /// Those that stand at this status.
    Status(&'a str),
    /// Those of a customer that stand at a status: the two in this order.
    CustomerStatus(&'a str, &'a str),
}

/// The last document of a page: the next page begins after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// Its sort time.
    pub sort_at: i64,
    /// Its id.
    pub id: String,
}

impl Cursor {
    /// Before the first page.
    pub fn start() -> Self {
        Self { sort_at: i64::MAX, id: "\u{10ffff}".into() }
    }
}

sql! {
    INSERT = "INSERT INTO document (tenant, kind, id, customer, status, sort_at, version, body) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)";
    UPDATE = "UPDATE document SET customer = $5, status = $6, sort_at = $7, body = $8, version = version + 1
              WHERE tenant = $1 AND kind = $2 AND id = $3 AND version = $4";
    DELETE = "DELETE FROM document WHERE tenant = $1 AND kind = $2 AND id = $3 AND version = $4";
    GET = "SELECT id, customer, status, sort_at, version, body FROM document WHERE tenant = $1 AND kind = $2 AND id = $3";
    NAMED = concat!("SELECT id, customer, status, sort_at, version, body FROM document WHERE tenant = $1 AND kind = $2 AND id IN (", hundred!(), ")");
    VERSION = "SELECT version FROM document WHERE tenant = $1 AND kind = $2 AND id = $3";
    WITH_ALERTS = lease::whose!("document", open "o.kind = 'alert' AND o.sort_at <= $2");
    COUNT = "SELECT count(*) FROM document WHERE tenant = $1 AND kind = $2";
    OF_CUSTOMERS = "SELECT id, customer, status, sort_at, version, body FROM document
            WHERE tenant = $1 AND kind = $2 AND customer = ANY (ARRAY(SELECT json_array_elements_text($3))) ORDER BY customer, sort_at DESC, id DESC";
    OF_CUSTOMERS_WITH_STATUS = "SELECT id, customer, status, sort_at, version, body FROM document
            WHERE tenant = $1 AND kind = $2 AND customer = ANY (ARRAY(SELECT json_array_elements_text($3))) AND status || '' = $4
            ORDER BY customer, sort_at DESC, id DESC";
    PAGE = "SELECT id, customer, status, sort_at, version, body FROM document
            WHERE tenant = $1 AND kind = $2 AND (sort_at, id) < ($3, $4) ORDER BY sort_at DESC, id DESC LIMIT $5";
    PAGE_OF_CUSTOMER = "SELECT id, customer, status, sort_at, version, body FROM document
            WHERE tenant = $1 AND kind = $2 AND customer = $6 AND (sort_at, id) < ($3, $4) ORDER BY sort_at DESC, id DESC LIMIT $5";
    PAGE_OF_CUSTOMER_WITH_STATUS = "SELECT id, customer, status, sort_at, version, body FROM document
            WHERE tenant = $1 AND kind = $2 AND customer = $6 AND status = $7 AND (sort_at, id) < ($3, $4) ORDER BY sort_at DESC, id DESC LIMIT $5";
    PAGE_WITH_STATUS = "SELECT id, customer, status, sort_at, version, body FROM document
            WHERE tenant = $1 AND kind = $2 AND status = $6 AND (sort_at, id) < ($3, $4) ORDER BY sort_at DESC, id DESC LIMIT $5";
}

pub(crate) const LIST: List = List {
    name: "documents",
    table: "document",
    columns: &["id", "customer", "status", "sort_at", "version", "body"],
    only: "",
    fields: &[
        (Field::Kind, "kind"),
        (Field::Customer, "customer"),
        (Field::State, "status"),
        (Field::Time, "sort_at"),
        (Field::Id, "id"),
    ],
    numbers: &[Field::Time],
};

/// A part of the list of a kind.
pub fn listed<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    select: &Select,
) -> Result<Vec<Placed<Document<T>>>, StoreError> {
    lists::page(tx, tenant, &LIST, &select.clone().is(Field::Kind, Some(kind)), read)
}

/// Adds a document as version 1.
///
/// # Errors
/// [`StoreError::Unique`] when the id is taken.
pub fn insert<T: Serialize>(tx: &mut Tx<'_>, tenant: &Key, kind: &str, new: &Document<T>) -> Result<(), StoreError> {
    let body = to_json(&new.body)?;
    tx.exec_one(INSERT, args![tenant, kind, &new.id, new.customer.as_deref(), &new.status, new.sort_at, body])
}

/// The same of an id that nobody else can have. Nobody waits for it: what is wrong with it is the error of a later statement of the
/// transaction, or of its end.
///
/// # Errors
/// Those of the connection.
pub fn insert_later<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    new: &Document<T>,
) -> Result<(), StoreError> {
    let body = to_json(&new.body)?;
    let args = kept_args![tenant, kind, &new.id, new.customer.as_deref(), &new.status, new.sort_at, body];
    tx.exec_later(INSERT, args)
}

/// Replaces a document and answers its new version. `changed.version` is the version that was read.
///
/// # Errors
/// [`StoreError::Conflict`] when that is not the current version, or the document is gone.
pub fn update<T: Serialize>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    changed: &Document<T>,
) -> Result<i64, StoreError> {
    let Document { id, customer, status, sort_at, version, body } = changed;
    let body = to_json(body)?;
    tx.exec_one(UPDATE, args![tenant, kind, id, *version, customer.as_deref(), status, *sort_at, body])?;
    Ok(version + 1)
}

/// Removes a document of which `version` was read.
///
/// # Errors
/// [`StoreError::Conflict`] when that is not the current version, or the document is gone.
pub fn delete(tx: &mut Tx<'_>, tenant: &Key, kind: &str, id: &str, version: i64) -> Result<(), StoreError> {
    tx.exec_one(DELETE, args![tenant, kind, id, version])
}

/// The version of the document with this id, or nothing.
pub fn version(tx: &mut Tx<'_>, tenant: &Key, kind: &str, id: &str) -> Result<Option<i64>, StoreError> {
    tx.opt(VERSION, args![tenant, kind, id], |row| row.int(0))
}

/// Tenants with a document of the kind `alert`: the one kind that is looked for over all tenants, by an index of its own.
pub fn with_alerts(tx: &mut Tx<'_>) -> Result<Vec<Key>, StoreError> {
    lease::all_whose(tx, WITH_ALERTS, i64::MAX)
}

/// How many documents of a kind there are.
pub fn count(tx: &mut Tx<'_>, tenant: &Key, kind: &str) -> Result<i64, StoreError> {
    tx.one(COUNT, args![tenant, kind], |row| row.int(0))
}

/// The document with this id, or nothing.
pub fn find<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    id: &str,
) -> Result<Option<Document<T>>, StoreError> {
    tx.opt(GET, args![tenant, kind, id], read)
}

/// The documents of a kind with these ids, by id, as far as there are any: one statement for a hundred.
pub fn named<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    ids: &[&str],
) -> Result<Vec<Document<T>>, StoreError> {
    let mut found = Vec::new();
    for ids in in_hundreds(ids) {
        let args: Vec<Val> = args![tenant, kind].iter().cloned().chain(ids.map(Val::from)).collect();
        found.extend(tx.query(NAMED, &args, read)?);
    }
    Ok(found)
}

/// The document with this id.
///
/// # Errors
/// [`StoreError::NotFound`] when there is none.
pub fn get<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    id: &str,
) -> Result<Document<T>, StoreError> {
    tx.one(GET, args![tenant, kind, id], read)
}

/// At most `limit` documents after `after`, the newest first.
pub fn page<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    which: Which<'_>,
    after: &Cursor,
    limit: u32,
) -> Result<Vec<Document<T>>, StoreError> {
    let limit = i64::from(limit);
    match which {
        Which::All => tx.query(PAGE, args![tenant, kind, after.sort_at, &after.id, limit], read),
        Which::Customer(customer) => {
            tx.query(PAGE_OF_CUSTOMER, args![tenant, kind, after.sort_at, &after.id, limit, customer], read)
        }
        Which::CustomerStatus(customer, status) => {
            let args = args![tenant, kind, after.sort_at, &after.id, limit, customer, status];
            tx.query(PAGE_OF_CUSTOMER_WITH_STATUS, args, read)
        }
        Which::Status(status) => {
            tx.query(PAGE_WITH_STATUS, args![tenant, kind, after.sort_at, &after.id, limit, status], read)
        }
    }
}

/// All documents of a kind of these customers, by customer and the newest first.
///
/// # Errors
/// Those of the connection.
pub fn of_customers<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    customers: &[&str],
) -> Result<Vec<Document<T>>, StoreError> {
    tx.query(OF_CUSTOMERS, args![tenant, kind, to_json(customers)?], read)
}

/// The same of those with a status.
///
/// # Errors
/// Those of the connection.
pub fn of_customers_with<T: DeserializeOwned>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    kind: &str,
    customers: &[&str],
    status: &str,
) -> Result<Vec<Document<T>>, StoreError> {
    tx.query(OF_CUSTOMERS_WITH_STATUS, args![tenant, kind, to_json(customers)?, status], read)
}

fn read<T: DeserializeOwned>(row: &mut Row<'_>) -> Result<Document<T>, StoreError> {
    Ok(Document {
        id: row.text(0)?,
        customer: row.maybe_text(1)?,
        status: row.text(2)?,
        sort_at: row.int(3)?,
        version: row.int(4)?,
        body: row.json(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::every_store;

    fn tenant() -> Key {
        Key::try_from("us").unwrap()
    }

    fn invoice(id: &str, customer: &str, status: &str, sort_at: i64) -> Document<i64> {
        Document {
            id: id.into(),
            customer: Some(customer.into()),
            status: status.into(),
            sort_at,
            version: 0,
            body: sort_at,
        }
    }

    #[test]
    fn only_who_saw_the_newest_version_can_change_a_document() {
        every_store(|store| {
            let us = tenant();
            store.write(|tx| insert(tx, &us, "invoice", &invoice("a", "c", "draft", 1))).unwrap();
            let seen: Document<i64> = store.read(|tx| get(tx, &us, "invoice", "a")).unwrap();
            assert_eq!(seen.version, 1);
            let first = Document { status: "issued".into(), body: 7, ..seen.clone() };
            assert_eq!(store.write(|tx| update(tx, &us, "invoice", &first)), Ok(2));
            assert_eq!(store.write(|tx| update(tx, &us, "invoice", &seen)), Err(StoreError::Conflict));
            assert_eq!(store.write(|tx| delete(tx, &us, "invoice", "a", 1)), Err(StoreError::Conflict));
            let now: Document<i64> = store.read(|tx| get(tx, &us, "invoice", "a")).unwrap();
            assert_eq!(store.read(|tx| version(tx, &us, "invoice", "a")), Ok(Some(now.version)));
            assert_eq!(now, Document { version: 2, ..first });
            store.write(|tx| delete(tx, &us, "invoice", "a", 2)).unwrap();
            assert_eq!(store.read(|tx| get::<i64>(tx, &us, "invoice", "a")), Err(StoreError::NotFound));
            assert_eq!(store.read(|tx| find::<i64>(tx, &us, "invoice", "a")), Ok(None));
        });
    }

    #[test]
    fn an_id_is_taken_once_per_kind_and_tenant() {
        every_store(|store| {
            let (us, them) = (tenant(), Key::try_from("them").unwrap());
            let new = invoice("a", "c", "draft", 1);
            store.write(|tx| insert(tx, &us, "invoice", &new)).unwrap();
            store.write(|tx| insert(tx, &us, "order", &new)).unwrap();
            store.write(|tx| insert(tx, &them, "invoice", &new)).unwrap();
            assert_eq!(
                store.write(|tx| insert(tx, &us, "invoice", &new)),
                Err(StoreError::Unique("document_pkey".into()))
            );
        });
    }

    #[test]
    fn pages_show_every_document_once_and_the_newest_first() {
        every_store(|store| {
            let us = tenant();
            store
                .write(|tx| {
                    for n in 0..25 {
                        let (customer, status) =
                            (if n % 2 == 0 { "even" } else { "odd" }, if n < 5 { "issued" } else { "draft" });
                        insert(tx, &us, "invoice", &invoice(&format!("i{n:02}"), customer, status, n / 3))?;
                    }
                    Ok::<_, StoreError>(())
                })
                .unwrap();
            let all = |which| {
                let (mut seen, mut after) = (Vec::new(), Cursor::start());
                loop {
                    let page: Vec<Document<i64>> = store.read(|tx| page(tx, &us, "invoice", which, &after, 4)).unwrap();
                    let Some(last) = page.last() else { return seen };
                    after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
                    seen.extend(page.into_iter().map(|document| document.id));
                }
            };
            let expected: Vec<String> = (0..25).rev().map(|n| format!("i{n:02}")).collect();
            assert_eq!(all(Which::All), expected);
            assert_eq!(all(Which::Customer("even")).len(), 13);
            assert_eq!(all(Which::Status("issued")), ["i04", "i03", "i02", "i01", "i00"]);
            assert!(all(Which::Status("void")).is_empty());
        });
    }

    #[test]
    fn what_several_customers_have_is_read_at_once() {
        every_store(|store| {
            let us = tenant();
            let all = [
                ("a", "c1", "draft", 1),
                ("b", "c1", "issued", 3),
                ("c", "c1", "draft", 3),
                ("d", "c2", "draft", 9),
                ("e", "c3", "draft", 2),
            ];
            store
                .write(|tx| {
                    let mut all = all.iter();
                    all.try_for_each(|(id, customer, status, at)| {
                        insert(tx, &us, "invoice", &invoice(id, customer, status, *at))
                    })
                })
                .unwrap();
            store.write(|tx| insert(tx, &us, "order", &invoice("a", "c1", "draft", 1))).unwrap();
            let ids = |found: Vec<Document<i64>>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
            let both = store.read(|tx| of_customers(tx, &us, "invoice", &["c3", "c1", "none"])).unwrap();
            assert_eq!(ids(both), ["c", "b", "a", "e"]);
            let drafts = store.read(|tx| of_customers_with(tx, &us, "invoice", &["c1", "c2"], "draft")).unwrap();
            assert_eq!(ids(drafts), ["c", "a", "d"]);
            let none: &[&str] = &[];
            assert!(ids(store.read(|tx| of_customers(tx, &us, "invoice", none)).unwrap()).is_empty());
        });
    }
}
