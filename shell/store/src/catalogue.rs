//! Every statement of the program.

use crate::{Store, StoreError, counters, documents, entries, facts, idempotency, lines, sqlite, stmt::Stmt};

/// All statements, by module. A module that declares statements and is not listed here does not compile without a warning.
pub(crate) fn all() -> impl Iterator<Item = &'static Stmt> {
    [
        facts::STATEMENTS,
        documents::STATEMENTS,
        counters::STATEMENTS,
        entries::STATEMENTS,
        lines::STATEMENTS,
        idempotency::STATEMENTS,
    ]
    .into_iter()
    .flatten()
}

impl Store {
    /// Prepares every statement of the program on this database and answers how many there are: a self-test of program and
    /// schema.
    ///
    /// # Errors
    /// [`StoreError::Other`] with the name of the first statement that this database does not understand.
    pub fn check_statements(&self) -> Result<usize, StoreError> {
        self.read(|tx| {
            let mut count = 0;
            for statement in all() {
                sqlite::check(tx.connection(), statement)?;
                count += 1;
            }
            Ok(count)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_prepares() {
        let count = Store::memory().unwrap().check_statements().unwrap();
        assert_eq!(count, all().count());
        assert!(count >= 20);
    }

    #[test]
    fn every_statement_names_the_tenant_first() {
        for statement in all() {
            let text = statement.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let inserted =
                text.starts_with("INSERT INTO") && text.contains("(tenant, ") && text.contains("VALUES ($1, ");
            let tables =
                ["FROM ", "JOIN ", "UPDATE ", "INTO "].iter().map(|word| text.matches(word).count()).sum::<usize>();
            let guarded = text.matches("tenant = $1").count();
            assert!(
                inserted || (guarded > 0 && guarded + text.matches(".tenant = ").count() >= tables),
                "{}",
                statement.name
            );
        }
    }
}
