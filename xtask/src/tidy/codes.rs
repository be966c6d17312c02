//! Every error code that can leave the system has a section in `docs/errors.md`, and every section a code.
//!
//! A code is written right before its title, in one parenthesis: `Problem::new("bad_tier", "A tier that …")`, or
//! `("bad_tier", "A tier that …", mend)` in the arm of a match. That is how this check knows it.

use crate::finding::Finding;
use crate::tree::Tree;
use std::collections::BTreeMap;

const DOC: &str = "docs/errors.md";

/// The codes of the sources and the sections of the document are the same set.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut codes: BTreeMap<&str, (String, &str)> = BTreeMap::new();
    for (path, text) in tree.files("", ".rs").filter(|(path, _)| path.contains("/src/") && !path.starts_with("xtask/"))
    {
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let pairs = pairs_of(text);
        if pairs.is_empty() && names_no_code(text) {
            let mend = "write the code as a literal before its title, so that it can be looked up";
            findings.push(Finding::file(path, "makes a problem without a code that can be read here", mend));
        }
        for (at, code, title) in pairs {
            let place = || format!("{path}:{}", text[..at].matches('\n').count() + 1);
            let (first, known) = codes.entry(code).or_insert_with(|| (place(), title));
            if *known != title {
                let what = format!("`{code}` is `{title}` here and `{known}` in {first}");
                findings.push(Finding::file(&place(), what, "one code has one title; give another thing another code"));
            }
        }
    }
    let documented = sections(tree.get(DOC).unwrap_or_default());
    for (code, (place, _)) in codes.iter().filter(|(code, _)| !documented.contains_key(*code)) {
        let what = format!("`{code}` has no section in {DOC}");
        findings.push(Finding::file(place, what, format!("add `## {code}`: what, where, how to mend it")));
    }
    for (code, line) in documented.iter().filter(|(code, _)| !codes.contains_key(*code)) {
        findings.push(Finding::line(DOC, *line, format!("no source gives `{code}`"), "take the section out"));
    }
    findings
}

/// Every code that stands before a title, with its place and the title: an opening parenthesis, a word in snake case, a comma, a text that
/// begins with a capital.
fn pairs_of(text: &str) -> Vec<(usize, &str, &str)> {
    let mut pairs = Vec::new();
    for (at, _) in text.match_indices('(').filter(|(at, _)| !in_comment(text, *at) && !is_metric(&text[..*at])) {
        let Some((code, rest)) = literal(&text[at + 1..]) else { continue };
        let Some((title, _)) = rest.trim_start().strip_prefix(',').and_then(literal) else { continue };
        if is_code(code) && title.starts_with(char::is_uppercase) {
            pairs.push((at, code, title));
        }
    }
    pairs
}

/// The text of a plain string literal at the beginning, and what follows it.
fn literal(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix('"')?.split_once('"')
}

/// Whether a source makes problems: a helper that only passes one on does not.
fn names_no_code(text: &str) -> bool {
    text.match_indices("Problem::new(").any(|(at, _)| !in_comment(text, at))
}

fn is_code(code: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    code.starts_with(|letter: char| letter.is_ascii_lowercase()) && code.chars().all(plain)
}

/// Whether what was read ends in the call that says what a metric means, which looks like a code with its title.
fn is_metric(before: &str) -> bool {
    let name = before
        .strip_suffix('!')
        .and_then(|before| before.rsplit(|letter: char| !letter.is_ascii_lowercase() && letter != '_').next());
    name.is_some_and(|name| name.starts_with("describe_"))
}

fn in_comment(text: &str, at: usize) -> bool {
    text[..at].rsplit('\n').next().is_some_and(|line| line.trim_start().starts_with("//"))
}

/// The headings of the second level, with the index of their lines.
fn sections(document: &str) -> BTreeMap<&str, usize> {
    let lines = document.lines().enumerate();
    lines.filter_map(|(index, line)| Some((line.strip_prefix("## ")?.trim_matches('`'), index))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(source: &str, document: &str) -> Vec<String> {
        let tree = Tree::from([("crates/a/src/lib.rs", source), (DOC, document)]);
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_code_without_a_section_and_a_section_without_a_code_are_found() {
        let source = "//! Problem::new(\"example\", \"An example\")\nProblem::new(\n    \"bad_tier\",\n    \"Title\")\n\
                      #[cfg(test)]\nmod tests { Problem::new(\"x\", \"X\") }";
        assert_eq!(whats(source, "## `bad_tier`\n"), Vec::<String>::new());
        let both = ["`bad_tier` has no section in docs/errors.md", "no source gives `gone`"];
        assert_eq!(whats(source, "## gone\n"), both);
    }

    #[test]
    fn a_code_in_the_arm_of_a_match_is_found() {
        let source = "let (code, title) = match self {\n Self::A => (\n\"a_thing\",\n\"A thing\"),\n};\nProblem::new(code, title)";
        assert_eq!(whats(source, ""), ["`a_thing` has no section in docs/errors.md"]);
    }

    #[test]
    fn a_metric_is_no_code() {
        let source = "metrics::describe_gauge!(\"a_thing\", \"A thing\");\nproblem(\"an_error\", \"An error\");";
        assert_eq!(whats(source, ""), ["`an_error` has no section in docs/errors.md"]);
    }

    #[test]
    fn a_code_with_two_titles_is_found() {
        let source = "problem(\"a_thing\", \"A thing\");\nproblem(\"a_thing\", \"Another\");";
        assert_eq!(whats(source, "## a_thing"), ["`a_thing` is `Another` here and `A thing` in crates/a/src/lib.rs:1"]);
    }

    #[test]
    fn a_code_that_cannot_be_looked_up_is_found() {
        assert_eq!(
            whats("Problem::new(&code_of(self), TITLE)", ""),
            ["makes a problem without a code that can be read here"]
        );
    }
}
