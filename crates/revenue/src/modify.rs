//! Applying a change to a contract.

use crate::{Billed, Contract, Earning, Measure, Obligation, RevenueError, Share, Spread, Stretch, Weight, by_weight};
use alloc::vec::Vec;
use calendar::Date;
use money::{Money, Ratio};
use stdx::Key;

/// How one promise goes on after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    /// The promise, or a new one.
    pub key: Key,
    /// What it promises.
    pub product: Key,
    /// The standalone selling price, on the day of the change, of what is still to be rendered.
    pub selling_price: Ratio,
    /// What is paid more, or less, for it.
    pub added: Ratio,
    /// The progress of what is still to be rendered, from 0 on the day before the change to 1.
    pub measure: Measure,
}

impl Contract {
    fn day_before(&self, on: Date) -> Result<Date, RevenueError> {
        let contract = self.key.as_str().into();
        let too_early = |_| RevenueError::BadChange { contract, on, why: "there is no day before it" };
        on.plus_days(-1).map_err(too_early)
    }

    fn bad(&self, on: Date, why: &'static str) -> RevenueError {
        RevenueError::BadChange { contract: self.key.as_str().into(), on, why }
    }

    /// A prospective change (ASC 606-10-25-13(a)): what is recognised stays; what is not, and what is added, is spread over what goes on, by
    /// standalone selling prices. Every promise that is earned by progress and has something left must go on.
    pub fn go_on(&mut self, on: Date, rest: &[Continuation]) -> Result<(), RevenueError> {
        let before = self.day_before(on)?;
        let (mut pool, mut weights): (Money, Vec<Weight>) = (self.remaining(before)?, Vec::new());
        for promise in rest {
            pool = pool.plus(Share::stated(promise.added, self.currency)?.posted)?;
            weights.push((promise.key.clone(), promise.selling_price));
        }
        for obligation in &self.obligations {
            let goes_on = rest.iter().any(|promise| promise.key == obligation.key);
            let left = obligation
                .allocated(before)?
                .map(|all| all.minus(obligation.recognised(before)?).map_err(RevenueError::from));
            match left.transpose()? {
                Some(left) if !goes_on && !left.is_zero() => {
                    return Err(self.bad(on, "a promise with something left to recognise does not go on"));
                }
                None if goes_on => return Err(self.bad(on, "usage that is earned as invoiced has no price to spread")),
                Some(_) | None => {}
            }
        }
        let shares = by_weight(pool.to_dec().into(), self.currency, &weights)?;
        let mut changed = self.obligations.clone();
        for (promise, (_, share)) in rest.iter().zip(shares) {
            let earning = Earning::Allocated { share, measure: promise.measure.clone(), spread: Spread::Cumulative };
            if let Some(obligation) = changed.iter_mut().find(|obligation| obligation.key == promise.key) {
                let carried = obligation.recognised(before)?;
                obligation.go_on(Stretch { from: on, carried, earning })?;
            } else {
                let mut added = Obligation::new(promise.key.clone(), earning, self.currency);
                added.product = promise.product.clone();
                changed.push(added);
            }
        }
        self.obligations = changed;
        Ok(())
    }

    /// A change that counts from the beginning (ASC 606-10-25-13(b), 606-10-32-43): the promise is worth `price` in all, and what of that is
    /// earned by progress is recognised at once. Without a measure progress is measured as before.
    pub fn catch_up(
        &mut self,
        key: &Key,
        on: Date,
        price: Ratio,
        measure: Option<Measure>,
    ) -> Result<(), RevenueError> {
        let share = Share::stated(price, self.currency)?;
        let as_invoiced = self.bad(on, "usage that is earned as invoiced has no price to change");
        let carried = Money::zero(self.currency);
        let obligation = self.obligation_mut(key)?;
        let Earning::Allocated { measure: now, spread, .. } = &obligation.stretch(on).earning else {
            return Err(as_invoiced);
        };
        let earning = Earning::Allocated { share, measure: measure.unwrap_or_else(|| now.clone()), spread: *spread };
        obligation.go_on(Stretch { from: on, carried, earning })
    }

    /// Ends a contract after the day before `on`, with a refund of this much. What was billed and is not given back is recognised on that day, and
    /// nothing after it; what is given back is no longer billed.
    pub fn end(&mut self, on: Date, refund: Money) -> Result<(), RevenueError> {
        let before = self.day_before(on)?;
        let recognised = self.recognised(before)?;
        let kept = self.billed_by(before)?.minus(refund)?;
        if refund.is_negative() || kept.minor() < recognised.minor().min(self.billed_by(before)?.minor()) {
            return Err(self.bad(on, "the refund is more than was billed and is not earned, or is below zero"));
        }
        let rest = if kept.minor() > recognised.minor() { kept.minus(recognised)? } else { Money::zero(self.currency) };
        let mut weights: Vec<Weight> = Vec::new();
        for obligation in &self.obligations {
            if let Some(all) = obligation.allocated(before)? {
                let left = all.minus(obligation.recognised(before)?)?;
                weights.push((obligation.key.clone(), Ratio::from_int(left.minor().abs())));
            }
        }
        let shares = by_weight(rest.to_dec().into(), self.currency, &weights)?;
        let mut changed = self.obligations.clone();
        for (key, share) in shares {
            for obligation in changed.iter_mut().filter(|obligation| obligation.key == key) {
                let carried = obligation.recognised(before)?;
                let (measure, spread) = (Measure::At(Some(on)), Spread::Cumulative);
                obligation.go_on(Stretch {
                    from: on,
                    carried,
                    earning: Earning::Allocated { share, measure, spread },
                })?;
            }
        }
        self.obligations = changed;
        if !refund.is_zero() {
            self.billed.push(Billed { on, amount: refund.negated(), obligation: None });
        }
        Ok(())
    }
}
