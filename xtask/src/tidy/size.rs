//! A file fits a reader, and clippy is told how long a function may be.

use crate::finding::Finding;
use crate::tree::Tree;

/// Lines of a source file: 200 is the aim, this is the end.
const MOST_LINES: usize = 800;

/// Where clippy reads its configuration from, and what must stand there.
const CLIPPY: &[(&str, &[&str])] = &[
    (
        "crates/clippy.toml",
        &["too-many-lines-threshold = 70", "\"f32\"", "\"f64\"", "std::collections::HashMap", "std::time::SystemTime"],
    ),
    ("shell/clippy.toml", &["too-many-lines-threshold = 70", "money::Money::plus", "money::Money::minus"]),
    ("bench/clippy.toml", &["too-many-lines-threshold = 70"]),
    ("xtask/clippy.toml", &["too-many-lines-threshold = 70"]),
];

/// How a file begins that nobody wrote, and nobody reads to its end.
const GENERATED: &str = "// Written from ";

/// No source file is too long, and no clippy file forgot its law.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let sources = tree.files("", ".rs").chain(tree.files("", ".ts"));
    let long = sources.filter_map(|(path, text)| {
        let lines = text.lines().count();
        let mend = format!("one noun per file: split it; {MOST_LINES} lines are the most");
        (lines > MOST_LINES && !text.starts_with(GENERATED))
            .then(|| Finding::file(path, format!("{lines} lines"), mend))
    });
    let lax = CLIPPY.iter().flat_map(|(path, laws)| {
        let text = tree.get(path).unwrap_or_default();
        let missing = laws.iter().filter(move |law| !text.contains(*law));
        missing.map(move |law| {
            Finding::file(path, format!("`{law}` is gone"), "put it back: it is one of the laws of the house")
        })
    });
    long.chain(lax).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_nobody_reads_to_its_end_is_found() {
        let tree = |lines: usize| Tree::from([("a.rs", "x\n".repeat(lines).as_str())]);
        let long = |tree: &Tree| check(tree).into_iter().filter(|finding| finding.place == "a.rs").count();
        assert_eq!(long(&tree(MOST_LINES)), 0);
        assert_eq!(long(&tree(MOST_LINES + 1)), 1);
        let generated = format!("{GENERATED}a.json by a tool\n").repeat(MOST_LINES + 1);
        assert_eq!(long(&Tree::from([("a.rs", generated.as_str())])), 0);
    }

    #[test]
    fn a_clippy_file_that_lost_a_law_is_found() {
        let lax = Tree::from([("shell/clippy.toml", "too-many-lines-threshold = 70\n# money::Money::minus\n")]);
        assert!(check(&lax).iter().any(|finding| finding.what == "`money::Money::plus` is gone"));
    }
}
