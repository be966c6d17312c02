//! The bill plan: due − posted.

use crate::adjustment::{adjust_worth, is_given_up};
use crate::arrange::{Moment, Since, arrange, ready_at};
use crate::charged::charged;
use crate::cover::{Slice, next_due_slice, served};
use crate::due::Due;
use crate::line::{difference, take_back};
use crate::taken_off::take_off;
use crate::under_way::{Now, UnderWay};
use crate::{Account, Catalogs, Line, LineKey, PlanError, Reached, Terms, Unmeasured, UsageAnswer, UsageNeed};
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
    /// The documents to post, those that are drafts for some days more among them.
    pub documents: Vec<DocumentPlan>,
    /// Differences that wait for the next invoice.
    pub waiting: Vec<Line>,
    /// Differences that wait until somebody approves of them or gives them up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Line>,
    /// Differences that are too small to be billed: posting the plan writes them off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<Line>,
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
    /// A line that was billed is worth something else, and the difference waits for somebody's word.
    Held {
        /// The line.
        line: LineKey,
        /// How much more it is worth, or less.
        amount: Money,
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
    /// Which lines it gathers.
    #[serde(default, skip_serializing_if = "Gathers::is_due")]
    pub gathers: Gathers,
}

/// Which lines a document gathers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gathers {
    /// All that is due and stands nowhere else.
    #[default]
    Due,
    /// What fell due on a day: a draft for some days more, into which late usage flows.
    Opened {
        /// The day.
        on: Date,
        /// When it is issued by itself.
        ready_at: Instant,
    },
    /// Differences on what was billed before.
    Differences,
}

impl Gathers {
    pub(crate) fn is_due(&self) -> bool {
        *self == Self::Due
    }

    /// The day on which a draft was opened that is not to be issued yet.
    pub const fn opened_on(self) -> Option<Date> {
        match self {
            Self::Opened { on, .. } => Some(on),
            Self::Due | Self::Differences => None,
        }
    }
}

impl BillPlan {
    /// A plan of one document, to be judged like any other.
    pub fn only(customer: Key, as_of: Instant, document: DocumentPlan) -> Self {
        let (waiting, held, absorbed) = (Vec::new(), Vec::new(), Vec::new());
        Self { customer, as_of, documents: alloc::vec![document], waiting, held, absorbed, notes: Vec::new() }
    }

    /// Every line, on documents and beside them.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let documents = self.documents.iter().flat_map(|document| &document.lines);
        documents.chain(&self.waiting).chain(&self.held).chain(&self.absorbed)
    }

    /// Whether posting it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty() && self.absorbed.is_empty()
    }
}

/// What a document does to the customer's debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A claim.
    Invoice,
    /// Reduces a claim: its total is below zero.
    CreditNote,
    /// A claim beside an invoice: more is charged for what was billed before.
    DebitNote,
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

/// The first instant after `after` at which something of the customer falls due, or a draft has stood for its days of grace.
pub fn next_due(
    account: &Account,
    catalogs: &Catalogs,
    after: Instant,
    grace_days: u16,
) -> Result<Option<Instant>, PlanError> {
    let zone = &account.customer.zone;
    let served = served(account, Instant::MAX)?;
    let due_after = |after: Instant| -> Result<Option<Instant>, PlanError> {
        let mut first: Option<Instant> = None;
        for subscription in &served {
            let next = next_due_slice(subscription, catalogs, after)?;
            first = first.into_iter().chain(next.map(|slice| slice.due_at)).min();
        }
        let charges = account.charges.iter().filter(|charge| charge.is_owed(Instant::MAX) && charge.due_at > after);
        Ok(first.into_iter().chain(charges.map(|charge| charge.due_at)).min())
    };
    let due = due_after(after)?;
    if grace_days == 0 {
        return Ok(due);
    }
    // a draft is ready after `after` when the day on which it was opened is later than this
    let opened = zone.date_of(after).plus_days(1 - i64::from(grace_days)).ok();
    // before the calendar begins no draft was opened
    let before = opened.and_then(|day| zone.start_of(day).plus_micros(-1).ok()).unwrap_or(after);
    let drafted = due_after(before)?.map(|due_at| ready_at(zone, zone.date_of(due_at), grace_days)).transpose()?;
    Ok(due.into_iter().chain(drafted).min())
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
    for (key, (one, _)) in &mut due {
        adjust_worth(&mut one.worth, key, &account.adjustments)?;
    }
    let ripe = under_way.ripen(&account.posted, &mut due)?;
    let zone_of = |key: &LineKey| {
        let known = subscriptions.iter().map(|served| &served.subscription);
        known.clone().find(|one| one.key == key.subscription).map_or(&account.customer.zone, |one| &one.zone)
    };
    let gone = account.posted.keys().filter(|(key, _)| !due.contains_key(*key) && !ripe.keeps(key));
    let mut corrections = gone
        .filter_map(|(key, known)| take_back(key, known, zone_of(key), &account.adjustments).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    let mut fresh = Vec::new();
    for (key, (one, zone)) in due {
        let is_given_up = is_given_up(&one.worth, &key, &account.adjustments);
        let rises = one.rises && terms.as_of < key.cycle.to();
        let Some(line) = difference(&key, one.worth, account.posted.get(&key), zone)? else { continue };
        if is_given_up && line.amount.is_zero() {
            continue;
        }
        if ripe.bills(&key) || (rises && line.amount.minor() > 0) {
            fresh.push((line, Since::UnderWay));
        } else if account.posted.has_billed(&key) {
            corrections.push(line);
        } else {
            fresh.push((line, Since::Due(one.at)));
        }
    }
    let mut drawn = arrange(account, terms, fresh, corrections, &moment, &ripe)?;
    let held = drawn.held.iter().map(|line| Note::Held { line: line.key.clone(), amount: line.amount });
    drawn.notes = answers.iter().filter_map(|(need, answer)| not_measured(need, answer)).chain(held).collect();
    Ok(drawn)
}

fn not_measured(need: &UsageNeed, answer: &UsageAnswer) -> Option<Note> {
    let events = answer.unmeasured.clone()?;
    Some(Note::NotMeasured { meter: need.meter.clone(), period: need.period, events })
}
