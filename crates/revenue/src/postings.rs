//! The entries of a contract: what should be recognised, less what is, and how it is presented at the end of a month.

use crate::{Contract, Position, RevenueError, revenue_rules};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use calendar::{Instant, Zone};
use ledger::{Account, Amounts, Book, Booked, Entry, EntryDraft, Measure, Month, Rules, Side, standard_rules};
use money::{Currency, Money};
use stdx::Key;

/// In which book, by the days of which zone, by which rules entries are written.
#[derive(Debug, Clone)]
pub struct Desk {
    book: Book,
    zone: Zone,
    rules: Rules,
}

/// What the books hold of a contract: revenue by the month that it belongs in and by obligation, and how many entries each month has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recognised {
    revenue: BTreeMap<Month, BTreeMap<Key, Money>>,
    entries: BTreeMap<Month, u32>,
    presented: BTreeMap<(Month, Account), (Money, u32)>,
}

/// What is presented as an asset at the end of a month: the rule and the account.
const PRESENTED: [(&str, Account); 2] =
    [("unbilled_presented", Account::Unbilled), ("contract_asset_presented", Account::ContractAsset)];

impl Recognised {
    /// Reads it from what was posted, in one book.
    pub fn of<'a>(
        contract: &Contract,
        book: Book,
        booked: impl IntoIterator<Item = &'a Booked>,
    ) -> Result<Self, RevenueError> {
        let mut found = Self::default();
        // a key holds no stroke, so no key of another contract begins like this
        let prefix = format!("contract:{}/revenue:", contract.key);
        for booked in booked {
            let entry = &booked.entry;
            if entry.book() != book || entry.entity() != contract.entity.as_ref() {
                continue;
            }
            if entry.event().starts_with(&prefix) {
                found.add_revenue(booked, contract.currency)?;
            } else if entry.reverses().is_none() {
                found.add_presented(contract, booked)?;
            }
        }
        Ok(found)
    }
}

impl Recognised {
    fn add_revenue(&mut self, booked: &Booked, currency: Currency) -> Result<(), RevenueError> {
        *self.entries.entry(booked.origin).or_default() += 1;
        for posting in booked.entry.postings().iter().filter(|posting| posting.account != Account::ContractLiability) {
            let name = posting.dimensions.get("obligation").map(|name| name.parse::<Key>());
            let Some(Ok(key)) = name else { continue };
            let sum = self.revenue.entry(booked.origin).or_default().entry(key).or_insert(Money::zero(currency));
            *sum = match posting.side {
                Side::Credit => sum.plus(posting.amount)?,
                Side::Debit => sum.minus(posting.amount)?,
            };
        }
        Ok(())
    }

    fn add_presented(&mut self, contract: &Contract, booked: &Booked) -> Result<(), RevenueError> {
        for (rule, account) in PRESENTED {
            if !booked.entry.event().starts_with(&format!("contract:{}/{rule}:", contract.key)) {
                continue;
            }
            let nothing = (Money::zero(contract.currency), 0);
            let (held, count) = self.presented.entry((booked.origin, account)).or_insert(nothing);
            *count += 1;
            for posting in booked.entry.postings().iter().filter(|posting| posting.account == account) {
                *held = match posting.side {
                    Side::Debit => held.plus(posting.amount)?,
                    Side::Credit => held.minus(posting.amount)?,
                };
            }
        }
        Ok(())
    }
}

impl Desk {
    /// A desk with the standard rules.
    pub fn new(book: Book, zone: Zone) -> Result<Self, RevenueError> {
        Ok(Self { book, zone, rules: standard_rules().and(revenue_rules())? })
    }

    /// A desk with other rules.
    pub const fn with_rules(book: Book, zone: Zone, rules: Rules) -> Self {
        Self { book, zone, rules }
    }

    /// The zone of its days.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The last moment of a month.
    pub fn end_of(&self, month: Month) -> Instant {
        let next = month.plus(1).map(|next| self.zone.start_of(next.first()));
        next.ok().and_then(|next| next.plus_micros(-1).ok()).unwrap_or(Instant::MAX)
    }

    /// The entry of one event, by its rule.
    pub fn entry(
        &self,
        rule: &str,
        id: impl Into<String>,
        at: Instant,
        amount: Money,
        dimensions: &BTreeMap<String, String>,
    ) -> Result<Option<Entry>, RevenueError> {
        self.entry_of(None, rule, id, at, &[(Measure::Amount, amount)], dimensions)
    }

