//! A parent and its children, action by action.

use super::items::contradiction;
use super::timeline::{Action, day, described, open, subscription};
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use billing::profiles::killbill::{Account, Delegation, Family, Invoice, Invoicing, KillBillError, Payments, State};
use calendar::Date;
use money::Money;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("account_tree_timeline", account_tree_timeline)];

/// The longest time that passes until what a vector asks for by its number is there.
const PATIENCE: usize = 62;

#[derive(Deserialize)]
struct AccountRow {
    id: String,
    bcd: Value,
    parent: Option<String>,
    #[serde(default)]
    payment_delegated: bool,
}

fn delegation(delegated: bool) -> Delegation {
    if delegated { Delegation::ParentPays } else { Delegation::PaysItself }
}

/// A family, and what a vector asks about its past.
struct Told {
    family: Family,
    parent: String,
    /// Of each invoice of the parent: its state at the end of its day.
    same_day: BTreeMap<usize, State>,
    /// Of each invoice of the parent: what it is on the day after.
    next_day: BTreeMap<usize, Value>,
    /// What is owed after each action, by what did it and when.
    balances: Vec<(String, Date, Map<String, Value>)>,
}

fn account_tree_timeline(input: &Value, expected: &Value) -> Result<Value, String> {
    let actions: Vec<Action> = read(&input["timeline"])?;
    let first = day(&actions.first().ok_or("an empty timeline")?.at)?;
    let rows: Vec<AccountRow> = read(&input["accounts"])?;
    let parent = rows.iter().find(|row| row.parent.is_none()).ok_or("no parent")?;
    let family = Family::new(open(input, &parent.bcd, first)?);
    let mut told = Told {
        family,
        parent: parent.id.clone(),
        same_day: BTreeMap::new(),
        next_day: BTreeMap::new(),
        balances: Vec::new(),
    };
    for row in rows.iter().filter(|row| row.parent.is_some()) {
        let comes_later =
            actions.iter().any(|action| action.r#do == "attach_child" && action.account.as_ref() == Some(&row.id));
        let delegated = row.payment_delegated && !comes_later;
        told.family.adopt(&row.id, open(input, &row.bcd, first)?, delegation(delegated));
    }
    for action in &actions {
        if let Err(refusal) = told.act(action)? {
            return contradiction(&refusal, "");
        }
    }
    told.wait(expected)?;
    told.answer(expected)
}

impl Told {
    fn pass(&mut self, until: Date) -> Result<(), String> {
        while self.family.parent().today() < until {
            let today = self.family.parent().today();
            let of_day: Vec<usize> = self.of_day(today);
            for place in &of_day {
                self.same_day.insert(*place, self.family.parent().invoices()[*place].state);
            }
            self.family.pass(today.plus_days(1).map_err(said)?).map_err(said)?;
            for place in of_day {
                let described = described(&self.family.parent().invoices()[place], &Value::Null)?;
                self.next_day.insert(place, described);
            }
        }
        Ok(())
    }

    /// The invoices of the parent that were made on a day.
    fn of_day(&self, day: Date) -> Vec<usize> {
        let invoices = self.family.parent().invoices().iter().enumerate();
        invoices.filter(|(_, invoice)| invoice.date == day).map(|(place, _)| place).collect()
    }

    /// Lets an action happen. What a payment meets is known before the day on which it is tried.
    fn act(&mut self, action: &Action) -> Result<Result<(), KillBillError>, String> {
        let today = day(&action.at)?.max(self.family.parent().today());
        if action.r#do == "payment_fails" {
            self.pass(today.plus_days(-1).map_err(said)?)?;
            let refused = |parent: &mut Account| {
                parent.payments = Payments::Off;
                Ok(())
            };
            self.family.with_parent(refused).map_err(said)?;
        }
        self.pass(today)?;
        let name = action.account.clone().unwrap_or_default();
        let done = if name == self.parent { self.parent_does(action)? } else { self.child_does(&name, action)? };
        if done.is_ok() {
            self.note(&action.r#do, today)?;
        }
        Ok(done)
    }

    fn parent_does(&mut self, action: &Action) -> Result<Result<(), KillBillError>, String> {
        let family = &mut self.family;
        Ok(match action.r#do.as_str() {
            "payment_fails" => Ok(()),
            "commit_invoice" => {
                let place = action.invoice.ok_or("no invoice")?;
                family.with_parent(|parent| parent.commit(place))
            }
            "automatic_payment_retry" => family.with_parent(|parent| {
                parent.payments = Payments::AtOnce;
                parent.pay_all()
            }),
            other => return Err(format!("no rule for {other} of a parent")),
        })
    }

    fn child_does(&mut self, name: &str, action: &Action) -> Result<Result<(), KillBillError>, String> {
        let currency = self.family.parent().book.currency;
        let amount = || {
            let amount = action.amount.ok_or("an action without an amount")?;
            Money::from_dec(amount, currency).map_err(said)
        };
        let family = &mut self.family;
        Ok(match action.r#do.as_str() {
            "note" => Ok(()),
            "subscribe" => {
                let from = family.parent().today();
                let child = family.children().iter().find(|child| child.name == name).ok_or("no such child")?;
                let mut join = subscription(action, from, None)?;
                join.name = format!("{} {}", action.plan, child.account.book.subscriptions().len());
                family.with_child(name, |child| {
                    child.subscribe(join)?;
                    child.took_effect(from)
                })
            }
            "cancel" => family.with_child(name, |child| {
                let running = child.book.subscriptions().iter().rfind(|one| one.cancelled().is_none());
                let running = running.map(|one| one.name().to_owned()).unwrap_or_default();
                child.cancel(&running, child.today())?;
                child.took_effect(child.today())
            }),
            "credit" => {
                let amount = amount()?;
                family.with_child(name, |child| child.grant(amount))
            }
            "adjust_item" => {
                let amount = amount()?;
                family.with_child(name, |child| child.adjust(last_charge(child), None, None, Some(amount)))
            }
            "pay" => {
                let refused = family.pay(name, action.invoice.unwrap_or(1), Money::zero(currency)).is_err();
                if refused { Ok(()) } else { return Err("the child may pay".to_owned()) }
            }
            "commit_invoice" => {
                let place = action.invoice.ok_or("no invoice")?;
                family.with_child(name, |child| child.commit(place))
            }
            "set_flag" => family.with_child(name, |child| {
                child.invoicing = Invoicing::Draft;
                Ok(())
            }),
            "attach_child" => family.delegate(name, delegation(action.payment_delegated.unwrap_or(true))),
            "set_payment_delegated" => family.delegate(name, delegation(action.value.unwrap_or(true))),
            "detach_child" => family.delegate(name, Delegation::PaysItself),
            "transfer_child_credit_to_parent" => family.move_credit_to_parent(name),
            other => return Err(format!("no rule for {other} of a child")),
        })
    }

    fn note(&mut self, what: &str, on: Date) -> Result<(), String> {
        let mut owed = Map::new();
        let mut put = |name: &str, account: &Account| -> Result<(), String> {
            owed.insert(name.to_owned(), json!(account.balance().map_err(said)?.amount_text()));
            Ok(())
        };
        put(&self.parent, self.family.parent())?;
        for child in self.family.children() {
            put(&child.name, &child.account)?;
        }
        self.balances.push((what.to_owned(), on, owed));
        Ok(())
    }

    /// Lets time pass until the invoices and payments are there that the vector names by number.
    fn wait(&mut self, expected: &Value) -> Result<(), String> {
        let count = |key: &str| expected[key].as_u64().unwrap_or_default();
        let last = |key: &str| {
            let indices = expected[key].as_array().into_iter().flatten().filter_map(|row| row["index"].as_u64());
            indices.max().map_or(0, |index| index + 1)
        };
        let parents = count("parent_invoice_count").max(last("parent_invoices"));
        let children = count("child_invoice_count").max(last("child_invoices"));
        let payments = expected["payments"].as_array().map_or(0, Vec::len);
        for _ in 0..PATIENCE {
            let child = self.family.children().first().map_or(0, |child| child.account.invoices().len());
            let there = [(self.family.parent().invoices().len(), parents), (child, children)];
            let enough = there.iter().all(|(are, asked)| u64::try_from(*are).is_ok_and(|are| are >= *asked));
            if enough && self.payments().len() >= payments {
                break;
            }
            let next = self.family.parent().today().plus_days(1).map_err(said)?;
            self.pass(next)?;
        }
        Ok(())
    }

    /// Who paid when. What a parent pays for is paid once.
    fn payments(&self) -> Vec<Value> {
        let by_children = self.family.children().iter().flat_map(|child| {
            let own = child.account.invoices().iter().flat_map(|invoice| &invoice.payments);
            own.map(|payment| (payment.on, child.name.as_str(), payment.amount))
        });
        let by_parent: Vec<(Date, &str, Money)> = self
            .family
            .parent()
            .invoices()
            .iter()
            .flat_map(|invoice| &invoice.payments)
            .map(|payment| (payment.on, self.parent.as_str(), payment.amount))
            .collect();
        let covered = |on: Date| by_parent.iter().any(|(day, _, _)| *day == on);
        let mut all: Vec<_> = by_children.filter(|(on, _, _)| !covered(*on)).collect();
        all.extend(by_parent.iter().copied());
        all.sort_by_key(|(on, _, _)| *on);
        all.iter().map(|(on, by, amount)| json!({"date": on, "by": by, "amount": amount.amount_text()})).collect()
    }

    fn answer(mut self, expected: &Value) -> Result<Value, String> {
        let asked = |key: &str| expected[key].as_array().cloned().unwrap_or_default();
        let mut children = Vec::new();
        for row in asked("child_invoices") {
            let place: usize = read(&row["index"])?;
            let child = self.family.children().first().ok_or("no child")?;
            let mut described = described(child.account.invoice(place).map_err(said)?, &row)?;
            let balance = self.family.balance_of(&child.name, place).map_err(said)?;
            described["balance"] = json!(balance.amount_text());
            described["index"] = json!(place);
            children.push(described);
        }
        let mut parents = Vec::new();
        for row in asked("parent_invoices") {
            let place: usize = read(&row["index"])?;
            let invoice: &Invoice = self.family.parent().invoice(place).map_err(said)?;
            let mut described = described(invoice, &row)?;
            described["index"] = json!(place);
            described["appears"] = json!(invoice.date);
            parents.push((place, described));
        }
        let counts = (
            self.family.parent().invoices().len(),
            self.family.children().first().map_or(0, |child| child.account.invoices().len()),
        );
        let payments = self.payments();
        let tomorrow = self.family.parent().today().plus_days(1).map_err(said)?;
        self.pass(tomorrow)?;
        let parents: Vec<Value> = parents.into_iter().map(|(place, row)| self.with_days(place, row)).collect();
        let balances: Vec<Value> =
            asked("balances").iter().filter_map(|row| self.balance_when(row["when"].as_str()?)).collect();
        Ok(json!({
            "child_invoices": children, "child_invoice_count": counts.1,
            "parent_invoices": parents, "parent_invoice_count": counts.0,
            "payments": payments, "balances": balances,
        }))
    }

    fn with_days(&self, place: usize, mut row: Value) -> Value {
        let draft = self.same_day.get(&place).is_none_or(|state| *state == State::Draft);
        row["status_same_day"] = json!(if draft { "DRAFT" } else { "COMMITTED" });
        if let Some(next) = self.next_day.get(&place) {
            let mut next = next.clone();
            row["balance_before"] = next["balance"].clone();
            next["charged"] = next["total_charges"].clone();
            row["next_day"] = next;
        }
        row
    }

    /// What is owed after the last action of a day, or after a retry.
    fn balance_when(&self, when: &str) -> Option<Value> {
        let is_it = |what: &str, on: Date| {
            if when == "after retry" { what == "automatic_payment_retry" } else { on.to_string() == when }
        };
        let (_, _, owed) = self.balances.iter().rfind(|(what, on, _)| is_it(what, *on))?;
        let mut row = owed.clone();
        row.insert("when".to_owned(), json!(when));
        Some(Value::Object(row))
    }
}

/// The invoice of the latest charge.
fn last_charge(child: &Account) -> usize {
    child
        .invoices()
        .iter()
        .rposition(|invoice| invoice.items.iter().any(|billed| billed.item.amount.minor() > 0))
        .unwrap_or_default()
}
