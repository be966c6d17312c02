//! Telling others: messages are handed on and delivered as soon as they are promised, what waits when its time comes. Many are under way at
//! once, so that nobody waits for an endpoint but those who talk to it.

use engine::{Courier, EngineError, Flow, News, Platform};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::{JoinError, JoinSet};

/// How often is looked for what another process promised, and what is tried again.
const EVERY: Duration = Duration::from_secs(1);
/// What happens within this time is looked for once.
const TOGETHER: Duration = Duration::from_millis(20);

/// Hands on and delivers until it is told to stop; what is under way then is finished.
pub(crate) async fn messages(platform: Arc<Platform>, courier: Arc<dyn Courier>, mut stop: watch::Receiver<()>) {
    let (flow, told) = (Arc::new(Flow::default()), Arc::new(Notify::new()));
    let listener = told.clone();
    platform.on_news(move |news| {
        if news == News::Messages {
            listener.notify_one();
        }
    });
    let mut running = JoinSet::new();
    loop {
        let (asked, under_way) = (platform.clone(), flow.clone());
        match tokio::task::spawn_blocking(move || asked.take_deliveries(&under_way)).await {
            Ok(Ok(taken)) => {
                for one in taken {
                    let courier = courier.clone();
                    running.spawn_blocking(move || one.deliver(&*courier));
                }
            }
            Ok(Err(error)) => tracing::warn!(%error, "nobody is told anything; it is tried again"),
            Err(panicked) => tracing::error!(%panicked, "telling others has a defect"),
        }
        tokio::select! {
            () = told.notified() => {}
            Some(ended) = running.join_next(), if !running.is_empty() => note(ended),
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => break,
        }
        tokio::time::sleep(TOGETHER).await;
        while let Some(ended) = running.try_join_next() {
            note(ended);
        }
    }
    while let Some(ended) = running.join_next().await {
        note(ended);
    }
}

fn note(ended: Result<Result<(), EngineError>, JoinError>) {
    match ended {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "what came of a delivery could not be noted; it is tried again"),
        Err(panicked) => tracing::error!(%panicked, "a delivery has a defect"),
    }
}
