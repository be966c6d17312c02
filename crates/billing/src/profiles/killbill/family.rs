//! A parent that pays for its children.

use super::{Account, Charge, Invoice, Item, KillBillError, Payment, Payments, State};
use alloc::{string::String, vec, vec::Vec};
use calendar::Date;
use money::Money;

/// Who pays the invoices of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delegation {
    /// The child itself.
    PaysItself,
    /// Its parent, who gets a summary of each day.
    ParentPays,
}

/// A child account.
#[derive(Debug, Clone)]
pub struct Child {
    /// Its name.
    pub name: String,
    /// The account.
    pub account: Account,
    /// Who pays.
    pub delegation: Delegation,
    /// The invoices that were looked at.
    seen: usize,
    /// Drafts among them, which wait until they are owed.
    waiting: Vec<usize>,
}

/// An invoice of a child that is part of a summary.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    child: String,
    invoice: usize,
    of: usize,
}

/// A parent and its children on one clock. What the children are billed on a day is one draft of the parent, with one summary for each
/// child. It follows what happens to the invoices of the child, and is owed from the next day on.
#[derive(Debug, Clone)]
pub struct Family {
    parent: Account,
    children: Vec<Child>,
    parts: Vec<Part>,
}

impl Family {
    /// A parent without children.
    pub fn new(parent: Account) -> Self {
        Self { parent, children: Vec::new(), parts: Vec::new() }
    }

    /// The parent.
    pub fn parent(&self) -> &Account {
        &self.parent
    }

    /// Its children, and those that were.
    pub fn children(&self) -> &[Child] {
        &self.children
    }

    /// Adds a child. What it was billed before stays its own.
    pub fn adopt(&mut self, name: &str, mut account: Account, delegation: Delegation) {
        account.payments = paid_by(delegation);
        let (seen, waiting) = (account.invoices.len(), Vec::new());
        self.children.push(Child { name: name.into(), account, delegation, seen, waiting });
    }

    fn child_mut(&mut self, name: &str) -> Result<&mut Child, KillBillError> {
        let found = self.children.iter_mut().find(|child| child.name == name);
        found.ok_or_else(|| KillBillError::unknown("child", name))
    }

    /// Sets who pays the invoices of a child from now on. What the parent has stays the parent's.
    ///
    /// # Errors
    /// There is no such child.
    pub fn delegate(&mut self, name: &str, delegation: Delegation) -> Result<(), KillBillError> {
        let child = self.child_mut(name)?;
        child.delegation = delegation;
        child.account.payments = paid_by(delegation);
        child.seen = child.account.invoices.len();
        Ok(())
    }

    /// Does something to a child and lets the parent's summaries follow.
    ///
    /// # Errors
    /// There is no such child, or it cannot be done.
    pub fn with_child<T>(
        &mut self,
        name: &str,
        act: impl FnOnce(&mut Account) -> Result<T, KillBillError>,
    ) -> Result<T, KillBillError> {
        let done = act(&mut self.child_mut(name)?.account)?;
        self.follow()?;
        Ok(done)
    }

    /// Does something to the parent; what it has paid then is paid for its children.
    ///
    /// # Errors
    /// It cannot be done.
    pub fn with_parent<T>(
        &mut self,
        act: impl FnOnce(&mut Account) -> Result<T, KillBillError>,
    ) -> Result<T, KillBillError> {
        let done = act(&mut self.parent)?;
        self.pay_for_children()?;
        Ok(done)
    }

    /// Pays an invoice of a child.
    ///
    /// # Errors
    /// It is on an invoice of the parent, who pays it.
    pub fn pay(&mut self, name: &str, invoice: usize, amount: Money) -> Result<(), KillBillError> {
        if self.parts.iter().any(|part| part.child == name && part.invoice == invoice) {
            let what = alloc::format!("invoice {invoice} of `{name}` is on an invoice of its parent");
            return Err(KillBillError::NotPossible { what });
        }
        self.with_child(name, |child| child.pay(invoice, amount))
    }

    /// Moves all credit of a child to its parent.
    ///
    /// # Errors
    /// There is none.
    pub fn move_credit_to_parent(&mut self, name: &str) -> Result<(), KillBillError> {
        let credit = self.with_child(name, Account::take_credit)?;
        self.with_parent(|parent| parent.grant(credit))
    }

    /// Lets time pass up to a day: summaries of a day are owed and paid on the next one, then its runs happen.
    ///
    /// # Errors
    /// A run fails.
    pub fn pass(&mut self, until: Date) -> Result<(), KillBillError> {
        while self.parent.today < until {
            let day = self.parent.today.plus_days(1)?;
            self.parent.pass(day)?;
            for place in 0..self.parent.invoices.len() {
                if self.parent.invoices[place].state == State::Draft {
                    self.parent.commit(place)?;
                }
            }
            self.pay_for_children()?;
            for child in &mut self.children {
                child.account.pass(day)?;
            }
            self.follow()?;
        }
        Ok(())
    }

    /// What is open on an invoice of a child: nothing while the parent's is a draft or once it is paid.
    ///
    /// # Errors
    /// There is no such child or invoice.
    pub fn balance_of(&self, name: &str, invoice: usize) -> Result<Money, KillBillError> {
        let child = self.children.iter().find(|child| child.name == name);
        let child = child.ok_or_else(|| KillBillError::unknown("child", name))?;
        let own = child.account.invoice(invoice)?.balance()?;
        let part = self.parts.iter().find(|part| part.child == name && part.invoice == invoice);
        match part {
            Some(part) if self.parent.invoice(part.of)?.state == State::Draft => Ok(Money::zero(own.currency())),
            Some(_) | None => Ok(own),
        }
    }

