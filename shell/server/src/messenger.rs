//! Telling others: promised messages are handed on and delivered, by a thread of their own.

use engine::{Courier, Engine, EngineError, Platform};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How soon something that this process promised is looked at.
const SOON: Duration = Duration::from_millis(250);
/// How often every tenant is looked at: for what another process promised, and what is tried again.
const EVERY: Duration = Duration::from_secs(2);

/// Hands on and delivers until it is told to stop.
pub(crate) async fn messages(platform: Arc<Platform>, courier: Arc<dyn Courier>, mut stop: watch::Receiver<()>) {
    let mut all_at = Instant::now();
    loop {
        let everybody = Instant::now() >= all_at;
        if everybody {
            all_at = Instant::now() + EVERY;
        }
        let (platform, courier) = (platform.clone(), courier.clone());
        let sent = tokio::task::spawn_blocking(move || round(&platform, &*courier, everybody)).await;
        if let Err(panicked) = sent {
            tracing::error!(%panicked, "telling others has a defect");
        }
        tokio::select! {
            () = tokio::time::sleep(SOON) => {}
            _ = stop.changed() => return,
        }
    }
}

/// One round over the tenants that have something to tell, or over all.
fn round(platform: &Platform, courier: &dyn Courier, everybody: bool) {
    let engines = match platform.tenants() {
        Ok(tenants) => tenants.into_iter().filter_map(|tenant| platform.engine(&tenant.key).ok()),
        Err(error) => {
            tracing::error!(%error, "the tenants cannot be read; nobody is told anything until they can");
            return;
        }
    };
    for engine in engines {
        if (engine.has_to_tell() || everybody)
            && let Err(error) = tell(&engine, courier)
        {
            tracing::warn!(tenant = %engine.tenant(), %error, "others could not be told; it is tried again");
        }
    }
}

fn tell(engine: &Engine, courier: &dyn Courier) -> Result<(), EngineError> {
    engine.hand_on_messages()?;
    while engine.deliver(courier)? > 0 {}
    Ok(())
}
