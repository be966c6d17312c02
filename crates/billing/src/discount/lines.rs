//! What discounts are taken off.

use super::{DiscountError, Redemption, Scope};
use crate::LineKey;
use calendar::Instant;
use money::{Money, Ratio};
use rating::RateError;
use stdx::Key;

/// A line as discounts see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discountable {
    /// What it is about.
    pub key: LineKey,
    /// What the key is worth before discounts. Nothing is taken off what is not above zero.
    pub amount: Money,
    /// When the key first falls due: lines that fall due together are one bill, whenever it is drawn.
    pub due_at: Instant,
    /// The meter on which it counts, if it does.
    pub meter: Option<Key>,
    /// How much was used or stood.
    pub quantity: Ratio,
}

/// What a line would be worth, exactly and in major units, with a smaller quantity. It is asked for free units alone.
pub type Rerate<'a> = &'a dyn Fn(&Discountable, Ratio) -> Result<Ratio, RateError>;

/// Each unit is worth what the units of the line are worth on average: right for prices that are the same for each unit.
pub fn at_average(line: &Discountable, quantity: Ratio) -> Result<Ratio, RateError> {
    if line.quantity.is_zero() {
        return Ok(Ratio::ZERO);
    }
    Ok(Ratio::from(line.amount.to_dec()).times(quantity)?.over(line.quantity)?)
}

impl Redemption {
    /// Whether it is about a line at all.
    pub(super) fn is_for(&self, line: &Discountable) -> bool {
        let of_subscription = self.subscription.as_ref().is_none_or(|one| *one == line.key.subscription);
        let price = &line.key.price;
        let on = match &self.discount.on {
            Scope::Prices(names) => names.iter().any(|name| name.plan == price.plan && name.price == price.price),
            Scope::Meters(meters) => line.meter.as_ref().is_some_and(|meter| meters.iter().any(|one| one == meter)),
            Scope::Plans(plans) => plans.iter().any(|plan| *plan == price.plan),
            Scope::Document => true,
        };
        of_subscription && on && self.is_on(line.due_at)
    }
}

/// Refuses what is there twice: the shares of two lines with one key could not be told apart.
pub(super) fn check_once(lines: &[Discountable], redemptions: &[Redemption]) -> Result<(), DiscountError> {
    let mut keys = alloc::collections::BTreeSet::new();
    for line in lines {
        if !keys.insert(&line.key) {
            return Err(DiscountError::LineTwice { key: line.key.clone() });
        }
    }
    let mut names = alloc::collections::BTreeSet::new();
    for redemption in redemptions {
        redemption.discount.check()?;
        if !names.insert(&redemption.key) {
            return Err(DiscountError::RedemptionTwice { key: redemption.key.clone() });
        }
    }
    Ok(())
}
