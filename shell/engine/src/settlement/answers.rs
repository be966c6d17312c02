//! What is asked about payments and balances.

use super::{PAYMENT, key_of};
use crate::{Engine, EngineError, Listing};
use billing::InvoiceId;
use calendar::{Date, DateRange};
use money::{Currency, Money};
use payments::{Ages, Payment, Standing, Statement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty};
use store::documents;
use store::lists::Select;

/// A payment, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentView {
    /// The payment.
    #[serde(flatten)]
    pub payment: Payment,
    /// Where it is, in a word.
    pub state: PaymentState,
    /// The documents that it pays, by id, and how much of each.
    pub pays: Vec<Paying>,
    /// What of it went back to the customer.
    pub refunded: Money,
    /// What of it is in the customer's balance; below zero where the payment was reversed after some of it had gone back.
    pub left: Money,
}

/// What a payment pays of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Paying {
    /// The document's id.
    pub document: Key,
    /// How much.
    pub amount: Money,
}

/// Where a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// All of it pays documents or went back.
    Used,
    /// Some or all of it is in the balance.
    InBalance,
    /// It pays nothing any more.
    Reversed,
}

/// What a customer owes, and what they have to their credit, at one seller in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerBalance {
    /// The seller.
    pub entity: Key,
    /// The currency.
    pub currency: Currency,
    /// What the customer has to their credit. Below zero only where a payment was reversed after some of it had gone back.
    pub balance: Money,
    /// What is left to pay of all invoices.
    pub due: Money,
    /// How much of that is late.
    pub overdue: Money,
}

/// The invoices of which something is left to pay, and how late they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Receivables {
    /// The seller.
    pub entity: Key,
    /// The currency.
    pub currency: Currency,
    /// The day on which it is looked at, where the customer is.
    pub on: Date,
    /// The invoices, what falls due first first.
    pub documents: Vec<Standing>,
    /// What is left to pay of them, by how late it is.
    pub ages: Ages,
}

impl PaymentState {
    pub(super) fn of(payment: &Payment) -> Result<Self, EngineError> {
        let uses = payment.uses()?;
        Ok(if uses.reversed {
            Self::Reversed
        } else if uses.left.is_zero() {
            Self::Used
        } else {
            Self::InBalance
        })
    }

    /// The word by which lists are filtered.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::InBalance => super::IN_BALANCE,
            Self::Reversed => "reversed",
        }
    }
}

impl PaymentView {
    pub(super) fn of(payment: Payment) -> Result<Self, EngineError> {
        let (state, uses) = (PaymentState::of(&payment)?, payment.uses()?);
        let pays = uses.applied.into_iter().map(|(document, amount)| Paying { document, amount }).collect();
        Ok(Self { payment, state, pays, refunded: uses.refunded, left: uses.left })
    }
}

impl Engine {
    pub(super) fn find_payment(&self, key: &Key) -> Result<Payment, EngineError> {
        let found = self.store.read(|tx| documents::find::<Payment>(tx, &self.tenant, PAYMENT, key.as_str()))?;
        found.map(|document| document.body).ok_or_else(|| EngineError::no_such("payment", key.as_str(), []))
    }

    /// A payment by key; credit notes and write-offs are payments too.
    pub fn payment(&self, key: &Key) -> Result<PaymentView, EngineError> {
        PaymentView::of(self.find_payment(key)?)
    }

    /// A part of the payments, credit notes and write-offs.
    pub fn list_payments(&self, select: &Select) -> Result<Listing<PaymentView>, EngineError> {
        let Listing { items, next } = self.list_documents::<Payment>(PAYMENT, select)?;
        let items = items.into_iter().map(PaymentView::of).collect::<Result<_, _>>()?;
        Ok(Listing { items, next })
    }

    /// How far an invoice is paid.
    pub fn settlement(&self, invoice: InvoiceId) -> Result<Standing, EngineError> {
        let (book, account) = self.account_of_invoice(invoice)?;
        let document = key_of(invoice);
        let standings = account.standings(book.customer.zone.date_of(self.now()))?;
        let found = standings.into_iter().find(|standing| standing.document == document);
        found.ok_or_else(|| EngineError::no_such("invoice", document.as_str(), []))
    }

    /// What a customer owes and has to their credit, by seller and currency.
    pub fn customer_balances(&self, customer: &str) -> Result<Vec<CustomerBalance>, EngineError> {
        let book = self.book(&self.customer(customer)?)?;
        let today = book.customer.zone.date_of(self.now());
        let holders = book.holders().into_iter();
        holders
            .map(|(entity, currency)| {
                let account = book.account(&entity, currency);
                let ages = account.ages(today)?;
                let overdue = ages.overdue()?;
                Ok(CustomerBalance { entity, currency, balance: account.balance()?, due: ages.total, overdue })
            })
            .collect()
    }

    /// The invoices of a customer of which something is left to pay, on a day, by seller and currency.
    pub fn receivables(&self, customer: &str, on: Option<Date>) -> Result<Vec<Receivables>, EngineError> {
        let book = self.book(&self.customer(customer)?)?;
        let on = on.unwrap_or_else(|| book.customer.zone.date_of(self.now()));
        let holders = book.holders().into_iter();
        holders
            .map(|(entity, currency)| {
                let account = book.account(&entity, currency);
                let mut documents = account.standings(on)?;
                documents.retain(|standing| !standing.due.is_zero());
                Ok(Receivables { entity, currency, on, documents, ages: account.ages(on)? })
            })
            .collect()
    }

    /// How every document of a customer stands today, by seller and currency.
    pub(crate) fn standings(&self, customer: &str) -> Result<Vec<(Key, Currency, Vec<Standing>)>, EngineError> {
        let book = self.book(&self.customer(customer)?)?;
        let today = book.customer.zone.date_of(self.now());
        let holders = book.holders().into_iter();
        holders
            .map(|(entity, currency)| {
                let standings = book.account(&entity, currency).standings(today)?;
                Ok((entity, currency, standings))
            })
            .collect()
    }

    /// The statement of account of some days, `to` not included; of the customer's seller where none is named.
    pub fn statement(
        &self,
        customer: &str,
        entity: Option<&Key>,
        currency: Currency,
        (from, to): (Date, Date),
    ) -> Result<Statement, EngineError> {
        let days = DateRange::new(from, to)
            .map_err(|error| EngineError::Invalid(NonEmpty::of(stdx::ToProblem::problem(&error).at("/to"))))?;
        let book = self.book(&self.customer(customer)?)?;
        let entity = entity.cloned().unwrap_or_else(|| book.usual_entity());
        self.entity(&entity)?;
        Ok(book.account(&entity, currency).statement(days, &book.customer.zone)?)
    }
}
