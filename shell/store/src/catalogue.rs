//! Every statement of the program.

use crate::{
    Store, StoreError, counters, deliveries, documents, due, entries, facts, fork, idempotency, jobs, lines, outbox,
    schedules, stmt::Stmt,
};

/// All statements, by module. A module that declares statements and is not listed here does not compile without a warning.
pub(crate) fn all() -> impl Iterator<Item = &'static Stmt<'static>> {
    [
        facts::STATEMENTS,
        documents::STATEMENTS,
        due::STATEMENTS,
        counters::STATEMENTS,
        entries::STATEMENTS,
        lines::STATEMENTS,
        idempotency::STATEMENTS,
        outbox::STATEMENTS,
        jobs::STATEMENTS,
        schedules::STATEMENTS,
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
    use crate::{testing::every_store, value::Val};

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
            // who has work to do: keys of tenants and nothing of theirs
            let is_whose = text.starts_with("SELECT DISTINCT o.tenant FROM ")
                && text.matches("FROM ").count() == 1
                && text.contains("WHERE o.tenant > $1 ");
            let tables =
                ["FROM ", "JOIN ", "UPDATE ", "INTO "].iter().map(|word| text.matches(word).count()).sum::<usize>();
            let guarded = text.matches("tenant = $1").count();
            assert!(
                inserted
                    || copied
                    || is_whose
                    || (guarded > 0 && guarded + text.matches(".tenant = ").count() >= tables),
                "{}",
                statement.name
            );
        }
    }

    #[test]
    fn who_has_work_is_read_from_what_is_open_and_nothing_else() {
        let store = Store::memory().unwrap();
        let whose: Vec<_> = all().filter(|known| known.text.starts_with("SELECT DISTINCT o.tenant ")).collect();
        assert_eq!(whose.len(), 5);
        for statement in whose {
            let text = format!("EXPLAIN QUERY PLAN {}", statement.text);
            let asked = Stmt { name: statement.name, text: &text };
            let args = [Val::from(""), Val::from(1_i64), Val::from(1_i64)];
            let plan = store.read(|tx| tx.query(asked, &args, |row| row.text(3))).unwrap();
            let is_small =
                plan.len() == 1 && ["_open (tenant", "_alert (tenant"].iter().any(|index| plan[0].contains(index));
            assert!(is_small && plan[0].contains("COVERING"), "{}: {plan:?}", statement.name);
        }
    }
}
