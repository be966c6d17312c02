//! What customers owe and have to their credit, in the words of the expectations.

use super::expect::{ExpectedAccount, ExpectedRow, ExpectedStanding};
use crate::{Engine, EngineError};
use calendar::Date;
use payments::{Ages, Standing};
use serde::Serialize;
use serde_json::Value;
use stdx::Key;

/// The accounts of these customers.
pub(crate) fn accounts<'a>(
    engine: &Engine,
    customers: impl Iterator<Item = &'a Key>,
) -> Result<Vec<ExpectedAccount>, EngineError> {
    let mut all = Vec::new();
    for customer in customers {
        for (entity, currency, standings) in engine.standings(customer.as_str())? {
            let balances = engine.customer_balances(customer.as_str())?;
            let balance = balances.iter().find(|one| one.entity == entity && one.currency == currency);
            let receivables = engine.receivables(customer.as_str(), None)?;
            let ages = receivables.iter().find(|one| one.entity == entity && one.currency == currency);
            let days = (day("0001-01-01")?, day("9999-12-31")?);
            let statement = engine.statement(customer.as_str(), Some(&entity), currency, days)?;
            let row = |row: payments::Row| ExpectedRow {
                on: row.on,
                what: word(&row.what),
                reference: row.reference,
                amount: row.amount.to_dec(),
                owed: row.owed.to_dec(),
            };
            all.push(ExpectedAccount {
                customer: customer.clone(),
                entity: Some(entity),
                currency: Some(currency),
                due: balance.map(|one| one.due.to_dec()),
                balance: balance.map(|one| one.balance.to_dec()),
                documents: standings.into_iter().map(|one| (one.number.clone(), standing(&one))).collect(),
                ages: ages.map(|one| by_age(&one.ages)).into_iter().flatten().collect(),
                statement: Some(statement.rows.into_iter().map(row).collect()),
            });
        }
    }
    Ok(all)
}

fn standing(standing: &Standing) -> ExpectedStanding {
    ExpectedStanding {
        state: word(&standing.state),
        due: Some(standing.due.to_dec()),
        due_on: Some(standing.due_on),
        days_overdue: Some(standing.days_overdue.unwrap_or(0)),
    }
}

fn by_age(ages: &Ages) -> [(String, money::Dec); 6] {
    let Ages { not_due, days_1_to_30, days_31_to_60, days_61_to_90, over_90_days, total } = ages;
    [
        ("not_due", not_due),
        ("days_1_to_30", days_1_to_30),
        ("days_31_to_60", days_31_to_60),
        ("days_61_to_90", days_61_to_90),
        ("over_90_days", over_90_days),
        ("total", total),
    ]
    .map(|(name, amount)| (name.to_owned(), amount.to_dec()))
}

/// The word by which files name it.
fn word(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

fn day(text: &str) -> Result<Date, EngineError> {
    text.parse::<Date>().map_err(|error| EngineError::invalid(&error))
}
