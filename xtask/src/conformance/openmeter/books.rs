//! Credits that are sold for money, in the ledger.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use ledger::{Account, Balances, Entry, Valued, balances, exchange, standard_rules};
use money::{Currency, Dec, Money};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("ledger_balances", credit_balances), ("ledger_posting", posting)];

/// A credit unit has no ISO code; a currency with four decimals that no vector names stands in for it.
const UNIT: &str = "CLF";

fn currency(code: &str) -> Result<Currency, String> {
    Currency::parse(code).or_else(|_| Currency::parse(UNIT)).map_err(said)
}

#[derive(Deserialize)]
struct Amount {
    currency: String,
    amount: Dec,
}

impl Amount {
    fn money(&self) -> Result<Money, String> {
        Money::from_dec(self.amount, currency(&self.currency)?).map_err(said)
    }
}

fn at() -> Result<calendar::Instant, String> {
    "2026-01-01T00:00:00Z".parse().map_err(said)
}

/// A revaluation and a conversion are one crossing: what is owed in the one unit becomes owed in the other.
fn posting(input: &Value, expected: &Value) -> Result<Value, String> {
    let (source, target): (Amount, Amount) = (read(&input["source"])?, read(&input["target"])?);
    let crossing = exchange("crossing", at()?, Account::Receivable, source.money()?, target.money()?).map_err(said)?;
    let told = balances([&crossing]).map_err(said)?;
    let mut postings = Vec::new();
    // the order of the legs is not a fact of the entry; they are told in the order in which they are asked for
    for asked in expected["postings"].as_array().into_iter().flatten() {
        let (account, sign) = match asked["account"].as_str() {
            Some("customer_receivable") => (Account::Receivable, -1),
            Some("brokerage") => (Account::Exchange, 1),
            other => return Err(format!("unknown account {other:?}")),
        };
        let code: String = read(&asked["currency"])?;
        let balance = told.of(account, currency(&code)?);
        let amount = if sign < 0 { balance.negated() } else { balance };
        postings.push(json!({"account": asked["account"], "currency": code, "amount": amount.to_dec()}));
    }
    Ok(json!({ "postings": postings }))
}

/// The entry of one event of one amount by its standard rule.
fn event(rule: &str, amount: Money) -> Result<Option<Entry>, String> {
    let amounts = [(ledger::Measure::Amount, Valued::from(amount))].into();
    let rules = standard_rules();
    let draft = rules.rule(rule).map_err(said)?.draft(rule, at()?, &amounts, &BTreeMap::new()).map_err(said)?;
    if draft.is_empty() { Ok(None) } else { draft.balanced().map(Some).map_err(said) }
}

/// A credit grant that is paid with money and used: what the customer owes in money is what it is owed in units, which fill its balance,
/// which is used. That engine counts what it owes a customer as above zero.
fn credit_balances(input: &Value, _: &Value) -> Result<Value, String> {
    let amount = |name: &str, code: &str| Money::from_dec(read(&input[name])?, currency(code)?).map_err(said);
    let (issued, funded, spent) = (amount("issued", "ACME")?, amount("funded_usd", "USD")?, amount("spent", "ACME")?);
    let crossing = exchange("crossing", at()?, Account::Receivable, funded, issued).map_err(said)?;
    let mut entries = vec![crossing];
    entries.extend(event("payment_succeeded", funded)?);
    entries.extend(event("credit_units_issued", issued)?);
    entries.extend(event("credit_units_used", spent)?);
    let told: Balances = balances(&entries).map_err(said)?;
    let mut answer = Map::new();
    let names = [
        ("customer_fbo", Account::Wallet, 1),
        ("customer_receivable", Account::Receivable, 1),
        ("brokerage", Account::Exchange, 1),
        ("wash", Account::Clearing, -1),
        ("customer_accrued", Account::ContractLiability, 1),
    ];
    for (name, account, sign) in names {
        for code in ["ACME", "USD"] {
            let balance = told.of(account, currency(code)?);
            let amount = if sign < 0 { balance.negated() } else { balance };
            answer.insert(format!("{name}/{code}"), json!(amount.to_dec()));
        }
    }
    Ok(json!({ "balances": answer }))
}
