//! A dependency that a manifest declares is used by the code.

use crate::finding::Finding;
use crate::tree::{Tree, has_word};

/// Every key of `[dependencies]` and `[dev-dependencies]` stands in a source file of its crate.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files("", "/Cargo.toml") {
        let folder = path.trim_end_matches("Cargo.toml");
        for (index, name) in dependencies(text) {
            let word = name.replace('-', "_");
            let used = tree.files(folder, ".rs").any(|(_, source)| source.lines().any(|line| has_word(line, &word)));
            if !used {
                findings.push(Finding::line(path, index, format!("`{name}` is declared and not used"), "take it out"));
            }
        }
    }
    findings
}

fn dependencies(manifest: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut here = false;
    manifest.lines().enumerate().filter_map(move |(index, line)| {
        if line.starts_with('[') {
            here = matches!(line.trim(), "[dependencies]" | "[dev-dependencies]" | "[build-dependencies]");
            return None;
        }
        let name = line.split(['.', ' ', '=']).next()?;
        (here && !name.is_empty() && !name.starts_with('#')).then_some((index, name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_that_no_source_names_is_found() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nserde.workspace = true\nthis-error = \"2\"\n";
        let tree = |source| Tree::from([("crates/a/Cargo.toml", manifest), ("crates/a/src/lib.rs", source)]);
        assert_eq!(check(&tree("use serde::Serialize; use this_error::Error;")), []);
        assert_eq!(check(&tree("use serde::Serialize;"))[0].what, "`this-error` is declared and not used");
    }
}
