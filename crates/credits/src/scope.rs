//! What a grant may be used for, and what a use is for.

use alloc::collections::BTreeSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What a charge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Metered usage.
    #[default]
    Usage,
    /// A fee that comes back each period.
    Fee,
    /// A charge that is made once.
    Once,
    /// What a minimum that was agreed is short of.
    Commitment,
}

/// What something is used for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Target {
    /// What kind of charge it is.
    pub kind: Kind,
    /// The product; none where the charge has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Key>,
    /// The meter; none where it is not usage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter: Option<Key>,
}

/// What a grant may be used for. A set that is empty leaves its question open; what is named in several sets must fit each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Kinds of charges.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<Kind>,
    /// Products.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub products: BTreeSet<Key>,
    /// Meters.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub meters: BTreeSet<Key>,
}

impl Scope {
    /// Whether a use of this kind may draw.
    pub fn admits(&self, target: &Target) -> bool {
        let among =
            |named: &BTreeSet<Key>, key: Option<&Key>| named.is_empty() || key.is_some_and(|key| named.contains(key));
        (self.kinds.is_empty() || self.kinds.contains(&target.kind))
            && among(&self.products, target.product.as_ref())
            && among(&self.meters, target.meter.as_ref())
    }

    /// How many questions it leaves open, and how much it names: of two scopes the one with the smaller number is the narrower one.
    pub(crate) fn breadth(&self) -> (usize, usize) {
        let named = [self.kinds.len(), self.products.len(), self.meters.len()];
        (named.iter().filter(|count| **count == 0).count(), named.iter().sum())
    }

    /// Whether every use may draw.
    pub fn is_everything(&self) -> bool {
        self.breadth() == (3, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Key {
        text.parse().expect("a key")
    }

    #[test]
    fn what_is_named_must_fit_each_set() {
        let scope = Scope { kinds: [Kind::Usage].into(), meters: [key("tokens")].into(), ..Scope::default() };
        let tokens = Target { meter: Some(key("tokens")), ..Target::default() };
        assert!(scope.admits(&tokens) && Scope::default().admits(&tokens));
        assert!(!scope.admits(&Target { kind: Kind::Fee, ..tokens.clone() }), "a fee is no usage");
        assert!(!scope.admits(&Target { meter: None, ..tokens }), "usage of nothing that is named");
        assert!(Scope::default().is_everything() && !scope.is_everything());
    }
}
