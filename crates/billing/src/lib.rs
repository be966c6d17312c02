//! What to bill: everything that should have been billed by now, less everything that has been.
//!
//! A [`BillPlan`] is a pure function of facts: the catalog, the subscriptions with their dated changes, the usage that a
//! store measured, and the lines that were posted before. It is asked in two steps, because measuring is an effect:
//! [`needs`] names the questions, the caller has them answered, [`plan`] draws the bill.
//!
//! ```
//! use billing::{Account, Catalogs, Posted, Terms, needs, plan};
//! # use contracts::{Change, Customer, PlanRef, Step, Subscription};
//! let pricing = r#"{"plans": {"basic": {"currency": "EUR", "every": "month", "prices": {"fee": {"flat": "30.00", "prorate": "day"}}}}}"#;
//! let catalogs: Catalogs = [(1, serde_json::from_str(pricing)?)].into();
//! let start = "2026-04-16T00:00:00Z".parse()?;
//! # let basic = PlanRef { plan: "basic".try_into()?, version: 1 };
//! # let first = Change { effective_at: start, recorded_at: start, step: Step::start(basic, Default::default()) };
//! # let subscription = Subscription::start("acme".try_into()?, "acme".try_into()?, calendar::Zone::utc(), None, first)?;
//! # let customer = Customer::new("acme".try_into()?, "Acme", calendar::Zone::utc());
//! let mut account = Account { entity: contracts::Entity::unnamed(), customer, subscriptions: vec![subscription], charges: Vec::new(), redemptions: Vec::new(), adjustments: Vec::new(), posted: Posted::default() };
//! let terms = Terms::usual(start);
//!
//! assert!(needs(&account, &catalogs, start)?.is_empty(), "nothing is metered");
//! let drawn = plan(&account, &catalogs, terms, &[])?;
//! assert_eq!(drawn.documents[0].total.to_string(), "30.00 EUR");
//!
//! // once it is posted, nothing is due
//! for line in drawn.documents.into_iter().flat_map(|document| document.lines) {
//!     account.posted.add(line)?;
//! }
//! assert!(plan(&account, &catalogs, terms, &[])?.documents.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod key;

pub use key::{LineKey, PriceRef};

mod facts;

pub use contracts::Corrections;
pub use facts::{Account, Catalogs, Detail, Early, Posted, Terms, Unmeasured, UsageAnswer, UsageNeed};

mod error;

pub use error::PlanError;

mod arrange;
mod charged;
mod counted_twice;
mod cover;
mod due;
mod stint;
mod under_way;

pub use counted_twice::{CountedTwice, UngroupedMeter, counted_twice, ungrouped_meter};
pub use cover::{Standing, standing};
pub use under_way::Reached;

mod explain;

pub use explain::{Measurement, PartWorth, Source, Worth};

mod line;
mod plan;
mod stays;
mod tax_days;
mod taxed;

pub use line::Line;
pub use plan::{BillPlan, DocumentKind, DocumentPlan, Gathers, Note, needs, next_due, plan};
pub use stays::{Stays, stays};
pub use taxed::{TaxedLine, TaxedPart};

mod compare;
mod metered;

pub use compare::{CurrencyDifference, LineDifference, PlanDifference, compare, compare_by_currency};
pub use metered::{MeteredCycle, metered_cycles};

mod discount;
mod taken_off;

pub use discount::{
    Counts, Discount, DiscountError, Discountable, Discounted, Ended, How, Lasts, Limits, Off, PercentOff,
    PercentOffError, PriceName, Redeem, RedeemError, Redemption, Rerate, Scope, Share, Spent, Stacking, Used,
    at_average, discounts,
};

pub use taken_off::TakenOff;

mod adjustment;
mod by_hand;
mod credit_note;
mod totals;

pub use adjustment::{Adjusted, Adjustment, AdjustmentError, By, Effect, adjust, given_up};

pub use by_hand::{key_of_line, note_document};
pub use credit_note::{
    Issued, IssuedLine, IssuedNote, NoteError, NoteKind, NoteLine, NotePlan, Numbering, Paid, PaidFrom, Payment, Pick,
    Refund, Reversal, Settle, Settlement, TaxTotal, plan_credit, plan_debit, settle, void,
};
pub use totals::{Charge, PaidBy, Totals, TotalsError, compose, pay};

pub mod profiles;

mod inspect;
mod invoice;
mod postings;
mod render;
mod spend;

pub use inspect::{Finding, inspect};
pub use invoice::{Invoice, InvoiceId, NoteOf, Status, Voided, VoidedLines};
pub use postings::{absorbed_entry, postings, void_entry};
pub use render::{render_invoice, render_line};
pub use spend::{line_total, spend_to_date};
