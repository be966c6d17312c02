//! Another program, of other people, says whether the books balance and what they come to: the journal of every scenario is checked by hledger, strictly, and its balances are ours.
//!
//! Where hledger is not installed this says so and checks nothing (`apt-get install hledger`).

use calendar::{Instant, Period};
use engine::Engine;
use engine::scenario::{Scenario, play};
use ledger::Side;
use reports::Span;
use reports::plain_text::Dialect;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn is_there() -> bool {
    let found = Command::new("hledger").arg("--version").output().is_ok_and(|out| out.status.success());
    if !found {
        eprintln!("!!! hledger is not installed: nothing was checked by it.");
    }
    found
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
}

/// What hledger says of a file.
fn hledger(file: &Path, args: &[&str]) -> String {
    let out = Command::new("hledger").arg("-f").arg(file).args(args).output().expect("hledger runs");
    assert!(out.status.success(), "{args:?} of {}: {}", file.display(), String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("text")
}

/// The balance of each account and currency, debits above zero.
type Standing = BTreeMap<(String, String), String>;

/// `account,balance` with amounts such as `119.00 EUR, -5 JPY`.
fn theirs(csv: &str) -> Standing {
    let mut found = Standing::new();
    for line in csv.lines().skip(1) {
        let (account, amounts) = line.split_once(',').expect("two columns");
        let account = account.trim_matches('"').rsplit(':').next().unwrap_or_default().to_owned();
        for amount in amounts.trim_matches('"').split(", ") {
            if let Some((number, currency)) = amount.split_once(' ') {
                found.insert((account.clone(), currency.to_owned()), number.to_owned());
            }
        }
    }
    found
}

fn ours(engine: &Engine) -> Standing {
    let report = engine.trial_balance(Span::before(Instant::MAX), Vec::new()).expect("a trial balance");
    let signed = |row: &reports::TrialBalanceRow| match (row.account.normal_side(), row.closing.amount_text()) {
        (Side::Debit, amount) => amount,
        (Side::Credit, amount) => amount.strip_prefix('-').map_or_else(|| format!("-{amount}"), str::to_owned),
    };
    let rows = report.rows.iter().filter(|row| !row.closing.is_zero());
    rows.map(|row| ((row.account.name().to_owned(), row.closing.currency().code().to_owned()), signed(row))).collect()
}

fn journal_of(engine: &Engine) -> String {
    let mut text = Vec::new();
    let whole = Period::new(Instant::MIN, Instant::MAX).expect("a period");
    engine.write_journal(Dialect::Hledger, whole, &mut text, |_, _| ()).expect("written");
    String::from_utf8(text).expect("text")
}

#[test]
fn hledger_balances_the_journal_of_every_scenario_as_we_do() {
    if !is_there() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut found = Vec::new();
    files(&root, &mut found);
    let dir = tempfile::tempdir().expect("a directory");
    let mut posted = 0;
    for path in &found {
        let text = std::fs::read_to_string(path).expect("a text");
        let Ok(scenario) = Scenario::parse(&text, &path.display().to_string()) else { continue };
        let (_, engine) = play(&scenario).expect("played");
        let journal = journal_of(&engine);
        if journal.is_empty() {
            continue;
        }
        posted += 1;
        let file = dir.path().join("a.journal");
        std::fs::write(&file, journal).expect("written");
        hledger(&file, &["check", "--strict"]);
        let csv = hledger(&file, &["balance", "--flat", "--no-total", "--output-format=csv"]);
        assert_eq!(theirs(&csv), ours(&engine), "{}", path.display());
    }
    assert!(posted >= 40, "only {posted} scenarios post anything");
}
