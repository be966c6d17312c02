//! What is taken off lines: percentages, amounts and free units, once, for some periods or for ever.
//!
//! A [`Discount`] is the offer, a [`Redemption`] is one customer's use of it, and [`discounts`] says what each redemption takes off
//! each line. It is a function of all lines that were ever due and of all redemptions, and of nothing else: not of when bills were drawn. A
//! line that is corrected later gives other shares, and the difference to what was posted is posted. Lines that fall due later never change
//! the shares of those that fell due before.

mod apply;
mod definition;
mod error;
mod lines;
mod redemption;
mod windows;

pub use apply::{Discounted, How, Share, Used, discounts};
pub use definition::{Discount, Lasts, Limits, Off, PercentOff, PercentOffError, PriceName, Scope, Stacking};
pub use error::{DiscountError, RedeemError};
pub use lines::{Discountable, Rerate, at_average};
pub use redemption::{Counts, Ended, Redeem, Redemption, Spent};
