//! The company of the demo: three plans, fifty customers, three months of usage.

mod chance;
mod company;
mod story;
mod usage;

pub(crate) use story::{Story, tell};
