//! A link in a document leads somewhere, and README shows two commands: the demo and the tests.

use crate::finding::Finding;
use crate::tree::Tree;

/// The two commands of README, in this order.
const COMMANDS: [&str; 2] = ["cargo run --release -p counterfoil -- demo", "cargo test --workspace"];

/// Every relative link resolves, to the heading when it names one.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files("", ".md") {
        for (index, line) in prose(text) {
            for target in targets(line) {
                if let Some(what) = dead(tree, path, target) {
                    findings.push(Finding::line(path, index, what, "mend the link or take it out"));
                }
            }
        }
    }
    if let Some(readme) = tree.get("README.md") {
        let shown = commands(readme);
        if shown != COMMANDS {
            let what = format!("shows the commands {shown:?}");
            findings.push(Finding::file("README.md", what, format!("show exactly {COMMANDS:?} in `sh` blocks")));
        }
    }
    findings
}

/// The lines outside code blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut code = false;
    text.lines().enumerate().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        !code && !fence
    })
}

fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

/// Why a link leads nowhere.
fn dead(tree: &Tree, from: &str, target: &str) -> Option<String> {
    let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
    let path = if file.is_empty() { from.to_owned() } else { resolve(from, file) };
    if !tree.has(&path) {
        return Some(format!("`{target}` leads to no file"));
    }
    let anchor = anchor?;
    let heading =
        tree.get(&path).is_some_and(|text| prose(text).any(|(_, line)| slug(line).as_deref() == Some(anchor)));
    (!heading).then(|| format!("`{target}` leads to no heading"))
}

fn resolve(from: &str, file: &str) -> String {
    let mut parts: Vec<&str> = if file.starts_with('/') {
        Vec::new()
    } else {
        from.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect()
    };
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchor of a heading, as the usual viewers make it.
fn slug(line: &str) -> Option<String> {
    let heading = line.starts_with('#').then(|| line.trim_start_matches('#').trim())?;
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect())
}

/// The lines of the `sh` blocks.
fn commands(text: &str) -> Vec<&str> {
    let mut shell = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            shell = ["sh", "bash", "console", "shell"].contains(&language);
        } else if shell && !line.trim().is_empty() {
            lines.push(line.trim());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whats(text: &str) -> Vec<String> {
        let tree = Tree::from([("docs/a.md", text), ("docs/b.md", "# The End, again\n"), ("LICENSE", "")]);
        check(&tree).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_link_to_no_file_or_no_heading_is_found() {
        assert_eq!(
            whats("[b](b.md) [l](../LICENSE) [e](b.md#the-end-again) [w](https://example.com/x)"),
            Vec::<String>::new()
        );
        assert_eq!(whats("[c](c.md)"), ["`c.md` leads to no file"]);
        assert_eq!(whats("[c](b.md#start)"), ["`b.md#start` leads to no heading"]);
        assert_eq!(whats("```\n[c](c.md)\n```\n"), Vec::<String>::new());
    }

    #[test]
    fn readme_with_another_command_is_found() {
        let readme = |more: &str| format!("```sh\n{}\n```\n\n```sh\n{}\n{more}```\n", COMMANDS[0], COMMANDS[1]);
        assert_eq!(check(&Tree::from([("README.md", readme("").as_str())])), []);
        assert_eq!(check(&Tree::from([("README.md", readme("make\n").as_str())])).len(), 1);
    }
}
