//! The vectors taken from Kill Bill, one module per topic.

mod catalog;
pub mod dates;
pub mod family;
pub mod items;
pub mod overdue;
pub mod prices;
pub mod timeline;

use super::Topic;

/// The kinds of every topic that is there.
pub const TOPICS: &[Topic] =
    &[dates::KINDS, items::KINDS, timeline::KINDS, family::KINDS, overdue::KINDS, prices::KINDS];
