//! What happens: one action a line, in words.

use super::paying::{self, Paying};
use crate::{
    DraftEdit, GiveUp, NewChange, NewCharge, NewCreditNote, NewDebitNote, NewRedemption, NewSubscription, NewTransfer,
    NewVoid,
};
use billing::Discount;
use catalog::{Catalog, Price, PricingFile};
use contracts::{
    Anchor, BillingPolicy, Credit, Customer, CustomerTax, Effective, Entity, EntityTax, PaymentDays, Prices,
    Quantities, Series, Term, UsageScope, When,
};
use metering::{Properties, Value as PropertyValue};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use stdx::{Key, NonEmpty, Problem};
use yaml::{Document, Mistake, Node, Pos, Value};

/// Something that happens at a moment of the timeline.
#[derive(Debug, Clone)]
pub struct TimedAction {
    /// What.
    pub action: Action,
    /// The code of the problem with which it must be refused, if it is meant to be.
    pub fails: Option<String>,
    /// Where it stands in the file.
    pub pos: Pos,
}

/// What can happen.
#[derive(Debug, Clone)]
pub enum Action {
    /// Nothing but that bills are drawn.
    Bill,
    /// A new version of the catalog, or what is wrong with it.
    Pricing(Box<Result<Catalog, NonEmpty<Mistake>>>),
    /// A customer is added with a name and zone of its own.
    Customer(Customer),
    /// What is known of a customer from now on: `acme becomes: { tax: { country: DE } }`.
    Become(Customer),
    /// A legal entity that sells: `entity eu: { tax: {…} }`.
    Entity(Box<Entity>),
    /// `discount launch: { off: { percent: "20" } }`
    Discount(Key, Box<Discount>),
    /// `acme pays for migration: { each: "500.00", currency: EUR }`
    Charge(Key, Box<NewCharge>),
    /// `charge migration is withdrawn:`
    WithdrawCharge(Key),
    /// `acme redeems: launch`
    Redeem(Key, NewRedemption),
    /// `redemption acme.launch ends: now`
    EndRedemption(Key, Effective),
    /// `acme subscribes to: scale`
    Subscribe(NewSubscription),
    /// `acme changes to: scale` and `acme sets: {seats: 8}`
    Change(Key, NewChange),
    /// `acme ends: now`, `acme pauses: …` and so on
    Take(Key, Move),
    /// `acme uses api.request: {…}`
    Use(Vec<UsedEvents>),
    /// `acme amends call: {id: call-1, …}`, `acme retracts: call-1`
    Correct(Correction),
    /// `changeset repair: [acme uses call: {…}, acme amends call: {…}, acme retracts: call-1]`
    Changeset(Key, Vec<Correction>),
    /// `revert: repair`
    Revert(Key),
    /// What a person does with documents.
    Document(Paperwork),
    /// `acme pays: 120.00 EUR` and what else happens to payments
    Paying(Box<Paying>),
}

/// What a person does with documents.
#[derive(Debug, Clone)]
pub enum Paperwork {
    /// `issue: acme`
    Issue(Key),
    /// `credit INV-000001: { lines: [{ line: 1, take: { amount: "20.00" } }], reason: Outage }`
    Credit(String, Box<NewCreditNote>),
    /// `debit INV-000001: { lines: [{ line: 1, amount: "20.00" }], reason: Express }`
    Debit(String, Box<NewDebitNote>),
    /// `void INV-000001: { reason: Wrong customer, lines: given_up }`
    Void(String, NewVoid),
    /// `edit draft of acme: { change: { leave_out: { line: 1 } }, reason: Goodwill }`
    Edit(Key, Box<DraftEdit>),
    /// `release differences of acme:`
    Release(Key),
    /// `give up differences of acme: { reason: Agreed on the phone }`
    GiveUp(Key, GiveUp),
}

/// What can happen to a subscription beside other terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    /// `acme ends: now`, or `{ effective: end_of_period, credit: none }`
    End(Closing),
    /// `acme pauses: 2026-05-01`
    Pause(Closing),
    /// `acme resumes: now`
    Resume(Effective),
    /// `acme reactivates: now`
    Reactivate(Effective),
    /// `acme renews: { lasts: year }`
    Renew(Term),
    /// `acme counts: { from: 15, effective: 2026-05-01 }`
    Count(Counting),
    /// `acme withdraws: 2`
    Withdraw(usize),
    /// `acme goes to: globex`
    Transfer(NewTransfer),
}

