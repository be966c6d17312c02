//! Scenario files: a catalog, a dated timeline of what happens, and what must come out, run on the real engine.
//!
//! The clock goes from entry to entry. Before an entry everything that fell due in between is billed on its day, as the
//! scheduler does; after it, what is due then. So the order is always: time passes, something happens, bills are drawn.

mod action;
mod compare;
mod expect;
mod file;
mod observed;
mod observed_accounts;
mod observed_usage;
mod paying;
mod report;
mod run;
mod schema;
mod update;

pub use action::{Action, Correction, TimedAction, UsedEvents};
pub use compare::Difference;
pub use expect::{
    Expect, ExpectedAccount, ExpectedEvent, ExpectedFailure, ExpectedInvoice, ExpectedLine, ExpectedMakes,
    ExpectedPosting, ExpectedRow, ExpectedStanding, ExpectedUnpaid, ExpectedUsage,
};
pub use file::Scenario;
pub use observed::Observed;
pub use paying::{For, PayFields, Paying, Sum};
pub use report::report;
pub use run::{Outcome, play, run};
pub use schema::schema;
pub use update::update;
