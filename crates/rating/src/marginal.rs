//! What a change of usage is worth: the difference of two worths.

use crate::{Explanation, RateError, Rated, Reason, Terms, Usage, rate};
use money::{NumError, Ratio};

/// `worth(after) − worth(before)`, with both trees in the explanation.
///
/// `before` is `None` when nothing was charged yet: the first increment then brings everything that is due at quantity zero,
/// such as the fee of tier 1. Increments of one period sum to its whole, whatever the splits. A difference below zero is a
/// credit; [`above_paid`] holds it back where a price says so.
pub fn marginal(
    terms: &Terms,
    before: Option<&Usage<'_>>,
    after: &Usage<'_>,
    share: Ratio,
) -> Result<Rated, RateError> {
    let mut parts = alloc::vec![Explanation::above(Reason::After, rate(terms, after, share)?.explanation)];
    if let Some(before) = before {
        parts.push(Explanation::above(Reason::Before, rate(terms, before, share)?.explanation).negated());
    }
    Ok(Rated::of(Explanation::sum(Reason::Increment, parts)?))
}

/// What is due above the highest amount that was paid before: never below zero, so that a level that was paid once in a period
/// is neither given back nor paid twice.
pub fn above_paid(due: Rated, paid: Ratio) -> Result<Rated, NumError> {
    let mut parts = alloc::vec![due.explanation, Explanation::leaf(Reason::AlreadyPaid, paid.negated())];
    let rest = due.amount.minus(paid)?;
    if rest.is_negative() {
        parts.push(Explanation::leaf(Reason::Kept, rest.negated()));
    }
    Ok(Rated::of(Explanation::sum(Reason::Increment, parts)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Model, NonNegative, Tier, Tiers};
    use alloc::vec;
    use money::Dec;

    fn number(text: &str) -> NonNegative {
        NonNegative::try_from(text.parse::<Dec>().expect("number")).expect("not negative")
    }

    fn two_tiers() -> Terms {
        let tier = |up_to: Option<&str>, each, flat| Tier {
            up_to: up_to.map(number),
            each: Some(number(each)),
            flat: Some(number(flat)),
            maximum: None,
        };
        Terms::of(Model::Graduated(
            Tiers::new(vec![tier(Some("5"), "0.02", "0.01"), tier(None, "0.01", "0.01")]).expect("tiers"),
        ))
    }

    fn units(quantity: i128) -> Usage<'static> {
        Usage::metered(Ratio::from_int(quantity), 0)
    }

    #[test]
    fn the_fee_of_a_tier_is_paid_by_the_event_that_reaches_it() {
        let terms = two_tiers();
        let step = |before: Option<i128>, after| {
            let before = before.map(units);
            marginal(&terms, before.as_ref(), &units(after), Ratio::ONE).expect("rated")
        };
        let steps = [step(None, 3), step(Some(3), 4), step(Some(4), 6)];
        assert_eq!(steps.each_ref().map(|s| alloc::format!("{}", s.amount)), ["0.07", "0.02", "0.04"]);
        assert!(steps.iter().all(|s| s.explanation.adds_up()));
    }

    #[test]
    fn what_was_paid_is_not_given_back_where_the_price_says_so() {
        let terms = two_tiers();
        let worth = |q| rate(&terms, &units(q), Ratio::ONE).expect("rated");
        let lower = above_paid(worth(2), worth(4).amount).expect("small");
        assert_eq!(lower.amount, Ratio::ZERO);
        assert!(lower.explanation.adds_up());
        let higher = above_paid(worth(5), worth(4).amount).expect("small");
        assert_eq!(higher.amount, "0.02".parse().expect("number"));
    }
}
