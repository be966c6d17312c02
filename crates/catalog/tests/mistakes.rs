//! Every way in which a pricing file can be wrong: its code, its place, and a way to mend it.

use catalog::PricingFile;

/// `line code pointer` of everything that is wrong with a file.
fn wrong(text: &str) -> Vec<String> {
    let mistakes = PricingFile::parse(text, "pricing.yaml").expect_err(text);
    for mistake in &mistakes {
        assert!(!mistake.problem.mend.is_empty(), "no mend: {mistake}");
        assert!(!mistake.problem.detail.is_empty(), "no detail: {mistake}");
        assert!(!mistake.source.is_empty(), "no line is shown: {mistake}");
    }
    mistakes
        .iter()
        .map(|m| format!("{} {} {}", m.line, m.problem.code, m.problem.pointer.as_deref().unwrap_or("")))
        .collect()
}

const BEFORE: &str = "\
meters:
  calls: { event: api.request, aggregate: count, group_by: [properties.region] }
  volume: { event: payment, aggregate: { sum: properties.amount } }
features: { seats: { unit: seat }, support: {} }
products: { api: {} }
units: { credit: { rate: 0.01, currency: USD } }
plans: { p: { currency: EUR, every: month, prices: { x:
";

/// The code and pointer (from the price) of what is wrong with one price.
fn price(fields: &str) -> Vec<String> {
    let text = format!("{BEFORE}  {fields}\n}} }} }}\n");
    let strip = |line: String| line.replace("/plans/p/prices/x", "").split_once(' ').map(|(_, rest)| rest.to_string());
    wrong(&text).into_iter().filter_map(strip).collect()
}

/// The same for a whole plan.
fn plan(fields: &str) -> Vec<String> {
    let text = format!("features: {{ seats: {{ unit: seat }}, support: {{}} }}\nplans:\n  p: {fields}\n");
    let strip = |line: String| line.replace("/plans/p", "").split_once(' ').map(|(_, rest)| rest.to_string());
    wrong(&text).into_iter().filter_map(strip).collect()
}

#[test]
fn a_price_has_exactly_one_model() {
    assert_eq!(price("{ meter: calls }"), ["price_without_model "]);
    assert_eq!(price("{ quantity: seats, flat: 1, per_unit: 2 }"), ["price_with_several_models /per_unit"]);
}

#[test]
fn a_price_counts_one_thing() {
    assert_eq!(price("{ meter: calls, quantity: seats, per_unit: 1 }"), ["meter_and_quantity /quantity"]);
    assert_eq!(price("{ meter: calls, flat: 1 }"), ["flat_counts_nothing /meter"]);
    assert_eq!(price("{ quantity: seats, flat: 1 }"), ["flat_counts_nothing /quantity"]);
}

#[test]
fn only_usage_in_advance_is_gathered_and_only_a_quantity_has_a_level() {
    assert_eq!(price("{ meter: calls, per_unit: 1, gather: run }"), ["nothing_to_gather /gather"]);
    assert_eq!(price("{ flat: 1, level: peak }"), ["level_without_quantity /level"]);
}

#[test]
fn tiers_leave_no_unit_without_a_price() {
    for model in ["graduated", "volume"] {
        let tiers = |tiers: &str| price(&format!("{{ meter: calls, {model}: {tiers} }}"));
        assert_eq!(tiers("[]"), [format!("tiers_empty /{model}")]);
        assert_eq!(tiers("[{ up_to: 5, each: 1 }]"), [format!("tier_last_not_open /{model}")]);
        assert_eq!(tiers("[{ each: 1 }, { each: 2 }]"), [format!("tier_open_before_last /{model}/0")]);
        assert_eq!(
            tiers("[{ up_to: 5, each: 1 }, { up_to: 5, each: 1 }, { each: 2 }]"),
            [format!("tiers_not_ascending /{model}/1")]
        );
        assert_eq!(tiers("[{ up_to: 5 }, { each: 2 }]"), [format!("tier_not_priced /{model}/0")]);
    }
    assert_eq!(price("{ meter: calls, stair_step: [{ up_to: 5, price: 1 }] }"), ["tier_last_not_open /stair_step"]);
    assert_eq!(
        price("{ meter: volume, graduated_percentage: [{ up_to: 5, percent: 1 }] }"),
        ["tier_last_not_open /graduated_percentage"]
    );
}

#[test]
fn numbers_are_exact_and_not_negative() {
    assert_eq!(price("{ flat: -1 }"), ["negative_price /flat"]);
    assert_eq!(price("{ meter: calls, graduated: [{ each: '-0.01' }] }"), ["negative_price /graduated/0/each"]);
    assert_eq!(price("{ meter: calls, package: { size: 0, price: 1 } }"), ["not_positive /package/size"]);
    assert_eq!(price("{ flat: NaN }"), ["not_a_number /flat"]);
    assert_eq!(price("{ flat: '1,50' }"), ["not_a_number /flat"]);
    assert_eq!(price("{ flat: 1e99 }"), ["too_many_digits /flat"]);
    assert_eq!(price("{ flat: [1] }"), ["wrong_kind /flat"]);
}

#[test]
fn the_minimum_is_not_above_the_maximum() {
    assert_eq!(price("{ meter: calls, per_unit: 1, minimum: 5, maximum: 4 }"), ["minimum_above_maximum /minimum"]);
}

#[test]
fn an_allowance_needs_a_quantity() {
    assert_eq!(price("{ flat: 1, included: 5 }"), ["nothing_to_include /included"]);
}

#[test]
fn names_lead_somewhere() {
    assert_eq!(price("{ meter: cals, per_unit: 1 }"), ["unknown_meter /meter"]);
    assert_eq!(price("{ flat: 1, product: apy }"), ["unknown_product /product"]);
    assert_eq!(price("{ flat: 1, unit: credits }"), ["unknown_unit /unit"]);
    assert_eq!(
        plan("{ currency: EUR, every: month, features: { seat: 1 }, prices: { x: { flat: 1 } } }"),
        ["unknown_feature /features/seat"]
    );
    let text = "meters: { calls: { event: e, aggregate: count } }\nplans: { p: { currency: EUR, every: month, prices: { x: { meter: cals, per_unit: 1 } } } }";
    let mend = PricingFile::parse(text, "p").expect_err("cals").first().problem.mend.clone();
    assert_eq!(mend, "did you mean `calls`? Else add it under `meters`");
}

#[test]
fn a_pricing_unit_is_worth_the_plans_currency() {
    assert_eq!(price("{ flat: 1, unit: credit }"), ["unit_in_other_currency /unit"]);
}

#[test]
fn dimensions_are_those_of_the_meter() {
    assert_eq!(price("{ meter: calls, per_unit: 1, by: [region, modle] }"), ["unknown_dimension /by"]);
    assert_eq!(price("{ meter: calls, per_unit: 1, by: [properties.region] }"), ["unknown_dimension /by"]);
    assert_eq!(price("{ meter: calls, per_unit: 1, by: [region, region] }"), ["same_dimension /by"]);
    assert_eq!(price("{ per_unit: 1, by: [region] }"), ["by_without_meter /by"]);
    let matrix = "matrix: { by: [model], rates: [{ of: [x], each: 1 }] }";
    assert_eq!(price(&format!("{{ meter: calls, {matrix} }}")), ["unknown_dimension /matrix"]);
    assert_eq!(price(&format!("{{ {matrix} }}")), ["price_needs_meter /matrix"]);
    assert_eq!(price("{ meter: calls, matrix: { by: [region], rates: [] } }"), ["matrix_no_rates /matrix/rates"]);
    assert_eq!(price("{ meter: calls, formula: 'dimensions.model == \"x\" ? 1 : 2' }"), ["unknown_dimension /formula"]);
}

#[test]
fn prices_that_look_at_events_need_the_right_meter() {
    assert_eq!(price("{ meter: calls, percentage: { percent: 2, free_transactions: 3 } }"), ["price_needs_sum /meter"]);
    assert_eq!(price("{ quantity: seats, percentage: { percent: 2, fixed: 0.3 } }"), ["price_needs_meter /percentage"]);
    assert_eq!(price("{ percentage: { percent: 2 } }"), ["price_needs_meter /percentage"]);
    assert_eq!(price("{ meter: calls, dynamic: {} }"), ["price_needs_sum /meter"]);
    assert_eq!(price("{ dynamic: {} }"), ["price_needs_meter /dynamic"]);
    assert_eq!(price("{ meter: calls, cost_plus: { markup: 20 } }"), ["price_needs_sum /meter"]);
    assert_eq!(price("{ quantity: seats, formula: count * 2 }"), ["price_needs_meter /formula"]);
}

#[test]
fn formulas_are_checked_before_anything_is_billed() {
    assert_eq!(price("{ meter: calls, formula: 'quantity *' }"), ["invalid_formula /formula"]);
    assert_eq!(price("{ meter: calls, formula: 'quantiti * 2' }"), ["formula_unknown_name /formula"]);
}

#[test]
fn cycles_of_prices_and_plan_begin_together() {
    assert_eq!(price("{ flat: 1, every: week }"), ["cadence_does_not_divide /every"]);
    assert_eq!(
        plan("{ currency: EUR, every: quarter, prices: { x: { flat: 1, every: 2 months } } }"),
        ["cadence_does_not_divide /prices/x/every"]
    );
    for (every, price) in
        [("month", "year"), ("year", "month"), ("month", "day"), ("quarter", "half-year"), ("2 weeks", "week")]
    {
        let text = format!(
            "plans: {{ p: {{ currency: EUR, every: {every}, prices: {{ x: {{ flat: 1, every: {price} }} }} }} }}"
        );
        assert!(PricingFile::parse(&text, "p").is_ok(), "{price} in {every}");
    }
}

#[test]
fn a_plan_is_complete() {
    assert_eq!(plan("{ currency: EUR, every: month, prices: {} }"), ["empty_plan /prices"]);
    assert_eq!(plan("{ every: month, prices: { x: { flat: 1 } } }"), ["missing_field "]);
    assert_eq!(plan("{ currency: EURO, every: month, prices: { x: { flat: 1 } } }"), ["unknown_currency /currency"]);
    assert_eq!(plan("{ currency: EUR, every: monthly, prices: { x: { flat: 1 } } }"), ["invalid_cadence /every"]);
    assert_eq!(
        plan("{ currency: EUR, every: month, align: sometimes, prices: { x: { flat: 1 } } }"),
        ["unknown_word /align"]
    );
    assert_eq!(
        plan("{ currency: EUR, every: month, features: { support: 5 }, prices: { x: { flat: 1 } } }"),
        ["limit_without_unit /features/support"]
    );
    assert_eq!(
        plan("{ currency: EUR, every: month, features: { support: yes }, prices: { x: { flat: 1 } } }"),
        ["invalid_value /features/support"]
    );
    assert_eq!(
        plan("{ currency: EUR, every: month, prices: { my fee: { flat: 1 } } }"),
        ["invalid_key /prices/my fee"]
    );
}

#[test]
fn fields_that_do_not_exist_get_a_guess() {
    assert_eq!(price("{ flatt: 1 }"), ["unknown_field /flatt"]);
    let text = "plans: { p: { currency: EUR, every: month, prices: { x: { per_unti: 1 } } } }";
    let mistakes = PricingFile::parse(text, "p").expect_err("per_unti");
    assert!(mistakes.first().problem.mend.starts_with("did you mean `per_unit`?"), "{}", mistakes.first());
    assert_eq!(wrong("plan: {}\n"), ["1 unknown_field /plan"]);
}

#[test]
fn a_name_stands_once() {
    assert_eq!(
        wrong("plans:\n  p: { currency: EUR, every: month, prices: { x: { flat: 1 } } }\n  p: {}\n"),
        ["3 duplicate_key "]
    );
}

#[test]
fn everything_is_told_at_once_in_the_order_of_the_text() {
    let text = "\
meters:
  calls: { event: api.request, aggregate: cuont }
  tokens: { event: llm, aggregate: { sum: 'properties.a +' } }
plans:
  a:
    currency: EURO
    every: month
    prices:
      one: { meter: calls, per_unit: 1 }
      two: { meter: nothing, per_unit: 1 }
  b:
    currency: EUR
    every: month
    prices:
      three: { flat: 1, per_unit: 2, meter: tokens, quantity: q }
      four: { meter: tokens, graduated: [{ up_to: x, each: y }, { each: -1 }] }
      five: { flat: 1, every: week }
";
    assert_eq!(
        wrong(text),
        [
            "2 invalid_aggregation /meters/calls/aggregate",
            "3 invalid_formula /meters/tokens/aggregate/sum",
            "6 unknown_currency /plans/a/currency",
            "15 price_with_several_models /plans/b/prices/three/per_unit",
            "15 meter_and_quantity /plans/b/prices/three/quantity",
            "16 not_a_number /plans/b/prices/four/graduated/0/up_to",
            "16 not_a_number /plans/b/prices/four/graduated/0/each",
            "16 negative_price /plans/b/prices/four/graduated/1/each",
            "17 cadence_does_not_divide /plans/b/prices/five/every",
        ],
        "a price on a meter that could not be read is not blamed, nor judged are the prices of a plan that could not be read"
    );
}

#[test]
fn a_message_shows_the_line() {
    let text =
        "plans:\n  basic:\n    currency: EUR\n    every: month\n    prices:\n      fee: { flat: 30.00, in: advnce }\n";
    assert_eq!(
        PricingFile::parse(text, "pricing.yaml").expect_err("advnce").first().to_string(),
        "\
pricing.yaml:6:31: `advnce` is not one of the words known here [unknown_word]
  6 |       fee: { flat: 30.00, in: advnce }
    |                               ^
  mend: did you mean `advance`? The words here are: advance, arrears"
    );
}
