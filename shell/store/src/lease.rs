//! Claiming: work is taken by whoever sets the time until which they have it, and proves later to have it by naming that time.

use crate::{
    StoreError, Tx,
    stmt::Stmt,
    value::{Row, Val},
};
use stdx::Key;

/// The statement that takes work: at most `$4` rows of tenant `$1` that are open at `$2`, until `$3`. `$until` is the column with that
/// time, `$open` says of a row `o` whether it can be taken, `$also` what else is set.
macro_rules! claim {
    ($table:literal, $until:literal, also $also:literal, open $open:literal, first $first:literal, gives $columns:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET ",
            $until,
            " = $3, attempts = attempts + 1",
            $also,
            " WHERE tenant = $1 AND id IN (SELECT o.id FROM ",
            $table,
            " o WHERE o.tenant = $1 AND ",
            $open,
            " ORDER BY ",
            $first,
            " LIMIT $4 FOR UPDATE SKIP LOCKED) RETURNING ",
            $columns
        )
    };
}
pub(crate) use claim;

/// The statement that says which tenants after `$1` have work that is open at `$2`, at most `$3`: their keys and nothing else, so that
/// one question does for all tenants.
macro_rules! whose {
    ($table:literal, open $open:literal) => {
        concat!(
            "SELECT DISTINCT o.tenant FROM ",
            $table,
            " o WHERE o.tenant > $1 AND ",
            $open,
            " ORDER BY o.tenant LIMIT $3"
        )
    };
}
pub(crate) use whose;

/// Tenants that are asked for at once.
const PAGE: i64 = 500;

/// Every tenant with work, by key.
pub(crate) fn all_whose(tx: &mut Tx<'_>, whose: Stmt<'_>, now: i64) -> Result<Vec<Key>, StoreError> {
    let mut found: Vec<Key> = Vec::new();
    loop {
        let after = found.last().map_or("", Key::as_str).to_owned();
        let page = tx.query(whose, &[Val::from(after), Val::from(now), Val::from(PAGE)], read_key)?;
        let is_last = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        found.extend(page);
        if is_last {
            return Ok(found);
        }
    }
}

fn read_key(row: &mut Row<'_>) -> Result<Key, StoreError> {
    let text = row.text(0)?;
    Key::try_from(text.as_str())
        .map_err(|why| StoreError::Decode { what: "a tenant's key".into(), why: why.to_string() })
}