/// When service ends, and what becomes of what was charged ahead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// From when nothing is served.
    #[serde(default)]
    pub effective: Effective,
    /// What becomes of charges in advance.
    #[serde(default)]
    pub credit: Credit,
}

/// Where cycles begin from when on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Counting {
    /// Where they begin.
    pub from: Anchor,
    /// From when.
    #[serde(default)]
    pub effective: Effective,
}

/// A correction of usage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Correction {
    /// Events that were never sent; within a changeset only.
    Add(UsedEvents),
    /// What an event should have said. Without `at` it keeps its time.
    Amend(UsedEvents),
    /// The event did not happen.
    Retract {
        /// Whose it is.
        subject: String,
        /// Its id.
        id: String,
    },
}

/// Events of one kind that a customer sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedEvents {
    /// Who uses.
    pub subject: String,
    /// The name of the event.
    pub name: String,
    /// When it happened; when it is sent, if absent.
    pub at: Option<When>,
    /// Its id; a new one, if absent.
    pub id: Option<String>,
    /// How many such events.
    pub times: u32,
    /// Their properties.
    pub properties: Properties,
}

const FORMS: &str = "bill · pricing: {…} · entity NAME: {tax: {…}} · customer NAME: {…} · CUSTOMER becomes: {…} · \
discount NAME: {off: {…}} · CUSTOMER redeems: DISCOUNT · CUSTOMER pays for CHARGE: {…} · CUSTOMER pays: 120.00 EUR · CUSTOMER is refunded: 20.00 EUR · payment KEY pays: NUMBER · payment KEY is taken off: NUMBER · \
payment KEY is reversed: WHY · invoice NUMBER takes balance: · invoice NUMBER is written off: WHY · charge NAME is withdrawn: · redemption NAME ends: now · issue: CUSTOMER · edit draft of CUSTOMER: {change: {…}, reason: …} · \
credit NUMBER: {lines: […], reason: …} · debit NUMBER: {…} · void NUMBER: {reason: …, lines: billed_again} · \
release differences of CUSTOMER: · give up differences of CUSTOMER: {reason: …} · CUSTOMER subscribes to: PLAN · SUBSCRIPTION changes to: PLAN · \
SUBSCRIPTION sets: {seats: 8} · SUBSCRIPTION agrees: {PRICE: {…}} · SUBSCRIPTION ends | pauses | resumes | reactivates: now · \
SUBSCRIPTION renews: {lasts: year} · SUBSCRIPTION counts: 15 · SUBSCRIPTION withdraws: 2 · SUBSCRIPTION goes to: CUSTOMER · CUSTOMER uses EVENT: {property: value} · \
CUSTOMER amends EVENT: {id: ID, property: value} · CUSTOMER retracts: ID · changeset NAME: [uses, amends, retracts] · revert: NAME";

/// Reads what happens at one moment: a word, a map, or a list of maps.
pub(crate) fn read(document: &Document, node: &Node, pointer: &str) -> Result<Vec<TimedAction>, Mistake> {
    match &node.value {
        Value::List(items) => items.iter().enumerate().try_fold(Vec::new(), |mut all, (at, item)| {
            all.extend(read(document, item, &format!("{pointer}/{at}"))?);
            Ok(all)
        }),
        Value::Map(entries) => {
            let fails = node.get("fails").and_then(Node::text).map(String::from);
            let actions = entries.iter().filter(|(key, _)| key.text() != Some("fails"));
            actions
                .map(|(key, value)| {
                    Ok(TimedAction {
                        action: phrase(document, key, value, pointer)?,
                        fails: fails.clone(),
                        pos: key.pos,
                    })
                })
                .collect()
        }
        Value::Null | Value::Bool(_) | Value::Text(..) if node.text() == Some("bill") => {
            Ok(vec![TimedAction { action: Action::Bill, fails: None, pos: node.pos }])
        }
        Value::Null | Value::Bool(_) | Value::Text(..) => Err(unknown(document, node)),
    }
}

fn unknown(document: &Document, node: &Node) -> Mistake {
    let problem = Problem::new("unknown_action", "The timeline does not know this action")
        .detail(format!("`{}` is not an action", node.text().unwrap_or("this")))
        .mend(format!("write one of: {FORMS}"));
    document.mistake_at(node.pos, problem)
}

