//! The vectors taken from Meteroid, one module per topic.

pub mod dates;
pub mod discounts;
pub mod documents;
pub mod entitlements;
pub mod prices;
pub mod taxes;
pub mod usage;

use super::Topic;

/// The kinds of every topic that is there.
pub const TOPICS: &[Topic] =
    &[dates::KINDS, discounts::KINDS, documents::KINDS, entitlements::KINDS, prices::KINDS, taxes::KINDS, usage::KINDS];
