//! The planner.

use super::issued::Credited;
use super::settle::{Settle, Settlement, settle};
use super::{Issued, IssuedLine, NoteError};
use alloc::{collections::BTreeMap, collections::BTreeSet, vec::Vec};
use calendar::Instant;
use money::{Currency, Money, Ratio, Rounding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tax::{LineTax, Prices, Tax};

/// How much of a line is credited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// All that is left.
    #[default]
    Rest,
    /// A part of the amount before discounts; discount and tax follow in proportion.
    Amount(Money),
    /// So many of its units.
    Quantity(Ratio),
    /// A share of the whole line.
    Share(Ratio),
    /// So much that this amount before discounts is left of it.
    LeaveAmount(Money),
}

/// Which way a note goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// It gives back.
    Credit,
    /// It charges more.
    Debit,
}

/// A note as it will be issued. Amounts are those of the document's sign: a credit of a charge is above zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotePlan {
    /// Which way it goes.
    pub kind: NoteKind,
    /// Its currency.
    pub currency: Currency,
    /// Its lines, in the order of the document.
    pub lines: Vec<NoteLine>,
    /// One for each tax: what an electronic document shows as its tax breakdown.
    pub taxes: Vec<TaxTotal>,
    /// The amounts before discounts.
    pub amount: Money,
    /// The discounts that go with them.
    pub discount: Money,
    /// The sum without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// `net + tax`: what is given back or charged.
    pub gross: Money,
    /// Where the money of a credit goes; nothing for a debit note, which is to be paid.
    pub settlement: Settlement,
}

/// A line of a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteLine {
    /// The number of the line on the document that the note is about.
    pub number: u32,
    /// How many units, where units were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Ratio>,
    /// The amount before discounts.
    pub amount: Money,
    /// The discount that goes with it.
    pub discount: Money,
    /// Without tax.
    pub net: Money,
    /// Each tax, in the order of the line's taxes.
    pub taxes: Vec<LineTax>,
    /// With tax.
    pub gross: Money,
}

/// What a note gives back or charges of one tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxTotal {
    /// The tax, as it was on the document.
    pub tax: Tax,
    /// The net amounts that it is on.
    pub base: Money,
    /// The tax on them.
    pub amount: Money,
}

/// A note that was issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What it says.
    pub plan: NotePlan,
    /// When it was voided; it then counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Instant>,
}

impl Note {
    /// A note that has just been issued.
    pub const fn issued(plan: NotePlan) -> Self {
        Self { plan, voided_at: None }
    }
    /// Whether it was voided.
    pub const fn is_void(&self) -> bool {
        self.voided_at.is_some()
    }
}

/// A credit note on some lines, by their numbers. Several in a row credit each figure of a line up to the whole and never more.
pub fn plan_credit(issued: &Issued, picks: &[(u32, Pick)], wish: Settle) -> Result<NotePlan, NoteError> {
    let lines = in_order(issued, picks, |line, pick| credit_line(line, &issued.credited(line.number)?, *pick))?;
    if lines.is_empty() {
        return Err(NoteError::Nothing);
    }
    let note = total(NoteKind::Credit, issued.currency, lines)?;
    if note.gross.is_negative() {
        return Err(NoteError::NotACredit { total: note.gross });
    }
    let settlement = settle(note.gross, issued.open()?, &issued.payments, wish)?;
    Ok(NotePlan { settlement, ..note })
}

/// A debit note: more is charged on some lines, each an amount before discounts; discount and tax follow in proportion.
pub fn plan_debit(issued: &Issued, more: &[(u32, Money)]) -> Result<NotePlan, NoteError> {
    let lines = in_order(issued, more, |line, amount| {
        check_sign(line, Ratio::from(amount.to_dec()), line.amount)?;
        if line.amount.is_zero() {
            return Err(NoteError::WorthNothing { number: line.number });
        }
        let before = issued.credited(line.number)?;
        note_line(line, &before, amount.negated(), None, NoteKind::Debit).map(Some)
    })?;
    if lines.is_empty() {
        return Err(NoteError::Nothing);
    }
    total(NoteKind::Debit, issued.currency, lines)
}

/// The lines of a note in the order of the document, each asked for once.
fn in_order<P>(
    issued: &Issued,
    picks: &[(u32, P)],
    of: impl Fn(&IssuedLine, &P) -> Result<Option<NoteLine>, NoteError>,
) -> Result<Vec<NoteLine>, NoteError> {
    let mut seen = BTreeSet::new();
    for (number, _) in picks {
        if !issued.lines.iter().any(|line| line.number == *number) {
            return Err(NoteError::UnknownLine { number: *number });
        }
        if !seen.insert(*number) {
            return Err(NoteError::LineTwice { number: *number });
        }
    }
    let mut lines = Vec::new();
    for line in &issued.lines {
        if let Some((_, pick)) = picks.iter().find(|(number, _)| *number == line.number) {
            lines.extend(of(line, pick)?);
        }
    }
    Ok(lines)
}

