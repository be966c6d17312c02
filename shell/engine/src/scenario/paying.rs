//! What happens to payments, in words.

use super::action::take;
use crate::{Engine, EngineError, NewPayment, NewRefund, WritingOff};
use billing::InvoiceId;
use contracts::When;
use money::{Currency, Dec, Money};
use payments::{Method, Share};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use stdx::{Key, ToProblem};
use yaml::{Document, Mistake, Node, Value};

/// What happens to a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paying {
    /// `acme pays: 120.00 EUR`, or `{ amount: 120.00 EUR, by: card, as: pay-1, for: INV-000001, received: 2026-04-03 }`
    Pay(Key, PayFields),
    /// `payment pay-1 pays: INV-000001`
    Allocate(Key, Option<For>),
    /// `payment pay-1 is taken off: INV-000001`
    TakeOff(Key, Option<Key>),
    /// `payment pay-1 is reversed: it bounced`
    Reverse(Key, String),
    /// `acme is refunded: 20.00 EUR`
    Refund(Key, PayFields),
    /// `invoice INV-000001 takes balance: 10.00 EUR`
    Apply(Key, Option<Money>),
    /// `invoice INV-000001 is written off: insolvent`
    WriteOff(Key, String, Option<Money>),
}

/// A sum and how it goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayFields {
    /// How much.
    amount: Sum,
    /// By what; by bank transfer when left out.
    #[serde(default = "bank_transfer")]
    by: Method,
    /// Its key; `payment-1`, `payment-2`, … and `refund-1`, … when left out.
    r#as: Option<Key>,
    /// What it pays; what falls due first when left out.
    r#for: Option<For>,
    /// What a bank kept.
    fee: Option<Sum>,
    /// When it came; now when left out.
    received: Option<When>,
    /// The seller.
    entity: Option<Key>,
    /// What the payer wrote.
    reference: Option<String>,
}

/// Documents that are paid, by number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum For {
    /// One, as far as it goes.
    One(Key),
    /// Several in this order; none of an empty list.
    Several(Vec<Key>),
    /// So much of each.
    Each(BTreeMap<Key, Sum>),
}

/// An amount in one word: `120.00 EUR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct Sum(Money);

impl TryFrom<String> for Sum {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let (amount, currency) =
            text.split_once(' ').ok_or_else(|| format!("`{text}` is not an amount with its currency: 120.00 EUR"))?;
        let amount: Dec = amount.parse().map_err(|error| format!("`{text}`: {error}"))?;
        let currency = Currency::parse(currency.trim()).map_err(|error| error.to_string())?;
        Money::from_dec(amount, currency).map(Self).map_err(|error| error.problem().detail)
    }
}

const fn bank_transfer() -> Method {
    Method::BankTransfer
}

/// Reads a phrase about payments; nothing where it is about something else.
pub(crate) fn phrase(
    document: &Document,
    words: &[&str],
    value: &Node,
    name: impl Fn(&str) -> Result<Key, Mistake>,
) -> Result<Option<Paying>, Mistake> {
    let is_null = matches!(value.value, Value::Null);
    let given = || if is_null { Ok(None) } else { take::<For>(document, value).map(Some) };
    let sum = || -> Result<Option<Money>, Mistake> {
        if is_null { Ok(None) } else { Ok(Some(take::<Sum>(document, value)?.0)) }
    };
    let text = || value.text().unwrap_or_default().to_owned();
    Ok(Some(match words {
        [who, "pays"] => Paying::Pay(name(who)?, fields(document, value)?),
        [who, "is", "refunded"] => Paying::Refund(name(who)?, fields(document, value)?),
        ["payment", which, "pays"] => Paying::Allocate(name(which)?, given()?),
        ["payment", which, "is", "taken", "off"] => {
            let document = if is_null { None } else { Some(take(document, value)?) };
            Paying::TakeOff(name(which)?, document)
        }
        ["payment", which, "is", "reversed"] => Paying::Reverse(name(which)?, text()),
        ["invoice", number, "takes", "balance"] => Paying::Apply(name(number)?, sum()?),
        ["invoice", number, "is", "written", "off"] => {
            if let Some(reason) = value.text() {
                Paying::WriteOff(name(number)?, reason.to_owned(), None)
            } else {
                let WriteOffFields { amount, reason } = take(document, value)?;
                Paying::WriteOff(name(number)?, reason, Some(amount.0))
            }
        }
        _ => return Ok(None),
    }))
}

