//! The life of an account, action by action.

use super::catalog::{alignment, plans};
use super::items::{currency, in_order_of, makes_drafts, row};
use super::overdue::overdue;
use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use billing::profiles::killbill::{
    Account, Arrears, Book, Invoice, Invoicing, Join, Overdue, Payment, Payments, Profile, State, Whose, ZeroUsage,
};
use calendar::profiles::killbill::MonthLength;
use calendar::{Date, DayOfMonth};
use money::{Dec, Money};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::num::NonZeroU16;

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] = &[("account_timeline", account_timeline)];

/// An action of a timeline.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Action {
    pub(super) at: String,
    pub(super) r#do: String,
    pub(super) account: Option<String>,
    pub(super) value: Option<bool>,
    pub(super) payment_delegated: Option<bool>,
    pub(super) sub: Option<String>,
    pub(super) plan: String,
    effective: Option<String>,
    billing_date: Option<String>,
    date: Option<String>,
    phases_from: Option<Date>,
    phase_alignment: Option<String>,
    bundle_of: Option<String>,
    bcd: Option<u8>,
    bcd_alignment: Option<String>,
    quantity: Option<Value>,
    invoice_now: Option<bool>,
    addon_cancelled: Option<String>,
    addon_now_included: Option<String>,
    pub(super) amount: Option<Dec>,
    pub(super) invoice: Option<usize>,
    item_start: Option<Date>,
    item_adjustments: Vec<Adjustment>,
    unit: Option<String>,
    draft: bool,
    target_date: Option<Date>,
    reason: String,
    policy: Option<String>,
    price_override: Option<Value>,
}

impl Action {
    /// Whether the catalog changed, rather than somebody asking for another plan.
    fn is_version(&self) -> bool {
        self.reason.starts_with("catalog version")
            || self.policy.as_deref() == Some("CATALOG_EFFECTIVE_DATE_FOR_EXISTING_SUBSCRIPTIONS")
    }
}

#[derive(Deserialize)]
struct Adjustment {
    sub: Option<String>,
    item_start: Option<Date>,
    amount: Option<Dec>,
}

/// The day of a date or of a moment.
pub(super) fn day(text: &str) -> Result<Date, String> {
    text.get(..10).unwrap_or(text).parse().map_err(said)
}

/// The options of the system that a vector was taken from.
fn profile(input: &Value) -> Result<Profile, String> {
    let mut profile = Profile::default();
    if input["in_arrear_mode"] == json!("GREEDY") {
        profile.arrears = Arrears::Greedy;
    }
    if input["zero_usage_items"] == json!(false) {
        profile.zero_usage = ZeroUsage::LeftOut;
    }
    let fixed: u16 = input.get("fixed_days_in_month").map(read).transpose()?.unwrap_or_default();
    profile.months = NonZeroU16::new(fixed).map_or(MonthLength::Calendar, MonthLength::Fixed);
    if let Some(periods) = input.get("usage_look_back_periods") {
        profile.usage_look_back = read(periods)?;
    }
    Ok(profile)
}

/// An account whose clock stands on a day.
pub(super) fn open(input: &Value, cycle_day: &Value, today: Date) -> Result<Account, String> {
    let cycle_day: Option<u8> = read(cycle_day)?;
    let cycle_day = cycle_day.filter(|day| *day > 0).map(DayOfMonth::try_from).transpose().map_err(said)?;
    let book = Book::new(profile(input)?, currency(input)?, plans(&input["catalog"])?, cycle_day);
    let mut account = Account::new(book, today);
    if makes_drafts(input) {
        account.invoicing = Invoicing::Draft;
    }
    Ok(account)
}

/// An account and what a vector asks about its past.
pub(super) struct Told {
    pub(super) account: Account,
    /// The day on which each end was asked for, and the one from which it counts.
    ended: Option<(Date, Date)>,
    /// The balance before and after the first grant of credit.
    granted: Option<(Money, Money)>,
    /// The invoice that an end made.
    invoice_on_cancel: Option<usize>,
    drafts: bool,
    overdue: Option<Overdue>,
    /// What the account became on a day, before what happened on it.
    overdue_on: Map<String, Value>,
}

impl Told {
    pub(super) fn new(account: Account) -> Self {
        let drafts = account.invoicing == Invoicing::Draft;
        Self {
            account,
            ended: None,
            granted: None,
            invoice_on_cancel: None,
            drafts,
            overdue: None,
            overdue_on: Map::new(),
        }
    }

