//! What happens to an invoice after it was issued: payments, credit notes, refunds, disputes, voids, write-offs, and what each does to revenue.

use crate::{Over, RevenueError};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::Date;
use ledger::{Account, Month};
use money::Ratio;

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// The customer pays.
    Paid(Ratio),
    /// The customer pays what was given up.
    Recovered(Ratio),
    /// A credit note.
    Credited(Ratio),
    /// The last credit note is void.
    CreditVoided,
    /// Money goes back.
    Refunded(Ratio),
    /// A bank takes money back.
    Disputed(Ratio),
    /// A bank gives it again.
    DisputeWon(Ratio),
    /// The invoice is void.
    Voided(Ratio),
    /// The invoice is void after it was given up.
    VoidedAfterLoss,
    /// It is given up.
    GivenUp(Ratio),
}

/// Where the earned share of what is taken back goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contra {
    /// It lessens revenue, as a change of the price; what is given up is a loss on credit, and a dispute that is won brings the revenue back.
    #[default]
    PriceChange,
    /// Each sort has an account of its own beside revenue, and a dispute that is won is a gain. A convention of one vendor.
    AccountPerSort,
}

/// An invoice for a service over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Its amount without tax.
    pub amount: Ratio,
    /// The service.
    pub over: Over,
    /// When it was issued.
    pub issued: Date,
    /// What happened, in any order; of one day in the order in which it happened.
    pub happened: Vec<(Date, Happening)>,
}

/// Exact movements by account and month; above zero where the account grows on its own side.
pub type Movements = BTreeMap<Account, BTreeMap<Month, Ratio>>;

impl Invoice {
    /// The movements of all accounts to the end of a month.
    pub fn movements(&self, through: Month, contra: Contra) -> Result<Movements, RevenueError> {
        let mut life = Life {
            invoice: self,
            contra,
            kept: Ratio::ONE,
            recognised: Ratio::ZERO,
            taken_back: Ratio::ZERO,
            deferred: self.amount,
            lost: Ratio::ZERO,
            credit: None,
            reversed_by_dispute: Ratio::ZERO,
            deferred_by_dispute: Ratio::ZERO,
            earned_until: Ratio::ZERO,
            movements: Movements::new(),
        };
        life.post(self.issued, Account::ContractLiability, self.amount)?;
        life.post(self.issued, Account::Receivable, self.amount)?;
        let mut happened: Vec<&(Date, Happening)> =
            self.happened.iter().filter(|(on, _)| Month::of(*on) <= through).collect();
        happened.sort_by_key(|(on, _)| *on);
        let months: Vec<Month> = self.over.months()?.into_iter().filter(|month| *month <= through).collect();
        let mut months = months.into_iter().peekable();
        for (on, what) in happened {
            while let Some(month) = months.next_if(|month| month.last() < *on) {
                life.earn(month.last())?;
            }
            // what happens on a day comes before the service of the day
            if let Ok(before) = on.plus_days(-1) {
                life.earn(before)?;
            }
            life.take(*on, *what)?;
        }
        for month in months {
            life.earn(month.last())?;
        }
        Ok(life.movements)
    }
}

struct Life<'a> {
    invoice: &'a Invoice,
    contra: Contra,
    /// The share of the price that still stands.
    kept: Ratio,
    recognised: Ratio,
    taken_back: Ratio,
    deferred: Ratio,
    lost: Ratio,
    /// The last credit note: its amount, the earned share of it, and what was kept before.
    credit: Option<(Ratio, Ratio, Ratio)>,
    reversed_by_dispute: Ratio,
    deferred_by_dispute: Ratio,
    earned_until: Ratio,
    movements: Movements,
}

