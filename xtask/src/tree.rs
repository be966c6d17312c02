//! The repository as text: every file that is or could be committed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files of the repository by their path from its root. Tests make small ones by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree(BTreeMap<String, String>);

impl Tree {
    /// Reads what git tracks, and what it would track if it were added. A file that is not UTF-8 is known by
    /// its path alone. `Err` is a sentence for the terminal.
    pub fn read(root: &Path) -> Result<Self, String> {
        let listed = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
            .current_dir(root)
            .output()
            .map_err(|e| format!("git cannot be started, and it is what knows the files: {e}"))?;
        if !listed.status.success() {
            return Err(format!("git ls-files: {}", String::from_utf8_lossy(&listed.stderr)));
        }
        let names = String::from_utf8(listed.stdout).map_err(|e| format!("a path is not UTF-8: {e}"))?;
        let mut files = BTreeMap::new();
        for name in names.split('\0').filter(|name| !name.is_empty()) {
            // A tracked file that is deleted and not yet committed is no longer a file.
            let Ok(bytes) = std::fs::read(root.join(name)) else { continue };
            files.insert(name.to_owned(), String::from_utf8(bytes).unwrap_or_default());
        }
        Ok(Self(files))
    }

    /// The text of one file, when it is there.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// The files whose path starts and ends so, in the order of their paths.
    pub fn files<'a>(&'a self, start: &'a str, end: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .filter(move |(path, _)| path.starts_with(start) && path.ends_with(end))
    }

    /// Every file.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files("", "")
    }

    /// Whether a path is a file here, or a folder of one.
    pub fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty() || self.0.contains_key(path) || self.files(&format!("{path}/"), "").next().is_some()
    }

    /// The folders directly under `parent` (which ends in a slash) that hold a file: the crates of `crates/`.
    pub fn folders<'a>(&'a self, parent: &'a str) -> Vec<&'a str> {
        let mut names: Vec<&str> = self
            .files(parent, "")
            .filter_map(|(path, _)| path[parent.len()..].split_once('/'))
            .map(|(name, _)| name)
            .collect();
        names.dedup();
        names
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Tree {
    fn from(files: [(&str, &str); N]) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect())
    }
}

/// The root of the repository that this tool was built from.
pub fn root() -> PathBuf {
    let mut path = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    path.pop();
    path
}

/// The lines of a Rust file that are code, with their index: without comments, without the inside of plain string
/// literals, and without the tests at the bottom. A rough reading that is enough to look for words.
pub fn code_lines(text: &str) -> impl Iterator<Item = (usize, String)> {
    text.lines().enumerate().take_while(|(_, line)| line.trim() != "#[cfg(test)]").map(|(i, line)| (i, code_of(line)))
}

fn code_of(line: &str) -> String {
    let mut code = String::new();
    let mut inside = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match (inside, letter) {
            (true, '\\') => drop(letters.next()),
            (_, '"') => {
                inside = !inside;
                code.push('"');
            }
            (false, '/') if letters.peek() == Some(&'/') => break,
            (false, _) => code.push(letter),
            (true, _) => {}
        }
    }
    code
}

/// Whether `word` stands in `line` as a whole identifier.
pub fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let part = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        !part(before) && !part(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_read_without_comments_strings_and_tests() {
        let text = "let a = 1; // f64\nlet b = \"f64 \\\" f64\";\n#[cfg(test)]\nlet c: f64;";
        let lines: Vec<String> = code_lines(text).map(|(_, line)| line).collect();
        assert_eq!(lines, ["let a = 1; ", "let b = \"\";"]);
    }

    #[test]
    fn a_word_is_not_part_of_a_longer_one() {
        assert!(has_word("x: f64,", "f64"));
        assert!(!has_word("visit_f64(x)", "f64"));
    }

    #[test]
    fn a_folder_is_there_when_a_file_is_in_it() {
        let tree = Tree::from([("crates/money/README.md", "")]);
        assert!(tree.has("crates") && tree.has("crates/money/") && tree.has("crates/money/README.md"));
        assert!(!tree.has("crates/mon"));
        assert_eq!(tree.folders("crates/"), ["money"]);
    }
}
