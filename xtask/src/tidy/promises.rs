//! A crate's README says what it owns, what it does not own, and which test keeps each invariant.

use crate::finding::Finding;
use crate::tree::Tree;
use std::collections::BTreeSet;

const SECTIONS: [&str; 3] = ["owns", "does not own", "invariant"];

/// Every crate has such a README, and every test that one names exists.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let tests = functions(tree);
    let folders = ["crates/", "shell/"]
        .into_iter()
        .flat_map(|half| tree.folders(half).into_iter().map(move |name| format!("{half}{name}")));
    folders
        .chain(["bench".to_owned(), "xtask".to_owned()])
        .filter(|folder| tree.has(folder))
        .flat_map(|folder| readme(tree, &folder, &tests))
        .collect()
}

fn readme(tree: &Tree, folder: &str, tests: &BTreeSet<&str>) -> Vec<Finding> {
    let path = format!("{folder}/README.md");
    let Some(text) = tree.get(&path) else {
        return vec![Finding::file(
            &path,
            "this crate has no README",
            "write what it owns, what not, and its invariants with their tests",
        )];
    };
    let mut findings: Vec<Finding> = SECTIONS
        .into_iter()
        .filter(|section| !text.lines().any(|line| begins(line, section)))
        .map(|section| Finding::file(&path, format!("says nothing about `{section}`"), "add the line or the section"))
        .collect();
    for (index, item) in invariants(text) {
        match named_tests(&item) {
            names if names.is_empty() => findings.push(Finding::line(
                &path,
                index,
                "an invariant that names no test",
                "end it with the test that keeps it: `crate::module::tests::name`",
            )),
            names => findings.extend(names.into_iter().filter(|name| !tests.contains(name.as_str())).map(|name| {
                Finding::line(
                    &path,
                    index,
                    format!("there is no test `{name}`"),
                    "name the test that keeps the invariant, or write it",
                )
            })),
        }
    }
    findings
}

fn begins(line: &str, section: &str) -> bool {
    let line = line.trim_start_matches(['#', '*', '-', '|', ' ']).to_lowercase();
    line.strip_prefix(section).is_some_and(|rest| !rest.trim_start_matches('s').starts_with(char::is_alphanumeric))
}

/// The items of the list or the rows of the table under `Invariants`, each with the index of its first line; an item of a
/// list goes on until the next.
fn invariants(text: &str) -> Vec<(usize, String)> {
    let mut items: Vec<(usize, String)> = Vec::new();
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| !begins(line, "invariant"));
    lines.next();
    for (index, line) in lines.take_while(|(_, line)| !line.starts_with('#')) {
        let line = line.trim();
        if line.starts_with("|-") || line.starts_with("|:") {
            // What stands above the rule of a table is its head.
            items.pop();
            continue;
        }
        match (item_of(line), items.last_mut()) {
            (Some(item), _) => items.push((index, item.to_owned())),
            (None, Some((_, last))) if !line.is_empty() => {
                last.push(' ');
                last.push_str(line);
            }
            (None, _) => {}
        }
    }
    items
}

/// What a line says when it begins an item: `- …`, `* …`, `1. …` or a row of a table that is not its rule.
fn item_of(line: &str) -> Option<&str> {
    let numbered = || line.split_once(". ").filter(|(number, _)| number.parse::<u8>().is_ok()).map(|(_, rest)| rest);
    let row = || line.strip_prefix('|').filter(|cells| cells.chars().any(char::is_alphanumeric));
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or_else(numbered).or_else(row)
}

/// The names of tests in an invariant: what stands in backticks with a path before it, or alone as a long snake-case word
/// with which only a test is called.
fn named_tests(item: &str) -> Vec<String> {
    let ticked = item.split('`').skip(1).step_by(2);
    ticked
        .filter_map(|text| {
            let name = text.trim_end_matches("()").rsplit("::").next()?;
            let plain = !name.is_empty()
                && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
            let path = text.contains("tests::") || name.matches('_').count() >= 2;
            (plain && path).then(|| name.to_owned())
        })
        .collect()
}

/// The name of every function in the Rust sources.
fn functions(tree: &Tree) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for (_, text) in tree.files("", ".rs") {
        for (at, _) in text.match_indices("fn ") {
            let rest = &text[at + 3..];
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
            names.insert(&rest[..end]);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(readme: &str) -> Vec<String> {
        let tree = Tree::from([
            ("crates/a/README.md", readme),
            ("crates/a/src/lib.rs", "#[test]\nfn parts_sum_to_the_whole() {}"),
        ]);
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_crate_without_readme_or_section_is_found() {
        assert_eq!(check(&Tree::from([("crates/a/src/lib.rs", "")])).len(), 1);
        assert_eq!(whats("# a\nOwns: x\n"), ["says nothing about `does not own`", "says nothing about `invariant`"]);
    }

    #[test]
    fn an_invariant_without_a_test_is_found_and_one_that_names_no_existing_test() {
        let head = "# a\nOwns: x\nDoes not own: y\n\n## Invariants\n";
        assert_eq!(whats(&format!("{head}- Parts sum:\n  `a::tests::parts_sum_to_the_whole`\n")), Vec::<String>::new());
        let table =
            "# a\nOwns: x\nDoes not own: y\n\n| invariant | kept by |\n|---|---|\n| parts sum | `tests::gone` |\n";
        assert_eq!(whats(table), ["there is no test `gone`"]);
        assert_eq!(whats(&format!("{head}- Parts sum.\n")), ["an invariant that names no test"]);
        assert_eq!(whats(&format!("{head}- Parts sum: `a::tests::gone`.\n")), ["there is no test `gone`"]);
    }
}
