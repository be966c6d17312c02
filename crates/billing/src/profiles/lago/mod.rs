//! Lago's coupons and credit notes: shares keep five decimals, and each figure of a document is rounded from the exact sum.
//!
//! Source: the conventions in `conformance/lago/README.md` (coupons, taxes, rounding).

mod coupons;

pub use coupons::{Applied, Coupon, CouponFee, coupons};
