//! Whether prices that were agreed fit the plan that they stand in for.

use crate::Prices;
use alloc::{format, string::String, vec::Vec};
use catalog::{Catalog, Plan};
use stdx::{Key, NonEmpty, Problem, nearest};

/// Whether each price has a counterpart in the plan, and the catalog holds together with them.
///
/// # Errors
/// All that does not fit, with pointers that begin with `/prices`.
pub fn check_prices(catalog: &Catalog, plan: &Key, prices: &Prices) -> Result<(), NonEmpty<Problem>> {
    let Some(offered) = catalog.plans.get(plan).filter(|_| !prices.is_empty()) else { return Ok(()) };
    let known: Vec<&str> = offered.all_prices().map(|(key, _)| key.as_str()).collect();
    let mut problems: Vec<Problem> = Vec::new();
    for key in prices.keys().filter(|key| !known.contains(&key.as_str())) {
        let mend = match nearest(key.as_str(), known.iter().copied()) {
            Some(guess) => format!("did you mean `{guess}`?"),
            None => format!("use one of: {}", known.join(", ")),
        };
        let problem = Problem::new("unknown_price", "The plan has no such price")
            .detail(format!("the plan `{plan}` has no price `{key}` that could be agreed otherwise"))
            .at(format!("/prices/{key}"));
        problems.push(problem.mend(mend));
    }
    let agreed = Plan { prices: prices.clone(), phases: Vec::new(), ..offered.clone() };
    let judged = Catalog { plans: [(plan.clone(), agreed)].into(), ..catalog.clone() };
    let within = format!("/plans/{plan}/prices");
    if let Err(found) = judged.check() {
        let ours = found.into_vec().into_iter().filter_map(|problem| {
            let pointer = String::from(problem.pointer.as_deref()?.strip_prefix(&within)?);
            Some(problem.at(format!("/prices{pointer}")))
        });
        problems.extend(ours);
    }
    match NonEmpty::try_from(problems) {
        Ok(problems) => Err(problems),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_agreed_instead_of_one_that_is_offered() {
        let catalog: Catalog = serde_json::from_str(
            r#"{"meters": {"calls": {"event": "call", "aggregate": "count"}},
                "plans": {"basic": {"currency": "EUR", "every": "month", "prices": {
                    "fee": {"flat": "20"}, "calls": {"meter": "calls", "per_unit": "1"}}}}}"#,
        )
        .expect("catalog");
        let plan = Key::try_from("basic").expect("key");
        let judge = |prices: &str| {
            let found = check_prices(&catalog, &plan, &serde_json::from_str(prices).expect("prices"));
            let found = found.err().map(NonEmpty::into_vec).unwrap_or_default();
            found.into_iter().map(|one| format!("{} {}", one.pointer.unwrap_or_default(), one.code)).collect::<Vec<_>>()
        };
        assert!(judge(r#"{"fee": {"flat": "15"}, "calls": {"meter": "calls", "per_unit": "0.5"}}"#).is_empty());
        assert_eq!(judge(r#"{"fees": {"flat": "15"}}"#), ["/prices/fees unknown_price"]);
        assert_eq!(judge(r#"{"calls": {"meter": "cals", "per_unit": "2"}}"#), ["/prices/calls/meter unknown_meter"]);
        assert_eq!(judge(r#"{"fee": {"flat": "2", "every": "week"}}"#), ["/prices/fee/every cadence_does_not_divide"]);
    }
}
