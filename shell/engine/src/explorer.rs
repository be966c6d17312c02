//! What became of one event: on which invoice line it is billed, or why on none.

use crate::corrections::{EventVersion, no_such_event};
use crate::{Engine, EngineError};
use billing::{Account, BillPlan, InvoiceId, Line, LineKey, Measurement, MeteredCycle, Posted, Status, metered_cycles};
use calendar::{Date, Instant};
use metering::{CompiledMeter, Event, Filter, Meter};
use money::{Money, Ratio};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use stdx::{Key, Problem, ToProblem};
use store::lines::{self, PostedLine};
use usage::{Quarantined, Sent, Seq};

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct EventReport {
    /// All that happened to it: when it was received, amended, retracted. Empty when it stands in quarantine only.
    pub versions: Vec<EventVersion>,
    /// What stands in quarantine under its source and id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantine: Vec<Quarantined>,
    /// In short: billed, or why not.
    pub verdict: Verdict,
    /// What each metered price of its customer's subscriptions makes of it.
    pub prices: Vec<PriceVerdict>,
}

/// In short what became of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// At least one price counts it: see there.
    Counted,
    /// It is not valid, and was not accepted.
    InQuarantine {
        /// Why.
        problem: Problem,
    },
    /// It was taken back.
    Retracted {
        /// At which position.
        seq: Seq,
    },
    /// No customer has the key that it names as its subject.
    NoCustomer {
        /// The subject.
        subject: String,
    },
    /// The customer has no subscription when it happened.
    NoSubscription {
        /// The customer.
        customer: Key,
    },
    /// No price of the customer's subscriptions uses a meter that looks at it.
    NoPrice {
        /// The customer.
        customer: Key,
        /// Meters of the newest catalog that look at it all the same.
        meters: Vec<Key>,
    },
    /// The meters that look at it cannot measure it.
    NotMeasurable {
        /// Why.
        problem: Problem,
    },
}

/// What a metered price makes of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PriceVerdict {
    /// The subscription.
    pub subscription: Key,
    /// Plan and price: `scale.tokens`.
    pub price: String,
    /// The meter of the price.
    pub meter: Key,
    /// What it makes of the event.
    pub makes: Makes,
}

/// What a metered price makes of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "makes", rename_all = "snake_case")]
pub enum Makes {
    /// The meter looks at events of another name.
    OtherEvent {
        /// Which.
        event: String,
    },
    /// A condition of the meter does not let it through.
    FilteredOut {
        /// Each condition that fails.
        conditions: Vec<FailedCondition>,
    },
    /// The meter looks at it and cannot measure it: it counts as nothing.
    NotMeasurable {
        /// Why.
        problem: Problem,
    },
    /// It is billed on a line.
    Billed(Box<BilledOn>),
    /// It stands on a draft, which is computed anew until it is issued.
    OnDraft {
        /// The draft.
        invoice: InvoiceId,
    },
    /// Its cycle is billed later.
    NotYetDue {
        /// When.
        due_at: Instant,
    },
    /// Its cycle is due, and the next billing run bills it.
    Due {
        /// Since when.
        due_at: Instant,
    },
    /// Its cycle was billed before it arrived or was corrected; the difference goes on the next invoice.
    Waits {
        /// Where its cycle was billed.
        billed: Box<BilledOn>,
        /// How much more or less is billed for the cycle.
        difference: Money,
    },
    /// Its cycle was billed before it arrived or was corrected, and that changes no amount: it lies within what is included, for
    /// example.
    ChangesNothing {
        /// Where its cycle was billed.
        billed: Box<BilledOn>,
    },
}

/// A condition that does not let an event through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailedCondition {
    /// The property.
    pub property: String,
    /// What it must be, as the meter says it.
    pub wanted: String,
    /// What it is; nothing when it is absent.
    pub found: Option<String>,
}

/// A line of an issued document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BilledOn {
    /// The document.
    pub invoice: InvoiceId,
    /// Its number.
    pub number: String,
    /// Its date.
    pub on: Date,
    /// The place of the line on it, from 0.
    pub position: i64,
    /// What the line is about.
    pub key: LineKey,
    /// The quantity of the line.
    pub quantity: Ratio,
    /// The amount of the line.
    pub amount: Money,
    /// How the quantity was measured; events up to its watermark are in it.
    pub measurement: Measurement,
}

/// What is needed to say where events of a customer are billed, read once.
struct Bills {
    posted: Vec<PostedLine<Line>>,
    /// The bill that would be drawn now.
    plan: Option<BillPlan>,
    drafts: Vec<(InvoiceId, Vec<LineKey>)>,
}

