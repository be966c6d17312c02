//! Every statement of the program.

use crate::{
    Store, StoreError, counters, deliveries, documents, entries, facts, fork, idempotency, jobs, lines, outbox,
    stmt::Stmt,
};

/// All statements, by module. A module that declares statements and is not listed here does not compile without a warning.
pub(crate) fn all() -> impl Iterator<Item = &'static Stmt<'static>> {
    [
        facts::STATEMENTS,
        documents::STATEMENTS,
        counters::STATEMENTS,
        entries::STATEMENTS,
        lines::STATEMENTS,
        idempotency::STATEMENTS,
        outbox::STATEMENTS,
        jobs::STATEMENTS,
        deliveries::STATEMENTS,
        fork::STATEMENTS,
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
                tx.check(statement)?;
                count += 1;
            }
            Ok(count)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::every_store;

    #[test]
    fn every_statement_prepares_on_every_database() {
        every_store(|store| {
            let count = store.check_statements().unwrap();
            assert_eq!(count, all().count());
            assert!(count >= 40);
        });
    }

    #[test]
    fn every_statement_names_the_tenant_first() {
        for statement in all() {
            let text = statement.text.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = text.replace("FOR UPDATE SKIP LOCKED", "");
            let inserted =
                text.starts_with("INSERT INTO") && text.contains("(tenant, ") && text.contains("VALUES ($1, ");
            // a copy reads what is one tenant's and writes it as another's
            let copied = text.starts_with("INSERT INTO")
                && text.contains("(tenant, ")
                && text.contains("SELECT $2, ")
                && text.matches("FROM ").count() == 1
                && text.contains("WHERE tenant = $1");
            let tables =
                ["FROM ", "JOIN ", "UPDATE ", "INTO "].iter().map(|word| text.matches(word).count()).sum::<usize>();
            let guarded = text.matches("tenant = $1").count();
            assert!(
                inserted || copied || (guarded > 0 && guarded + text.matches(".tenant = ").count() >= tables),
                "{}",
                statement.name
            );
        }
    }
}
