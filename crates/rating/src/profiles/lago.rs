//! Lago: tiers with `from` and `to` in two styles, free parts of percentage prices that end in their own way, and usage charged
//! in advance by level.

use crate::{
    Explanation, Kind, Model, NonNegative, Percentage, RateError, Rated, Reason, Terms, Tiers, Usage, marginal,
    models::{Charge, volume_in},
    prorated::Change,
    tiers::Slice,
};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::Date;
use money::{Dec, NumError, Ratio};
use stdx::{Problem, ToProblem};

/// Where a tier begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// First quantity of the tier.
    pub from: Dec,
    /// Last quantity of the tier; `None` when it is open.
    pub to: Option<Dec>,
}

/// How the tiers of a table meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `0-10, 11-20`: a tier begins one above the end of the one before it.
    Whole,
    /// `0-0.1, 0.1-1`: a tier begins where the one before it ends.
    Adjacent,
}

impl Range {
    /// Where the tier begins, exclusive.
    fn above(self, style: Style) -> Result<Dec, NumError> {
        match style {
            Style::Whole if !self.from.is_zero() => self.from.minus(Dec::ONE),
            Style::Whole | Style::Adjacent => Ok(self.from),
        }
    }

    /// Units of a total that lie in this tier, looked at alone.
    pub fn units(self, style: Style, total: Ratio) -> Result<Ratio, NumError> {
        let top = self.to.map_or(total, |to| total.min(Ratio::from(to)));
        top.minus(Ratio::from(self.above(style)?))
    }
}

/// Why ranges do not make tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// A tier does not begin where the one before it ends.
    #[error("tier {tier} begins at {from}, but the tier before it ends at {to}")]
    Gap {
        /// Number of the tier, from 1.
        tier: usize,
        /// Where it begins.
        from: Dec,
        /// Where the one before it ends.
        to: Dec,
    },
    /// A bound below zero.
    #[error("tier {tier} ends at {to}, below zero")]
    Negative {
        /// Number of the tier, from 1.
        tier: usize,
        /// Where it ends.
        to: Dec,
    },
}

impl ToProblem for RangeError {
    fn problem(&self) -> Problem {
        let (code, title) = match self {
            Self::Gap { .. } => ("tier_gap", "Tiers that do not meet"),
            Self::Negative { .. } => ("tier_negative", "A tier below zero"),
        };
        Problem::new(code, title)
            .detail(alloc::format!("{self}"))
            .mend("let each tier begin where the one before it ends")
    }
}

/// The ends of tiers that are written with `from` and `to`, in either style, as our inclusive `up_to`.
pub fn bounds(ranges: &[Range]) -> Result<Vec<Option<NonNegative>>, RangeError> {
    let mut ends = Vec::with_capacity(ranges.len());
    let mut before = Some(Dec::ZERO);
    for (n, range) in ranges.iter().enumerate() {
        if let Some(to) = before
            && range.from != to
            && to.plus(Dec::ONE) != Ok(range.from)
        {
            return Err(RangeError::Gap { tier: n + 1, from: range.from, to });
        }
        before = range.to;
        ends.push(match range.to {
            Some(to) => Some(NonNegative::try_from(to).map_err(|_| RangeError::Negative { tier: n + 1, to })?),
            None => None,
        });
    }
    Ok(ends)
}

/// A volume price of prorated units: the tier is that of the full quantity, the units are the prorated ones.
pub fn volume(tiers: &Tiers, full: Ratio, prorated: Ratio) -> Result<Explanation, RateError> {
    volume_in(&Slice { quantity: prorated, ..tiers.reached(full) })
}

/// An amount carried by events, which counts for nothing when the quantity is zero.
pub fn dynamic(quantity: Ratio, usage: &Usage<'_>) -> Result<Explanation, RateError> {
    let carried = if quantity.is_zero() {
        Dec::ZERO
    } else {
        usage.carried.ok_or(RateError::MissingCarried { model: Kind::Dynamic })?
    };
    Ok(Explanation::leaf(Reason::Dynamic { carried, multiplier: Dec::ONE }, Ratio::from(carried)))
}

