//! Whether a subscription states what its plan counts.

use crate::Quantities;
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use catalog::{Plan, Source};
use money::Dec;
use stdx::{Key, Problem, ToProblem};

/// Why the quantities of a subscription do not fit its plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// The plan counts something of which no number is stated.
    #[error("the plan counts `{0}`, and no number is given for it")]
    Missing(Key),
    /// A number is stated for something that the plan does not count.
    #[error("the plan does not count `{found}`{}", counts(known))]
    Unknown {
        /// What was named.
        found: Key,
        /// What the plan counts.
        known: Vec<Key>,
    },
    /// Below zero.
    #[error("{number} {name} is less than none")]
    Negative {
        /// What is counted.
        name: Key,
        /// Its number.
        number: Dec,
    },
}

fn counts(known: &[Key]) -> String {
    if known.is_empty() {
        return ": it counts nothing".into();
    }
    let names: Vec<&str> = known.iter().map(Key::as_str).collect();
    alloc::format!("; it counts {}", names.join(", "))
}

impl ToProblem for QuantityError {
    fn problem(&self) -> Problem {
        let (code, title, name, mend) = match self {
            Self::Missing(name) => ("missing_quantity", "A quantity is not stated", name, "give a number for it"),
            Self::Unknown { found, .. } => {
                ("unknown_quantity", "The plan does not count this", found, "remove it, or name what the plan counts")
            }
            Self::Negative { name, .. } => ("negative_quantity", "Less than none", name, "give zero or more"),
        };
        Problem::new(code, title).detail(alloc::format!("{self}")).at(alloc::format!("/quantities/{name}")).mend(mend)
    }
}

/// Whether each thing that a plan counts has its number, and nothing else has one.
pub fn check_quantities(plan: &Plan, quantities: &Quantities) -> Result<(), QuantityError> {
    let counted: BTreeSet<&Key> = plan
        .all_prices()
        .filter_map(|(_, price)| match &price.source {
            Source::Quantity(name) => Some(name),
            Source::Meter(_) | Source::One => None,
        })
        .collect();
    if let Some(name) = counted.iter().find(|name| !quantities.contains_key(**name)) {
        return Err(QuantityError::Missing((*name).clone()));
    }
    for (name, number) in quantities {
        if !counted.contains(name) {
            return Err(QuantityError::Unknown { found: name.clone(), known: counted.into_iter().cloned().collect() });
        }
        if number.is_negative() {
            return Err(QuantityError::Negative { name: name.clone(), number: *number });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let json =
            r#"{"currency": "EUR", "every": "month", "prices": {"seats": {"per_unit": "20", "quantity": "seats"}}}"#;
        serde_json::from_str(json).expect("plan")
    }
    fn number(name: &str, number: i64) -> Quantities {
        [(name.try_into().expect("key"), Dec::from(number))].into()
    }

    #[test]
    fn a_counted_price_needs_its_number() {
        assert_eq!(check_quantities(&plan(), &number("seats", 5)), Ok(()));
        assert!(matches!(check_quantities(&plan(), &Quantities::new()), Err(QuantityError::Missing(_))));
        assert!(matches!(check_quantities(&plan(), &number("seats", -1)), Err(QuantityError::Negative { .. })));
        let mut more = number("seats", 5);
        more.extend(number("desks", 1));
        let error = check_quantities(&plan(), &more).expect_err("desks");
        assert_eq!(alloc::format!("{error}"), "the plan does not count `desks`; it counts seats");
    }
}
