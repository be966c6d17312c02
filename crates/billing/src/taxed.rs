//! Taxes of a document: each line decided upon once, and assessed together.

use crate::{Account, Line, PlanError};
use alloc::vec::Vec;
use calendar::{Date, DateRange, Zone};
use contracts::EntityTax;
use money::{Currency, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use tax::{AssessedLine, Decision, LineTax, Prices, Subtotal, Supply, Taxable, assess, decide};

/// How a line is taxed. It is kept with the line: what is given back later has the taxes of what was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxedLine {
    /// Whether the line's amount contains its taxes.
    pub prices: Prices,
    /// Which taxes, and why.
    pub decision: Decision,
    /// Without tax.
    pub net: Money,
    /// Each tax with its part of the line.
    pub taxes: Vec<LineTax>,
    /// The sum of them.
    pub tax: Money,
    /// With tax.
    pub gross: Money,
}

/// What a document comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) net: Money,
    pub(crate) taxes: Vec<Subtotal>,
    pub(crate) total: Money,
}

/// Puts taxes on the lines of a document with this date; an entity without taxes leaves them as they are.
pub(crate) fn tax_lines(
    account: &Account,
    currency: Currency,
    on: Date,
    lines: &mut [Line],
) -> Result<Owed, PlanError> {
    let Some(entity) = &account.entity.tax else {
        let net = lines.iter().try_fold(Money::zero(currency), |sum, line| sum.plus(line.amount))?;
        return Ok(Owed { net, taxes: Vec::new(), total: net });
    };
    let mut decided = Vec::with_capacity(lines.len());
    for line in lines.iter() {
        decided.push(match account.posted.taxed(&line.key) {
            Some(known) => (known.prices, known.decision.clone()),
            None => (line.worth.tax_in_price, decision(account, entity, line, on)?),
        });
    }
    let taxable: Vec<Taxable> = lines
        .iter()
        .zip(&decided)
        .map(|(line, (prices, decision))| Taxable::new(line.amount, *prices, decision.taxes.clone()))
        .collect();
    let assessed = assess(currency, &taxable, entity.policy)?;
    for ((line, (prices, decision)), one) in lines.iter_mut().zip(decided).zip(assessed.lines) {
        let AssessedLine { net, taxes, tax, gross } = one;
        line.taxed = Some(TaxedLine { prices, decision, net, taxes, tax, gross });
    }
    Ok(Owed { net: assessed.net, taxes: assessed.subtotals, total: assessed.gross })
}

fn decision(account: &Account, entity: &EntityTax, line: &Line, on: Date) -> Result<Decision, PlanError> {
    let customer = &account.customer.tax;
    let zone: &Zone = &account.customer.zone;
    let first = zone.date_of(line.period.from());
    // the last day is the one before the first on which nothing is served any more
    let last = zone.date_of(line.period.to().plus_micros(-1).unwrap_or(line.period.from()));
    let after = last.plus_days(1).map_err(|_| calendar::ScheduleError::OutOfRange)?;
    let day = entity.point.day(on, DateRange::new(first, after)?)?;
    let class: &Key = line.worth.tax_category.as_ref().unwrap_or(&entity.class);
    let supply = Supply {
        seller: &entity.seller,
        buyer: &customer.buyer(),
        region: customer.region.as_deref(),
        class,
        day: day.ok_or(PlanError::TaxByDay)?,
        exemptions: &customer.exemptions,
        stated: &entity.stated(&customer.taxes),
    };
    Ok(decide(&supply, &entity.rules, &entity.code)?)
}
