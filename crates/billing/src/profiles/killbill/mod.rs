//! Kill Bill: items of invoices that are recomputed from the start on each run, and what an account owes.
//!
//! A run proposes every item from the life of the account's subscriptions ([`Book`]), keeps the billed days that a proposed item of
//! the same plan, phase and rate covers, bills what is missing and gives back the rest ([`difference`]). An [`Account`] puts the new
//! items on an invoice and moves its credit.
//!
//! Its subscriptions are its own ([`Subscription`]) and not those of `contracts`: they count in days, a change takes the place of all
//! that was planned from its day on, and phases of a change may be counted from any day. What is a choice of Kill Bill that may be
//! set otherwise is a value of [`Profile`].
//!
//! Source: the conventions in `conformance/killbill/README.md`.
//!
//! ```
//! use billing::profiles::killbill::{Charge, Billed, Item, ItemId, Terms, difference};
//! use calendar::profiles::killbill::MonthLength;
//! use money::{Currency, Money};
//!
//! let item = |days: &str, amount: &str| -> Result<Item, Box<dyn std::error::Error>> {
//!     let terms = Terms { plan: "gold".into(), phase: "evergreen".into(), rate: "12".parse()? };
//!     let amount = Money::from_dec(amount.parse()?, Currency::parse("USD")?)?;
//!     Ok(Item { subscription: Some("acme".into()), charge: Charge::Recurring { days: days.parse()?, terms }, amount })
//! };
//! // January was billed, and the subscription turns out to have ended on the 25th
//! let billed = [Billed { id: ItemId(1), item: item("2014-01-01..2014-02-01", "12.00")? }];
//! let new = difference(&billed, &[item("2014-01-01..2014-01-25", "9.29")?], MonthLength::Calendar)?;
//! assert_eq!(new[0].amount.to_string(), "-2.71 USD");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;

pub use error::KillBillError;

mod item;
mod profile;
mod spans;

pub use item::{Billed, Charge, Item, ItemId, Terms};
pub use profile::{Arrears, Profile, ZeroUsage};

mod difference;
mod history;

pub use difference::difference;
pub use history::{check_history, check_new, net_items};

mod propose;

pub use propose::{Event, Once, Recurring, propose};

mod book;
mod life;
mod offer;
mod usage;

pub use book::Book;
pub use life::Subscription;
pub use offer::{Alignment, Billed as BilledAt, Category, Phase, PhaseKind, Plan, Section, UsagePrice};
pub use usage::usage_boundaries;

mod account;
mod actions;
mod family;
mod invoice;
mod money_actions;
mod overdue;

pub use account::{Account, Invoicing, Payments};
pub use actions::{Join, Whose};
pub use family::{Child, Delegation, Family};
pub use invoice::{CreditMove, Invoice, Payment, State};
pub use overdue::{Overdue, OverdueState};
