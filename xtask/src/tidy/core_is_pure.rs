//! The core has no clock, no float and no randomly ordered map. `no_std` keeps most of it, clippy the rest; here is
//! what holds even where neither runs.

use crate::finding::Finding;
use crate::tree::{Tree, code_lines, has_word};

/// Words of the core that no code may contain, with the reason. `visit_f64` of a serde visitor is another word, and
/// its parameter is the one place where a float may be named: to refuse it.
const WORDS: &[(&str, &str)] = &[
    ("f32", "use money::Dec or money::Ratio"),
    ("f64", "use money::Dec or money::Ratio"),
    ("HashMap", "use BTreeMap: its order is the same on every machine"),
    ("HashSet", "use BTreeSet: its order is the same on every machine"),
    ("SystemTime", "time is an argument"),
    ("thread_rng", "randomness is an argument"),
];

/// Every pure crate is `no_std` or says why not, and names none of the forbidden things.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in tree.folders("crates/") {
        let lib = format!("crates/{name}/src/lib.rs");
        let text = tree.get(&lib).unwrap_or_default();
        let pure = text.lines().any(|line| line.starts_with("#![") && has_word(line, "no_std"));
        if !pure && !says_why(tree.get(&format!("crates/{name}/README.md")).unwrap_or_default()) {
            let mend = "begin it with `#![no_std]`, or say in README.md why it uses `std` (`Uses std because …`)";
            findings.push(Finding::file(&lib, "this core crate is not `no_std`", mend));
        }
    }
    for (path, text) in tree.files("crates/", ".rs").filter(|(path, _)| path.contains("/src/")) {
        findings.extend(words_of(path, text));
    }
    findings
}

/// The reason is a sentence that names `std` and gives a because.
fn says_why(readme: &str) -> bool {
    readme
        .split("\n\n")
        .any(|paragraph| has_word(&paragraph.replace("no_std", ""), "std") && paragraph.contains("because"))
}

fn words_of(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in code_lines(text) {
        if line.contains("fn visit_f") {
            continue;
        }
        for (word, mend) in WORDS.iter().filter(|(word, _)| has_word(&line, word)) {
            findings.push(Finding::line(path, index, format!("`{word}` in the core"), *mend));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_crate_with_std_and_without_a_reason_is_found() {
        let silent = Tree::from([("crates/a/src/lib.rs", "//! a\n"), ("crates/a/README.md", "# a\nno_std because\n")]);
        assert_eq!(check(&silent).len(), 1);
        let open = Tree::from([
            ("crates/a/src/lib.rs", "//! a\n"),
            ("crates/a/README.md", "# a\n\nUses `std` because x needs it.\n"),
        ]);
        assert_eq!(check(&open), []);
        let pure = Tree::from([("crates/a/src/lib.rs", "//! a\n#![no_std]\n")]);
        assert_eq!(check(&pure), []);
    }

    #[test]
    fn a_float_is_found_but_not_in_words_nor_where_it_is_refused() {
        let text = "#![no_std]\n// f64 is bad\nfn visit_f64<E>(self, v: f64) {}\nlet a: f64 = 1;\nuse std::collections::HashMap;\n";
        let places: Vec<String> =
            check(&Tree::from([("crates/a/src/lib.rs", text)])).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["crates/a/src/lib.rs:4", "crates/a/src/lib.rs:5"]);
    }
}
