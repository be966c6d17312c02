//! What came out, in the words of the expectations.

use super::expect::{
    Expect, ExpectedFailure, ExpectedHeld, ExpectedInvoice, ExpectedLine, ExpectedPosting, ExpectedUsage,
};
use super::file::Scenario;
use super::{observed_accounts, observed_usage};
use crate::{Engine, EngineError, Failure, JournalEntry, UsageQuestion};
use billing::{BillPlan, DocumentPlan, Invoice, Line};
use calendar::{Date, DateRange, Period, Zone};
use ledger::Side;
use money::{Dec, Ratio};
use serde::Serialize;
use std::collections::BTreeMap;
use stdx::{Key, Problem};

/// What came out of a scenario.
#[derive(Debug, Serialize)]
pub struct Observed {
    /// All documents with their explanations: issued ones by number, then drafts.
    pub invoices: Vec<Invoice>,
    /// The zones of the customers, in which the days of their documents are shown.
    pub zones: BTreeMap<Key, Zone>,
    /// Customers who could not be billed at the end.
    pub failures: Vec<Failure>,
    /// The same in the words of the expectations; of what has no end (balances, usage) only what was asked for.
    pub actual: Expect,
}

/// Looks at everything that the scenario asks for.
pub(crate) fn observe(engine: &Engine, scenario: &Scenario, failures: Vec<Failure>) -> Result<Observed, EngineError> {
    let wanted = &scenario.expect;
    let zones = zones(engine)?;
    let zone = |customer: &Key| zones.get(customer).unwrap_or(&scenario.zone);
    let invoices = all_invoices(engine)?;
    let mut actual = Expect {
        invoices: Some(
            invoices
                .iter()
                .map(|invoice| expected_invoice(invoice, zone(&invoice.customer)))
                .collect::<Result<_, _>>()?,
        ),
        failures: expected_failures(&failures),
        problems: match &scenario.pricing {
            Ok(_) => Vec::new(),
            Err(mistakes) => mistakes.iter().map(|mistake| mistake.problem.code.clone()).collect(),
        },
        ..Expect::default()
    };
    for day in wanted.balances.keys() {
        actual.balances.insert(*day, balances_after(engine, *day)?);
    }
    if wanted.journal.is_some() {
        actual.journal = Some(engine.journal(0, u32::MAX)?.iter().map(expected_posting).collect::<Result<_, _>>()?);
    }
    if wanted.accounts.is_some() {
        actual.accounts = Some(observed_accounts::accounts(engine, zones.keys())?);
    }
    for asked in &wanted.usage {
        actual.usage.push(measured(engine, asked, zone(&asked.customer))?);
    }
    for asked in &wanted.events {
        actual.events.push(observed_usage::event(engine, &asked.id)?);
    }
    if wanted.unpaid.is_some() {
        actual.unpaid = Some(observed_usage::unpaid(engine)?);
    }
    if wanted.held.is_some() {
        actual.held = Some(held(engine, zones.keys())?);
    }
    if wanted.preview.is_some() {
        actual.preview = Some(previews(engine, zones.keys(), zone)?);
    }
    Ok(Observed { invoices, zones, failures, actual })
}

fn expected_failures(failures: &[Failure]) -> Vec<ExpectedFailure> {
    let code = |failure: &Failure| failure.problems.first().map_or_else(String::new, |problem| problem.code.clone());
    failures.iter().map(|failure| ExpectedFailure { customer: failure.customer.clone(), code: code(failure) }).collect()
}

fn zones(engine: &Engine) -> Result<BTreeMap<Key, Zone>, EngineError> {
    let mut zones = BTreeMap::new();
    loop {
        let after = zones.last_key_value().map_or(String::new(), |(key, _): (&Key, _)| key.to_string());
        let page = engine.customers(&after, 500)?;
        if page.is_empty() {
            return Ok(zones);
        }
        zones.extend(page.into_iter().map(|customer| (customer.key, customer.zone)));
    }
}

pub(super) fn all_invoices(engine: &Engine) -> Result<Vec<Invoice>, EngineError> {
    let mut all = Vec::new();
    let mut after = crate::DocumentCursor::start();
    loop {
        let page = engine.invoices(crate::Which::All, &after, 500)?;
        let Some(last) = page.last() else { break };
        after = crate::DocumentCursor { sort_at: last.sort_at, id: last.id.clone() };
        all.extend(page.into_iter().map(|document| document.body));
    }
    all.sort_by_key(|invoice| (invoice.number().is_none(), invoice.id));
    Ok(all)
}

fn expected_invoice(invoice: &Invoice, zone: &Zone) -> Result<ExpectedInvoice, EngineError> {
    let mut expected = expected_document(&invoice.customer, &invoice.plan(), zone)?;
    expected.number = invoice.number().map(String::from);
    expected.status = Some(invoice.status.word().into());
    if let Some(note) = &invoice.note {
        expected.about = Some(note.number.clone());
        expected.reason = Some(note.reason.clone());
    }
    Ok(expected)
}

