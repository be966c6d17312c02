//! Why a discount cannot be used.

use crate::LineKey;
use calendar::Instant;
use core::num::NonZeroU32;
use money::Currency;
use stdx::{Key, Problem, ToProblem};

/// Why a discount cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiscountError {
    /// Its amount or its units are not above zero.
    #[error("a discount takes off an amount or units above zero")]
    TakesNothing,
    /// Free units of everything.
    #[error("free units must be units of named meters or prices; units of different things have no sum")]
    UnitsOfWhat,
    /// It ends before it begins.
    #[error("it can be redeemed from {from} until {until}, which is never")]
    NeverOpen {
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
    },
    /// Two lines with one key.
    #[error("the line {key} is there twice")]
    LineTwice {
        /// The key.
        key: LineKey,
    },
    /// Two redemptions with one key.
    #[error("the redemption `{key}` is there twice")]
    RedemptionTwice {
        /// The key.
        key: Key,
    },
    /// A line cannot be priced without its free units.
    #[error("what {key} is worth without its free units cannot be said: {error}")]
    Rating {
        /// The line.
        key: LineKey,
        /// Why not.
        error: rating::RateError,
    },
    /// A total cannot be shared.
    #[error(transparent)]
    Split(#[from] money::AllocError),
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] money::NumError),
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] money::MoneyError),
}

/// Why a discount is not given, in the order of checking.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedeemError {
    /// The discount makes no sense.
    #[error(transparent)]
    Discount(#[from] DiscountError),
    /// Another code.
    #[error("`{given}` is not the code of this discount")]
    WrongCode {
        /// What the customer entered.
        given: Key,
    },
    /// Too early.
    #[error("it can be redeemed from {from} on; {at} is too early")]
    NotYet {
        /// From when.
        from: Instant,
        /// When it was tried.
        at: Instant,
    },
    /// Too late.
    #[error("it could be redeemed until {until}; {at} is too late")]
    Expired {
        /// Until when.
        until: Instant,
        /// When it was tried.
        at: Instant,
    },
    /// All customers together have redeemed it often enough.
    #[error("it can be redeemed {limit} times, and has been")]
    UsedUp {
        /// How often it can be.
        limit: NonZeroU32,
    },
    /// This customer has redeemed it often enough.
    #[error("a customer can redeem it {limit} times, and `{customer}` has")]
    UsedUpByCustomer {
        /// How often one can.
        limit: NonZeroU32,
        /// The customer.
        customer: Key,
    },
    /// An amount in a currency in which the customer is not billed.
    #[error("it takes off {discount}, and the customer is billed in {billed}")]
    OtherCurrency {
        /// The currency of the discount.
        discount: Currency,
        /// The currency of the bills.
        billed: Currency,
    },
}

impl ToProblem for DiscountError {
    fn problem(&self) -> Problem {
        let wrong = |mend: &str| {
            Problem::new("wrong_discount", "The discount makes no sense").detail(alloc::format!("{self}")).mend(mend)
        };
        match self {
            Self::TakesNothing => wrong("give an amount, units or a percentage above zero"),
            Self::UnitsOfWhat => wrong("name the meters or prices under `on`"),
            Self::NeverOpen { .. } => wrong("let `until` lie after `from`, or leave one of them out"),
            Self::LineTwice { .. } | Self::RedemptionTwice { .. } => {
                Problem::new("discounted_twice", "A line or a redemption is there twice")
                    .detail(alloc::format!("{self}"))
                    .mend("give each line and each redemption once")
            }
            Self::Rating { error, .. } => error.problem(),
            Self::Split(error) => error.problem(),
            Self::Number(error) => error.problem(),
            Self::Money(error) => error.problem(),
        }
    }
}

impl ToProblem for RedeemError {
    fn problem(&self) -> Problem {
        let refused = |mend: &str| {
            Problem::new("discount_refused", "The discount cannot be redeemed")
                .detail(alloc::format!("{self}"))
                .mend(mend)
        };
        match self {
            Self::Discount(error) => error.problem(),
            Self::WrongCode { .. } => refused("enter the code of the discount"),
            Self::NotYet { .. } | Self::Expired { .. } => {
                refused("redeem it while it is open, or change `from` or `until`")
            }
            Self::UsedUp { .. } | Self::UsedUpByCustomer { .. } => refused("raise the limit, or use another discount"),
            Self::OtherCurrency { .. } => refused("offer the discount in the currency of the subscription"),
        }
    }
}
