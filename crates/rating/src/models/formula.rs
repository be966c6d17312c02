//! The result of a formula over `quantity`, `count` and the dimensions.

use crate::{Explanation, RateError, Reason, Usage};
use formula::{Formula, Lookup, Value};
use money::Ratio;

struct Variables<'a> {
    quantity: Ratio,
    usage: &'a Usage<'a>,
}

impl Lookup for Variables<'_> {
    /// `quantity`, `count` and `dimensions.<name>`. Anything else is an error of the formula.
    fn lookup(&self, name: &str) -> Option<Value> {
        match name {
            "quantity" => Some(Value::Num(self.quantity)),
            "count" => Some(Value::Num(super::whole(self.usage.count))),
            _ => {
                let dimension = name.strip_prefix("dimensions.")?;
                self.usage.dimensions.get(dimension).map(|value| Value::Text(value.clone()))
            }
        }
    }
}

/// What the formula says. It must be a number: nothing, text or a truth value is an error and never zero.
pub(crate) fn formula(formula: &Formula, quantity: Ratio, usage: &Usage<'_>) -> Result<Explanation, RateError> {
    let amount = formula.number(&Variables { quantity, usage })?;
    Ok(Explanation::leaf(Reason::Formula { quantity, count: usage.count }, amount))
}
