//! What can be done with payments. Each gives the payments as they are then and the entries that record it, or says why not; nothing is
//! changed by asking.

use crate::account::{Paid, due_of};
use crate::{Account, Claim, Did, Method, Payment, SettleError, Step, postings};
use alloc::{format, string::String, vec::Vec};
use calendar::Instant;
use ledger::Entry;
use money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// What a change comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// Every payment that is new or has new steps, as it is then.
    pub payments: Vec<Payment>,
    /// The entries that record it.
    pub entries: Vec<Entry>,
}

/// A document that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The document: its id or its number.
    pub document: Key,
    /// How much of it; as much as is left to pay and as there is when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// What a payment pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pays<'a> {
    /// Every document of which something is left to pay, what falls due first first.
    OldestDueFirst,
    /// These, in this order; the rest stays in the balance. The documents are named by their ids.
    These(&'a [Share]),
}

/// Money that goes back out of the balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunding {
    /// What it is known by: a refund that is made twice under one key is one.
    pub key: Key,
    /// How much; above zero.
    pub amount: Money,
    /// How it goes back.
    pub method: Method,
}

/// The beginnings of keys that we give ourselves.
const CREDIT: &str = "credit:";
const WRITE_OFF: &str = "write_off:";

impl Account {
    /// Takes a change over.
    pub fn adopt(&mut self, change: &Change) {
        for changed in &change.payments {
            match self.payments.iter_mut().find(|known| known.key == changed.key) {
                Some(known) => *known = changed.clone(),
                None => self.payments.push(changed.clone()),
            }
        }
        self.sort();
    }

    /// Money that came. `payment` has no steps yet; what no document gets is in the balance.
    pub fn record(&self, payment: Payment, pays: Pays<'_>) -> Result<Change, SettleError> {
        let key = payment.key.as_str();
        if key.starts_with(CREDIT) || key.starts_with(WRITE_OFF) {
            return Err(SettleError::KeyReserved(payment.key));
        }
        if !payment.method.is_money() {
            return Err(SettleError::WrongSort { payment: payment.key, what: "not money that can be recorded" });
        }
        if payment.received_at > payment.recorded_at {
            return Err(SettleError::Future { received_at: payment.received_at, now: payment.recorded_at });
        }
        if let Some(fee) = payment.fee.filter(|fee| fee.minor() <= 0) {
            return Err(SettleError::NotPositive(fee));
        }
        self.receive(payment, pays)
    }

    /// A credit note that was issued at an instant of the books: it pays the document that it corrects, where one is named, and otherwise what
    /// falls due first; the rest is in the balance. `total` is that of the note, below zero.
    pub fn credit(
        &self,
        number: &str,
        total: Money,
        (at, recorded_at): (Instant, Instant),
        corrects: Option<&Key>,
    ) -> Result<Change, SettleError> {
        let payment = Payment {
            key: Key::try_from(format!("{CREDIT}{number}"))?,
            customer: self.customer.clone(),
            entity: self.entity.clone(),
            method: Method::CreditNote,
            amount: total.negated(),
            fee: None,
            received_at: at,
            recorded_at,
            reference: Some(number.into()),
            steps: Vec::new(),
        };
        let Some(document) = corrects else { return self.receive(payment, Pays::OldestDueFirst) };
        let due = due_of(self.claim(document)?, &self.paid()?)?;
        let share = Share { document: document.clone(), amount: None };
        let shares = if due.is_zero() { &[][..] } else { core::slice::from_ref(&share) };
        self.receive(payment, Pays::These(shares))
    }

    fn receive(&self, mut payment: Payment, pays: Pays<'_>) -> Result<Change, SettleError> {
        if payment.amount.minor() <= 0 {
            return Err(SettleError::NotPositive(payment.amount));
        }
        self.zero().plus(payment.amount)?;
        for (claim, amount) in self.shares(payment.worth()?, pays)? {
            let at = payment.received_at.max(claim.at);
            let did = Did::Applied { document: claim.document.clone(), amount };
            payment.steps.push(Step { at, recorded_at: payment.recorded_at, did });
        }
        let entries = postings::received(&payment)?;
        Ok(Change { payments: [payment].into(), entries })
    }