/// A percentage price with the free parts of this vendor.
///
/// Without limits per transaction: the free part ends with the limit that is used up first; the transaction that uses up the free
/// amount, exactly or not, pays the fixed part, and transactions that sum to nothing pay none. With limits: it ends with
/// the limit that lasts longer, but crossing the free amount ends both.
pub fn percentage(price: &Percentage, transactions: &[Dec]) -> Result<Explanation, RateError> {
    let total = transactions.iter().try_fold(Dec::ZERO, |sum, value| sum.plus(*value))?;
    let quantity = Ratio::from(total);
    let limited = price.minimum.is_some() || price.maximum.is_some();
    if limited {
        return price.charged(quantity, transactions, charges_with_limits(price, transactions));
    }
    let fixed = price.fixed.filter(|_| !total.is_zero());
    Percentage { fixed, ..*price }.charged(quantity, transactions, charges_without_limits(price, transactions))
}

fn free_amount(price: &Percentage) -> Option<Dec> {
    price.free_amount.map(NonNegative::get).filter(|amount| amount.is_positive())
}

fn charges_without_limits(price: &Percentage, transactions: &[Dec]) -> impl Iterator<Item = Result<Charge, NumError>> {
    let amount = free_amount(price);
    let mut free = FreeRun { transactions: price.free_transactions, amount, sum: Dec::ZERO };
    let limited = price.free_transactions.is_some() || amount.is_some();
    transactions.iter().map(move |&value| {
        let before = free.sum;
        match if limited { free.next(value)? } else { None } {
            None => Ok(Charge::Part(value)),
            Some(sum) => match amount.filter(|amount| sum >= *amount) {
                Some(amount) => Ok(Charge::Part(value.minus(amount.minus(before)?)?)),
                None => Ok(Charge::Free),
            },
        }
    })
}

/// The transactions at the begin of a period that a free part touches.
struct FreeRun {
    transactions: Option<u64>,
    amount: Option<Dec>,
    sum: Dec,
}

impl FreeRun {
    /// The sum with the next transaction; `None` when one of the limits was used up before it.
    fn next(&mut self, value: Dec) -> Result<Option<Dec>, NumError> {
        if self.transactions == Some(0) || self.amount.is_some_and(|amount| self.sum >= amount) {
            return Ok(None);
        }
        self.transactions = self.transactions.map(|left| left - 1);
        self.sum = self.sum.plus(value)?;
        Ok(Some(self.sum))
    }
}

/// The running sums of the transactions that a free part touches: up to a number of transactions, or up to and with the one that
/// uses up an amount.
pub fn free_run(values: &[Dec], transactions: Option<u64>, amount: Option<Dec>) -> Result<Vec<Dec>, NumError> {
    let mut free = FreeRun { transactions, amount, sum: Dec::ZERO };
    values.iter().map_while(|value| free.next(*value).transpose()).collect()
}

fn charges_with_limits(price: &Percentage, transactions: &[Dec]) -> impl Iterator<Item = Result<Charge, NumError>> {
    let mut count = price.free_transactions.unwrap_or(0);
    let mut amount = free_amount(price).unwrap_or(Dec::ZERO);
    transactions.iter().map(move |&value| {
        if count == 0 && !amount.is_positive() {
            return Ok(Charge::Part(value));
        }
        count = count.saturating_sub(1);
        if !amount.is_positive() {
            return Ok(Charge::Free);
        }
        if amount > value {
            amount = amount.minus(value)?;
            return Ok(Charge::Free);
        }
        let rest = value.minus(amount)?;
        (amount, count) = (Dec::ZERO, 0);
        Ok(Charge::Part(rest))
    })
}

