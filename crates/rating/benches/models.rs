//! How many lines a second each model rates, explanation included. One item is one rated line.

use divan::{Bencher, black_box, counter::ItemsCount};
use money::{Dec, Ratio};
use rating::{Model, Terms, Usage, marginal, rate};
use std::collections::BTreeMap;

fn main() {
    divan::main();
}

fn model(json: &str) -> Terms {
    Terms::of(serde_json::from_str::<Model>(json).expect(json))
}

fn bench(bencher: Bencher<'_, '_>, terms: &Terms, usage: &Usage<'_>) {
    bencher
        .counter(ItemsCount::new(1u32))
        .bench_local(|| rate(black_box(terms), black_box(usage), Ratio::ONE).expect("rated"));
}

fn metered(quantity: &str) -> Usage<'static> {
    Usage::metered(quantity.parse().expect("quantity"), 1)
}

const TIERS: &str = r#"[{"up_to": "1_000_000", "each": "0"}, {"up_to": "100_000_000", "each": "0.0000025"},
    {"each": "0.0000018", "flat": "10"}]"#;

#[divan::bench]
fn flat(bencher: Bencher<'_, '_>) {
    bench(bencher, &model(r#"{"flat": "500.00"}"#), &Usage::held(Ratio::ONE));
}

#[divan::bench]
fn flat_prorated(bencher: Bencher<'_, '_>) {
    let terms = model(r#"{"flat": "500.00"}"#);
    let share = Ratio::new(17, 31).expect("share");
    bencher
        .counter(ItemsCount::new(1u32))
        .bench_local(|| rate(black_box(&terms), black_box(&Usage::held(Ratio::ONE)), share).expect("rated"));
}

#[divan::bench]
fn per_unit(bencher: Bencher<'_, '_>) {
    bench(bencher, &model(r#"{"per_unit": "0.000000000012"}"#), &metered("123456789.5"));
}

#[divan::bench(args = ["500000", "5000000", "123456789.25"])]
fn graduated(bencher: Bencher<'_, '_>, quantity: &str) {
    bench(bencher, &model(&format!(r#"{{"graduated": {TIERS}}}"#)), &metered(quantity));
}

#[divan::bench]
fn graduated_with_allowance_and_limits(bencher: Bencher<'_, '_>) {
    let terms: Terms = serde_json::from_str(&format!(
        r#"{{"model": {{"graduated": {TIERS}}}, "included": "1000", "minimum": "1000", "maximum": "10000"}}"#
    ))
    .expect("terms");
    bench(bencher, &terms, &metered("123456789.25"));
}

#[divan::bench]
fn volume(bencher: Bencher<'_, '_>) {
    bench(bencher, &model(&format!(r#"{{"volume": {TIERS}}}"#)), &metered("123456789.25"));
}

#[divan::bench]
fn package(bencher: Bencher<'_, '_>) {
    bench(bencher, &model(r#"{"package": {"size": 744, "price": "0.12"}}"#), &metered("123456.789"));
}

#[divan::bench]
fn stair_step(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &model(r#"{"stair_step": [{"up_to": 10, "price": "100"}, {"up_to": 50, "price": "400"}, {"price": "900"}]}"#),
        &metered("33"),
    );
}

#[divan::bench]
fn percentage(bencher: Bencher<'_, '_>) {
    bench(bencher, &model(r#"{"percentage": {"percent": "2.9", "fixed": "0.30"}}"#), &metered("1234.56"));
}

#[divan::bench]
fn percentage_of_100_transactions_with_limits(bencher: Bencher<'_, '_>) {
    let terms = model(
        r#"{"percentage": {"percent": "2.9", "fixed": "0.30", "free_transactions": 3, "minimum": "0.5", "maximum": "12"}}"#,
    );
    let transactions: Vec<Dec> = (1..=100u32).map(Dec::from).collect();
    bench(bencher, &terms, &Usage::metered(Ratio::from_int(5050), 100).with_transactions(&transactions));
}

#[divan::bench]
fn graduated_percentage(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &model(r#"{"graduated_percentage": [{"up_to": 1000, "percent": "2.9"}, {"percent": "1.9", "flat": "5"}]}"#),
        &metered("1234.56"),
    );
}

#[divan::bench]
fn matrix_of_1000_rates(bencher: Bencher<'_, '_>) {
    let rates: Vec<String> = (0..1000).map(|n| format!(r#"{{"of": ["m{n}", "eu"], "each": "0.{n}"}}"#)).collect();
    let terms = model(&format!(r#"{{"matrix": {{"by": ["model", "region"], "rates": [{}]}}}}"#, rates.join(",")));
    let of = BTreeMap::from([("model".to_owned(), "m777".to_owned()), ("region".to_owned(), "eu".to_owned())]);
    bench(bencher, &terms, &metered("1234").of(&of));
}

#[divan::bench]
fn dynamic(bencher: Bencher<'_, '_>) {
    bench(bencher, &model(r#"{"dynamic": {"multiplier": "1.1"}}"#), &metered("3").carrying(Dec::from(17u32)));
}

#[divan::bench]
fn cost_plus(bencher: Bencher<'_, '_>) {
    bench(
        bencher,
        &model(r#"{"cost_plus": {"markup": "20", "fixed": "0.01"}}"#),
        &metered("3").carrying(Dec::from(17u32)),
    );
}

#[divan::bench]
fn formula(bencher: Bencher<'_, '_>) {
    bench(bencher, &model(r#"{"formula": "quantity * 0.01 + count * 2"}"#), &metered("1234.5"));
}

#[divan::bench]
fn increment_of_a_graduated_price(bencher: Bencher<'_, '_>) {
    let terms = model(&format!(r#"{{"graduated": {TIERS}}}"#));
    let (before, after) = (metered("5000000"), metered("5000001"));
    bencher
        .counter(ItemsCount::new(1u32))
        .bench_local(|| marginal(black_box(&terms), Some(&before), &after, Ratio::ONE).expect("rated"));
}