    /// Lets time pass, and notes on which days the account becomes overdue.
    pub(super) fn pass(&mut self, until: Date) -> Result<(), String> {
        let Some(overdue) = &self.overdue else { return self.account.pass(until).map_err(said) };
        let mut before: Option<String> = None;
        while self.account.today() < until {
            let next = self.account.today().plus_days(1).map_err(said)?;
            self.account.pass(next).map_err(said)?;
            let unpaid = self.account.unpaid_since().map_err(said)?;
            let state = overdue.state_on(unpaid, next).map(|state| state.name.clone());
            if state != before {
                self.overdue_on.insert(next.to_string(), json!(state.clone().unwrap_or_else(|| "CLEAR".to_owned())));
            }
            before = state;
        }
        Ok(())
    }

    fn money(&self, amount: Option<Dec>) -> Result<Money, String> {
        let amount = amount.ok_or("an action without an amount")?;
        Money::from_dec(amount, self.account.book.currency).map_err(said)
    }

    /// Lets an action happen on its day, after the runs of that day. What it says back: the values of a check.
    pub(super) fn act(&mut self, action: &Action) -> Result<Option<Value>, String> {
        let today = self.account.today().max(day(&action.at)?);
        if action.r#do == "external_tax_on_next_invoice" {
            // the tax service answers when the runs of this day ask
            self.pass(today.plus_days(-1).map_err(said)?)?;
            let tax = self.money(action.amount)?;
            self.account.tax_next_invoice(tax);
            self.pass(today)?;
            return Ok(None);
        }
        self.pass(today)?;
        let effective = action.effective.as_deref().or(action.billing_date.as_deref()).unwrap_or(&action.at);
        let effective = day(effective)?;
        match action.r#do.as_str() {
            "check" => return self.checked(action).map(Some),
            "note" => return Ok(None),
            "invoicing_off" | "invoicing_on" => {
                let on = if self.drafts { Invoicing::Draft } else { Invoicing::Committed };
                self.account.invoicing = if action.r#do == "invoicing_on" { on } else { Invoicing::Off };
                self.account.took_effect(today).map_err(said)?;
            }
            "subscribe"
            | "change"
            | "change_and_drop_addon"
            | "cancel"
            | "uncancel"
            | "pause"
            | "resume"
            | "set_bcd"
            | "quantity"
            | "set_account_bcd" => {
                let invoices = self.account.invoices().len();
                self.life(action, effective)?;
                if action.invoice_now != Some(false) && !action.is_version() {
                    self.account.took_effect(effective).map_err(said)?;
                }
                if action.r#do == "cancel" {
                    self.invoice_on_cancel = (self.account.invoices().len() > invoices).then_some(invoices);
                }
            }
            _ => self.pays(action, effective)?,
        }
        Ok(None)
    }

    fn life(&mut self, action: &Action, effective: Date) -> Result<(), String> {
        let name = action.sub.as_deref().unwrap_or_default();
        let whose = action.sub.as_deref().map_or(Whose::All, Whose::Of);
        let cycle_day = action.bcd.map(DayOfMonth::try_from).transpose().map_err(said)?;
        let account = &mut self.account;
        match action.r#do.as_str() {
            "subscribe" => return self.subscribe(action, effective, cycle_day),
            "change" if action.is_version() => account.adopt_version(name, &action.plan, effective),
            "change" => {
                account.change(name, &action.plan, effective, action.phases_from).map_err(said)?;
                if let Some(included) = &action.addon_now_included {
                    account.cancel(included, effective).map_err(said)?;
                }
                if let Some(cycle_day) = cycle_day {
                    account.set_cycle_day(name, cycle_day, effective).map_err(said)?;
                }
                Ok(())
            }
            "change_and_drop_addon" => {
                account.change(name, &action.plan, effective, action.phases_from).map_err(said)?;
                account.cancel(action.addon_cancelled.as_deref().unwrap_or_default(), effective)
            }
            "cancel" => {
                self.ended = Some((day(&action.at)?, effective));
                account.cancel(name, effective)
            }
            "uncancel" => account.uncancel(name),
            "pause" => account.pause(whose, effective),
            "resume" => account.resume(whose, effective),
            "set_bcd" => account.set_cycle_day(name, cycle_day.ok_or("no cycle day")?, effective),
            "quantity" => {
                let quantity = read(action.quantity.as_ref().ok_or("no quantity")?)?;
                account.set_quantity(name, quantity, effective)
            }
            "set_account_bcd" => {
                account.book.cycle_day = cycle_day;
                Ok(())
            }
            other => return Err(format!("no rule for {other}")),
        }
        .map_err(said)
    }

    fn subscribe(&mut self, action: &Action, from: Date, cycle_day: Option<DayOfMonth>) -> Result<(), String> {
        let mut plan = action.plan.clone();
        if let Some(prices @ Value::Object(_)) = &action.price_override {
            let price = |key: &str| prices.get(key).map(read).transpose();
            let known = self.account.book.plans.get(&plan).ok_or("no such plan")?;
            let overridden = known.with_prices(price("fixed")?, price("recurring")?);
            plan = format!("{plan} for {}", action.sub.as_deref().unwrap_or_default());
            self.account.book.plans.insert(plan.clone(), overridden);
        }
        let join = Join { plan, ..subscription(action, from, cycle_day)? };
        self.account.subscribe(join).map_err(said)
    }

    fn pays(&mut self, action: &Action, effective: Date) -> Result<(), String> {
        let invoice = || action.invoice.ok_or("an action without an invoice");
        match action.r#do.as_str() {
            "usage" | "delete_usage" => return self.uses(action),
            "auto_pay_off" => self.account.payments = Payments::Off,
            "auto_pay_on" | "auto_pay_on_next" => {
                self.account.payments = Payments::AtOnce;
                if action.r#do == "auto_pay_on" {
                    self.account.pay_all().map_err(said)?;
                }
            }
            "next_payment_limited_to" => self.account.limit_next_payment(self.money(action.amount)?),
            "pay" | "chargeback_reversed" => {
                self.account.pay(invoice()?, self.money(action.amount)?).map_err(said)?;
            }
            "chargeback" | "refund" => {
                let amount = action.amount.map(|amount| self.money(Some(amount))).transpose()?;
                self.account.pay_back(invoice()?, amount).map_err(said)?;
                for Adjustment { sub, item_start, amount } in &action.item_adjustments {
                    self.adjust(invoice()?, sub.as_deref(), *item_start, *amount)?;
                }
                self.account.settle_credit().map_err(said)?;
            }
            "adjust_item" => self.adjust(invoice()?, action.sub.as_deref(), action.item_start, action.amount)?,
            "credit" => {
                let before = self.account.balance().map_err(said)?;
                self.account.grant(self.money(action.amount)?).map_err(said)?;
                let after = self.account.balance().map_err(said)?;
                self.granted.get_or_insert((before, after));
            }
            "external_charge" => {
                let on = action.date.as_deref().map_or(Ok(effective), day)?;
                let state = if action.draft { State::Draft } else { State::Committed };
                self.account.charge(self.money(action.amount)?, on, state).map_err(said)?;
            }
            "void_invoice" => self.account.void(invoice()?).map_err(said)?,
            "write_off" => self.account.write_off(invoice()?).map_err(said)?,
            "commit_invoice" => self.account.commit(invoice()?).map_err(said)?,
            "invoice_run" => {
                self.account.run(action.target_date.ok_or("a run without a target")?).map_err(said)?;
            }
            other => return Err(format!("no rule for {other}")),
        }
        Ok(())
    }

    fn uses(&mut self, action: &Action) -> Result<(), String> {
        let date = day(action.date.as_deref().unwrap_or(&action.at))?;
        let unit = action.unit.as_deref();
        if action.r#do == "delete_usage" {
            self.account.book.forget_usage(action.sub.as_deref(), date, unit);
            return Ok(());
        }
        let quantity = read(action.quantity.as_ref().ok_or("no quantity")?)?;
        self.account.book.used(action.sub.as_deref().unwrap_or_default(), date, unit.unwrap_or_default(), quantity);
        Ok(())
    }

    fn adjust(
        &mut self,
        invoice: usize,
        sub: Option<&str>,
        start: Option<Date>,
        amount: Option<Dec>,
    ) -> Result<(), String> {
        let amount = amount.map(|amount| self.money(Some(amount))).transpose()?;
        self.account.adjust(invoice, sub, start, amount).map_err(said)
    }

    fn checked(&self, action: &Action) -> Result<Value, String> {
        let mut found = Map::new();
        if let Some(invoice) = action.invoice {
            let balance = self.account.invoice(invoice).and_then(Invoice::balance).map_err(said)?;
            found.insert("balance".to_owned(), json!(balance.amount_text()));
        }
        found.insert("account_balance".to_owned(), json!(self.account.balance().map_err(said)?.amount_text()));
        found.insert("account_credit".to_owned(), json!(self.account.credit().map_err(said)?.amount_text()));
        Ok(Value::Object(found))
    }

    fn finally(&self) -> Result<Map<String, Value>, String> {
        let account = &self.account;
        let mut out = Map::new();
        let mut put = |key: &str, value: Value| out.insert(key.to_owned(), value);
        put("account_balance", json!(account.balance().map_err(said)?.amount_text()));
        put("account_credit", json!(account.credit().map_err(said)?.amount_text()));
        if let Some((service, billing)) = self.ended {
            put("service_end", json!(service));
            put("billing_end", json!(billing));
        }
        if let Some((before, after)) = self.granted {
            put("account_balance_before_credit", json!(before.amount_text()));
            put("account_balance_after_credit", json!(after.amount_text()));
        }
        let days = match (account.book.cycle_day, account.book.subscriptions().first()) {
            (Some(day), _) => Some(day),
            (None, Some(first)) => Some(account.book.cycle_day_of(first, account.today(), None).map_err(said)?),
            (None, None) => None,
        };
        put("account_bcd", json!(days));
        let through = account
            .book
            .subscriptions()
            .iter()
            .map(|one| (one.name().to_owned(), json!(account.charged_through(one.name()))));
        put("charged_through", Value::Object(through.collect()));
        let mut paid: Vec<&Payment> = account.invoices().iter().flat_map(|invoice| &invoice.payments).collect();
        paid.sort_by_key(|payment| payment.on);
        put("payments", json!(paid.iter().map(|paid| paid.amount.amount_text()).collect::<Vec<_>>()));
        put("invoice_on_cancel", json!(self.invoice_on_cancel));
        put("overdue_state_by_date", Value::Object(self.overdue_on.clone()));
        Ok(out)
    }
}

