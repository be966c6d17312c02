//! The vectors of tax rules, one module per topic.

pub mod calculation;
pub mod vat;

use super::Topic;

/// The kinds of every topic that is there.
pub const TOPICS: &[Topic] = &[calculation::KINDS, vat::KINDS];
