//! Items of invoices, and what a run makes of them.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use billing::profiles::killbill::{
    Billed, Charge, Event, Item, ItemId, KillBillError, Once, Profile, Recurring, Terms, check_history, check_new,
    difference, net_items, propose,
};
use calendar::profiles::killbill::{BillingMode, MonthLength, billing_period};
use calendar::{Date, DateRange, DayOfMonth};
use money::{Currency, Dec, Money};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] =
    &[("repair", repair), ("generator_runs", generator_runs), ("history_check", history_check)];

/// An item as a vector writes it.
#[derive(Deserialize)]
struct Row {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    sub: Option<String>,
    start: Option<Date>,
    date: Option<Date>,
    end: Option<Date>,
    amount: Dec,
    plan: Option<String>,
    phase: Option<String>,
    rate: Option<Dec>,
    #[serde(alias = "repairs")]
    linked_to: Option<String>,
}

/// The plan, phase and rate of rows that do not say them.
struct Unsaid {
    plan: &'static str,
    phase: &'static str,
    rate: Dec,
}

const NOTHING: Unsaid = Unsaid { plan: "", phase: "", rate: Dec::ZERO };

pub(super) fn usd() -> Result<Currency, String> {
    Currency::parse("USD").map_err(said)
}

/// Whether the account is marked so that runs make drafts.
pub(super) fn makes_drafts(input: &Value) -> bool {
    input["account_flags"].as_array().is_some_and(|flags| flags.contains(&json!("AUTO_INVOICING_DRAFT")))
}

pub(super) fn currency(input: &Value) -> Result<Currency, String> {
    input["currency"].as_str().map_or_else(usd, |code| Currency::parse(code).map_err(said))
}

impl Row {
    fn item(self, of: Option<ItemId>, unsaid: &Unsaid, currency: Currency) -> Result<Item, String> {
        let start = self.start.or(self.date).ok_or("an item without a date")?;
        let days = || DateRange::new(start, self.end.unwrap_or(start)).map_err(said);
        let plan = self.plan.clone().unwrap_or_else(|| unsaid.plan.to_owned());
        let phase = self.phase.clone().unwrap_or_else(|| unsaid.phase.to_owned());
        let charge = match self.kind.as_str() {
            "RECURRING" => {
                let terms = Terms { plan, phase, rate: self.rate.unwrap_or(unsaid.rate) };
                Charge::Recurring { days: days()?, terms }
            }
            "FIXED" => Charge::Fixed { on: start, until: self.end, plan, phase },
            "USAGE" => Charge::Usage { days: days()?, section: plan },
            "REPAIR_ADJ" => Charge::Repair { days: days()?, of: of.ok_or("a repair of no item")? },
            "ITEM_ADJ" => Charge::Adjustment { on: start, of: of.ok_or("an adjustment of no item")? },
            "EXTERNAL_CHARGE" => Charge::External { on: start },
            "TAX" => Charge::Tax { on: start },
            "CREDIT_ADJ" => Charge::Credit { on: start },
            other => return Err(format!("unknown type of item {other}")),
        };
        let subscription = Some(self.sub.unwrap_or_else(|| "s1".to_owned()));
        Ok(Item { subscription, charge, amount: Money::from_dec(self.amount, currency).map_err(said)? })
    }
}

/// What was billed, and the names of its items. A name that no row has is that of an item that was not billed.
fn history(rows: &Value, unsaid: &Unsaid, currency: Currency) -> Result<(Vec<Billed>, Names), String> {
    let rows: Vec<Row> = if rows.is_null() { Vec::new() } else { read(rows)? };
    let mut names = Names::default();
    for row in &rows {
        let id = names.next();
        if let Some(name) = &row.id {
            names.by_name.insert(name.clone(), id);
        }
        names.last = id.0;
    }
    let mut billed = Vec::new();
    for (row, n) in rows.into_iter().zip(1..) {
        let of = row.linked_to.as_ref().map(|name| names.by_name.get(name).copied().unwrap_or(ItemId(u32::MAX)));
        billed.push(Billed { id: ItemId(n), item: row.item(of, unsaid, currency)? });
    }
    Ok((billed, names))
}

#[derive(Default)]
struct Names {
    by_name: BTreeMap<String, ItemId>,
    last: u32,
}

impl Names {
    fn next(&self) -> ItemId {
        ItemId(self.last + 1)
    }

    fn of(&self, id: ItemId) -> Option<&str> {
        self.by_name.iter().find(|(_, known)| **known == id).map(|(name, _)| name.as_str())
    }
}

