//! Value that customers pay for in advance or are given, and what becomes of it.
//!
//! A [`Grant`] is a stock with terms: when it may be used and until when, for what, in which order. [`replay`] computes from grants and uses,
//! all of them facts, who drew what from which grant: it is a fold over time and keeps nothing, so that a use that arrives late is one fact more
//! and a difference of two answers. [`Holds`] keeps what was promised and has not been used yet; [`pay`] pays the parts of a document; [`CreditRate`]
//! turns units of one's own into money.
//!
//! ```
//! use credits::{Grant, Replay, Target, Use, replay};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let at = |day: u8| format!("2026-04-{day:02}T00:00:00Z").parse::<calendar::Instant>();
//! let promotion = Grant::new("welcome".parse()?, "50".parse()?, at(1)?).expiring(at(15)?);
//! let bought = Grant::new("pack".parse()?, "100".parse()?, at(1)?);
//!
//! let uses = [Use::new(at(3)?, "30".parse()?), Use::new(at(20)?, "30".parse()?)];
//! let Replay { balances, movements, .. } = replay(&[bought, promotion], &uses, &[], at(30)?)?;
//! // what ends first is used first; the 20 that nobody used by the 15th have lapsed
//! assert_eq!(balances[0].to_string(), "70");
//! assert_eq!(balances[1].to_string(), "0");
//! assert_eq!(movements.len(), 5);
//! # let _ = Target::default();
//! # Ok(()) }
//! ```
#![no_std]
extern crate alloc;

mod error;
mod grant;
mod order;
mod scope;

pub use error::CreditError;
pub use grant::{Grant, Refill, Rollover};
pub use order::{DrawOrder, standard_order};
pub use scope::{Kind, Scope, Target};

mod replay;
mod timeline;

pub use replay::{
    Change, Movement, Opening, Overage, Replay, Reset, Rules, Uncovered, Use, Waiting, replay, replay_from,
};

mod ceiling;
mod hold;
mod pay;
mod rate;
mod runway;

pub use ceiling::{Ceiling, Reading, ceilings};
pub use hold::{Hold, HoldFact, Holds};
pub use pay::{Paid, Part, Wallet, pay};
pub use rate::{CreditRate, TopUp};
pub use runway::{burnt, runway};

pub mod profiles;

#[cfg(test)]
mod laws;

#[cfg(test)]
fn grant_key(text: &str) -> stdx::Key {
    text.parse().expect("a key")
}

#[cfg(test)]
fn money_of(currency: &str, minor: i128) -> money::Money {
    money::Money::new(minor, money::Currency::parse(currency).expect("a currency"))
}
