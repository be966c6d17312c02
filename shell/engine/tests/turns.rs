//! A run that draws only the bills of those for whom something changed or fell due leaves the documents of a run that draws all.

use calendar::{Instant, Zone};
use contracts::{Corrections, Customer, Effective, Issuing, When};
use engine::{
    DocumentCursor, Engine, EngineError, Incoming, NewChange, NewCharge, NewRedemption, NewSettings, NewSubscription,
    NewTransfer, SetClock, Settings, Which,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;
use stdx::Key;

const PRICING: &str = r#"
meters:
  calls: { event: call, aggregate: count }
plans:
  fee: { currency: EUR, every: month, prices: { fee: { flat: 30, prorate: day }, calls: { meter: calls, per_unit: "0.5" } } }
  ahead:
    currency: EUR
    every: month
    prices: { fee: { flat: 20, in: advance, prorate: day }, seats: { per_unit: 3, quantity: seats, in: advance, prorate: day } }
  steps: { currency: EUR, every: month, bill_at: { spend: ["3", "10"] }, prices: { calls: { meter: calls, per_unit: 1 } } }
  daily: { currency: EUR, every: month, prices: { calls: { meter: calls, in: advance, gather: day, per_unit: 1 } } }
  run: { currency: EUR, every: month, prices: { calls: { meter: calls, in: advance, gather: run, per_unit: 1 } } }
  weekly: { currency: USD, every: week, prices: { calls: { meter: calls, per_unit: 2 } } }
"#;
const START: &str = "2026-04-01T00:00:00Z";
const HOUR: i64 = 3_600_000_000;

/// Something that happens. Times are hours from now, and who it is about a small number.
#[derive(Debug, Clone)]
enum Act {
    Subscribe { customer: u8, plan: u8, from: i64 },
    Seats { of: u8, seats: u8, at: i64 },
    Switch { of: u8, plan: u8, at: i64 },
    End { of: u8, at: i64 },
    Pause { of: u8, at: i64 },
    Transfer { of: u8, to: u8 },
    Withdraw { of: u8 },
    Charge { customer: u8, at: i64 },
    Uncharge { of: u8 },
    Discount { customer: u8 },
    Use { customer: u8, at: i64 },
    Retract { event: u8 },
    Amend { event: u8, customer: u8, at: i64 },
    Settings { by_hand: u8, corrections: u8, grace_days: u16, absorbed: u8, later: i64 },
    Pricing,
    Taxes { percent: u8 },
    Issue,
    Clock { hours: i64 },
}

fn act() -> impl Strategy<Value = Act> {
    let who = 0u8..4;
    let near = -1_000i64..1_000;
    prop_oneof![
        4 => (who.clone(), 0u8..6, -800i64..300).prop_map(|(customer, plan, from)| Act::Subscribe { customer, plan, from }),
        2 => (who.clone(), 0u8..5, near.clone()).prop_map(|(of, seats, at)| Act::Seats { of, seats, at }),
        2 => (who.clone(), 0u8..6, near.clone()).prop_map(|(of, plan, at)| Act::Switch { of, plan, at }),
        1 => (who.clone(), near.clone()).prop_map(|(of, at)| Act::End { of, at }),
        1 => (who.clone(), near.clone()).prop_map(|(of, at)| Act::Pause { of, at }),
        1 => (who.clone(), who.clone()).prop_map(|(of, to)| Act::Transfer { of, to }),
        1 => who.clone().prop_map(|of| Act::Withdraw { of }),
        2 => (who.clone(), near.clone()).prop_map(|(customer, at)| Act::Charge { customer, at }),
        1 => (0u8..8).prop_map(|of| Act::Uncharge { of }),
        1 => who.clone().prop_map(|customer| Act::Discount { customer }),
        6 => (who.clone(), -1_500i64..100).prop_map(|(customer, at)| Act::Use { customer, at }),
        2 => (0u8..20).prop_map(|event| Act::Retract { event }),
        2 => (0u8..20, who, near).prop_map(|(event, customer, at)| Act::Amend { event, customer, at }),
        1 => (0u8..2, 0u8..4, 0u16..6, 0u8..2, 0i64..900).prop_map(|(by_hand, corrections, grace_days, absorbed, later)| Act::Settings { by_hand, corrections, grace_days, absorbed, later }),
        1 => Just(Act::Pricing),
        1 => (0u8..30).prop_map(|percent| Act::Taxes { percent }),
        1 => Just(Act::Issue),
        6 => prop_oneof![3 => 1i64..60, 2 => 1i64..1_000, 1 => -60i64..0].prop_map(|hours| Act::Clock { hours }),
    ]
}

fn key(text: &str) -> Key {
    text.try_into().expect("a key")
}

fn plan(number: u8) -> Key {
    key(["fee", "ahead", "weekly", "steps", "daily", "run"][usize::from(number)])
}

fn event(id: usize, customer: u8, at: Instant) -> metering::Event {
    let text = json!({ "source": "s", "id": id.to_string(), "type": "call", "subject": format!("c{customer}"), "time": at.to_string() });
    metering::Event::from_json(&text.to_string()).expect("an event")
}

/// One installation, and what it was told to do.
struct World {
    engine: Engine,
    clock: Arc<SetClock>,
    count: usize,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(SetClock::at(START.parse().expect("an instant")));
        let engine = Engine::with_clock(clock.clone(), Settings::default()).expect("an engine");
        engine.apply_pricing(&catalog::PricingFile::parse(PRICING, "p").expect("pricing")).expect("applied");
        for number in 0..4 {
            let zone = if number % 2 == 0 { Zone::utc() } else { Zone::parse("America/New_York").expect("a zone") };
            engine.add_customer(Customer::new(key(&format!("c{number}")), String::new(), zone)).expect("added");
        }
        let discount = json!({ "off": { "percent": "10" }, "lasts": { "periods": 2 } });
        engine.set_discount(key("tenth"), serde_json::from_value(discount).expect("a discount")).expect("offered");
        Self { engine, clock, count: 0 }
    }

    fn at(&self, hours: i64) -> Instant {
        let at = self.engine.now().plus_micros(hours * HOUR).expect("an instant");
        at.max(START.parse().expect("an instant"))
    }

    fn effective(&self, hours: i64) -> Effective {
        Effective::At(When::Instant(self.at(hours)))
    }

    /// Does it; whether it was possible.
    fn act(&mut self, act: &Act) -> Result<(), String> {
        self.count += 1;
        let (engine, name) = (&self.engine, |number: u8| key(&format!("c{number}")));
        let sold = |number: u8| format!("s{number}");
        let done = match act {
            Act::Subscribe { customer, plan: number, from } => {
                let mut new = NewSubscription::to(name(*customer), plan(*number));
                new.key = Some(key(&sold(u8::try_from(self.count % 4).expect("small"))));
                new.start = Some(When::Instant(self.at(*from)));
                if *number == 1 {
                    new.quantities.insert(key("seats"), "2".parse().expect("a number"));
                }
                engine.subscribe(new).map(drop)
            }
            Act::Seats { of, seats, at } => {
                let quantities = [(key("seats"), seats.to_string().parse().expect("a number"))].into();
                let change = NewChange { quantities, effective: self.effective(*at), ..NewChange::default() };
                engine.change_subscription(&sold(*of), change).map(drop)
            }
            Act::Switch { of, plan: number, at } => {
                let mut change =
                    NewChange { plan: Some(plan(*number)), effective: self.effective(*at), ..NewChange::default() };
                if *number == 1 {
                    change.quantities.insert(key("seats"), "1".parse().expect("a number"));
                }
                engine.change_subscription(&sold(*of), change).map(drop)
            }
            Act::End { of, at } => {
                engine.end_subscription(&sold(*of), self.effective(*at), contracts::Credit::default()).map(drop)
            }
            Act::Pause { of, at } => {
                engine.pause_subscription(&sold(*of), self.effective(*at), contracts::Credit::default()).map(drop)
            }
            Act::Transfer { of, to } => {
                let new = NewTransfer {
                    customer: name(*to),
                    key: Some(key(&format!("t{}", self.count))),
                    effective: Effective::Now,
                };
                engine.transfer_subscription(&sold(*of), new).map(drop)
            }
            Act::Withdraw { of } => engine.withdraw_change(&sold(*of), 1).map(drop),
            Act::Charge { .. }
            | Act::Uncharge { .. }
            | Act::Discount { .. }
            | Act::Use { .. }
            | Act::Retract { .. }
            | Act::Amend { .. }
            | Act::Settings { .. }
            | Act::Pricing
            | Act::Taxes { .. }
            | Act::Issue
            | Act::Clock { .. } => self.act_beside(act),
        };
        done.map_err(|error| error.problems().first().map_or_else(String::new, |problem| problem.code.clone()))
    }

    /// The same of what is not about a subscription.
    fn act_beside(&self, act: &Act) -> Result<(), EngineError> {
        let (engine, name) = (&self.engine, |number: u8| key(&format!("c{number}")));
        match act {
            Act::Charge { customer, at } => {
                let new = json!({ "key": format!("x{}", self.count % 8), "each": "5", "currency": "EUR", "due": self.at(*at).to_string() });
                let new: NewCharge = serde_json::from_value(new).expect("a charge");
                engine.charge(name(*customer).as_str(), new).map(drop)
            }
            Act::Uncharge { of } => engine.withdraw_charge(&format!("x{of}")).map(drop),
            Act::Discount { customer } => {
                let new: NewRedemption = serde_json::from_value(json!({ "discount": "tenth" })).expect("a redemption");
                engine.redeem(name(*customer).as_str(), new).map(drop)
            }
            Act::Use { customer, at } => {
                engine.ingest(vec![Incoming::Event(event(self.count, *customer, self.at(*at)))]).map(drop)
            }
            Act::Retract { event } => engine.retract_event("s", &event.to_string(), "a mistake").map(drop),
            Act::Amend { event: id, customer, at } => {
                engine.amend_event(event(usize::from(*id), *customer, self.at(*at)), "a mistake").map(drop)
            }
            Act::Settings { by_hand, corrections, grace_days, absorbed, later } => {
                let issuing = if *by_hand == 1 { Issuing::ByHand } else { Issuing::Automatic };
                let all = [Corrections::NextInvoice, Corrections::AtOnce, Corrections::Note, Corrections::Hold];
                let corrections = all[usize::from(*corrections)];
                let absorb_below = (*absorbed == 1).then(|| serde_json::from_value(json!("4")).expect("an amount"));
                let grace_days = *grace_days;
                let settings = Settings { issuing, corrections, grace_days, absorb_below, ..Settings::default() };
                engine.set_settings(&NewSettings { settings, effective_at: Some(self.at(*later)) }).map(drop)
            }
            Act::Pricing => {
                let other = format!(
                    "{PRICING}  more{}: {{ currency: EUR, every: month, prices: {{ fee: {{ flat: 1 }} }} }}\n",
                    self.count
                );
                engine.apply_pricing(&catalog::PricingFile::parse(&other, "p").expect("pricing")).map(drop)
            }
            Act::Taxes { percent } => {
                let mut entity = contracts::Entity::unnamed();
                entity.name = format!("{percent}");
                engine.set_entity(entity).map(drop)
            }
            Act::Issue => {
                let drafts = engine.invoices(Which::Status("draft"), &DocumentCursor::start(), 10).expect("drafts");
                // the ids are not the same in both worlds
                let mut drafts: Vec<_> = drafts.into_iter().map(|draft| draft.body).collect();
                drafts.sort_by_key(|draft| (draft.customer.clone(), draft.currency.code().to_owned()));
                drafts.first().map_or(Ok(()), |draft| engine.issue(draft.id).map(drop))
            }
            Act::Clock { hours } => {
                self.clock.set(self.at(*hours));
                Ok(())
            }
            Act::Subscribe { .. }
            | Act::Seats { .. }
            | Act::Switch { .. }
            | Act::End { .. }
            | Act::Pause { .. }
            | Act::Transfer { .. }
            | Act::Withdraw { .. } => unreachable!("it is about a subscription"),
        }
    }

    /// All documents, without what is random in them.
    fn documents(&self) -> Vec<String> {
        let mut all = Vec::new();
        let mut after = DocumentCursor::start();
        loop {
            let page = self.engine.invoices(Which::All, &after, 100).expect("documents");
            let Some(last) = page.last() else { break };
            after = DocumentCursor { sort_at: last.sort_at, id: last.id.clone() };
            all.extend(page.into_iter().map(|document| {
                let mut invoice = serde_json::to_value(&document.body).expect("JSON");
                invoice["id"] = Value::Null;
                forget_positions(&mut invoice);
                invoice.to_string()
            }));
        }
        all.sort();
        all
    }
}

/// A draft that is not drawn anew names the position of usage up to which was looked when it was, which is as true.
fn forget_positions(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("watermark");
            fields.values_mut().for_each(forget_positions);
        }
        Value::Array(items) => items.iter_mut().for_each(forget_positions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_documents_are_those_of_a_run_that_draws_all_bills(acts in prop::collection::vec((act(), 0u8..3), 1..40)) {
        let (mut few, mut all) = (World::new(), World::new());
        for (act, runs) in &acts {
            prop_assert_eq!(few.act(act), all.act(act), "{:?}", act);
            if *runs > 0 {
                let (of_few, of_all) = (few.engine.bill_whose_turn_it_is(), all.engine.bill());
                let (of_few, of_all) = (of_few.expect("billed"), of_all.expect("billed"));
                prop_assert_eq!(&of_few.failures, &of_all.failures, "after {:?}", act);
                prop_assert_eq!(of_few.issued.len(), of_all.issued.len(), "after {:?}", act);
                prop_assert_eq!(few.documents(), all.documents(), "after {:?}", act);
            }
        }
    }
}