/// Usage that is charged as it happens: each event is billed the difference that it makes to the highest level so far.
#[derive(Debug, Clone)]
pub struct InAdvance<'a> {
    terms: &'a Terms,
    transactions: Vec<Dec>,
    level: Ratio,
    highest: Ratio,
}

impl<'a> InAdvance<'a> {
    /// A period without events yet.
    pub fn new(terms: &'a Terms) -> Self {
        Self { terms, transactions: Vec::new(), level: Ratio::ZERO, highest: Ratio::ZERO }
    }

    /// Bills an event that adds to the quantity. Nothing is owed before the first unit, fees included.
    pub fn add(&mut self, value: Dec) -> Result<Rated, RateError> {
        if let Model::Percentage(price) = &self.terms.model {
            let before = percentage(price, &self.transactions)?.negated();
            self.transactions.push(value);
            let after = percentage(price, &self.transactions)?;
            let parts =
                alloc::vec![Explanation::above(Reason::After, after), Explanation::above(Reason::Before, before)];
            return Ok(Rated::of(Explanation::sum(Reason::Increment, parts)?));
        }
        self.reach(self.level.plus(Ratio::from(value))?)
    }

    /// Bills an event that sets the level, such as the number of distinct items.
    pub fn reach(&mut self, level: Ratio) -> Result<Rated, RateError> {
        self.level = level;
        let before = self.highest;
        self.highest = before.max(level);
        let usage = |quantity| Usage::metered(quantity, 0);
        if self.highest.is_zero() {
            return Ok(Rated::of(Explanation::leaf(Reason::Increment, Ratio::ZERO)));
        }
        let earlier = (!before.is_zero()).then(|| usage(before));
        marginal(self.terms, earlier.as_ref(), &usage(self.highest), Ratio::ONE)
    }
}

/// A period of whole days, both included, as a part of a cycle of `days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Days of the whole cycle.
    pub cycle: u32,
}

impl Days {
    /// The part of the cycle from a day, or from the first day, to the end of the period or to `last` before it.
    pub fn part(&self, from: Date, last: Date) -> Result<Ratio, NumError> {
        let days = from.max(self.first).days_until(last.min(self.last)) + 1;
        Ratio::new(i128::from(days.max(0)), i128::from(self.cycle))
    }
}

/// Units that are added on a day and stay, as changes of a level.
pub fn changes_of_sum(period: &Days, added: &[(Date, Dec)]) -> Result<Vec<Change>, NumError> {
    let known = added.iter().filter(|(date, _)| *date <= period.last);
    known
        .map(|(date, value)| {
            let full = Ratio::from(*value);
            Ok(Change { full, prorated: full.times(period.part(*date, period.last)?)? })
        })
        .collect()
}

/// What happens to an item that is counted while it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It comes.
    Added,
    /// It goes; the day on which it goes still counts.
    Removed,
}

