//! Single events, each in a request of its own, are taken together: those that wait while the store makes others durable go into it as one
//! batch. A thread for each request would spend most of the time on waking up.

use crate::Refusal;
use axum::body::Bytes;
use engine::{EngineError, Ingested, Platform, metric_count as count};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use stdx::Key;
use tokio::sync::oneshot;

/// So many events are taken together at most.
const TOGETHER: usize = 1024;
/// So many wait at most; whoever comes then is told to come again.
const WAITING: usize = 16_384;
/// A body that is larger goes its own way.
const MOST_BYTES: usize = 16 << 10;

/// An event on its way, and where its answer goes.
struct Waiting {
    tenant: Key,
    body: Bytes,
    answer: oneshot::Sender<Result<Ingested, EngineError>>,
}

/// The way of single events into the store.
#[derive(Clone)]
pub(crate) struct Lane {
    entrance: mpsc::SyncSender<Waiting>,
    open: Arc<AtomicBool>,
}

/// Closes the lane when its thread ends, also by a panic.
struct Closes(Arc<AtomicBool>);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Lane {
    /// Opens a lane; its thread ends when the last one who may send is gone.
    pub(crate) fn open(platform: Arc<Platform>) -> std::io::Result<Self> {
        let (entrance, exit) = mpsc::sync_channel(WAITING);
        let open = Arc::new(AtomicBool::new(true));
        let closes = Closes(open.clone());
        std::thread::Builder::new().name("single events".into()).spawn(move || {
            let _closes = closes;
            carry(&platform, &exit);
        })?;
        Ok(Self { entrance, open })
    }

    /// Whether a body is one event that stands on one line: only then can many be taken as lines of one batch.
    pub(crate) fn fits(body: &[u8]) -> bool {
        body.len() <= MOST_BYTES
            && body.first() == Some(&b'{')
            && !body.contains(&b'\n')
            && std::str::from_utf8(body).is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
    }

    /// Whether its thread still carries. A defect ends it, and then each event goes its own way again.
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Takes an event; the answer comes when it is on the disk.
    pub(crate) async fn take(&self, tenant: Key, body: Bytes) -> Result<Ingested, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.entrance.try_send(Waiting { tenant, body, answer }).map_err(|error| match error {
            mpsc::TrySendError::Full(_) => Refusal::busy(),
            mpsc::TrySendError::Disconnected(_) => Refusal::defect(),
        })?;
        Ok(answered.await.map_err(|_| Refusal::defect())??)
    }
}

fn carry(platform: &Platform, exit: &mpsc::Receiver<Waiting>) {
    while let Ok(first) = exit.recv() {
        let mut together = vec![first];
        together.extend(exit.try_iter().take(TOGETHER - 1));
        metrics::histogram!("single_events_together").record(count(together.len()));
        while let Some(one) = together.first() {
            let tenant = one.tenant.clone();
            let (of_tenant, others): (Vec<_>, Vec<_>) =
                together.into_iter().partition(|waiting| waiting.tenant == tenant);
            together = others;
            deliver(platform, &tenant, of_tenant);
        }
    }
}

fn deliver(platform: &Platform, tenant: &Key, waiting: Vec<Waiting>) {
    let bodies: Vec<&[u8]> = waiting.iter().map(|waiting| &*waiting.body).collect();
    let taken = platform.engine(tenant).and_then(|engine| engine.ingest_each(&bodies));
    match taken {
        Ok(taken) => {
            for (waiting, one) in waiting.into_iter().zip(taken) {
                // who went away meanwhile has lost the answer, not the event
                let _ = waiting.answer.send(Ok(one));
            }
        }
        Err(error) => {
            for waiting in waiting {
                let _ = waiting.answer.send(Err(error.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Outcome;

    fn event(id: &str) -> Bytes {
        format!(r#"{{"source":"s","id":"{id}","type":"t","subject":"c","time":"2026-04-01T00:00:00Z"}}"#).into()
    }

    #[test]
    fn only_one_event_on_one_line_is_taken_with_others() {
        assert!(Lane::fits(&event("1")));
        assert!(Lane::fits(br#"{"any":"object"}"#), "what is no event is kept in quarantine, alone or with others");
        for other in [&b"[]"[..], b"{", b"", b"{}\n{}", b"{\n}", b"7", b"{}{}", b"{\"a\":\"\xe9\"}"] {
            assert!(!Lane::fits(other), "{}", String::from_utf8_lossy(other));
        }
        assert!(!Lane::fits(&event(&"x".repeat(MOST_BYTES))));
    }

    #[test]
    fn a_lane_whose_thread_ended_is_closed() {
        let closes = Closes(Arc::new(AtomicBool::new(true)));
        let open = closes.0.clone();
        let ended = std::thread::spawn(move || {
            let _closes = closes;
            panic!("a defect");
        });
        assert!(ended.join().is_err() && !open.load(Ordering::Acquire));
    }

    #[test]
    fn each_has_the_answer_to_its_own_event() {
        let platform = Platform::in_memory("2026-04-01T00:00:00Z".parse().expect("an instant")).expect("a platform");
        let lane = Lane::open(Arc::new(platform)).expect("a thread");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().expect("a runtime");
        runtime.block_on(async {
            let send = |body: Bytes| {
                let way = lane.clone();
                tokio::spawn(async move { way.take(Platform::default_tenant(), body).await })
            };
            let requests: Vec<_> = (0..500).map(|number| send(event(&(number % 250).to_string()))).collect();
            let wrong = send(Bytes::from_static(br#"{"source":"s"}"#));
            let stranger = lane.take("nobody".try_into().expect("a key"), event("1")).await;
            assert_eq!(stranger.expect_err("no tenant").status.as_u16(), 404);
            let (mut accepted, mut duplicates) = (0, 0);
            for request in requests {
                let reply = request.await.expect("no panic").expect("taken");
                assert_eq!(reply.outcomes.len(), 1);
                accepted += reply.accepted;
                duplicates += reply.duplicates;
            }
            assert_eq!((accepted, duplicates), (250, 250));
            let kept = wrong.await.expect("no panic").expect("taken");
            let Outcome::Quarantined { problem } = &kept.outcomes[0] else { panic!("{kept:?}") };
            assert!(!problem.pointer.as_deref().unwrap_or_default().starts_with("/0"), "{problem:?}");
        });
    }
}
