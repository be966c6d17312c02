//! A command that is done as far as its commit, and then not kept: to see what it would answer, and what it would change in money.

use crate::changeset_preview::Overlay;
use crate::versions::Request;
use crate::{Actor, Engine, EngineError, Failure, Platform};
use billing::{Account, BillPlan, CurrencyDifference, LineDifference, Posted, compare_by_currency};
use calendar::Instant;
use contracts::Customer;
use money::{Currency, Money};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use stdx::Key;
use store::lines;

mod usage;

use usage::Judge;

/// How many customers' bills are drawn to say what changes.
const MOST: usize = 100;

/// What a write would change in money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Impact {
    /// Whether any customer's bill changes.
    pub money: Touch,
    /// Each customer and currency that is billed something at once, or differently in the period that is open.
    pub customers: Vec<CustomerImpact>,
    /// Customers whose bills may change as well and were not drawn, because there are so many.
    pub not_computed: u64,
    /// Customers whose bill cannot be drawn, before or after, and why.
    pub failures: Vec<Failure>,
}

/// Whether a write changes what customers are billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    /// No customer's bill changes.
    Unchanged,
    /// See `customers`, `failures` and `not_computed`.
    Changed,
}

/// What a write would change for a customer, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CustomerImpact {
    /// Whose bill it is.
    pub customer: Key,
    /// In which currency.
    pub currency: Currency,
    /// What is billed at once: by the write itself, or by the next billing run.
    pub at_once: Amounts,
    /// The end of the period that is open.
    pub until: Instant,
    /// What the bill at that end comes to with the usage to date, with what is billed at once.
    pub to_date: Amounts,
}

/// An amount with and without a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Amounts {
    /// Without it.
    pub before: Money,
    /// With it.
    pub after: Money,
    /// `after − before`.
    pub difference: Money,
    /// Each line that differs.
    pub lines: Vec<LineDifference>,
}

/// What a rehearsal left behind: whose bills to draw, and by which facts.
struct After {
    engine: Engine,
    /// As they would be; nothing where one cannot be read.
    accounts: BTreeMap<Key, Account>,
    not_computed: u64,
    overlays: BTreeMap<String, Overlay>,
}

impl Platform {
    /// Does something as far as the commit, and says what it would change in money. `play` gets an installation and a tenant's engine
    /// that see what it does; nothing of it is stored, in facts or usage, and nobody is told. Other writers wait meanwhile.
    ///
    /// # Errors
    /// Those of `play`, as they would be in earnest.
    pub fn rehearse<T, E: From<EngineError>>(
        &self,
        tenant: &Key,
        actor: &Actor,
        request: &Arc<Request>,
        play: impl FnOnce(&Self, &Engine) -> Result<T, E>,
    ) -> Result<(T, Impact), E> {
        let earnest = self.engine(tenant)?;
        let judge = Arc::new(Judge::over(self.shared_usage(), tenant.clone()));
        let rehearsed = {
            let _alone = earnest.command()?;
            let act = |store: &Arc<store::Store>| {
                let platform = self.staged(store.clone(), judge.clone());
                let engine = platform.engine(tenant)?.acting_for(actor.clone()).in_request(request.clone());
                let value = play(&platform, &engine)?;
                if request.wrote("job") {
                    // what is asked for is done later, and is what the money is about
                    engine.run_jobs()?;
                }
                Ok::<_, E>((value, engine.after(request, &judge)?))
            };
            // what is rehearsed is not counted
            metrics::with_local_recorder(&metrics::NoopRecorder, || earnest.store.rehearse(act))
                .map_err(EngineError::from)?
        };
        let (value, after) = rehearsed?;
        Ok((value, earnest.impact(after)?))
    }
}

impl Engine {
    /// Gathers what is needed to draw bills once the transaction is gone.
    fn after(&self, request: &Request, judge: &Judge) -> Result<After, EngineError> {
        let overlays = self.overlays(&judge.changes())?;
        let named: BTreeSet<String> = request.concerned().into_iter().chain(overlays.keys().cloned()).collect();
        let (mut accounts, mut not_computed) = (BTreeMap::new(), 0);
        for name in named {
            let Some(customer) = self.find_customer(&name)? else { continue };
            if accounts.len() == MOST {
                not_computed += 1;
                continue;
            }
            accounts.insert(customer.key.clone(), self.account(customer, Posted::default())?);
        }
        Ok(After { engine: self.clone(), accounts, not_computed, overlays })
    }

