//! How a line is taxed on which of its days.

use crate::taxed::TaxedSoFar;
use crate::{Account, Line, PlanError};
use alloc::vec::Vec;
use calendar::{Date, DateRange, Period, Zone};
use contracts::EntityTax;
use money::{Money, Ratio};
use stdx::Key;
use tax::{Decision, Supply, TaxPoint, Taxable, decide};

/// What of a line is taxed in one way.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) decision: Decision,
    /// Its days, where days of the line are taxed in different ways.
    pub(crate) days: Option<DateRange>,
    /// Its part of the line's amount is that of its weight, never below zero.
    pub(crate) weight: Ratio,
    pub(crate) taxable: Taxable,
}

impl Piece {
    /// What was taxed in a way in which nothing is taxed any more.
    pub(crate) fn gone(before: &TaxedSoFar) -> Self {
        let decision = before.decision.clone();
        let zero = Money::zero(before.sum.net.currency());
        let taxable = Taxable::new(zero, tax::Prices::Exclusive, decision.taxes.clone());
        Self { decision, days: before.days, weight: Ratio::ZERO, taxable }
    }
}

/// The pieces of a line on a document of this date: one, unless each day is taxed by itself and they differ.
pub(crate) fn pieces(account: &Account, entity: &EntityTax, line: &Line, on: Date) -> Result<Vec<Piece>, PlanError> {
    let known = account.posted.taxed(&line.key);
    let prices = known.map_or(line.worth.tax_in_price, |known| known.prices);
    let piece = |decision: Decision, days: Option<DateRange>, weight: Ratio| {
        let taxable = Taxable::new(Money::zero(line.key.currency), prices, decision.taxes.clone());
        Piece { decision, days, weight, taxable }
    };
    let by_day = entity.point == TaxPoint::EachDay || known.is_some_and(|known| !known.parts.is_empty());
    if by_day {
        let mut found = by_days(account, entity, line)?;
        let was_one = known.is_none_or(|known| known.parts.is_empty());
        let is_one = was_one && found.windows(2).all(|pair| pair[0].decision == pair[1].decision);
        return Ok(match found.pop() {
            Some(day) if is_one => alloc::vec![piece(day.decision, None, Ratio::ONE)],
            Some(last) => {
                found.push(last);
                found.into_iter().map(|one| piece(one.decision, Some(one.days), one.weight)).collect()
            }
            // nothing is served any more: what was taxed is given back as it was
            None => {
                let before = account.posted.taxed_so_far(&line.key).iter();
                before
                    .map(|one| Piece { weight: Ratio::ONE, ..piece(one.decision.clone(), one.days, Ratio::ONE) })
                    .collect()
            }
        });
    }
    let decision = if let Some(known) = known.filter(|_| line.billed_until.is_none()) {
        known.decision.clone()
    } else {
        let service = days_of(line.period, &account.customer.zone)?;
        let day = entity.point.day(on, service)?.unwrap_or(service.from());
        decision(account, entity, line, day)?
    };
    Ok(alloc::vec![piece(decision, None, Ratio::ONE)])
}

/// The days on which something is served within a period: at least one.
fn days_of(period: Period, zone: &Zone) -> Result<DateRange, PlanError> {
    let first = zone.date_of(period.from());
    // the last day is the one before the first on which nothing is served any more
    let last = zone.date_of(period.to().plus_micros(-1).unwrap_or(period.from()));
    let after = last.plus_days(1).map_err(|_| calendar::ScheduleError::OutOfRange)?;
    Ok(DateRange::new(first, after)?)
}

/// Days that are taxed in one way, and what they weigh in the line.
struct Alike {
    days: DateRange,
    decision: Decision,
    weight: Ratio,
}

/// The days of what the key is worth, cut where their taxes change. Each weighs what is charged for it, so that days of a higher level weigh
/// more. Days that were taxed before keep their taxes.
fn by_days(account: &Account, entity: &EntityTax, line: &Line) -> Result<Vec<Alike>, PlanError> {
    let zone = &account.customer.zone;
    let known = known_days(account, line, zone)?;
    let is_charged = line.worth.parts.iter().all(|part| !part.amount.is_negative())
        && line.worth.parts.iter().any(|part| part.amount.is_positive());
    let mut found: Vec<Alike> = Vec::new();
    for part in &line.worth.parts {
        let service = days_of(part.period, zone)?;
        let whole = if is_charged { part.amount } else { Ratio::from_int(service.days().into()) };
        for pair in cuts(account, entity, &known, service).windows(2) {
            let days = DateRange::new(pair[0], pair[1])?;
            let before = known.iter().find(|(range, _)| range.contains(days.from()));
            let decision = match before {
                Some((_, decision)) => (*decision).clone(),
                None => decision(account, entity, line, days.from())?,
            };
            let share = Ratio::new(days.days().into(), service.days().into())?;
            let weight = whole.times(share)?;
            match found.last_mut().filter(|last| last.decision == decision && last.days.to() >= days.from()) {
                Some(last) => {
                    last.days = DateRange::new(last.days.from(), days.to().max(last.days.to()))?;
                    last.weight = last.weight.plus(weight)?;
                }
                None => found.push(Alike { days, decision, weight }),
            }
        }
    }
    Ok(found)
}

/// The days that were taxed when the key was posted last, and how.
fn known_days<'a>(account: &'a Account, line: &Line, zone: &Zone) -> Result<Vec<(DateRange, &'a Decision)>, PlanError> {
    let Some(posted) = account.posted.get(&line.key) else { return Ok(Vec::new()) };
    let Some(taxed) = &posted.last.taxed else { return Ok(Vec::new()) };
    if !taxed.parts.is_empty() {
        return Ok(taxed.parts.iter().map(|part| (part.days, &part.decision)).collect());
    }
    let parts = posted.last.worth.parts.iter();
    parts.map(|part| Ok((days_of(part.period, zone)?, &taxed.decision))).collect()
}

/// The days of a service on which its taxes may change, with its first day and the one after its last.
fn cuts(account: &Account, entity: &EntityTax, known: &[(DateRange, &Decision)], service: DateRange) -> Vec<Date> {
    let rules = entity.rules.as_slice().iter().flat_map(|rule| rule.taxes.as_slice());
    let rates = rules.flat_map(|tax| tax.rates.iter().map(|(from, _)| from));
    let exemptions = account.customer.tax.exemptions.iter().flat_map(|one| [Some(one.from), one.until]).flatten();
    let before = known.iter().flat_map(|(range, _)| [range.from(), range.to()]);
    let mut cuts: Vec<Date> =
        rates.chain(exemptions).chain(before).filter(|day| service.from() < *day && *day < service.to()).collect();
    cuts.extend([service.from(), service.to()]);
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn decision(account: &Account, entity: &EntityTax, line: &Line, day: Date) -> Result<Decision, PlanError> {
    let customer = &account.customer.tax;
    let class: &Key = line.worth.tax_category.as_ref().unwrap_or(&entity.class);
    let supply = Supply {
        seller: &entity.seller,
        buyer: &customer.buyer(),
        region: customer.region.as_deref(),
        class,
        day,
        exemptions: &customer.exemptions,
        stated: &entity.stated(&customer.taxes),
    };
    Ok(decide(&supply, &entity.rules, &entity.code)?)
}
