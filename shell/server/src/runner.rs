//! Jobs are done one after the other for each tenant, beside everything else.

use engine::Platform;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often is looked for jobs whose time has come.
const EVERY: Duration = Duration::from_secs(1);

/// Does jobs until it is told to stop; one that has begun is finished.
pub(crate) async fn jobs(platform: Arc<Platform>, mut stop: watch::Receiver<()>) {
    loop {
        let asked = platform.clone();
        if let Err(panicked) = tokio::task::spawn_blocking(move || round(&asked)).await {
            tracing::error!(%panicked, "a job has a defect");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => return,
        }
    }
}

fn round(platform: &Platform) {
    let tenants = platform.tenants().unwrap_or_else(|error| {
        tracing::error!(%error, "the tenants cannot be read; jobs wait until they can");
        Vec::new()
    });
    for engine in tenants.into_iter().filter_map(|tenant| platform.engine(&tenant.key).ok()) {
        if let Err(error) = engine.run_jobs() {
            tracing::warn!(tenant = %engine.tenant(), %error, "jobs could not be done; it is tried again");
        }
    }
}
