//! What went wrong in other billing systems, each a test for ours.

use money::{Currency, Dec, Money, NumError, Ratio, Rounding};
use rating::{Model, RateError, Terms, Usage, rate};
use std::collections::BTreeMap;
use stdx::ToProblem;

fn terms(json: &str) -> Terms {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

fn model(json: &str) -> Terms {
    Terms::of(serde_json::from_str::<Model>(json).unwrap_or_else(|error| panic!("{error}: {json}")))
}

fn ratio(text: &str) -> Ratio {
    text.parse().expect("number")
}

fn metered(quantity: &str) -> Usage<'static> {
    Usage::metered(ratio(quantity), 1)
}

fn amount(terms: &Terms, quantity: &str) -> Result<Ratio, RateError> {
    rate(terms, &metered(quantity), Ratio::ONE).map(|rated| rated.amount)
}

/// Flexprice 5: a negative quantity becomes zero, so corrections are impossible.
#[test]
fn a_negative_quantity_is_a_credit_or_an_error_and_never_zero() {
    assert_eq!(amount(&model(r#"{"per_unit": "0.5"}"#), "-3"), Ok(ratio("-1.5")));
    assert_eq!(amount(&terms(r#"{"model": {"per_unit": "0.5"}, "included": 10}"#), "-3"), Ok(ratio("-1.5")));
    for json in [
        r#"{"graduated": [{"each": "1"}]}"#,
        r#"{"volume": [{"each": "1"}]}"#,
        r#"{"package": {"size": 10, "price": "1"}}"#,
        r#"{"stair_step": [{"price": "1"}]}"#,
        r#"{"graduated_percentage": [{"percent": "1"}]}"#,
    ] {
        assert!(matches!(amount(&model(json), "-3"), Err(RateError::NegativeQuantity { .. })), "{json}");
    }
    let limited = model(r#"{"percentage": {"percent": "1", "minimum": "1"}}"#);
    let refund = [Dec::from(-5i64)];
    let error = rate(&limited, &metered("-5").with_transactions(&refund), Ratio::ONE).expect_err("refund");
    assert_eq!(error.problem().code, "negative_transaction");
}

/// Flexprice 13: a package size of zero, an unknown mode and a negative price give zero.
#[test]
fn what_is_no_price_is_refused_when_it_is_read() {
    for json in [
        r#"{"package": {"size": 0, "price": "1"}}"#,
        r#"{"package": {"size": "-10", "price": "1"}}"#,
        r#"{"per_unit": "-1"}"#,
        r#"{"flat": "NaN"}"#,
        r#"{"per_unit": 0.1}"#,
        r#"{"tiered": [{"each": "1"}]}"#,
        r#"{"graduated": []}"#,
        r#"{"graduated": [{"each": "1", "upto": 10}]}"#,
        r#"{"matrix": {"by": [], "rates": []}}"#,
        r#"{"matrix": {"by": ["a"], "rates": [{"of": ["x"], "each": "1"}, {"of": ["x"], "each": "2"}]}}"#,
        r#"{"matrix": {"by": ["a", "b"], "rates": [{"of": ["x"], "each": "1"}]}}"#,
        r#"{"formula": "quantity *"}"#,
    ] {
        assert!(serde_json::from_str::<Model>(json).is_err(), "{json}");
    }
}

/// 10^30 units: exact, or an error that says so.
#[test]
fn a_quantity_with_thirty_zeros_is_exact_or_refused() {
    let exact = amount(&model(r#"{"per_unit": "0.25"}"#), "1e30").expect("fits");
    assert_eq!(exact, ratio("25e28"));
    let tiers = model(r#"{"graduated": [{"up_to": 1000, "each": "0.5"}, {"each": "0.000001"}]}"#);
    assert_eq!(amount(&tiers, "1e30"), Ok(ratio("1000000000000000000000499.999")));
    let error = amount(&model(r#"{"per_unit": "1234567890.123456789"}"#), "1e30").expect_err("too large");
    assert_eq!(error, RateError::Number(NumError::Overflow));
}

/// Meteroid M2: a rate below a cent is rounded before it is multiplied, and a fraction of a unit is dropped.
#[test]
fn rates_below_a_cent_and_fractions_of_units_are_kept() {
    assert_eq!(amount(&terms(r#"{"model": {"per_unit": "0.004"}, "included": 1000}"#), "11000"), Ok(ratio("40")));
    assert_eq!(amount(&terms(r#"{"model": {"per_unit": "2"}, "included": 10}"#), "10.5"), Ok(ratio("1")));
    assert_eq!(amount(&model(r#"{"per_unit": "0.000000000001"}"#), "3000000000000"), Ok(ratio("3")));
}

/// Meteroid M3: under a volume price 99.5 units fall between two whole-number tiers and cost nothing.
#[test]
fn a_quantity_between_two_whole_numbers_has_a_price() {
    let tiers = r#"[{"up_to": 100, "each": "1"}, {"each": "0.5"}]"#;
    assert_eq!(amount(&model(&format!(r#"{{"volume": {tiers}}}"#)), "99.5"), Ok(ratio("99.5")));
    assert_eq!(amount(&model(&format!(r#"{{"volume": {tiers}}}"#)), "100.5"), Ok(ratio("50.25")));
}

/// Meteroid M4: the quantity at a bound is in the lower tier of a graduated price and in the upper tier of a volume price.
#[test]
fn one_boundary_rule_for_every_tiered_model() {
    let tiers = r#"[{"up_to": 100, "each": "1"}, {"each": "10"}]"#;
    let steps = r#"[{"up_to": 100, "price": "100"}, {"price": "1000"}]"#;
    for json in [
        format!(r#"{{"graduated": {tiers}}}"#),
        format!(r#"{{"volume": {tiers}}}"#),
        format!(r#"{{"stair_step": {steps}}}"#),
    ] {
        assert_eq!(amount(&model(&json), "100"), Ok(ratio("100")), "{json}");
        assert!(amount(&model(&json), "100.000001").expect("rated") > ratio("100"), "{json}");
    }
}

/// Meteroid M5: usage of a combination without a rate is free.
#[test]
fn a_combination_without_a_rate_is_an_error_unless_there_is_a_default() {
    let rates = r#""by": ["model", "region"], "rates": [{"of": ["small", "eu"], "each": "1"}]"#;
    let of =
        |model: &str| BTreeMap::from([("model".to_owned(), model.to_owned()), ("region".to_owned(), "eu".to_owned())]);
    let priced = |json: &str, of: &BTreeMap<String, String>| {
        rate(&model(json), &metered("3").of(of), Ratio::ONE).map(|rated| rated.amount)
    };
    let strict = format!(r#"{{"matrix": {{{rates}}}}}"#);
    assert_eq!(priced(&strict, &of("small")), Ok(ratio("3")));
    let error = priced(&strict, &of("large")).expect_err("no rate");
    assert_eq!(error.to_string(), "there is no rate for model = large, region = eu, and no default rate");
    assert_eq!(priced(&format!(r#"{{"matrix": {{{rates}, "default": "2"}}}}"#), &of("large")), Ok(ratio("6")));
    let error = priced(&strict, &BTreeMap::new()).expect_err("no dimension");
    assert_eq!(error, RateError::MissingDimension { dimension: "model".to_owned() });
}

/// Meteroid M8: half a period gets the full allowance, and its minimum is that of a whole one.
#[test]
fn allowance_and_minimum_follow_the_part_of_the_period() {
    let price = terms(r#"{"model": {"per_unit": "1"}, "included": 100, "minimum": "80"}"#);
    let half = Ratio::new(1, 2).expect("half");
    let rated = |quantity: &str| rate(&price, &metered(quantity), half).expect("rated").amount;
    assert_eq!(rated("100"), ratio("50"));
    assert_eq!(rated("60"), ratio("40"));
    let seats = rate(&price, &Usage::held(ratio("200")), half).expect("rated");
    assert_eq!(seats.amount, ratio("50"), "half of 200 - 100 seats");
}

/// Lago 7: with limits per transaction the two free parts are combined in another way than without.
#[test]
fn free_parts_end_with_the_first_limit_whatever_else_the_price_says() {
    let transactions = [Dec::from(10u32), Dec::from(10u32), Dec::from(10u32)];
    let usage = Usage::metered(ratio("30"), 3).with_transactions(&transactions);
    let charged = |limits: &str| {
        let json =
            format!(r#"{{"percentage": {{"percent": "10", "free_transactions": 1, "free_amount": 25{limits}}}}}"#);
        rate(&model(&json), &usage, Ratio::ONE).expect("rated").amount
    };
    assert_eq!(charged(""), ratio("2"));
    assert_eq!(charged(r#", "minimum": "0.5", "maximum": "50""#), ratio("2"));
}

/// Lago 1 and 2: prorated units are rounded up before they are priced (27,419.40), and a float day price loses a cent (4.99).
#[test]
fn a_share_is_exact_until_the_one_rounding() {
    let euro = Currency::parse("EUR").expect("currency");
    let cents = |json: &str, quantity: &str, part, whole| {
        let share = Ratio::new(part, whole).expect("share");
        let rated = rate(&model(json), &Usage::held(ratio(quantity)), share).expect("rated");
        Money::round_from(rated.amount, euro, Rounding::HalfUp).expect("money").to_string()
    };
    assert_eq!(cents(r#"{"per_unit": "5000.00"}"#, "10", 17, 31), "27419.35 EUR");
    assert_eq!(cents(r#"{"flat": "9.99"}"#, "1", 15, 30), "5.00 EUR");
}

/// A percentage price that must know the single transactions, an amount that no event carries: an error and not zero.
#[test]
fn what_is_not_known_is_an_error() {
    let error = |json: &str| amount(&model(json), "100").expect_err(json).problem().code;
    assert_eq!(error(r#"{"percentage": {"percent": "1", "free_transactions": 3}}"#), "missing_transactions");
    assert_eq!(error(r#"{"dynamic": {}}"#), "missing_carried_amount");
    assert_eq!(error(r#"{"cost_plus": {"markup": "10"}}"#), "missing_carried_amount");
    assert!(amount(&model(r#"{"formula": "dimensions.region"}"#), "1").is_err());
    assert!(amount(&model(r#"{"formula": "quantity / 0"}"#), "1").is_err());
    let share = Ratio::from_int(-1);
    let error = rate(&model(r#"{"flat": "1"}"#), &metered("1"), share).expect_err("share");
    assert_eq!(error, RateError::NegativeShare { share });
}

/// Terms that contradict themselves are refused and not read in one of two ways.
#[test]
fn contradicting_terms_are_refused() {
    let code = |json: &str| amount(&terms(json), "1").expect_err(json).problem().code;
    assert_eq!(code(r#"{"model": {"flat": "5"}, "included": 3}"#), "nothing_to_include");
    assert_eq!(code(r#"{"model": {"per_unit": "5"}, "minimum": 10, "maximum": 9}"#), "minimum_above_maximum");
}
