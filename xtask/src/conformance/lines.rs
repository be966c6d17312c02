//! Lines of bills for vectors that name only amounts.

use super::input::said;
use billing::{Discount, Discountable, Lasts, Limits, LineKey, Off, PriceRef, Redemption, Scope, Spent};
use calendar::{Cadence, Date, Instant, Period, Schedule, Zone};
use metering::Dimensions;
use money::{Currency, Money, Ratio};

/// The currency of vectors that name none and have cents.
pub(crate) fn euro() -> Result<Currency, String> {
    Currency::parse("EUR").map_err(said)
}

/// The month that begins so many months after January 2024.
pub(crate) fn month(number: i64) -> Result<Period, String> {
    let start: Date = "2024-01-01".parse().map_err(said)?;
    let schedule =
        Schedule::aligned(Cadence::MONTH, start, calendar::Alignment::Calendar, Zone::utc()).map_err(said)?;
    schedule.cycle(number).and_then(|days| Ok(days.to_period(&Zone::utc())?)).map_err(said)
}

/// A line of a price of that name, which falls due when the cycle begins.
pub(crate) fn line(price: &str, minor: i128, cycle: Period) -> Result<Discountable, String> {
    let currency = euro()?;
    let price = PriceRef { plan: "p".parse().map_err(said)?, version: 1, price: price.parse().map_err(said)? };
    let subscription = "s".parse().map_err(said)?;
    Ok(Discountable {
        key: LineKey { subscription, price, cycle, dimensions: Dimensions::new(), currency },
        amount: Money::new(minor, currency),
        due_at: cycle.from(),
        meter: None,
        quantity: Ratio::ONE,
    })
}

/// A discount off all lines, redeemed since ever.
pub(crate) fn redeemed(key: &str, off: Off, lasts: Lasts) -> Result<Redemption, String> {
    let on = Scope::Document;
    let discount =
        Discount { name: None, off, on, lasts, code: None, limits: Limits::default(), from: None, until: None };
    Ok(Redemption {
        key: key.parse().map_err(said)?,
        customer: "c".parse().map_err(said)?,
        subscription: None,
        discount,
        effective_at: Instant::MIN,
        recorded_at: Instant::MIN,
        ended: None,
        before: Spent::default(),
    })
}

/// The same, redeemed once.
pub(crate) fn once(off: Off) -> Result<Redemption, String> {
    redeemed("once", off, Lasts::Once)
}
