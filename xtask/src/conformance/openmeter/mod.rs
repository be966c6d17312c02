//! The vectors taken from OpenMeter, one module per topic.

pub mod books;
pub mod dates;
pub mod grants;
pub mod prices;
pub mod usage;

use super::Topic;

/// The kinds of every topic that is there.
pub const TOPICS: &[Topic] = &[books::KINDS, dates::KINDS, grants::KINDS, prices::KINDS, usage::KINDS];
