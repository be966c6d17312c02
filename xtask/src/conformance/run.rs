//! One vector through its adapter.

use super::Adapter;
use super::compare::{Difference, differences};
use super::vectors::{Standing, Vector};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What came of one vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Every expected value was computed.
    Passed,
    /// These were not.
    Failed(Vec<Difference>),
    /// The value that the vector states does not follow from its input by any rule that is known: another value than a
    /// published one that cannot be recomputed; or the published one, exactly, where the vector holds another to be right.
    StatedOnly(Vec<Difference>),
    /// No adapter knows this kind yet.
    Unsupported,
}

/// A vector and what came of it.
#[derive(Debug)]
pub(super) struct Result<'a> {
    pub vector: &'a Vector,
    pub outcome: Outcome,
}

impl Result<'_> {
    pub(super) fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }
}

/// Computes a vector. What panics inside an adapter is a failure of this vector, not of the run.
pub(super) fn run(vector: &Vector, adapter: Option<Adapter>) -> Result<'_> {
    let Some(adapter) = adapter else { return Result { vector, outcome: Outcome::Unsupported } };
    let answer = quietly(|| adapter(&vector.input, &vector.expected));
    let as_published = match (&answer, &vector.published) {
        (Ok(Ok(got)), Some(published)) => differences(published, got).is_empty(),
        (Ok(_) | Err(_), _) => false,
    };
    let found = match answer {
        Ok(Ok(got)) if vector.expected.is_object() => differences(&vector.expected, &got),
        Ok(Ok(_)) => vec![whole(vector, "the vector expects nothing")],
        Ok(Err(reason)) => vec![whole(vector, &format!("an error: {reason}"))],
        Err(panic) => vec![whole(vector, &format!("a panic: {panic}"))],
    };
    let outcome = match vector.standing {
        _ if found.is_empty() => Outcome::Passed,
        Standing::Stated => Outcome::StatedOnly(found),
        Standing::Recomputed if as_published => Outcome::StatedOnly(found),
        Standing::Recomputed => Outcome::Failed(found),
    };
    Result { vector, outcome }
}

fn whole(vector: &Vector, got: &str) -> Difference {
    Difference { at: String::new(), expected: vector.expected.to_string(), got: got.to_owned() }
}

/// Calls `work` and gives the words of a panic.
fn quietly<T>(
    work: impl FnOnce() -> std::result::Result<T, String>,
) -> std::result::Result<std::result::Result<T, String>, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("without words").to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn vector(standing: Standing) -> Vector {
        Vector {
            peer: "lago".to_owned(),
            kind: "k".to_owned(),
            id: "lago.k.1".to_owned(),
            file: "a.json".to_owned(),
            input: json!({"x": "2"}),
            expected: json!({"y": "4"}),
            published: None,
            standing,
        }
    }

    fn stated(vector: &Vector, adapter: Adapter) -> bool {
        matches!(run(vector, Some(adapter)).outcome, Outcome::StatedOnly(_))
    }

    #[test]
    fn what_is_computed_as_expected_has_passed() {
        let outcome = run(&vector(Standing::Recomputed), Some(|_, _| Ok(json!({"y": "4.0", "z": 1})))).outcome;
        assert_eq!(outcome, Outcome::Passed);
    }

    #[test]
    fn a_difference_an_error_and_a_panic_are_failures_of_the_vector() {
        let adapters: [Adapter; 3] =
            [|_, _| Ok(json!({"y": "5"})), |_, _| Err("no".to_owned()), |_, _| panic!("out of range")];
        for adapter in adapters {
            assert!(run(&vector(Standing::Recomputed), Some(adapter)).failed());
        }
    }

    #[test]
    fn a_value_that_is_only_stated_does_not_fail_and_counts_when_it_is_met() {
        assert!(stated(&vector(Standing::Stated), |_, _| Ok(json!({"y": "5"}))));
        assert_eq!(run(&vector(Standing::Stated), Some(|_, _| Ok(json!({"y": "4"})))).outcome, Outcome::Passed);
    }

    #[test]
    fn the_published_value_is_neither_right_nor_a_failure_where_the_vector_says_another() {
        let both = Vector { published: Some(json!({"y": "5"})), ..vector(Standing::Recomputed) };
        assert!(stated(&both, |_, _| Ok(json!({"y": "5"}))));
        assert_eq!(run(&both, Some(|_, _| Ok(json!({"y": "4"})))).outcome, Outcome::Passed);
        assert!(run(&both, Some(|_, _| Ok(json!({"y": "6"})))).failed());
    }

    #[test]
    fn a_kind_without_an_adapter_is_not_yet_supported() {
        assert_eq!(run(&vector(Standing::Recomputed), None).outcome, Outcome::Unsupported);
    }
}
