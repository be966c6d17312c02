//! Who has the last word on how a line is taxed.

use alloc::vec::Vec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where taxes can be stated, from the narrowest to the widest. The first that states any says all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StatedAt {
    /// The line itself.
    Line,
    /// An add-on.
    AddOn,
    /// A price.
    Price,
    /// A price of a fixed quantity.
    FixedPrice,
    /// A commitment.
    Commitment,
    /// A product.
    Product,
    /// A plan.
    Plan,
    /// The customer.
    Customer,
    /// The legal entity that sells.
    Entity,
}

/// Everything that the narrowest level states, in the order given; `None` when nothing is stated.
pub fn narrowest<T>(stated: impl IntoIterator<Item = (StatedAt, T)>) -> Option<(StatedAt, Vec<T>)> {
    let mut found: Option<(StatedAt, Vec<T>)> = None;
    for (level, tax) in stated {
        match &mut found {
            Some((known, taxes)) if *known == level => taxes.push(tax),
            Some((known, _)) if *known < level => {}
            Some(_) | None => found = Some((level, alloc::vec![tax])),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_level_says_all() {
        use StatedAt::{Customer, Entity, Line, Plan, Price};
        assert_eq!(narrowest([(Entity, 5), (Plan, 10), (Price, 12)]), Some((Price, alloc::vec![12])));
        assert_eq!(narrowest([(Entity, 5), (Customer, 10), (Customer, 12)]), Some((Customer, alloc::vec![10, 12])));
        assert_eq!(narrowest([(Line, 20), (Entity, 25), (Line, 10)]), Some((Line, alloc::vec![20, 10])));
        assert_eq!(narrowest::<u8>([]), None);
    }
}
