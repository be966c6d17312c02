//! What tax is owed on a sale.
//!
//! Three questions, each answered by a pure function: how a line is taxed ([`decide`]: exemptions, what was stated by hand, whose country's tax it
//! is, and that country's rules by date), what a document owes ([`assess`]: each category rounded once, the total their sum), and when
//! ([`TaxPoint`], [`by_day`], [`Voucher`], [`left_after_advances`]).
//!
//! ```
//! use tax::{Prices, Tax, TaxPolicy, Taxable, assess};
//! # use money::{Currency, Dec, Money};
//! let euro = Currency::parse("EUR")?;
//! let vat = Tax::of("vat".parse()?, "19".parse::<Dec>()?.try_into()?);
//!
//! // three small lines are rounded together, not one by one
//! let line = Taxable::new(Money::new(33, euro), Prices::Exclusive, vec![vat]);
//! let assessed = assess(euro, &vec![line; 3], TaxPolicy::default())?;
//! assert_eq!(assessed.subtotals.len(), 1);
//! assert_eq!(assessed.tax.to_string(), "0.19 EUR");
//! assert_eq!(assessed.gross.to_string(), "1.18 EUR");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
extern crate alloc;

mod category;
mod error;
mod percent;
mod tax;

pub use category::{Category, Reason};
pub use error::TaxError;
pub use percent::{NegativeRate, Percent};
pub use tax::{On, Tax, exact_tax, shares};

mod assess;
mod correction;
mod policy;

pub use assess::{AssessedLine, Assessment, LineTax, Prices, Subtotal, Taxable, assess};
pub use correction::correct;
pub use policy::{Extraction, Level, TaxPolicy};

mod dated;
mod place;
mod rules;
mod vat_rates;

pub use dated::{Dated, NoDate};
pub use place::{Country, NotACountry, Place};
pub use rules::{Rule, RuleTax, Rules, RulesError};
pub use vat_rates::{standard_rate, standard_vat};

mod exemption;
mod precedence;
mod treatment;
mod vat_number;

pub use exemption::{ExemptAs, Exemption};
pub use precedence::{StatedAt, narrowest};
pub use treatment::{Buyer, Confirmation, Consumers, Evidence, Registered, Seller, Status, Treatment};
pub use vat_number::{Check, NotAVatNumber, VatNumber};

mod decide;
mod supply;

pub use decide::{DecideError, Decision, Supply, Why, decide};
pub use supply::{RatePart, TaxPoint, Voucher, by_day, left_after_advances, of_next_part, taxed_share};

pub mod profiles;