fn expected_document(customer: &Key, document: &DocumentPlan, zone: &Zone) -> Result<ExpectedInvoice, EngineError> {
    Ok(ExpectedInvoice {
        to: customer.clone(),
        on: document.on,
        number: None,
        status: None,
        kind: serde_json::to_value(document.kind).ok().and_then(|kind| Some(kind.as_str()?.to_owned())),
        about: None,
        reason: None,
        currency: Some(document.currency),
        reached: Some(document.reached.iter().map(|one| one.step.to_dec()).collect()),
        lines: Some(document.lines.iter().map(|line| expected_line(line, zone)).collect::<Result<_, _>>()?),
        net: Some(document.net.to_dec()),
        taxes: Some(document.taxes.iter().map(|one| (tax_name(&one.tax), one.amount.to_dec())).collect()),
        total: document.total.to_dec(),
    })
}

/// `vat 19 %`; a tax of nothing is told by its category.
fn tax_name(tax: &tax::Tax) -> String {
    let name = format!("{} {}", tax.code, tax.percent);
    match serde_json::to_value(tax.category) {
        Ok(serde_json::Value::String(category)) if tax.percent.is_zero() => format!("{name} {category}"),
        Ok(_) | Err(_) => name,
    }
}

fn expected_line(line: &Line, zone: &Zone) -> Result<ExpectedLine, EngineError> {
    Ok(ExpectedLine {
        price: Some(line.key.price.to_string()),
        name: Some(line.worth.name.clone()),
        subscription: Some(line.key.subscription.clone()),
        dimensions: line.key.dimensions.clone(),
        period: Some(local_days(line.period, zone)?),
        share: Some(line.share),
        quantity: Some(line.quantity),
        posted: Some(line.posted.to_dec()),
        amount: Some(line.amount.to_dec()),
    })
}

/// The local days of a period. A period within a day is shown as that day.
fn local_days(period: Period, zone: &Zone) -> Result<DateRange, EngineError> {
    let (from, to) = (zone.date_of(period.from()), zone.date_of(period.to()));
    let to = if from < to { Ok(to) } else { from.plus_days(1) };
    let range = to.map_err(|error| impossible(&error.to_string()))?;
    DateRange::new(from, range).map_err(|error| impossible(&error.to_string()))
}

fn impossible(why: &str) -> EngineError {
    EngineError::Failed(Problem::new("out_of_calendar", "A date lies outside of the calendar").detail(why))
}

fn balances_after(engine: &Engine, day: Date) -> Result<BTreeMap<String, Dec>, EngineError> {
    let next = day.plus_days(1).map_err(|error| impossible(&error.to_string()))?;
    let books = engine.balances(Zone::utc().start_of(next))?;
    let mut found: BTreeMap<String, Dec> =
        ledger::Account::ALL.iter().map(|account| (account.name().to_owned(), Dec::ZERO)).collect();
    for (account, amounts) in books.balances {
        // the bare name stands for the only currency; of several each is asked for as `account:CURRENCY`
        match amounts.as_slice() {
            [only] => found.insert(account.clone(), only.to_dec()),
            _ => found.remove(&account),
        };
        found.extend(amounts.iter().map(|amount| (format!("{account}:{}", amount.currency()), amount.to_dec())));
    }
    Ok(found)
}

fn held<'a>(engine: &Engine, customers: impl Iterator<Item = &'a Key>) -> Result<Vec<ExpectedHeld>, EngineError> {
    let mut all = Vec::new();
    for customer in customers {
        all.extend(engine.differences(customer.as_str())?.held.iter().map(|line| ExpectedHeld {
            customer: customer.clone(),
            price: line.key.price.to_string(),
            posted: line.posted.to_dec(),
            amount: line.amount.to_dec(),
        }));
    }
    Ok(all)
}

fn expected_posting(entry: &JournalEntry) -> Result<ExpectedPosting, EngineError> {
    let side = |side| -> Result<BTreeMap<String, Dec>, EngineError> {
        let sums = entry.entry.sums(side)?;
        Ok(sums.into_iter().map(|((account, _), amount)| (account.name().into(), amount.to_dec())).collect())
    };
    let on = Zone::utc().date_of(entry.entry.effective_at());
    Ok(ExpectedPosting { on, debit: side(Side::Debit)?, credit: side(Side::Credit)? })
}

fn measured(engine: &Engine, asked: &ExpectedUsage, zone: &Zone) -> Result<ExpectedUsage, EngineError> {
    let period = asked.period.to_period(zone).map_err(|error| EngineError::invalid(&error))?;
    let by: Vec<String> = asked.dimensions.keys().cloned().collect();
    let question = UsageQuestion {
        customer: Some(asked.customer.as_str()),
        meter: asked.meter.as_str(),
        period,
        by: &by,
        window: usage::Window::Whole,
        as_of: usage::Seq::NOW,
    };
    let found = engine.usage(&question)?.into_iter().find(|row| row.dimensions == asked.dimensions);
    Ok(ExpectedUsage { quantity: found.map_or(Ratio::ZERO, |row| row.measured.quantity), ..asked.clone() })
}

fn previews<'a, 'z>(
    engine: &Engine,
    customers: impl Iterator<Item = &'a Key>,
    zone: impl Fn(&Key) -> &'z Zone,
) -> Result<Vec<ExpectedInvoice>, EngineError> {
    let mut all = Vec::new();
    for key in customers {
        let BillPlan { customer, documents, .. } = engine.preview(key.as_str(), None)?;
        for document in &documents {
            all.push(expected_document(&customer, document, zone(&customer))?);
        }
    }
    Ok(all)
}
