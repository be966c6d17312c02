//! Lago's wallets.
//!
//! Source: `conformance/lago/README.md`.

use crate::{CreditError, CreditRate};
use money::{Currency, Dec, Money, Rounding};

/// How many places of a credit count when credits are taken back.
const PLACES: u8 = 5;

/// What is left when credits are taken back: they are cut at five places, and what they and the rest are worth is rounded on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    /// The credits that are taken back.
    pub credits: Dec,
    /// What they are worth.
    pub worth: Money,
    /// The credits that are left.
    pub left: Dec,
    /// What those are worth.
    pub left_worth: Money,
}

/// Takes credits back from a balance.
pub fn take_back(balance: Dec, asked: Dec, rate: CreditRate, currency: Currency) -> Result<TakenBack, CreditError> {
    let credits = asked.round(PLACES, Rounding::Down)?;
    let left = balance.minus(credits)?;
    if left.is_negative() {
        return Err(CreditError::NotEnough { asked: credits, free: balance });
    }
    Ok(TakenBack { credits, worth: rate.worth(credits, currency)?, left, left_worth: rate.worth(left, currency)? })
}

/// What a wallet will hold when everything that is pending is paid from it. It may be less than nothing.
pub fn ongoing(balance: Money, pending: &[Money]) -> Result<Money, CreditError> {
    Ok(pending.iter().try_fold(balance, |left, amount| left.minus(*amount))?)
}
