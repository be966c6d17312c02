//! Billing by itself: whatever falls due is billed within a minute.

use crate::metrics::collected;
use engine::{BillCounts, Engine, EngineError, Environment, Platform};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_mins(1);

/// Bills what falls due until it is told to stop; a run that has begun is finished.
pub(crate) async fn tick(platform: Arc<Platform>, mut stop: watch::Receiver<()>) {
    let asked = platform.clone();
    // running totals are made beside the first requests, which are answered rightly before and meanwhile
    tokio::task::spawn_blocking(move || warm(&asked));
    loop {
        if let Some(collected) = collected() {
            // what was timed is kept one by one until it is put into its buckets
            collected.run_upkeep();
        }
        let asked = platform.clone();
        if let Err(panicked) = tokio::task::spawn_blocking(move || run_all(&asked)).await {
            tracing::error!(%panicked, "billing has a defect");
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

/// One tenant's failure does not keep another from being billed.
fn run_all(platform: &Platform) {
    let engines = live_engines(platform).unwrap_or_else(|error| {
        tracing::error!(%error, "the tenants cannot be read; it is tried again");
        Vec::new()
    });
    for engine in engines {
        if let Err(error) = run(&engine) {
            tracing::error!(tenant = %engine.tenant(), %error, "billing could not run; it is tried again");
        }
        if let Err(error) = engine.expire_approvals() {
            tracing::warn!(tenant = %engine.tenant(), %error, "what waited too long for approval could not be ended");
        }
        if let Err(error) = engine.forget_requests().and_then(|_| engine.forget_messages()) {
            tracing::warn!(tenant = %engine.tenant(), %error, "what is old could not be forgotten");
        }
    }
}

/// One run; the engine knows where the last one ended.
fn run(engine: &Engine) -> Result<(), EngineError> {
    let BillCounts { issued, drafts, failures, notes } = engine.bill_counting(|_, _| {})?;
    for failure in &failures {
        for problem in &failure.problems {
            tracing::warn!(customer = %failure.customer, code = problem.code, detail = problem.detail, "a customer could not be billed");
        }
    }
    for (customer, note) in &notes {
        tracing::warn!(%customer, ?note, "somebody should look at this");
    }
    if issued > 0 || drafts > 0 {
        tracing::info!(issued, drafts, "billed");
    }
    Ok(())
}
