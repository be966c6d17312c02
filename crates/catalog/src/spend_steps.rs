//! At which amounts of a period's spend an invoice is made before the period ends.

use alloc::{format, vec::Vec};
use money::{NumError, Ratio};
use rating::{Positive, Thresholds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem};

/// Amounts of spend, in the currency, at which an invoice is made in the middle of a period. Spend is what the metered prices come to
/// since the period began. No amount at all: an invoice at the end of the period only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "SpendStepsFields", into = "SpendStepsFields")]
#[schemars(extend("examples" = [{ "spend": ["100.00", "500.00"], "then_each": "500.00" }]))]
pub struct SpendSteps {
    spend: Vec<Positive>,
    then_each: Option<Positive>,
}

/// As they are written.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SpendStepsFields {
    /// Amounts of spend, rising: an invoice at each of them, once.
    #[serde(default)]
    spend: Vec<Positive>,
    /// Another invoice each time so much more is spent, above the last of `spend`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    then_each: Option<Positive>,
}

/// Why amounts are no steps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpendStepsError {
    /// One is not above the one before it.
    #[error("step {step} is {}, which is not above {}", at.get(), before.get())]
    NotAscending {
        /// Its place, from 1.
        step: usize,
        /// Its amount.
        at: Positive,
        /// The amount before it.
        before: Positive,
    },
}

impl ToProblem for SpendStepsError {
    fn problem(&self) -> Problem {
        let Self::NotAscending { step, .. } = self;
        Problem::new("spend_steps_not_ascending", "Steps of spend out of order")
            .detail(format!("{self}"))
            .at(format!("/spend/{}", step - 1))
            .mend("write rising amounts; what repeats after the last one is `then_each`")
    }
}

impl SpendSteps {
    /// Checks the order of the amounts.
    pub fn new(spend: Vec<Positive>, then_each: Option<Positive>) -> Result<Self, SpendStepsError> {
        for (at, pair) in spend.windows(2).enumerate() {
            if pair[1] <= pair[0] {
                return Err(SpendStepsError::NotAscending { step: at + 2, at: pair[1], before: pair[0] });
            }
        }
        Ok(Self { spend, then_each })
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.spend.is_empty() && self.then_each.is_none()
    }

    /// How many steps an amount has reached; one that is exactly met is reached.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn passed(&self, amount: Ratio) -> Result<i128, NumError> {
        let once = self.spend.iter().map(|step| step.ratio()).collect();
        Thresholds { once, every: self.then_each.map(Positive::ratio) }.passed(amount)
    }

    /// The amount of the step of this number, from 1; `None` where there is no such step.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn amount(&self, step: i128) -> Result<Option<Ratio>, NumError> {
        let listed = usize::try_from(step).ok().and_then(|step| step.checked_sub(1)).and_then(|at| self.spend.get(at));
        if let Some(amount) = listed {
            return Ok(Some(amount.ratio()));
        }
        let listed = i128::try_from(self.spend.len()).map_err(|_| NumError::Overflow)?;
        let (last, Some(each)) = (self.spend.last().map_or(Ratio::ZERO, |last| last.ratio()), self.then_each) else {
            return Ok(None);
        };
        if step <= listed {
            return Ok(None);
        }
        last.plus(each.ratio().times(Ratio::from_int(step - listed))?).map(Some)
    }
}

impl TryFrom<SpendStepsFields> for SpendSteps {
    type Error = Problem;

    fn try_from(fields: SpendStepsFields) -> Result<Self, Problem> {
        Self::new(fields.spend, fields.then_each).map_err(|error| error.problem())
    }
}

impl From<SpendSteps> for SpendStepsFields {
    fn from(steps: SpendSteps) -> Self {
        Self { spend: steps.spend, then_each: steps.then_each }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(json: &str) -> SpendSteps {
        serde_json::from_str(json).expect(json)
    }

    #[test]
    fn each_step_is_reached_once_and_the_last_part_repeats() {
        let n = Ratio::from_int;
        let some = steps(r#"{"spend": ["100", "500"], "then_each": "200"}"#);
        let passed: alloc::vec::Vec<i128> =
            [99, 100, 499, 500, 699, 700, 1_100].map(|amount| some.passed(n(amount)).expect("small")).into();
        assert_eq!(passed, [0, 1, 1, 2, 2, 3, 5]);
        let amounts: alloc::vec::Vec<_> = (0..=4).map(|step| some.amount(step).expect("small")).collect();
        assert_eq!(amounts, [None, Some(n(100)), Some(n(500)), Some(n(700)), Some(n(900))]);
        assert_eq!(steps(r#"{"then_each": "50"}"#).amount(3), Ok(Some(n(150))));
        assert_eq!(steps(r#"{"spend": []}"#).passed(n(1_000_000)), Ok(0));
    }

    #[test]
    fn amounts_rise() {
        let refused = serde_json::from_str::<SpendSteps>(r#"{"spend": ["100", "100"]}"#).expect_err("equal");
        assert!(alloc::string::ToString::to_string(&refused).contains("spend_steps_not_ascending"), "{refused}");
    }
}
