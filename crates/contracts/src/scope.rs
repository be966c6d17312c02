//! Which usage of its customer a subscription bills.

use alloc::{collections::BTreeMap, string::String};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which usage of its customer a subscription bills. JSON form: `"all"`, `{ "only": { "project": "atlas" } }` or `"shared"`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UsageScope {
    /// All that its meters look at. No other subscription bills the same.
    #[default]
    All,
    /// Only events with these values of the meters' dimensions.
    Only(BTreeMap<String, String>),
    /// All that its meters look at, although another subscription bills it too: it is to be billed twice.
    Shared,
}

impl UsageScope {
    /// Whether nothing is said of it.
    pub fn is_all(&self) -> bool {
        *self == Self::All
    }

    /// The values that events must have.
    pub const fn only(&self) -> Option<&BTreeMap<String, String>> {
        match self {
            Self::Only(values) => Some(values),
            Self::All | Self::Shared => None,
        }
    }

    /// Whether an event may be billed by both without that having been said.
    pub fn collides(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Shared, _) | (_, Self::Shared) => false,
            (Self::Only(ours), Self::Only(theirs)) => {
                ours.iter().all(|(name, value)| theirs.get(name).is_none_or(|other| other == value))
            }
            (Self::All, Self::All | Self::Only(_)) | (Self::Only(_), Self::All) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_apart_by_a_dimension_of_another_value() {
        let only = |pairs: &[(&str, &str)]| {
            UsageScope::Only(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
        };
        let (atlas, other) = (only(&[("project", "atlas")]), only(&[("project", "other")]));
        assert!(!atlas.collides(&other) && atlas.collides(&atlas) && atlas.collides(&UsageScope::All));
        assert!(atlas.collides(&only(&[("region", "eu")])), "an event may have both");
        assert!(!UsageScope::All.collides(&UsageScope::Shared) && UsageScope::All.collides(&UsageScope::All));
        let json = r#"{"only":{"project":"atlas"}}"#;
        assert_eq!(serde_json::from_str::<UsageScope>(json).expect("a scope"), atlas);
    }
}
