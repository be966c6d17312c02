//! What keeps an event from being measured.

use crate::{MeasureError, properties::pointer};
use alloc::{
    format,
    string::{String, ToString},
};
use formula::EvalError;
use money::NumError;
use stdx::{Problem, ToProblem};
use thiserror::Error;

/// Why an event that a meter looks at has no value. It is kept and shown, and counts as nothing until it is mended.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EventProblem {
    /// A property that the meter needs is not there, or is null.
    #[error("the event has no property `{property}`")]
    Missing {
        /// Its name.
        property: String,
    },
    /// A property that must be a number is none.
    #[error("the property `{property}` must be a number, not {found}")]
    NotANumber {
        /// Its name.
        property: String,
        /// What it is.
        found: String,
    },
    /// The meter's formula has no value for the event.
    #[error("in the meter's formula `{formula}`: {error}")]
    Formula {
        /// The formula.
        formula: String,
        /// What is wrong.
        error: EvalError,
    },
    /// What is counted once is neither text nor a number nor a truth value.
    #[error("the meter's formula `{formula}` is {found}, which cannot be told from others")]
    Uncountable {
        /// The formula.
        formula: String,
        /// What it is.
        found: &'static str,
    },
    /// The formula that says when a value is taken away is neither true nor false.
    #[error("the meter's condition `{formula}` is {found}, neither true nor false")]
    NotATruth {
        /// The condition.
        formula: String,
        /// What it is.
        found: &'static str,
    },
    /// With this event the exact result no longer fits.
    #[error("with this event the quantity cannot be kept exactly: {error}")]
    Number {
        /// Why.
        error: NumError,
    },
    /// Price models that look at each event need its value as a decimal, and this one is a fraction without an end.
    #[error("the value {value} of the event is not a decimal")]
    NotADecimal {
        /// The fraction.
        value: String,
    },
    /// The state was made by a meter with another aggregation.
    #[error("the state belongs to another meter")]
    OtherMeter,
}

impl From<NumError> for EventProblem {
    fn from(error: NumError) -> Self {
        Self::Number { error }
    }
}

impl From<MeasureError> for EventProblem {
    fn from(error: MeasureError) -> Self {
        match error {
            MeasureError::Number(error) => Self::Number { error },
            MeasureError::OtherMeter => Self::OtherMeter,
        }
    }
}

impl ToProblem for EventProblem {
    fn problem(&self) -> Problem {
        let (pointer, mend) = match self {
            Self::Missing { property } => (
                Some(pointer(property)),
                format!(
                    "send `{property}` with every such event, or exclude those without it by a condition in `where`"
                ),
            ),
            Self::NotANumber { property, .. } => {
                (Some(pointer(property)), "send a decimal number, or the text of one such as \"12.5\"".to_string())
            }
            Self::Formula { error, .. } => (None, error.problem().mend),
            Self::Uncountable { .. } => (None, "let the formula give text or a number".to_string()),
            Self::NotATruth { .. } => (None, "write a comparison, such as `properties.op == \"remove\"`".to_string()),
            Self::Number { .. } => (None, "check the value; is it in the right unit?".to_string()),
            Self::NotADecimal { .. } => (None, "round the value in the meter: `round(…, 12)`".to_string()),
            Self::OtherMeter => (None, "add events to a state of the same meter".to_string()),
        };
        let problem =
            Problem::new("event_not_measurable", "The event cannot be measured").detail(self.to_string()).mend(mend);
        match pointer {
            Some(pointer) => problem.at(pointer),
            None => problem,
        }
    }
}
