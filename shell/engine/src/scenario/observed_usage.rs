//! What became of events and who pays for usage, in the words of the expectations.

use super::expect::{ExpectedEvent, ExpectedMakes, ExpectedUnpaid};
use super::run::SOURCE;
use crate::{Engine, EngineError, Makes, PriceVerdict, UnpaidUsage};
use money::Dec;
use serde::Serialize;

/// What became of an event.
pub(crate) fn event(engine: &Engine, id: &str) -> Result<ExpectedEvent, EngineError> {
    let report = engine.explain_event(SOURCE, id)?;
    let looks_at = |price: &&PriceVerdict| !matches!(price.makes, Makes::OtherEvent { .. });
    Ok(ExpectedEvent {
        id: id.to_owned(),
        versions: Some(report.versions.len()),
        verdict: word(&report.verdict, "verdict"),
        prices: Some(report.prices.iter().filter(looks_at).map(makes).collect()),
    })
}

fn makes(price: &PriceVerdict) -> ExpectedMakes {
    let invoice = match &price.makes {
        Makes::Billed(billed) | Makes::Waits { billed, .. } | Makes::ChangesNothing { billed } => {
            Some(billed.number.clone())
        }
        Makes::OtherEvent { .. }
        | Makes::FilteredOut { .. }
        | Makes::NotMeasurable { .. }
        | Makes::OnDraft { .. }
        | Makes::NotYetDue { .. }
        | Makes::Due { .. } => None,
    };
    ExpectedMakes { price: price.price.clone(), makes: word(&price.makes, "makes"), invoice }
}

/// All usage that nobody pays for.
pub(crate) fn unpaid(engine: &Engine) -> Result<Vec<ExpectedUnpaid>, EngineError> {
    let row = |row: UnpaidUsage| ExpectedUnpaid {
        subject: row.subject,
        event: row.name,
        why: serde_json::to_value(row.why).ok().and_then(|why| why.as_str().map(String::from)).unwrap_or_default(),
        events: row.events,
        quantities: row.quantities.into_iter().map(|found| (found.meter, found.measured.quantity)).collect(),
        plan: row.worth.as_ref().map(|worth| worth.plan.plan.clone()),
        amount: row.worth.map(|worth| worth.amounts.first().map_or(Dec::ZERO, |amount| amount.to_dec())),
    };
    Ok(engine.unpaid_usage(None)?.into_iter().map(row).collect())
}

/// The word by which a value of an enum is written.
fn word(value: &impl Serialize, tag: &str) -> String {
    let written = serde_json::to_value(value).unwrap_or_default();
    written.get(tag).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
