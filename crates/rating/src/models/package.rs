//! Started packages times price.

use super::not_negative;
use crate::{Explanation, Kind, NonNegative, Positive, RateError, Reason};
use money::{Dec, NumError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A price for packages of a fixed size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Units in a package. Zero or below is refused: such a price would be free or infinite.
    pub size: Positive,
    /// Price of a package.
    pub price: NonNegative,
}

impl Package {
    /// How many packages a quantity starts: quantity / size, rounded up.
    pub fn count(&self, quantity: Ratio) -> Result<i128, NumError> {
        Ok(quantity.over(self.size.ratio())?.ceil())
    }

    /// Started packages × price.
    pub(crate) fn worth(&self, quantity: Ratio) -> Result<Explanation, RateError> {
        not_negative(Kind::Package, quantity)?;
        let packages = Dec::from_int(self.count(quantity)?);
        let amount = Ratio::from(packages).times(self.price.ratio())?;
        let reason = Reason::Package { quantity, size: self.size.get(), packages, price: self.price.get() };
        Ok(Explanation::leaf(reason, amount))
    }
}
