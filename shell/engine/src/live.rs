//! Usage to date of the open billing periods, kept in memory, so that cost to date is not measured anew with every question.
//!
//! A state is made when its period is first asked for (or by [`Engine::warm`], which the program calls when it starts) from the
//! stored events up to a position, and then follows the store's changes from there. Aggregations cannot take an event back, so a
//! correction drops the states that held the event; the next question makes them anew. Nothing is lost with the states: they are
//! a shorter way to what `measure` says.

use crate::alerts::Touched;
use crate::fold::{Folded, PAGE};
use crate::{Engine, EngineError};
use billing::{Posted, UsageAnswer, UsageNeed, metered_cycles};
use calendar::{Instant, Period};
use metering::{Dimensions, Event, Measured};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::MutexGuard;
use stdx::Key;
use usage::{Seq, Version, What, metric_count as count};

/// How much all states may hold, in about the size of one event: some 100 MB.
const MOST: u64 = 1_000_000;

/// Subject and name of events.
type Run = (String, String);

/// The states, and how far they have followed the store.
#[derive(Debug)]
pub(crate) struct Live {
    position: Seq,
    states: HashMap<Run, Vec<Running>>,
    /// What all states weigh.
    weight: u64,
    /// What they may weigh.
    most: u64,
    /// Counts questions, so that the state that was not asked for longest is known.
    asked: u64,
    /// Whose usage changed since those who watch alerts asked.
    touched: Touched,
}

#[derive(Debug)]
struct Running {
    folded: Folded,
    weight: u64,
    asked: u64,
}

/// How much was used so far in an open billing period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UsageToDate {
    /// The subscription.
    pub subscription: Key,
    /// The price that counts it: `plan.price`.
    pub price: String,
    /// The meter.
    pub meter: Key,
    /// The period: the cycle, as far as the subscription covers it.
    pub period: Period,
    /// When it will be billed.
    pub due_at: Instant,
    /// The dimensions by which the price splits its lines, with their values.
    #[serde(default, skip_serializing_if = "Dimensions::is_empty")]
    pub dimensions: Dimensions,
    /// How much, and from how many events.
    pub measured: Measured,
    /// Position up to which events were seen.
    pub watermark: u64,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            position: Seq::ZERO,
            states: HashMap::new(),
            weight: 0,
            most: MOST,
            asked: 0,
            touched: Touched::Everybody,
        }
    }
}

impl Live {
    fn find(&mut self, event: &str, need: &UsageNeed) -> Option<&Running> {
        self.asked += 1;
        let asked = self.asked;
        let run = self.states.get_mut(&(need.subject.to_string(), event.to_owned()))?;
        let found = run.iter_mut().find(|running| running.folded.need == *need)?;
        found.asked = asked;
        Some(found)
    }

    fn keep(&mut self, folded: Folded, now: Instant) {
        let weight = folded.weight();
        if weight > self.most {
            return;
        }
        self.make_room(weight, now);
        let run = (folded.need.subject.to_string(), folded.event().to_owned());
        self.weight += weight;
        self.states.entry(run).or_default().push(Running { folded, weight, asked: self.asked });
    }

    /// Drops states until another one fits: first those of periods that are over, then those not asked for longest.
    fn make_room(&mut self, weight: u64, now: Instant) {
        if self.weight + weight <= self.most {
            return;
        }
        self.retain(|running| running.folded.need.period.to() > now);
        while self.weight + weight > self.most {
            let mut asked: Vec<u64> = self.states.values().flatten().map(|running| running.asked).collect();
            asked.sort_unstable();
            let Some(oldest) = asked.get(asked.len() / 4).copied() else { return };
            self.retain(|running| running.asked > oldest);
        }
    }

    fn retain(&mut self, keep: impl Fn(&Running) -> bool) {
        for run in self.states.values_mut() {
            run.retain(&keep);
        }
        self.states.retain(|_, run| !run.is_empty());
        self.weight = self.states.values().flatten().map(|running| running.weight).sum();
    }

    fn add(&mut self, event: &Event) {
        let Some(run) = self.states.get_mut(&run_of(event)) else { return };
        for running in run {
            running.folded.add(event);
            let weight = running.folded.weight();
            self.weight = self.weight - running.weight + weight;
            running.weight = weight;
        }
    }

