//! Taking a note back.

use super::{IssuedNote, NoteError, NoteKind};
use money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What voiding a note undoes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reversal {
    /// How much more of the document is open again; below zero when a debit note is voided.
    pub open: Money,
    /// How much the customer's balance loses.
    pub from_balance: Money,
}

/// Whether a note can be voided, and what that undoes. What went to the balance must still be there: `balance_left`, of what the note gave. A refund
/// that was paid cannot be undone: `paid` says which payments have got theirs.
pub fn void(note: &IssuedNote, balance_left: Money, paid: impl Fn(&Key) -> Paid) -> Result<Reversal, NoteError> {
    if note.is_void() {
        return Err(NoteError::VoidAlready);
    }
    let settlement = &note.plan.settlement;
    for refund in &settlement.refunds {
        if paid(&refund.payment) == Paid::Yes {
            return Err(NoteError::Refunded { payment: refund.payment.clone(), amount: refund.amount });
        }
    }
    if balance_left.minus(settlement.to_balance)?.is_negative() {
        return Err(NoteError::BalanceUsed { given: settlement.to_balance, left: balance_left });
    }
    let open = match note.plan.kind {
        NoteKind::Credit => settlement.reduces_open,
        NoteKind::Debit => note.plan.gross.negated(),
    };
    Ok(Reversal { open, from_balance: settlement.to_balance })
}

/// Whether a refund was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// It is gone.
    Yes,
    /// It is only planned.
    NotYet,
}
