//! What to bill: everything that should have been billed by now, less everything that has been.
#![no_std]
extern crate alloc;

mod key;

pub use key::{LineKey, PriceRef};

mod facts;

pub use facts::{Account, Catalogs, Corrections, Detail, Posted, Terms, UsageAnswer, UsageNeed};

mod error;

pub use error::PlanError;

mod cover;
mod due;
mod explain;

pub use explain::{Measurement, PartWorth, Source, Worth};

mod line;
mod plan;

pub use line::Line;
pub use plan::{BillPlan, DocumentKind, DocumentPlan, needs, next_due, plan};

mod inspect;
mod invoice;
mod postings;
mod render;

pub use inspect::{Finding, inspect};
pub use invoice::{Invoice, InvoiceId, Status};
pub use postings::postings;
pub use render::{render_invoice, render_line};
