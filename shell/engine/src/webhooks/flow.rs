//! How many deliveries are under way: a bounded number in all, and a smaller one to each endpoint, so that one that is slow makes nobody
//! wait but those who talk to it.

use super::deliver::Content;
use super::endpoint::{EndpointState, Stored};
use crate::alerts::MAILTO;
use crate::{Courier, Engine, EngineError, Platform};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Moment};
use stdx::Key;
use store::deliveries::{self, Delivery};
use store::documents::Document;
use store::outbox;

/// So many wait for an answer at once.
const ALL: usize = 64;
/// To one endpoint so many; e-mail goes by one server, and counts as one.
const EACH: usize = 8;
/// Endpoints that took long the last time have so many among them: those that are quick always find room.
const SLOW: usize = 32;
/// Who needed so long is slow.
const IS_SLOW: Duration = Duration::from_secs(2);
/// Endpoints that are asked for at once.
const PAGE: u32 = 200;

/// What is under way in this process.
#[derive(Default)]
pub struct Flow(Mutex<Lanes>);

#[derive(Default)]
struct Lanes {
    lanes: BTreeMap<(Key, String), Lane>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    running: usize,
    is_slow: bool,
}

impl Lanes {
    fn running(&self, which: impl Fn(&Lane) -> bool) -> usize {
        self.lanes.values().filter(|lane| which(lane)).map(|lane| lane.running).sum()
    }

    /// How many more may begin to an endpoint.
    fn room(&self, lane: &(Key, String)) -> usize {
        let known = self.lanes.get(lane).copied().unwrap_or_default();
        let free = |most: usize, running: usize| most.saturating_sub(running);
        let of_all = free(ALL, self.running(|_| true));
        let of_slow = if known.is_slow { free(SLOW, self.running(|lane| lane.is_slow)) } else { ALL };
        free(EACH, known.running).min(of_all).min(of_slow)
    }
}

impl Flow {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are under way.
    pub fn running(&self) -> usize {
        self.lanes().running(|_| true)
    }
}

/// A place among those that are under way, given back when it is dropped.
struct Seat {
    flow: Arc<Flow>,
    lane: (Key, String),
    since: Moment,
}

impl Seat {
    fn take(flow: &Arc<Flow>, lane: &(Key, String)) -> Self {
        let mut lanes = flow.lanes();
        lanes.lanes.entry(lane.clone()).or_default().running += 1;
        metrics::gauge!("webhook_deliveries_running").increment(1);
        Self { flow: flow.clone(), lane: lane.clone(), since: Moment::now() }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        metrics::gauge!("webhook_deliveries_running").decrement(1);
        let mut lanes = self.flow.lanes();
        let Some(lane) = lanes.lanes.get_mut(&self.lane) else { return };
        lane.running -= 1;
        lane.is_slow = self.since.elapsed() >= IS_SLOW;
        // who is quick and idle needs no remembering
        if lane.running == 0 && !lane.is_slow {
            lanes.lanes.remove(&self.lane);
        }
    }
}

/// A delivery that was taken to be tried now.
pub struct Taken {
    engine: Engine,
    delivery: Delivery<Content>,
    endpoint: Option<Document<Stored>>,
    _seat: Seat,
}

impl Taken {
    /// Tries it, and notes what came of it. It waits for the endpoint.
    pub fn deliver(self, courier: &dyn Courier) -> Result<(), EngineError> {
        self.engine.deliver_one(courier, &self.delivery, self.endpoint.as_ref())
    }
}

impl Platform {
    /// Hands on what was promised, and takes of what is due as much as may begin now: whoever calls tries each, beside the others. One
    /// question says which tenants have something to tell.
    pub fn take_deliveries(&self, flow: &Arc<Flow>) -> Result<Vec<Taken>, EngineError> {
        let now = self.now().micros();
        for tenant in self.store().read(|tx| outbox::whose(tx, now))? {
            let engine = self.engine(&tenant)?;
            if let Err(error) = engine.hand_on_messages() {
                tracing::warn!(%tenant, %error, "messages could not be handed on; it is tried again");
            }
        }
        let mut taken = Vec::new();
        for tenant in self.store().read(|tx| deliveries::whose(tx, now))? {
            if let Err(error) = self.engine(&tenant).and_then(|engine| engine.take_due(flow, &mut taken)) {
                tracing::warn!(%tenant, %error, "others could not be told; it is tried again");
            }
        }
        Ok(taken)
    }
}