impl Life<'_> {
    fn post(&mut self, on: Date, account: Account, amount: Ratio) -> Result<(), RevenueError> {
        let movement = self.movements.entry(account).or_default().entry(Month::of(on)).or_insert(Ratio::ZERO);
        *movement = movement.plus(amount)?;
        Ok(())
    }

    /// Earns the service to the end of a day.
    fn earn(&mut self, until: Date) -> Result<(), RevenueError> {
        let progress = self.invoice.over.progress(until)?;
        if progress <= self.earned_until {
            return Ok(());
        }
        let share = progress.minus(self.earned_until)?;
        self.earned_until = progress;
        let earned = self.invoice.amount.times(self.kept)?.times(share)?;
        self.recognised = self.recognised.plus(earned)?;
        self.deferred = self.deferred.minus(earned)?;
        self.post(until, Account::Revenue, earned)?;
        self.post(until, Account::ContractLiability, earned.negated())
    }

    fn take(&mut self, on: Date, what: Happening) -> Result<(), RevenueError> {
        match what {
            Happening::Paid(amount) => {
                self.post(on, Account::Cash, amount)?;
                self.post(on, Account::Receivable, amount.negated())
            }
            Happening::Recovered(amount) => {
                let lost = self.lost;
                self.lost = Ratio::ZERO;
                self.post(on, Account::Cash, amount)?;
                self.post(on, Account::CreditLoss, lost.negated())?;
                self.post(on, Account::Recoveries, amount.minus(lost)?)
            }
            Happening::Credited(amount) => {
                let before = self.kept;
                let earned = self.take_back(on, amount, Account::CreditNotes, Account::Receivable)?;
                self.credit = Some((amount, earned, before));
                Ok(())
            }
            Happening::CreditVoided => self.restore_credit(on),
            Happening::Refunded(amount) => self.take_back(on, amount, Account::Refunds, Account::Cash).map(drop),
            Happening::Disputed(amount) => {
                let deferred = self.deferred;
                let earned = self.take_back(on, amount, Account::Disputes, Account::Cash)?;
                self.reversed_by_dispute = earned;
                self.deferred_by_dispute = deferred.minus(self.deferred)?;
                Ok(())
            }
            Happening::DisputeWon(amount) => self.win(on, amount),
            Happening::Voided(amount) => self.take_back(on, amount, Account::Voids, Account::Receivable).map(drop),
            Happening::VoidedAfterLoss => {
                let lost = self.lost;
                self.lost = Ratio::ZERO;
                self.post(on, self.account(Account::Voids), lost)?;
                self.post(on, Account::CreditLoss, lost.negated())
            }
            Happening::GivenUp(amount) => {
                self.lost = self.take_back(on, amount, Account::CreditLoss, Account::Receivable)?;
                Ok(())
            }
        }
    }

    /// The account of the earned share of what is taken back.
    const fn account(&self, sort: Account) -> Account {
        match (self.contra, sort) {
            (Contra::PriceChange, Account::CreditLoss) | (Contra::AccountPerSort, _) => sort,
            (Contra::PriceChange, _) => Account::Revenue,
        }
    }

    /// Takes an amount back from what still stands, earned and deferred alike in proportion. What goes beyond is a loss. The earned share.
    fn take_back(&mut self, on: Date, amount: Ratio, sort: Account, from: Account) -> Result<Ratio, RevenueError> {
        let stands = self.invoice.amount.times(self.kept)?;
        let taken = amount.min(stands);
        let share = if stands.is_zero() { Ratio::ZERO } else { taken.over(stands)? };
        let earned = self.recognised.minus(self.taken_back)?.times(share)?;
        let account = self.account(sort);
        self.post(on, account, if account == Account::Revenue { earned.negated() } else { earned })?;
        let unearned = self.deferred.times(share)?;
        self.post(on, Account::ContractLiability, unearned.negated())?;
        if amount > taken {
            self.post(on, Account::Loss, amount.minus(taken)?)?;
        }
        self.post(on, from, amount.negated())?;
        self.taken_back = self.taken_back.plus(earned)?;
        self.deferred = self.deferred.minus(unearned)?;
        self.kept = self.kept.times(Ratio::ONE.minus(share)?)?;
        Ok(earned)
    }

    /// As if the credit note had never been: what was not earned meanwhile is caught up.
    fn restore_credit(&mut self, on: Date) -> Result<(), RevenueError> {
        let Some((amount, earned, kept)) = self.credit.take() else {
            let contract = "the invoice".into();
            return Err(RevenueError::BadChange { contract, on, why: "there is no credit note to void" });
        };
        self.post(on, Account::Receivable, amount)?;
        let account = self.account(Account::CreditNotes);
        self.post(on, account, if account == Account::Revenue { earned } else { earned.negated() })?;
        self.taken_back = self.taken_back.minus(earned)?;
        let full = self.invoice.amount.times(self.earned_until)?;
        let catch_up = full.times(kept)?.minus(self.recognised)?;
        self.post(on, Account::Revenue, catch_up)?;
        self.recognised = self.recognised.plus(catch_up)?;
        let deferred = self.invoice.amount.minus(full)?.times(kept)?;
        self.post(on, Account::ContractLiability, deferred.minus(self.deferred)?)?;
        self.deferred = deferred;
        self.kept = kept;
        Ok(())
    }

    fn win(&mut self, on: Date, amount: Ratio) -> Result<(), RevenueError> {
        self.post(on, Account::Cash, amount)?;
        match self.contra {
            Contra::AccountPerSort => self.post(on, Account::Recoveries, amount),
            Contra::PriceChange => {
                let (earned, unearned) = (self.reversed_by_dispute, self.deferred_by_dispute);
                (self.reversed_by_dispute, self.deferred_by_dispute) = (Ratio::ZERO, Ratio::ZERO);
                let back = earned.plus(unearned)?;
                self.taken_back = self.taken_back.minus(earned)?;
                // what would have been earned of the deferred share since then is earned now
                let whole = self.invoice.amount;
                let kept = if whole.is_zero() { Ratio::ZERO } else { back.over(whole)? };
                let of_now = kept.times(whole)?.times(self.earned_until)?;
                let late = of_now.minus(earned)?;
                self.post(on, Account::Revenue, earned.plus(late)?)?;
                self.recognised = self.recognised.plus(late)?;
                self.post(on, Account::ContractLiability, unearned.minus(late)?)?;
                self.deferred = self.deferred.plus(unearned)?.minus(late)?;
                self.kept = self.kept.plus(kept)?;
                self.post(on, Account::Recoveries, amount.minus(back)?)
            }
        }
    }
}