    /// Lets a payment that is partly in the balance pay documents.
    pub fn allocate(&self, key: &Key, pays: Pays<'_>, now: Instant) -> Result<Change, SettleError> {
        let payment = self.usable(key)?;
        let left = payment.uses()?.left;
        if left.minor() <= 0 {
            return Err(SettleError::MoreThanLeft { amount: payment.worth()?, left });
        }
        let mut steps = Vec::new();
        for (claim, amount) in self.shares(left, pays)? {
            let did = Did::Applied { document: claim.document.clone(), amount };
            steps.push(Step { at: now.max(claim.at), recorded_at: now, did });
        }
        stepped([(payment, steps)])
    }

    /// Takes a payment off a document, or off all that it pays. What it paid is in the balance again.
    pub fn take_off(&self, key: &Key, document: Option<&Key>, now: Instant) -> Result<Change, SettleError> {
        let payment = self.usable(key)?;
        let applied = payment.uses()?.applied.into_iter();
        let steps: Vec<Step> = applied
            .filter(|(held, _)| document.is_none_or(|document| held == document))
            .map(|(document, amount)| Step { at: now, recorded_at: now, did: Did::TakenOff { document, amount } })
            .collect();
        if steps.is_empty() {
            let document = document.map_or_else(|| "any document".into(), |document| String::from(document.clone()));
            return Err(SettleError::NotApplied { payment: key.clone(), document });
        }
        stepped([(payment, steps)])
    }

    /// Lets the balance pay a document: what came first pays first. Without an amount as much as is left to pay and as there is.
    pub fn apply_balance(&self, document: &Key, amount: Option<Money>, now: Instant) -> Result<Change, SettleError> {
        let claim = self.claim(document)?;
        let due = due_of(claim, &self.paid()?)?;
        let balance = self.balance()?;
        if due.is_zero() {
            return Err(SettleError::NothingOpen(claim.number.clone()));
        }
        let wanted = amount.unwrap_or(if due.minor() < balance.minor() { due } else { balance });
        if wanted.minus(due)?.minor() > 0 {
            return Err(SettleError::MoreThanOpen { number: claim.number.clone(), amount: wanted, due });
        }
        let take = |amount| Did::Applied { document: document.clone(), amount };
        let steps = self.out_of_balance(
            wanted,
            balance,
            take,
            |payment| {
                // by hand it is done now; by itself, when both were there
                if amount.is_some() { now } else { since(payment, claim) }
            },
            now,
        )?;
        stepped(steps)
    }

    /// The balance pays a document that was just issued, as far as it goes.
    pub fn settle_new(&self, document: &Key, now: Instant) -> Result<Change, SettleError> {
        let nothing = self.balance()?.minor() <= 0 || due_of(self.claim(document)?, &self.paid()?)?.is_zero();
        if nothing { Ok(Change::default()) } else { self.apply_balance(document, None, now) }
    }

    /// Money goes back to the customer out of the balance: of what came first, first.
    pub fn refund(&self, refund: &Refunding, now: Instant) -> Result<Change, SettleError> {
        let Refunding { key, amount, method } = refund;
        if !method.is_money() {
            return Err(SettleError::WrongSort { payment: key.clone(), what: "not to go back as money" });
        }
        let take = |amount| Did::Refunded { refund: key.clone(), amount, method: *method };
        let steps = self.out_of_balance(*amount, self.balance()?, take, |_| now, now)?;
        let mut change = stepped(steps)?;
        change.entries = [postings::refunded(&self.customer, &self.entity, refund, now)?].into();
        Ok(change)
    }

