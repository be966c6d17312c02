//! What a customer owed, what happened, and what they owe: the statement of account; and how late what is open is.

use crate::{Account, Did, Method, Standing};
use alloc::{string::String, string::ToString, vec::Vec};
use calendar::{Date, DateRange, Instant, Zone};
use money::{Currency, Money, MoneyError};
use schemars::JsonSchema;
use serde::Serialize;
use stdx::Key;

/// Receivables by how late they are. The parts sum to `total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Ages {
    /// Not late.
    pub not_due: Money,
    /// Late by 1 to 30 days.
    pub days_1_to_30: Money,
    /// Late by 31 to 60 days.
    pub days_31_to_60: Money,
    /// Late by 61 to 90 days.
    pub days_61_to_90: Money,
    /// Late by more than 90 days.
    pub over_90_days: Money,
    /// All of it.
    pub total: Money,
}

impl Ages {
    /// All that is late.
    pub fn overdue(&self) -> Result<Money, MoneyError> {
        self.total.minus(self.not_due)
    }

    pub(crate) fn of(currency: Currency, standings: &[Standing]) -> Result<Self, MoneyError> {
        let zero = Money::zero(currency);
        let mut ages = Self {
            not_due: zero,
            days_1_to_30: zero,
            days_31_to_60: zero,
            days_61_to_90: zero,
            over_90_days: zero,
            total: zero,
        };
        for standing in standings {
            let part = match standing.days_overdue.unwrap_or(0) {
                ..=0 => &mut ages.not_due,
                1..=30 => &mut ages.days_1_to_30,
                31..=60 => &mut ages.days_31_to_60,
                61..=90 => &mut ages.days_61_to_90,
                91.. => &mut ages.over_90_days,
            };
            *part = part.plus(standing.due)?;
            ages.total = ages.total.plus(standing.due)?;
        }
        Ok(ages)
    }
}

/// What happened between two days. `opening` and `more` less `less` is `closing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Statement {
    /// Whose.
    pub customer: Key,
    /// The legal entity that sells.
    pub entity: Key,
    /// The currency.
    pub currency: Currency,
    /// The days.
    pub days: DateRange,
    /// What was owed before the first day; below zero where the customer had something to their credit.
    pub opening: Money,
    /// What happened, in order.
    pub rows: Vec<Row>,
    /// The sum of the rows by which more is owed.
    pub more: Money,
    /// The sum of the rows by which less is owed; not below zero.
    pub less: Money,
    /// What is owed after the last day: what is left to pay less the balance.
    pub closing: Money,
}

/// A row of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    /// The day.
    pub on: Date,
    /// What happened.
    pub what: RowKind,
    /// The number of the document, or the key of the payment or refund.
    pub reference: String,
    /// By how much more is owed; below zero where it is less.
    pub amount: Money,
    /// What is owed then.
    pub owed: Money,
}

/// What changes what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// An invoice was issued.
    Invoice,
    /// A credit note was issued.
    CreditNote,
    /// Money came.
    Payment,
    /// A claim was given up.
    WriteOff,
    /// Money went back.
    Refund,
    /// A payment, credit or write-off was reversed.
    Reversal,
}

/// Something that changes what is owed, before the balance is drawn.
struct Moment {
    at: Instant,
    what: RowKind,
    reference: String,
    amount: Money,
}

impl Account {
    /// The statement of some days, where the customer is.
    pub fn statement(&self, days: DateRange, zone: &Zone) -> Result<Statement, MoneyError> {
        let mut statement = Statement {
            customer: self.customer.clone(),
            entity: self.entity.clone(),
            currency: self.currency,
            days,
            opening: self.zero(),
            rows: Vec::new(),
            more: self.zero(),
            less: self.zero(),
            closing: self.zero(),
        };
        for Moment { at, what, reference, amount } in self.moments()? {
            let on = zone.date_of(at);
            if on >= days.to() {
                continue;
            }
            statement.closing = statement.closing.plus(amount)?;
            if on < days.from() {
                statement.opening = statement.closing;
                continue;
            }
            if amount.is_negative() {
                statement.less = statement.less.minus(amount)?;
            } else {
                statement.more = statement.more.plus(amount)?;
            }
            statement.rows.push(Row { on, what, reference, amount, owed: statement.closing });
        }
        Ok(statement)
    }

    /// Everything that changes what is owed, in order.
    fn moments(&self) -> Result<Vec<Moment>, MoneyError> {
        let mut all: Vec<Moment> = Vec::new();
        for claim in &self.claims {
            let reference = claim.number.clone();
            all.push(Moment { at: claim.at, what: RowKind::Invoice, reference, amount: claim.total });
        }
        for payment in &self.payments {
            let (what, reference) = match payment.method {
                Method::CreditNote => (RowKind::CreditNote, payment.reference.clone()),
                Method::WriteOff => (RowKind::WriteOff, None),
                Method::BankTransfer | Method::Card | Method::Cash | Method::Cheque | Method::Other => {
                    (RowKind::Payment, None)
                }
            };
            let reference = reference.unwrap_or_else(|| payment.key.to_string());
            let worth = payment.worth()?;
            all.push(Moment { at: payment.received_at, what, reference: reference.clone(), amount: worth.negated() });
            for step in &payment.steps {
                match &step.did {
                    Did::Applied { .. } | Did::TakenOff { .. } => {}
                    Did::Reversed { .. } => {
                        let reference = reference.clone();
                        all.push(Moment { at: step.at, what: RowKind::Reversal, reference, amount: worth });
                    }
                    Did::Refunded { refund, amount, .. } => refunded(&mut all, step.at, refund, *amount)?,
                }
            }
        }
        all.sort_by(|a, b| (a.at, a.what, &a.reference).cmp(&(b.at, b.what, &b.reference)));
        Ok(all)
    }
}

/// A refund that takes from several payments is one row.
fn refunded(all: &mut Vec<Moment>, at: Instant, refund: &Key, amount: Money) -> Result<(), MoneyError> {
    let known = all.iter_mut().find(|one| one.what == RowKind::Refund && one.reference == refund.as_str());
    match known {
        Some(known) => known.amount = known.amount.plus(amount)?,
        None => all.push(Moment { at, what: RowKind::Refund, reference: refund.to_string(), amount }),
    }
    Ok(())
}
