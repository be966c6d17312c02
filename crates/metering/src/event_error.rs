//! What can be wrong with an event as it was sent.

use alloc::{
    format,
    string::{String, ToString},
};
use calendar::InstantError;
use money::NumError;
use stdx::{Problem, ToProblem};
use thiserror::Error;

/// Why a text is not an event.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EventError {
    /// Not JSON.
    #[error("this is not JSON: {message}")]
    Json {
        /// What and where, as line and column.
        message: String,
    },
    /// A value of another kind than is needed there.
    #[error("{} must be {needs}", if pointer.is_empty() { "the event" } else { pointer })]
    WrongKind {
        /// Where.
        pointer: String,
        /// What it must be.
        needs: &'static str,
    },
    /// A field that events do not have.
    #[error("an event has no field `{field}`{}", hint.map(|hint| format!("; did you mean `{hint}`?")).unwrap_or_default())]
    UnknownField {
        /// The field.
        field: String,
        /// The field that was probably meant.
        hint: Option<&'static str>,
    },
    /// The same name twice, or two names for the same field.
    #[error("{pointer} is given twice")]
    Twice {
        /// Which.
        pointer: String,
    },
    /// A field that every event has.
    #[error("the event has no `{field}`")]
    MissingField {
        /// Which.
        field: &'static str,
    },
    /// Not a time.
    #[error("{error}")]
    Time {
        /// What is wrong with it.
        error: InstantError,
    },
    /// A number that cannot be kept exactly.
    #[error("{pointer}: {error}")]
    Number {
        /// Where.
        pointer: String,
        /// Why.
        error: NumError,
    },
    /// 10^30 or more.
    #[error("{pointer}: {number} is 10^30 or more, more than anybody can have used")]
    OutOfRange {
        /// Where.
        pointer: String,
        /// The number.
        number: String,
    },
    /// Nested too deep.
    #[error("{pointer} is nested deeper than {limit} levels")]
    TooDeep {
        /// Where.
        pointer: String,
        /// Levels allowed.
        limit: usize,
    },
    /// Too many properties.
    #[error("the event has more than {limit} properties")]
    TooMany {
        /// Properties allowed.
        limit: usize,
    },
    /// Too much text.
    #[error("the names and texts of the properties have more than {limit} bytes")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
}

impl ToProblem for EventError {
    fn problem(&self) -> Problem {
        let (pointer, mend) = match self {
            Self::Json { .. } => (None, "send one JSON object per event, in UTF-8; NaN and Infinity are not JSON"),
            Self::WrongKind { pointer, .. } => (Some(pointer.clone()), "send it in the form of the API description"),
            Self::UnknownField { field, .. } => {
                (Some(format!("/{field}")), "put what is measured or splits lines into `properties`")
            }
            Self::Twice { pointer } => {
                (Some(pointer.clone()), "send each name once; `a.b` and `b` inside `a` are the same")
            }
            Self::MissingField { field } => {
                (Some(format!("/{field}")), "every event says source, id, type, subject and time")
            }
            Self::Time { error } => return error.problem().at("/time"),
            Self::Number { pointer, error } => return error.problem().at(pointer.clone()),
            Self::OutOfRange { pointer, .. } => {
                (Some(pointer.clone()), "check the unit and the value; corrections are events with a negative number")
            }
            Self::TooDeep { pointer, .. } => {
                (Some(pointer.clone()), "send what is measured and what splits lines, not more")
            }
            Self::TooMany { .. } | Self::TooLarge { .. } => {
                (Some("/properties".to_string()), "send what is measured and what splits lines, not more")
            }
        };
        let problem = Problem::new("event_unreadable", "The event cannot be read").detail(self.to_string()).mend(mend);
        match pointer {
            Some(pointer) => problem.at(pointer),
            None => problem,
        }
    }
}
