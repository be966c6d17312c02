//! What was agreed: customers, and subscriptions as chains of dated changes.
//!
//! A subscription is not edited. Each change is a fact with two times (when it takes effect, when it was known), and the terms at
//! any instant follow from the chain; see [`Subscription::segments`].
//!
//! ```
//! use contracts::{Change, PlanRef, Step, Subscription};
//! use std::collections::BTreeMap;
//!
//! let at = |text: &str| text.parse::<calendar::Instant>();
//! let plan = |name: &str| PlanRef { plan: name.try_into().unwrap(), version: 1 };
//! let start = Change {
//!     effective_at: at("2026-04-01T00:00:00Z")?,
//!     recorded_at: at("2026-04-01T00:00:00Z")?,
//!     step: Step::start(plan("basic"), BTreeMap::new()),
//! };
//! let mut acme = Subscription::start("acme".try_into()?, "acme".try_into()?, calendar::Zone::utc(), None, start)?;
//! acme.change(Change {
//!     effective_at: at("2026-04-16T00:00:00Z")?,
//!     recorded_at: at("2026-04-16T09:30:00Z")?,
//!     step: Step::switch(plan("scale"), BTreeMap::new()),
//! })?;
//!
//! let segments = acme.segments()?;
//! assert_eq!(segments.len(), 2);
//! assert_eq!(segments[0].to, Some(at("2026-04-16T00:00:00Z")?));
//! assert_eq!(segments[1].plan, plan("scale"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod billing_policy;
mod change;
mod charge;
mod customer;
mod effective;
mod entity;
mod life;
mod payment_days;
mod prices;
mod quantities;
mod scope;
mod subscription;
mod term;
mod when;

pub use billing_policy::{BillingPolicy, Corrections, Issuing};
pub use change::{Change, Credit, Phases, PlanRef, Prices, Quantities, Step};
pub use charge::Charge;
pub use customer::{Customer, CustomerTax};
pub use effective::Effective;
pub use entity::{Entity, EntityTax, Series};
pub use life::{Life, Segment, State};
pub use payment_days::PaymentDays;
pub use prices::check_prices;
pub use quantities::{QuantityError, check_quantities};
pub use scope::UsageScope;
pub use subscription::{ChangeError, Subscription};
pub use term::{Anchor, Term, Then};
pub use when::When;