    /// The entry of one event of a legal entity, by its rule, with all amounts that the rule posts. None when all of them are zero.
    pub fn entry_of(
        &self,
        entity: Option<&Key>,
        rule: &str,
        id: impl Into<String>,
        at: Instant,
        amounts: &[(Measure, Money)],
        dimensions: &BTreeMap<String, String>,
    ) -> Result<Option<Entry>, RevenueError> {
        let amounts: Amounts = amounts.iter().map(|(measure, amount)| (*measure, (*amount).into())).collect();
        self.valued_entry(entity, rule, id, at, &amounts, dimensions)
    }

    /// [`Desk::entry_of`] with amounts that are worth something in the functional currency too. A difference of exchange is an amount of zero
    /// that is worth something.
    pub fn valued_entry(
        &self,
        entity: Option<&Key>,
        rule: &str,
        id: impl Into<String>,
        at: Instant,
        amounts: &Amounts,
        dimensions: &BTreeMap<String, String>,
    ) -> Result<Option<Entry>, RevenueError> {
        let draft = self.rules.rule(rule)?.draft(id, at, amounts, dimensions)?.in_book(entity.cloned(), self.book);
        if draft.is_empty() { Ok(None) } else { Ok(Some(draft.balanced()?)) }
    }

    /// What is to be posted so that the books say of each month, to `through`, what the contract says of it now. Nothing when they do. Each
    /// entry belongs in its month; the journal posts it in the first month that is open.
    pub fn recognise(
        &self,
        contract: &Contract,
        posted: &Recognised,
        through: Month,
    ) -> Result<Vec<Entry>, RevenueError> {
        let Some(first) = contract.first_month(through)? else { return Ok(Vec::new()) };
        let first = posted.entries.keys().next().map_or(first, |earliest| first.min(*earliest));
        let months: Vec<Month> = first.to(through).collect();
        let ends = contract.month_ends(&months)?;
        let mut entries = Vec::new();
        for (month, end) in ends {
            let mut wanted = end.revenue;
            for (key, amount) in posted.revenue.get(&month).into_iter().flatten() {
                let want = wanted.entry(key.clone()).or_insert(Money::zero(contract.currency));
                *want = want.minus(*amount)?;
            }
            let count = posted.entries.get(&month).copied().unwrap_or(0);
            entries.extend(self.revenue_entries(contract, month, count + 1, &wanted)?);
        }
        Ok(entries)
    }

    /// The entries of so much revenue of a month: one of what the selling legal entity performed, and for each other one that performed two
    /// halves that each balance.
    fn revenue_entries(
        &self,
        contract: &Contract,
        month: Month,
        number: u32,
        revenue: &BTreeMap<Key, Money>,
    ) -> Result<Vec<Entry>, RevenueError> {
        let mut by_performer: BTreeMap<Option<&Key>, Vec<(&Key, Money)>> = BTreeMap::new();
        for (key, amount) in revenue.iter().filter(|(_, amount)| !amount.is_zero()) {
            let found = contract.obligation(key).ok().and_then(|obligation| obligation.performed_by.as_ref());
            let other = found.filter(|entity| Some(*entity) != contract.entity.as_ref());
            by_performer.entry(other).or_default().push((key, *amount));
        }
        let mut entries = Vec::new();
        for (performer, parts) in by_performer {
            let id = match performer {
                Some(entity) => format!("contract:{}/revenue:{month}:{number}/{entity}", contract.key),
                None => format!("contract:{}/revenue:{month}:{number}", contract.key),
            };
            let begin = |entity: Option<&Key>| {
                let draft = EntryDraft::by_rule(id.clone(), 1, self.end_of(month));
                draft.in_book(entity.cloned(), self.book).of_month(month)
            };
            let total = parts.iter().try_fold(Money::zero(contract.currency), |sum, (_, amount)| sum.plus(*amount))?;
            let own = contract.own_dimensions();
            let mut sale =
                begin(contract.entity.as_ref()).leg(Account::ContractLiability, Side::Debit, total, own.clone());
            let Some(entity) = performer else {
                for (key, amount) in parts {
                    sale = sale.leg(Account::Revenue, Side::Credit, amount, contract.dimensions(key));
                }
                entries.push(sale.balanced()?);
                continue;
            };
            let mut half = begin(Some(entity)).correlated(id.clone());
            for (key, amount) in parts {
                let dimensions = contract.dimensions(key);
                let seller = contract.entity.as_ref().map_or("", Key::as_str);
                sale = sale.leg(
                    Account::DueToEntity,
                    Side::Credit,
                    amount,
                    with(&dimensions, "counterparty", entity.as_str()),
                );
                half = half
                    .leg(Account::DueFromEntity, Side::Debit, amount, with(&dimensions, "counterparty", seller))
                    .leg(Account::Revenue, Side::Credit, amount, dimensions);
            }
            entries.push(sale.correlated(id.clone()).balanced()?);
            entries.push(half.balanced()?);
        }
        Ok(entries)
    }

