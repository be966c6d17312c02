//! Posting rule of the settlement of a credit note.

use super::Settlement;
use alloc::{collections::BTreeMap, format, string::ToString};
use calendar::Instant;
use ledger::{Account, Entry, EntryDraft, EntryError, Side};
use money::Money;
use stdx::Key;

/// The entry that settles a credit note with this number; `None` where nothing of it was paid. The note itself has taken its gross amount off the
/// receivable, like any document; what of that the customer had paid is owed to them:
///
/// | event | debit | credit |
/// |---|---|---|
/// | credit kept for later bills | receivable | customer balance |
/// | credit to be refunded, or settled by other means | receivable | refund liability |
///
/// When the refund is paid, the refund liability goes to cash. Voiding the note posts the same with sides exchanged.
pub fn settlement_entry(
    customer: &Key,
    number: &str,
    settlement: &Settlement,
    at: Instant,
) -> Result<Option<Entry>, EntryError> {
    let refunds = settlement.refunded()?;
    let owed = refunds.plus(settlement.elsewhere)?;
    let paid = owed.plus(settlement.to_balance)?;
    let dimensions: BTreeMap<_, _> = [("customer".into(), customer.to_string())].into();
    let leg = |draft: EntryDraft, account, side, amount: Money| draft.leg(account, side, amount, dimensions.clone());
    let draft = EntryDraft::new(format!("document:{number}:settled"), at);
    let draft = leg(draft, Account::Receivable, Side::Debit, paid);
    let draft = leg(draft, Account::Wallet, Side::Credit, settlement.to_balance);
    let draft = leg(draft, Account::RefundLiability, Side::Credit, owed);
    if draft.is_empty() { Ok(None) } else { draft.balanced().map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PaidFrom, Payment, Settle, settle};
    use ledger::balances;
    use money::Currency;

    fn cents(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("euro"))
    }

    #[test]
    fn what_was_paid_of_a_credit_is_owed_to_the_customer() {
        let customer = Key::try_from("acme").expect("key");
        let card = Payment {
            key: Key::try_from("card").expect("key"),
            from: PaidFrom::Outside,
            amount: cents(5_000),
            refunded: cents(0),
        };
        let at = "2026-04-01T00:00:00Z".parse().expect("instant");
        let entry = |open, wish| {
            let settled = settle(cents(6_000), cents(open), core::slice::from_ref(&card), wish).expect("settled");
            settlement_entry(&customer, "CN-1", &settled, at).expect("entry")
        };
        let books = |entry: &Entry| {
            let books = balances([entry]).expect("books");
            books.iter().map(|(account, balance)| (account.name(), balance.minor())).collect::<alloc::vec::Vec<_>>()
        };
        let refunded = entry(2_000, Settle::Refund).expect("something was paid");
        assert_eq!(books(&refunded), [("receivable", 4_000), ("refund_liability", 4_000)]);
        let both = entry(0, Settle::Refund).expect("something was paid");
        assert_eq!(books(&both), [("receivable", 6_000), ("refund_liability", 5_000), ("wallet", 1_000)]);
        assert_eq!(entry(6_000, Settle::Refund), None, "nothing was paid");
    }
}
