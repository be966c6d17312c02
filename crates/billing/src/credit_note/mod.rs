//! Credit and debit notes over issued documents.
//!
//! An issued document is never changed: a note takes back a part of it, or charges more. The planner is told which lines and how much of
//! each, and works out the rest: the shares of discount and tax, the totals, and where the money goes. Each figure of a line is taken back
//! as *what should be credited by now, less what has been*: the last credit takes exactly what is left, so credits never exceed the document.

mod error;
mod issued;
mod numbering;
mod plan;
mod settle;
mod void;

pub use error::NoteError;
pub use issued::{Issued, IssuedLine};
pub use numbering::Numbering;
pub use plan::{Note as IssuedNote, NoteKind, NoteLine, NotePlan, Pick, TaxTotal, plan_credit, plan_debit};
pub use settle::{PaidFrom, Payment, Refund, Settle, Settlement, settle};
pub use void::{Paid, Reversal, void};
