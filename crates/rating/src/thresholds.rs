//! Amounts of usage at which an invoice is due before the period ends.

use alloc::vec::Vec;
use money::{NumError, Ratio};

/// Amounts that trigger an invoice when the usage over the life of a contract passes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thresholds {
    /// Each passed once.
    pub once: Vec<Ratio>,
    /// Passed again each time so much more is added above the largest of `once`. Above zero.
    pub every: Option<Ratio>,
}

impl Thresholds {
    /// How many thresholds an amount has passed; one that is exactly met is passed.
    ///
    /// # Errors
    /// Numbers that are too large.
    pub fn passed(&self, amount: Ratio) -> Result<i128, NumError> {
        let mut passed = 0i128;
        let mut highest = Ratio::ZERO;
        for threshold in &self.once {
            highest = highest.max(*threshold);
            passed += i128::from(amount >= *threshold);
        }
        let above = amount.minus(highest)?;
        if let Some(every) = self.every.filter(|every| every.is_positive() && above.is_positive()) {
            passed = passed.checked_add(above.over(every)?.floor()).ok_or(NumError::Overflow)?;
        }
        Ok(passed)
    }

    /// The amounts to bill, one for each addition that passes a threshold: everything of the period that was not billed yet.
    /// `before` is what was used before the period. What is left at the end is billed with the period.
    pub fn invoices(&self, before: Ratio, additions: &[Ratio]) -> Result<Vec<Ratio>, NumError> {
        let (mut life, mut unbilled, mut invoices) = (before, Ratio::ZERO, Vec::new());
        for addition in additions {
            let earlier = self.passed(life)?;
            life = life.plus(*addition)?;
            unbilled = unbilled.plus(*addition)?;
            if self.passed(life)? > earlier {
                invoices.push(core::mem::replace(&mut unbilled, Ratio::ZERO));
            }
        }
        Ok(invoices)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn each_invoice_bills_what_the_ones_before_it_did_not() {
        let n = Ratio::from_int;
        let thresholds = Thresholds { once: vec![n(200), n(500)], every: None };
        assert_eq!(thresholds.invoices(n(0), &[n(200), n(200), n(200)]), Ok(vec![n(200), n(400)]));
        assert_eq!(thresholds.invoices(n(600), &[n(200)]), Ok(vec![]));
        let recurring = Thresholds { once: vec![n(200)], every: Some(n(100)) };
        assert_eq!(recurring.invoices(n(0), &[n(250), n(60), n(10)]), Ok(vec![n(250), n(60)]));
    }
}
