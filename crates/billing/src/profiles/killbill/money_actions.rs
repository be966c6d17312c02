//! What may happen to the money of an account.

use super::{Account, Billed, Charge, Invoice, Item, KillBillError, Payment, Payments, State};
use alloc::{format, string::ToString, vec};
use calendar::Date;
use money::Money;

impl Account {
    /// An invoice by its place.
    ///
    /// # Errors
    /// There is none.
    pub fn invoice(&self, place: usize) -> Result<&Invoice, KillBillError> {
        self.invoices.get(place).ok_or_else(|| KillBillError::unknown("invoice", place.to_string()))
    }

    fn invoice_mut(&mut self, place: usize) -> Result<&mut Invoice, KillBillError> {
        self.invoices.get_mut(place).ok_or_else(|| KillBillError::unknown("invoice", place.to_string()))
    }

    /// Gives back a part of an item of an invoice, or all that is left of it: the first charge that fits the subscription and the
    /// first day, as far as they are given.
    ///
    /// # Errors
    /// No such item, or more than is left of it.
    pub fn adjust(
        &mut self,
        invoice: usize,
        subscription: Option<&str>,
        start: Option<Date>,
        amount: Option<Money>,
    ) -> Result<(), KillBillError> {
        let item = self.adjustable(invoice, subscription, start)?;
        let left = super::difference::left_of(&item, &self.history())?;
        let back = amount.unwrap_or(left);
        if back.minor() > left.minor() || back.minor() < 0 {
            let what = format!("{back} cannot be given back of item {}: {left} is left", item.id.0);
            return Err(KillBillError::NotPossible { what });
        }
        let on = self.today;
        let adjustment = self.named(Item {
            subscription: item.item.subscription,
            charge: Charge::Adjustment { on, of: item.id },
            amount: back.negated(),
        });
        self.invoice_mut(invoice)?.items.push(adjustment);
        self.settle(on)
    }

    fn adjustable(
        &self,
        invoice: usize,
        subscription: Option<&str>,
        start: Option<Date>,
    ) -> Result<Billed, KillBillError> {
        let fits = |billed: &&Billed| {
            let Billed { item, .. } = billed;
            item.takes_from().is_none()
                && item.amount.minor() > 0
                && subscription.is_none_or(|name| item.subscription.as_deref() == Some(name))
                && start.is_none_or(|start| item.start() == start)
        };
        let found = self.invoice(invoice)?.items.iter().find(fits).cloned();
        found.ok_or_else(|| KillBillError::unknown("charge to adjust on invoice", invoice.to_string()))
    }

    /// Pays on an invoice. What is too much becomes credit.
    ///
    /// # Errors
    /// There is no such invoice.
    pub fn pay(&mut self, invoice: usize, amount: Money) -> Result<(), KillBillError> {
        let on = self.today;
        self.invoice_mut(invoice)?.payments.push(Payment { on, amount });
        self.settle(on)
    }

    /// Takes back a payment: what was paid is open again unless credit or an adjustment covers it. All that was paid when no amount is
    /// given.
    ///
    /// # Errors
    /// There is no such invoice.
    pub fn pay_back(&mut self, invoice: usize, amount: Option<Money>) -> Result<(), KillBillError> {
        let on = self.today;
        let invoice = self.invoice_mut(invoice)?;
        let back = match amount {
            Some(amount) => amount,
            None => invoice.paid()?,
        };
        invoice.payments.push(Payment { on, amount: back.negated() });
        Ok(())
    }

    /// Pays every open invoice.
    ///
    /// # Errors
    /// An amount that is too large.
    pub fn pay_all(&mut self) -> Result<(), KillBillError> {
        (0..self.invoices.len()).try_for_each(|place| self.pay_open(place))
    }

    /// The next payment pays no more than this.
    pub fn limit_next_payment(&mut self, amount: Money) {
        self.limit = Some(amount);
    }

    /// The next invoice of a run carries a tax that somebody else computed.
    pub fn tax_next_invoice(&mut self, amount: Money) {
        self.taxes.push(amount);
    }

    /// Moves credit after what was paid back and adjusted.
    ///
    /// # Errors
    /// An amount that is too large.
    pub fn settle_credit(&mut self) -> Result<(), KillBillError> {
        self.settle(self.today)
    }

    /// Grants credit.
    ///
    /// # Errors
    /// An amount that is too large.
    pub fn grant(&mut self, amount: Money) -> Result<(), KillBillError> {
        let on = self.today;
        let credit = Item { subscription: None, charge: Charge::Credit { on }, amount: amount.negated() };
        self.add(on, vec![credit], State::Committed, Payments::Off)
    }

    /// Takes all credit away, and says how much it was.
    ///
    /// # Errors
    /// There is none.
    pub fn take_credit(&mut self) -> Result<Money, KillBillError> {
        let (on, credit) = (self.today, self.credit()?);
        if credit.minor() <= 0 {
            return Err(KillBillError::NoCredit);
        }
        let taken = Item { subscription: None, charge: Charge::Credit { on }, amount: credit };
        self.add(on, vec![taken], State::Committed, Payments::Off)?;
        Ok(credit)
    }

    /// Charges something by hand, for a day; on an invoice that is owed or on a draft.
    ///
    /// # Errors
    /// An amount that is too large.
    pub fn charge(&mut self, amount: Money, on: Date, state: State) -> Result<(), KillBillError> {
        let charge = Item { subscription: None, charge: Charge::External { on }, amount };
        self.add(self.today, vec![charge], state, self.payments)
    }

    /// Makes an invoice count for nothing: what it billed may be billed again.
    ///
    /// # Errors
    /// It is paid, or a later invoice repairs what it billed.
    pub fn void(&mut self, place: usize) -> Result<(), KillBillError> {
        let invoice = self.invoice(place)?;
        let not = |what| Err(KillBillError::NotPossible { what });
        if !invoice.paid()?.is_zero() {
            return not(format!("invoice {place} is paid; pay it back first"));
        }
        let own = |item: &Billed| invoice.items.contains(item);
        let takes = |item: &Billed| invoice.items.iter().any(|billed| Some(billed.id) == item.item.takes_from());
        if self.history().iter().any(|item| takes(item) && !own(item)) {
            return not(format!("a later invoice repairs what invoice {place} billed; void that one first"));
        }
        self.invoice_mut(place)?.state = State::Void;
        Ok(())
    }

    /// Gives up what is open on an invoice.
    ///
    /// # Errors
    /// There is no such invoice.
    pub fn write_off(&mut self, place: usize) -> Result<(), KillBillError> {
        self.invoice_mut(place)?.state = State::WrittenOff;
        self.settle(self.today)
    }

    /// Makes a draft count, and pays it.
    ///
    /// # Errors
    /// It is no draft.
    pub fn commit(&mut self, place: usize) -> Result<(), KillBillError> {
        let invoice = self.invoice_mut(place)?;
        if invoice.state != State::Draft {
            return Err(KillBillError::NotPossible { what: format!("invoice {place} is not a draft") });
        }
        invoice.state = State::Committed;
        self.settle(self.today)?;
        match self.payments {
            Payments::AtOnce => self.pay_open(place),
            Payments::Off => Ok(()),
        }
    }
}
