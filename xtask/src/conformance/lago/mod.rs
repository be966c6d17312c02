//! The vectors taken from Lago, one module per topic.

pub mod dates;
pub mod discounts;
pub mod documents;
pub mod prices;
pub mod taxes;
pub mod usage;
pub mod wallets;

use super::Topic;

/// The kinds of every topic that is there.
pub const TOPICS: &[Topic] =
    &[dates::KINDS, discounts::KINDS, documents::KINDS, prices::KINDS, taxes::KINDS, usage::KINDS, wallets::KINDS];
