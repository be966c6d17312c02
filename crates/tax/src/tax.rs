//! One tax as it is put on a line.

use crate::category::Allows;
use crate::{Category, Percent, Reason, TaxError};
use alloc::vec::Vec;
use money::{NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// A tax on a line. Lines with equal taxes form one group: it is rounded as one, and electronic invoices show it as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    /// Which tax: `vat`, `gst`, `us-ca`. All rates of one tax have one code.
    pub code: Key,
    /// The category of EN 16931.
    #[serde(default)]
    pub category: Category,
    /// The rate in per cent.
    pub percent: Percent,
    /// What it is a percentage of.
    #[serde(default, skip_serializing_if = "On::is_price")]
    pub on: On,
    /// Why nothing is taxed, where the category asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What a tax is a percentage of, where a line has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum On {
    /// The price.
    #[default]
    Price,
    /// The price and the taxes that stand before it on the line.
    PriceAndTaxes,
}

impl On {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    const fn is_price(&self) -> bool {
        matches!(self, Self::Price)
    }
}

impl Tax {
    /// A tax on the price: of the standard category, or zero-rated at 0 %.
    pub fn of(code: Key, percent: Percent) -> Self {
        let category = if percent.is_zero() { Category::ZeroRated } else { Category::Standard };
        Self { code, category, percent, on: On::Price, reason: None }
    }

    /// Nothing to pay, by a category; its usual reason, unless another is given.
    pub fn none(code: Key, category: Category, reason: Option<Reason>) -> Self {
        let reason = reason.or_else(|| category.usual_reason());
        Self { code, category, percent: Percent::ZERO, on: On::Price, reason }
    }

    /// Whether rate, category and reason fit each other.
    pub fn check(&self) -> Result<(), TaxError> {
        let fits = match self.category.allows() {
            Allows::Above => !self.percent.is_zero(),
            Allows::Any => true,
            Allows::Zero => self.percent.is_zero(),
        };
        if !fits {
            return Err(TaxError::RateDoesNotFit {
                code: self.code.clone(),
                category: self.category,
                percent: self.percent,
            });
        }
        if self.category.needs_reason() && self.reason.is_none() {
            return Err(TaxError::NoReason { code: self.code.clone(), category: self.category });
        }
        Ok(())
    }
}

/// What each tax of a line takes of its net amount, as exact shares: those on the price alone their rate, those on price and taxes
/// their rate on all before them.
pub fn shares(taxes: &[Tax]) -> Result<Vec<Ratio>, NumError> {
    let (mut sum, mut out) = (Ratio::ZERO, Vec::with_capacity(taxes.len()));
    for tax in taxes {
        let share = tax.percent.share()?;
        let share = match tax.on {
            On::Price => share,
            On::PriceAndTaxes => share.times(Ratio::ONE.plus(sum)?)?,
        };
        sum = sum.plus(share)?;
        out.push(share);
    }
    Ok(out)
}

/// The exact tax on an amount that does not contain it: the sum of all taxes, before any rounding.
pub fn exact_tax(net: Ratio, taxes: &[Tax]) -> Result<Ratio, NumError> {
    shares(taxes)?.into_iter().try_fold(Ratio::ZERO, |sum, share| sum.plus(net.times(share)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tax(code: &str, percent: &str, on: On) -> Tax {
        let percent = Percent::try_from(percent.parse::<money::Dec>().expect("number")).expect("rate");
        Tax { on, ..Tax::of(code.try_into().expect("key"), percent) }
    }

    #[test]
    fn several_taxes_stand_side_by_side_or_on_each_other() {
        let hundred = Ratio::from_int(100);
        let beside = [tax("gst", "5", On::Price), tax("qst", "9.975", On::Price)];
        assert_eq!(exact_tax(hundred, &beside).expect("tax"), "14.975".parse().expect("number"));
        let above = [tax("gst", "5", On::Price), tax("qst", "9.975", On::PriceAndTaxes)];
        assert_eq!(exact_tax(hundred, &above).expect("tax"), "15.47375".parse().expect("number"));
    }

    #[test]
    fn rate_category_and_reason_fit_each_other() {
        let vat = tax("vat", "19", On::Price);
        assert_eq!(vat.check(), Ok(()));
        let exempt = Tax { category: Category::Exempt, ..vat.clone() };
        assert!(matches!(exempt.check(), Err(TaxError::RateDoesNotFit { .. })));
        let silent = Tax { percent: Percent::ZERO, ..exempt };
        assert!(matches!(silent.check(), Err(TaxError::NoReason { .. })));
        assert_eq!(Tax::none(vat.code, Category::ReverseCharge, None).check(), Ok(()));
    }
}
