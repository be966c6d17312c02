//! What can be wrong with a formula, and with computing one.

use crate::At;
use alloc::{format, string::String};
use money::NumError;
use stdx::{Problem, ToProblem};
use thiserror::Error;

/// Why a text is not a formula.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FormulaError {
    /// Longer than 4096 bytes.
    #[error("a formula has at most {limit} bytes, this one has {found}")]
    TooLong {
        /// Bytes found.
        found: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// Too many operators, or too deep.
    #[error("the formula has more than {limit} operators, dots and brackets, or is nested too deep")]
    TooComplex {
        /// Operators allowed.
        limit: usize,
    },
    /// Nothing but blanks.
    #[error("the formula is empty")]
    Empty,
    /// Not CEL.
    #[error("{at}: {message}")]
    Syntax {
        /// Where.
        at: At,
        /// What the parser says.
        message: String,
    },
    /// A number that an exact decimal cannot hold.
    #[error("{at}: {message}")]
    Literal {
        /// Where.
        at: At,
        /// What is wrong with it.
        message: String,
    },
    /// CEL that has no place in a price: loops over lists, bytes, messages.
    #[error("{at}: {what} cannot be used in a formula")]
    Unsupported {
        /// Where.
        at: At,
        /// What was written.
        what: String,
    },
    /// There is no such function.
    #[error("{at}: there is no function `{name}`{}", hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default())]
    UnknownFunction {
        /// Where.
        at: At,
        /// The name written.
        name: String,
        /// The name that was probably meant.
        hint: Option<&'static str>,
    },
    /// A function with too few or too many arguments.
    #[error("{at}: `{name}` takes {takes}, not {found} argument(s)")]
    Arguments {
        /// Where.
        at: At,
        /// The function.
        name: &'static str,
        /// What it takes.
        takes: &'static str,
        /// How many were given, the one before the dot included.
        found: usize,
    },
}

impl ToProblem for FormulaError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::TooLong { .. } | Self::TooComplex { .. } => "split it, or compute part of it before the event is sent".into(),
            Self::Empty => "write a property, such as `properties.tokens`".into(),
            Self::Syntax { .. } => {
                "write it as in `properties.a + properties.b * 2`; names with other characters as `properties[\"a-b\"]`".into()
            }
            Self::Literal { .. } => "use at most 38 digits, such as `0.0000025` or `1e30`".into(),
            Self::Unsupported { what, .. } => format!("remove {what}"),
            Self::UnknownFunction { .. } => {
                "use one of: size, startsWith, endsWith, contains, has, min, max, round, ceil, floor, abs, number, int, string".into()
            }
            Self::Arguments { name, takes, .. } => format!("give `{name}` {takes}"),
        };
        Problem::new("invalid_formula", "This is not a formula").detail(format!("{self}")).mend(mend)
    }
}

/// Why a formula has no value for what it was given.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvalError {
    /// A variable or field that is not there.
    #[error("{at}: there is no `{name}`")]
    Unknown {
        /// Where it is used.
        at: At,
        /// Its name.
        name: String,
    },
    /// A value of the wrong kind.
    #[error("{at}: {operation} needs {needs}, not {found}")]
    Mismatch {
        /// Where.
        at: At,
        /// The operator or function.
        operation: &'static str,
        /// What it needs.
        needs: &'static str,
        /// What it got.
        found: String,
    },
    /// Something over zero.
    #[error("{at}: division by zero")]
    DivisionByZero {
        /// Where.
        at: At,
    },
    /// The exact result does not fit.
    #[error("{at}: the exact result is too large or has too many digits")]
    Overflow {
        /// Where.
        at: At,
    },
    /// Text that is not a number.
    #[error("{at}: {message}")]
    NotANumber {
        /// Where.
        at: At,
        /// What is wrong with it.
        message: String,
    },
    /// An index or key that the list or map does not have.
    #[error("{at}: there is no element {index}")]
    NoElement {
        /// Where.
        at: At,
        /// The index or key.
        index: String,
    },
}

impl EvalError {
    /// Where in the formula.
    pub fn at(&self) -> At {
        match self {
            Self::Unknown { at, .. }
            | Self::Mismatch { at, .. }
            | Self::DivisionByZero { at }
            | Self::Overflow { at }
            | Self::NotANumber { at, .. }
            | Self::NoElement { at, .. } => *at,
        }
    }

    /// The error of exact arithmetic that happened at `at`.
    pub(crate) fn from_num(error: &NumError, at: At) -> Self {
        if matches!(error, NumError::DivisionByZero) { Self::DivisionByZero { at } } else { Self::Overflow { at } }
    }
}

impl ToProblem for EvalError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::Unknown { name, .. } => {
                format!("send `{name}`, or say what holds without it, as in `has(properties.x) ? properties.x : 0`")
            }
            Self::Mismatch { .. } => "send a number, or convert text with `number(…)`".into(),
            Self::DivisionByZero { .. } => "guard the division: `b == 0 ? 0 : a / b`".into(),
            Self::Overflow { .. } => {
                "use smaller numbers or ones with fewer digits, or round on the way with `round(x, 12)`".into()
            }
            Self::NotANumber { .. } => "send a decimal number, such as \"12.5\"".into(),
            Self::NoElement { .. } => "ask with `in` before taking it".into(),
        };
        Problem::new("formula_without_value", "The formula has no value for this input")
            .detail(format!("{self}"))
            .mend(mend)
    }
}
