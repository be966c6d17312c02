//! Payments are recorded, and pay one document or another.

use super::{Book, PAYMENT, PaymentView, key_of, refused};
use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use billing::InvoiceId;
use calendar::Instant;
use contracts::When;
use money::Money;
use payments::{Account, Change, Method, Payment, Pays, SettleError, Share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use store::documents::{self, Document};

/// A payment that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{
    "key": "bank-2026-05-04-17", "customer": "acme", "method": "bank_transfer", "amount": { "amount": "120.00", "currency": "EUR" },
    "received": "2026-05-04", "reference": "INV-000002"
}]))]
pub struct NewPayment {
    /// What it is known by, as its source knows it: the line of a bank statement. Recorded twice under one key it is one payment.
    pub key: Key,
    /// Who paid.
    pub customer: Key,
    /// The legal entity that was paid; the customer's when absent.
    #[serde(default)]
    pub entity: Option<Key>,
    /// By what: bank transfer, card, cash, cheque or other.
    pub method: Method,
    /// How much arrived.
    pub amount: Money,
    /// What a bank kept of it: it pays as if this had come too.
    #[serde(default)]
    pub fee: Option<Money>,
    /// When it came, not later than now; now when absent. A day is meant where the customer is.
    #[serde(default)]
    pub received: Option<When>,
    /// What the payer wrote.
    #[serde(default)]
    pub reference: Option<String>,
    /// What it pays. When absent, every invoice of which something is left to pay, what falls due first first; of an empty list nothing. What is left
    /// goes to the customer's balance.
    #[serde(default)]
    pub pays: Option<Vec<Share>>,
}

impl Engine {
    /// Records a payment. The same payment again answers what is there.
    pub fn record_payment(&self, new: NewPayment) -> Result<PaymentView, EngineError> {
        let _alone = self.command()?;
        let customer = self.customer(new.customer.as_str())?;
        let received = new.received.map(|when| when.instant(&customer.zone));
        let known = self.store.read(|tx| documents::find::<Payment>(tx, &self.tenant, PAYMENT, new.key.as_str()))?;
        let book = self.book(&customer)?;
        let now = self.now();
        let entity = new.entity.unwrap_or_else(|| book.usual_entity());
        self.entity(&entity)?;
        let payment = Payment {
            key: new.key,
            customer: new.customer,
            entity,
            method: new.method,
            amount: new.amount,
            fee: new.fee,
            received_at: received.unwrap_or(now),
            recorded_at: now,
            reference: new.reference,
            steps: Vec::new(),
        };
        if let Some(Document { body: known, .. }) = known {
            return if is_same(&known, &payment, received) {
                PaymentView::of(known)
            } else {
                Err(refused(SettleError::Differs(payment.key)))
            };
        }
        let account = book.account(&payment.entity, payment.amount.currency());
        let shares = named(&book, &account, new.pays)?;
        let key = payment.key.clone();
        let change = account.record(payment, pays(shares.as_deref())).map_err(refused)?;
        let deed = Deed { action: "payment.record", kept: Kept::Document, kind: PAYMENT, id: key.as_str() };
        self.changed_payment(deed, &book, &account, &change)
    }

    /// Lets what is in the balance of a payment pay documents; without documents, what falls due first.
    pub fn allocate_payment(&self, key: &Key, shares: Option<Vec<Share>>) -> Result<PaymentView, EngineError> {
        let _alone = self.command()?;
        let (book, account) = self.account_with(key)?;
        let shares = named(&book, &account, shares)?;
        let change = account.allocate(key, pays(shares.as_deref()), self.now()).map_err(refused)?;
        let deed = Deed { action: "payment.allocate", kept: Kept::Document, kind: PAYMENT, id: key.as_str() };
        self.changed_payment(deed, &book, &account, &change)
    }