/// Some of a claim that is given up.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WriteOffFields {
    /// How much.
    amount: Sum,
    /// Why.
    reason: String,
}

fn fields(document: &Document, value: &Node) -> Result<PayFields, Mistake> {
    if value.text().is_none() {
        return take(document, value);
    }
    let amount = take(document, value)?;
    let by = bank_transfer();
    Ok(PayFields { amount, by, r#as: None, r#for: None, fee: None, received: None, entity: None, reference: None })
}

impl For {
    fn shares(&self) -> Vec<Share> {
        let whole = |document: &Key| Share { document: document.clone(), amount: None };
        match self {
            Self::One(document) => vec![whole(document)],
            Self::Several(documents) => documents.iter().map(whole).collect(),
            Self::Each(each) => {
                let part =
                    |(document, amount): (&Key, &Sum)| Share { document: document.clone(), amount: Some(amount.0) };
                each.iter().map(part).collect()
            }
        }
    }
}

/// Counts what has no key of its own.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    payments: u32,
    refunds: u32,
}

/// Does what a phrase says.
pub(crate) fn perform(engine: &Engine, paying: &Paying, counted: &mut Counted) -> Result<(), EngineError> {
    let usual = |number: &mut u32, what: &str| -> Result<Key, EngineError> {
        *number += 1;
        format!("{what}-{number}").parse().map_err(|_| EngineError::no_such(what, "", []))
    };
    match paying {
        Paying::Pay(customer, fields) => {
            let PayFields { amount, by, r#as, r#for, fee, received, entity, reference } = fields.clone();
            engine.record_payment(NewPayment {
                key: r#as.map_or_else(|| usual(&mut counted.payments, "payment"), Ok)?,
                customer: customer.clone(),
                entity,
                method: by,
                amount: amount.0,
                fee: fee.map(|fee| fee.0),
                received,
                reference,
                pays: r#for.map(|documents| documents.shares()),
            })?;
        }
        Paying::Refund(customer, fields) => {
            let PayFields { amount, by: method, r#as, entity, reference, .. } = fields.clone();
            let key = r#as.map_or_else(|| usual(&mut counted.refunds, "refund"), Ok)?;
            engine.refund(customer.as_str(), NewRefund { key, entity, amount: amount.0, method, reference })?;
        }
        Paying::Allocate(key, documents) => {
            engine.allocate_payment(key, documents.as_ref().map(For::shares))?;
        }
        Paying::TakeOff(key, document) => drop(engine.unallocate_payment(key, document.as_ref())?),
        Paying::Reverse(key, reason) => drop(engine.reverse_payment(key, reason)?),
        Paying::Apply(number, amount) => drop(engine.apply_balance(by_number(engine, number)?, *amount)?),
        Paying::WriteOff(number, reason, amount) => {
            let asked = WritingOff { amount: *amount, reason: reason.clone() };
            engine.write_off_invoice(by_number(engine, number)?, &asked)?;
        }
    }
    Ok(())
}

fn by_number(engine: &Engine, number: &Key) -> Result<InvoiceId, EngineError> {
    let found = engine.invoices(crate::Which::All, &crate::DocumentCursor::start(), 10_000)?;
    let known: Vec<&str> = found.iter().filter_map(|document| document.body.number()).collect();
    let id = found.iter().find(|document| document.body.number() == Some(number.as_str())).map(|one| one.body.id);
    id.ok_or_else(|| EngineError::no_such("invoice", number.as_str(), known))
}