fn phrase(document: &Document, key: &Node, value: &Node, pointer: &str) -> Result<Action, Mistake> {
    let words: Vec<&str> = key.text().unwrap_or_default().split_whitespace().collect();
    if let Some(paying) = paying::phrase(document, &words, value, |text| name(document, key, text))? {
        return Ok(Action::Paying(Box::new(paying)));
    }
    if let Some(paperwork) = paperwork(document, &words, key, value)? {
        return Ok(Action::Document(paperwork));
    }
    match words.as_slice() {
        ["bill"] => Ok(Action::Bill),
        ["pricing"] => Ok(Action::Pricing(Box::new(PricingFile::read(document, &format!("{pointer}/pricing"))))),
        ["customer", who] => Ok(Action::Customer(customer(document, name(document, key, who)?, value)?)),
        [who, "becomes"] => Ok(Action::Become(customer(document, name(document, key, who)?, value)?)),
        ["entity", which] => {
            let EntityFields { name: called, series, tax, payment_days } = take(document, value)?;
            let key = name(document, key, which)?;
            let called = called.unwrap_or_else(|| key.to_string());
            let zone = calendar::Zone::utc();
            Ok(Action::Entity(Box::new(Entity { name: called, key, zone, series, tax, payment_days })))
        }
        ["discount", which] => Ok(Action::Discount(name(document, key, which)?, Box::new(take(document, value)?))),
        [who, "pays", "for", what] => Ok(Action::Charge(
            name(document, key, who)?,
            Box::new(charge(name(document, key, what)?, take(document, value)?)),
        )),
        ["charge", which, "is", "withdrawn"] => Ok(Action::WithdrawCharge(name(document, key, which)?)),
        [who, "redeems"] => {
            let redemption = match value.text() {
                Some(_) => NewRedemption {
                    key: None,
                    discount: Some(take(document, value)?),
                    code: None,
                    subscription: None,
                    effective: None,
                },
                None => take(document, value)?,
            };
            Ok(Action::Redeem(name(document, key, who)?, redemption))
        }
        ["redemption", which, "ends"] => Ok(Action::EndRedemption(name(document, key, which)?, take(document, value)?)),
        [who, "subscribes", "to"] => subscribe(document, name(document, key, who)?, value),
        [which, "changes", "to"] => change(document, name(document, key, which)?, value),
        [which, "sets"] => set(document, name(document, key, which)?, value),
        [which, "agrees"] => agree(document, name(document, key, which)?, value),
        [which, verb] if VERBS.contains(verb) => {
            Ok(Action::Take(name(document, key, which)?, moves(document, verb, value)?))
        }
        [which, "goes", "to"] => {
            let transfer = match value.text() {
                Some(_) => NewTransfer { customer: take(document, value)?, key: None, effective: Effective::Now },
                None => take(document, value)?,
            };
            Ok(Action::Take(name(document, key, which)?, Move::Transfer(transfer)))
        }
        [who, "uses", event] => {
            let one = |node: &Node| used(document, who, event, node);
            Ok(Action::Use(match &value.value {
                Value::List(items) => items.iter().map(one).collect::<Result<_, _>>()?,
                Value::Null | Value::Bool(_) | Value::Text(..) | Value::Map(_) => vec![one(value)?],
            }))
        }
        [_, "amends", _] | [_, "retracts"] => Ok(Action::Correct(correction(document, key, value)?)),
        ["changeset", called] => {
            let name = name(document, key, called)?;
            let lines = value.items().iter().flat_map(Node::entries);
            let lines = lines.map(|(key, value)| correction(document, key, value));
            Ok(Action::Changeset(name, lines.collect::<Result<_, _>>()?))
        }
        ["revert"] => Ok(Action::Revert(name(document, value, value.text().unwrap_or_default())?)),
        _ => Err(unknown(document, key)),
    }
}

