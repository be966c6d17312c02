//! Coupons: one after the other, and for some cycles.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use crate::conformance::lines::{euro, line, month, redeemed};
use billing::{Lasts, Off, PercentOff, Redemption, Stacking, at_average, discounts};
use money::{Dec, Money};
use serde::Deserialize;
use serde_json::{Value, json};
use std::num::NonZeroU32;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("coupon_stack", coupon_stack), ("coupon_cycles", coupon_cycles)];

/// One coupon: a percentage or an amount.
#[derive(Deserialize)]
struct Coupon {
    percentage: Option<Dec>,
    amount_minor: Option<i64>,
}

impl Coupon {
    fn redeemed(&self, number: usize, lasts: Lasts) -> Result<Redemption, String> {
        let off = match (self.percentage, self.amount_minor) {
            (Some(percent), None) => Off::Percent(PercentOff::try_from(percent).map_err(said)?),
            (None, Some(minor)) => Off::Amount(Money::new(minor.into(), euro()?)),
            (Some(_), Some(_)) | (None, None) => return Err("a coupon is a percentage or an amount".to_owned()),
        };
        redeemed(&format!("r{number:03}"), off, lasts)
    }
}

fn int(number: i128) -> Result<i64, String> {
    i64::try_from(number).map_err(said)
}

fn coupon_stack(input: &Value, _: &Value) -> Result<Value, String> {
    let coupons: Vec<Coupon> = read(&input["coupons"])?;
    let all = coupons.iter().enumerate().map(|(n, one)| one.redeemed(n, Lasts::Once)).collect::<Result<Vec<_>, _>>()?;
    let subtotal: i64 = read(&input["subtotal_minor"])?;
    let lines = [line("subtotal", subtotal.into(), month(0)?)?];
    let found = discounts(&lines, &all, Stacking::PercentFirst, &at_average).map_err(said)?;
    // each coupon with what it took, the percentages first, as the vectors list them
    let took = |one: &Redemption| {
        found.shares.iter().filter(|share| share.redemption == one.key).map(|share| share.amount.minor()).sum::<i128>()
    };
    let is_percent = |one: &&Redemption| matches!(one.discount.off, Off::Percent(_));
    let listed = all.iter().filter(is_percent).chain(all.iter().filter(|one| !is_percent(one)));
    let per_coupon = listed.map(|one| int(took(one))).collect::<Result<Vec<_>, _>>()?;
    let discount: i64 = per_coupon.iter().sum();
    Ok(json!({"discount_minor": discount, "per_coupon_minor": per_coupon, "total_minor": subtotal - discount}))
}

fn coupon_cycles(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        price_minor: i64,
        percentage: Dec,
        cycles_limit: Option<NonZeroU32>,
        cycles: i64,
    }
    let input: Input = read(input)?;
    let lasts = input.cycles_limit.map_or(Lasts::Forever, Lasts::Periods);
    let coupon = Coupon { percentage: Some(input.percentage), amount_minor: None }.redeemed(0, lasts)?;
    let fee = |n| line("fee", input.price_minor.into(), month(n)?);
    let lines = (0..input.cycles).map(fee).collect::<Result<Vec<_>, String>>()?;
    let found = discounts(&lines, &[coupon], Stacking::PercentFirst, &at_average).map_err(said)?;
    let total = |one: &billing::Discountable| {
        let off: i128 =
            found.shares.iter().filter(|share| share.line == one.key).map(|share| share.amount.minor()).sum();
        int(one.amount.minor() - off)
    };
    Ok(json!({"totals_minor": lines.iter().map(total).collect::<Result<Vec<_>, _>>()?}))
}