    /// A payment did not come, or went away again: what it paid is open again. What had gone back of it, the customer owes.
    pub fn reverse(&self, key: &Key, reason: &str, now: Instant) -> Result<Change, SettleError> {
        let payment = self.known(key)?;
        match payment.method {
            Method::CreditNote => Err(SettleError::WrongSort { payment: key.clone(), what: "a credit note" }),
            Method::BankTransfer | Method::Card | Method::Cash | Method::Cheque | Method::Other | Method::WriteOff => {
                undone(payment, reason, now)
            }
        }
    }

    /// A credit note is voided: it pays nothing any more. To be called before the entry of the void.
    pub fn void_credit(&self, number: &str, reason: &str, now: Instant) -> Result<Change, SettleError> {
        let payment = self.known(&Key::try_from(format!("{CREDIT}{number}"))?)?;
        undone(payment, reason, now)
    }

    /// Gives up what is left to pay of a document, or some of it.
    pub fn write_off(
        &self,
        document: &Key,
        amount: Option<Money>,
        reason: &str,
        now: Instant,
    ) -> Result<Change, SettleError> {
        let claim = self.claim(document)?;
        let shares = [Share { document: document.clone(), amount }];
        let due = due_of(claim, &self.paid()?)?;
        let before = format!("{WRITE_OFF}{}:", claim.number);
        let times = self.payments.iter().filter(|payment| payment.key.as_str().starts_with(&before)).count();
        let payment = Payment {
            key: Key::try_from(format!("{before}{}", times + 1))?,
            customer: self.customer.clone(),
            entity: self.entity.clone(),
            method: Method::WriteOff,
            amount: amount.unwrap_or(due),
            fee: None,
            received_at: now.max(claim.at),
            recorded_at: now,
            reference: Some(reason.into()),
            steps: Vec::new(),
        };
        if due.is_zero() {
            return Err(SettleError::NothingOpen(claim.number.clone()));
        }
        self.receive(payment, Pays::These(&shares))
    }

    /// A document claims nothing any more: whatever paid it is in the balance again, and what was given up of it is not lost. To be called
    /// before the entry that takes the claim back.
    pub fn release(&self, document: &Key, now: Instant) -> Result<Change, SettleError> {
        let mut all = Vec::new();
        for (at, amount) in self.paid()?.remove(document).unwrap_or_default() {
            let payment = &self.payments[at];
            let did = match payment.method {
                Method::WriteOff => Did::Reversed { reason: "the document was taken back".into() },
                Method::BankTransfer
                | Method::Card
                | Method::Cash
                | Method::Cheque
                | Method::Other
                | Method::CreditNote => Did::TakenOff { document: document.clone(), amount },
            };
            all.push((payment, [Step { at: now, recorded_at: now, did }].into()));
        }
        stepped(all)
    }

    /// What is taken from payments that are partly in the balance, the oldest first.
    fn out_of_balance(
        &self,
        wanted: Money,
        balance: Money,
        did: impl Fn(Money) -> Did,
        at: impl Fn(&Payment) -> Instant,
        now: Instant,
    ) -> Result<Vec<(&Payment, Vec<Step>)>, SettleError> {
        if balance.minus(wanted)?.is_negative() || balance.minor() <= 0 {
            return Err(SettleError::MoreThanLeft { amount: wanted, left: balance });
        }
        if wanted.minor() <= 0 {
            return Err(SettleError::NotPositive(wanted));
        }
        let (mut rest, mut all) = (wanted, Vec::new());
        for payment in &self.payments {
            let left = payment.uses()?.left;
            let part = Money::new(rest.minor().min(left.minor()), self.currency);
            if part.minor() > 0 {
                rest = rest.minus(part)?;
                all.push((payment, [Step { at: at(payment), recorded_at: now, did: did(part) }].into()));
            }
        }
        Ok(all)
    }