/// The type of an item in Kill Bill.
pub(super) fn kind_of(item: &Item) -> &'static str {
    match item.charge {
        Charge::Recurring { .. } => "RECURRING",
        Charge::Fixed { .. } => "FIXED",
        Charge::Usage { .. } => "USAGE",
        Charge::External { .. } => "EXTERNAL_CHARGE",
        Charge::Tax { .. } => "TAX",
        Charge::Repair { .. } => "REPAIR_ADJ",
        Charge::Adjustment { .. } => "ITEM_ADJ",
        Charge::Credit { .. } => "CREDIT_ADJ",
        Charge::Summary { .. } => "PARENT_SUMMARY",
    }
}

/// An item as a vector writes it.
pub(super) fn row(item: &Item) -> Map<String, Value> {
    let mut row = Map::new();
    row.insert("type".to_owned(), json!(kind_of(item)));
    row.insert("sub".to_owned(), json!(item.subscription));
    row.insert("start".to_owned(), json!(item.start()));
    row.insert("date".to_owned(), json!(item.start()));
    row.insert("end".to_owned(), json!(item.end()));
    row.insert("amount".to_owned(), json!(item.amount.amount_text()));
    if let Charge::Recurring { terms: Terms { plan, phase, rate }, .. } = &item.charge {
        row.insert("rate".to_owned(), json!(rate));
        row.insert("plan".to_owned(), json!(plan));
        row.insert("phase".to_owned(), json!(phase));
    }
    if let Charge::Fixed { plan, phase, .. } = &item.charge {
        row.insert("plan".to_owned(), json!(plan));
        row.insert("phase".to_owned(), json!(phase));
    }
    row
}

/// Rows in the order in which a vector lists them, since items of an invoice have none. What it does not list comes last.
pub(super) fn in_order_of(expected: &Value, rows: Vec<Map<String, Value>>) -> Value {
    let mut left: Vec<Value> = rows.into_iter().map(Value::Object).collect();
    let mut ordered = Vec::new();
    for wanted in expected.as_array().into_iter().flatten() {
        if let Some(place) =
            left.iter().position(|row| crate::conformance::compare::differences(wanted, row).is_empty())
        {
            ordered.push(left.remove(place));
        }
    }
    ordered.append(&mut left);
    Value::Array(ordered)
}

fn rows(items: &[Item], names: Option<&Names>, expected: &Value) -> Value {
    let linked = |item: &Item| {
        let mut row = row(item);
        if let (Some(names), Some(of)) = (names, item.takes_from()) {
            row.insert("linked_to".to_owned(), json!(names.of(of)));
        }
        row
    };
    in_order_of(expected, items.iter().map(linked).collect())
}

/// How a kind of vector names what contradicts itself.
pub(super) fn contradiction(error: &KillBillError, twice: &str) -> Result<Value, String> {
    let name = match error {
        KillBillError::DoubleBilled { .. } => twice,
        KillBillError::TooManyRepairs { .. } => "TOO_MANY_REPAIRS",
        KillBillError::MissingItem { .. } => "MISSING_ADJUSTED_ITEM",
        KillBillError::TooManyItems { .. } | KillBillError::SeveralOneOffs { .. } => "SAFETY_BOUND",
        KillBillError::TargetTooFar { .. } => "TARGET_DATE_TOO_FAR",
        KillBillError::NoCredit => "ACCOUNT_HAS_NO_CREDIT",
        KillBillError::Unknown { .. }
        | KillBillError::NotPossible { .. }
        | KillBillError::Interval(_)
        | KillBillError::Schedule(_)
        | KillBillError::Period(_)
        | KillBillError::Date(_)
        | KillBillError::Money(_)
        | KillBillError::Number(_) => return Err(error.to_string()),
    };
    Ok(json!({"error": name}))
}

fn repair(input: &Value, expected: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let (history, names) = history(&input["existing_items"], &NOTHING, currency)?;
    if expected.get("net_items").is_some() {
        let net = net_items(&history, MonthLength::Calendar).map_err(said)?;
        return Ok(json!({"net_items": rows(&net, None, &expected["net_items"])}));
    }
    if let Err(error) = check_history(&history) {
        return contradiction(&error, "OVERLAPPING_RECURRING");
    }
    let proposed: Vec<Row> = read(&input["proposed_items"])?;
    let proposed: Vec<Item> =
        proposed.into_iter().map(|row| row.item(None, &NOTHING, currency)).collect::<Result<_, _>>()?;
    let new = difference(&history, &proposed, MonthLength::Calendar).map_err(said)?;
    Ok(json!({"new_items": rows(&new, Some(&names), &expected["new_items"])}))
}

