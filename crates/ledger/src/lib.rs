//! Double-entry books: entries that cannot be written unless they balance, and balances as folds over them.
//!
//! ```
//! use calendar::Instant;
//! use ledger::{Account, EntryDraft, balances};
//! use money::{Currency, Money};
//!
//! let euro = Currency::parse("EUR")?;
//! let at: Instant = "2026-04-01T00:00:00Z".parse()?;
//! let entry = EntryDraft::new("invoice:INV-1:issued", at)
//!     .debit(Account::Receivable, Money::new(3000, euro))
//!     .credit(Account::ContractLiability, Money::new(3000, euro))
//!     .balanced()?;
//!
//! let books = balances([&entry])?;
//! assert_eq!(books.of(Account::Receivable, euro).to_string(), "30.00 EUR");
//! assert_eq!(books.of(Account::ContractLiability, euro).to_string(), "30.00 EUR");
//!
//! // what does not balance is not an entry
//! let lopsided = EntryDraft::new("oops", at).debit(Account::Receivable, Money::new(1, euro)).balanced();
//! assert!(lopsided.is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod account;
mod balance;
mod entry;
mod month;

pub use account::{Account, Side};
pub use balance::{Balances, balances, functional_balances};
pub use entry::{Book, Entry, EntryDraft, EntryError, EntryId, Posting, Valued};
pub use month::{Month, MonthError};

mod chart;
mod rule;
mod rules;

pub use chart::{Chart, ChartError, ChartLine};
pub use rule::{Amounts, Measure, Rule, RuleError, RuleLeg, RuleRow, Rules};
pub use rules::{exchange, standard_rules};

mod chain;
mod journal;
mod periods;

pub use chain::{BrokenChain, HASH_VERSION, Hash, proof, verify};
pub use journal::{Booked, BooksError, Calendars, Journal, Posted, View};
pub use periods::{PeriodState, Periods, PeriodsError, Poster};
