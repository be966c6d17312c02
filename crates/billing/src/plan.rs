//! The bill plan: due − posted.

use crate::charged::charged;
use crate::cover::{Served, Slice, next_due_slice, served};
use crate::due::Due;
use crate::line::{difference, take_back};
use crate::taken_off::take_off;
use crate::taxed::{Owed, tax_lines};
use crate::under_way::{Now, Ripe, UnderWay};
use crate::{
    Account, Catalogs, Corrections, Line, LineKey, PlanError, Reached, Terms, Unmeasured, UsageAnswer, UsageNeed,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use calendar::{Date, Instant, Period, Zone};
use money::{Currency, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use tax::Subtotal;

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
    /// The steps of spend for which it is made before a period ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<Reached>,
    /// The sum of its lines without taxes.
    pub net: Money,
    /// What is owed of each tax; none where the seller charges none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Subtotal>,
    /// What is to be paid: `net` and taxes.
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
    let (mut needs, mut known) = (Vec::new(), BTreeSet::new());
    for subscription in served(account, as_of)? {
        for need in Now::at(account, &subscription, catalogs, as_of)?.slices.iter().flat_map(Slice::needs) {
            if known.insert(need.clone()) {
                needs.push(need);
            }
        }
    }
    Ok(needs)
}

/// The first instant after `after` at which something of the customer falls due.
pub fn next_due(account: &Account, catalogs: &Catalogs, after: Instant) -> Result<Option<Instant>, PlanError> {
    let mut first: Option<Instant> = None;
    for subscription in &served(account, Instant::MAX)? {
        let next = next_due_slice(subscription, catalogs, after)?;
        first = first.into_iter().chain(next.map(|slice| slice.due_at)).min();
    }
    let charges = account.charges.iter().filter(|charge| charge.is_owed(Instant::MAX) && charge.due_at > after);
    first = first.into_iter().chain(charges.map(|charge| charge.due_at)).min();
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
    let subscriptions = served(account, terms.as_of)?;
    let mut moment = Moment::new(account, terms);
    let mut due: BTreeMap<LineKey, (Due, &Zone)> = BTreeMap::new();
    let answers_by_need: BTreeMap<&UsageNeed, &UsageAnswer> =
        answers.iter().map(|(need, answer)| (need, answer)).collect();
    let answer = |need: &UsageNeed| answers_by_need.get(need).copied();
    let mut under_way = UnderWay::default();
    for served in &subscriptions {
        let now = Now::at(account, served, catalogs, terms.as_of)?;
        under_way.extend(now.under_way);
        for slice in now.slices {
            if slice.until.is_none() {
                moment.falls_due(slice.currency, slice.due_at);
            }
            for one in slice.due(answer)? {
                let (key, sum) = match due.remove(&one.key) {
                    Some((known, _)) => (one.key.clone(), known.and(one)?),
                    None => (one.key.clone(), one),
                };
                due.insert(key, (sum, &served.subscription.zone));
            }
        }
        moment.goes_on(served, catalogs)?;
    }
    for charge in account.charges.iter().filter(|charge| charge.is_owed(terms.as_of)) {
        if charge.due_at > terms.as_of {
            moment.to_come.insert(charge.currency);
            continue;
        }
        moment.falls_due(charge.currency, charge.due_at);
        let one = charged(charge, &account.customer.zone)?;
        due.insert(one.key.clone(), (one, &account.customer.zone));
    }
    let redemptions: Vec<_> = account.redemptions.iter().filter_map(|one| one.known_at(terms.as_of)).collect();
    take_off(&mut due, &redemptions, terms.stacking)?;
    let ripe = under_way.ripen(&account.posted, &mut due)?;
    let zone_of = |key: &LineKey| {
        let known = subscriptions.iter().map(|served| &served.subscription);
        known.clone().find(|one| one.key == key.subscription).map_or(&account.customer.zone, |one| &one.zone)
    };
    let gone = account.posted.keys().filter(|(key, _)| !due.contains_key(*key) && !ripe.keeps(key));
    let mut corrections = gone
        .filter_map(|(key, known)| take_back(key, known, zone_of(key)).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let mut fresh = Vec::new();
    for (key, (one, zone)) in due {
        let rises = one.rises && terms.as_of < key.cycle.to();
        let Some(line) = difference(&key, one.worth, account.posted.get(&key), zone)? else { continue };
        let is_new = ripe.bills(&key) || (rises && line.amount.minor() > 0) || !account.posted.has_billed(&key);
        if is_new { fresh.push(line) } else { corrections.push(line) }
    }
    let mut drawn = arrange(account, terms, fresh, corrections, &moment, &ripe)?;
    drawn.notes = answers.iter().filter_map(|(need, answer)| not_measured(need, answer)).collect();
    Ok(drawn)
}

/// What is known about the moment of a plan, by currency: whether something falls due on its day, and whether anything will
/// ever fall due after it.
struct Moment<'a> {
    zone: &'a Zone,
    terms: Terms,
    today: BTreeSet<Currency>,
    to_come: BTreeSet<Currency>,
}

impl<'a> Moment<'a> {
    fn new(account: &'a Account, terms: Terms) -> Self {
        Self { zone: &account.customer.zone, terms, today: BTreeSet::new(), to_come: BTreeSet::new() }
    }

    fn falls_due(&mut self, currency: Currency, at: Instant) {
        if self.zone.date_of(at) == self.zone.date_of(self.terms.as_of) {
            self.today.insert(currency);
        }
    }

    fn goes_on(&mut self, subscription: &Served, catalogs: &Catalogs) -> Result<(), PlanError> {
        let next = next_due_slice(subscription, catalogs, self.terms.as_of)?;
        self.to_come.extend(next.map(|slice| slice.currency));
        Ok(())
    }

    /// Whether a correction in this currency is billed now: with what falls due today, or because nothing is to come.
    fn takes_corrections(&self, currency: Currency) -> bool {
        match self.terms.corrections {
            Corrections::AtOnce => true,
            Corrections::NextInvoice => self.today.contains(&currency) || !self.to_come.contains(&currency),
        }
    }
}

fn not_measured(need: &UsageNeed, answer: &UsageAnswer) -> Option<Note> {
    let events = answer.unmeasured.clone()?;
    Some(Note::NotMeasured { meter: need.meter.clone(), period: need.period, events })
}

/// Puts lines on documents: one per currency. Corrections go along with what is newly due, or wait for it.
fn arrange(
    account: &Account,
    terms: Terms,
    fresh: Vec<Line>,
    corrections: Vec<Line>,
    moment: &Moment<'_>,
    ripe: &Ripe<'_>,
) -> Result<BillPlan, PlanError> {
    let mut by_currency: BTreeMap<Currency, Vec<Line>> = BTreeMap::new();
    for line in fresh {
        by_currency.entry(line.key.currency).or_default().push(line);
    }
    let mut waiting = Vec::new();
    for line in corrections {
        if moment.takes_corrections(line.key.currency) || by_currency.contains_key(&line.key.currency) {
            by_currency.entry(line.key.currency).or_default().push(line);
        } else {
            waiting.push(line);
        }
    }
    let on = account.customer.zone.date_of(terms.as_of);
    let document = |(currency, mut lines): (Currency, Vec<Line>)| {
        lines.sort_by(|a, b| (a.period.from(), &a.key).cmp(&(b.period.from(), &b.key)));
        let Owed { net, taxes, total } = tax_lines(account, currency, on, &mut lines)?;
        let kind = if total.is_negative() { DocumentKind::CreditNote } else { DocumentKind::Invoice };
        let reached = ripe.reasons(currency);
        Ok(DocumentPlan { kind, on, currency, lines, reached, net, taxes, total })
    };
    let documents = by_currency.into_iter().map(document).collect::<Result<_, PlanError>>()?;
    Ok(BillPlan { customer: account.customer.key.clone(), as_of: terms.as_of, documents, waiting, notes: Vec::new() })
}