/// A billing event as a vector writes it.
#[derive(Deserialize, Clone)]
struct EventRow {
    sub: Option<String>,
    #[serde(alias = "at")]
    date: Date,
    plan: Option<String>,
    phase: Option<String>,
    bcd: Option<u8>,
    fixed: Option<Dec>,
    recurring: Option<Dec>,
    #[serde(alias = "billing_period")]
    period: Option<String>,
    mode: Option<String>,
}

impl EventRow {
    fn event(self) -> Result<Event, String> {
        let once = self.fixed.map_or(Once::Nothing, |amount| Once::Charged { amount, until: None });
        let recurring = match self.recurring {
            None => None,
            Some(rate) => {
                let period = self.period.as_deref().ok_or("a recurring price without a period")?;
                let every = billing_period(period).ok_or_else(|| format!("unknown billing period {period}"))?;
                let mode = match self.mode.as_deref() {
                    Some("IN_ARREAR") => BillingMode::InArrear,
                    Some("IN_ADVANCE") | None => BillingMode::InAdvance,
                    Some(other) => return Err(format!("unknown billing mode {other}")),
                };
                let cycle_day = match self.bcd.filter(|day| *day > 0) {
                    Some(day) => DayOfMonth::try_from(day).map_err(said)?,
                    None => self.date.into(),
                };
                Some(Recurring { rate, every, mode, cycle_day })
            }
        };
        Ok(Event {
            subscription: self.sub.unwrap_or_else(|| "s1".to_owned()),
            on: self.date,
            plan: self.plan.unwrap_or_else(|| "p".to_owned()),
            phase: self.phase.unwrap_or_else(|| "ph".to_owned()),
            once,
            recurring,
        })
    }
}

/// A run of the generator in a vector.
#[derive(Deserialize)]
struct Run {
    target_date: String,
    #[serde(default)]
    add_events: Vec<EventRow>,
    replace_all_events: Option<Vec<EventRow>>,
    invoicing_off_for: Option<Vec<String>>,
    item_adjustment: Option<Adjustment>,
}

#[derive(Deserialize)]
struct Adjustment {
    item_start: Date,
    amount: Dec,
}

/// What successive runs know.
struct Generator {
    currency: Currency,
    events: Vec<Event>,
    billed: Vec<Billed>,
    muted: Vec<String>,
}

impl Generator {
    fn bill(&mut self, item: Item) -> Result<(), String> {
        let id = ItemId(u32::try_from(self.billed.len() + 1).map_err(said)?);
        self.billed.push(Billed { id, item });
        Ok(())
    }

    fn run(&mut self, run: Run, target: Date) -> Result<Vec<Item>, String> {
        if let Some(rows) = run.replace_all_events {
            self.events = rows.into_iter().map(EventRow::event).collect::<Result<_, _>>()?;
        }
        for row in run.add_events {
            self.events.push(row.event()?);
        }
        self.muted = run.invoicing_off_for.unwrap_or_else(|| core::mem::take(&mut self.muted));
        if let Some(Adjustment { item_start, amount }) = run.item_adjustment {
            let is_it = |billed: &&Billed| matches!(billed.item.charge, Charge::Recurring { days, .. } if days.from() == item_start);
            let found = self.billed.iter().find(is_it).ok_or("no item to adjust")?;
            let amount = Money::from_dec(amount, self.currency).map_err(said)?;
            let charge = Charge::Adjustment { on: item_start, of: found.id };
            self.bill(Item { subscription: found.item.subscription.clone(), charge, amount })?;
        }
        let heard = |name: Option<&String>| name.is_none_or(|name| !self.muted.contains(name));
        let events: Vec<Event> = self.events.iter().filter(|event| heard(Some(&event.subscription))).cloned().collect();
        let billed: Vec<Billed> =
            self.billed.iter().filter(|billed| heard(billed.item.subscription.as_ref())).cloned().collect();
        let proposed = propose(&events, target, &Profile::default(), self.currency).map_err(said)?;
        let new = difference(&billed, &proposed, MonthLength::Calendar).map_err(said)?;
        for item in &new {
            self.bill(item.clone())?;
        }
        Ok(new)
    }
}

