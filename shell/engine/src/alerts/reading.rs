//! What is watched, in numbers: the same that previews show.

use super::alert::{SpendOn, Watched};
use crate::{Engine, EngineError};
use billing::{
    Account, BillPlan, Catalogs, DocumentKind, Invoice, Line, MeteredCycle, UsageAnswer, UsageNeed, line_total,
    metered_cycles, spend_to_date,
};
use calendar::Instant;
use contracts::Customer;
use money::{Currency, Ratio};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use stdx::Key;
use store::documents::{Cursor, Which};

/// How many answers about closed periods are remembered.
const MOST: usize = 200_000;
const PAGE: u32 = 50;

/// What was measured of periods that are over, so that it is not measured anew with each look: by subject.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    answers: RefCell<HashMap<String, Vec<(UsageNeed, UsageAnswer)>>>,
}

impl Remembered {
    pub(super) fn clear(&mut self) {
        self.answers.get_mut().clear();
    }

    /// Forgets what an event of the subject at this time, or after it, may have changed.
    pub(super) fn forget(&mut self, subject: &str, earliest: Instant) {
        if let Some(answers) = self.answers.get_mut().get_mut(subject) {
            answers.retain(|(need, _)| need.period.to() <= earliest);
        }
    }

    fn find(&self, need: &UsageNeed) -> Option<UsageAnswer> {
        let answers = self.answers.borrow();
        let found = answers.get(need.subject.as_str())?.iter().find(|(known, _)| known == need)?;
        Some(found.1.clone())
    }

    fn keep(&self, need: &UsageNeed, answer: &UsageAnswer) {
        let mut answers = self.answers.borrow_mut();
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.entry(need.subject.to_string()).or_default().push((need.clone(), answer.clone()));
    }
}

/// How much it is so far, and in which billing period.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub(super) from: Option<Instant>,
    pub(super) to: Instant,
    pub(super) value: Ratio,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// A question about a cycle.
    Cycle(Box<MeteredCycle>),
    /// The upcoming invoice.
    Invoice(Currency, Option<SpendOn>),
}

/// One customer, looked at once for all alerts.
pub(super) struct Subject<'a> {
    engine: &'a Engine,
    remembered: &'a Remembered,
    catalogs: Arc<Catalogs>,
    customer: Customer,
    cycles: Option<Vec<MeteredCycle>>,
    spend: Option<Spend>,
}

/// What will be billed next.
#[derive(Debug)]
enum Spend {
    /// Nothing, ever.
    Nothing,
    /// An invoice.
    Upcoming {
        due_at: Instant,
        upcoming: Box<BillPlan>,
        /// What of it is due already and only waits to be billed: it belongs to the period before.
        due: Box<BillPlan>,
    },
}

impl<'a> Subject<'a> {
    pub(super) fn new(engine: &'a Engine, remembered: &'a Remembered, customer: Customer) -> Self {
        Self { engine, remembered, catalogs: engine.catalogs(), customer, cycles: None, spend: None }
    }

    pub(super) fn key(&self) -> &Key {
        &self.customer.key
    }

    /// How much it is now, in each open period.
    pub(super) fn readings(&mut self, on: &Watched) -> Result<Vec<Reading>, EngineError> {
        match on {
            Watched::Usage { meter } => self.usage(meter),
            Watched::Spend { currency, of } => self.spend_on(*currency, of.as_ref()),
        }
    }

    fn cycles(&mut self) -> Result<&[MeteredCycle], EngineError> {
        if self.cycles.is_none() {
            let account = self.engine.account(self.customer.clone(), billing::Posted::default())?;
            self.cycles = Some(metered_cycles(&account, &self.catalogs, self.engine.now())?);
        }
        Ok(self.cycles.as_deref().unwrap_or_default())
    }

    fn usage(&mut self, meter: &Key) -> Result<Vec<Reading>, EngineError> {
        let now = self.engine.now();
        let open: Vec<MeteredCycle> = self
            .cycles()?
            .iter()
            .filter(|cycle| cycle.need.meter == *meter && cycle.need.period.contains(now))
            .cloned()
            .collect();
        let mut found: Vec<Reading> = Vec::new();
        for cycle in open {
            // two prices that count the same are one reading
            if found.iter().any(|reading| reading.source.is_cycle_of(&cycle)) {
                continue;
            }
            let value = self.quantity(&whole(&cycle))?;
            let (from, to) = (Some(cycle.cycle.from()), cycle.cycle.to());
            found.push(Reading { from, to, value, source: Source::Cycle(Box::new(cycle)) });
        }
        Ok(found)
    }

