//! `counterfoil import payments`: a bank statement, imported twice.

use std::path::Path;
use std::process::Command;

const SCENARIO: &str =
    "plans: { pro: { currency: EUR, every: month, prices: { fee: { flat: \"100.00\", in: advance } } } }";
const STATEMENT: &str = "key,customer,amount,currency,received,reference,fee,pays
line-1,acme,60.00,EUR,2026-01-05,first part,,
line-2,acme,36.50,EUR,2026-01-06,second part,3.50,INV-000001
line-3,nobody,10.00,EUR,2026-01-06,who is this,,
line-4,acme,ten,EUR,2026-01-06,not a number,,
";

fn run(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(arguments)
        .current_dir(dir)
        .env("COUNTERFOIL_DATA", "data")
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().expect("it ended by itself"), text(output.stdout), text(output.stderr))
}

/// A customer with one invoice of 100.00 of 1 January.
fn billed(dir: &Path) {
    let clock = std::sync::Arc::new(engine::SetClock::at("2026-01-01T00:00:00Z".parse().expect("an instant")));
    let engine =
        engine::Engine::open_with_clock(&*dir.join("data"), clock, engine::Settings::default()).expect("opened");
    engine.apply_pricing(&catalog::PricingFile::parse(SCENARIO, "p").expect("pricing")).expect("applied");
    let key = |text: &str| stdx::Key::try_from(text).expect("a key");
    engine.add_customer(contracts::Customer::new(key("acme"), "Acme", calendar::Zone::utc())).expect("added");
    engine.subscribe(engine::NewSubscription::to(key("acme"), key("pro"))).expect("subscribed");
    assert_eq!(engine.bill().expect("billed").issued.len(), 1);
}

#[test]
fn a_statement_that_is_imported_twice_is_recorded_once() {
    let dir = tempfile::tempdir().expect("a directory");
    billed(dir.path());
    std::fs::write(dir.path().join("statement.csv"), STATEMENT).expect("written");
    let (status, out, err) = run(dir.path(), &["import", "payments", "statement.csv"]);
    assert_eq!((status, out.trim()), (2, "2 payments recorded, 0 known before, 2 refused"), "{err}");
    assert!(err.contains("statement.csv:4: there is no customer `nobody`"), "{err}");
    assert!(err.contains("statement.csv:5:") && err.contains("invalid_payment_row"), "{err}");
    let (status, out, _) = run(dir.path(), &["import", "payments", "statement.csv"]);
    assert_eq!((status, out.trim()), (2, "0 payments recorded, 2 known before, 2 refused"));
    let engine = engine::Engine::open(&*dir.path().join("data"), engine::Settings::default()).expect("opened");
    let balances = engine.customer_balances("acme").expect("balances");
    // 60.00, 36.50 and the fee of 3.50 pay 100.00
    assert_eq!((balances[0].due.is_zero(), balances[0].balance.is_zero()), (true, true), "{balances:?}");
}
