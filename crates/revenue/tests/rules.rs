//! The posting rules, each as it stands in the table of events.

use ledger::{Rules, Side, standard_rules};
use revenue::revenue_rules;
use std::collections::BTreeSet;
use std::fmt::Write;

fn all() -> Rules {
    standard_rules().and(revenue_rules()).expect("no event has two rules of one version")
}

/// One line per rule, by row of the table and event.
fn written(rules: &Rules) -> String {
    let mut rows: Vec<_> = rules.iter().collect();
    rows.sort_by_key(|rule| (rule.row, rule.event.clone(), rule.version));
    let mut text = String::new();
    for rule in rows {
        let side = |wanted: Side| {
            let legs = rule.legs.iter().filter(|leg| leg.side == wanted);
            let legs: Vec<String> = legs.map(|leg| format!("{}({:?})", leg.account.name(), leg.measure)).collect();
            if legs.is_empty() { "-".to_owned() } else { legs.join(" + ") }
        };
        let (debit, credit) = (side(Side::Debit), side(Side::Credit));
        writeln!(text, "{:>2} {} v{}: {debit} / {credit}", rule.row, rule.event, rule.version).expect("text");
    }
    text
}

#[test]
fn the_rules_are_those_of_the_golden_file() {
    let golden = include_str!("golden/rules.txt");
    let now = written(&all());
    assert_eq!(now, golden, "a changed rule is a new version beside the old one");
}

#[test]
fn every_row_of_the_table_has_a_rule() {
    let rows: BTreeSet<u8> = all().iter().map(|rule| rule.row).collect();
    assert_eq!(rows, (1..=35).collect());
}

#[test]
fn every_rule_balances_when_its_measures_add_up() {
    use ledger::{Amounts, Measure, Valued};
    use money::{Currency, Money};
    let euro = |minor| Valued::from(Money::new(minor, Currency::parse("EUR").expect("euro")));
    let at = "2026-01-01T00:00:00Z".parse().expect("instant");
    for rule in all().iter().filter(|rule| !rule.legs.is_empty()) {
        let worth = |measure: Measure| match measure {
            Measure::Amount => 700,
            Measure::Gross => 119,
            Measure::Net => 100,
            Measure::Tax | Measure::Fee => 19,
            Measure::Refund => 50,
            Measure::Earned => 30,
            Measure::Cost => 7,
        };
        let amounts: Amounts = rule.legs.iter().map(|leg| (leg.measure, euro(worth(leg.measure)))).collect();
        let draft = rule.draft("e", at, &amounts, &std::collections::BTreeMap::new()).expect("draft");
        assert!(draft.balanced().is_ok(), "{}", rule.event);
    }
}