    fn forget(&mut self, event: &Event) {
        for running in self.states.remove(&run_of(event)).unwrap_or_default() {
            self.weight -= running.weight;
        }
    }
}

fn run_of(event: &Event) -> Run {
    (event.subject.clone(), event.name.clone())
}

impl Engine {
    fn live(&self) -> MutexGuard<'_, Live> {
        // a state that a panic left half-done would be wrong for ever: all are dropped, and made anew when they are asked for
        self.live.lock().unwrap_or_else(|poisoned| {
            let mut live = poisoned.into_inner();
            let most = live.most;
            *live = Live { most, ..Live::default() };
            self.live.clear_poison();
            live
        })
    }

    /// What the usage store says to a question of billing, from a running state where its period is open.
    pub(crate) fn answer_to_date(&self, need: &UsageNeed) -> Result<UsageAnswer, EngineError> {
        if !need.period.contains(self.now()) {
            return self.answer(need);
        }
        let mut live = self.live();
        self.follow(&mut live)?;
        self.answer_from(&mut live, need)
    }

    /// The same without looking for newer events than were followed: for who asks about many, and is told by
    /// [`take_touched`](Self::take_touched) whose answers change after that.
    pub(crate) fn answer_as_followed(&self, need: &UsageNeed) -> Result<UsageAnswer, EngineError> {
        if !need.period.contains(self.now()) {
            return self.answer(need);
        }
        self.answer_from(&mut self.live(), need)
    }

    fn answer_from(&self, live: &mut Live, need: &UsageNeed) -> Result<UsageAnswer, EngineError> {
        let meter = self.meter_for(need)?;
        let position = live.position;
        if let Some(running) = live.find(meter.event(), need) {
            return running.folded.answer(position);
        }
        let mut folded = Folded::new(meter, need.clone());
        self.fold_stored(&mut folded, position, |_| false)?;
        let answer = folded.answer(position)?;
        live.keep(folded, self.now());
        Ok(answer)
    }

    /// Brings the states to the event that is the store's newest one now.
    fn follow(&self, live: &mut Live) -> Result<(), EngineError> {
        let newest = self.usage.watermark(&self.tenant)?;
        if live.states.is_empty() && live.touched == Touched::Everybody {
            live.position = newest;
            return Ok(());
        }
        // what comes meanwhile is for the next time: who sends faster than this reads would never be done
        while live.position < newest {
            let page = self.usage.changes(&self.tenant, live.position, PAGE)?;
            let Some(last) = page.last() else { break };
            let reached = last.seq;
            for version in &page {
                self.take(live, version)?;
            }
            live.position = reached;
        }
        if live.weight > live.most {
            live.make_room(0, self.now());
        }
        metrics::gauge!("live_states").set(count(live.states.values().map(Vec::len).sum()));
        metrics::gauge!("live_weight_events").set(count(usize::try_from(live.weight).unwrap_or(usize::MAX)));
        Ok(())
    }

    fn take(&self, live: &mut Live, version: &Version) -> Result<(), EngineError> {
        match version.what {
            What::Accepted => {}
            What::Amended | What::Retracted => {
                let history = self.usage.history(&self.tenant, &version.source, &version.id)?;
                let before = history.iter().rev().find(|earlier| earlier.seq < version.seq);
                if let Some(event) = before.and_then(|before| before.event.as_ref()) {
                    live.touched.note(&event.subject, event.at);
                    live.forget(event);
                }
            }
        }
        if let Some(event) = &version.event {
            live.touched.note(&event.subject, event.at);
            live.add(event);
        }
        Ok(())
    }

    /// Whose usage changed since this was asked the last time.
    pub(crate) fn take_touched(&self) -> Result<Touched, EngineError> {
        let mut live = self.live();
        self.follow(&mut live)?;
        Ok(std::mem::replace(&mut live.touched, Touched::Some(BTreeMap::new())))
    }

    /// Makes the running states of all open billing periods: what the program does when it has started, beside its other work.
    /// Questions are answered right before and meanwhile too. Answers how many there are.
    pub fn warm(&self) -> Result<usize, EngineError> {
        let (now, catalogs) = (self.now(), self.catalogs());
        let mut made = 0;
        self.each_account(|account| {
            // a customer whose terms cannot be read is named by the billing run
            for cycle in metered_cycles(&account, &catalogs, now).unwrap_or_default() {
                if cycle.need.period.contains(now) && self.answer_to_date(&cycle.need).is_ok() {
                    made += 1;
                }
            }
        })?;
        Ok(made)
    }

    /// How much a customer has used so far in each open billing period.
    pub fn usage_to_date(&self, customer: &str) -> Result<Vec<UsageToDate>, EngineError> {
        let (now, catalogs) = (self.now(), self.catalogs());
        let account = self.account(self.customer(customer)?, Posted::default())?;
        let mut found = Vec::new();
        for cycle in metered_cycles(&account, &catalogs, now)? {
            if !cycle.need.period.contains(now) {
                continue;
            }
            let UsageAnswer { groups, watermark, .. } = self.answer_to_date(&cycle.need)?;
            found.extend(groups.into_iter().map(|(dimensions, measured)| UsageToDate {
                subscription: cycle.subscription.clone(),
                price: cycle.price.to_string(),
                meter: cycle.need.meter.clone(),
                period: cycle.need.period,
                due_at: cycle.due_at,
                dimensions,
                measured,
                watermark,
            }));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Incoming, NewSubscription};
    use contracts::Customer;

    fn key(text: &str) -> Key {
        text.try_into().expect("key")
    }

    /// Twenty customers on a plan with a meter that keeps its events.
    fn engine() -> Engine {
        let pricing = r#"
meters: { users: { event: login, aggregate: { unique: properties.user } } }
plans: { p: { currency: EUR, every: month, prices: { users: { meter: users, per_unit: "1" } } } }
"#;
        let engine = Engine::in_memory("2026-04-01T00:00:00Z".parse().expect("instant")).expect("engine");
        engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p.yaml").expect("pricing")).expect("applied");
        for number in 0..20 {
            let key = key(&format!("c{number}"));
            let customer = Customer::new(key.clone(), String::new(), calendar::Zone::utc());
            engine.add_customer(customer).expect("customer");
            engine.subscribe(NewSubscription::to(key, super::tests::key("p"))).expect("subscribed");
        }
        engine
    }

    fn login(customer: usize, id: u64) -> Incoming {
        Incoming::Event(Event {
            source: "s".into(),
            id: format!("{customer}-{id}"),
            name: "login".into(),
            subject: format!("c{customer}"),
            at: "2026-04-01T00:00:00Z".parse().expect("instant"),
            properties: [("user".into(), metering::Value::Num(id.into()))].into(),
        })
    }

    #[test]
    fn memory_is_bounded_and_the_answers_stay_right() {
        let engine = engine();
        engine.live().most = 50;
        let quantity = |customer: usize| {
            let rows = engine.usage_to_date(&format!("c{customer}")).expect("to date");
            rows[0].measured.quantity.to_string()
        };
        for round in 0..10 {
            for customer in 0..20 {
                engine.ingest(vec![login(customer, round)]).expect("taken");
                assert_eq!(quantity(customer), (round + 1).to_string());
                let live = engine.live();
                assert!(live.weight <= live.most, "{} of {}", live.weight, live.most);
                let held: u64 = live.states.values().flatten().map(|running| running.folded.weight()).sum();
                assert_eq!(held, live.weight);
            }
        }
        assert!(!engine.live().states.is_empty());
        // one that is larger than all may be is measured each time
        engine.ingest((100..200).map(|id| login(0, id)).collect()).expect("taken");
        assert_eq!(quantity(0), "110");
        assert_eq!(quantity(0), "110");
    }

    #[test]
    fn a_state_follows_without_reading_the_past_again() {
        let engine = engine();
        engine.ingest(vec![login(0, 1)]).expect("taken");
        assert_eq!(engine.warm().expect("warm"), 20);
        let held = |engine: &Engine| {
            let live = engine.live();
            let run = &live.states[&("c0".to_owned(), "login".to_owned())];
            (run.len(), run[0].weight, live.position)
        };
        assert_eq!(held(&engine), (1, 3, Seq(1)));
        engine.ingest(vec![login(0, 2)]).expect("taken");
        engine.usage_to_date("c0").expect("to date");
        assert_eq!(held(&engine), (1, 4, Seq(2)), "the same state, one event further");
    }
}