impl Engine {
    fn take_due(&self, flow: &Arc<Flow>, taken: &mut Vec<Taken>) -> Result<(), EngineError> {
        let known: BTreeMap<String, Document<Stored>> =
            self.all_endpoints()?.into_iter().map(|found| (found.id.clone(), found)).collect();
        self.each_due_endpoint(|name| {
            let endpoint = known.get(name);
            if is_paused(endpoint) {
                return Ok(());
            }
            let lane = (self.tenant().clone(), if name.starts_with(MAILTO) { MAILTO.into() } else { name.to_owned() });
            let room = flow.lanes().room(&lane);
            if room == 0 {
                return Ok(());
            }
            let limit = u32::try_from(room).unwrap_or(u32::MAX);
            for delivery in self.claim_deliveries(name, limit)? {
                let (engine, endpoint, seat) = (self.clone(), endpoint.cloned(), Seat::take(flow, &lane));
                taken.push(Taken { engine, delivery, endpoint, _seat: seat });
            }
            Ok(())
        })
    }

    /// Tries what is due, one after the other, for who has no threads to spare; how many were tried.
    pub fn deliver(&self, courier: &dyn Courier) -> Result<usize, EngineError> {
        let known: BTreeMap<String, Document<Stored>> =
            self.all_endpoints()?.into_iter().map(|found| (found.id.clone(), found)).collect();
        let mut tried = 0;
        self.each_due_endpoint(|name| {
            let endpoint = known.get(name);
            if is_paused(endpoint) {
                return Ok(());
            }
            for delivery in self.claim_deliveries(name, PAGE)? {
                self.deliver_one(courier, &delivery, endpoint)?;
                tried += 1;
            }
            Ok(())
        })?;
        Ok(tried)
    }

    fn each_due_endpoint(&self, mut each: impl FnMut(&str) -> Result<(), EngineError>) -> Result<(), EngineError> {
        let now = self.world.now().micros();
        let mut after = String::new();
        loop {
            let page = self.store.read(|tx| deliveries::endpoints(tx, &self.tenant, &after, now, PAGE))?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(last);
            page.iter().try_for_each(|name| each(name))?;
        }
    }
}

/// What is told a paused endpoint waits, untried, until somebody opens it.
fn is_paused(endpoint: Option<&Document<Stored>>) -> bool {
    endpoint.is_some_and(|found| matches!(found.body.endpoint.state, EndpointState::Paused { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(name: &str) -> (Key, String) {
        ("us".try_into().expect("a key"), name.into())
    }

    fn seats(flow: &Arc<Flow>, name: &str, count: usize) -> Vec<Seat> {
        (0..count).map(|_| Seat::take(flow, &lane(name))).collect()
    }

    #[test]
    fn slow_endpoints_leave_room_for_those_that_are_quick() {
        let flow = Arc::new(Flow::default());
        let room = |name: &str| flow.lanes().room(&lane(name));
        let remembered = || flow.lanes().lanes.len();
        assert_eq!(room("a"), EACH);
        let taken = seats(&flow, "a", EACH);
        assert_eq!((room("a"), room("b")), (0, EACH));
        drop(taken);
        assert_eq!((flow.running(), remembered()), (0, 0), "who is quick is not remembered");
        // ten that were slow the last time have a part of all places among them
        let mut running = Vec::new();
        for number in 0..10 {
            let name = format!("slow{number}");
            flow.lanes().lanes.insert(lane(&name), Lane { running: 0, is_slow: true });
            let count = room(&name);
            running.extend(seats(&flow, &name, count));
        }
        assert_eq!(running.len(), SLOW);
        assert_eq!(room("quick"), EACH);
        for number in 0..4 {
            running.extend(seats(&flow, &format!("quick{number}"), EACH));
        }
        assert_eq!((flow.running(), room("quick")), (ALL, 0));
    }
}
