//! Payments: what was paid of what is claimed, and what a customer has to their credit.
//!
//! Documents claim, payments pay, and what no document has of a payment is the customer's balance. All three are folds over what happened;
//! none is stored. A credit note is a payment too, that comes from the receivable itself, and a claim that is given up is paid by a loss.
//!
//! ```
//! use payments::{Account, Claim, Method, Payment, Pays, State};
//! use money::{Currency, Money};
//!
//! let euro = Currency::parse("EUR")?;
//! let at: calendar::Instant = "2026-04-01T00:00:00Z".parse()?;
//! let claim = Claim {
//!     document: "inv_1".try_into()?, number: "INV-000001".into(), at, on: "2026-04-01".parse()?, due_on: "2026-05-01".parse()?,
//!     total: Money::new(100_00, euro),
//! };
//! let mut account = Account::new("acme".try_into()?, "default".try_into()?, euro, vec![claim], Vec::new());
//!
//! // 120.00 arrive: the invoice is paid, and 20.00 are in the balance
//! let payment = Payment {
//!     key: "bank-17".try_into()?, customer: "acme".try_into()?, entity: "default".try_into()?, method: Method::BankTransfer,
//!     amount: Money::new(120_00, euro), fee: None, received_at: at, recorded_at: at, reference: None, steps: Vec::new(),
//! };
//! let change = account.record(payment, Pays::OldestDueFirst)?;
//! account.adopt(&change);
//! assert_eq!(account.balance()?, Money::new(20_00, euro));
//! assert_eq!(account.standings("2026-04-01".parse()?)?[0].state, State::Paid);
//!
//! // cash 120.00 to receivable 100.00 and customer balance 20.00
//! assert_eq!(change.entries[0].postings().len(), 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod claim;
mod error;
mod payment;

pub use claim::{Claim, PaidPart, Standing, State};
pub use error::SettleError;
pub use payment::{Did, Method, Payment, Step, Uses};

mod account;
mod change;
mod postings;

pub use account::Account;
pub use change::{Change, Pays, Refunding, Share};

mod inspect;
mod statement;

pub use inspect::Finding;
pub use statement::{Ages, Row, RowKind, Statement};