    fn quantity(&self, need: &UsageNeed) -> Result<Ratio, EngineError> {
        let answer = self.engine.answer_remembered(need, self.remembered)?;
        // without dimensions there is one group
        Ok(answer.groups.first().map_or(Ratio::ZERO, |(_, measured)| measured.quantity))
    }

    fn spend_on(&mut self, currency: Currency, of: Option<&SpendOn>) -> Result<Vec<Reading>, EngineError> {
        if self.spend.is_none() {
            self.spend = Some(self.engine.what_comes(self.customer.clone(), &self.catalogs, self.remembered)?);
        }
        let Some(Spend::Upcoming { due_at, upcoming, due }) = &self.spend else { return Ok(Vec::new()) };
        let total = spend_to_date(upcoming, due, currency, counts(of))?;
        let source = Source::Invoice(currency, of.cloned());
        Ok(vec![Reading { from: None, to: *due_at, value: total.to_dec().into(), source }])
    }

    /// What the closed period before came to, if there is one.
    pub(super) fn last(&mut self, reading: &Reading) -> Result<Option<Ratio>, EngineError> {
        match &reading.source {
            Source::Cycle(now) => {
                let before = self.cycles()?.iter().filter(|cycle| {
                    cycle.subscription == now.subscription
                        && (&cycle.price.plan, &cycle.price.price) == (&now.price.plan, &now.price.price)
                        && cycle.cycle.to() == now.cycle.from()
                });
                let before = before.max_by_key(|cycle| cycle.need.period.to()).map(whole);
                before.map(|need| self.quantity(&need)).transpose()
            }
            Source::Invoice(currency, of) => self.engine.last_invoice(self.key(), *currency, of.as_ref()),
        }
    }
}

impl Source {
    fn is_cycle_of(&self, other: &MeteredCycle) -> bool {
        match self {
            Self::Cycle(cycle) => whole(cycle) == whole(other),
            Self::Invoice(..) => false,
        }
    }
}

/// The question about all of a meter in a cycle, however its price splits lines.
fn whole(cycle: &MeteredCycle) -> UsageNeed {
    UsageNeed { by: Vec::new(), detail: billing::Detail::Quantity, ..cycle.need.clone() }
}

/// Whether a line is of the part that is watched.
fn counts(of: Option<&SpendOn>) -> impl Fn(&Line) -> bool + '_ {
    move |line| of.is_none_or(|part| part.covers(line))
}

impl SpendOn {
    fn covers(&self, line: &Line) -> bool {
        let price = &line.key.price;
        self.plan == price.plan && self.price.as_ref().is_none_or(|wanted| *wanted == price.price)
    }
}

impl Engine {
    /// What the usage store says, from memory where the period is open or was asked about before.
    fn answer_remembered(&self, need: &UsageNeed, remembered: &Remembered) -> Result<UsageAnswer, EngineError> {
        if need.period.to() > self.now() {
            return self.answer_as_followed(need);
        }
        if let Some(known) = remembered.find(need) {
            return Ok(known);
        }
        let answer = self.answer(need)?;
        remembered.keep(need, &answer);
        Ok(answer)
    }

    fn what_comes(
        &self,
        customer: Customer,
        catalogs: &Catalogs,
        remembered: &Remembered,
    ) -> Result<Spend, EngineError> {
        let now = self.now();
        let account: Account = self.account_with_posted(customer)?;
        let Some(due_at) = self.next_due_of(&account, catalogs, now)? else {
            return Ok(Spend::Nothing);
        };
        let plan = |as_of| self.plan_for(&account, catalogs, as_of, |need| self.answer_remembered(need, remembered));
        Ok(Spend::Upcoming { due_at, upcoming: Box::new(plan(due_at)?), due: Box::new(plan(now)?) })
    }

    /// What the customer's last invoice in a currency came to, a draft or issued.
    fn last_invoice(
        &self,
        customer: &Key,
        currency: Currency,
        of: Option<&SpendOn>,
    ) -> Result<Option<Ratio>, EngineError> {
        let mut after = Cursor::start();
        loop {
            let page = self.invoices(Which::Customer(customer.as_str()), &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(None) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            let is_it = |invoice: &Invoice| invoice.kind == DocumentKind::Invoice && invoice.currency == currency;
            if let Some(found) = page.iter().find(|document| is_it(&document.body)) {
                return Ok(Some(line_total(&found.body.lines, currency, counts(of))?.to_dec().into()));
            }
        }
    }
}
