//! Posting rules of payments.
//!
//! | event | debit | credit |
//! |---|---|---|
//! | money came | cash, or clearing where a provider holds it; fees for what a bank kept | receivable for what documents get, customer balance for the rest |
//! | a credit note was issued | receivable for what no document gets of it | customer balance |
//! | a claim was given up | credit loss | receivable |
//! | the balance pays a document | customer balance | receivable |
//! | a payment is taken off a document | receivable | customer balance |
//! | money went back | customer balance | cash, or clearing |
//! | a payment is reversed | receivable for what it paid, customer balance for the rest and for what went back | as money came |
//!
//! They are those of `ledger::standard_rules` for the same events, put together where one payment is several of them. The note itself has taken
//! its amount off the receivable, so that what documents get of it is settled there.

use crate::{Did, Method, Payment, Refunding, SettleError, Step};
use alloc::{collections::BTreeMap, format, string::String, string::ToString, vec::Vec};
use calendar::Instant;
use ledger::{Account, Entry, EntryDraft, Side};
use money::Money;
use stdx::Key;

/// What records that a payment came and what it paid at once.
pub(crate) fn received(payment: &Payment) -> Result<Vec<Entry>, SettleError> {
    let (mut at_once, mut rest, mut entries) = (Vec::new(), payment.worth()?, Vec::new());
    let mut later = Payment { steps: Vec::new(), ..payment.clone() };
    for step in &payment.steps {
        match &step.did {
            Did::Applied { document, amount } if step.at == payment.received_at => {
                rest = rest.minus(*amount)?;
                at_once.push((document, *amount));
            }
            // a document that was issued later is paid later, out of the balance
            Did::Applied { .. } | Did::TakenOff { .. } | Did::Refunded { .. } | Did::Reversed { .. } => {
                entries.extend(self::step(&later, step)?);
            }
        }
        later.steps.push(step.clone());
    }
    let draft = EntryDraft::new(format!("payment:{}:received", payment.key), payment.received_at);
    let first = moved(draft, payment, &Moved { sign: Sign::In, applied: at_once, balance: rest });
    if !first.is_empty() {
        entries.insert(0, first.balanced()?);
    }
    Ok(entries)
}

/// What records a step of a payment, which stands at what the payment was before. A refund is recorded once for all payments that it takes from.
pub(crate) fn step(before: &Payment, step: &Step) -> Result<Option<Entry>, SettleError> {
    let draft = EntryDraft::new(format!("payment:{}:step:{}", before.key, before.steps.len() + 1), step.at);
    let draft = match &step.did {
        Did::Applied { document, amount } => out_of_balance(draft, before, document, *amount),
        Did::TakenOff { document, amount } => out_of_balance(draft, before, document, amount.negated()),
        Did::Refunded { .. } => return Ok(None),
        Did::Reversed { .. } => {
            let uses = before.uses()?;
            let applied = uses.applied.iter().map(|(document, amount)| (document, *amount)).collect();
            let moved_back = Moved { sign: Sign::Out, applied, balance: uses.left.plus(uses.refunded)? };
            moved(draft, before, &moved_back)
        }
    };
    if draft.is_empty() { Ok(None) } else { Ok(Some(draft.balanced()?)) }
}

/// What records a refund.
pub(crate) fn refunded(customer: &Key, entity: &Key, refund: &Refunding, at: Instant) -> Result<Entry, SettleError> {
    let dimensions: BTreeMap<String, String> =
        [("customer".into(), customer.to_string()), ("entity".into(), entity.to_string())].into();
    let draft = EntryDraft::new(format!("refund:{}:paid", refund.key), at)
        .leg(Account::Wallet, Side::Debit, refund.amount, dimensions.clone())
        .leg(refund.method.account(), Side::Credit, refund.amount, dimensions);
    Ok(draft.balanced()?)
}

/// Which way a payment goes.
#[derive(Clone, Copy)]
enum Sign {
    In,
    Out,
}

/// What a payment moves when it comes or goes.
struct Moved<'a> {
    sign: Sign,
    applied: Vec<(&'a Key, Money)>,
    balance: Money,
}

fn moved(draft: EntryDraft, payment: &Payment, moved: &Moved<'_>) -> EntryDraft {
    let signed = |amount: Money| match moved.sign {
        Sign::In => amount,
        Sign::Out => amount.negated(),
    };
    let (place, balance) = (payment.method.account(), signed(moved.balance));
    let draft = match payment.method {
        Method::CreditNote => draft.leg(place, Side::Debit, balance, dimensions(payment, None)),
        Method::BankTransfer | Method::Card | Method::Cash | Method::Cheque | Method::Other | Method::WriteOff => {
            let mut draft = draft.leg(place, Side::Debit, signed(payment.amount), dimensions(payment, None));
            if let Some(fee) = payment.fee {
                draft = draft.leg(Account::Fees, Side::Debit, signed(fee), dimensions(payment, None));
            }
            for (document, amount) in &moved.applied {
                let dimensions = dimensions(payment, Some(document));
                draft = draft.leg(Account::Receivable, Side::Credit, signed(*amount), dimensions);
            }
            draft
        }
    };
    draft.leg(Account::Wallet, Side::Credit, balance, dimensions(payment, None))
}

fn out_of_balance(draft: EntryDraft, payment: &Payment, document: &Key, amount: Money) -> EntryDraft {
    draft.leg(Account::Wallet, Side::Debit, amount, dimensions(payment, None)).leg(
        Account::Receivable,
        Side::Credit,
        amount,
        dimensions(payment, Some(document)),
    )
}

fn dimensions(payment: &Payment, document: Option<&Key>) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = [
        ("customer".into(), payment.customer.to_string()),
        ("entity".into(), payment.entity.to_string()),
        ("payment".into(), payment.key.to_string()),
    ]
    .into();
    all.extend(document.map(|document| ("document".into(), document.to_string())));
    all
}