/// `None`: nothing of the line is left.
fn credit_line(line: &IssuedLine, before: &Credited, pick: Pick) -> Result<Option<NoteLine>, NoteError> {
    let left = line.amount.minus(before.amount)?;
    let mut units = None;
    let amount = match pick {
        Pick::Rest => left,
        Pick::Amount(amount) => {
            check_sign(line, Ratio::from(amount.to_dec()), line.amount)?;
            amount
        }
        Pick::Share(share) => {
            check_sign(line, share, Money::new(1, line.amount.currency()))?;
            scaled(line.amount, share)?
        }
        Pick::LeaveAmount(amount) => left.minus(amount)?,
        Pick::Quantity(quantity) => {
            let rest = line.quantity.minus(before.quantity)?;
            if !quantity.is_positive() {
                return Err(NoteError::WrongSign { number: line.number, asked: quantity, of: line.quantity });
            }
            if quantity > rest {
                return Err(NoteError::ExceedsQuantity { number: line.number, asked: quantity, left: rest });
            }
            units = Some(quantity);
            let up_to = |units: Ratio| scaled(line.amount, units.over(line.quantity)?);
            if quantity == rest {
                left
            } else {
                up_to(before.quantity.plus(quantity)?)?.minus(up_to(before.quantity)?)?
            }
        }
    };
    let exceeds = if line.amount.is_negative() { amount.minor() < left.minor() } else { amount.minor() > left.minor() };
    if exceeds {
        return Err(NoteError::ExceedsLeft { number: line.number, asked: amount, left });
    }
    if amount.is_zero() {
        return Ok(None);
    }
    check_sign(line, Ratio::from(amount.to_dec()), line.amount)?;
    note_line(line, before, amount, units, NoteKind::Credit).map(Some)
}

/// A part has the sign of its whole.
fn check_sign(line: &IssuedLine, asked: Ratio, of: Money) -> Result<(), NoteError> {
    let fits = if of.is_negative() { asked.is_negative() } else { asked.is_positive() };
    if fits {
        return Ok(());
    }
    Err(NoteError::WrongSign { number: line.number, asked, of: Ratio::from(of.to_dec()) })
}

fn scaled(amount: Money, share: Ratio) -> Result<Money, NoteError> {
    let exact = Ratio::from_int(amount.minor()).times(share)?;
    Ok(Money::new(exact.round(0, Rounding::HalfUp)?.floor(), amount.currency()))
}

/// Each figure: what should be credited when `more` of the amount is, less what has been. `more` is below zero for a debit note, whose
/// figures have the other sign.
fn note_line(
    line: &IssuedLine,
    before: &Credited,
    more: Money,
    quantity: Option<Ratio>,
    kind: NoteKind,
) -> Result<NoteLine, NoteError> {
    let after = before.amount.plus(more)?;
    let share = Ratio::new(after.minor(), line.amount.minor())?;
    // after a note was voided, what is left of its neighbours may be a unit ahead of its share: nothing then, never a step back
    let step = |whole: Money, credited: Money| -> Result<Money, NoteError> {
        let step = scaled(whole, share)?.minus(credited)?;
        let step = match kind {
            NoteKind::Credit => step,
            NoteKind::Debit => step.negated(),
        };
        let back = if whole.is_negative() { step.minor() > 0 } else { step.minor() < 0 };
        Ok(if back { Money::zero(whole.currency()) } else { step })
    };
    let amount = match kind {
        NoteKind::Credit => more,
        NoteKind::Debit => more.negated(),
    };
    let charged = step(line.charged()?, before.charged)?;
    let mut taxes = Vec::with_capacity(line.taxes.len());
    let mut tax = Money::zero(amount.currency());
    for (at, one) in line.taxes.iter().enumerate() {
        let part = step(one.amount, before.tax(at))?;
        tax = tax.plus(part)?;
        taxes.push(LineTax { tax: one.tax.clone(), amount: part });
    }
    let (net, gross) = match line.prices {
        Prices::Exclusive => (charged, charged.plus(tax)?),
        Prices::Inclusive => (charged.minus(tax)?, charged),
    };
    Ok(NoteLine { number: line.number, quantity, amount, discount: amount.minus(charged)?, net, taxes, gross })
}

fn total(kind: NoteKind, currency: Currency, lines: Vec<NoteLine>) -> Result<NotePlan, NoteError> {
    let zero = Money::zero(currency);
    let sum = |of: fn(&NoteLine) -> Money| lines.iter().try_fold(zero, |sum, line| sum.plus(of(line)));
    let (amount, discount) = (sum(|line| line.amount)?, sum(|line| line.discount)?);
    let (net, gross) = (sum(|line| line.net)?, sum(|line| line.gross)?);
    let mut totals: BTreeMap<&Tax, (Money, Money)> = BTreeMap::new();
    for line in &lines {
        for one in &line.taxes {
            let (base, tax) = totals.entry(&one.tax).or_insert((zero, zero));
            (*base, *tax) = (base.plus(line.net)?, tax.plus(one.amount)?);
        }
    }
    let taxes: Vec<TaxTotal> =
        totals.into_iter().map(|(tax, (base, amount))| TaxTotal { tax: tax.clone(), base, amount }).collect();
    let tax = gross.minus(net)?;
    let settlement = Settlement::nothing(zero);
    Ok(NotePlan { kind, currency, lines, taxes, amount, discount, net, tax, gross, settlement })
}