    /// How a contract is presented at the end of a month, less how the books present it already: what is earned beyond what is billed becomes
    /// an asset, and is taken back on the first moment of the next month. Nothing when the books say so already.
    pub fn present(
        &self,
        contract: &Contract,
        month: Month,
        position: &Position,
        posted: &Recognised,
    ) -> Result<Vec<Entry>, RevenueError> {
        let mut entries = Vec::new();
        for (rule, account) in PRESENTED {
            let wanted = if account == Account::Unbilled { position.unbilled } else { position.contract_asset };
            let nothing = (Money::zero(contract.currency), 0);
            let (held, count) = posted.presented.get(&(month, account)).copied().unwrap_or(nothing);
            let id = format!("contract:{}/{rule}:{month}:{}", contract.key, count + 1);
            let amounts = [(Measure::Amount, wanted.minus(held)?)];
            let dimensions = contract.own_dimensions();
            let entity = contract.entity.as_ref();
            let entry = self.entry_of(entity, rule, id.clone(), self.end_of(month), &amounts, &dimensions)?;
            if let Some(entry) = entry {
                let next = month.plus(1)?.first();
                let back = entry.reversed(format!("{id}/reversed"), self.zone.start_of(next));
                entries.extend([entry, back]);
            }
        }
        Ok(entries)
    }

    /// Everything that a contract posts by itself over these months, on fresh books: invoices, revenue and presentation, in the order of their
    /// days. A preview; nothing is posted by it.
    pub fn preview(&self, contract: &Contract, months: &[Month]) -> Result<Vec<Entry>, RevenueError> {
        let mut dated: Vec<(Instant, u8, Entry)> = Vec::new();
        let ends = contract.month_ends(months)?;
        let within = |billed: &&crate::Billed| ends.contains_key(&Month::of(billed.on));
        for (index, billed) in contract.billed.iter().enumerate().filter(|(_, billed)| within(billed)) {
            let at = self.zone.start_of(billed.on);
            let (gross, tax) = (billed.amount, Money::zero(contract.currency));
            let amounts = [(Measure::Gross, gross), (Measure::Net, gross), (Measure::Tax, tax)];
            let id = format!("contract:{}/billed:{index}", contract.key);
            let dimensions = contract.own_dimensions();
            let entry = self.entry_of(contract.entity.as_ref(), "invoice_finalised", id, at, &amounts, &dimensions)?;
            dated.extend(entry.map(|entry| (at, 1, entry)));
        }
        for (month, end) in &ends {
            let revenue = self.revenue_entries(contract, *month, 1, &end.revenue)?;
            dated.extend(revenue.into_iter().map(|entry| (self.end_of(*month), 2, entry)));
            for entry in self.present(contract, *month, &end.position, &Recognised::default())? {
                let rank = if entry.reverses().is_some() { 0 } else { 3 };
                let known = rank == 3 || month.plus(1).is_ok_and(|next| ends.contains_key(&next));
                dated.extend(known.then(|| (entry.effective_at(), rank, entry)));
            }
        }
        dated.sort_by_key(|(at, rank, _)| (*at, *rank));
        Ok(dated.into_iter().map(|(.., entry)| entry).collect())
    }
}

fn with(dimensions: &BTreeMap<String, String>, name: &str, value: &str) -> BTreeMap<String, String> {
    let mut more = dimensions.clone();
    if !value.is_empty() {
        more.insert(name.into(), value.into());
    }
    more
}

impl Contract {
    fn own_dimensions(&self) -> BTreeMap<String, String> {
        [("contract".into(), self.key.as_str().into())].into()
    }

    fn dimensions(&self, obligation: &Key) -> BTreeMap<String, String> {
        let mut dimensions = self.own_dimensions();
        if let Ok(found) = self.obligation(obligation) {
            dimensions.extend(found.dimensions.clone());
            dimensions.insert("product".into(), found.product.as_str().into());
        }
        dimensions.insert("obligation".into(), obligation.as_str().into());
        dimensions
    }
}
