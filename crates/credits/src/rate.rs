//! Units of one's own, and what they cost.

use crate::CreditError;
use money::{Currency, Dec, Money, Ratio, Rounding};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one credit is worth in money; above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Dec", into = "Dec")]
pub struct CreditRate(Dec);

impl TryFrom<Dec> for CreditRate {
    type Error = CreditError;
    fn try_from(rate: Dec) -> Result<Self, CreditError> {
        if rate.is_positive() { Ok(Self(rate)) } else { Err(CreditError::BadRate(rate)) }
    }
}

impl From<CreditRate> for Dec {
    fn from(rate: CreditRate) -> Self {
        rate.0
    }
}

/// Credits that were bought, and what they cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopUp {
    /// How many credits the money buys, exactly.
    pub credits: Ratio,
    /// What is invoiced.
    pub price: Money,
}

impl CreditRate {
    /// What credits are worth, rounded once to the currency.
    pub fn worth(self, credits: Dec, currency: Currency) -> Result<Money, CreditError> {
        let exact = Ratio::from(credits).times(Ratio::from(self.0))?;
        Ok(Money::round_from(exact, currency, Rounding::HalfUp)?)
    }

    /// How many credits an amount is worth, exactly.
    pub fn credits(self, amount: Money) -> Result<Ratio, CreditError> {
        Ok(amount.to_dec().over(self.0)?)
    }

    /// What is sold when credits are asked for: the money that they cost is rounded to the currency, and buys what it is worth. So nobody holds a
    /// part of a credit that was never paid.
    pub fn top_up(self, credits: Dec, currency: Currency) -> Result<TopUp, CreditError> {
        let price = self.worth(credits, currency)?;
        Ok(TopUp { credits: self.credits(price)?, price })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn what_the_currency_cannot_say_is_not_sold() {
        let rate = CreditRate::try_from("0.001".parse::<Dec>().expect("a number")).expect("a rate");
        let sold = rate.top_up(Dec::from_int(1034), Currency::parse("EUR").expect("a currency")).expect("sold");
        assert_eq!((sold.price.to_string().as_str(), sold.credits), ("1.03 EUR", Ratio::from_int(1030)));
        assert!(CreditRate::try_from(Dec::ZERO).is_err());
    }
}
