//! A clean clone builds from crates.io alone.

use crate::finding::Finding;
use crate::tree::Tree;

const CRATES_IO: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// The lock file names no other source, and no file sends cargo elsewhere.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let lock = tree.get("Cargo.lock").unwrap_or_default();
    let foreign = lock.lines().enumerate().filter(|(_, line)| line.starts_with("source = ") && *line != CRATES_IO);
    let mut findings: Vec<Finding> = foreign
        .map(|(index, line)| Finding::line("Cargo.lock", index, line, "depend on a release from crates.io"))
        .collect();
    if lock.is_empty() {
        findings.push(Finding::file(
            "Cargo.lock",
            "there is no lock file",
            "commit it: a program is built from what was tested",
        ));
    }
    for (path, text) in tree.files("", "config.toml").filter(|(path, _)| path.contains(".cargo/")) {
        if text.contains("replace-with") || text.contains("[registries") {
            findings.push(Finding::file(
                path,
                "sends cargo to another registry",
                "keep that in your own ~/.cargo/config.toml",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_source_of_crates_is_found() {
        assert_eq!(check(&Tree::from([("Cargo.lock", CRATES_IO)])), []);
        assert_eq!(check(&Tree::from([("Cargo.lock", "source = \"git+https://example.com/x\"")])).len(), 1);
        assert_eq!(check(&Tree::from([])).len(), 1);
        let mirrored =
            Tree::from([("Cargo.lock", CRATES_IO), (".cargo/config.toml", "[source.crates-io]\nreplace-with = \"m\"")]);
        assert_eq!(check(&mirrored).len(), 1);
    }
}
