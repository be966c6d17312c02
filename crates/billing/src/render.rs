//! A document with its explanation, as text for people.

use crate::{Adjusted, Invoice, Line, Measurement, NoteOf, Reached, Source, Status, TakenOff, Voided};
use alloc::{format, string::String};
use calendar::{Period, Zone};
use core::fmt::Write as _;
use money::Rounding;
use stdx::Key;
use tax::Subtotal;

/// The document and, under each line, why it is what it is: from the amount down to the events. Days are those of `zone`.
pub fn render_invoice(invoice: &Invoice, zone: &Zone) -> String {
    let mut text = String::new();
    let name = match invoice.number() {
        Some(number) => format!("{number} of {}", invoice.on),
        None => format!("draft of {}", invoice.on),
    };
    let _ = writeln!(text, "{name}  to {}", invoice.customer);
    if let Some(NoteOf { number, reason, .. }) = &invoice.note {
        let _ = writeln!(text, "  about {number}: {reason}");
    }
    if let Status::Void { voided: Voided { reason, .. }, .. } = &invoice.status {
        let _ = writeln!(text, "  void: {reason}");
    }
    for line in &invoice.lines {
        text.push_str(&render_line(line, zone));
    }
    for Reached { subscription, step, spend } in &invoice.reached {
        let whose = subscription.as_ref().map_or(String::new(), |key| format!(" of {key}"));
        let _ = writeln!(text, "  made because spend{whose} has reached {step}: it is {spend} so far");
    }
    if !invoice.taxes.is_empty() {
        let _ = writeln!(text, "  {:>16}  without tax", format!("{}", invoice.net));
    }
    for Subtotal { tax, base, amount, .. } in &invoice.taxes {
        let _ = writeln!(text, "  {:>16}  {} {} on {base}", format!("{amount}"), tax.code, tax.percent);
    }
    let _ = write!(text, "  {:>16}  total", format!("{}", invoice.total));
    text
}

/// One line with its explanation.
pub fn render_line(line: &Line, zone: &Zone) -> String {
    let mut text = String::new();
    let mut name = line.worth.name.clone();
    for (dimension, value) in &line.key.dimensions {
        let _ = write!(name, " {dimension}={value}");
    }
    let amount = format!("{}", line.amount);
    let _ = writeln!(text, "  {amount:>16}  {name} ({}), {}", line.key.price, days(line.period, zone));
    if let Some(until) = line.billed_until {
        let (worth, until) = (line.worth.amount, zone.date_of(until));
        let _ = writeln!(text, "{:22}= {worth} of the cycle less {} billed until {until}", "", line.posted);
    } else if line.is_correction() {
        let _ = writeln!(text, "{:22}= {} now due less {} billed before", "", line.worth.amount, line.posted);
    }
    for part in &line.worth.parts {
        if let (Source::Meter { meter }, Some(measurement)) = (&line.worth.source, &part.measured) {
            let _ = writeln!(text, "{:22}{}", "", measured(meter, measurement, zone));
        } else if line.worth.parts.len() > 1 {
            let _ = writeln!(text, "{:22}{}, quantity {}", "", days(part.period, zone), part.quantity);
        }
        for row in part.why.render().lines() {
            let _ = writeln!(text, "{:24}{row}", "");
        }
    }
    for TakenOff { name, amount, of, .. } in &line.worth.discounts {
        let _ = writeln!(text, "{:22}less {amount} off {of}: {name}", "");
    }
    for Adjusted { reason, amount, .. } in &line.worth.adjusted {
        let _ = if amount.is_negative() {
            writeln!(text, "{:22}plus {}: {reason}", "", amount.negated())
        } else {
            writeln!(text, "{:22}less {amount}: {reason}", "")
        };
    }
    let scale = line.key.currency.scale();
    if line.worth.exact.to_dec().is_none_or(|exact| exact.scale() > scale) {
        let rounded = line.worth.exact.round(scale, Rounding::HalfUp);
        let _ = writeln!(
            text,
            "{:22}{} rounded once: {}",
            "",
            line.worth.exact,
            rounded.map_or_else(|e| format!("{e}"), |r| r.to_text(scale))
        );
    }
    text
}

fn measured(meter: &Key, measurement: &Measurement, zone: &Zone) -> String {
    let Measurement { period, raw, quantity, events, watermark } = measurement;
    let converted = if raw == quantity { String::new() } else { format!(", converted to {quantity}") };
    format!("meter {meter}: {raw} from {events} events, {}{converted} (events up to #{watermark})", days(*period, zone))
}

/// `2026-04-01..2026-05-01` in local days; with the instants where an edge is not the start of a day.
fn days(period: Period, zone: &Zone) -> String {
    let (from, to) = (zone.date_of(period.from()), zone.date_of(period.to()));
    if zone.start_of(from) == period.from() && zone.start_of(to) == period.to() {
        return format!("{from}..{to}");
    }
    format!("{}..{}", period.from(), period.to())
}
