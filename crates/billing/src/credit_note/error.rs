//! Why there is no such note.

use money::{Money, Ratio};
use stdx::{Key, Problem, ToProblem};

/// Why a note cannot be planned or voided, in the order of checking.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// The document has no such line.
    #[error("the document has no line {number}")]
    UnknownLine {
        /// The number asked for.
        number: u32,
    },
    /// A line is asked for twice.
    #[error("line {number} is asked for twice")]
    LineTwice {
        /// The number.
        number: u32,
    },
    /// An amount or a quantity is zero, or has the other sign than the line.
    #[error("{asked} of line {number} cannot be credited or charged: it must have the sign of the line, {of}")]
    WrongSign {
        /// The line.
        number: u32,
        /// What was asked for.
        asked: Ratio,
        /// The whole of the line.
        of: Ratio,
    },
    /// More than is left.
    #[error("{asked} of line {number} cannot be credited: only {left} is left")]
    ExceedsLeft {
        /// The line.
        number: u32,
        /// What was asked for.
        asked: Money,
        /// What is left.
        left: Money,
    },
    /// More units than are left.
    #[error("{asked} units of line {number} cannot be credited: only {left} are left")]
    ExceedsQuantity {
        /// The line.
        number: u32,
        /// What was asked for.
        asked: Ratio,
        /// What is left.
        left: Ratio,
    },
    /// A line that is worth nothing has no shares.
    #[error("line {number} is worth nothing, so nothing can be charged in proportion to it")]
    WorthNothing {
        /// The line.
        number: u32,
    },
    /// What is due of the line changed since it was posted by documents that were voided.
    #[error("line {number} was voided in part: what is due of it now has to be billed before")]
    BillFirst {
        /// The line.
        number: u32,
    },
    /// The number of the note is too long for a name.
    #[error(transparent)]
    Name(#[from] stdx::KeyError),
    /// The note would be empty.
    #[error("nothing of what was asked for is left to credit")]
    Nothing,
    /// The note would charge what it should give back.
    #[error("the lines sum to {total}; a credit note gives something back")]
    NotACredit {
        /// The sum.
        total: Money,
    },
    /// The parts of the settlement are not the whole.
    #[error("{parts} would be paid back or kept, and it is {whole} that was paid")]
    DoesNotAddUp {
        /// The sum of the parts.
        parts: Money,
        /// What there is to settle.
        whole: Money,
    },
    /// More would be refunded than was paid.
    #[error("{asked} cannot be refunded: only {left} of the payments is left")]
    ExceedsPaid {
        /// What was asked for.
        asked: Money,
        /// What can be refunded.
        left: Money,
    },
    /// What was given back is no longer there.
    #[error("the note cannot be voided: {left} of the {given} that it gave to the balance is left")]
    BalanceUsed {
        /// What it gave.
        given: Money,
        /// What is left of it.
        left: Money,
    },
    /// The refund was paid.
    #[error("the note cannot be voided: its refund of {amount} to `{payment}` was paid")]
    Refunded {
        /// The payment.
        payment: Key,
        /// The refund.
        amount: Money,
    },
    /// It was voided before.
    #[error("the note was voided before")]
    VoidAlready,
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] money::MoneyError),
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] money::NumError),
}

impl ToProblem for NoteError {
    fn problem(&self) -> Problem {
        let problem = |code, title, mend: &str| Problem::new(code, title).detail(alloc::format!("{self}")).mend(mend);
        match self {
            Self::UnknownLine { .. } => {
                problem("no_such_line", "The document has no such line", "name a line by its number on the document")
            }
            Self::LineTwice { .. } | Self::WrongSign { .. } | Self::WorthNothing { .. } | Self::NotACredit { .. } => {
                problem(
                    "wrong_note_line",
                    "A line of the note makes no sense",
                    "name each line once, with a part above zero of what it is worth",
                )
            }
            Self::ExceedsLeft { .. } | Self::ExceedsQuantity { .. } => problem(
                "credit_exceeds_left",
                "The credit is more than is left of the line",
                "credit at most what is left; earlier credit notes count",
            ),
            Self::BillFirst { .. } => problem(
                "bill_before_note",
                "What was voided has to be billed before",
                "run billing, and write the note on the document that comes of it",
            ),
            Self::Name(_) => problem("invalid_key", "Not a name", "shorten the series of the entity"),
            Self::Nothing => problem(
                "nothing_to_credit",
                "Nothing is left to credit",
                "look at the earlier credit notes of the document",
            ),
            Self::DoesNotAddUp { .. } | Self::ExceedsPaid { .. } => problem(
                "settlement_does_not_add_up",
                "The parts of the settlement are not the whole",
                "let refund, balance and what is settled elsewhere sum to what was paid of the credit",
            ),
            Self::BalanceUsed { .. } | Self::Refunded { .. } | Self::VoidAlready => problem(
                "note_cannot_be_voided",
                "The note cannot be voided",
                "charge what was given back with a debit note",
            ),
            Self::Money(error) => error.problem(),
            Self::Number(error) => error.problem(),
        }
    }
}
