//! Writing the expectations anew from what came out.

use super::expect::{Expect, ExpectedAccount, ExpectedHeld, ExpectedInvoice, ExpectedLine};
use super::file::Scenario;
use super::run::Outcome;
use money::{Dec, Ratio};
use std::fmt::Write as _;

/// The text of the scenario with its `expect` replaced by what came out; `expect` must be the last field. What was not looked at
/// stays out; a scenario without expectations gets its invoices.
pub fn update(text: &str, scenario: &Scenario, outcome: &Outcome) -> String {
    let kept: Vec<&str> = text.lines().take_while(|line| !line.starts_with("expect:")).collect();
    let mut out = kept.join("\n");
    out.truncate(out.trim_end().len());
    out.push_str("\nexpect:\n");
    write_expect(&mut out, &scenario.expect, &outcome.observed.actual);
    out
}

fn write_expect(out: &mut String, wanted: &Expect, actual: &Expect) {
    let fresh = *wanted == Expect::default();
    let scale = actual.invoices.iter().flatten().find_map(|invoice| invoice.currency).map_or(2, money::Currency::scale);
    if !actual.problems.is_empty() {
        let _ = writeln!(out, "  problems: [{}]", actual.problems.join(", "));
        return;
    }
    if let Some(invoices) = actual.invoices.as_ref().filter(|_| fresh || wanted.invoices.is_some()) {
        write_invoices(out, "invoices", invoices);
    }
    if let Some(invoices) = &actual.preview {
        write_invoices(out, "preview", invoices);
    }
    if let Some(held) = &actual.held {
        let _ = writeln!(out, "  held:{}", if held.is_empty() { " []" } else { "" });
        for ExpectedHeld { customer, price, posted, amount } in held {
            let (posted, amount) = (posted.to_text(scale), amount.to_text(scale));
            let _ = writeln!(
                out,
                "    - {{ customer: {customer}, price: {price}, posted: \"{posted}\", amount: \"{amount}\" }}"
            );
        }
    }
    write_balances(out, wanted, actual, scale);
    if let Some(journal) = &actual.journal {
        out.push_str("  journal:\n");
        for entry in journal {
            let (debit, credit) = (amounts(entry.debit.iter(), scale), amounts(entry.credit.iter(), scale));
            let _ = writeln!(out, "    - {{ on: {}, debit: {debit}, credit: {credit} }}", entry.on);
        }
    }
    write_accounts(out, wanted, actual);
    if !actual.usage.is_empty() {
        out.push_str("  usage:\n");
        for row in &actual.usage {
            let dimensions = dimensions(&row.dimensions);
            let (customer, meter, period, quantity) = (&row.customer, &row.meter, row.period, row.quantity);
            let _ = writeln!(
                out,
                "    - {{ customer: {customer}, meter: {meter}, period: {period},{dimensions} quantity: \"{quantity}\" }}"
            );
        }
    }
    write_events(out, actual);
    if !actual.failures.is_empty() {
        out.push_str("  failures:\n");
        for failure in &actual.failures {
            let _ = writeln!(out, "    - {{ customer: {}, code: {} }}", failure.customer, failure.code);
        }
    }
}

/// Of each account what is asked of any: documents, ages and rows only where some are.
fn write_accounts(out: &mut String, wanted: &Expect, actual: &Expect) {
    let Some(accounts) = &actual.accounts else { return };
    let asks = |of: fn(&ExpectedAccount) -> bool| wanted.accounts.iter().flatten().any(of);
    let _ = writeln!(out, "  accounts:{}", if accounts.is_empty() { " []" } else { "" });
    for account in accounts {
        let scale = account.currency.map_or(2, money::Currency::scale);
        let text = |amount: Option<Dec>| amount.unwrap_or(Dec::ZERO).to_text(scale);
        let _ = writeln!(out, "    - customer: {}", account.customer);
        if let (Some(entity), true) = (&account.entity, asks(|one| one.entity.is_some())) {
            let _ = writeln!(out, "      entity: {entity}");
        }
        if let (Some(currency), true) = (account.currency, asks(|one| one.currency.is_some())) {
            let _ = writeln!(out, "      currency: {currency}");
        }
        let (due, balance) = (text(account.due), text(account.balance));
        let _ = writeln!(out, "      due: \"{due}\"\n      balance: \"{balance}\"");
        if asks(|one| !one.documents.is_empty()) {
            out.push_str("      documents:\n");
            for (number, standing) in &account.documents {
                let _ =
                    writeln!(out, "        {number}: {{ state: {}, due: \"{}\" }}", standing.state, text(standing.due));
            }
        }
        if asks(|one| !one.ages.is_empty()) {
            let _ = writeln!(out, "      ages: {}", amounts(account.ages.iter(), scale));
        }
        if asks(|one| one.statement.is_some()) {
            out.push_str("      statement:\n");
            for row in account.statement.iter().flatten() {
                let (amount, owed) = (row.amount.to_text(scale), row.owed.to_text(scale));
                let _ = writeln!(
                    out,
                    "        - {{ on: {}, what: {}, reference: {}, amount: \"{amount}\", owed: \"{owed}\" }}",
                    row.on, row.what, row.reference
                );
            }
        }
    }
}