impl Engine {
    /// What became of an event: its versions, which prices count it and why others do not, and on which line it is billed.
    pub fn explain_event(&self, source: &str, id: &str) -> Result<EventReport, EngineError> {
        let quarantine = self.quarantined_as(source, id)?;
        let versions = match self.event_history(source, id) {
            Ok(versions) => versions,
            Err(EngineError::NotFound(_)) => Vec::new(),
            Err(error) => return Err(error),
        };
        let Some(last) = versions.last() else {
            let Some(kept) = quarantine.first() else { return Err(no_such_event(source, id)) };
            let verdict = Verdict::InQuarantine { problem: kept.problem.clone() };
            return Ok(EventReport { versions, quarantine, verdict, prices: Vec::new() });
        };
        let seq = last.version.seq;
        let (verdict, prices) = match last.version.event.clone() {
            None => (Verdict::Retracted { seq }, Vec::new()),
            Some(event) => self.judge(&event, seq)?,
        };
        Ok(EventReport { versions, quarantine, verdict, prices })
    }

    fn quarantined_as(&self, source: &str, id: &str) -> Result<Vec<Quarantined>, EngineError> {
        let mut found = Vec::new();
        self.each_quarantined(|_, kept| {
            let same = match &kept.sent {
                Sent::Event(event) => event.source == source && event.id == id,
                Sent::Text(text) => Event::from_json(text).is_ok_and(|event| event.source == source && event.id == id),
            };
            if same {
                found.push(kept);
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn judge(&self, event: &Event, seq: Seq) -> Result<(Verdict, Vec<PriceVerdict>), EngineError> {
        if !self.knows_customer(&event.subject)? {
            return Ok((Verdict::NoCustomer { subject: event.subject.clone() }, Vec::new()));
        }
        let customer = self.customer(&event.subject)?;
        let key = customer.key.clone();
        let account = self.account(customer, Posted::default())?;
        let catalogs = self.catalogs();
        let mut cycles = metered_cycles(&account, &catalogs, event.at.max(self.now()))?;
        cycles.retain(|cycle| cycle.need.period.contains(event.at));
        let mut subscribed = Vec::new();
        for subscription in &account.subscriptions {
            subscribed.extend(subscription.segments().map_err(|error| EngineError::invalid(&error))?);
        }
        let covered =
            subscribed.into_iter().any(|segment| segment.from <= event.at && segment.to.is_none_or(|to| event.at < to));
        if !covered {
            return Ok((Verdict::NoSubscription { customer: key }, Vec::new()));
        }
        let bills = self.bills(&account)?;
        let mut prices = Vec::new();
        for cycle in &cycles {
            let makes = self.makes(cycle, event, seq, &bills)?;
            prices.push(PriceVerdict {
                subscription: cycle.subscription.clone(),
                price: cycle.price.to_string(),
                meter: cycle.need.meter.clone(),
                makes,
            });
        }
        Ok((self.verdict(event, key, &prices)?, prices))
    }

    fn verdict(&self, event: &Event, customer: Key, prices: &[PriceVerdict]) -> Result<Verdict, EngineError> {
        let mut problem = None;
        for price in prices {
            match &price.makes {
                Makes::OtherEvent { .. } | Makes::FilteredOut { .. } => {}
                Makes::NotMeasurable { problem: found } => problem = problem.or_else(|| Some(found.clone())),
                Makes::Billed(_)
                | Makes::OnDraft { .. }
                | Makes::NotYetDue { .. }
                | Makes::Due { .. }
                | Makes::Waits { .. }
                | Makes::ChangesNothing { .. } => return Ok(Verdict::Counted),
            }
        }
        if let Some(problem) = problem {
            return Ok(Verdict::NotMeasurable { problem });
        }
        Ok(Verdict::NoPrice { customer, meters: self.accepting_meters(event)? })
    }

    /// The meters of the newest catalog that look at an event.
    pub(crate) fn accepting_meters(&self, event: &Event) -> Result<Vec<Key>, EngineError> {
        let catalogs = self.catalogs();
        let Some((version, catalog)) = catalogs.last_key_value() else { return Ok(Vec::new()) };
        let mut accepting = Vec::new();
        for key in catalog.meters.keys() {
            if self.meter(*version, key)?.accepts(event) {
                accepting.push(key.clone());
            }
        }
        Ok(accepting)
    }

    fn bills(&self, account: &Account) -> Result<Bills, EngineError> {
        let customer = account.customer.key.as_str();
        let posted = self.store.read(|tx| lines::of_customer::<Line>(tx, &self.tenant, customer))?;
        let with_posted = self.account_with_posted(account.customer.clone())?;
        let plan = self.plan_for(&with_posted, &self.catalogs(), self.now(), |need| self.answer(need));
        let drafts = self.store.read(|tx| self.drafts_in(tx, customer))?;
        let drafts = drafts.into_iter().map(|draft| {
            let keys = draft.body.lines.iter().map(|line| line.key.clone()).collect();
            (draft.body.id, keys)
        });
        Ok(Bills { posted, plan: plan.ok(), drafts: drafts.collect() })
    }

    fn makes(&self, cycle: &MeteredCycle, event: &Event, seq: Seq, bills: &Bills) -> Result<Makes, EngineError> {
        let meter = self.meter_for(&cycle.need)?;
        if meter.event() != event.name {
            return Ok(Makes::OtherEvent { event: meter.event().to_owned() });
        }
        if !meter.accepts(event) {
            return Ok(Makes::FilteredOut { conditions: failed_conditions(meter.meter(), event) });
        }
        if let Err(error) = can_measure(&meter, cycle, event) {
            return Ok(Makes::NotMeasurable { problem: error.problem() });
        }
        let key = LineKey {
            subscription: cycle.subscription.clone(),
            price: cycle.price.clone(),
            cycle: cycle.cycle,
            dimensions: metering::dimensions(event, &cycle.need.by),
            currency: cycle.currency,
        };
        let measured = |line: &&PostedLine<Line>| line.body.key == key && measurement(&line.body, event.at).is_some();
        let lines: Vec<&PostedLine<Line>> = bills.posted.iter().filter(measured).collect();
        let seen =
            |line: &&&PostedLine<Line>| measurement(&line.body, event.at).is_some_and(|by| by.watermark >= seq.0);
        if let Some(line) = lines.iter().find(seen) {
            return Ok(Makes::Billed(Box::new(self.billed_on(line, event.at)?)));
        }
        if let Some((invoice, _)) = bills.drafts.iter().find(|(_, keys)| keys.contains(&key)) {
            return Ok(Makes::OnDraft { invoice: *invoice });
        }
        let Some(last) = lines.last() else {
            let due_at = cycle.due_at;
            return Ok(if due_at <= self.now() { Makes::Due { due_at } } else { Makes::NotYetDue { due_at } });
        };
        let billed = Box::new(self.billed_on(last, event.at)?);
        let ahead = bills.plan.iter().flat_map(BillPlan::lines);
        let difference = ahead.into_iter().find(|line| line.key == key).map(|line| line.amount);
        Ok(match difference {
            Some(difference) => Makes::Waits { billed, difference },
            None => Makes::ChangesNothing { billed },
        })
    }

    fn billed_on(&self, line: &PostedLine<Line>, at: Instant) -> Result<BilledOn, EngineError> {
        let corrupt = |why: String| {
            EngineError::Failed(Problem::new("store_corrupt", "The store says something impossible").detail(why))
        };
        let id: InvoiceId = line.invoice_id.parse().map_err(|_| corrupt(format!("invoice {}", line.invoice_id)))?;
        let invoice = self.invoice(id)?;
        let number = match &invoice.status {
            Status::Issued { number, .. } | Status::Void { number, .. } => number.clone(),
            Status::Draft => return Err(corrupt(format!("{id} has posted lines and is a draft"))),
        };
        let measurement = measurement(&line.body, at).cloned();
        Ok(BilledOn {
            invoice: id,
            number,
            on: invoice.on,
            position: line.position,
            key: line.body.key.clone(),
            quantity: line.body.quantity,
            amount: line.body.amount,
            measurement: measurement.ok_or_else(|| corrupt(format!("a line of {id} is not measured")))?,
        })
    }
}

/// How the stretch of a line was counted that an instant lies in.
fn measurement(line: &Line, at: Instant) -> Option<&Measurement> {
    line.worth.parts.iter().filter_map(|part| part.measured.as_ref()).find(|measured| measured.period.contains(at))
}

fn can_measure(meter: &CompiledMeter, cycle: &MeteredCycle, event: &Event) -> Result<(), metering::EventProblem> {
    let mut state = match cycle.need.detail {
        billing::Detail::Quantity => meter.state(),
        billing::Detail::Transactions => meter.state_with_transactions(),
    };
    meter.add(&mut state, event)
}

/// The conditions of a meter that do not let an event through.
fn failed_conditions(meter: &Meter, event: &Event) -> Vec<FailedCondition> {
    let fails = |(property, condition): &(&String, &metering::Condition)| {
        let alone = Filter(BTreeMap::from([((*property).clone(), (*condition).clone())]));
        let alone = Meter { filter: alone, ..meter.clone() };
        alone.compile().is_ok_and(|meter| !meter.accepts(event))
    };
    let shown = |(property, condition): (&String, &metering::Condition)| FailedCondition {
        property: property.clone(),
        wanted: serde_json::to_string(condition).unwrap_or_default(),
        found: event
            .properties
            .get(property.strip_prefix("properties.").unwrap_or(property))
            .map(metering::Value::to_text),
    };
    meter.filter.0.iter().filter(fails).map(shown).collect()
}
