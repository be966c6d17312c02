//! Posting rules of billing: which entries a document posts when it is issued.

use crate::{DocumentPlan, Line, PlanError, Source};
use alloc::{collections::BTreeMap, format, string::String, string::ToString, vec::Vec};
use calendar::Instant;
use catalog::Timing;
use ledger::{Account, Entry, EntryDraft, Side};

/// The entries of a document with this number, issued at this instant:
///
/// | event | debit | credit | effective |
/// |---|---|---|---|
/// | document issued | receivable | contract liability, and tax payable for each tax | when it is issued |
/// | usage, and service billed in arrears, which are earned by then | contract liability | revenue | last microsecond of the service |
///
/// A credit posts the same with sides exchanged. Advance charges stay in the contract liability until they are earned over time.
pub fn postings(
    customer: &stdx::Key,
    number: &str,
    document: &DocumentPlan,
    issued_at: Instant,
) -> Result<Vec<Entry>, PlanError> {
    let mut entries = Vec::new();
    let mut issue = EntryDraft::new(format!("document:{number}:issued"), issued_at);
    for (at, line) in document.lines.iter().enumerate() {
        let dimensions = dimensions(customer, line);
        let (net, gross) = line.taxed.as_ref().map_or((line.amount, line.amount), |taxed| (taxed.net, taxed.gross));
        issue = issue.leg(Account::Receivable, Side::Debit, gross, dimensions.clone()).leg(
            Account::ContractLiability,
            Side::Credit,
            net,
            dimensions.clone(),
        );
        for tax in line.taxed.iter().flat_map(|taxed| &taxed.taxes) {
            let mut dimensions = dimensions.clone();
            dimensions.insert("tax".into(), tax.tax.code.to_string());
            issue = issue.leg(Account::TaxPayable, Side::Credit, tax.amount, dimensions);
        }
        match (line.worth.timing, &line.worth.source) {
            (Timing::Advance, Source::Constant | Source::Quantity { .. }) => {}
            (Timing::Arrears, _) | (Timing::Advance, Source::Meter { .. }) => {
                let earned = EntryDraft::new(format!("document:{number}:line:{at}:earned"), last_instant(line)?)
                    .leg(Account::ContractLiability, Side::Debit, net, dimensions.clone())
                    .leg(Account::Revenue, Side::Credit, net, dimensions);
                if !earned.is_empty() {
                    entries.push(earned.balanced()?);
                }
            }
        }
    }
    if !issue.is_empty() {
        entries.push(issue.balanced()?);
    }
    Ok(entries)
}

/// The entry that takes back a document with this number when it is voided: every leg of what it posted, on the other side; `None` where it
/// posted nothing. What it paid, or what paid it, is undone by `payments` before.
pub fn void_entry(
    customer: &stdx::Key,
    number: &str,
    document: &DocumentPlan,
    at: Instant,
) -> Result<Option<Entry>, PlanError> {
    let posted = postings(customer, number, document, at)?;
    let mut draft = EntryDraft::new(format!("document:{number}:voided"), at);
    for leg in posted.iter().flat_map(|entry| entry.postings().iter()) {
        let other = match leg.side {
            Side::Debit => Side::Credit,
            Side::Credit => Side::Debit,
        };
        draft = draft.leg(leg.account, other, leg.amount, leg.dimensions.clone());
    }
    if draft.is_empty() { Ok(None) } else { Ok(Some(draft.balanced()?)) }
}

/// The entry that writes off a difference that is not billed: what would have been claimed is an expense, what would have been given back is kept. `event`
/// names it once and for all.
pub fn absorbed_entry(customer: &stdx::Key, line: &Line, event: &str, at: Instant) -> Result<Entry, PlanError> {
    let dimensions = dimensions(customer, line);
    let counterpart = match line.worth.timing {
        Timing::Advance => Account::ContractLiability,
        Timing::Arrears => Account::Revenue,
    };
    let draft = EntryDraft::new(event, at).leg(Account::Absorbed, Side::Debit, line.amount, dimensions.clone()).leg(
        counterpart,
        Side::Credit,
        line.amount,
        dimensions,
    );
    Ok(draft.balanced()?)
}

/// The service is earned by its last instant, so that it falls in the period that it was served in.
fn last_instant(line: &Line) -> Result<Instant, PlanError> {
    line.period.to().plus_micros(-1).map_err(|_| PlanError::Number(money::NumError::Overflow))
}

fn dimensions(customer: &stdx::Key, line: &Line) -> BTreeMap<String, String> {
    [
        ("customer".into(), customer.to_string()),
        ("subscription".into(), line.key.subscription.to_string()),
        ("price".into(), line.key.price.to_string()),
    ]
    .into()
}