fn write_events(out: &mut String, actual: &Expect) {
    if !actual.events.is_empty() {
        out.push_str("  events:\n");
    }
    for event in &actual.events {
        let _ = write!(out, "    - {{ id: {}, verdict: {}", quoted(&event.id), event.verdict);
        if let Some(versions) = event.versions {
            let _ = write!(out, ", versions: {versions}");
        }
        let prices = event.prices.iter().flatten().map(|price| {
            let invoice = price.invoice.as_ref().map_or_else(String::new, |number| format!(", invoice: {number}"));
            format!("{{ price: {}, makes: {}{invoice} }}", price.price, price.makes)
        });
        let prices: Vec<String> = prices.collect();
        let _ = writeln!(out, ", prices: [{}] }}", prices.join(", "));
    }
    let Some(unpaid) = &actual.unpaid else { return };
    let _ = writeln!(out, "  unpaid:{}", if unpaid.is_empty() { " []" } else { "" });
    for row in unpaid {
        let (subject, event) = (quoted(&row.subject), quoted(&row.event));
        let _ = write!(out, "    - {{ subject: {subject}, event: {event}, why: {}, events: {}", row.why, row.events);
        let quantities: Vec<String> =
            row.quantities.iter().map(|(meter, quantity)| format!("{meter}: \"{quantity}\"")).collect();
        if !quantities.is_empty() {
            let _ = write!(out, ", quantities: {{ {} }}", quantities.join(", "));
        }
        if let (Some(plan), Some(amount)) = (&row.plan, &row.amount) {
            let _ = write!(out, ", plan: {plan}, amount: \"{amount}\"");
        }
        out.push_str(" }\n");
    }
}

fn write_balances(out: &mut String, wanted: &Expect, actual: &Expect, scale: u8) {
    if !actual.balances.is_empty() {
        out.push_str("  balances:\n");
    }
    for (day, found) in &actual.balances {
        // of the accounts only those that were asked for
        let asked = wanted.balances.get(day);
        let chosen = found.iter().filter(|(account, _)| asked.is_some_and(|asked| asked.contains_key(*account)));
        let _ = writeln!(out, "    {day}: {}", amounts(chosen, scale));
    }
}

fn amounts<'a>(accounts: impl Iterator<Item = (&'a String, &'a Dec)>, scale: u8) -> String {
    let parts: Vec<String> =
        accounts.map(|(account, amount)| format!("{account}: \"{}\"", amount.to_text(scale))).collect();
    format!("{{ {} }}", parts.join(", "))
}

fn dimensions(dimensions: &std::collections::BTreeMap<String, String>) -> String {
    if dimensions.is_empty() {
        return String::new();
    }
    let parts: Vec<String> =
        dimensions.iter().map(|(name, value)| format!("{}: {}", quoted(name), quoted(value))).collect();
    format!(" dimensions: {{ {} }},", parts.join(", "))
}

/// JSON's quoting is YAML's.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn write_invoices(out: &mut String, field: &str, invoices: &[ExpectedInvoice]) {
    if invoices.is_empty() {
        let _ = writeln!(out, "  {field}: []");
        return;
    }
    let _ = writeln!(out, "  {field}:");
    for invoice in invoices {
        let scale = invoice.currency.map_or(2, money::Currency::scale);
        let _ = writeln!(out, "    - to: {}\n      on: {}", invoice.to, invoice.on);
        if let Some(number) = &invoice.number {
            let _ = writeln!(out, "      number: {number}");
        }
        if let Some(status) = invoice.status.as_ref().filter(|status| *status != "issued") {
            let _ = writeln!(out, "      status: {status}");
        }
        if let Some(kind) = invoice.kind.as_ref().filter(|kind| *kind != "invoice") {
            let _ = writeln!(out, "      kind: {kind}");
        }
        if let (Some(about), Some(reason)) = (&invoice.about, &invoice.reason) {
            let _ = writeln!(out, "      about: {about}\n      reason: {}", quoted(reason));
        }
        if let Some(steps) = invoice.reached.as_ref().filter(|steps| !steps.is_empty()) {
            let steps: Vec<String> = steps.iter().map(|step| format!("\"{}\"", step.to_text(scale))).collect();
            let _ = writeln!(out, "      reached: [{}]", steps.join(", "));
        }
        out.push_str("      lines:\n");
        for line in invoice.lines.iter().flatten() {
            write_line(out, line, scale);
        }
        let taxes = invoice
            .taxes
            .iter()
            .flatten()
            .map(|(name, amount)| format!("{}: \"{}\"", quoted(name), amount.to_text(scale)));
        let taxes: Vec<String> = taxes.collect();
        if let (Some(net), false) = (invoice.net, taxes.is_empty()) {
            let _ = writeln!(out, "      net: \"{}\"\n      taxes: {{ {} }}", net.to_text(scale), taxes.join(", "));
        }
        let _ = writeln!(out, "      total: \"{}\"", invoice.total.to_text(scale));
    }
}

fn write_line(out: &mut String, line: &ExpectedLine, scale: u8) {
    let mut parts = Vec::new();
    if let Some(price) = &line.price {
        parts.push(format!("price: {price}"));
    }
    if !line.dimensions.is_empty() {
        parts.push(dimensions(&line.dimensions).trim().trim_end_matches(',').to_owned());
    }
    if let Some(period) = line.period {
        parts.push(format!("period: {period}"));
    }
    if let Some(share) = line.share.filter(|share| *share != Ratio::ONE) {
        parts.push(format!("share: \"{share}\""));
    }
    if let Some(quantity) = line.quantity {
        parts.push(format!("quantity: \"{quantity}\""));
    }
    if let Some(posted) = line.posted.filter(|posted| !posted.is_zero()) {
        parts.push(format!("posted: \"{}\"", posted.to_text(scale)));
    }
    if let Some(amount) = line.amount {
        parts.push(format!("amount: \"{}\"", amount.to_text(scale)));
    }
    let _ = writeln!(out, "        - {{ {} }}", parts.join(", "));
}
