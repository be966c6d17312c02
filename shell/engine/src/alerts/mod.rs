//! Alerts: who is told when usage or spend reaches a limit, once for each limit, customer and billing period.
//!
//! What was reached is kept and promised to be told in one transaction, under a key that names alert, threshold, customer and period: so
//! it is told once, whatever the order of events, whoever looks, and however often.

mod alert;
mod crossing;
mod reading;
mod watch;

pub use alert::{Alert, AlertId, Limit, NewAlert, SpendOn, Watched};
pub(crate) use crossing::MAILTO;
pub use crossing::{Crossing, Mail};
pub use watch::Watching;
pub(crate) use watch::{Touched, Watch};