/// The subscription that an action begins.
pub(super) fn subscription(action: &Action, from: Date, cycle_day: Option<DayOfMonth>) -> Result<Join, String> {
    let own_phases = action.phase_alignment.as_deref() == Some("START_OF_SUBSCRIPTION");
    Ok(Join {
        name: action.sub.clone().unwrap_or_default(),
        plan: action.plan.clone(),
        from,
        bundle: action.bundle_of.clone(),
        phases_from: action.phases_from.or(own_phases.then_some(from)),
        quantity: action.quantity.as_ref().map(read).transpose()?.unwrap_or(1),
        cycle_day,
        alignment: action.bcd_alignment.as_deref().map(alignment).transpose()?,
    })
}

fn status(state: State) -> &'static str {
    match state {
        State::Draft => "DRAFT",
        State::Committed => "COMMITTED",
        State::Void => "VOID",
        State::WrittenOff => "WRITTEN_OFF",
    }
}

/// An invoice as a vector writes it.
pub(super) fn described(invoice: &Invoice, asked: &Value) -> Result<Value, String> {
    let mut rows: Vec<Map<String, Value>> = invoice.items.iter().map(|billed| row(&billed.item)).collect();
    for moved in &invoice.credit {
        let mut row = Map::new();
        row.insert("type".to_owned(), json!("CREDIT_BALANCE"));
        row.insert("date".to_owned(), json!(moved.on));
        row.insert("start".to_owned(), json!(moved.on));
        row.insert("amount".to_owned(), json!(moved.amount.amount_text()));
        rows.push(row);
    }
    Ok(json!({
        "date": invoice.date,
        "items": in_order_of(&asked["items"], rows),
        "total_charges": invoice.charged().map_err(said)?.amount_text(),
        "credited": invoice.credited().map_err(said)?.amount_text(),
        "balance": invoice.balance().map_err(said)?.amount_text(),
        "status": status(invoice.state),
        "payment": invoice.paid().map_err(said)?.amount_text(),
        "payments": invoice.payments.iter().map(|paid| paid.amount.amount_text()).collect::<Vec<_>>(),
    }))
}