    /// Takes a payment off a document, by id or number, or off all that it pays: what it paid is in the balance again.
    pub fn unallocate_payment(&self, key: &Key, document: Option<&Key>) -> Result<PaymentView, EngineError> {
        let _alone = self.command()?;
        let (book, account) = self.account_with(key)?;
        let document = document.map(|document| book.payable(document, &account)).transpose()?;
        let change = account.take_off(key, document.as_ref(), self.now()).map_err(refused)?;
        let deed = Deed { action: "payment.unallocate", kept: Kept::Document, kind: PAYMENT, id: key.as_str() };
        self.changed_payment(deed, &book, &account, &change)
    }

    /// A payment did not come or went away again, or a write-off is taken back: what it paid is open again.
    pub fn reverse_payment(&self, key: &Key, reason: &str) -> Result<PaymentView, EngineError> {
        let _alone = self.command()?;
        let (book, account) = self.account_with(key)?;
        let change = account.reverse(key, reason, self.now()).map_err(refused)?;
        let deed = Deed { action: "payment.reverse", kept: Kept::Document, kind: PAYMENT, id: key.as_str() };
        self.changed_payment(deed, &book, &account, &change)
    }

    /// Lets the customer's balance pay an invoice; without an amount as far as both go.
    pub fn apply_balance(&self, invoice: InvoiceId, amount: Option<Money>) -> Result<payments::Standing, EngineError> {
        let _alone = self.command()?;
        let (book, account) = self.account_of_invoice(invoice)?;
        let change = account.apply_balance(&key_of(invoice), amount, self.now()).map_err(refused)?;
        let name = invoice.to_string();
        let deed = Deed { action: "invoice.apply_balance", kept: Kept::Document, kind: crate::bills::KIND, id: &name };
        self.write(deed, |tx| self.keep_settled(tx, &book, &account, &change))?;
        self.settlement(invoice)
    }

    /// The payment of this key, and all of the account that it belongs to.
    pub(super) fn account_with(&self, key: &Key) -> Result<(Book, Account), EngineError> {
        let payment = self.find_payment(key)?;
        let book = self.book(&self.customer(payment.customer.as_str())?)?;
        let account = book.account(&payment.entity, payment.amount.currency());
        Ok((book, account))
    }

    /// All of the account that an invoice belongs to; the invoice can be paid.
    pub(super) fn account_of_invoice(&self, invoice: InvoiceId) -> Result<(Book, Account), EngineError> {
        let found = self.invoice(invoice)?;
        let book = self.book(&self.customer(found.customer.as_str())?)?;
        let account = book.account(&found.entity, found.currency);
        book.payable(&key_of(invoice), &account)?;
        Ok((book, account))
    }

    /// Keeps what was done with one payment.
    pub(super) fn changed_payment(
        &self,
        deed: Deed<'_>,
        book: &Book,
        account: &Account,
        change: &Change,
    ) -> Result<PaymentView, EngineError> {
        self.write(deed, |tx| self.keep_settled(tx, book, account, change))?;
        let changed = change.payments.iter().find(|payment| payment.key.as_str() == deed.id);
        changed.cloned().map_or_else(|| Err(EngineError::no_such("payment", deed.id, [])), PaymentView::of)
    }
}

fn is_same(known: &Payment, new: &Payment, received: Option<Instant>) -> bool {
    let Payment { key: _, customer, entity, method, amount, fee, received_at, recorded_at: _, reference, steps: _ } =
        known;
    (customer, entity, *method, *amount, *fee, reference)
        == (&new.customer, &new.entity, new.method, new.amount, new.fee, &new.reference)
        && received.is_none_or(|received| received == *received_at)
}

const fn pays(shares: Option<&[Share]>) -> Pays<'_> {
    match shares {
        Some(shares) => Pays::These(shares),
        None => Pays::OldestDueFirst,
    }
}

/// The same shares, with ids instead of numbers.
fn named(book: &Book, account: &Account, shares: Option<Vec<Share>>) -> Result<Option<Vec<Share>>, EngineError> {
    let Some(shares) = shares else { return Ok(None) };
    let by_id = |share: Share| Ok(Share { document: book.payable(&share.document, account)?, ..share });
    shares.into_iter().map(by_id).collect::<Result<_, EngineError>>().map(Some)
}
