//! An account: its runs, and the money that its invoices move.

use super::history::{check_history, check_new};
use super::{Billed, Book, Charge, CreditMove, Invoice, Item, ItemId, KillBillError, Payment, State, difference};
use alloc::{borrow::Cow, collections::BTreeSet, vec::Vec};
use calendar::Date;
use money::Money;

/// What becomes of a new invoice's balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payments {
    /// It is paid at once.
    AtOnce,
    /// It stays open until somebody pays.
    Off,
}

/// What becomes of what a run finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invoicing {
    /// An invoice that is owed.
    Committed,
    /// A draft.
    Draft,
    /// There are no runs.
    Off,
}

/// An account of Kill Bill on the day up to which its clock has run. What fails changes nothing.
#[derive(Debug, Clone)]
pub struct Account {
    /// What was agreed and used.
    pub book: Book,
    /// How new invoices are paid.
    pub payments: Payments,
    /// Whether runs make invoices.
    pub invoicing: Invoicing,
    pub(super) invoices: Vec<Invoice>,
    pub(super) today: Date,
    pub(super) items: u32,
    /// Days on which a run was asked for.
    pub(super) wanted: BTreeSet<Date>,
    /// The next payment is for no more than this.
    pub(super) limit: Option<Money>,
    /// A tax from outside for the next invoice.
    pub(super) taxes: Vec<Money>,
}

impl Account {
    /// An account without invoices, whose clock stands on a day.
    pub fn new(book: Book, today: Date) -> Self {
        Self {
            book,
            payments: Payments::AtOnce,
            invoicing: Invoicing::Committed,
            invoices: Vec::new(),
            today,
            items: 0,
            wanted: BTreeSet::new(),
            limit: None,
            taxes: Vec::new(),
        }
    }

    /// Its invoices, in the order in which they were made.
    pub fn invoices(&self) -> &[Invoice] {
        &self.invoices
    }

    /// The day on which its clock stands.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Lets time pass up to a day: on each day on which one is due there is a run.
    ///
    /// # Errors
    /// A run fails; the clock then stands on its day.
    pub fn pass(&mut self, until: Date) -> Result<(), KillBillError> {
        while self.today < until {
            self.today = self.today.plus_days(1)?;
            if self.invoicing != Invoicing::Off && self.is_due(self.today)? {
                self.run(self.today)?;
            }
        }
        Ok(())
    }

    /// Whether a run is due: something that was billed or proposed ends, a change takes effect, or the life of a subscription asks.
    fn is_due(&self, day: Date) -> Result<bool, KillBillError> {
        let ends = |billed: &Billed| {
            matches!(billed.item.charge, Charge::Recurring { .. } | Charge::Usage { .. })
                && billed.item.end() == Some(day)
        };
        Ok(self.wanted.contains(&day)
            || self.invoices.iter().flat_map(|invoice| &invoice.items).any(ends)
            || self.book.asks_for_run(day)?)
    }

    /// What was billed and not voided.
    pub fn history(&self) -> Vec<Billed> {
        let counts = |invoice: &&Invoice| invoice.state != State::Void;
        self.invoices.iter().filter(counts).flat_map(|invoice| invoice.items.iter().cloned()).collect()
    }

    /// The date of the oldest invoice on which something is open.
    pub fn unpaid_since(&self) -> Result<Option<Date>, KillBillError> {
        let mut oldest = None;
        for invoice in &self.invoices {
            if invoice.balance()?.minor() > 0 {
                oldest = Some(oldest.map_or(invoice.date, |date: Date| date.min(invoice.date)));
            }
        }
        Ok(oldest)
    }

    /// The day that a run for `target` looks at: that of an earlier run that looked further, since what it billed ahead stands.
    fn looked_at(&self, target: Date) -> Date {
        let counts = self.invoices.iter().filter(|invoice| invoice.state != State::Void);
        counts.map(|invoice| invoice.date).fold(target, Date::max)
    }

