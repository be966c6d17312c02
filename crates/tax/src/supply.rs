//! Which day decides on a rate, and what is taxed when.

use crate::{Assessment, Dated, Percent, TaxError, assess::rounded};
use alloc::vec::Vec;
use calendar::{Date, DateRange};
use money::{Money, Ratio, Rounding, allocate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which day decides on the rate of a service that lasts. Countries differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxPoint {
    /// The day of the invoice.
    #[default]
    Invoice,
    /// The first day of the service.
    ServiceStart,
    /// The last day of the service.
    ServiceEnd,
    /// Each day of the service by its own rate: see [`by_day`].
    EachDay,
}

/// A part of an amount with one rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RatePart {
    /// The rate.
    pub percent: Percent,
    /// On how many days of the service it holds.
    pub days: i64,
    /// The part of the amount.
    pub base: Money,
}

/// Cuts the amount of a service by the days on which each rate holds, by largest remainder; a rate that comes back counts once. An
/// error when the service begins before the first rate.
pub fn by_day(amount: Money, service: DateRange, rates: &Dated<Percent>) -> Result<Vec<RatePart>, TaxError> {
    let (day, first) = (service.from(), rates.first_day());
    if day < first {
        return Err(TaxError::NoRateYet { day, first });
    }
    let mut parts: Vec<RatePart> = Vec::new();
    for (days, percent) in rates.parts(service)? {
        match parts.iter_mut().find(|part| part.percent == *percent) {
            Some(known) => known.days += days.days(),
            None => parts.push(RatePart { percent: *percent, days: days.days(), base: Money::zero(amount.currency()) }),
        }
    }
    let weights: Vec<Ratio> = parts.iter().map(|part| Ratio::from_int(part.days.into())).collect();
    for (part, base) in parts.iter_mut().zip(allocate(amount.minor(), &weights)?) {
        part.base = Money::new(base, amount.currency());
    }
    Ok(parts)
}

impl TaxPoint {
    /// The day that decides; `None` where each day has its own rate.
    pub fn day(self, invoice: Date, service: DateRange) -> Result<Option<Date>, TaxError> {
        Ok(match self {
            Self::Invoice => Some(invoice),
            Self::ServiceStart => Some(service.from()),
            Self::ServiceEnd => Some(service.to().plus_days(-1).map_err(calendar::PeriodError::from)?),
            Self::EachDay => None,
        })
    }
}

/// When a prepayment for something is taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// When it is sold: the place and rate of everything that it buys are known (single-purpose).
    #[default]
    SinglePurpose,
    /// When it is redeemed (multi-purpose).
    MultiPurpose,
}

impl Voucher {
    /// Whether a voucher is taxed when it is sold; else each redemption is.
    pub const fn is_taxed_at_sale(self) -> bool {
        matches!(self, Self::SinglePurpose)
    }
}

/// The tax that a final invoice still shows: that of the whole, less what advances have been taxed with.
pub fn left_after_advances(whole: &Assessment, advances: &[Money]) -> Result<Money, TaxError> {
    Ok(advances.iter().try_fold(whole.tax, |left, advance| left.minus(*advance))?)
}

/// The tax of the next of several parts of one thing, such as credit notes on one line: the tax of all parts so far, less the tax of those before.
/// The taxes of all parts are then the tax of the whole.
pub fn of_next_part(before: Money, part: Money, percent: Percent, rounding: Rounding) -> Result<Money, TaxError> {
    let tax = |base: Money| -> Result<i128, TaxError> {
        Ok(rounded(Ratio::from_int(base.minor()).times(percent.share()?)?, rounding)?)
    };
    Ok(Money::new(tax(before.plus(part)?)? - tax(before)?, part.currency()))
}

/// The share of an amount that was taxed, told from the tax that somebody else computed on it; `None` where nothing could be taxed.
pub fn taxed_share(amount: Money, tax: Money, percent: Percent) -> Result<Option<Ratio>, TaxError> {
    let full = Ratio::from_int(amount.minor()).times(percent.share()?)?;
    if full.is_zero() {
        return Ok(None);
    }
    Ok(Some(Ratio::from_int(tax.minor()).over(full)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use money::{Currency, Dec};
    use proptest::prelude::*;

    fn cents(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("euro"))
    }

    fn percent(text: &str) -> Percent {
        Percent::try_from(text.parse::<Dec>().expect("number")).expect("rate")
    }

    #[test]
    fn a_change_of_rate_inside_the_service_cuts_the_amount_by_days() {
        let rates: Dated<Percent> =
            serde_json::from_str(r#"{"2024-01-01": "22", "2025-07-01": "24", "2025-07-10": "22"}"#).expect("rates");
        let service: DateRange = "2025-06-15..2025-07-15".parse().expect("days");
        let parts = by_day(cents(3000), service, &rates).expect("parts");
        let shown: Vec<_> = parts.iter().map(|part| (part.percent, part.days, part.base.minor())).collect();
        assert_eq!(shown, [(percent("22"), 21, 2100), (percent("24"), 9, 900)]);
        let early = "2023-12-31..2024-02-01".parse().expect("days");
        assert!(matches!(by_day(cents(3000), early, &rates), Err(TaxError::NoRateYet { .. })));
        let last = TaxPoint::ServiceEnd.day("2025-06-15".parse().expect("date"), service).expect("day");
        assert_eq!(last, Some("2025-07-14".parse().expect("date")));
    }

    proptest! {
        #[test]
        fn the_taxes_of_all_parts_are_the_tax_of_the_whole(parts in prop::collection::vec(0i128..10_000, 1..9)) {
            let (mut before, mut taxes) = (cents(0), 0);
            for part in &parts {
                taxes += of_next_part(before, cents(*part), percent("19"), Rounding::HalfUp)?.minor();
                before = before.plus(cents(*part))?;
            }
            let whole = of_next_part(cents(0), before, percent("19"), Rounding::HalfUp)?;
            prop_assert_eq!(taxes, whole.minor());
        }
    }
}
