//! `docs/pricing-file.md` is true to the code.

use catalog::PricingFile;
use std::collections::BTreeSet;

const GUIDE: &str = include_str!("../../../docs/pricing-file.md");

#[test]
fn every_example_of_the_guide_is_a_pricing_file() {
    let blocks: Vec<&str> = GUIDE.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 5, "{}", blocks.len());
    for block in blocks {
        if let Err(mistakes) = PricingFile::parse(block, "pricing-file.md") {
            panic!("{}\nin\n{block}", mistakes.first());
        }
    }
}

#[test]
fn the_message_in_the_guide_is_the_message() {
    let text =
        "plans:\n  basic:\n    currency: EUR\n    every: month\n    prices:\n      fee: { flat: 30.00, in: advnce }\n";
    let message = PricingFile::parse(text, "pricing.yaml").expect_err("advnce").first().to_string();
    let shown = format!("    {}\n", message.replace('\n', "\n    "));
    assert!(GUIDE.contains(&shown), "{shown}");
}

/// The codes that the tests of this crate provoke are all explained.
#[test]
fn every_mistake_is_in_the_guide() {
    let explained: BTreeSet<&str> = GUIDE
        .lines()
        .filter_map(|line| line.strip_prefix("| `").and_then(|rest| rest.split(" | ").next()))
        .flat_map(|cell| cell.split(['`', ',', ' ']))
        .collect();
    let is_code = |word: &&str| word.contains('_') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let provoked: BTreeSet<&str> = include_str!("mistakes.rs")
        .split(['"', '\n'])
        .filter(|text| text.ends_with(' ') || text.contains(" /"))
        .filter_map(|text| text.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').split(' ').next())
        .filter(is_code)
        .collect();
    assert!(provoked.len() > 30, "{provoked:?}");
    let silent: Vec<&&str> = provoked.difference(&explained).collect();
    assert!(silent.is_empty(), "not in docs/pricing-file.md: {silent:?}");
}

#[test]
fn every_field_of_a_price_and_a_plan_is_in_the_guide() {
    let schema = catalog::schema();
    for part in ["Price", "Plan", "Meter", "Unit", "Feature", "Product"] {
        let fields = schema["$defs"][part]["properties"].as_object().unwrap_or_else(|| panic!("{part}"));
        for field in fields.keys() {
            assert!(GUIDE.contains(&format!("`{field}`")) || GUIDE.contains(&format!(" {field}: ")), "{part}.{field}");
        }
    }
}
