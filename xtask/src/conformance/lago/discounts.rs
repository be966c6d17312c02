//! Coupons on an invoice.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use billing::profiles::lago::{Applied, Coupon, CouponFee, coupons};
use billing::{Discount, Lasts, Limits, Off, PercentOff, Scope};
use money::{Currency, Dec, Money, Ratio, Rounding};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::num::NonZeroU32;
use stdx::{Key, NonEmpty};
use tax::profiles::lago::{Fee, totals};
use tax::{Percent, Tax};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("coupons", on_invoice)];

#[derive(Deserialize)]
struct GivenFee {
    id: String,
    amount_minor: i64,
    metric: Option<Key>,
    plan: Option<Key>,
    prior_credit: Option<Ratio>,
    tax_rate: Option<Percent>,
}

#[derive(Deserialize)]
struct GivenCoupon {
    #[serde(rename = "type")]
    kind: String,
    rate: Option<Dec>,
    amount_minor: Option<i64>,
    currency: Option<Currency>,
    used_minor: Option<i64>,
    frequency: Option<String>,
    periods_left: Option<u32>,
    metrics: Option<Vec<Key>>,
    plans: Option<Vec<Key>>,
}

impl GivenCoupon {
    fn read(self, currency: Currency) -> Result<Coupon, String> {
        let off = match (self.kind.as_str(), self.rate, self.amount_minor) {
            ("percentage", Some(rate), _) => Off::Percent(PercentOff::try_from(rate).map_err(said)?),
            ("fixed", _, Some(minor)) => Off::Amount(Money::new(minor.into(), self.currency.unwrap_or(currency))),
            (other, _, _) => return Err(format!("unknown coupon {other}")),
        };
        let keys = |keys| NonEmpty::try_from(keys).map_err(said);
        let on = match (self.metrics, self.plans) {
            (Some(metrics), _) => Scope::Meters(keys(metrics)?),
            (None, Some(plans)) => Scope::Plans(keys(plans)?),
            (None, None) => Scope::Document,
        };
        let periods_left = self.periods_left.unwrap_or(0);
        let lasts = match self.frequency.as_deref() {
            None | Some("once") => Lasts::Once,
            Some("forever") => Lasts::Forever,
            Some("recurring") => Lasts::Periods(NonZeroU32::new(periods_left).unwrap_or(NonZeroU32::MIN)),
            Some(other) => return Err(format!("unknown frequency {other}")),
        };
        let discount =
            Discount { name: None, off, on, lasts, code: None, limits: Limits::default(), from: None, until: None };
        Ok(Coupon { discount, spent: self.used_minor.unwrap_or(0).into(), periods_left })
    }
}

fn on_invoice(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = read(&input["currency"])?;
    let given: Vec<GivenFee> = read(&input["fees"])?;
    let fee = |one: &GivenFee| CouponFee {
        amount: one.amount_minor.into(),
        metric: one.metric.clone(),
        plan: one.plan.clone(),
        prior: one.prior_credit.unwrap_or(Ratio::ZERO),
    };
    let fees: Vec<CouponFee> = given.iter().map(fee).collect();
    let of_customer: Vec<GivenCoupon> = read(&input["coupons"])?;
    let of_customer = of_customer.into_iter().map(|one| one.read(currency)).collect::<Result<Vec<_>, _>>()?;
    let found = coupons(currency, &fees, &of_customer).map_err(said)?;
    answer(&given, &found)
}

fn answer(given: &[GivenFee], found: &Applied) -> Result<Value, String> {
    let with_tax = |(one, credit): (&GivenFee, &Ratio)| {
        let rate = one.tax_rate.unwrap_or(Percent::ZERO);
        let taxes = vec![Tax::of("vat".parse().map_err(said)?, rate)];
        Ok(Fee { amount: one.amount_minor.into(), coupon: *credit, taxes })
    };
    let fees = given.iter().zip(&found.credits).map(with_tax).collect::<Result<Vec<_>, String>>()?;
    let taxes = totals(&fees).map_err(said)?;
    let (mut credits, mut fee_taxes) = (Map::new(), Map::new());
    for ((one, credit), tax) in given.iter().zip(&found.credits).zip(&taxes.fee_taxes) {
        credits.insert(one.id.clone(), json!(credit));
        fee_taxes.insert(one.id.clone(), json!(i64::try_from(*tax).map_err(said)?));
    }
    let whole = |exact: Ratio| exact.round(0, Rounding::HalfUp).map_err(said);
    let total = found.subtotal.plus(Ratio::from_int(taxes.taxes)).map_err(said)?;
    Ok(json!({
        "coupons_minor": whole(found.total)?,
        "fee_credits": credits,
        "terminated": found.terminated,
        "periods_left": found.periods_left,
        "subtotal_minor": whole(found.subtotal)?,
        "fees_minor": i64::try_from(taxes.fees).map_err(said)?,
        "fee_taxes": fee_taxes,
        "taxes_minor": i64::try_from(taxes.taxes).map_err(said)?,
        "total_minor": whole(total)?,
    }))
}
