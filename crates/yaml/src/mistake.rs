//! Something wrong in a file that a person wrote.

use alloc::{string::String, vec::Vec};
use core::fmt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// A [`Problem`] at a place in a file. Its text is a message for a terminal, with the line of the file and a caret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mistake {
    /// The name of the file, as the reader was given it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
    /// The line itself; empty where there is none to show (an empty file, bytes that are no text).
    pub source: String,
    /// What is wrong, with the JSON pointer of the value and how to mend it.
    pub problem: Problem,
}

/// How much of a line is shown on each side of the caret.
const SHOWN: usize = 80;

impl Mistake {
    /// The order in which a person works through a file.
    pub fn sort(mistakes: &mut Vec<Self>) {
        mistakes.sort_by(|a, b| {
            (&a.file, a.line, a.column, &a.problem.pointer).cmp(&(&b.file, b.line, b.column, &b.problem.pointer))
        });
        mistakes.dedup();
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem { code, title, detail, mend, pointer: _ } = &self.problem;
        write!(
            f,
            "{}:{}:{}: {} [{code}]",
            self.file,
            self.line,
            self.column,
            if detail.is_empty() { title } else { detail }
        )?;
        if !self.source.is_empty() {
            let from = (self.column - 1).saturating_sub(SHOWN);
            let shown: String = self.source.chars().skip(from).take(2 * SHOWN).map(printable).collect();
            let pad: String =
                shown.chars().take(self.column - 1 - from).map(|c| if c == '\t' { c } else { ' ' }).collect();
            let number = alloc::format!("{}", self.line);
            let gutter = " ".repeat(number.len());
            write!(f, "\n  {number} | {}\n  {gutter} | {pad}^", shown.trim_end())?;
        }
        if mend.is_empty() { Ok(()) } else { write!(f, "\n  mend: {mend}") }
    }
}

/// A file must not be able to steer the terminal that shows it.
fn printable(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{fffd}' } else { c }
}

impl core::error::Error for Mistake {}

impl ToProblem for Mistake {
    /// The problem, with `file:line:column` before its detail.
    fn problem(&self) -> Problem {
        let Problem { title, detail, .. } = &self.problem;
        let what = if detail.is_empty() { title } else { detail };
        self.problem.clone().detail(alloc::format!("{}:{}:{}: {what}", self.file, self.line, self.column))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn mistake(source: &str, column: usize) -> Mistake {
        Mistake {
            file: "p.yaml".into(),
            line: 12,
            column,
            source: source.into(),
            problem: Problem::new("bad", "Bad").mend("do good"),
        }
    }

    #[test]
    fn the_line_is_shown_with_a_caret_under_the_place() {
        assert_eq!(
            mistake("  flat: x", 9).to_string(),
            "p.yaml:12:9: Bad [bad]\n  12 |   flat: x\n     |         ^\n  mend: do good"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = mistake(&"x".repeat(100_000), 50_000).to_string();
        assert!(text.len() < 400, "{}", text.len());
        assert!(text.contains('^'));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert!(!mistake("\u{1b}[31mred", 1).to_string().contains('\u{1b}'));
    }

    #[test]
    fn as_a_problem_it_names_the_file_and_keeps_the_pointer() {
        let problem = Mistake { problem: Problem::new("bad", "Bad").at("/a"), ..mistake("a: 1", 4) }.problem();
        assert_eq!((problem.detail.as_str(), problem.pointer.as_deref()), ("p.yaml:12:4: Bad", Some("/a")));
    }
}
