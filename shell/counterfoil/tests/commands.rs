//! The other commands, as a shell sees them: what they print and how they end.

use std::path::Path;
use std::process::{Command, Output};

fn counterfoil(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil")).args(arguments).output().expect("runs")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const SCENARIO: &str = r#"# A monthly fee is billed on its first day.
pricing:
  plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: "30.00" } } } }
timeline:
  - 2026-04-01: { acme subscribes to: basic }
expect:
  invoices:
    - { to: acme, on: 2026-04-01, total: "31.00" }
"#;

fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).expect("written");
    path.to_str().expect("a path").to_owned()
}

#[test]
fn a_scenario_that_does_not_hold_ends_with_1_and_says_where() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = write(dir.path(), "fee.yaml", SCENARIO);
    let run = counterfoil(&["run", &file]);
    assert_eq!(run.status.code(), Some(1));
    let told = told(&run);
    for part in ["fee.yaml:8", "expected 31", "got      30", "1 scenario, 0 passed, 1 failed"] {
        assert!(told.contains(part), "`{part}` is missing: {told}");
    }
}

#[test]
fn update_writes_the_expectations_anew_and_then_they_hold() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = write(dir.path(), "fee.yaml", SCENARIO);
    let updated =
        Command::new(env!("CARGO_BIN_EXE_counterfoil")).args(["run", &file]).env("UPDATE", "1").output().expect("runs");
    assert!(updated.status.success(), "{}", told(&updated));
    let text = std::fs::read_to_string(&file).expect("text");
    assert!(text.starts_with("# A monthly fee") && text.contains("total: \"30.00\""), "{text}");
    assert!(counterfoil(&["run", &file]).status.success());
}

#[test]
fn a_run_can_be_read_by_a_program() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = write(dir.path(), "fee.yaml", SCENARIO);
    let run = counterfoil(&["run", "--json", &file]);
    assert_eq!(run.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&run.stdout).expect("json");
    assert!(json.to_string().contains("INV-000001"), "{json}");
}

#[test]
fn a_pricing_file_is_planned_then_applied_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let pricing = "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: \"30.00\" } } } }\n";
    let file = write(dir.path(), "pricing.yaml", pricing);
    let data = dir.path().join("data").to_str().expect("a path").to_owned();
    let planned = counterfoil(&["plan", &file, "--data", &data]);
    assert!(planned.status.success() && told(&planned).contains("/plans/basic"), "{}", told(&planned));
    let first = counterfoil(&["apply", &file, "--data", &data]);
    assert!(first.status.success() && told(&first).contains("version 1"), "{}", told(&first));
    let again = counterfoil(&["apply", &file, "--data", &data]);
    assert!(
        again.status.success() && told(&again).contains("version 1"),
        "the same file makes no new version: {}",
        told(&again)
    );
}

#[test]
fn a_pricing_file_with_mistakes_names_file_line_and_mend() {
    let dir = tempfile::tempdir().expect("a directory");
    let pricing =
        "plans:\n  basic:\n    currency: EURO\n    every: month\n    prices:\n      fee: { flatt: \"30.00\" }\n";
    let file = write(dir.path(), "pricing.yaml", pricing);
    let data = dir.path().join("data").to_str().expect("a path").to_owned();
    let applied = counterfoil(&["apply", &file, "--data", &data]);
    assert_eq!(applied.status.code(), Some(1));
    let told = told(&applied);
    for part in ["pricing.yaml:3", "unknown_currency", "pricing.yaml:6", "did you mean `flat`?"] {
        assert!(told.contains(part), "`{part}` is missing: {told}");
    }
}

#[test]
fn the_demo_prints_its_first_invoices_and_one_explained_line() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("demo").to_str().expect("a path").to_owned();
    let demo = counterfoil(&["demo", "--exit", "--data", &data]);
    let told = told(&demo);
    assert!(demo.status.success(), "{told}");
    for part in ["50 customers on 3 plans", "INV-000001", "explains itself", "meter "] {
        assert!(told.contains(part), "`{part}` is missing: {told}");
    }
}

#[test]
fn schemas_are_json() {
    for which in ["pricing", "scenario", "openapi"] {
        let printed = counterfoil(&["schema", which]);
        assert!(printed.status.success());
        let json: serde_json::Value = serde_json::from_slice(&printed.stdout).expect(which);
        assert!(json.is_object(), "{which}");
    }
}

/// A server that is stopped at the end of a test, also when the test fails.
struct Served(std::process::Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_tenant_that_issues_by_hand_is_left_drafts() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    {
        let engine = engine::Engine::open(&data, engine::Settings::default()).expect("opens");
        let pricing = "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: \"30.00\" } } } }";
        engine.apply_pricing(&catalog::PricingFile::parse(pricing, "pricing.yaml").expect("pricing")).expect("applied");
        let key = |text: &str| stdx::Key::try_from(text).expect("key");
        let acme = contracts::Customer::new(key("acme"), "Acme", calendar::Zone::utc());
        engine.add_customer(acme).expect("customer");
        engine.subscribe(engine::NewSubscription::to(key("acme"), key("basic"))).expect("subscribed");
    }
    let mut child = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(["serve", "--listen", "127.0.0.1:0", "--open", "--data"])
        .arg(&data)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("runs");
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().expect("piped")), &mut line)
        .expect("a line");
    let _served = Served(child);
    let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    let set = ureq::post(format!("http://{address}/v1/settings")).header("content-type", "application/json");
    set.send(r#"{"settings":{"issuing":"by_hand"}}"#).expect("set");
    let bill =
        ureq::post(format!("http://{address}/v1/bill")).send_empty().expect("billed").into_body().read_to_string();
    assert!(bill.expect("text").contains(r#""issued":[]"#));
    let listed =
        ureq::get(format!("http://{address}/v1/invoices")).call().expect("listed").into_body().read_to_string();
    assert!(listed.expect("text").contains(r#""status":"draft""#));
}
