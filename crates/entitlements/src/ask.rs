//! May this be done now?

use crate::merge::State;
use crate::{Beyond, EntitlementError, Limit, Right, Value};
use money::Dec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is left of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Balance {
    /// How much more may be used; none where there is no limit.
    pub remaining: Option<Dec>,
    /// How much more was used than the limit.
    pub overage: Dec,
    /// Whether anything more may be used within the limit.
    pub state: State,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "answer")]
pub enum Answer {
    /// Yes.
    Allowed {
        /// How much is left after it; none where there is no limit.
        remaining: Option<Dec>,
    },
    /// Yes, and it goes beyond the limit.
    Beyond {
        /// By so much, after it.
        overage: Dec,
    },
    /// No.
    Denied {
        /// How much would be allowed.
        remaining: Dec,
    },
    /// No: the feature is off.
    Off,
}

impl Right {
    /// Whether it is on.
    pub fn is_on(&self) -> bool {
        self.state == State::On
    }

    fn limit(&self) -> Result<Limit, EntitlementError> {
        match &self.value {
            Value::Limit(limit) => Ok(*limit),
            Value::Switch => Err(EntitlementError::NoLimit("a switch")),
            Value::Setting(_) => Err(EntitlementError::NoLimit("a setting")),
        }
    }

    /// What is left when so much was used in the window.
    pub fn balance(&self, used: Dec) -> Result<Balance, EntitlementError> {
        let Limit { upto, .. } = self.limit()?;
        let left = upto.map(|upto| upto.minus(used)).transpose()?;
        let is_left = left.is_none_or(Dec::is_positive);
        Ok(Balance {
            remaining: left.map(|left| left.max(Dec::ZERO)),
            overage: left.filter(|left| left.is_negative()).map_or(Dec::ZERO, Dec::negated),
            state: if is_left { self.state } else { State::Off },
        })
    }

    /// Whether so much more may be used, when so much was used in the window and so much is held for others.
    pub fn ask(&self, used: Dec, held: Dec, asked: Dec) -> Result<Answer, EntitlementError> {
        if let Some(amount) = [used, held, asked].into_iter().find(|amount| amount.is_negative()) {
            return Err(EntitlementError::Negative { what: "what is used, held or asked for", amount });
        }
        let Limit { upto, beyond } = self.limit()?;
        if !self.is_on() {
            return Ok(Answer::Off);
        }
        let Some(upto) = upto else { return Ok(Answer::Allowed { remaining: None }) };
        let free = upto.minus(used.plus(held)?)?;
        let after = free.minus(asked)?;
        Ok(match beyond {
            _ if !after.is_negative() => Answer::Allowed { remaining: Some(after) },
            Beyond::Allowed => Answer::Beyond { overage: after.negated() },
            Beyond::Denied => Answer::Denied { remaining: free.max(Dec::ZERO) },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(limit: Limit) -> Right {
        Right { state: State::On, value: Value::Limit(limit) }
    }

    fn ask(limit: Limit, [used, held, asked]: [i128; 3]) -> Answer {
        let [used, held, asked] = [used, held, asked].map(Dec::from_int);
        right(limit).ask(used, held, asked).expect("an answer")
    }

    #[test]
    fn a_hard_limit_counts_what_is_held_and_a_soft_one_tells() {
        let ten = Dec::from_int(10);
        let left = |amount| Some(Dec::from_int(amount));
        assert_eq!(ask(Limit::hard(ten), [4, 3, 3]), Answer::Allowed { remaining: left(0) });
        assert_eq!(ask(Limit::hard(ten), [4, 3, 4]), Answer::Denied { remaining: Dec::from_int(3) });
        assert_eq!(ask(Limit::hard(ten), [14, 0, 1]), Answer::Denied { remaining: Dec::ZERO });
        assert_eq!(ask(Limit::soft(ten), [4, 3, 4]), Answer::Beyond { overage: Dec::ONE });
        assert_eq!(ask(Limit::UNLIMITED, [400, 0, 4]), Answer::Allowed { remaining: None });
        assert_eq!(
            ask(Limit::hard(ten), [10, 0, 0]),
            Answer::Allowed { remaining: left(0) },
            "nothing is always allowed"
        );
    }

    #[test]
    fn what_is_off_or_no_limit_says_so() {
        let off = Right { state: State::Off, ..right(Limit::UNLIMITED) };
        assert_eq!(off.ask(Dec::ZERO, Dec::ZERO, Dec::ONE), Ok(Answer::Off));
        let switch = Right { state: State::On, value: Value::Switch };
        assert_eq!(switch.balance(Dec::ZERO), Err(EntitlementError::NoLimit("a switch")));
        assert!(right(Limit::UNLIMITED).ask(Dec::ONE.negated(), Dec::ZERO, Dec::ONE).is_err());
    }
}
