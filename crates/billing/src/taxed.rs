//! Taxes of a document: each line decided upon once; what is new is assessed together, and what corrects a line has the taxes of that
//! line.

use crate::tax_days::{Piece, pieces};
use crate::{Account, Line, PlanError};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::{Date, DateRange};
use contracts::EntityTax;
use money::{Currency, Money, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tax::{AssessedLine, Decision, LineTax, On, Prices, Subtotal, Tax, Taxable, assess};

/// How a line is taxed. It is kept with the line: what is given back later has the taxes of what was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxedLine {
    /// Whether the line's amount contains its taxes.
    pub prices: Prices,
    /// Which taxes, and why; those of its first days, where its days are taxed in different ways.
    pub decision: Decision,
    /// Without tax.
    pub net: Money,
    /// Each tax with its part of the line.
    pub taxes: Vec<LineTax>,
    /// The sum of them.
    pub tax: Money,
    /// With tax.
    pub gross: Money,
    /// Its parts, where its days are taxed in different ways; they sum to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<TaxedPart>,
}

/// The part of a line that is taxed in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxedPart {
    /// The days of the service.
    pub days: DateRange,
    /// Which taxes, and why.
    pub decision: Decision,
    /// Without tax.
    pub net: Money,
    /// Each tax with its share of the part.
    pub taxes: Vec<LineTax>,
    /// The sum of them.
    pub tax: Money,
    /// With tax.
    pub gross: Money,
}

/// What was taxed under a key so far in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaxedSoFar {
    pub(crate) decision: Decision,
    pub(crate) days: Option<DateRange>,
    pub(crate) sum: AssessedLine,
}

/// What a document comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owed {
    pub(crate) net: Money,
    pub(crate) taxes: Vec<Subtotal>,
    pub(crate) total: Money,
}

impl TaxedLine {
    /// Its parts; all of it, where it is taxed in one way.
    fn each(&self) -> Vec<TaxedSoFar> {
        if self.parts.is_empty() {
            let Self { net, tax, gross, .. } = *self;
            let sum = AssessedLine { net, taxes: self.taxes.clone(), tax, gross };
            return alloc::vec![TaxedSoFar { decision: self.decision.clone(), days: None, sum }];
        }
        let each = self.parts.iter().map(|part| {
            let TaxedPart { net, tax, gross, .. } = *part;
            let sum = AssessedLine { net, taxes: part.taxes.clone(), tax, gross };
            TaxedSoFar { decision: part.decision.clone(), days: Some(part.days), sum }
        });
        each.collect()
    }

    /// Adds what it taxes to what was taxed before, one sum for each way.
    pub(crate) fn add_to(&self, so_far: &mut Vec<TaxedSoFar>) -> Result<(), money::MoneyError> {
        for one in self.each() {
            match so_far.iter_mut().find(|known| known.decision.taxes == one.decision.taxes) {
                Some(known) => {
                    known.sum = known.sum.plus(&one.sum)?;
                    known.days = one.days.or(known.days);
                }
                None => so_far.push(one),
            }
        }
        Ok(())
    }
}

/// How the taxes of a line are found.
enum Way {
    /// With all that is new on the document.
    New(Vec<Piece>),
    /// As the taxes of what its key is worth now, less what was taxed before.
    Corrects(Vec<Piece>),
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
    let ways = lines.iter().map(|line| way(account, entity, line, on)).collect::<Result<Vec<_>, _>>()?;
    let new = ways.iter().flat_map(|way| match way {
        Way::New(pieces) => pieces.as_slice(),
        Way::Corrects(_) => &[],
    });
    let assessed = assess(currency, &new.map(|piece| piece.taxable.clone()).collect::<Vec<_>>(), entity.policy)?;
    let mut owed = Owed { net: assessed.net, taxes: assessed.subtotals, total: assessed.gross };
    let mut figures = assessed.lines.into_iter();
    for (line, way) in lines.iter_mut().zip(ways) {
        let taxed = match way {
            Way::New(pieces) => pieces.into_iter().zip(figures.by_ref()).collect(),
            Way::Corrects(pieces) => {
                let changes = corrected(account, entity, line, pieces)?;
                changes.iter().try_for_each(|(_, change)| owed.add(change))?;
                changes
            }
        };
        line.taxed = together(currency, taxed)?;
    }
    Ok(owed)
}