/// A day, or a number of months from a day that does not matter.
fn too_far(target: &str) -> Result<Option<Value>, String> {
    let Some(months) = target.strip_prefix("today+").and_then(|rest| rest.strip_suffix(" months")) else {
        return Ok(None);
    };
    let today: Date = "2026-01-01".parse().map_err(said)?;
    let target = today.plus_months_on(months.parse().map_err(said)?, today.into()).map_err(said)?;
    match Profile::default().check_target(today, target) {
        Ok(()) => Ok(None),
        Err(error) => contradiction(&error, "").map(Some),
    }
}

fn generator_runs(input: &Value, expected: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let (billed, _) = history(&input["existing_items"], &NOTHING, currency)?;
    let mut generator = Generator { currency, events: Vec::new(), billed, muted: Vec::new() };
    let runs: Vec<Run> = read(&input["runs"])?;
    let status = if makes_drafts(input) { "DRAFT" } else { "COMMITTED" };
    let mut answers = Vec::new();
    for (n, run) in runs.into_iter().enumerate() {
        if let Some(error) = too_far(&run.target_date)? {
            return Ok(error);
        }
        let target: Date = run.target_date.parse().map_err(said)?;
        let new = generator.run(run, target)?;
        let asked = &expected["runs"][n];
        let mut answer = Map::new();
        answer.insert("target_date".to_owned(), json!(target));
        if new.is_empty() {
            answer.insert("invoice".to_owned(), Value::Null);
        }
        let zero = Money::zero(currency);
        let total = new.iter().try_fold(zero, |sum, item| sum.plus(item.amount)).map_err(said)?;
        answer.insert("item_count".to_owned(), json!(new.len()));
        answer.insert("invoice_total".to_owned(), json!(total.amount_text()));
        answer.insert("status".to_owned(), json!(status));
        // a remark of the vector, not a result
        answer.insert("note".to_owned(), asked["note"].clone());
        for key in ["items", "items_recomputed"] {
            answer.insert(key.to_owned(), rows(&new, None, &asked[key]));
        }
        answers.push(Value::Object(answer));
    }
    Ok(json!({"runs": answers}))
}

/// Results of a run with one-off items, some of which are too many.
fn one_offs(input: &Value, currency: Currency) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Set {
        dates: Vec<Date>,
        amount: Option<Dec>,
        #[serde(default)]
        amounts: Vec<Dec>,
    }
    let checked = |set: Set| -> Result<Result<(), KillBillError>, String> {
        let mut items = Vec::new();
        for (n, on) in set.dates.iter().enumerate() {
            let amount = set.amounts.get(n).copied().or(set.amount).ok_or("no amount")?;
            let charge = Charge::Fixed { on: *on, until: None, plan: "p".to_owned(), phase: "ph".to_owned() };
            let amount = Money::from_dec(amount, currency).map_err(said)?;
            items.push(Item { subscription: Some("s1".to_owned()), charge, amount });
        }
        Ok(check_new(&items, &[], *set.dates.first().ok_or("no dates")?, &Profile::default()))
    };
    for set in read::<Vec<Set>>(&input["accepted"])? {
        checked(set)?.map_err(said)?;
    }
    let mut name = Value::Null;
    for set in read::<Vec<Set>>(&input["refused"])? {
        let refusal = checked(set)?.err().ok_or("what should be refused is accepted")?;
        name = contradiction(&refusal, "")?["error"].take();
    }
    Ok(json!({"error_for_refused": name}))
}

fn history_check(input: &Value, expected: &Value) -> Result<Value, String> {
    let currency = currency(input)?;
    let events: Vec<EventRow> = if input["events"].is_null() { Vec::new() } else { read(&input["events"])? };
    if input.get("refused").is_some() {
        return one_offs(input, currency);
    }
    if input.get("existing_items").is_none() && input.get("target_date").is_none() {
        return Err("the history is told in words".to_owned());
    }
    let rate = events.iter().find_map(|event| event.recurring).unwrap_or(Dec::ZERO);
    let (billed, _) = history(&input["existing_items"], &Unsaid { plan: "p", phase: "ph", rate }, currency)?;
    if let Err(error) = check_history(&billed) {
        return contradiction(&error, "DOUBLE_BILLING_DETECTED");
    }
    let target: Date = read(&input["target_date"])?;
    let events: Vec<Event> = events.into_iter().map(EventRow::event).collect::<Result<_, _>>()?;
    let proposed = propose(&events, target, &Profile::default(), currency).map_err(said)?;
    let new = difference(&billed, &proposed, MonthLength::Calendar).map_err(said)?;
    Ok(json!({"items": rows(&new, None, &expected["items"])}))
}
