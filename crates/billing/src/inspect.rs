//! Judging a plan by its invariants: in tests, before every post, and on the command line.

use crate::{BillPlan, DocumentKind, DocumentPlan, Line, LineKey, Worth};
use alloc::{collections::BTreeSet, vec::Vec};
use money::{Money, Ratio, Rounding};
use schemars::JsonSchema;
use serde::Serialize;
use tax::Prices;

/// An invariant that a plan breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// The total is not the sum of the lines.
    TotalIsNotTheSum {
        /// What the lines add up to.
        sum: Money,
        /// What the document says.
        total: Money,
    },
    /// A line's amount is not what its key is worth less what was posted.
    LineIsNotTheDifference {
        /// The key.
        key: LineKey,
    },
    /// The parts do not add up to the exact amount, or that does not round to the worth.
    ExplanationDoesNotAddUp {
        /// The key.
        key: LineKey,
    },
    /// A key stands on the plan twice.
    KeyTwice {
        /// The key.
        key: LineKey,
    },
    /// A line is in another currency than its document.
    CurrencyDiffers {
        /// The key.
        key: LineKey,
    },
    /// A stretch lies outside of the cycle of its key, or overlaps another.
    StretchOutOfPlace {
        /// The key.
        key: LineKey,
    },
    /// The kind of the document does not fit the sign of its total.
    KindDoesNotFit {
        /// The total.
        total: Money,
    },
    /// A line's net amount and taxes are not its amount.
    TaxDoesNotAddUp {
        /// The key.
        key: LineKey,
    },
    /// A document without lines.
    EmptyDocument,
}

/// Everything that is wrong with a plan; nothing for a plan that may be posted.
pub fn inspect(plan: &BillPlan) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for document in &plan.documents {
        inspect_document(document, &mut findings);
        for line in &document.lines {
            if !seen.insert(&line.key) {
                findings.push(Finding::KeyTwice { key: line.key.clone() });
            }
            if line.amount.currency() != document.currency || line.key.currency != document.currency {
                findings.push(Finding::CurrencyDiffers { key: line.key.clone() });
            }
        }
    }
    for line in plan.lines() {
        inspect_line(line, &mut findings);
    }
    findings
}

fn inspect_document(document: &DocumentPlan, findings: &mut Vec<Finding>) {
    if document.lines.is_empty() {
        findings.push(Finding::EmptyDocument);
    }
    let zero = Money::zero(document.currency);
    let net = document
        .lines
        .iter()
        .try_fold(zero, |sum, line| sum.plus(line.taxed.as_ref().map_or(line.amount, |taxed| taxed.net)));
    if net != Ok(document.net) {
        findings.push(Finding::TotalIsNotTheSum { sum: net.unwrap_or(zero), total: document.net });
    }
    let sum = document.taxes.iter().try_fold(document.net, |sum, tax| sum.plus(tax.amount));
    let tax_of_lines =
        document.lines.iter().filter_map(|line| line.taxed.as_ref()).try_fold(zero, |sum, taxed| sum.plus(taxed.tax));
    if sum != Ok(document.total) || tax_of_lines != document.total.minus(document.net) {
        findings.push(Finding::TotalIsNotTheSum { sum: sum.unwrap_or(zero), total: document.total });
    }
    let fits = match document.kind {
        DocumentKind::Invoice | DocumentKind::DebitNote => !document.total.is_negative(),
        DocumentKind::CreditNote => document.total.is_negative(),
    };
    if !fits {
        findings.push(Finding::KindDoesNotFit { total: document.total });
    }
}

fn taken_off(worth: &Worth) -> impl Iterator<Item = Money> {
    let discounts = worth.discounts.iter().map(|one| one.amount);
    discounts.chain(worth.adjusted.iter().map(|one| one.amount))
}