fn way(account: &Account, entity: &EntityTax, line: &Line, on: Date) -> Result<Way, PlanError> {
    let so_far = account.posted.taxed_so_far(&line.key);
    let pieces = pieces(account, entity, line, on)?;
    let stated = |prices: Prices| {
        so_far.iter().try_fold(Money::zero(line.key.currency), |sum, one| sum.plus(one.sum.stated(prices)))
    };
    let is_whole = match pieces.first() {
        // what was taxed is what was posted
        Some(first) if !so_far.is_empty() => stated(first.taxable.prices)? == line.posted,
        Some(_) | None => false,
    };
    if is_whole && line.worth.amount.is_zero() {
        // whatever was taxed is given back as it was
        return Ok(Way::Corrects(so_far.iter().map(Piece::gone).collect()));
    }
    // the rest of a cycle that was billed before it was over is new; and so is the difference where one word cannot be said on all of it
    let by_day = pieces.iter().any(|piece| piece.days.is_some());
    let is_new = so_far.is_empty() || (!by_day && (line.billed_until.is_some() || so_far.len() > 1));
    if is_new || !is_whole {
        let shared = shares(line.amount, &pieces)?;
        return Ok(Way::New(shared));
    }
    Ok(Way::Corrects(shares(line.worth.amount, &pieces)?))
}

/// The pieces with their parts of an amount, by largest remainder.
fn shares(amount: Money, pieces: &[Piece]) -> Result<Vec<Piece>, PlanError> {
    let weights: Vec<Ratio> = pieces.iter().map(|piece| piece.weight).collect();
    let parts = money::allocate(amount.minor(), &weights)?;
    let share = |(piece, part): (&Piece, i128)| {
        let taxable =
            Taxable::new(Money::new(part, amount.currency()), piece.taxable.prices, piece.taxable.taxes.clone());
        Piece { taxable, ..piece.clone() }
    };
    Ok(pieces.iter().zip(parts).map(share).collect())
}

/// What the taxes of a line change: those of what its key is worth now, less what was taxed of it, way by way.
fn corrected(
    account: &Account,
    entity: &EntityTax,
    line: &Line,
    pieces: Vec<Piece>,
) -> Result<Vec<(Piece, AssessedLine)>, PlanError> {
    let currency = line.key.currency;
    let taxables: Vec<Taxable> = pieces.iter().map(|piece| piece.taxable.clone()).collect();
    let assessed = assess(currency, &taxables, entity.policy)?;
    let mut changes: Vec<(Piece, AssessedLine)> = Vec::new();
    for (piece, now) in pieces.into_iter().zip(assessed.lines) {
        match changes.iter_mut().find(|(known, _)| known.decision.taxes == piece.decision.taxes) {
            Some((_, sum)) => *sum = sum.plus(&now)?,
            None => changes.push((piece, now)),
        }
    }
    for before in account.posted.taxed_so_far(&line.key) {
        let taxed = |(piece, _): &&mut (Piece, AssessedLine)| piece.decision.taxes == before.decision.taxes;
        if let Some((_, now)) = changes.iter_mut().find(taxed) {
            *now = now.minus(&before.sum)?;
        } else {
            let back = AssessedLine::nothing(currency).minus(&before.sum)?;
            changes.push((Piece::gone(before), back));
        }
    }
    Ok(changes)
}

/// The line as the sum of its parts.
fn together(currency: Currency, parts: Vec<(Piece, AssessedLine)>) -> Result<Option<TaxedLine>, PlanError> {
    let Some((first, _)) = parts.first() else { return Ok(None) };
    let (prices, decision) = (first.taxable.prices, first.decision.clone());
    let mut sum = AssessedLine::nothing(currency);
    for (_, one) in &parts {
        sum = sum.plus(one)?;
    }
    let AssessedLine { net, taxes, tax, gross } = sum;
    let part = |(piece, one): (Piece, AssessedLine)| {
        let AssessedLine { net, taxes, tax, gross } = one;
        Some(TaxedPart { days: piece.days?, decision: piece.decision, net, taxes, tax, gross })
    };
    let parts = parts.into_iter().filter_map(part).collect();
    Ok(Some(TaxedLine { prices, decision, net, taxes, tax, gross, parts }))
}

impl Owed {
    /// Adds the taxes of what corrects a line to those of what is new.
    fn add(&mut self, change: &AssessedLine) -> Result<(), PlanError> {
        self.net = self.net.plus(change.net)?;
        self.total = self.total.plus(change.gross)?;
        let mut by_tax: BTreeMap<Tax, Subtotal> =
            core::mem::take(&mut self.taxes).into_iter().map(|one| (one.tax.clone(), one)).collect();
        let mut below = Money::zero(change.net.currency());
        for LineTax { tax, amount } in &change.taxes {
            let base = match tax.on {
                On::Price => change.net,
                On::PriceAndTaxes => change.net.plus(below)?,
            };
            below = below.plus(*amount)?;
            let exact = Ratio::from(amount.to_dec());
            match by_tax.get_mut(tax) {
                Some(known) => {
                    known.base = known.base.plus(base)?;
                    known.exact = known.exact.plus(exact)?;
                    known.amount = known.amount.plus(*amount)?;
                }
                None => {
                    by_tax.insert(tax.clone(), Subtotal { tax: tax.clone(), base, exact, amount: *amount });
                }
            }
        }
        self.taxes = by_tax.into_values().collect();
        Ok(())
    }
}
