//! What a server does beside its work: usage to date is made ready when it starts, and what was timed is put into its buckets.

use crate::metrics::collected;
use engine::{Engine, EngineError, Environment, Platform};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_mins(1);

/// Keeps house until it is told to stop.
pub(crate) async fn tick(platform: Arc<Platform>, mut stop: watch::Receiver<()>) {
    // running totals are made beside the first requests, which are answered rightly before and meanwhile
    tokio::task::spawn_blocking(move || warm(&platform));
    loop {
        if let Some(collected) = collected() {
            // what was timed is kept one by one until it is put into its buckets
            collected.run_upkeep();
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => return,
        }
    }
}

/// The engines of all tenants that bill by the world's time.
fn live_engines(platform: &Platform) -> Result<Vec<Engine>, EngineError> {
    let tenants = platform.tenants()?.into_iter().filter(|tenant| tenant.environment == Environment::Live);
    tenants.map(|tenant| platform.engine(&tenant.key)).collect()
}

fn warm(platform: &Platform) {
    let warmed = live_engines(platform).and_then(|engines| engines.iter().map(Engine::warm).sum::<Result<usize, _>>());
    match warmed {
        Ok(states) => tracing::info!(states, "usage to date is at hand"),
        Err(error) => tracing::warn!(%error, "usage to date is counted when it is asked for"),
    }
}
