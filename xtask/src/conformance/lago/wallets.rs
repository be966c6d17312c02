//! Prepaid credits: who pays, which grant is used, and what a credit is worth.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::Instant;
use credits::profiles::lago::{ongoing, take_back};
use credits::{Change, CreditRate, Grant, Kind, Part, Scope, Target, Use, Wallet, pay, replay};
use money::{Currency, Dec, Money, Ratio};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use stdx::Key;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[
    ("wallet_allocation", allocation),
    ("wallet_fifo", fifo),
    ("wallet_void", void),
    ("credit_conversion", conversion),
    ("ongoing_balance", ongoing_balance),
];

fn currency(code: &str) -> Result<Currency, String> {
    Currency::parse(code).map_err(said)
}

fn kind(fee_type: &str) -> Result<Kind, String> {
    match fee_type {
        "charge" => Ok(Kind::Usage),
        "subscription" => Ok(Kind::Fee),
        "add_on" | "fixed_charge" => Ok(Kind::Once),
        "commitment" => Ok(Kind::Commitment),
        other => Err(format!("unknown fee type {other}")),
    }
}

#[derive(Deserialize)]
struct Bucket {
    fee_type: String,
    amount: Dec,
    metric: Option<Key>,
}

impl Bucket {
    /// Its amount is told in minor units and their parts.
    fn part(&self, currency: Currency) -> Result<Part, String> {
        let minor = Ratio::new(1, 10_i128.pow(currency.scale().into())).map_err(said)?;
        let target = Target { kind: kind(&self.fee_type)?, meter: self.metric.clone(), product: None };
        Ok(Part { target, amount: Ratio::from(self.amount).times(minor).map_err(said)? })
    }
}

#[derive(Deserialize)]
struct Given {
    id: String,
    balance_minor: i128,
    priority: u16,
    currency: String,
    #[serde(default)]
    fee_types: Vec<String>,
    #[serde(default)]
    metrics: BTreeSet<Key>,
}

impl Given {
    fn wallet(&self) -> Result<Wallet, String> {
        let kinds = self.fee_types.iter().map(|fee_type| kind(fee_type)).collect::<Result<_, String>>()?;
        Ok(Wallet {
            balance: Money::new(self.balance_minor, currency(&self.currency)?),
            priority: self.priority,
            scope: Scope { kinds, meters: self.metrics.clone(), ..Scope::default() },
        })
    }
}

fn allocation(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(&read::<String>(&input["currency"])?)?;
    let total = Money::new(read(&input["invoice_total_minor"])?, currency);
    let buckets: Vec<Bucket> = read(&input["buckets"])?;
    let parts: Vec<Part> = buckets.iter().map(|bucket| bucket.part(currency)).collect::<Result<_, _>>()?;
    let given: Vec<Given> = read(&input["wallets"])?;
    let wallets: Vec<Wallet> = given.iter().map(Given::wallet).collect::<Result<_, _>>()?;
    let paid = pay(total, &parts, &wallets).map_err(said)?;
    let told: Map<String, Value> =
        paid.iter().map(|one| (given[one.wallet].id.clone(), json!(one.amount.minor()))).collect();
    Ok(json!({"allocations": told}))
}

#[derive(Deserialize)]
struct Granted {
    id: Key,
    amount_minor: i128,
    priority: u16,
    order: i64,
    kind: String,
}

/// Grants are in the order in which they were made, which is told as a number.
fn fifo(input: &Value, _: &Value) -> Result<Value, String> {
    let given: Vec<Granted> = read(&input["grants"])?;
    let consumed: Vec<i128> = read(&input["consumptions"])?;
    let at = |order: i64| Instant::from_micros(order).map_err(said);
    let grants = given.iter().map(|one| {
        let grant = Grant::new(one.id.clone(), Dec::from_int(one.amount_minor), at(0)?);
        Ok(Grant { priority: one.priority, granted_at: at(one.order)?, ..grant })
    });
    let grants: Vec<Grant> = grants.collect::<Result<_, String>>()?;
    let uses = (1..).zip(&consumed).map(|(order, amount)| Ok(Use::new(at(order)?, Dec::from_int(*amount))));
    let uses: Vec<Use> = uses.collect::<Result<_, String>>()?;
    let replayed = replay(&grants, &uses, &[], at(i64::MAX >> 16)?).map_err(said)?;
    let mut draws = vec![Map::new(); uses.len()];
    let mut by_kind = std::collections::BTreeMap::<&str, Dec>::new();
    for moved in &replayed.movements {
        if let Change::Drawn(Some(index)) = moved.change {
            let amount = moved.amount.negated();
            draws[index].insert(grants[moved.grant].key.to_string(), json!(amount.floor()));
            let sum = by_kind.entry(&given[moved.grant].kind).or_insert(Dec::ZERO);
            *sum = sum.plus(amount).map_err(said)?;
        }
    }
    let left = grants.iter().zip(&replayed.balances).map(|(grant, left)| (grant.key.to_string(), json!(left.floor())));
    let by_kind: Map<String, Value> =
        by_kind.into_iter().map(|(kind, sum)| (kind.to_owned(), json!(sum.floor()))).collect();
    Ok(json!({"draws": draws, "remaining": left.collect::<Map<_, _>>(), "by_kind": by_kind}))
}

fn rate(input: &Value) -> Result<CreditRate, String> {
    read::<Dec>(&input["rate"])?.try_into().map_err(said)
}

fn void(input: &Value, _: &Value) -> Result<Value, String> {
    let euro = currency("EUR")?;
    let found = take_back(read(&input["balance_credits"])?, read(&input["void_credits"])?, rate(input)?, euro);
    let found = found.map_err(said)?;
    Ok(json!({
        "voided_credits": found.credits,
        "amount": found.worth.to_dec(),
        "balance_credits": found.left,
        "balance": found.left_worth.to_dec(),
    }))
}

/// What is invoiced is sold as the currency can say it; what is given stays as it is.
fn conversion(input: &Value, _: &Value) -> Result<Value, String> {
    let currency = currency(&read::<String>(&input["currency"])?)?;
    let rate = rate(input)?;
    let (credits, price) = match input.get("amount_minor") {
        Some(minor) => {
            let price = Money::new(read(minor)?, currency);
            (rate.credits(price).map_err(said)?, price)
        }
        None if read(&input["invoiced"])? => {
            let sold = rate.top_up(read(&input["credits"])?, currency).map_err(said)?;
            (sold.credits, sold.price)
        }
        None => {
            let credits: Dec = read(&input["credits"])?;
            (Ratio::from(credits), rate.worth(credits, currency).map_err(said)?)
        }
    };
    Ok(json!({"credits": credits, "amount": price.to_dec(), "amount_minor": price.minor()}))
}

fn ongoing_balance(input: &Value, _: &Value) -> Result<Value, String> {
    let euro = currency("EUR")?;
    let money = |minor| Money::new(minor, euro);
    let pending: Vec<Money> = read::<Vec<i128>>(&input["pending_minor"])?.into_iter().map(money).collect();
    let left = ongoing(money(read(&input["balance_minor"])?), &pending).map_err(said)?;
    Ok(json!({"ongoing_minor": left.minor(), "ongoing_credits": rate(input)?.credits(left).map_err(said)?}))
}
