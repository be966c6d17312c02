//! Why something is not done with a payment. Nothing of it has happened then.

use alloc::{format, string::String};
use calendar::Instant;
use ledger::EntryError;
use money::{Money, MoneyError};
use stdx::{Key, KeyError, Problem, ToProblem};

/// Why something is not done with a payment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// An amount must be above zero.
    #[error("{0} is not above zero")]
    NotPositive(Money),
    /// It arrives later than now.
    #[error("the payment arrives at {received_at}, and it is {now}")]
    Future {
        /// When it is said to arrive.
        received_at: Instant,
        /// What time it is.
        now: Instant,
    },
    /// The key is one of those that we give ourselves.
    #[error("`{0}` begins like the keys of credit notes and write-offs")]
    KeyReserved(Key),
    /// A payment of this key is there and says something else.
    #[error("the payment `{0}` was recorded before, and said something else")]
    Differs(Key),
    /// A refund of this key is there and says something else.
    #[error("the refund `{0}` was made before, and said something else")]
    RefundDiffers(Key),
    /// The document is not a claim of this customer, seller and currency.
    #[error("`{0}` is no document of this customer, seller and currency that can be paid")]
    NotOfAccount(Key),
    /// Nothing of the document is left to pay.
    #[error("nothing is left to pay of {0}")]
    NothingOpen(String),
    /// More than is left to pay.
    #[error("{amount} is more than the {due} that are left to pay of {number}")]
    MoreThanOpen {
        /// The document.
        number: String,
        /// What was to be paid of it.
        amount: Money,
        /// What is left to pay.
        due: Money,
    },
    /// More than there is.
    #[error("{amount} is more than the {left} that are there")]
    MoreThanLeft {
        /// What was to be used.
        amount: Money,
        /// What is there.
        left: Money,
    },
    /// The payment does not pay the document.
    #[error("`{payment}` pays nothing of {document}")]
    NotApplied {
        /// The payment.
        payment: Key,
        /// The document, or `any document`.
        document: String,
    },
    /// It is reversed.
    #[error("`{0}` is reversed")]
    Reversed(Key),
    /// It is not done with what pays in this way.
    #[error("`{payment}` is {what}")]
    WrongSort {
        /// The payment.
        payment: Key,
        /// What it is.
        what: &'static str,
    },
    /// No key can be made of a number.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Amounts cannot be added.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// Its entry does not balance.
    #[error(transparent)]
    Entry(#[from] EntryError),
}

impl ToProblem for SettleError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Money(error) => return error.problem(),
            Self::Entry(error) => return error.problem(),
            Self::Key(_) => ("invalid_key", "Not a name", "use letters, digits and _ . : -"),
            Self::NotPositive(_) => {
                ("amount_not_positive", "The amount is not above zero", "give an amount above zero")
            }
            Self::Future { .. } => {
                ("payment_in_the_future", "A payment cannot arrive later than now", "record it when it is there")
            }
            Self::KeyReserved(_) => (
                "payment_key_reserved",
                "The key is kept for what we make ourselves",
                "let the key not begin with `credit:` or `write_off:`",
            ),
            Self::Differs(_) => (
                "payment_differs",
                "The payment was recorded with other words",
                "give another payment another key; reverse the first where it was recorded wrongly",
            ),
            Self::RefundDiffers(_) => {
                ("refund_differs", "The refund was made with other words", "give another refund another key")
            }
            Self::NotOfAccount(_) => (
                "document_not_payable",
                "The document cannot be paid by this",
                "name an issued invoice of this customer, seller and currency; drafts, credit notes and voided invoices are not paid",
            ),
            Self::NothingOpen(_) => (
                "nothing_open",
                "Nothing is left to pay",
                "leave the document out; the money stays in the customer's balance. Of a write-off, reverse it first",
            ),
            Self::MoreThanOpen { .. } => (
                "more_than_open",
                "More than is left to pay",
                "give at most what is left to pay; the rest stays in the customer's balance",
            ),
            Self::MoreThanLeft { .. } => ("more_than_left", "More than is there", "give at most what is there"),
            Self::NotApplied { .. } => (
                "not_allocated",
                "The payment does not pay the document",
                "read the payment: it says which documents it pays",
            ),
            Self::Reversed(_) => (
                "payment_reversed",
                "The payment is reversed",
                "record the payment that came instead under another key",
            ),
            Self::WrongSort { .. } => (
                "wrong_sort_of_payment",
                "This is not done with what pays in this way",
                "a credit note is taken back by voiding it, and a write-off by reversing it whole; both come to be by themselves",
            ),
        };
        Problem::new(code, title).detail(format!("{self}")).mend(mend)
    }
}
