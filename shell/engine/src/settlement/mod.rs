//! Payments, and what they do to documents: read, decided by the pure core, and kept with the entries that record it.

use crate::bills::{KIND as INVOICE, Payer};
use crate::{BalanceUse, Engine, EngineError, Topic};
use billing::{DocumentKind, Invoice, InvoiceId};
use calendar::{Date, Instant};
use contracts::{Customer, Entity};
use money::{Currency, Money};
use payments::{Account, Change, Claim, Finding, Payment, SettleError, Standing, State};
use serde::Deserialize;
use std::collections::BTreeSet;
use stdx::{Key, NonEmpty, Problem, ToProblem};
use store::Tx;
use store::documents::{self, Cursor, Document, Which};

mod answers;
mod money_back;
mod record;

pub use answers::{CustomerBalance, PaymentState, PaymentView, Receivables};
pub use money_back::{NewRefund, Refund, WritingOff};
pub use record::NewPayment;

pub(crate) const PAYMENT: &str = "payment";
const PAGE: u32 = 500;
/// The status of payments of which something is in the balance.
const IN_BALANCE: &str = "in_balance";

/// A document as far as it is paid; its lines are not read.
#[derive(Debug, Clone, Deserialize)]
struct Claimed {
    id: InvoiceId,
    entity: Key,
    kind: DocumentKind,
    status: String,
    #[serde(default)]
    number: Option<String>,
    on: Date,
    #[serde(default)]
    due_on: Option<Date>,
    currency: Currency,
    total: Money,
}

/// All documents and payments of a customer.
#[derive(Debug, Clone)]
pub(crate) struct Book {
    customer: Customer,
    documents: Vec<Claimed>,
    payments: Vec<Document<Payment>>,
}

impl Engine {
    /// All documents and payments of a customer, in a transaction.
    pub(crate) fn book_in(&self, tx: &mut Tx<'_>, customer: Customer) -> Result<Book, EngineError> {
        let key = customer.key.as_str();
        let documents = self.all_of::<Claimed>(tx, INVOICE, Which::Customer(key))?;
        let documents = documents.into_iter().map(|document| document.body).collect();
        let payments = self.all_of::<Payment>(tx, PAYMENT, Which::Customer(key))?;
        Ok(Book { customer, documents, payments })
    }

    fn book(&self, customer: &Customer) -> Result<Book, EngineError> {
        self.store.read(|tx| self.book_in(tx, customer.clone()))
    }

