//! What was promised and has not been used yet.
//!
//! A hold keeps credit for something that is about to happen and whose size is only estimated: it is authorised, and then captured with what it really
//! was, or released, or its time is over. The facts are what is kept; whoever reads them again after a crash knows the same holds, so that what is used
//! beyond a limit is at most what was held when it was reached.

use crate::CreditError;
use alloc::collections::BTreeMap;
use calendar::Instant;
use money::Dec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What happened to a hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum HoldFact {
    /// So much is kept until an instant.
    Authorised {
        /// The hold.
        hold: Key,
        /// When.
        at: Instant,
        /// How much; above 0.
        amount: Dec,
        /// When it ends by itself.
        until: Instant,
    },
    /// What it was kept for has happened.
    Captured {
        /// The hold.
        hold: Key,
        /// When.
        at: Instant,
        /// How much it really was; at most what is held.
        amount: Dec,
    },
    /// It will not happen.
    Released {
        /// The hold.
        hold: Key,
        /// When.
        at: Instant,
    },
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hold {
    /// How much is kept.
    pub amount: Dec,
    /// Since when.
    pub since: Instant,
    /// When it ends by itself.
    pub until: Instant,
    /// When it was captured or released.
    pub ended_at: Option<Instant>,
    /// What was captured.
    pub captured: Dec,
}

impl Hold {
    /// What it keeps at an instant.
    pub fn held_at(&self, at: Instant) -> Dec {
        let is_open = at < self.until && self.ended_at.is_none_or(|ended| at < ended);
        if is_open && self.since <= at { self.amount } else { Dec::ZERO }
    }
}

/// All holds of one wallet: a fold of their facts in the order in which they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holds(BTreeMap<Key, Hold>);

impl Holds {
    /// The holds that facts tell of.
    pub fn of<'a>(facts: impl IntoIterator<Item = &'a HoldFact>) -> Result<Self, CreditError> {
        let mut holds = Self::default();
        for fact in facts {
            holds.apply(fact)?;
        }
        Ok(holds)
    }

    /// A hold by its name.
    pub fn get(&self, hold: &Key) -> Option<&Hold> {
        self.0.get(hold)
    }

    /// How much is kept at an instant.
    pub fn held_at(&self, at: Instant) -> Result<Dec, CreditError> {
        Ok(self.0.values().try_fold(Dec::ZERO, |sum, hold| sum.plus(hold.held_at(at)))?)
    }

    /// The fact of a new hold, where a balance has room for it beside what is held already. The same hold asked for again, with the same terms, is the
    /// one that is there, and answered with its fact.
    pub fn authorise(
        &self,
        hold: Key,
        amount: Dec,
        (at, until): (Instant, Instant),
        balance: Dec,
    ) -> Result<HoldFact, CreditError> {
        let fact = HoldFact::Authorised { hold: hold.clone(), at, amount, until };
        if let Some(there) = self.0.get(&hold) {
            let is_same = there.amount == amount && there.until == until && there.held_at(at) == amount;
            return if is_same { Ok(fact) } else { Err(CreditError::DoubledHold(hold)) };
        }
        let free = balance.minus(self.held_at(at)?)?;
        if amount > free {
            return Err(CreditError::NotEnough { asked: amount, free });
        }
        self.clone().apply(&fact)?;
        Ok(fact)
    }

    /// Takes a fact in, or says why it cannot be one.
    pub fn apply(&mut self, fact: &HoldFact) -> Result<(), CreditError> {
        match fact {
            HoldFact::Authorised { hold, at, amount, until } => {
                let new = Hold { amount: *amount, since: *at, until: *until, ended_at: None, captured: Dec::ZERO };
                if !amount.is_positive() {
                    return Err(CreditError::NoAmount { grant: hold.clone(), amount: *amount });
                }
                match self.0.get(hold) {
                    Some(there) if there.amount == *amount && there.until == *until => {}
                    Some(_) => return Err(CreditError::DoubledHold(hold.clone())),
                    None => {
                        self.0.insert(hold.clone(), new);
                    }
                }
            }
            HoldFact::Captured { hold, at, amount } => {
                let open = self.open(hold, *at)?;
                if *amount > open.amount || amount.is_negative() {
                    return Err(CreditError::MoreThanHeld { hold: hold.clone(), held: open.amount, asked: *amount });
                }
                (open.ended_at, open.captured) = (Some(*at), *amount);
            }
            HoldFact::Released { hold, at } => self.open(hold, *at)?.ended_at = Some(*at),
        }
        Ok(())
    }

    fn open(&mut self, hold: &Key, at: Instant) -> Result<&mut Hold, CreditError> {
        let Some(there) = self.0.get_mut(hold) else { return Err(CreditError::NoSuchHold(hold.clone())) };
        let ended_at = there.ended_at.into_iter().chain((there.until <= at).then_some(there.until)).min();
        ended_at.map_or(Ok(there), |ended_at| Err(CreditError::HoldEnded { hold: hold.clone(), ended_at, at }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant_key;
    use alloc::vec::Vec;
    use stdx::ToProblem;

    fn at(minute: u8) -> Instant {
        alloc::format!("2026-04-01T00:{minute:02}:00Z").parse().expect("an instant")
    }

    fn held(hold: &str, amount: i128, from: u8) -> HoldFact {
        HoldFact::Authorised {
            hold: grant_key(hold),
            at: at(from),
            amount: Dec::from_int(amount),
            until: at(from + 10),
        }
    }

    fn captured(hold: &str, amount: i128, minute: u8) -> HoldFact {
        HoldFact::Captured { hold: grant_key(hold), at: at(minute), amount: Dec::from_int(amount) }
    }

    #[test]
    fn what_is_captured_released_or_over_is_not_held() {
        let facts = [
            held("a", 5, 0),
            held("b", 7, 0),
            held("c", 9, 5),
            captured("a", 3, 2),
            HoldFact::Released { hold: grant_key("c"), at: at(6) },
        ];
        let holds = Holds::of(&facts).expect("holds");
        let told: Vec<_> = [1, 2, 5, 6, 10].map(|minute| holds.held_at(at(minute)).expect("a sum").floor()).into();
        assert_eq!(told, [12, 7, 16, 7, 0]);
        assert_eq!(holds.get(&grant_key("a")).map(|hold| hold.captured), Some(Dec::from_int(3)));
    }

    #[test]
    fn a_hold_is_used_once_and_in_time_and_not_beyond_what_it_holds() {
        let code = |facts: &[HoldFact]| Holds::of(facts).expect_err("refused").problem().code;
        assert_eq!(code(&[captured("a", 1, 1)]), "unknown_hold");
        assert_eq!(code(&[held("a", 5, 0), captured("a", 5, 1), captured("a", 5, 2)]), "hold_ended");
        assert_eq!(code(&[held("a", 5, 0), captured("a", 5, 10)]), "hold_ended");
        assert_eq!(code(&[held("a", 5, 0), captured("a", 6, 1)]), "more_than_held");
        assert_eq!(code(&[held("a", 5, 0), held("a", 6, 0)]), "doubled_hold");
    }

    #[test]
    fn no_more_is_promised_than_is_there() {
        let holds = Holds::of(&[held("a", 5, 0)]).expect("holds");
        let ask = |hold: &str, amount| {
            holds.authorise(grant_key(hold), Dec::from_int(amount), (at(0), at(10)), Dec::from_int(12))
        };
        assert!(ask("b", 7).is_ok());
        assert_eq!(ask("b", 8), Err(CreditError::NotEnough { asked: Dec::from_int(8), free: Dec::from_int(7) }));
        assert!(ask("a", 5).is_ok(), "the same again is the same");
        assert_eq!(ask("a", 6), Err(CreditError::DoubledHold(grant_key("a"))));
    }
}