    /// How much of which documents at most `there` pays.
    fn shares(&self, there: Money, pays: Pays<'_>) -> Result<Vec<(&Claim, Money)>, SettleError> {
        let paid = self.paid()?;
        match pays {
            Pays::OldestDueFirst => self.oldest_due_first(there, &paid),
            Pays::These(shares) => self.these(there, shares, &paid),
        }
    }

    fn oldest_due_first(&self, there: Money, paid: &Paid) -> Result<Vec<(&Claim, Money)>, SettleError> {
        let (mut left, mut all) = (there, Vec::new());
        for claim in &self.claims {
            let due = due_of(claim, paid)?;
            let part = Money::new(left.minor().min(due.minor()), self.currency);
            if part.minor() > 0 {
                left = left.minus(part)?;
                all.push((claim, part));
            }
        }
        Ok(all)
    }

    fn these(&self, there: Money, shares: &[Share], paid: &Paid) -> Result<Vec<(&Claim, Money)>, SettleError> {
        let (mut left, mut all) = (there, Vec::<(&Claim, Money)>::new());
        for Share { document, amount } in shares {
            let claim = self.claim(document)?;
            let mut due = due_of(claim, paid)?;
            // the same document can be named twice
            for (_, before) in all.iter().filter(|(known, _)| known.document == claim.document) {
                due = due.minus(*before)?;
            }
            if due.is_zero() {
                return Err(SettleError::NothingOpen(claim.number.clone()));
            }
            let amount = amount.unwrap_or(if due.minor() < left.minor() { due } else { left });
            if due.minus(amount)?.is_negative() {
                return Err(SettleError::MoreThanOpen { number: claim.number.clone(), amount, due });
            }
            if left.minus(amount)?.is_negative() || left.is_zero() {
                return Err(SettleError::MoreThanLeft { amount, left });
            }
            if amount.minor() <= 0 {
                return Err(SettleError::NotPositive(amount));
            }
            left = left.minus(amount)?;
            all.push((claim, amount));
        }
        Ok(all)
    }

    fn claim(&self, document: &Key) -> Result<&Claim, SettleError> {
        let found = self.claims.iter().find(|claim| claim.document == *document);
        found.ok_or_else(|| SettleError::NotOfAccount(document.clone()))
    }

    /// A payment that is there and not reversed.
    fn known(&self, key: &Key) -> Result<&Payment, SettleError> {
        let payment = self.payment(key).ok_or_else(|| SettleError::NotOfAccount(key.clone()))?;
        if payment.uses()?.reversed { Err(SettleError::Reversed(key.clone())) } else { Ok(payment) }
    }

    /// A payment that can pay other documents than it does.
    fn usable(&self, key: &Key) -> Result<&Payment, SettleError> {
        let payment = self.known(key)?;
        match payment.method {
            Method::WriteOff => Err(SettleError::WrongSort { payment: key.clone(), what: "a write-off" }),
            Method::BankTransfer
            | Method::Card
            | Method::Cash
            | Method::Cheque
            | Method::Other
            | Method::CreditNote => Ok(payment),
        }
    }
}

/// Since when both were there: the claim, and what the payment has in the balance.
fn since(payment: &Payment, claim: &Claim) -> Instant {
    let last = payment.steps.last().map_or(payment.received_at, |step| step.at);
    last.max(payment.received_at).max(claim.at)
}

fn undone(payment: &Payment, reason: &str, now: Instant) -> Result<Change, SettleError> {
    let did = Did::Reversed { reason: reason.into() };
    let step = Step { at: now.max(payment.received_at), recorded_at: now, did };
    stepped([(payment, [step].into())])
}

/// The payments with these steps more, and the entry of each.
fn stepped<'a>(all: impl IntoIterator<Item = (&'a Payment, Vec<Step>)>) -> Result<Change, SettleError> {
    let mut change = Change::default();
    for (payment, steps) in all {
        let mut payment = payment.clone();
        for step in steps {
            change.entries.extend(postings::step(&payment, &step)?);
            payment.steps.push(step);
        }
        change.payments.push(payment);
    }
    Ok(change)
}
