//! The entries of payments are those of the standard rules of the ledger, and what is refused is refused whole.

use calendar::Instant;
use ledger::{Account as Role, Amounts, Entry, Measure, Side, standard_rules};
use money::{Currency, Money};
use payments::{Account, Claim, Did, Finding, Method, Payment, Pays, Refunding, SettleError, Share, State, Step};
use std::collections::BTreeMap;
use stdx::Key;

fn cents(minor: i128) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("euro"))
}
fn key(text: &str) -> Key {
    Key::try_from(text).expect("a key")
}
fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}
fn claim(number: u32, total: i128) -> Claim {
    Claim {
        document: key(&format!("inv_{number}")),
        number: format!("INV-{number:06}"),
        at: at("2026-04-01T00:00:00Z"),
        on: "2026-04-01".parse().expect("a day"),
        due_on: "2026-05-01".parse().expect("a day"),
        total: cents(total),
    }
}
fn payment(name: &str, method: Method, amount: i128) -> Payment {
    Payment {
        key: key(name),
        customer: key("acme"),
        entity: key("default"),
        method,
        amount: cents(amount),
        fee: None,
        received_at: at("2026-04-10T00:00:00Z"),
        recorded_at: at("2026-04-11T00:00:00Z"),
        reference: None,
        steps: Vec::new(),
    }
}
fn account(claims: Vec<Claim>) -> Account {
    Account::new(key("acme"), key("default"), cents(0).currency(), claims, Vec::new())
}
fn now() -> Instant {
    at("2026-04-12T00:00:00Z")
}

/// What an entry moves, by account and side.
fn sums(entry: &Entry) -> [BTreeMap<(Role, Currency), Money>; 2] {
    [Side::Debit, Side::Credit].map(|side| entry.sums(side).expect("sums"))
}

fn by_rule(event: &str, amount: i128) -> [BTreeMap<(Role, Currency), Money>; 2] {
    let amounts: Amounts = [(Measure::Amount, cents(amount).into())].into();
    let rules = standard_rules();
    let rule = rules.rule(event).expect("a rule");
    sums(&rule.draft("e", now(), &amounts, &BTreeMap::new()).expect("a draft").balanced().expect("an entry"))
}

#[test]
fn entries_are_those_of_the_rules_of_the_ledger() {
    let mut books = account(vec![claim(1, 100), claim(2, 50)]);
    let done = books.record(payment("card", Method::Card, 100), Pays::OldestDueFirst).expect("recorded");
    assert_eq!(sums(&done.entries[0]), by_rule("payment_succeeded", 100));
    books.adopt(&done);
    let done = books.record(payment("bank", Method::BankTransfer, 70), Pays::These(&[])).expect("recorded");
    assert_eq!(sums(&done.entries[0]), by_rule("balance_topped_up", 70));
    books.adopt(&done);
    let done = books.apply_balance(&key("inv_2"), Some(cents(20)), now()).expect("applied");
    assert_eq!(sums(&done.entries[0]), by_rule("balance_applied", 20));
    books.adopt(&done);
    let done = books.write_off(&key("inv_2"), None, "insolvent", now()).expect("written off");
    assert_eq!(sums(&done.entries[0]), by_rule("written_off", 30));
    books.adopt(&done);
    let done = books.reverse(&key("card"), "chargeback", now()).expect("reversed");
    assert_eq!(sums(&done.entries[0]), by_rule("debit_returned", 100));
    books.adopt(&done);
    let standings = books.standings("2026-04-12".parse().expect("a day")).expect("sums");
    assert_eq!(standings.iter().map(|one| one.state).collect::<Vec<_>>(), [State::Open, State::WrittenOff]);
}

#[test]
fn a_fee_that_a_bank_kept_pays_too() {
    let mut books = account(vec![claim(1, 100)]);
    let short = Payment { fee: Some(cents(3)), ..payment("bank", Method::BankTransfer, 97) };
    let done = books.record(short, Pays::OldestDueFirst).expect("recorded");
    books.adopt(&done);
    assert_eq!(books.due().expect("sum"), cents(0));
    let [debits, credits] = sums(&done.entries[0]);
    let euro = cents(0).currency();
    assert_eq!(debits, [((Role::Cash, euro), cents(97)), ((Role::Fees, euro), cents(3))].into());
    assert_eq!(credits, [((Role::Receivable, euro), cents(100))].into());
}

#[test]
fn a_payment_from_before_the_invoice_pays_it_when_it_is_issued() {
    let books = account(vec![claim(1, 100)]);
    let early = Payment { received_at: at("2026-03-20T00:00:00Z"), ..payment("bank", Method::BankTransfer, 100) };
    let done = books.record(early, Pays::OldestDueFirst).expect("recorded");
    let days: Vec<String> = done.entries.iter().map(|entry| entry.effective_at().to_string()).collect();
    assert_eq!(days, ["2026-03-20T00:00:00Z", "2026-04-01T00:00:00Z"]);
    assert_eq!(sums(&done.entries[1]), by_rule("balance_applied", 100));
}

