//! Billing by itself: whatever falls due is billed within a minute.

use crate::metrics::collected;
use engine::{BillRun, Engine, EngineError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_mins(1);

/// Bills what falls due until it is told to stop; a run that has begun is finished.
pub(crate) async fn tick(engine: Arc<Engine>, mut stop: watch::Receiver<()>) {
    let asked = engine.clone();
    // running totals are made beside the first requests, which are answered rightly before and meanwhile
    tokio::task::spawn_blocking(move || match asked.warm() {
        Ok(states) => tracing::info!(states, "usage to date is at hand"),
        Err(error) => tracing::warn!(%error, "usage to date is counted when it is asked for"),
    });
    loop {
        if let Some(collected) = collected() {
            // what was timed is kept one by one until it is put into its buckets
            collected.run_upkeep();
        }
        let asked = engine.clone();
        match tokio::task::spawn_blocking(move || run(&asked)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "billing could not run; it is tried again"),
            Err(panicked) => tracing::error!(%panicked, "billing has a defect"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => return,
        }
    }
}

/// One run; the engine knows where the last one ended.
fn run(engine: &Engine) -> Result<(), EngineError> {
    let BillRun { issued, drafts, failures, notes } = engine.bill()?;
    for failure in &failures {
        for problem in &failure.problems {
            tracing::warn!(customer = %failure.customer, code = problem.code, detail = problem.detail, "a customer could not be billed");
        }
    }
    for (customer, note) in &notes {
        tracing::warn!(%customer, ?note, "somebody should look at this");
    }
    if !issued.is_empty() || !drafts.is_empty() {
        tracing::info!(issued = issued.len(), drafts = drafts.len(), "billed");
    }
    Ok(())
}