fn inspect_line(line: &Line, findings: &mut Vec<Finding>) {
    if line.worth.amount.minus(line.posted) != Ok(line.amount) {
        findings.push(Finding::LineIsNotTheDifference { key: line.key.clone() });
    }
    let parts = &line.worth.parts;
    let sum = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.amount));
    let rounded = Money::round_from(line.worth.exact, line.key.currency, Rounding::HalfUp);
    if sum != Ok(line.worth.exact)
        || taken_off(&line.worth).try_fold(line.worth.amount, Money::plus) != rounded
        || parts.iter().any(|part| part.why.amount != part.amount)
    {
        findings.push(Finding::ExplanationDoesNotAddUp { key: line.key.clone() });
    }
    if let Some(taxed) = &line.taxed {
        let contains = match taxed.prices {
            Prices::Inclusive => taxed.gross,
            Prices::Exclusive => taxed.net,
        };
        let sum = taxed.taxes.iter().try_fold(taxed.net, |sum, tax| sum.plus(tax.amount));
        if contains != line.amount || sum != Ok(taxed.gross) || taxed.net.plus(taxed.tax) != Ok(taxed.gross) {
            findings.push(Finding::TaxDoesNotAddUp { key: line.key.clone() });
        }
    }
    let inside = parts.iter().all(|part| line.key.cycle.covers(part.period));
    let apart = parts.windows(2).all(|pair| pair[0].period.to() <= pair[1].period.from());
    if !inside || !apart {
        findings.push(Finding::StretchOutOfPlace { key: line.key.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Catalogs, Posted, Terms, plan};
    use contracts::{Change, Customer, PlanRef, Step, Subscription};

    /// One monthly fee, drawn on its first day.
    fn drawn() -> BillPlan {
        let json =
            r#"{"plans": {"basic": {"currency": "EUR", "every": "month", "prices": {"fee": {"flat": "30.00"}}}}}"#;
        let catalogs: Catalogs = [(1, serde_json::from_str(json).expect("catalog"))].into();
        let as_of = "2026-04-01T00:00:00Z".parse().expect("instant");
        let key = |text: &str| stdx::Key::try_from(text).expect("key");
        let basic = PlanRef { plan: key("basic"), version: 1 };
        let step = Step::start(basic, contracts::Quantities::new());
        let first = Change { effective_at: as_of, recorded_at: as_of, step };
        let subscription =
            Subscription::start(key("s"), key("acme"), calendar::Zone::utc(), None, first).expect("starts");
        let customer = Customer::new(key("acme"), "Acme", calendar::Zone::utc());
        let account = Account {
            entity: contracts::Entity::unnamed(),
            customer,
            subscriptions: alloc::vec![subscription],
            charges: Vec::new(),
            redemptions: Vec::new(),
            adjustments: Vec::new(),
            posted: Posted::default(),
        };
        plan(&account, &catalogs, Terms::usual(as_of), &[]).expect("plan")
    }

    fn basic_key() -> stdx::Key {
        stdx::Key::try_from("basic").expect("key")
    }

    #[test]
    fn each_broken_invariant_is_found() {
        let cent = Money::new(1, drawn().documents[0].currency);
        let key = drawn().documents[0].lines[0].key.clone();
        let found = |spoil: &dyn Fn(&mut DocumentPlan)| {
            let mut plan = drawn();
            spoil(&mut plan.documents[0]);
            inspect(&plan)
        };
        assert_eq!(found(&|_| {}), []);
        let total = drawn().documents[0].total;
        assert_eq!(found(&|d| d.total = cent), [Finding::TotalIsNotTheSum { sum: total, total: cent }]);
        assert!(found(&|d| d.net = cent).contains(&Finding::TotalIsNotTheSum { sum: total, total: cent }));
        assert!(found(&|d| d.lines[0].amount = cent).contains(&Finding::LineIsNotTheDifference { key: key.clone() }));
        assert!(
            found(&|d| d.lines[0].worth.exact = Ratio::ONE)
                .contains(&Finding::ExplanationDoesNotAddUp { key: key.clone() })
        );
        assert!(found(&|d| d.lines.push(d.lines[0].clone())).contains(&Finding::KeyTwice { key: key.clone() }));
        assert!(found(&|d| d.lines.clear()).contains(&Finding::EmptyDocument));
        assert!(found(&|d| d.kind = DocumentKind::CreditNote).contains(&Finding::KindDoesNotFit { total }));
        let dollar = money::Currency::parse("USD").expect("dollar");
        assert!(
            found(&|d| d.lines[0].key.currency = dollar).iter().any(|f| matches!(f, Finding::CurrencyDiffers { .. }))
        );
        let adjusted = |amount| crate::Adjusted { adjustment: basic_key(), reason: "because".into(), amount };
        assert_eq!(
            found(&|d| d.lines[0].worth.adjusted.push(adjusted(cent))),
            [Finding::ExplanationDoesNotAddUp { key: key.clone() }]
        );
        let out_of_place = found(&|d| {
            let cycle = d.lines[0].key.cycle;
            d.lines[0].worth.parts[0].period =
                calendar::Period::new(cycle.to(), calendar::Instant::MAX).expect("later");
        });
        assert_eq!(out_of_place, [Finding::StretchOutOfPlace { key }]);
    }
}
