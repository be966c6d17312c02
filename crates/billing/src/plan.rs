//! The bill plan: due − posted.

use crate::cover::{Slice, due_slices};
use crate::due::Due;
use crate::line::{difference, take_back};
use crate::{Account, Catalogs, Corrections, Line, PlanError, Terms, Unmeasured, UsageAnswer, UsageNeed};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::{Date, Instant, Period, Zone};
use contracts::Subscription;
use money::{Currency, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What to post for one customer: an immutable value that can be shown, inspected, stored and compared before anything happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BillPlan {
    /// Who pays.
    pub customer: Key,
    /// Up to when what is due counts.
    pub as_of: Instant,
    /// The documents to post: at most one per currency.
    pub documents: Vec<DocumentPlan>,
    /// Differences that wait for the next invoice.
    pub waiting: Vec<Line>,
    /// What somebody should look at.
    pub notes: Vec<Note>,
}

/// Something about a plan that somebody should look at; it does not keep the plan from being posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// Events of the customer fit a meter and could not be measured: they are not billed.
    NotMeasured {
        /// The meter.
        meter: Key,
        /// From when to when.
        period: Period,
        /// How many, and why.
        events: Unmeasured,
    },
}

/// A document that is to be posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentPlan {
    /// Whether it claims or gives back.
    pub kind: DocumentKind,
    /// Its date where the customer is.
    pub on: Date,
    /// What its amounts are in.
    pub currency: Currency,
    /// Its rows.
    pub lines: Vec<Line>,
    /// The sum of its lines.
    pub total: Money,
}

/// What a document does to the customer's debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A claim.
    Invoice,
    /// Reduces a claim: its total is below zero.
    CreditNote,
}

/// The questions that a plan asks of the usage store, each once.
pub fn needs(account: &Account, catalogs: &Catalogs, as_of: Instant) -> Result<Vec<UsageNeed>, PlanError> {
    let mut needs: Vec<UsageNeed> = Vec::new();
    for subscription in known(account, as_of) {
        for need in due_slices(&subscription, catalogs, as_of)?.iter().filter_map(Slice::need) {
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
    }
    Ok(needs)
}

/// The first instant after `after` at which something of the customer falls due.
pub fn next_due(account: &Account, catalogs: &Catalogs, after: Instant) -> Result<Option<Instant>, PlanError> {
    let mut first: Option<Instant> = None;
    for subscription in &account.subscriptions {
        let due = crate::cover::next_due(subscription, catalogs, after)?;
        first = first.into_iter().chain(due).min();
    }
    Ok(first)
}

/// What to post for a customer now: what should have been billed by `terms.as_of`, less what has been.
///
/// `answers` holds what the usage store said to each of [`needs`], in the same order.
pub fn plan(
    account: &Account,
    catalogs: &Catalogs,
    terms: Terms,
    answers: &[(UsageNeed, UsageAnswer)],
) -> Result<BillPlan, PlanError> {
    let subscriptions = known(account, terms.as_of);
    let mut due: BTreeMap<_, (Due, &Zone)> = BTreeMap::new();
    for subscription in &subscriptions {
        for slice in due_slices(subscription, catalogs, terms.as_of)? {
            let answer = slice
                .need()
                .and_then(|need| answers.iter().find(|(asked, _)| *asked == need))
                .map(|(_, answer)| answer);
            for one in slice.due(answer)? {
                due.insert(one.key.clone(), (one, &subscription.zone));
            }
        }
    }
    let taken_back = account.posted.keys().filter(|(key, _)| !due.contains_key(*key)).map(|(key, known)| {
        let zone = subscriptions.iter().find(|s| s.key == key.subscription).map_or(&account.customer.zone, |s| &s.zone);
        take_back(key, known, zone)
    });
    let mut corrections = taken_back.filter_map(Result::transpose).collect::<Result<Vec<_>, _>>()?;
    let mut fresh = Vec::new();
    for (key, (one, zone)) in due {
        let known = account.posted.get(&key);
        let Some(line) = difference(&key, one.cover, one.worth, known, zone)? else { continue };
        if known.is_some() { corrections.push(line) } else { fresh.push(line) }
    }
    let nothing_to_come = next_due(account, catalogs, terms.as_of)?.is_none();
    let mut drawn = arrange(account, terms, fresh, corrections, nothing_to_come)?;
    drawn.notes = answers.iter().filter_map(|(need, answer)| not_measured(need, answer)).collect();
    Ok(drawn)
}

fn not_measured(need: &UsageNeed, answer: &UsageAnswer) -> Option<Note> {
    let events = answer.unmeasured.clone()?;
    Some(Note::NotMeasured { meter: need.meter.clone(), period: need.period, events })
}

/// The account's subscriptions as they were known at an instant.
fn known(account: &Account, as_of: Instant) -> Vec<Subscription> {
    account.subscriptions.iter().filter_map(|subscription| subscription.known_at(as_of)).collect()
}

/// Puts lines on documents: one per currency. Corrections go along with what is newly due, or wait for it.
fn arrange(
    account: &Account,
    terms: Terms,
    fresh: Vec<Line>,
    corrections: Vec<Line>,
    nothing_to_come: bool,
) -> Result<BillPlan, PlanError> {
    let mut by_currency: BTreeMap<Currency, Vec<Line>> = BTreeMap::new();
    for line in fresh {
        by_currency.entry(line.key.currency).or_default().push(line);
    }
    let mut waiting = Vec::new();
    for line in corrections {
        let goes_now = match terms.corrections {
            Corrections::AtOnce => true,
            Corrections::NextInvoice => nothing_to_come || by_currency.contains_key(&line.key.currency),
        };
        if goes_now {
            by_currency.entry(line.key.currency).or_default().push(line);
        } else {
            waiting.push(line);
        }
    }
    let on = account.customer.zone.date_of(terms.as_of);
    let document = |(currency, mut lines): (Currency, Vec<Line>)| {
        lines.sort_by(|a, b| (a.period.from(), &a.key).cmp(&(b.period.from(), &b.key)));
        let total = lines.iter().try_fold(Money::zero(currency), |sum, line| sum.plus(line.amount))?;
        let kind = if total.is_negative() { DocumentKind::CreditNote } else { DocumentKind::Invoice };
        Ok(DocumentPlan { kind, on, currency, lines, total })
    };
    let documents = by_currency.into_iter().map(document).collect::<Result<_, PlanError>>()?;
    Ok(BillPlan { customer: account.customer.key.clone(), as_of: terms.as_of, documents, waiting, notes: Vec::new() })
}