#[test]
fn who_was_paid_back_and_then_takes_the_payment_back_owes_it() {
    let mut books = account(vec![claim(1, 100)]);
    books.adopt(&books.record(payment("bank", Method::BankTransfer, 130), Pays::OldestDueFirst).expect("recorded"));
    let refund = Refunding { key: key("r"), amount: cents(30), method: Method::BankTransfer };
    books.adopt(&books.refund(&refund, now()).expect("refunded"));
    books.adopt(&books.reverse(&key("bank"), "recalled", now()).expect("reversed"));
    assert_eq!((books.due().expect("sum"), books.balance().expect("sum")), (cents(100), cents(-30)));
    assert_eq!(books.inspect().expect("sums"), [], "a fact says why the balance is below zero");
}

#[test]
fn what_makes_no_sense_is_refused_whole() {
    let mut books = account(vec![claim(1, 100), claim(2, 0)]);
    books.adopt(&books.record(payment("bank", Method::BankTransfer, 120), Pays::OldestDueFirst).expect("recorded"));
    let share = |document: &str, amount: i128| [Share { document: key(document), amount: Some(cents(amount)) }];
    let code =
        |refused: Result<payments::Change, SettleError>| stdx::ToProblem::problem(&refused.expect_err("refused")).code;
    let record = |name, method, amount| books.record(payment(name, method, amount), Pays::OldestDueFirst);
    assert_eq!(code(record("credit:CN-1", Method::Cash, 1)), "payment_key_reserved");
    assert_eq!(code(record("a", Method::WriteOff, 1)), "wrong_sort_of_payment");
    assert_eq!(code(record("a", Method::Cash, 0)), "amount_not_positive");
    let later = Payment { received_at: at("2027-01-01T00:00:00Z"), ..payment("a", Method::Cash, 1) };
    assert_eq!(code(books.record(later, Pays::OldestDueFirst)), "payment_in_the_future");
    let dollars =
        Payment { amount: Money::new(5, Currency::parse("USD").expect("dollar")), ..payment("a", Method::Cash, 1) };
    assert_eq!(code(books.record(dollars, Pays::OldestDueFirst)), "currency_mismatch");
    let pays = |share: &[Share]| books.allocate(&key("bank"), Pays::These(share), now());
    assert_eq!(code(pays(&share("inv_1", 1))), "nothing_open");
    assert_eq!(code(pays(&share("inv_9", 1))), "document_not_payable");
    assert_eq!(code(books.apply_balance(&key("inv_2"), None, now())), "nothing_open");
    assert_eq!(code(books.take_off(&key("bank"), Some(&key("inv_2")), now())), "not_allocated");
    let refund =
        |amount| books.refund(&Refunding { key: key("r"), amount: cents(amount), method: Method::Cash }, now());
    assert_eq!(code(refund(21)), "more_than_left");
    assert_eq!(code(refund(0)), "amount_not_positive");
    let small = books.record(payment("b", Method::Cash, 5), Pays::These(&share("inv_1", 5)));
    assert_eq!(code(small), "nothing_open");
    books.adopt(&books.reverse(&key("bank"), "bounced", now()).expect("reversed"));
    assert_eq!(code(books.reverse(&key("bank"), "again", now())), "payment_reversed");
    let more = books.record(payment("b", Method::Cash, 500), Pays::These(&share("inv_1", 101)));
    assert_eq!(code(more), "more_than_open");
    let few = books.record(payment("b", Method::Cash, 5), Pays::These(&share("inv_1", 6)));
    assert_eq!(code(few), "more_than_left");
}

#[test]
fn each_broken_invariant_is_found() {
    let applied = |document: &str, amount: i128| Step {
        at: now(),
        recorded_at: now(),
        did: Did::Applied { document: key(document), amount: cents(amount) },
    };
    let mut wrong = payment("bank", Method::Cash, 100);
    wrong.steps = vec![applied("inv_1", 90), applied("inv_9", 30), applied("inv_1", 0)];
    let books = Account::new(key("acme"), key("default"), cents(0).currency(), vec![claim(1, 50)], vec![wrong]);
    let found = books.inspect().expect("sums");
    assert_eq!(
        found,
        [
            Finding::PaidTooMuch { document: key("inv_1"), due: cents(-40) },
            Finding::UsedTooMuch { payment: key("bank"), left: cents(-20) },
            Finding::PaysNothing { payment: key("bank"), document: key("inv_9") },
            Finding::StepOfNothing { payment: key("bank"), step: 3 },
        ]
    );
    let nothing = ledger::Balances::default();
    assert_eq!(Finding::beside_the_books([&books], &nothing).expect("sums").len(), 2);
}