    fn all_of<T: serde::de::DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        which: Which<'_>,
    ) -> Result<Vec<Document<T>>, EngineError> {
        let (mut all, mut after) = (Vec::new(), Cursor::start());
        loop {
            let page = documents::page::<T>(tx, &self.tenant, kind, which, &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            all.extend(page);
        }
    }

    /// What follows of payments from a document that was just issued: a credit note pays, and the balance pays an invoice.
    pub(crate) fn settle_issued(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        invoice: &Invoice,
    ) -> Result<(), EngineError> {
        let at = payer.zone.start_of(invoice.on);
        match invoice.kind {
            DocumentKind::CreditNote => {
                let customer = self.customer_in(tx, payer.customer)?;
                let book = self.book_in(tx, customer)?;
                let account = book.account(&invoice.entity, invoice.currency);
                let number = invoice.number().unwrap_or_default();
                let corrects = invoice.note.as_ref().map(|note| key_of(note.document));
                let change = account.credit(number, invoice.total, (at, self.now().max(at)), corrects.as_ref());
                let change = change.map_err(refused)?;
                self.keep_settled(tx, &book, &account, &change)
            }
            DocumentKind::Invoice | DocumentKind::DebitNote => match self.settings_at(at).settings.balances {
                BalanceUse::ByHand => Ok(()),
                BalanceUse::Automatic => {
                    // few customers have a balance: of the others no more is read
                    let which = Which::CustomerStatus(payer.customer.as_str(), IN_BALANCE);
                    let some = documents::page::<Payment>(tx, &self.tenant, PAYMENT, which, &Cursor::start(), 1)?;
                    if some.is_empty() {
                        return Ok(());
                    }
                    let customer = self.customer_in(tx, payer.customer)?;
                    let book = self.book_in(tx, customer)?;
                    let account = book.account(&invoice.entity, invoice.currency);
                    let change = account.settle_new(&key_of(invoice.id), self.now()).map_err(refused)?;
                    self.keep_settled(tx, &book, &account, &change)
                }
            },
        }
    }

    /// What follows of payments from a document that is taken back, before it is: what had paid it is in the balance again, and a credit note pays nothing any
    /// more.
    pub(crate) fn settle_voided(
        &self,
        tx: &mut Tx<'_>,
        of: &Invoice,
        number: &str,
        reason: &str,
    ) -> Result<(), EngineError> {
        let customer = self.customer_in(tx, &of.customer)?;
        let book = self.book_in(tx, customer)?;
        let account = book.account(&of.entity, of.currency);
        let change = match of.kind {
            DocumentKind::CreditNote => account.void_credit(number, reason, self.now()),
            DocumentKind::Invoice | DocumentKind::DebitNote => account.release(&key_of(of.id), self.now()),
        };
        self.keep_settled(tx, &book, &account, &change.map_err(refused)?)
    }

    /// What money has paid of a document, payment by payment.
    pub(crate) fn payments_on(&self, customer: &Customer, of: &Invoice) -> Result<Vec<billing::Payment>, EngineError> {
        let account = self.book(customer)?.account(&of.entity, of.currency);
        let (document, mut found) = (key_of(of.id), Vec::new());
        for payment in account.payments().iter().filter(|payment| payment.method.is_money()) {
            if let Some(amount) = payment.uses()?.applied.get(&document) {
                let (key, from) = (payment.key.clone(), billing::PaidFrom::Outside);
                found.push(billing::Payment { key, from, amount: *amount, refunded: Money::zero(of.currency) });
            }
        }
        Ok(found)
    }

    /// Keeps a change of payments with the entries that record it, after it was judged.
    fn keep_settled(
        &self,
        tx: &mut Tx<'_>,
        book: &Book,
        account: &Account,
        change: &Change,
    ) -> Result<(), EngineError> {
        let mut after = account.clone();
        after.adopt(change);
        judge(&after)?;
        for payment in &change.payments {
            let known = book.payments.iter().find(|known| known.body.key == payment.key);
            let document = document(payment, known.map_or(1, |known| known.version))?;
            match known {
                Some(_) => drop(documents::update(tx, &self.tenant, PAYMENT, &document)?),
                None => documents::insert(tx, &self.tenant, PAYMENT, &document)?,
            }
        }
        for entry in &change.entries {
            self.post_entry(tx, entry)?;
        }
        self.tell_standings(tx, &book.customer, account, &after)
    }

    /// Promises to tell which documents are paid now that were not, and the other way round.
    fn tell_standings(
        &self,
        tx: &mut Tx<'_>,
        customer: &Customer,
        before: &Account,
        after: &Account,
    ) -> Result<(), EngineError> {
        let today = customer.zone.date_of(self.now());
        let before = before.standings(today)?;
        for standing in after.standings(today)? {
            let was = before.iter().find(|was| was.document == standing.document).map(|was| was.state);
            let topic = match (was, standing.state) {
                (Some(was), now) if is_open(was) == is_open(now) => continue,
                (Some(_), State::Open | State::PartlyPaid) => Topic::InvoiceOpenAgain,
                (Some(_), State::Paid) => Topic::InvoicePaid,
                (Some(_), State::WrittenOff) => Topic::InvoiceWrittenOff,
                (None, _) => continue,
            };
            let told = told(customer, &standing);
            self.announce(tx, topic, &format!("{INVOICE}/{}", standing.document), &told)?;
        }
        Ok(())
    }

    /// What does not tie out between documents, payments and the books of the tenant; nothing when all does.
    pub(crate) fn tie_out(&self) -> Result<Vec<Finding>, EngineError> {
        let mut accounts = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.customers(&after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.key.to_string();
            for customer in page {
                let book = self.book(&customer)?;
                accounts.extend(book.holders().into_iter().map(|(entity, currency)| book.account(&entity, currency)));
            }
        }
        let mut found = Finding::beside_the_books(&accounts, &self.books_before(Instant::MAX)?)?;
        for account in &accounts {
            found.extend(account.inspect()?);
        }
        Ok(found)
    }
}

impl Book {
    /// The account of one seller and currency.
    fn account(&self, entity: &Key, currency: Currency) -> Account {
        let claims = self.documents.iter().filter(|one| one.entity == *entity && one.currency == currency);
        let claims = claims.filter_map(|one| one.claim(&self.customer)).collect();
        let payments = self.payments.iter().map(|document| document.body.clone()).collect();
        Account::new(self.customer.key.clone(), entity.clone(), currency, claims, payments)
    }

    /// The sellers and currencies in which there is something.
    fn holders(&self) -> BTreeSet<(Key, Currency)> {
        let documents = self.documents.iter().filter(|one| one.is_issued());
        let documents = documents.map(|one| (one.entity.clone(), one.currency));
        let payments =
            self.payments.iter().map(|document| (document.body.entity.clone(), document.body.amount.currency()));
        documents.chain(payments).collect()
    }