/// Reads a phrase about documents; nothing where it is about something else.
fn paperwork(document: &Document, words: &[&str], key: &Node, value: &Node) -> Result<Option<Paperwork>, Mistake> {
    Ok(Some(match words {
        ["credit", number] => Paperwork::Credit((*number).into(), Box::new(take(document, value)?)),
        ["debit", number] => Paperwork::Debit((*number).into(), Box::new(take(document, value)?)),
        ["void", number] => Paperwork::Void((*number).into(), take(document, value)?),
        ["edit", "draft", "of", who] => Paperwork::Edit(name(document, key, who)?, Box::new(take(document, value)?)),
        ["release", "differences", "of", who] => Paperwork::Release(name(document, key, who)?),
        ["give", "up", "differences", "of", who] => {
            Paperwork::GiveUp(name(document, key, who)?, take(document, value)?)
        }
        ["issue"] => Paperwork::Issue(name(document, value, value.text().unwrap_or_default())?),
        _ => return Ok(None),
    }))
}

const VERBS: [&str; 7] = ["ends", "pauses", "resumes", "reactivates", "renews", "counts", "withdraws"];

fn moves(document: &Document, verb: &str, value: &Node) -> Result<Move, Mistake> {
    let closing = || match value.text() {
        Some(_) => Ok(Closing { effective: take(document, value)?, credit: Credit::Unused }),
        None => take(document, value),
    };
    Ok(match verb {
        "ends" => Move::End(closing()?),
        "pauses" => Move::Pause(closing()?),
        "resumes" => Move::Resume(take(document, value)?),
        "reactivates" => Move::Reactivate(take(document, value)?),
        "renews" => Move::Renew(take(document, value)?),
        "counts" => Move::Count(match value.text() {
            Some(_) => Counting { from: take(document, value)?, effective: Effective::Now },
            None => take(document, value)?,
        }),
        _ => Move::Withdraw(take(document, value)?),
    })
}

