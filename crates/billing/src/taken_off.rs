//! Discounts within a plan: what is due, less what redemptions take off it.

use crate::due::Due;
use crate::{Discountable, How, LineKey, PlanError, Redemption, Share, Source, Stacking, discounts};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use money::{Money, Ratio};
use rating::RateError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What one discount takes off a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakenOff {
    /// The redemption.
    pub redemption: Key,
    /// What the discount is called.
    pub name: String,
    /// The amount that is taken off, above zero.
    pub amount: Money,
    /// What was left of the line before.
    pub of: Money,
    /// How it follows.
    pub how: How,
}

/// Takes discounts off what is due. `due` holds all that ever fell due, so that what is taken off does not depend on when bills are drawn.
pub(crate) fn take_off<Z>(
    due: &mut BTreeMap<LineKey, (Due, Z)>,
    redemptions: &[Redemption],
    stacking: Stacking,
) -> Result<(), PlanError> {
    if redemptions.is_empty() {
        return Ok(());
    }
    let lines = due.values().map(|(one, _)| discountable(one)).collect::<Result<Vec<_>, _>>()?;
    let found = {
        let rerate = |line: &Discountable, rest: Ratio| match due.get(&line.key) {
            Some((one, _)) => one.rerated(line.quantity, rest),
            // it was made from there
            None => Ok(Ratio::ZERO),
        };
        discounts(&lines, redemptions, stacking, &rerate)?
    };
    for Share { line, redemption, amount, of, how } in found.shares {
        let Some((one, _)) = due.get_mut(&line) else { continue };
        let known = redemptions.iter().find(|known| known.key == redemption);
        let name = known.and_then(|known| known.discount.name.clone()).unwrap_or_else(|| redemption.as_str().into());
        one.worth.amount = one.worth.amount.minus(amount)?;
        one.worth.discounts.push(TakenOff { redemption, name, amount, of, how });
    }
    Ok(())
}

fn discountable(due: &Due) -> Result<Discountable, RateError> {
    let meter = match &due.worth.source {
        Source::Meter { meter } => Some(meter.clone()),
        Source::Constant | Source::Quantity { .. } => None,
    };
    Ok(Discountable {
        key: due.key.clone(),
        amount: due.worth.amount,
        due_at: due.at,
        meter,
        quantity: due.quantity()?,
    })
}