    /// The book with the cycle day that a run for `target` sets, if it sets it.
    fn book_seen_on(&self, target: Date) -> Result<Cow<'_, Book>, KillBillError> {
        match self.book.account_day(target)? {
            day if day == self.book.cycle_day => Ok(Cow::Borrowed(&self.book)),
            cycle_day => Ok(Cow::Owned(Book { cycle_day, ..self.book.clone() })),
        }
    }

    /// What a run for `target` would bill.
    ///
    /// # Errors
    /// The history contradicts itself, a safety limit stops the run, or a date or amount is out of range.
    pub fn preview(&self, target: Date) -> Result<Vec<Item>, KillBillError> {
        let date = target;
        let target = self.looked_at(target);
        self.book.profile.check_target(self.today, target)?;
        let history = self.history();
        check_history(&history)?;
        let book = self.book_seen_on(target)?;
        let mut new = difference(&history, &book.proposed(target)?, book.profile.months)?;
        new.extend(book.usage_items(target, &history)?);
        let today: Vec<&Item> = self
            .invoices
            .iter()
            .filter(|invoice| invoice.date == date && invoice.state != State::Void)
            .flat_map(|invoice| &invoice.items)
            .map(|billed| &billed.item)
            .collect();
        check_new(&new, &today, date, &self.book.profile)?;
        Ok(new)
    }

    /// Runs the generator for a day: what [`preview`](Self::preview) gives is put on an invoice, if it is anything.
    ///
    /// # Errors
    /// As [`preview`](Self::preview).
    pub fn run(&mut self, target: Date) -> Result<(), KillBillError> {
        let new = self.preview(target)?;
        let book = self.book_seen_on(target)?;
        let (ends, cycle_day) = (book.proposed(target)?, book.cycle_day);
        self.book.cycle_day = cycle_day;
        self.wanted.extend(ends.iter().filter_map(Item::end));
        if new.is_empty() {
            return Ok(());
        }
        let mut items = new;
        for amount in core::mem::take(&mut self.taxes) {
            items.push(Item { subscription: None, charge: Charge::Tax { on: target }, amount });
        }
        let state = if self.invoicing == Invoicing::Draft { State::Draft } else { State::Committed };
        self.add(target, items, state, self.payments)
    }

    /// Puts items on a new invoice, moves credit, and pays what is open.
    pub(super) fn add(
        &mut self,
        date: Date,
        items: Vec<Item>,
        state: State,
        payments: Payments,
    ) -> Result<(), KillBillError> {
        let items = items.into_iter().map(|item| self.named(item)).collect();
        let currency = self.book.currency;
        self.invoices.push(Invoice { date, items, credit: Vec::new(), payments: Vec::new(), state, currency });
        self.settle(date)?;
        match payments {
            Payments::AtOnce => self.pay_open(self.invoices.len() - 1),
            Payments::Off => Ok(()),
        }
    }

    pub(super) fn named(&mut self, item: Item) -> Billed {
        self.items += 1;
        Billed { id: ItemId(self.items), item }
    }

    /// Pays what is open on an invoice.
    pub(super) fn pay_open(&mut self, invoice: usize) -> Result<(), KillBillError> {
        let on = self.today;
        let Some(invoice) = self.invoices.get_mut(invoice) else { return Ok(()) };
        let open = invoice.balance()?;
        if open.minor() > 0 {
            let limit = self.limit.take().map_or(open.minor(), Money::minor);
            let amount = Money::new(open.minor().min(limit), open.currency());
            invoice.payments.push(Payment { on, amount });
        }
        Ok(())
    }

    /// Moves credit: what an invoice owes to the account becomes its credit, and credit pays open invoices, the oldest first.
    pub(super) fn settle(&mut self, on: Date) -> Result<(), KillBillError> {
        for invoice in &mut self.invoices {
            let open = invoice.balance()?;
            if open.is_negative() {
                invoice.credit.push(CreditMove { on, amount: open.negated() });
            }
        }
        let mut credit = self.credit()?.minor();
        for invoice in &mut self.invoices {
            let open = invoice.balance()?;
            let used = open.minor().min(credit);
            if used > 0 {
                invoice.credit.push(CreditMove { on, amount: Money::new(-used, open.currency()) });
                credit -= used;
            }
        }
        Ok(())
    }

    /// The credit that the account has.
    pub fn credit(&self) -> Result<Money, KillBillError> {
        let mut sum = Money::zero(self.book.currency);
        for invoice in self.invoices.iter().filter(|invoice| invoice.state != State::Void) {
            sum = sum.plus(invoice.credited()?)?;
        }
        Ok(sum)
    }

    /// What the account owes: all that is open, less its credit.
    pub fn balance(&self) -> Result<Money, KillBillError> {
        let mut sum = self.credit()?.negated();
        for invoice in &self.invoices {
            sum = sum.plus(invoice.balance()?)?;
        }
        Ok(sum)
    }

    /// Up to which day a subscription is billed in advance; `None` when it is not.
    pub fn charged_through(&self, subscription: &str) -> Option<Date> {
        let history = self.history();
        let stretches = super::difference::stretches(&history, Some(subscription));
        let once = history.iter().filter(|billed| billed.item.subscription.as_deref() == Some(subscription));
        let once = once.filter(|billed| matches!(billed.item.charge, Charge::Fixed { .. }));
        stretches.iter().map(|stretch| stretch.days.to()).chain(once.filter_map(|billed| billed.item.end())).max()
    }
}