/// Items that come and go, as changes of a level: an item takes a place when it comes and leaves one when it goes. What was gone
/// before the period takes none.
pub fn changes_of_items(period: &Days, events: &[(Date, String, Presence)]) -> Result<Vec<Change>, NumError> {
    let mut there: BTreeMap<&str, usize> = BTreeMap::new();
    // the day on which an item came, and the day on which it went; `None` for the place that it leaves
    let mut spans: Vec<Option<(Date, Option<Date>)>> = Vec::new();
    for (date, item, presence) in events.iter().filter(|(date, ..)| *date <= period.last) {
        match presence {
            Presence::Added if !there.contains_key(item.as_str()) => {
                there.insert(item, spans.len());
                spans.push(Some((*date, None)));
            }
            Presence::Added => {}
            Presence::Removed => {
                if let Some(Some((_, gone))) = there.remove(item.as_str()).map(|at| &mut spans[at]) {
                    *gone = Some(*date);
                    spans.push(None);
                }
            }
        }
    }
    let change = |span: &Option<(Date, Option<Date>)>| {
        Ok(match span {
            None => Change { full: Ratio::from_int(-1), prorated: Ratio::ZERO },
            Some((came, gone)) => {
                Change { full: Ratio::ONE, prorated: period.part(*came, gone.unwrap_or(period.last))? }
            }
        })
    };
    spans.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{string::ToString, vec};

    fn dec(text: &str) -> Dec {
        text.parse().expect("number")
    }

    fn percent(json: &str) -> Percentage {
        serde_json::from_str(json).expect("percentage")
    }

    #[test]
    fn both_styles_of_tiers_mean_the_same_bounds() {
        let range = |from: &str, to: Option<&str>| Range { from: dec(from), to: to.map(dec) };
        let whole = bounds(&[range("0", Some("10")), range("11", Some("20")), range("21", None)]).expect("whole");
        let adjacent = bounds(&[range("0", Some("10")), range("10", Some("20")), range("20", None)]).expect("adjacent");
        assert_eq!(whole, adjacent);
        let gap = bounds(&[range("0", Some("10")), range("15", None)]);
        assert_eq!(gap, Err(RangeError::Gap { tier: 2, from: dec("15"), to: dec("10") }));
        assert_eq!(range("7", Some("10")).units(Style::Whole, Ratio::from_int(15)), Ok(Ratio::from_int(4)));
        assert_eq!(range("7", Some("10")).units(Style::Adjacent, Ratio::from_int(15)), Ok(Ratio::from_int(3)));
    }

    #[test]
    fn the_transaction_that_uses_up_the_free_amount_pays_its_fixed_part() {
        let price = percent(r#"{"percent": "10", "fixed": "1", "free_amount": 10}"#);
        let amount = |values: &[&str]| {
            let values: Vec<Dec> = values.iter().map(|v| dec(v)).collect();
            percentage(&price, &values).expect("rated").amount.to_string()
        };
        assert_eq!(amount(&["4", "6", "5"]), "2.5", "ours would be 1.5");
        assert_eq!(amount(&["4"]), "0");
        assert_eq!(amount(&["0", "0"]), "0");
    }

    /// Trap: with limits per transaction the free parts end with the later limit (Lago 7).
    #[test]
    fn with_limits_the_free_parts_end_later() {
        let values = [dec("10"), dec("10"), dec("10")];
        let price = |limits: &str| {
            percent(&alloc::format!(r#"{{"percent": "10", "free_transactions": 1, "free_amount": 25{limits}}}"#))
        };
        assert_eq!(percentage(&price(""), &values).expect("rated").amount.to_string(), "2");
        let limited = price(r#", "maximum": "50""#);
        assert_eq!(percentage(&limited, &values).expect("rated").amount.to_string(), "0.5");
    }

    #[test]
    fn a_level_that_was_paid_is_not_paid_twice() {
        let terms = Terms::of(serde_json::from_str(r#"{"graduated": [{"each": "2", "flat": "10"}]}"#).expect("model"));
        let mut charges = InAdvance::new(&terms);
        let mut reach = |level| charges.reach(Ratio::from_int(level)).expect("rated").amount.to_string();
        assert_eq!([0, 1, 0, 1, 3].map(&mut reach), ["0", "12", "0", "0", "4"]);
    }

    #[test]
    fn an_item_counts_on_the_day_on_which_it_goes() {
        let day = |text: &str| text.parse::<Date>().expect("date");
        let period = Days { first: day("2024-11-01"), last: day("2024-11-30"), cycle: 30 };
        let events = vec![
            (day("2024-10-05"), "a".to_string(), Presence::Added),
            (day("2024-11-03"), "a".to_string(), Presence::Removed),
            (day("2024-11-21"), "b".to_string(), Presence::Added),
        ];
        let parts: Vec<_> = changes_of_items(&period, &events).expect("small").iter().map(|c| c.prorated).collect();
        assert_eq!(parts, ["0.1", "0", "1/3"].map(|part| part.parse::<Ratio>().expect("part")));
    }
}
