//! What a person sees before a new pricing file is applied.

use catalog::{Catalog, PricingFile, Resource, What, diff};

fn read(text: &str) -> Catalog {
    PricingFile::parse(text, "p").unwrap_or_else(|mistakes| panic!("{}", mistakes.first()))
}

const OLD: &str = "
meters: { calls: { event: api.request, aggregate: count } }
plans:
  basic:
    currency: EUR
    every: month
    prices:
      fee: { flat: '30.00' }
      calls: { meter: calls, graduated: [{ up_to: 100, each: 0 }, { each: 0.01 }] }
  old: { currency: EUR, every: month, prices: { fee: { flat: 1 } } }
";

#[test]
fn a_catalog_does_not_differ_from_itself() {
    assert_eq!(diff(&read(OLD), &read(OLD)), []);
    assert_eq!(
        diff(&read(OLD), &read(&OLD.replace("'30.00'", "30"))),
        [],
        "another way to write a number is no change"
    );
}

#[test]
fn what_is_added_retired_and_changed_is_named() {
    let new = OLD
        .replace("'30.00'", "'35.50'")
        .replace("each: 0.01 }]", "up_to: 200, each: 0.01 }, { each: 0.005 }], minimum: 5")
        .replace("  old:", "  new:")
        .replace("every: month\n", "every: month\n    name: Basic\n");
    let changes = diff(&read(OLD), &read(&new));
    let shown: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown.join("\n"),
        r#"~ /plans/basic
    /name: (none) -> "Basic"
+ /plans/new
- /plans/old
~ /plans/basic/prices/calls
    /graduated/1/up_to: (none) -> "200"
    /graduated/2: (none) -> {"each":"0.005"}
    /minimum: (none) -> "5"
~ /plans/basic/prices/fee
    /flat: "30" -> "35.5""#
    );
    assert_eq!((changes[3].resource, matches!(changes[3].what, What::Changed(_))), (Resource::Price, true));
}

#[test]
fn a_price_that_goes_away_is_retired() {
    let new = OLD.replace("      fee: { flat: '30.00' }\n", "");
    let shown: Vec<String> = diff(&read(OLD), &read(&new)).iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["- /plans/basic/prices/fee"]);
}
