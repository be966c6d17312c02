//! The price of the step in which the quantity lies.

use super::not_negative;
use crate::{Explanation, Kind, RateError, Reason, Steps};
use money::Ratio;

/// One price for every quantity in the step. The first step is due at quantity zero, unless it is `up_to: 0`.
pub(crate) fn stair_step(steps: &Steps, quantity: Ratio) -> Result<Explanation, RateError> {
    not_negative(Kind::StairStep, quantity)?;
    let step = steps.reached(quantity);
    let (up_to, price) = (step.band.up_to.map(Into::into), step.band.price);
    let reason = Reason::StairStep { tier: step.tier, up_to, quantity, price: price.get() };
    Ok(Explanation::leaf(reason, price.ratio()))
}
