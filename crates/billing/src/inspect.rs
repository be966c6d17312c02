//! Judging a plan by its invariants: in tests, before every post, and on the command line.

use crate::{BillPlan, DocumentKind, DocumentPlan, Line, LineKey};
use alloc::{collections::BTreeSet, vec::Vec};
use money::{Money, Ratio, Rounding};
use schemars::JsonSchema;
use serde::Serialize;

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
    for line in plan.documents.iter().flat_map(|document| &document.lines).chain(&plan.waiting) {
        inspect_line(line, &mut findings);
    }
    findings
}

fn inspect_document(document: &DocumentPlan, findings: &mut Vec<Finding>) {
    if document.lines.is_empty() {
        findings.push(Finding::EmptyDocument);
    }
    let sum = document.lines.iter().try_fold(Money::zero(document.currency), |sum, line| sum.plus(line.amount));
    match sum {
        Ok(sum) if sum == document.total => {}
        Ok(sum) => findings.push(Finding::TotalIsNotTheSum { sum, total: document.total }),
        Err(_) => {
            findings.push(Finding::TotalIsNotTheSum { sum: Money::zero(document.currency), total: document.total })
        }
    }
    let fits = match document.kind {
        DocumentKind::Invoice => !document.total.is_negative(),
        DocumentKind::CreditNote => document.total.is_negative(),
    };
    if !fits {
        findings.push(Finding::KindDoesNotFit { total: document.total });
    }
}

fn inspect_line(line: &Line, findings: &mut Vec<Finding>) {
    if line.worth.amount.minus(line.posted) != Ok(line.amount) {
        findings.push(Finding::LineIsNotTheDifference { key: line.key.clone() });
    }
    let parts = &line.worth.parts;
    let sum = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.amount));
    let rounded = Money::round_from(line.worth.exact, line.key.currency, Rounding::HalfUp);
    if sum != Ok(line.worth.exact)
        || rounded != Ok(line.worth.amount)
        || parts.iter().any(|part| part.why.amount != part.amount)
    {
        findings.push(Finding::ExplanationDoesNotAddUp { key: line.key.clone() });
    }
    let inside = parts.iter().all(|part| line.key.cycle.covers(part.period));
    let apart = parts.windows(2).all(|pair| pair[0].period.to() <= pair[1].period.from());
    if !inside || !apart {
        findings.push(Finding::StretchOutOfPlace { key: line.key.clone() });
    }
}