    /// Draws the bills with and without, from what was posted before.
    fn impact(&self, after: After) -> Result<Impact, EngineError> {
        let After { engine, accounts, not_computed, overlays } = after;
        let (mut customers, mut failures) = (Vec::new(), Vec::new());
        for (key, account) in accounts {
            match self.impact_on(&engine, account, overlays.get(key.as_str())) {
                Ok(found) => customers.extend(found),
                Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
                Err(refused) => failures.push(Failure { customer: key, problems: refused.problems() }),
            }
        }
        let is_silent = customers.is_empty() && failures.is_empty() && not_computed == 0;
        let money = if is_silent { Touch::Unchanged } else { Touch::Changed };
        Ok(Impact { money, customers, not_computed, failures })
    }

    fn impact_on(
        &self,
        staged: &Self,
        mut after: Account,
        overlay: Option<&Overlay>,
    ) -> Result<Vec<CustomerImpact>, EngineError> {
        let before = match self.find_customer(after.customer.key.as_str())? {
            Some(customer) => Some(self.account_with_posted(customer)?),
            None => None,
        };
        after.posted = self.posted_to(&after.customer)?;
        let now = staged.now();
        let mut until = staged.next_due_of(&after, &staged.catalogs(), now)?;
        if let Some(before) = &before {
            until = until.max(self.next_due_of(before, &self.catalogs(), now)?);
        }
        let until = until.unwrap_or(now);
        let at_once = self.amounts(staged, before.as_ref(), &after, overlay, now)?;
        let to_date = self.amounts(staged, before.as_ref(), &after, overlay, until)?;
        let customer = &after.customer.key;
        Ok(side_by_side(at_once, to_date)
            .filter(|(_, at_once, to_date)| !at_once.is_nothing() || !to_date.lines.is_empty())
            .map(|(currency, at_once, to_date)| CustomerImpact {
                customer: customer.clone(),
                currency,
                at_once,
                until,
                to_date,
            })
            .collect())
    }

    fn amounts(
        &self,
        staged: &Self,
        before: Option<&Account>,
        after: &Account,
        overlay: Option<&Overlay>,
        as_of: Instant,
    ) -> Result<Vec<CurrencyDifference>, EngineError> {
        let before = match before {
            Some(account) => Some(self.plan_for(account, &self.catalogs(), as_of, |need| self.answer(need))?),
            None => None,
        };
        let after: BillPlan = staged.plan_for(after, &staged.catalogs(), as_of, |need| match overlay {
            Some(overlay) => staged.answer_with(need, overlay),
            None => staged.answer(need),
        })?;
        Ok(compare_by_currency(before.as_ref(), &after)?)
    }

    fn posted_to(&self, customer: &Customer) -> Result<Posted, EngineError> {
        let stored =
            self.store.read(|tx| lines::of_customer::<billing::Line>(tx, &self.tenant, customer.key.as_str()))?;
        Ok(Posted::from_lines(stored.into_iter().map(|line| line.body))?)
    }
}

impl Amounts {
    fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { before: zero, after: zero, difference: zero, lines: Vec::new() }
    }

    fn is_nothing(&self) -> bool {
        self.lines.is_empty() && self.before.is_zero() && self.after.is_zero()
    }
}

impl From<CurrencyDifference> for Amounts {
    fn from(found: CurrencyDifference) -> Self {
        let CurrencyDifference { before, after, difference, lines, .. } = found;
        Self { before, after, difference, lines }
    }
}

/// Both by currency; where one has none of a currency, it has nothing.
fn side_by_side(
    at_once: Vec<CurrencyDifference>,
    to_date: Vec<CurrencyDifference>,
) -> impl Iterator<Item = (Currency, Amounts, Amounts)> {
    let by_currency = |found: Vec<CurrencyDifference>| -> BTreeMap<Currency, Amounts> {
        found.into_iter().map(|one| (one.currency, one.into())).collect()
    };
    let (mut at_once, mut to_date) = (by_currency(at_once), by_currency(to_date));
    let currencies: BTreeSet<Currency> = at_once.keys().chain(to_date.keys()).copied().collect();
    currencies.into_iter().map(move |currency| {
        let take = |from: &mut BTreeMap<Currency, Amounts>| {
            from.remove(&currency).unwrap_or_else(|| Amounts::nothing(currency))
        };
        (currency, take(&mut at_once), take(&mut to_date))
    })
}
