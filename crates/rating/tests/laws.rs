//! Laws that hold for every price, and an independent oracle for each model that counts unit by unit.

use money::{Dec, Ratio, Rounding};
use proptest::prelude::*;
use rating::profiles::openmeter::{FlatDue, Part, Position, lines};
use rating::{
    Basis, Entry, Explanation, LineRounding, Model, NonNegative, Percentage, PricingUnit, Terms, Tier, Tiers, Usage,
    in_current_period, in_own_periods, marginal, rate,
};
use std::collections::BTreeMap;

fn number(mantissa: u32, scale: u8) -> NonNegative {
    NonNegative::try_from(Dec::new(i128::from(mantissa), scale).expect("small")).expect("not negative")
}

fn int(n: u32) -> Ratio {
    Ratio::from_int(i128::from(n))
}

fn worth(terms: &Terms, usage: &Usage<'_>) -> Ratio {
    rate(terms, usage, Ratio::ONE).expect("rated").amount
}

fn units(terms: &Terms, quantity: u32) -> Ratio {
    worth(terms, &Usage::metered(int(quantity), 0))
}

/// A price or fee with up to 12 decimals, often zero.
fn price() -> impl Strategy<Value = NonNegative> {
    prop_oneof![Just(NonNegative::ZERO), (0u32..100_000, 0u8..=12).prop_map(|(m, s)| number(m, s))]
}

/// Ascending bounds, all whole numbers, at most four.
fn bounds() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::btree_set(1u32..60, 0..4).prop_map(|set| set.into_iter().collect())
}

/// `(up_to, each, flat)` rows; the last is open.
type Rows = Vec<(Option<u32>, NonNegative, NonNegative)>;

fn rows() -> impl Strategy<Value = Rows> {
    (bounds(), proptest::collection::vec((price(), price()), 5)).prop_map(|(bounds, prices)| {
        let ends = bounds.into_iter().map(Some).chain([None]);
        ends.zip(prices).map(|(end, (each, flat))| (end, each, flat)).collect()
    })
}

fn tiers(rows: &Rows) -> Tiers {
    let tier = |(up_to, each, flat): &(Option<u32>, NonNegative, NonNegative)| Tier {
        up_to: up_to.map(|n| number(n, 0)),
        each: Some(*each),
        flat: Some(*flat),
        maximum: None,
    };
    Tiers::new(rows.iter().map(tier).collect()).expect("valid tiers")
}

/// The row of the n-th unit: the first that does not end before it.
fn row_of(rows: &Rows, unit: u32) -> usize {
    rows.iter().position(|(end, ..)| end.is_none_or(|end| unit <= end)).expect("the last row is open")
}

fn sum(amounts: impl IntoIterator<Item = Ratio>) -> Ratio {
    amounts.into_iter().fold(Ratio::ZERO, |sum, x| sum.plus(x).expect("small"))
}

/// Any model with everything that can stand around it, and usage that fits it.
fn any_terms() -> impl Strategy<Value = Terms> {
    let percentage =
        (price(), price(), 0u64..5, price(), price()).prop_map(|(percent, fixed, free, amount, minimum)| Percentage {
            percent,
            fixed: Some(fixed),
            free_transactions: Some(free),
            free_amount: Some(amount),
            minimum: Some(minimum),
            maximum: None,
        });
    let model = prop_oneof![
        price().prop_map(Model::Flat),
        price().prop_map(Model::PerUnit),
        rows().prop_map(|rows| Model::Graduated(tiers(&rows))),
        rows().prop_map(|rows| Model::Volume(tiers(&rows))),
        percentage.prop_map(Model::Percentage),
        (price(), 1u32..20).prop_map(|(price, size)| {
            serde_json::from_value(serde_json::json!({"package": {"size": size, "price": price}})).expect("package")
        }),
        (price(), price()).prop_map(|(a, b)| {
            let steps = serde_json::json!({"stair_step": [{"up_to": 10, "price": a}, {"price": b}]});
            serde_json::from_value(steps).expect("steps")
        }),
        (price(), price()).prop_map(|(a, b)| {
            let steps =
                serde_json::json!({"graduated_percentage": [{"up_to": 10, "percent": a}, {"percent": b, "flat": a}]});
            serde_json::from_value(steps).expect("percent tiers")
        }),
        (price(), price()).prop_map(|(a, b)| {
            let matrix =
                serde_json::json!({"matrix": {"by": ["region"], "rates": [{"of": ["eu"], "each": a}], "default": b}});
            serde_json::from_value(matrix).expect("matrix")
        }),
        price()
            .prop_map(|m| serde_json::from_value(serde_json::json!({"dynamic": {"multiplier": m}})).expect("dynamic")),
        (price(), price()).prop_map(|(m, f)| {
            serde_json::from_value(serde_json::json!({"cost_plus": {"markup": m, "fixed": f}})).expect("cost plus")
        }),
        Just(serde_json::from_value(serde_json::json!({"formula": "quantity * 0.1 + count"})).expect("formula")),
    ];
    let around =
        (proptest::option::of(price()), proptest::option::of(price()), proptest::option::of(price()), any::<bool>());
    (model, around).prop_map(|(model, (included, low, high, in_units))| {
        let unit = in_units.then(|| PricingUnit {
            code: "credit".try_into().expect("key"),
            rate: Dec::new(5, 2).expect("small").try_into().expect("positive"),
            scale: 2,
        });
        let (minimum, maximum) = match (low, high) {
            (Some(low), Some(high)) => (Some(low.min(high)), Some(low.max(high))),
            pair => pair,
        };
        let terms = Terms { included, minimum, maximum, unit, ..Terms::of(model) };
        if terms.check().is_ok() { terms } else { Terms { included: None, ..terms } }
    })
}

