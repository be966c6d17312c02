//! What is earned, when.
#![no_std]
extern crate alloc;

mod error;
mod progress;
mod share;

pub use error::RevenueError;
pub use progress::Over;

mod allocate;
mod contract;
mod obligation;
mod position;

pub use allocate::{Acceptance, Allocation, Bundle, DiscountEvidence, Method, Residual, Share, Weight, by_weight};
pub use contract::{Billed, Contract, MonthEnd};
pub use obligation::{Earning, Measure, Milestone, Obligation, Right, Spread, Stretch, by_month};
pub use position::{Part, Position};

mod cost;
mod credits;
mod exchange;
mod financing;
mod modification;
mod modify;
mod reversal;
mod template;
mod usage;
mod variable;

pub use cost::{CostAsset, CostTreatment, ShortCosts};
pub use credits::{
    Breakage, Deposit, Drawn, MaterialRight, Points, Prepaid, Release, RenewalYear, Renewals, on_exercise, renewals,
};
pub use exchange::{Layers, Monetary, Owed, Rate, RateKind, Rates, Released};
pub use financing::{Advance, Compounding, Significance, significance};
pub use modification::{
    Decision, Finding, Findings, Intent, Mixed, Override, Pool, Project, Remaining, Rest, Route, Termination, decide,
    mixed, prospective, terminate,
};
pub use modify::Continuation;
pub use reversal::{Contra, Happening, Invoice, Movements};
pub use template::{
    Fulfilment, Inception, OutOfRange, Pattern, PricedDays, Promise, Ramp, SellingPrice, SellingPrices, Template,
    Transfer, UsageMethod, UsageTerms, usage_method,
};
pub use usage::{Carried, Metered, MeteredMonth, Reading};
pub use variable::{
    AfterReturns, Concession, Estimate, EstimateMethod, Estimates, Rebate, RebateStep, Returnable, catch_up, concession,
};

pub mod disclose;
mod postings;
mod rules;

pub use postings::{Desk, Recognised};
pub use rules::revenue_rules;
