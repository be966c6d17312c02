//! Journals as the vectors write them.

use super::{desk, text};
use crate::conformance::input::said;
use calendar::{Date, Zone};
use ledger::{Account, Entry, Measure, Side};
use money::Money;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How the legs of an entry are written.
#[derive(Clone, Copy)]
pub(super) enum Lines {
    /// One line per account.
    PerAccount,
    /// One line per leg.
    PerLeg,
}

/// The journal under construction.
pub(super) struct Journal<'a> {
    expected: &'a Value,
    entries: Vec<Value>,
}

/// The names that the vectors give accounts.
const NAMES: &[(Account, &str)] = &[
    (Account::Receivable, "AR"),
    (Account::ContractLiability, "CL"),
    (Account::Revenue, "REV"),
    (Account::ContractAsset, "CA"),
    (Account::Unbilled, "UR"),
    (Account::Deposit, "DEPOSIT"),
    (Account::DueToEntity, "IC_DUE_TO"),
    (Account::DueFromEntity, "IC_DUE_FROM"),
    (Account::RefundLiability, "REFUND_LIAB"),
    (Account::ReceivableAllowance, "RECV_CONTRA"),
    (Account::CostAsset, "COST_ASSET"),
    (Account::CommissionExpense, "COST_AMORT"),
    (Account::Cash, "CASH"),
    (Account::CreditLoss, "BAD_DEBT"),
    (Account::Recoveries, "RECOVERABLES"),
    (Account::Refunds, "REFUNDS"),
    (Account::Disputes, "DISPUTES"),
    (Account::Voids, "VOIDS"),
    (Account::CreditNotes, "CREDIT_NOTES"),
    (Account::Loss, "OTHER_LOSS"),
    (Account::Interest, "INT"),
    (Account::ReturnAsset, "RETURN_ASSET"),
];

/// The name that the vectors give an account; where they have none, ours.
pub(super) fn vector_name(account: Account) -> &'static str {
    NAMES.iter().find(|(known, _)| *known == account).map_or(account.name(), |(_, name)| name)
}

impl<'a> Journal<'a> {
    pub(super) fn new(expected: &'a Value) -> Self {
        Self { expected: &expected["journal"], entries: Vec::new() }
    }

    /// Writes the entry of an event by its rule. Without a date that of the vector is taken: its input holds none.
    pub(super) fn post(&mut self, rule: &str, on: Option<Date>, amount: Money) -> Result<(), String> {
        let at = Zone::utc().start_of(on.unwrap_or(Date::MIN));
        let entry = desk()?.entry(rule, rule, at, amount, &BTreeMap::new()).map_err(said)?;
        match entry {
            Some(entry) => self.write(&entry, on, Lines::PerAccount),
            None => Ok(()),
        }
    }

    /// Writes the entry of an invoice without tax.
    pub(super) fn invoice(&mut self, on: Option<Date>, amount: Money) -> Result<(), String> {
        let at = Zone::utc().start_of(on.unwrap_or(Date::MIN));
        let amounts =
            [(Measure::Gross, amount), (Measure::Net, amount), (Measure::Tax, Money::zero(amount.currency()))];
        let entry = desk()?.entry_of(None, "invoice_finalised", "invoice", at, &amounts, &BTreeMap::new());
        match entry.map_err(said)? {
            Some(entry) => self.write(&entry, on, Lines::PerAccount),
            None => Ok(()),
        }
    }

    pub(super) fn write(&mut self, entry: &Entry, on: Option<Date>, lines: Lines) -> Result<(), String> {
        let mut legs: Vec<(Account, Side, Money)> = Vec::new();
        for posting in entry.postings() {
            let same = legs.iter_mut().find(|(account, ..)| *account == posting.account);
            match (lines, same) {
                (Lines::PerAccount, Some((_, side, sum))) => {
                    let added =
                        if *side == posting.side { sum.plus(posting.amount) } else { sum.minus(posting.amount) };
                    *sum = added.map_err(said)?;
                }
                (Lines::PerAccount, None) | (Lines::PerLeg, _) => {
                    legs.push((posting.account, posting.side, posting.amount));
                }
            }
        }
        for (_, side, amount) in &mut legs {
            if amount.is_negative() {
                (*side, *amount) = (side.other(), amount.negated());
            }
        }
        legs.retain(|(.., amount)| !amount.is_zero());
        legs.sort_by_key(|(_, side, _)| *side);
        let lines: Vec<Value> = legs
            .into_iter()
            .map(|(account, side, amount)| {
                json!([vector_name(account), if side == Side::Debit { "D" } else { "C" }, text(amount)])
            })
            .collect();
        // labels are prose, which is given and not computed
        let stated = &self.expected[self.entries.len()];
        let date = on.map_or_else(|| stated["date"].clone(), |on| json!(on));
        self.entries.push(json!({"date": date, "lines": lines, "event": stated["event"]}));
        Ok(())
    }

    pub(super) fn done(self) -> Value {
        Value::Array(self.entries)
    }
}
