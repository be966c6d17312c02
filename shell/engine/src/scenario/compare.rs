//! What is not as expected.

use super::expect::Expect;
use super::file::Scenario;
use money::Ratio;
use serde_json::Value;
use std::fmt;
use yaml::Mistake;

/// Something that is not as the scenario says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// An action did not do what it should.
    Action(Mistake),
    /// A value differs.
    Value {
        /// `file:line`.
        at: String,
        /// The path within the expectations.
        path: String,
        /// What was expected.
        expected: String,
        /// What came out.
        actual: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(mistake) => write!(f, "{mistake}"),
            Self::Value { at, path, expected, actual } => {
                write!(f, "{at}: {path}\n    expected {expected}\n    got      {actual}")
            }
        }
    }
}

/// Each expectation that is not met. What is not mentioned is not looked at, but for what went wrong: that must be expected.
pub(crate) fn compare(scenario: &Scenario, actual: &Expect) -> Vec<Difference> {
    let to_json = |expect: &Expect| serde_json::to_value(expect).unwrap_or_default();
    let mut found = Vec::new();
    walk(&to_json(&scenario.expect), &to_json(actual), &mut String::new(), &mut |path, expected, actual| {
        let pos = scenario.document.locate(&format!("/expect{path}"));
        found.push(Difference::Value {
            at: format!("{}:{}", scenario.document.file(), pos.line),
            path: path.to_owned(),
            expected: show(expected),
            actual: show(actual),
        });
    });
    found
}

fn walk<'a>(
    expected: &'a Value,
    actual: &'a Value,
    path: &mut String,
    found: &mut impl FnMut(&str, &'a Value, &'a Value),
) {
    let mut below = |path: &mut String, step: &str, expected, actual| {
        let length = path.len();
        path.push('/');
        path.push_str(step);
        walk(expected, actual, path, found);
        path.truncate(length);
    };
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(given)) => {
            for (name, value) in wanted {
                below(path, name, value, given.get(name).unwrap_or(&Value::Null));
            }
        }
        (Value::Array(wanted), Value::Array(given)) if wanted.len() == given.len() => {
            for (at, (wanted, given)) in wanted.iter().zip(given).enumerate() {
                below(path, &at.to_string(), wanted, given);
            }
        }
        _ if same(expected, actual) => {}
        _ => found(path, expected, actual),
    }
}

/// Equal, or two texts of one number.
fn same(expected: &Value, actual: &Value) -> bool {
    let number = |value: &Value| value.as_str().and_then(|text| text.parse::<Ratio>().ok());
    expected == actual || number(expected).is_some_and(|wanted| Some(wanted) == number(actual))
}

fn show(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let lines: Vec<String> = items.iter().map(|item| format!("\n      - {item}")).collect();
            format!("{} of them:{}", items.len(), lines.concat())
        }
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