/// `acme uses call: {…}`, `acme amends call: {id: call-1, …}` or `acme retracts: call-1`.
fn correction(document: &Document, key: &Node, value: &Node) -> Result<Correction, Mistake> {
    let words: Vec<&str> = key.text().unwrap_or_default().split_whitespace().collect();
    match words.as_slice() {
        [who, "uses", event] => Ok(Correction::Add(used(document, who, event, value)?)),
        [who, "amends", event] => {
            let used = used(document, who, event, value)?;
            if used.id.is_none() {
                let problem = Problem::new("missing_field", "A field is missing")
                    .detail(format!("`{who} amends {event}` does not say which event"))
                    .mend("write its id: `id: …`; events without an id of their own are called `call-1`, `call-2`, …");
                return Err(document.mistake_at(value.pos, problem));
            }
            Ok(Correction::Amend(used))
        }
        [who, "retracts"] => match value.text() {
            Some(id) => Ok(Correction::Retract { subject: (*who).into(), id: id.into() }),
            None => Err(unknown(document, value)),
        },
        _ => Err(unknown(document, key)),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChargeFields {
    name: Option<String>,
    quantity: Option<rating::NonNegative>,
    each: rating::NonNegative,
    currency: money::Currency,
    tax_category: Option<Key>,
    due: Option<When>,
}

fn charge(key: Key, given: ChargeFields) -> NewCharge {
    let ChargeFields { name, quantity, each, currency, tax_category, due } = given;
    NewCharge { key, name, quantity, each, currency, tax_category, due }
}

fn customer(document: &Document, key: Key, value: &Node) -> Result<Customer, Mistake> {
    let CustomerFields { name, zone, billing_day, entity, bill_at, tax, billing, payment_days } =
        take(document, value)?;
    let name = name.unwrap_or_else(|| key.to_string());
    Ok(Customer { name, key, zone, billing_day, entity, bill_at, tax, billing, payment_days })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CustomerFields {
    name: Option<String>,
    #[serde(default = "calendar::Zone::utc")]
    zone: calendar::Zone,
    billing_day: Option<calendar::DayOfMonth>,
    entity: Option<Key>,
    #[serde(default)]
    bill_at: BTreeMap<money::Currency, catalog::SpendSteps>,
    #[serde(default)]
    tax: CustomerTax,
    #[serde(default)]
    billing: BillingPolicy,
    payment_days: Option<PaymentDays>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EntityFields {
    name: Option<String>,
    #[serde(default)]
    series: Series,
    tax: Option<EntityTax>,
    payment_days: Option<PaymentDays>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SubscribeFields {
    plan: Key,
    r#as: Option<Key>,
    #[serde(default)]
    quantities: Quantities,
    #[serde(default)]
    prices: Prices,
    start: Option<When>,
    anchor: Option<Anchor>,
    phases_from: Option<When>,
    term: Option<Term>,
    goes_with: Option<Key>,
    #[serde(default)]
    usage: UsageScope,
}

fn subscribe(document: &Document, customer: Key, value: &Node) -> Result<Action, Mistake> {
    if value.text().is_some() {
        return Ok(Action::Subscribe(NewSubscription::to(customer, take(document, value)?)));
    }
    let SubscribeFields { plan, r#as: key, quantities, prices, start, anchor, phases_from, term, goes_with, usage } =
        take(document, value)?;
    let new =
        NewSubscription { key, customer, plan, quantities, prices, start, anchor, phases_from, term, goes_with, usage };
    Ok(Action::Subscribe(new))
}

fn change(document: &Document, key: Key, value: &Node) -> Result<Action, Mistake> {
    if value.text().is_some() {
        return Ok(Action::Change(key, NewChange { plan: Some(take(document, value)?), ..NewChange::default() }));
    }
    Ok(Action::Change(key, take(document, value)?))
}

/// `{seats: 8}`, with `effective` among the numbers when it is not now.
fn set(document: &Document, key: Key, value: &Node) -> Result<Action, Mistake> {
    let effective = value.get("effective").map(|when| take(document, when)).transpose()?.unwrap_or_default();
    let mut quantities = Quantities::new();
    for (counted, number) in value.entries().iter().filter(|(counted, _)| counted.text() != Some("effective")) {
        quantities.insert(name(document, counted, counted.text().unwrap_or_default())?, take(document, number)?);
    }
    Ok(Action::Change(key, NewChange { quantities, effective, ..NewChange::default() }))
}

/// `{fee: {flat: "20.00"}}`, with `effective` among the prices when it is not now; `null` takes the plan's own price again.
fn agree(document: &Document, key: Key, value: &Node) -> Result<Action, Mistake> {
    let effective = value.get("effective").map(|when| take(document, when)).transpose()?.unwrap_or_default();
    let mut prices = BTreeMap::new();
    for (called, price) in value.entries().iter().filter(|(called, _)| called.text() != Some("effective")) {
        let name = name(document, called, called.text().unwrap_or_default())?;
        prices.insert(name, take::<Option<Price>>(document, price)?);
    }
    Ok(Action::Change(key, NewChange { prices, effective, ..NewChange::default() }))
}

/// `at`, `id` and `times` belong to the event; everything else is a property.
fn used(document: &Document, subject: &str, event: &str, node: &Node) -> Result<UsedEvents, Mistake> {
    let mut used = UsedEvents {
        subject: subject.into(),
        name: event.into(),
        at: None,
        id: None,
        times: 1,
        properties: Properties::new(),
    };
    for (key, value) in node.entries() {
        match key.text().unwrap_or_default() {
            "at" => used.at = Some(take(document, value)?),
            "id" => used.id = value.text().map(String::from),
            "times" => used.times = take(document, value)?,
            property => {
                used.properties.insert(property.into(), property_value(document, value)?);
            }
        }
    }
    Ok(used)
}

fn property_value(document: &Document, node: &Node) -> Result<PropertyValue, Mistake> {
    match &node.value {
        Value::Null => Ok(PropertyValue::Null),
        Value::Bool(truth) => Ok(PropertyValue::Bool(*truth)),
        Value::Text(..) => match node.number() {
            Some(_) => Ok(PropertyValue::Num(take(document, node)?)),
            None => Ok(PropertyValue::Text(node.text().unwrap_or_default().into())),
        },
        Value::List(_) | Value::Map(_) => {
            let problem = Problem::new("property_not_scalar", "A property is one value")
                .detail("a property of an event is a text, a number, true, false or null")
                .mend("flatten it: `usage.tokens: 5`");
            Err(document.mistake_at(node.pos, problem))
        }
    }
}

fn name(document: &Document, node: &Node, text: &str) -> Result<Key, Mistake> {
    Key::try_from(text).map_err(|error| {
        let problem =
            Problem::new("invalid_key", "Not a name").detail(error.to_string()).mend("use letters, digits and _ . : -");
        document.mistake_at(node.pos, problem)
    })
}

/// Reads a part of the file as a type.
pub(crate) fn take<T: serde::de::DeserializeOwned>(document: &Document, node: &Node) -> Result<T, Mistake> {
    node.read::<T>().map_err(|errors| document.misread(errors.first()))
}
