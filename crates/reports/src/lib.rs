//! What the books and the agreements come to, for those who close a month.
//!
//! Each report is a fold over entries that are posted ([`TrialBalance`], [`GeneralLedger`], [`RollForward`]) or over what customers pay each month
//! ([`Movements`], [`Cohorts`]), as of both times: what is true before an instant, and what was known by another ([`Span`]). Nothing is kept. [`plain_text`]
//! writes the journal for programs that check it independently of this one.
//!
//! ```
//! use ledger::{Account, EntryDraft};
//! use reports::{Recorded, Span, Trial};
//! # use money::{Currency, Money};
//! let euro = Currency::parse("EUR")?;
//! let at = "2026-04-30T00:00:00Z".parse()?;
//! let entry = EntryDraft::new("invoice", at)
//!     .debit(Account::Receivable, Money::new(119_00, euro))
//!     .credit(Account::ContractLiability, Money::new(100_00, euro))
//!     .credit(Account::TaxPayable, Money::new(19_00, euro))
//!     .balanced()?;
//!
//! let mut trial = Trial::begin(Span::before("2026-05-01T00:00:00Z".parse()?), Vec::new());
//! trial.add(&Recorded { seq: 1, recorded_at: at, entry: &entry })?;
//! let report = trial.end()?;
//! assert_eq!(report.rows.len(), 3);
//! assert_eq!(report.totals[0].debits, report.totals[0].credits);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod recorded;

pub use recorded::{Dimensions, Recorded, Span};

mod general_ledger;
mod roll_forward;
mod trial_balance;

pub use general_ledger::{GeneralLedger, GeneralLedgerLine, Ledgering};
pub use roll_forward::{RollForward, RollForwardRow, Rolling};
pub use trial_balance::{Trial, TrialBalance, TrialBalanceRow, TrialBalanceTotal};

mod cohorts;
mod movements;

pub use cohorts::{Cohort, Cohorts};
pub use movements::{CustomerMonth, Movement, MovementKind, Movements, MovementsOfMonth, Recurring};

pub mod plain_text;