fn account_timeline(input: &Value, expected: &Value) -> Result<Value, String> {
    let rows = input["timeline"].as_array().ok_or("no timeline")?;
    let actions: Vec<Action> = rows.iter().map(read).collect::<Result<_, _>>()?;
    let first = actions.iter().map(|action| day(&action.at)).collect::<Result<Vec<_>, _>>()?;
    let first = first.into_iter().min().ok_or("an empty timeline")?;
    let mut told = Told::new(open(input, &input["account_bcd"], first)?);
    told.overdue = overdue(&input["overdue_config"], 1)?;
    for (action, row) in actions.iter().zip(rows) {
        if let Some(found) = told.act(action)? {
            said_as(row, &found)?;
        }
    }
    let until: Date = read(&input["run_until"])?;
    told.pass(until)?;
    let invoices = told.account.invoices().iter().enumerate();
    let invoices: Vec<Value> =
        invoices.map(|(n, invoice)| described(invoice, &expected["invoices"][n])).collect::<Result<_, _>>()?;
    Ok(json!({"invoices": invoices, "final": told.finally()?}))
}

/// A check within a timeline: what it states must be there.
fn said_as(check: &Value, found: &Value) -> Result<(), String> {
    for key in ["balance", "account_balance", "account_credit"] {
        let Some(stated) = check.get(key) else { continue };
        let (stated, got): (Dec, Dec) = (read(stated)?, read(&found[key])?);
        if stated != got {
            return Err(format!("check on {}: {key} is {got} and not {stated}", check["at"]));
        }
    }
    Ok(())
}
