//! Money that goes back, and claims that are given up.

use super::{PAYMENT, PaymentView, key_of, refused};
use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use billing::InvoiceId;
use calendar::Instant;
use money::Money;
use payments::{Method, Refunding, SettleError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use store::documents::{self, Document, Which};

const KIND: &str = "refund";

/// Money that is to go back out of a customer's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// What it is known by: made twice under one key it is one refund.
    pub key: Key,
    /// The legal entity that pays it; the customer's when absent.
    #[serde(default)]
    pub entity: Option<Key>,
    /// How much.
    pub amount: Money,
    /// How it goes back.
    pub method: Method,
    /// What the customer reads.
    #[serde(default)]
    pub reference: Option<String>,
}

/// Money that went back out of a customer's balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CustomerRefund")]
pub struct Refund {
    /// What it is known by.
    pub key: Key,
    /// To whom.
    pub customer: Key,
    /// The legal entity that paid it.
    pub entity: Key,
    /// How much.
    pub amount: Money,
    /// How it went back.
    pub method: Method,
    /// What the customer reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When.
    pub made_at: Instant,
}

/// A claim that is to be given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WritingOff {
    /// How much; all that is left to pay when absent.
    #[serde(default)]
    pub amount: Option<Money>,
    /// Why.
    pub reason: String,
}

impl Engine {
    /// Money goes back to a customer out of their balance. The same refund again answers what is there.
    pub fn refund(&self, customer: &str, new: NewRefund) -> Result<Refund, EngineError> {
        let _alone = self.command()?;
        let book = self.book(&self.customer(customer)?)?;
        let entity = new.entity.unwrap_or_else(|| book.usual_entity());
        self.entity(&entity)?;
        let refund = Refund {
            key: new.key,
            customer: book.customer.key.clone(),
            entity,
            amount: new.amount,
            method: new.method,
            reference: new.reference,
            made_at: self.now(),
        };
        let known = self.store.read(|tx| documents::find::<Refund>(tx, &self.tenant, KIND, refund.key.as_str()))?;
        if let Some(Document { body: known, .. }) = known {
            let is_same = Refund { made_at: known.made_at, ..refund.clone() } == known;
            return if is_same { Ok(known) } else { Err(refused(SettleError::RefundDiffers(refund.key))) };
        }
        let account = book.account(&refund.entity, refund.amount.currency());
        let wanted = Refunding { key: refund.key.clone(), amount: refund.amount, method: refund.method };
        let change = account.refund(&wanted, refund.made_at).map_err(refused)?;
        let document = Document {
            id: refund.key.to_string(),
            customer: Some(refund.customer.to_string()),
            status: "made".into(),
            sort_at: refund.made_at.micros(),
            version: 1,
            body: &refund,
        };
        let deed = Deed { action: "refund.make", kept: Kept::Document, kind: KIND, id: refund.key.as_str() };
        self.write(deed, |tx| {
            documents::insert(tx, &self.tenant, KIND, &document)?;
            self.keep_settled(tx, &book, &account, &change)
        })?;
        Ok(refund)
    }

    /// What went back to a customer, the newest first.
    pub fn refunds(&self, customer: &str) -> Result<Vec<Refund>, EngineError> {
        self.customer(customer)?;
        let found = self.store.read(|tx| self.all_of::<Refund>(tx, KIND, Which::Customer(customer)))?;
        Ok(found.into_iter().map(|document| document.body).collect())
    }

    /// Gives up what is left to pay of an invoice, or some of it. It is taken back by reversing it like a payment.
    pub fn write_off_invoice(&self, invoice: InvoiceId, asked: &WritingOff) -> Result<PaymentView, EngineError> {
        let _alone = self.command()?;
        let (book, account) = self.account_of_invoice(invoice)?;
        let change = account.write_off(&key_of(invoice), asked.amount, &asked.reason, self.now()).map_err(refused)?;
        let key = change.payments.first().map(|payment| payment.key.to_string()).unwrap_or_default();
        let deed = Deed { action: "invoice.write_off", kept: Kept::Document, kind: PAYMENT, id: &key };
        self.changed_payment(deed, &book, &account, &change)
    }
}