/// Usage that every model can price.
fn priced(terms: &Terms, transactions: &[u32], basis: Basis, share: Ratio) -> Explanation {
    let transactions: Vec<Dec> = transactions.iter().map(|n| Dec::from(*n)).collect();
    let quantity = sum(transactions.iter().map(|d| Ratio::from(*d)));
    let of = BTreeMap::from([(
        "region".to_owned(),
        if transactions.len().is_multiple_of(2) { "eu" } else { "us" }.to_owned(),
    )]);
    let usage = Usage { basis, ..Usage::metered(quantity, u64::try_from(transactions.len()).expect("few")) };
    let usage = usage.of(&of).carrying(Dec::from(7u32)).with_transactions(&transactions);
    let rated = rate(terms, &usage, share).expect("rated");
    assert_eq!(rated.amount, rated.explanation.amount);
    rated.explanation
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn graduated_is_the_sum_of_its_units_and_of_the_fees_of_the_tiers_reached(rows in rows(), quantity in 0u32..100) {
        let each = (1..=quantity).map(|unit| rows[row_of(&rows, unit)].1.ratio());
        let fees = rows[..=row_of(&rows, quantity)].iter().map(|row| row.2.ratio());
        let terms = Terms::of(Model::Graduated(tiers(&rows)));
        prop_assert_eq!(units(&terms, quantity), sum(each.chain(fees)));
    }

    #[test]
    fn volume_prices_every_unit_at_the_tier_of_the_last(rows in rows(), quantity in 0u32..100) {
        let (_, each, flat) = rows[row_of(&rows, quantity)];
        let terms = Terms::of(Model::Volume(tiers(&rows)));
        let naive = sum((0..quantity).map(|_| each.ratio()).chain([flat.ratio()]));
        prop_assert_eq!(units(&terms, quantity), naive);
    }

    #[test]
    fn per_unit_is_the_price_of_each(each in price(), quantity in 0u32..200) {
        let naive = sum((0..quantity).map(|_| each.ratio()));
        prop_assert_eq!(units(&Terms::of(Model::PerUnit(each)), quantity), naive);
    }

    #[test]
    fn a_package_is_paid_when_its_first_unit_is_used(price in price(), size in 1u32..20, quantity in 0u32..100) {
        let json = serde_json::json!({"package": {"size": size, "price": price}});
        let terms = Terms::of(serde_json::from_value(json).expect("package"));
        let naive = sum((0..quantity).filter(|unit| unit % size == 0).map(|_| price.ratio()));
        prop_assert_eq!(units(&terms, quantity), naive);
    }

    #[test]
    fn a_stair_step_is_the_price_of_its_step(rows in rows(), quantity in 0u32..100) {
        let steps: Vec<_> = rows.iter().map(|(end, price, _)| serde_json::json!({"up_to": end, "price": price})).collect();
        let terms = Terms::of(serde_json::from_value(serde_json::json!({"stair_step": steps})).expect("steps"));
        prop_assert_eq!(units(&terms, quantity), rows[row_of(&rows, quantity)].1.ratio());
    }

    #[test]
    fn a_graduated_percentage_takes_each_unit_at_its_tier(rows in rows(), quantity in 0u32..100) {
        let list: Vec<_> =
            rows.iter().map(|(end, p, flat)| serde_json::json!({"up_to": end, "percent": p, "flat": flat})).collect();
        let terms = Terms::of(serde_json::from_value(serde_json::json!({"graduated_percentage": list})).expect("tiers"));
        let hundredth = Ratio::new(1, 100).expect("small");
        let each = (1..=quantity).map(|unit| rows[row_of(&rows, unit)].1.ratio().times(hundredth).expect("small"));
        let fees = rows[..=row_of(&rows, quantity)].iter().map(|row| row.2.ratio());
        prop_assert_eq!(units(&terms, quantity), sum(each.chain(fees)));
    }

    #[test]
    fn a_percentage_is_the_sum_of_its_transactions(
        transactions in proptest::collection::vec(0u32..50, 0..12),
        percent in 0u32..500, fixed in 0u32..5, free in proptest::option::of(0u64..6),
        free_amount in proptest::option::of(0u32..120), minimum in proptest::option::of(0u32..8),
        maximum in proptest::option::of(8u32..20),
    ) {
        let price = Percentage {
            percent: number(percent, 1), fixed: Some(number(fixed, 0)), free_transactions: free,
            free_amount: free_amount.map(|n| number(n, 0)), minimum: minimum.map(|n| number(n, 0)),
            maximum: maximum.map(|n| number(n, 0)),
        };
        // unit by unit: a unit is free while both limits hold for it; a transaction is free when all of it is
        let (mut left, mut open) = (free_amount.unwrap_or(u32::MAX), free.is_some() || free_amount.is_some());
        let mut cost = Vec::new();
        for (n, value) in (0u64..).zip(&transactions) {
            open = open && free.is_none_or(|free| n < free);
            let mut charged = 0;
            for _ in 0..*value {
                open = open && left > 0;
                if open { left -= 1 } else { charged += 1 }
            }
            if charged == 0 && (open || *value > 0) {
                continue;
            }
            let exact = int(charged * percent).times(Ratio::new(1, 1000)?)?.plus(int(fixed))?;
            let exact = minimum.map_or(exact, |minimum| exact.max(int(minimum)));
            cost.push(maximum.map_or(exact, |maximum| exact.min(int(maximum))));
        }
        let list: Vec<Dec> = transactions.iter().map(|n| Dec::from(*n)).collect();
        let usage = Usage::metered(int(transactions.iter().sum()), u64::try_from(list.len())?).with_transactions(&list);
        prop_assert_eq!(worth(&Terms::of(Model::Percentage(price)), &usage), sum(cost));
    }

    #[test]
    fn graduated_never_falls(rows in rows(), a in 0u32..100, more in 0u32..50) {
        let terms = Terms::of(Model::Graduated(tiers(&rows)));
        prop_assert!(units(&terms, a) <= units(&terms, a + more));
    }

    #[test]
    fn graduated_is_continuous_at_a_bound_but_for_the_fee(rows in rows(), parts in 1i128..1_000_000) {
        let terms = Terms::of(Model::Graduated(tiers(&rows)));
        let crumb = Ratio::new(1, parts)?;
        for pair in rows.windows(2) {
            let bound = int(pair[0].0.expect("closed"));
            let at = worth(&terms, &Usage::metered(bound, 0));
            let above = worth(&terms, &Usage::metered(bound.plus(crumb)?, 0));
            let step = pair[1].1.ratio().times(crumb)?.plus(pair[1].2.ratio())?;
            prop_assert_eq!(above.minus(at)?, step);
        }
    }

    #[test]
    fn increments_sum_to_the_whole(terms in any_terms(), mut splits in proptest::collection::vec(0u32..100, 1..6)) {
        let linear = matches!(terms.model, Model::Percentage(_) | Model::Matrix(_) | Model::Dynamic(_) | Model::CostPlus(_));
        prop_assume!(!linear);
        splits.sort_unstable();
        let usage = |n: &u32| Usage::metered(int(*n), u64::from(*n));
        let mut total = Ratio::ZERO;
        for (n, after) in splits.iter().enumerate() {
            let before = n.checked_sub(1).map(|n| usage(&splits[n]));
            let rated = marginal(&terms, before.as_ref(), &usage(after), Ratio::ONE).expect("rated");
            prop_assert!(rated.explanation.adds_up());
            total = total.plus(rated.amount)?;
        }
        prop_assert_eq!(total, worth(&terms, &usage(splits.last().expect("one"))));
    }

    #[test]
    fn explanations_add_up_at_every_level(
        terms in any_terms(), transactions in proptest::collection::vec(0u32..50, 0..10), part in 0i128..40, metered in any::<bool>(),
    ) {
        let basis = if metered { Basis::Metered } else { Basis::Held };
        let explanation = priced(&terms, &transactions, basis, Ratio::new(part, 31)?);
        prop_assert!(explanation.adds_up(), "{}", explanation.render());
        let json = serde_json::to_string(&explanation).expect("json");
        prop_assert_eq!(serde_json::from_str::<Explanation>(&json).expect("read back"), explanation);
    }

    #[test]
    fn a_held_period_s_parts_sum_to_its_price(
        terms in any_terms(), transactions in proptest::collection::vec(0u32..50, 0..10), part in 0i128..=31,
    ) {
        let of = |n| priced(&terms, &transactions, Basis::Held, Ratio::new(n, 31).expect("share")).amount;
        prop_assert_eq!(of(part).plus(of(31 - part))?, of(31));
    }

    #[test]
    fn what_has_no_tiers_bills_two_periods_as_their_union(each in price(), a in 0u32..100, b in 0u32..100) {
        let matrix = serde_json::json!({"matrix": {"by": ["r"], "rates": [{"of": ["x"], "each": each}]}});
        let of = BTreeMap::from([("r".to_owned(), "x".to_owned())]);
        for model in [Model::PerUnit(each), serde_json::from_value(matrix).expect("matrix")] {
            let terms = Terms::of(model);
            let bill = |n| worth(&terms, &Usage::metered(int(n), 0).of(&of));
            prop_assert_eq!(bill(a + b), bill(a).plus(bill(b))?);
        }
    }

    #[test]
    fn graduated_bills_two_parts_as_their_union_when_the_second_knows_the_first(rows in rows(), a in 0u32..100, b in 0u32..100) {
        let terms = Terms::of(Model::Graduated(tiers(&rows)));
        let (first, both) = (Usage::metered(int(a), 0), Usage::metered(int(a + b), 0));
        let second = marginal(&terms, Some(&first), &both, Ratio::ONE).expect("rated").amount;
        prop_assert_eq!(units(&terms, a).plus(second)?, units(&terms, a + b));
    }

    #[test]
    fn a_minimum_and_a_maximum_hold(terms in any_terms(), transactions in proptest::collection::vec(0u32..50, 0..10)) {
        let terms = Terms { unit: None, ..terms };
        let amount = priced(&terms, &transactions, Basis::Metered, Ratio::ONE).amount;
        prop_assert!(terms.minimum.is_none_or(|minimum| amount >= minimum.ratio()));
        prop_assert!(terms.maximum.is_none_or(|maximum| amount <= maximum.ratio()));
    }

    #[test]
    fn what_is_booked_over_all_runs_is_what_should_be(
        rows in rows(), volume in any::<bool>(), known in proptest::collection::vec(proptest::collection::vec(0u32..80, 4), 1..5),
    ) {
        let model = if volume { Model::Volume(tiers(&rows)) } else { Model::Graduated(tiers(&rows)) };
        let terms = Terms::of(model);
        let worth = |quantity: u32| lines(&terms, &whole_period(int(quantity))).expect("lines");
        let (mut here, mut there): (Vec<Entry>, Vec<Entry>) = (Vec::new(), Vec::new());
        for (n, quantities) in known.iter().enumerate() {
            // what is known of the periods up to this one, each at least as much as the one before
            let mut by_period: Vec<u32> = quantities[..=n].to_vec();
            by_period.sort_unstable();
            let run = u32::try_from(n + 1)?;
            here.extend(in_current_period(&worth(by_period[n]), &here, run)?);
            let all: Vec<_> = by_period.iter().map(|quantity| worth(*quantity)).collect();
            there.extend(in_own_periods(&all, &there)?);
            let due = sum(worth(by_period[n]).iter().map(|line| line.amount));
            prop_assert_eq!(sum(here.iter().map(|e| e.figures.amount)), due);
            prop_assert_eq!(sum(there.iter().map(|e| e.figures.amount)), due);
            // each period carries what it adds to the ones before it
            for (period, upto) in (1u32..).zip(&by_period) {
                let booked = sum(there.iter().filter(|e| e.period <= period).map(|e| e.figures.amount));
                prop_assert!(volume || booked == sum(worth(*upto).iter().map(|line| line.amount)));
            }
            prop_assert_eq!(in_current_period(&worth(by_period[n]), &here, run + 1)?, vec![]);
        }
    }

    #[test]
    fn the_parts_of_a_period_sum_to_its_whole(rows in rows(), splits in proptest::collection::vec(0u32..30, 1..5)) {
        let terms = Terms::of(Model::Graduated(tiers(&rows)));
        let (mut before, mut billed) = (0, Ratio::ZERO);
        for (n, quantity) in splits.iter().enumerate() {
            let position = match (n, n + 1 == splits.len()) {
                (0, true) => Position::Whole,
                (0, false) => Position::First,
                (_, false) => Position::Middle,
                (_, true) => Position::Last,
            };
            let part = Part { position, before: int(before), ..whole_period(int(*quantity)) };
            billed = billed.plus(sum(lines(&terms, &part).expect("lines").iter().map(|line| line.amount)))?;
            before += quantity;
        }
        prop_assert_eq!(billed, units(&terms, before));
    }
}

/// A whole period whose lines are not rounded: prices here have at most 12 decimals.
fn whole_period(quantity: Ratio) -> Part<'static> {
    Part {
        position: Position::Whole,
        flat_due: FlatDue::InAdvance,
        quantity,
        before: Ratio::ZERO,
        billed_before: Ratio::ZERO,
        discount: None,
        credits: &[],
        rounding: LineRounding { scale: 12, rounding: Rounding::HalfUp },
    }
}
