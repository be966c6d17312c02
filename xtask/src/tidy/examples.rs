//! Scenarios are the executable specification: each says in one sentence what it shows, and each price model and
//! aggregation is shown by one.

use crate::finding::Finding;
use crate::tree::{Tree, has_word};

/// Whether the text of a scenario uses a word of the pricing file.
type Uses = fn(&str, &str) -> bool;

/// Where one file is one word of the pricing file.
const SHOWN: &[(&str, &str, Uses)] = &[
    ("crates/rating/src/models/", "price model", uses_model),
    ("crates/metering/src/aggregations/", "aggregation", uses_aggregation),
];

/// Every model and aggregation has a scenario, every scenario has its sentence.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let scenarios: Vec<(&str, &str)> = tree.files("scenarios/", ".yaml").collect();
    let mut findings = Vec::new();
    for (folder, what, uses) in SHOWN {
        for (path, _) in tree.files(folder, ".rs") {
            let name = path[folder.len()..].trim_end_matches(".rs");
            if name != "mod" && !name.contains('/') && !scenarios.iter().any(|(_, text)| uses(text, name)) {
                let mend = format!("add a scenario under scenarios/ whose pricing uses `{name}`");
                findings.push(Finding::file(path, format!("no scenario shows this {what}"), mend));
            }
        }
    }
    findings.extend(scenarios.iter().filter(|(_, text)| !has_sentence(text)).map(|(path, _)| {
        Finding::line(
            path,
            0,
            "the first line is not one sentence",
            "begin with `# ` and one sentence that says what the scenario shows.",
        )
    }));
    findings
}

/// A price has the model as its key.
fn uses_model(scenario: &str, model: &str) -> bool {
    scenario.lines().any(|line| is_key(line, model))
}

/// A meter has `aggregate: count`, `aggregate: { sum: … }`, or the key in the lines below `aggregate:`.
fn uses_aggregation(scenario: &str, aggregation: &str) -> bool {
    let mut lines = scenario.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((_, value)) = line.split_once("aggregate:") else { continue };
        let below = if value.trim().is_empty() { lines.peek().copied().unwrap_or_default() } else { "" };
        let word = value.trim().trim_matches('"').split([',', '}']).next().unwrap_or_default().trim();
        if word == aggregation || is_key(value, aggregation) || is_key(below, aggregation) {
            return true;
        }
    }
    false
}

fn is_key(line: &str, key: &str) -> bool {
    !line.trim_start().starts_with('#')
        && line.match_indices(key).any(|(at, _)| line[at + key.len()..].starts_with(':'))
        && has_word(line, key)
}

fn has_sentence(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("# ").is_some_and(|sentence| {
        sentence.ends_with('.') && sentence.contains(' ') && !sentence[..sentence.len() - 1].contains(". ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(scenario: &str) -> Vec<String> {
        let tree = Tree::from([
            ("crates/rating/src/models/flat.rs", ""),
            ("crates/rating/src/models/mod.rs", ""),
            ("crates/metering/src/aggregations/sum.rs", ""),
            ("scenarios/a/one.yaml", scenario),
        ]);
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_model_and_an_aggregation_that_no_scenario_shows_are_found() {
        assert_eq!(
            whats("# A fee.\nper_flat: 1\n"),
            ["no scenario shows this price model", "no scenario shows this aggregation"]
        );
        assert_eq!(
            whats("# A fee.\nmeters: { a: { aggregate: { sum: x } } }\nfee: { flat: 1 }\n"),
            Vec::<String>::new()
        );
        assert_eq!(whats("# A fee.\naggregate:\n  sum: x\nfee:\n  flat: 1\n"), Vec::<String>::new());
    }

    #[test]
    fn a_meter_that_only_counts_uses_its_aggregation() {
        assert!(uses_aggregation("m: { event: a, aggregate: count }", "count"));
        assert!(!uses_aggregation("count: 3", "count"));
    }

    #[test]
    fn a_scenario_without_its_sentence_is_found() {
        let body = "aggregate: { sum: x }\nflat: 1\n";
        for first in ["pricing:", "# no full stop", "# Two sentences. Here."] {
            assert_eq!(whats(&format!("{first}\n{body}")), ["the first line is not one sentence"], "{first}");
        }
    }
}
