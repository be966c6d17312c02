//! Which of several prices an event belongs to, by filters on its properties.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::String,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Values that an event may have, per property. An event fits when each named property has one of its values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Filter(pub BTreeMap<String, BTreeSet<String>>);

impl Filter {
    /// Whether an event with these properties fits.
    pub fn fits(&self, properties: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|(name, values)| properties.get(name).is_some_and(|value| values.contains(value)))
    }

    /// How specific it is: more properties first, then fewer accepted values.
    fn rank(&self) -> (core::cmp::Reverse<usize>, usize) {
        (core::cmp::Reverse(self.0.len()), self.0.values().map(BTreeSet::len).sum())
    }
}

/// The most specific filter that an event fits: most properties, then fewest accepted values, then the first in the list (the
/// oldest). `None` when it fits none, and belongs to the default price.
pub fn route(filters: &[Filter], properties: &BTreeMap<String, String>) -> Option<usize> {
    let fitting = filters.iter().enumerate().filter(|(_, filter)| filter.fits(properties));
    fitting.min_by_key(|(n, filter)| (filter.rank(), *n)).map(|(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(pairs: &[(&str, &[&str])]) -> Filter {
        Filter(pairs.iter().map(|(k, v)| ((*k).into(), v.iter().map(|x| (*x).into()).collect())).collect())
    }

    #[test]
    fn the_most_specific_filter_wins_then_the_oldest() {
        let filters = [
            filter(&[("cloud", &["aws", "gcp"])]),
            filter(&[("cloud", &["aws"])]),
            filter(&[("cloud", &["aws"]), ("region", &["eu", "us"])]),
            filter(&[("cloud", &["aws"])]),
        ];
        let event = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        assert_eq!(route(&filters, &event(&[("cloud", "aws"), ("region", "eu")])), Some(2));
        assert_eq!(route(&filters, &event(&[("cloud", "aws"), ("region", "ap")])), Some(1));
        assert_eq!(route(&filters, &event(&[("cloud", "gcp")])), Some(0));
        assert_eq!(route(&filters, &event(&[("cloud", "azure")])), None);
    }
}