    /// Puts new invoices of children on the parent's draft of the day, and brings its summaries up to date.
    fn follow(&mut self) -> Result<(), KillBillError> {
        for place in 0..self.children.len() {
            let child = &mut self.children[place];
            let new = child.waiting.drain(..).chain(child.seen..child.account.invoices.len()).collect::<Vec<_>>();
            child.seen = child.account.invoices.len();
            if child.delegation == Delegation::PaysItself {
                continue;
            }
            for invoice in new {
                self.put(place, invoice)?;
            }
        }
        for place in 0..self.parts.len() {
            self.mirror(place)?;
        }
        Ok(())
    }

    /// Puts an invoice of a child on the draft of the day. One that comes to less than nothing, or to nothing and not by charges,
    /// makes no draft of its own.
    fn put(&mut self, place: usize, invoice: usize) -> Result<(), KillBillError> {
        let Child { name, account, waiting, .. } = &mut self.children[place];
        let its = &account.invoices[invoice];
        if its.state == State::Draft {
            waiting.push(invoice);
            return Ok(());
        }
        let worth = comes_to(its)?;
        let charges = |item: &Item| matches!(item.charge, Charge::Fixed { .. } | Charge::Recurring { .. });
        let counts = worth.minor() > 0 || (worth.is_zero() && its.items.iter().all(|billed| charges(&billed.item)));
        let child = name.clone();
        let draft = self.parent.invoices.iter().rposition(|invoice| invoice.state == State::Draft);
        let of = match draft {
            Some(of) => of,
            None if !counts => return Ok(()),
            None => {
                self.parent.add(self.parent.today, vec![], State::Draft, Payments::Off)?;
                self.parent.invoices.len() - 1
            }
        };
        let is_it = |item: &Item| matches!(&item.charge, Charge::Summary { child: of, .. } if *of == child);
        if !self.parent.invoices[of].items.iter().any(|billed| is_it(&billed.item)) {
            let charge = Charge::Summary { on: self.parent.today, child: child.clone() };
            let amount = Money::zero(self.parent.book.currency);
            let summary = self.parent.named(Item { subscription: None, charge, amount });
            self.parent.invoices[of].items.push(summary);
        }
        self.parts.push(Part { child, invoice, of });
        Ok(())
    }

    /// Brings the summary of a part up to date: its amount on a draft; once it is owed, a line for each later difference.
    fn mirror(&mut self, place: usize) -> Result<(), KillBillError> {
        let Part { child, of, .. } = self.parts[place].clone();
        let mut worth = Money::zero(self.parent.book.currency);
        for part in self.parts.iter().filter(|part| part.child == child && part.of == of) {
            worth = worth.plus(comes_to(self.child_invoice(part)?)?)?;
        }
        let invoice = &self.parent.invoices[of];
        let is_it = |item: &Item| matches!(&item.charge, Charge::Summary { child: of, .. } if *of == child);
        let Some(summary) = invoice.items.iter().position(|billed| is_it(&billed.item)) else { return Ok(()) };
        let id = invoice.items[summary].id;
        if invoice.state == State::Draft {
            self.parent.invoices[of].items[summary].item.amount = worth;
            return Ok(());
        }
        let mut shown = invoice.items[summary].item.amount;
        for billed in invoice.items.iter().filter(|billed| billed.item.takes_from() == Some(id)) {
            shown = shown.plus(billed.item.amount)?;
        }
        let amount = worth.minus(shown)?;
        if !amount.is_zero() && invoice.balance()?.minor() > 0 {
            let charge = Charge::Adjustment { on: self.parent.today, of: id };
            let line = self.parent.named(Item { subscription: None, charge, amount });
            self.parent.invoices[of].items.push(line);
        }
        Ok(())
    }

    fn child_invoice(&self, part: &Part) -> Result<&Invoice, KillBillError> {
        let child = self.children.iter().find(|child| child.name == part.child);
        child.ok_or_else(|| KillBillError::unknown("child", &*part.child))?.account.invoice(part.invoice)
    }

    /// What the parent has paid is paid on the invoices of the children.
    fn pay_for_children(&mut self) -> Result<(), KillBillError> {
        let on = self.parent.today;
        for Part { child, invoice, of } in self.parts.clone() {
            let parents = self.parent.invoice(of)?;
            if parents.state != State::Committed || parents.balance()?.minor() > 0 {
                continue;
            }
            let invoice = &mut self.child_mut(&child)?.account.invoices[invoice];
            let amount = invoice.balance()?;
            if amount.minor() > 0 {
                invoice.payments.push(Payment { on, amount });
            }
        }
        Ok(())
    }
}

fn paid_by(delegation: Delegation) -> Payments {
    match delegation {
        Delegation::PaysItself => Payments::AtOnce,
        Delegation::ParentPays => Payments::Off,
    }
}

/// What an invoice charges, less the credit that it used and with what it gave back as credit.
fn comes_to(invoice: &Invoice) -> Result<Money, KillBillError> {
    Ok(invoice.charged()?.plus(invoice.credited()?)?)
}
