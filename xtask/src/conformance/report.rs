//! What came out, for a person and for a machine.

use super::run::{Outcome, Result};
use super::vectors::Found;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How many of one kind, or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Count {
    passed: usize,
    failed: usize,
    stated: usize,
    unsupported: usize,
}

impl Count {
    fn of<'a>(results: impl IntoIterator<Item = &'a Result<'a>>) -> Self {
        let mut count = Self::default();
        for result in results {
            match result.outcome {
                Outcome::Passed => count.passed += 1,
                Outcome::Failed(_) => count.failed += 1,
                Outcome::StatedOnly(_) => count.stated += 1,
                Outcome::Unsupported => count.unsupported += 1,
            }
        }
        count
    }

    fn skipped(self) -> usize {
        self.stated + self.unsupported
    }

    fn json(self) -> Value {
        json!({"passed": self.passed, "failed": self.failed, "stated_only": self.stated, "not_yet_supported": self.unsupported})
    }
}

type ByKind<'a> = BTreeMap<&'a str, Vec<&'a Result<'a>>>;

fn by_peer<'a>(results: &'a [Result<'a>]) -> BTreeMap<&'a str, ByKind<'a>> {
    let mut peers: BTreeMap<&str, ByKind<'_>> = BTreeMap::new();
    for result in results {
        let vector = result.vector;
        peers.entry(&vector.peer).or_default().entry(&vector.kind).or_default().push(result);
    }
    peers
}

/// A table per peer, every failure with its differences, and the totals in the last line.
pub(super) fn text(found: &Found, results: &[Result<'_>]) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = write_text(&mut out, found, results);
    out
}

fn write_text(out: &mut String, found: &Found, results: &[Result<'_>]) -> std::fmt::Result {
    for (peer, kinds) in by_peer(results) {
        let width = kinds.keys().map(|kind| kind.chars().count()).max().unwrap_or_default().max(20);
        writeln!(
            out,
            "{peer:<width$}  {:>8}{:>8}{:>13}{:>19}",
            "passed", "failed", "stated only", "not yet supported"
        )?;
        let rows = kinds.iter().map(|(kind, results)| (*kind, Count::of(results.iter().copied())));
        let all = ("all of it", Count::of(kinds.values().flatten().copied()));
        for (kind, count) in rows.chain([all]) {
            write!(out, "  {kind:<width$}{:>8}{:>8}", count.passed, count.failed)?;
            writeln!(out, "{:>13}{:>19}", count.stated, count.unsupported)?;
        }
        writeln!(out)?;
    }
    for file in &found.without {
        writeln!(out, "no vectors in {file}")?;
    }
    for (file, reason) in &found.unreadable {
        writeln!(out, "UNREADABLE {file}: {reason}")?;
    }
    for result in results {
        let (word, differences) = match &result.outcome {
            Outcome::Failed(differences) => ("FAILED", differences),
            Outcome::StatedOnly(differences) => ("stated", differences),
            Outcome::Passed | Outcome::Unsupported => continue,
        };
        writeln!(out, "{word} {} ({}, {})", result.vector.id, result.vector.kind, result.vector.file)?;
        for difference in differences {
            let at = if difference.at.is_empty() { "all of it" } else { &difference.at };
            writeln!(out, "    {at}: expected {}, got {}", shortened(&difference.expected), difference.got)?;
        }
    }
    let count = Count::of(results);
    writeln!(out, "skipped: {} not yet supported, {} stated only", count.unsupported, count.stated)?;
    writeln!(out, "{} passed, {} failed, {} skipped", count.passed, count.failed, count.skipped())
}

/// Enough of a long value to recognise it.
fn shortened(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(300).collect();
    if letters.next().is_some() { start + " …" } else { start }
}

/// The same facts as one object.
pub(super) fn json(found: &Found, results: &[Result<'_>]) -> Value {
    let peers: BTreeMap<&str, BTreeMap<&str, Value>> = by_peer(results)
        .into_iter()
        .map(|(peer, kinds)| {
            (peer, kinds.into_iter().map(|(kind, results)| (kind, Count::of(results).json())).collect())
        })
        .collect();
    let failures: Vec<Value> = results
        .iter()
        .filter_map(|result| match &result.outcome {
            Outcome::Failed(differences) => Some((result.vector, differences)),
            Outcome::Passed | Outcome::StatedOnly(_) | Outcome::Unsupported => None,
        })
        .map(|(vector, differences)| {
            let differences: Vec<Value> = differences.iter().map(|d| json!({"at": d.at, "expected": d.expected, "got": d.got})).collect();
            json!({"id": vector.id, "peer": vector.peer, "kind": vector.kind, "file": vector.file, "differences": differences})
        })
        .collect();
    let unreadable: Vec<Value> =
        found.unreadable.iter().map(|(file, reason)| json!({"file": file, "reason": reason})).collect();
    json!({"peers": peers, "failures": failures, "unreadable": unreadable, "without_vectors": found.without, "total": Count::of(results).json()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::compare::Difference;
    use crate::conformance::vectors::{Standing, Vector};

    fn vector(kind: &str) -> Vector {
        Vector {
            peer: "lago".to_owned(),
            kind: kind.to_owned(),
            id: format!("lago.{kind}"),
            file: "a.json".to_owned(),
            input: Value::Null,
            expected: Value::Null,
            published: None,
            standing: Standing::Recomputed,
        }
    }

    #[test]
    fn failures_are_named_with_what_they_gave_and_the_last_line_has_the_totals() {
        let (one, two) = (vector("price"), vector("wallet"));
        let difference = Difference { at: "/amount".to_owned(), expected: "\"4\"".to_owned(), got: "\"5\"".to_owned() };
        let results = [
            Result { vector: &one, outcome: Outcome::Passed },
            Result { vector: &one, outcome: Outcome::Failed(vec![difference]) },
            Result { vector: &one, outcome: Outcome::StatedOnly(Vec::new()) },
            Result { vector: &two, outcome: Outcome::Unsupported },
        ];
        let text = text(&Found::default(), &results);
        assert!(text.contains("FAILED lago.price (price, a.json)\n    /amount: expected \"4\", got \"5\"\n"), "{text}");
        assert!(
            text.ends_with("skipped: 1 not yet supported, 1 stated only\n1 passed, 1 failed, 2 skipped\n"),
            "{text}"
        );
        let json = json(&Found::default(), &results);
        assert_eq!(json["peers"]["lago"]["wallet"]["not_yet_supported"], 1);
        assert_eq!(json["failures"][0]["id"], "lago.price");
        assert_eq!(
            json["total"],
            serde_json::json!({"passed": 1, "failed": 1, "stated_only": 1, "not_yet_supported": 1})
        );
    }
}
