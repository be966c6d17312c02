//! What notes stand on.

use super::settle::Payment;
use super::{IssuedNote, NoteKind, NoteLine};
use crate::{Invoice, Line};
use alloc::vec::Vec;
use money::{Currency, Money, MoneyError, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tax::{LineTax, Prices};

/// An issued document with everything that has happened to it since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issued {
    /// Its currency.
    pub currency: Currency,
    /// Its lines.
    pub lines: Vec<IssuedLine>,
    /// Its notes, in the order in which they were issued.
    pub notes: Vec<IssuedNote>,
    /// What was paid on it, in the order in which it is refunded.
    pub payments: Vec<Payment>,
}

/// A line of an issued document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuedLine {
    /// Its number on the document.
    pub number: u32,
    /// Its quantity.
    pub quantity: Ratio,
    /// Its amount before discounts, with or without tax as `prices` says.
    pub amount: Money,
    /// All discounts off it.
    pub discount: Money,
    /// Whether the amount contains the taxes.
    #[serde(default)]
    pub prices: Prices,
    /// Its part of each tax of the document.
    pub taxes: Vec<LineTax>,
}

impl IssuedLine {
    /// The sum of its taxes.
    pub fn tax(&self) -> Result<Money, MoneyError> {
        self.taxes.iter().try_fold(Money::zero(self.amount.currency()), |sum, one| sum.plus(one.amount))
    }
    /// What is left of the amount after discounts.
    pub(super) fn charged(&self) -> Result<Money, MoneyError> {
        self.amount.minus(self.discount)
    }
    /// What the customer pays for it.
    pub fn gross(&self) -> Result<Money, MoneyError> {
        match self.prices {
            Prices::Exclusive => self.charged()?.plus(self.tax()?),
            Prices::Inclusive => self.charged(),
        }
    }
}

impl Issued {
    /// An issued document with its notes and payments. Its lines are numbered from 1. Their amounts are what was charged: after discounts, which
    /// are part of what a key is worth, so that a note takes back what was paid and names no discount of its own.
    pub fn of(document: &Invoice, notes: Vec<IssuedNote>, payments: Vec<Payment>) -> Self {
        let line = |(number, line): (u32, &Line)| IssuedLine {
            number,
            quantity: line.quantity,
            amount: line.amount,
            discount: Money::zero(document.currency),
            prices: line.taxed.as_ref().map_or(line.worth.tax_in_price, |taxed| taxed.prices),
            taxes: line.taxed.as_ref().map_or_else(Vec::new, |taxed| taxed.taxes.clone()),
        };
        let lines = (1u32..).zip(&document.lines).map(line).collect();
        Self { currency: document.currency, lines, notes, payments }
    }

    /// What it asked the customer to pay.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.lines.iter().try_fold(Money::zero(self.currency), |sum, line| sum.plus(line.gross()?))
    }

    /// Its notes that are in force.
    pub(super) fn in_force(&self) -> impl Iterator<Item = &IssuedNote> {
        self.notes.iter().filter(|note| !note.is_void())
    }

    /// What is still to be paid: the total with debit notes, less payments and what credit notes took off it. Never below zero.
    pub fn open(&self) -> Result<Money, MoneyError> {
        let mut open = self.total()?;
        for payment in &self.payments {
            open = open.minus(payment.amount)?;
        }
        for note in self.in_force() {
            open = match note.plan.kind {
                NoteKind::Credit => open.minus(note.plan.settlement.reduces_open)?,
                NoteKind::Debit => open.plus(note.plan.gross)?,
            };
        }
        Ok(if open.is_negative() { Money::zero(self.currency) } else { open })
    }

    /// What notes have taken off a line so far, less what they have added.
    pub(super) fn credited(&self, number: u32) -> Result<Credited, MoneyError> {
        let mut credited = Credited::nothing(self.currency);
        for note in self.in_force() {
            for line in note.plan.lines.iter().filter(|line| line.number == number) {
                credited.add(note.plan.kind, line)?;
            }
        }
        Ok(credited)
    }
}

/// What was credited on one line.
#[derive(Debug, Clone)]
pub(super) struct Credited {
    pub(super) amount: Money,
    pub(super) charged: Money,
    pub(super) quantity: Ratio,
    /// In the order of the line's taxes.
    pub(super) taxes: Vec<Money>,
}

impl Credited {
    fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { amount: zero, charged: zero, quantity: Ratio::ZERO, taxes: Vec::new() }
    }

    fn add(&mut self, kind: NoteKind, line: &NoteLine) -> Result<(), MoneyError> {
        let signed = |amount: Money| match kind {
            NoteKind::Credit => amount,
            NoteKind::Debit => amount.negated(),
        };
        self.amount = self.amount.plus(signed(line.amount))?;
        self.charged = self.charged.plus(signed(line.amount.minus(line.discount)?))?;
        if let Some(quantity) = line.quantity {
            self.quantity = self.quantity.plus(quantity)?;
        }
        for (at, tax) in line.taxes.iter().enumerate() {
            match self.taxes.get_mut(at) {
                Some(known) => *known = known.plus(signed(tax.amount))?,
                None => self.taxes.push(signed(tax.amount)),
            }
        }
        Ok(())
    }

    /// What was credited of the tax in this place.
    pub(super) fn tax(&self, at: usize) -> Money {
        self.taxes.get(at).copied().unwrap_or(Money::zero(self.amount.currency()))
    }
}
