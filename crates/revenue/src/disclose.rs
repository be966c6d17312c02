//! What is disclosed: remaining obligations by band, contract balances rolled forward, revenue by what it can be sliced by. ASC 606-10-50.

use crate::{Contract, Over, RevenueError};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Date;
use ledger::{Account, Booked, Month, Side};
use money::{Currency, Money, Ratio};

/// A stretch of time in which performance is expected: after one day, to the end of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Its name.
    pub name: String,
    /// The last day before it.
    pub after: Date,
    /// Its last day.
    pub until: Date,
}

/// Why a contract need not be disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exemption {
    /// It lasts a year at most. ASC 606-10-50-14(a).
    OneYear,
    /// What is performed may be invoiced as it is. ASC 606-10-50-14(b).
    RightToInvoice,
    /// Usage of what is wholly unperformed. ASC 606-10-50-14A; not in IFRS 15.
    UnperformedUsage,
}

/// A fixed price, with what of its variable part will not be reversed, over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remaining {
    /// The transaction price.
    pub price: Ratio,
    /// Recognised to the day.
    pub recognised: Ratio,
    /// Not yet.
    pub remaining: Ratio,
    /// Of that in each band.
    pub bands: Vec<(String, Ratio)>,
}

/// What is still to be performed of a price over time, by band, as of the end of a day. Exact.
pub fn remaining(price: Ratio, over: &Over, as_of: Date, bands: &[Band]) -> Result<Remaining, RevenueError> {
    let recognised = price.times(over.progress(as_of)?)?;
    let mut in_bands = Vec::new();
    for band in bands {
        let share = over.progress(band.until)?.minus(over.progress(band.after)?)?;
        in_bands.push((band.name.clone(), price.times(share)?));
    }
    Ok(Remaining { price, recognised, remaining: price.minus(recognised)?, bands: in_bands })
}

/// What of a contract is expected to be recognised in each band, by the facts known now.
pub fn by_band(contract: &Contract, bands: &[Band]) -> Result<Vec<(String, Money)>, RevenueError> {
    let mut found = Vec::new();
    for band in bands {
        let share = contract.remaining(band.after)?.minus(contract.remaining(band.until)?)?;
        found.push((band.name.clone(), share));
    }
    Ok(found)
}

/// A contract liability from the beginning of a stretch of time to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollForward {
    /// At the beginning.
    pub opening: Money,
    /// Billed.
    pub billed: Money,
    /// Recognised.
    pub recognised: Money,
    /// Recognised of what stood there at the beginning.
    pub from_opening: Money,
    /// At the end.
    pub closing: Money,
}

/// The net position of a contract over the months from `first` to `last`; `before` stood there before its first fact.
pub fn roll_forward(
    contract: &Contract,
    first: Month,
    last: Month,
    before: Money,
) -> Result<RollForward, RevenueError> {
    let start = first.plus(-1).map_or(Date::MIN, Month::last);
    let at =
        |day| -> Result<(Money, Money), RevenueError> { Ok((contract.billed_by(day)?, contract.recognised(day)?)) };
    let ((billed_before, recognised_before), (billed_after, recognised_after)) = (at(start)?, at(last.last())?);
    let opening = before.plus(billed_before)?.minus(recognised_before)?;
    let (billed, recognised) = (billed_after.minus(billed_before)?, recognised_after.minus(recognised_before)?);
    let from_opening = Money::new(opening.minor().min(recognised.minor()), contract.currency);
    Ok(RollForward { opening, billed, recognised, from_opening, closing: opening.plus(billed)?.minus(recognised)? })
}

/// Revenue of what was posted from one month to another, by the values of a dimension; what has none stands under the empty text.
pub fn disaggregate<'a>(
    booked: impl IntoIterator<Item = &'a Booked>,
    first: Month,
    last: Month,
    dimension: &str,
) -> Result<BTreeMap<(String, Currency), Money>, RevenueError> {
    let mut found = BTreeMap::new();
    let of_time = booked.into_iter().filter(|booked| (first..=last).contains(&booked.period));
    for posting in of_time.flat_map(|booked| booked.entry.postings().iter()) {
        if !matches!(posting.account, Account::Revenue | Account::Breakage) {
            continue;
        }
        let value = posting.dimensions.get(dimension).cloned().unwrap_or_default();
        let currency = posting.amount.currency();
        let sum = found.entry((value, currency)).or_insert(Money::zero(currency));
        *sum = match posting.side {
            Side::Credit => sum.plus(posting.amount)?,
            Side::Debit => sum.minus(posting.amount)?,
        };
    }
    Ok(found)
}
