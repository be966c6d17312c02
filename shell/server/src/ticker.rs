//! Billing by itself: whatever falls due is billed within a minute.

use calendar::Instant;
use engine::{BillRun, Engine, EngineError, Which};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_mins(1);

/// Bills what falls due until it is told to stop; a run that has begun is finished.
pub(crate) async fn tick(engine: Arc<Engine>, mut stop: watch::Receiver<()>) {
    let mut since = None;
    loop {
        let asked = engine.clone();
        match tokio::task::spawn_blocking(move || run(&asked, since)).await {
            Ok(Ok(until)) => since = Some(until),
            Ok(Err(error)) => tracing::error!(%error, "billing could not run; it is tried again"),
            Err(panicked) => tracing::error!(%panicked, "billing has a defect"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => return,
        }
    }
}

/// One run, from where the last one ended. Answers up to when it has billed.
fn run(engine: &Engine, since: Option<Instant>) -> Result<Instant, EngineError> {
    let until = engine.now();
    let since = match since {
        Some(since) => since,
        None => last_billed(engine)?.unwrap_or(until),
    };
    let BillRun { issued, drafts, failures, notes } = engine.catch_up(since)?;
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
    Ok(until)
}

/// The day of the newest invoice: up to then, billing has run.
fn last_billed(engine: &Engine) -> Result<Option<Instant>, EngineError> {
    let newest = engine.invoices(Which::All, &engine::DocumentCursor::start(), 1)?;
    Ok(newest.first().and_then(|document| Instant::from_micros(document.sort_at).ok()))
}
