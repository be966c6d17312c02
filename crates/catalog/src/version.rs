//! Versions of the catalog.

use crate::Catalog;
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The catalog as it was recorded: a fact that never changes. What is offered at an instant is the version with the latest `effective_at`
/// at or before it; of two with the same, the one with the higher number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogVersion {
    /// 1, 2, 3, … in the order of recording.
    pub number: u32,
    /// From when it is offered.
    pub effective_at: Instant,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// What is offered.
    pub catalog: Catalog,
}

impl CatalogVersion {
    /// The version that is offered at an instant, as it was known at another; `None` before the first.
    pub fn in_force(versions: &[Self], at: Instant, known_at: Instant) -> Option<&Self> {
        let known = versions.iter().filter(|version| version.recorded_at <= known_at && version.effective_at <= at);
        known.max_by_key(|version| (version.effective_at, version.number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }

    fn version(number: u32, effective: &str, recorded: &str) -> CatalogVersion {
        CatalogVersion { number, effective_at: at(effective), recorded_at: at(recorded), catalog: Catalog::default() }
    }

    #[test]
    fn the_version_in_force_depends_on_when_it_is_true_and_when_it_was_known() {
        let versions = [
            version(1, "2026-01-01T00:00:00Z", "2025-12-01T00:00:00Z"),
            version(2, "2026-07-01T00:00:00Z", "2026-05-01T00:00:00Z"),
            version(3, "2026-07-01T00:00:00Z", "2026-08-15T00:00:00Z"),
        ];
        let number =
            |when: &str, known: &str| CatalogVersion::in_force(&versions, at(when), at(known)).map(|v| v.number);
        assert_eq!(number("2025-12-31T23:59:59Z", "2026-12-01T00:00:00Z"), None);
        assert_eq!(number("2026-06-30T23:59:59Z", "2026-12-01T00:00:00Z"), Some(1));
        assert_eq!(number("2026-07-01T00:00:00Z", "2026-08-01T00:00:00Z"), Some(2));
        assert_eq!(
            number("2026-07-01T00:00:00Z", "2026-12-01T00:00:00Z"),
            Some(3),
            "a correction with the same beginning"
        );
        assert_eq!(number("2026-07-01T00:00:00Z", "2026-04-01T00:00:00Z"), Some(1), "before the second was known");
    }
}