    /// The seller of a customer who is spoken of without one.
    fn usual_entity(&self) -> Key {
        self.customer.entity.clone().unwrap_or_else(|| Entity::unnamed().key)
    }

    /// A document by id or number, which an account of this seller and currency can pay.
    fn payable(&self, name: &Key, account: &Account) -> Result<Key, EngineError> {
        let is_it =
            |one: &&Claimed| one.id.to_string() == name.as_str() || one.number.as_deref() == Some(name.as_str());
        let Some(found) = self.documents.iter().find(is_it) else {
            let known: Vec<&str> = self.documents.iter().filter_map(|one| one.number.as_deref()).collect();
            let what = format!("document of `{}`", self.customer.key);
            return Err(EngineError::no_such(&what, name.as_str(), known));
        };
        let why = match found.kind {
            _ if found.status == "draft" => "it is a draft".into(),
            _ if !found.is_issued() => format!("it is {}", found.status),
            DocumentKind::CreditNote => "it is a credit note".into(),
            DocumentKind::Invoice | DocumentKind::DebitNote if found.currency != account.currency() => {
                format!("it is in {}, and this in {}", found.currency, account.currency())
            }
            DocumentKind::Invoice | DocumentKind::DebitNote if found.entity != *account.entity() => {
                format!("it is of the seller `{}`, and this of `{}`", found.entity, account.entity())
            }
            DocumentKind::Invoice | DocumentKind::DebitNote => return Ok(key_of(found.id)),
        };
        let problem = SettleError::NotOfAccount(name.clone()).problem();
        let detail = format!("`{name}`: {why}");
        Err(EngineError::Conflict(problem.detail(detail)))
    }
}

impl Claimed {
    fn is_issued(&self) -> bool {
        // `draft` before, other words after it was taken back
        self.status == "issued"
    }

    fn claim(&self, customer: &Customer) -> Option<Claim> {
        let number = self.number.clone().filter(|_| self.is_issued() && self.kind != DocumentKind::CreditNote)?;
        Some(Claim {
            document: key_of(self.id),
            number,
            at: customer.zone.start_of(self.on),
            on: self.on,
            due_on: self.due_on.unwrap_or(self.on),
            total: self.total,
        })
    }
}

fn is_open(state: State) -> bool {
    match state {
        State::Open | State::PartlyPaid => true,
        State::Paid | State::WrittenOff => false,
    }
}

fn told(customer: &Customer, standing: &Standing) -> serde_json::Value {
    serde_json::json!({ "id": standing.document, "number": standing.number, "customer": customer.key, "total": standing.total,
        "paid": standing.paid, "written_off": standing.written_off, "due": standing.due, "state": standing.state })
}

fn document(payment: &Payment, version: i64) -> Result<Document<&Payment>, EngineError> {
    Ok(Document {
        id: payment.key.to_string(),
        customer: Some(payment.customer.to_string()),
        status: PaymentState::of(payment)?.word().into(),
        sort_at: payment.received_at.micros(),
        version,
        body: payment,
    })
}

fn judge(account: &Account) -> Result<(), EngineError> {
    let findings = account.inspect()?;
    if findings.is_empty() {
        return Ok(());
    }
    let problem = Problem::new("payments_break_invariant", "The payments break an invariant")
        .detail(format!("{findings:?}"))
        .mend("nothing was done; report this as a defect, with the finding");
    Err(EngineError::Conflict(problem))
}

/// The id of an invoice, as payments name it.
#[expect(clippy::expect_used, reason = "an id is made of letters, digits and _")]
fn key_of(id: InvoiceId) -> Key {
    Key::try_from(id.to_string()).expect("a name")
}

/// What was wrong with what was asked, or stands against what is there.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` hands it over")]
fn refused(error: SettleError) -> EngineError {
    let problem = error.problem();
    match error {
        SettleError::NotPositive(_)
        | SettleError::Future { .. }
        | SettleError::KeyReserved(_)
        | SettleError::WrongSort { .. }
        | SettleError::Key(_)
        | SettleError::Money(_)
        | SettleError::Entry(_) => EngineError::Invalid(NonEmpty::of(problem)),
        SettleError::Differs(_)
        | SettleError::RefundDiffers(_)
        | SettleError::NotOfAccount(_)
        | SettleError::NothingOpen(_)
        | SettleError::MoreThanOpen { .. }
        | SettleError::MoreThanLeft { .. }
        | SettleError::NotApplied { .. }
        | SettleError::Reversed(_) => EngineError::Conflict(problem),
    }
}
