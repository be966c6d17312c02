//! How overdue an account is.

use super::KillBillError;
use alloc::{format, string::String, vec::Vec};
use calendar::Date;
use core::num::NonZeroU16;

/// A state that an account is in once its oldest unpaid invoice has an age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverdueState {
    /// Its name.
    pub name: String,
    /// Days since the date of the invoice, from which on it holds.
    pub after_days: u16,
}

/// The states of a system, and when it looks again. What a state forbids or pauses is for others to act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    states: Vec<OverdueState>,
    looks_every: NonZeroU16,
}

impl Overdue {
    /// States by age, looked at every so many days since the invoice.
    ///
    /// # Errors
    /// Two states begin at one age.
    pub fn new(mut states: Vec<OverdueState>, looks_every: NonZeroU16) -> Result<Self, KillBillError> {
        states.sort_by_key(|state| state.after_days);
        if let Some([one, other]) = states.windows(2).find_map(|pair| match pair {
            [one, other] if one.after_days == other.after_days => Some([one, other]),
            _ => None,
        }) {
            let what = format!("the overdue states {} and {} begin at the same age", one.name, other.name);
            return Err(KillBillError::NotPossible { what });
        }
        Ok(Self { states, looks_every })
    }

    /// The state on a day, when the oldest unpaid invoice is of `unpaid_since`; `None` when all is well.
    pub fn state_on(&self, unpaid_since: Option<Date>, day: Date) -> Option<&OverdueState> {
        let age = unpaid_since?.days_until(day);
        let seen = age - age.rem_euclid(self.looks_every.get().into());
        self.states.iter().rfind(|state| i64::from(state.after_days) <= seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    fn overdue(every: u16) -> Overdue {
        let state = |name: &str, after_days| OverdueState { name: name.into(), after_days };
        let every = NonZeroU16::new(every).expect("not 0");
        Overdue::new(alloc::vec![state("OD2", 40), state("OD1", 30), state("OD3", 50)], every).expect("distinct")
    }

    #[test]
    fn the_oldest_unpaid_invoice_decides() {
        let overdue = overdue(1);
        let on = |day: &str| overdue.state_on(Some(date("2012-05-31")), date(day)).map(|state| state.name.as_str());
        assert_eq!(on("2012-06-29"), None);
        assert_eq!(on("2012-06-30"), Some("OD1"));
        assert_eq!(on("2012-07-10"), Some("OD2"));
        assert_eq!(on("2013-01-01"), Some("OD3"));
        assert_eq!(overdue.state_on(None, date("2013-01-01")), None, "nothing is unpaid");
    }

    #[test]
    fn a_state_waits_until_it_is_looked_for() {
        let overdue = overdue(7);
        let on = |day: &str| overdue.state_on(Some(date("2012-05-31")), date(day)).map(|state| state.name.as_str());
        assert_eq!(on("2012-07-04"), None, "day 34, last seen on day 28");
        assert_eq!(on("2012-07-05"), Some("OD1"));
    }

    #[test]
    fn two_states_at_one_age_are_refused() {
        let state = |name: &str| OverdueState { name: name.into(), after_days: 3 };
        assert!(Overdue::new(alloc::vec![state("a"), state("b")], NonZeroU16::MIN).is_err());
    }
}
