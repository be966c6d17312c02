//! What is committed speaks of the product: no path of somebody's machine, nothing left to do.

use crate::finding::Finding;
use crate::tree::{Tree, has_word};

/// Beginnings of paths that exist on one machine only.
const MACHINE: &[&str] = &["/work/", "/tmp/", "/root/", "/home/", "/Users/"];
/// Marks of work that is not finished.
const UNFINISHED: &[&str] = &["TODO", "FIXME", "todo!", "unimplemented!", "dbg!"];
/// This file must name them; a lock file and the vectors are not ours to word.
const EXEMPT: &[&str] = &["xtask/src/tidy/taste.rs", "Cargo.lock", "conformance/"];

/// Nothing of that stands in a file. A test may name a path of a temporary folder, code that runs may not.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.all().filter(|(path, _)| !EXEMPT.iter().any(|exempt| path.starts_with(exempt))) {
        let tests = tests_of(path, text);
        for (index, line) in text.lines().enumerate() {
            let in_tests = index >= tests;
            if let Some(found) = MACHINE.iter().find(|start| begins_path(line, start)).filter(|_| !in_tests) {
                findings.push(Finding::line(
                    path,
                    index,
                    format!("`{found}` is a path of one machine"),
                    "name it by the repository or by an argument",
                ));
            }
            if let Some(found) = UNFINISHED.iter().find(|mark| is_mark(line, mark)) {
                findings.push(Finding::line(
                    path,
                    index,
                    format!("`{found}`"),
                    "finish it, or leave it out and say so in CHANGELOG.md",
                ));
            }
        }
    }
    findings
}

/// The index of the line from which a file is tests: the whole of a file under `tests/`, the bottom of another source.
fn tests_of(path: &str, text: &str) -> usize {
    if path.contains("/tests/") {
        0
    } else {
        text.lines().position(|line| line == "#[cfg(test)]").unwrap_or(usize::MAX)
    }
}

fn begins_path(line: &str, start: &str) -> bool {
    line.match_indices(start)
        .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-}/~".contains(before)))
}

fn is_mark(line: &str, mark: &str) -> bool {
    match mark.strip_suffix('!') {
        Some(name) => line.contains(mark) && has_word(line, name),
        None => has_word(line, mark),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(path: &str, text: &str) -> Vec<String> {
        check(&Tree::from([(path, text)])).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_path_of_one_machine_is_found_outside_tests() {
        assert_eq!(whats("docs/a.md", "see /root/notes"), ["`/root/` is a path of one machine"]);
        assert_eq!(whats("a/src/b.rs", "#[cfg(test)]\nlet a = \"/tmp/x\";"), Vec::<String>::new());
        assert_eq!(whats("docs/a.md", "https://example.com/home/x and ./work/x"), Vec::<String>::new());
    }

    #[test]
    fn unfinished_work_is_found_everywhere() {
        assert_eq!(whats("a/src/b.rs", "#[cfg(test)]\n// TODO later"), ["`TODO`"]);
        assert_eq!(whats("a/src/b.rs", "todo!()"), ["`todo!`"]);
        assert_eq!(whats("a/src/b.rs", "let todo = MASTODON;"), Vec::<String>::new());
    }
}
