//! What one customer claims and pays at one seller in one currency, as it stands.

use crate::{Ages, Claim, Method, PaidPart, Payment, Standing, State};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::Date;
use money::{Currency, Money, MoneyError};
use stdx::Key;

/// The documents and payments of one customer, of one seller, in one currency. It only says how things stand; what is done to it is a
/// [`Change`](crate::Change), which changes nothing until it is adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub(crate) customer: Key,
    pub(crate) entity: Key,
    pub(crate) currency: Currency,
    pub(crate) claims: Vec<Claim>,
    pub(crate) payments: Vec<Payment>,
}

/// What is paid of the documents: by which payment, which of all, and how much.
pub(crate) type Paid = BTreeMap<Key, Vec<(usize, Money)>>;

impl Account {
    /// An account. `claims` and `payments` are all that there are of this customer, seller and currency; others are left out.
    pub fn new(customer: Key, entity: Key, currency: Currency, claims: Vec<Claim>, payments: Vec<Payment>) -> Self {
        let mut account = Self { customer, entity, currency, claims, payments };
        account.claims.retain(|claim| claim.total.currency() == currency);
        account.payments.retain(|payment| payment.amount.currency() == account.currency);
        account.payments.retain(|payment| payment.entity == account.entity && payment.customer == account.customer);
        account.sort();
        account
    }

    pub(crate) fn sort(&mut self) {
        // what falls due first is paid first, and what came first pays first
        self.claims.sort_by(|a, b| (a.due_on, a.at, &a.number).cmp(&(b.due_on, b.at, &b.number)));
        self.payments.sort_by(|a, b| (a.received_at, &a.key).cmp(&(b.received_at, &b.key)));
    }

    /// The legal entity that sells.
    pub const fn entity(&self) -> &Key {
        &self.entity
    }

    /// What its amounts are in.
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// Its documents, what falls due first first.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// Its payments, the oldest first.
    pub fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// The payment of this key.
    pub fn payment(&self, key: &Key) -> Option<&Payment> {
        self.payments.iter().find(|payment| payment.key == *key)
    }

    /// What the customer has to their credit: what no document has of their payments. It is below zero only where a payment was reversed after
    /// some of it had gone back.
    pub fn balance(&self) -> Result<Money, MoneyError> {
        self.payments.iter().try_fold(self.zero(), |sum, payment| sum.plus(payment.uses()?.left))
    }

    /// What is left to pay of all documents.
    pub fn due(&self) -> Result<Money, MoneyError> {
        let paid = self.paid()?;
        self.claims.iter().try_fold(self.zero(), |sum, claim| sum.plus(due_of(claim, &paid)?))
    }

    /// How each document stands on a day, what falls due first first.
    pub fn standings(&self, today: Date) -> Result<Vec<Standing>, MoneyError> {
        let paid = self.paid()?;
        self.claims.iter().map(|claim| self.standing(claim, &paid, today)).collect()
    }

    /// The documents of which something is left to pay, by how late they are on a day.
    pub fn ages(&self, today: Date) -> Result<Ages, MoneyError> {
        Ages::of(self.currency, &self.standings(today)?)
    }

    fn standing(&self, claim: &Claim, paid: &Paid, today: Date) -> Result<Standing, MoneyError> {
        let (mut by_payments, mut written_off, mut parts) = (self.zero(), self.zero(), Vec::new());
        for (at, amount) in paid.get(&claim.document).into_iter().flatten() {
            let payment = &self.payments[*at];
            match payment.method {
                Method::WriteOff => written_off = written_off.plus(*amount)?,
                Method::BankTransfer
                | Method::Card
                | Method::Cash
                | Method::Cheque
                | Method::Other
                | Method::CreditNote => by_payments = by_payments.plus(*amount)?,
            }
            parts.push(PaidPart { payment: payment.key.clone(), amount: *amount });
        }
        let due = claim.total.minus(by_payments)?.minus(written_off)?;
        let state = if due.is_zero() {
            if written_off.is_zero() { State::Paid } else { State::WrittenOff }
        } else if due == claim.total {
            State::Open
        } else {
            State::PartlyPaid
        };
        let late = claim.due_on.days_until(today);
        Ok(Standing {
            document: claim.document.clone(),
            number: claim.number.clone(),
            on: claim.on,
            due_on: claim.due_on,
            total: claim.total,
            paid: by_payments,
            written_off,
            due,
            state,
            days_overdue: (late > 0 && !due.is_zero()).then_some(late),
            payments: parts,
        })
    }

    pub(crate) fn zero(&self) -> Money {
        Money::zero(self.currency)
    }

    pub(crate) fn paid(&self) -> Result<Paid, MoneyError> {
        let mut paid = Paid::new();
        for (at, payment) in self.payments.iter().enumerate() {
            for (document, amount) in payment.uses()?.applied {
                paid.entry(document).or_default().push((at, amount));
            }
        }
        Ok(paid)
    }
}

/// What is left to pay of a claim.
pub(crate) fn due_of(claim: &Claim, paid: &Paid) -> Result<Money, MoneyError> {
    paid.get(&claim.document).into_iter().flatten().try_fold(claim.total, |due, (_, amount)| due.minus(*amount))
}
