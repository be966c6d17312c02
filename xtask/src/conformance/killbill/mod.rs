//! The vectors taken from Kill Bill, one module per topic.

pub mod dates;
pub mod prices;

use super::Topic;

/// The kinds of every topic that is there.
pub const TOPICS: &[Topic] = &[dates::KINDS, prices::KINDS];
