//! Lago's coupons, credit notes and progressive credits: shares keep five decimals, and each figure of a document is rounded from the exact
//! sum. Amounts are minor units.
//!
//! Source: the conventions in `conformance/lago/README.md` (coupons, taxes, rounding, credit notes).

mod coupons;
mod credits;
mod notes;
mod termination;

pub use coupons::{Applied, Coupon, CouponFee, coupons};
pub use credits::{fee_shares, progressive_credit, scaled_credit, upgrade_difference};
pub use notes::{CodeTaxes, NoteFee, NoteItem, NoteTotals, Notes, aligned_total, code_taxes, notes};
pub use termination::{Ended, Mode, TerminationCredit, termination_credit};

use money::{NumError, Ratio, Rounding};

/// To a whole minor unit, half away from zero.
fn whole(exact: Ratio) -> Result<i128, NumError> {
    Ok(exact.round(0, Rounding::HalfUp)?.floor())
}

/// At five decimals.
fn five(exact: Ratio, rounding: Rounding) -> Result<Ratio, NumError> {
    Ok(Ratio::from(exact.round(5, rounding)?))
}
