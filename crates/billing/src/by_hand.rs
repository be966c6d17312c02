//! The document of a note by hand: what it takes off each line of another, as lines under the same keys.
//!
//! A note by hand leaves adjustments behind, so what its lines are about is worth that much less (or more). Its lines are the difference: posted, nothing
//! of them is due again.

use crate::credit_note::{NoteError, NoteKind, NoteLine, NotePlan};
use crate::{Adjusted, DocumentKind, DocumentPlan, Gathers, Invoice, Line, LineKey, Posted, TaxedLine};
use alloc::{format, vec::Vec};
use calendar::Date;
use money::{Money, Ratio};
use stdx::Key;
use tax::{LineTax, Subtotal};

/// The document with which a note with this number is issued on a day. `posted` is all that stands: a line may have been corrected by other documents
/// meanwhile, and no more is given back than is left.
pub fn note_document(
    of: &Invoice,
    plan: &NotePlan,
    posted: &Posted,
    number: &str,
    reason: &str,
    on: Date,
) -> Result<DocumentPlan, NoteError> {
    let lines = plan.lines.iter().map(|line| note_line(of, plan.kind, line, posted, number, reason));
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    let signed = |amount: Money| sign(plan.kind, amount);
    let taxes = plan.taxes.iter().map(|one| Subtotal {
        tax: one.tax.clone(),
        base: signed(one.base),
        exact: Ratio::from(signed(one.amount).to_dec()),
        amount: signed(one.amount),
    });
    Ok(DocumentPlan {
        kind: match plan.kind {
            NoteKind::Credit => DocumentKind::CreditNote,
            NoteKind::Debit => DocumentKind::DebitNote,
        },
        on,
        currency: plan.currency,
        lines,
        reached: Vec::new(),
        net: signed(plan.net),
        taxes: taxes.collect(),
        total: signed(plan.gross),
        gathers: Gathers::Differences,
    })
}

/// The key of a line of a document, by its number.
pub fn key_of_line(of: &Invoice, number: u32) -> Option<&LineKey> {
    Some(&line_of(of, number)?.key)
}

fn line_of(of: &Invoice, number: u32) -> Option<&Line> {
    of.lines.get(usize::try_from(number.checked_sub(1)?).ok()?)
}

fn sign(kind: NoteKind, amount: Money) -> Money {
    match kind {
        NoteKind::Credit => amount.negated(),
        NoteKind::Debit => amount,
    }
}

fn note_line(
    of: &Invoice,
    kind: NoteKind,
    note: &NoteLine,
    posted: &Posted,
    number: &str,
    reason: &str,
) -> Result<Line, NoteError> {
    let line = line_of(of, note.number).ok_or(NoteError::UnknownLine { number: note.number })?;
    let stated = note.amount.minus(note.discount)?;
    let amount = sign(kind, stated);
    let known = posted.get(&line.key).filter(|known| known.amount == known.last.worth.amount);
    let Some(known) = known else { return Err(NoteError::BillFirst { number: note.number }) };
    if !line.amount.is_negative() && known.amount.plus(amount)?.is_negative() {
        return Err(NoteError::ExceedsLeft { number: note.number, asked: stated, left: known.amount });
    }
    let mut worth = known.last.worth.clone();
    worth.amount = worth.amount.plus(amount)?;
    let adjustment = Key::try_from(format!("{number}:{}", note.number))?;
    worth.adjusted.push(Adjusted { adjustment, reason: reason.into(), amount: amount.negated() });
    let signed = |money: Money| sign(kind, money);
    let tax = signed(note.gross.minus(note.net)?);
    let taxed = line.taxed.as_ref().map(|taxed| TaxedLine {
        prices: taxed.prices,
        decision: taxed.decision.clone(),
        net: signed(note.net),
        taxes: note.taxes.iter().map(|one| LineTax { tax: one.tax.clone(), amount: signed(one.amount) }).collect(),
        tax,
        gross: signed(note.gross),
        parts: Vec::new(),
    });
    let quantity = note.quantity.map_or(Ok(Ratio::ZERO), |units| match kind {
        NoteKind::Credit => Ratio::ZERO.minus(units),
        NoteKind::Debit => Ok(units),
    })?;
    Ok(Line {
        key: line.key.clone(),
        period: line.period,
        quantity,
        share: line.share,
        amount,
        posted: known.amount,
        worth,
        billed_until: None,
        taxed,
    })
}
