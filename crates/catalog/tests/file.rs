//! The pricing file as a person meets it.

use catalog::{Catalog, Grant, Price, PricingFile, Source, Takes, Timing};
use money::{Dec, Ratio};
use rating::{Model, Usage, rate};

const FULL: &str = include_str!("pricing.yaml");

fn read(text: &str) -> Catalog {
    PricingFile::parse(text, "pricing.yaml").unwrap_or_else(|mistakes| {
        panic!("{}", mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

fn price<'a>(catalog: &'a Catalog, key: &str) -> &'a Price {
    catalog.price("scale", key).unwrap_or_else(|| panic!("{key}"))
}

fn dec(text: &str) -> Dec {
    text.parse().expect(text)
}

#[test]
fn every_model_and_field_is_read() {
    let catalog = read(FULL);
    assert_eq!(catalog.meters.len(), 3);
    assert_eq!(catalog.plans["free"].features["priority_support"], Grant::Switch(false));
    assert!(matches!(catalog.plans["free"].features["projects"], Grant::Limit(limit) if limit.get() == dec("3")));
    let models: std::collections::BTreeSet<&str> =
        catalog.plans["scale"].prices.values().map(|p| p.model.kind().name()).collect();
    assert_eq!(models.len(), 12, "{models:?}");
    let Model::Graduated(tiers) = &price(&catalog, "tokens").model else { panic!("graduated") };
    let each: Vec<Dec> = tiers.iter().filter_map(|tier| tier.each).map(rating::NonNegative::get).collect();
    assert_eq!(each, [dec("0"), dec("0.0000025"), dec("0.0000018")], "bare decimals are exact");
    assert_eq!(price(&catalog, "yearly_support").model, Model::Flat(dec("1200").try_into().expect("positive")));
}

#[test]
fn what_is_left_out_has_the_usual_value() {
    let catalog = read(FULL);
    let timing = |key: &str| price(&catalog, key).timing;
    assert_eq!(
        [timing("platform_fee"), timing("seats"), timing("tokens"), timing("yearly_support")],
        [Timing::Advance, Timing::Advance, Timing::Arrears, Timing::Arrears]
    );
    assert_eq!(price(&catalog, "seats").prorate, calendar::Proration::Day);
    assert_eq!(price(&catalog, "platform_fee").source, Source::One);
    let scale = &catalog.plans["scale"];
    assert_eq!(scale.cadence_of(price(&catalog, "seats")), Some(calendar::Cadence::MONTH));
    assert_eq!(scale.cadence_of(price(&catalog, "yearly_support")), Some(calendar::Cadence::YEAR));
    assert_eq!(catalog.plans["free"].align, calendar::Alignment::Anniversary);
}

#[test]
fn a_price_says_what_it_takes_from_its_meter() {
    let catalog = read(FULL);
    let takes = |key: &str| price(&catalog, key).takes();
    assert_eq!(
        [takes("tokens"), takes("payments"), takes("payments_passed_on"), takes("payments_with_markup")],
        [Takes::Quantity, Takes::Transactions, Takes::Amount, Takes::Amount]
    );
    assert_eq!(price(&catalog, "tokens").dimensions(), ["model"]);
    assert_eq!(price(&catalog, "payments_by_region").dimensions(), ["region"], "a matrix looks at its dimensions");
}

#[test]
fn a_price_in_a_pricing_unit_is_rated_with_its_rate() {
    let catalog = read(FULL);
    let terms = price(&catalog, "calls_in_credits").terms(&catalog).expect("the unit is there");
    let rated = rate(&terms, &Usage::metered(Ratio::from_int(1000), 1000), Ratio::ONE).expect("priced");
    assert_eq!(rated.amount, Ratio::new(5, 4).expect("1.25"), "1000 × 0.125 credits of 0.01 USD");
    assert!(price(&catalog, "calls_in_credits").terms(&Catalog::default()).is_err(), "never without the rate");
}

#[test]
fn what_is_written_back_is_the_same_catalog_in_the_same_grammar() {
    let catalog = read(FULL);
    let json = serde_json::to_string_pretty(&catalog).expect("JSON");
    assert_eq!(read(&json), catalog);
    assert!(
        json.contains("\"per_unit\": \"20\"") && json.contains("\"quantity\": \"seats\""),
        "the plain form: {json}"
    );
    assert_eq!(serde_json::from_str::<Catalog>(&json).expect("the API reads it too"), catalog);
}

#[test]
fn a_catalog_inside_a_larger_file_is_placed_in_that_file() {
    let text = "name: a scenario\npricing:\n  plans:\n    basic: { currency: EUR, every: month, prices: { fee: { flat: x } } }\n";
    let document = yaml::Document::parse(text, "scenario.yaml").expect("well-formed");
    let mistakes = PricingFile::read(&document, "/pricing").expect_err("x is no number");
    let first = mistakes.first();
    assert_eq!((first.line, first.problem.pointer.as_deref()), (4, Some("/pricing/plans/basic/prices/fee/flat")));
    assert_eq!(PricingFile::read(&document, "/prices").expect_err("not there").first().problem.code, "missing_field");
}

#[test]
fn crlf_a_byte_order_mark_and_json_are_read() {
    let catalog = read(FULL);
    assert_eq!(read(&FULL.replace('\n', "\r\n")), catalog);
    assert_eq!(PricingFile::from_bytes(&[b"\xef\xbb\xbf", FULL.as_bytes()].concat(), "p").expect("a mark"), catalog);
    let utf16: Vec<u8> = FULL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(PricingFile::from_bytes(&utf16, "p").expect_err("UTF-16").first().problem.code, "yaml_encoding");
    assert_eq!(PricingFile::parse("", "p").expect_err("empty").first().problem.code, "yaml_empty");
}
