//! Watching alerts: those whose usage changed are looked at within moments, everybody every minute, by a thread of its own.

use engine::{Engine, EngineError, Platform, Watching};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How soon it is seen whose usage changed.
const SOON: Duration = Duration::from_millis(250);
/// How often everybody is looked at: for what changes with time, or with a subscription.
const EVERY: Duration = Duration::from_mins(1);

/// Watches until it is told to stop.
pub(crate) async fn watch_alerts(platform: Arc<Platform>, mut stop: watch::Receiver<()>) {
    let mut all_at = Instant::now() + EVERY;
    loop {
        let everybody = Instant::now() >= all_at;
        if everybody {
            all_at = Instant::now() + EVERY;
        }
        let platform = platform.clone();
        let looked = tokio::task::spawn_blocking(move || round(&platform, everybody)).await;
        if let Err(panicked) = &looked {
            tracing::error!(%panicked, "watching alerts has a defect");
        }
        let pause = if matches!(looked, Ok(Watching::GoesOn)) { Duration::ZERO } else { SOON };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => return,
        }
    }
}

/// One look for each tenant. One tenant's failure does not keep another from being looked at.
fn round(platform: &Platform, everybody: bool) -> Watching {
    let engines = match platform.alert_owners() {
        Ok(owners) => owners.into_iter().filter_map(|tenant| platform.engine(&tenant).ok()),
        Err(error) => {
            tracing::error!(%error, "whose alerts there are cannot be read; none is watched until it can");
            return Watching::Done;
        }
    };
    let mut whole = Watching::Done;
    for engine in engines {
        match look(&engine, everybody) {
            Ok(Watching::Done) => {}
            Ok(Watching::GoesOn) => whole = Watching::GoesOn,
            Err(error) => {
                tracing::warn!(tenant = %engine.tenant(), %error, "alerts could not be looked at; it is tried again");
            }
        }
    }
    whole
}

fn look(engine: &Engine, everybody: bool) -> Result<Watching, EngineError> {
    if everybody {
        engine.look_at_everybody();
    }
    engine.look_at_alerts()
}
