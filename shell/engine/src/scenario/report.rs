//! The report that a person reads.

use super::file::Scenario;
use super::run::Outcome;
use billing::render_invoice;
use std::fmt::Write as _;

/// What the scenario shows, each document with its explanation, and what is not as expected.
pub fn report(scenario: &Scenario, outcome: &Outcome) -> String {
    let mut text = String::new();
    let state = if outcome.differences.is_empty() { "ok" } else { "FAILED" };
    let _ = writeln!(text, "{state}  {}: {}", scenario.document.file(), scenario.about);
    for invoice in &outcome.observed.invoices {
        let zone = outcome.observed.zones.get(&invoice.customer).unwrap_or(&scenario.zone);
        let _ = writeln!(text, "\n{}", render_invoice(invoice, zone));
    }
    for failure in &outcome.observed.failures {
        let _ = writeln!(text, "\n{} could not be billed:", failure.customer);
        for problem in &failure.problems {
            let _ = writeln!(text, "  {problem}");
        }
    }
    if let Err(mistakes) = &scenario.pricing {
        for mistake in mistakes {
            let _ = writeln!(text, "\n{mistake}");
        }
    }
    for difference in &outcome.differences {
        let _ = writeln!(text, "\n{difference}");
    }
    text
}
