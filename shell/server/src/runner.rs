//! Jobs are done beside everything else: of each tenant one at a time in a lane, of several tenants at once.

use engine::{Engine, EngineError, JobLane, News, Platform};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use stdx::Key;
use tokio::sync::{Notify, watch};
use tokio::task::{Id, JoinSet};

/// How often is looked for jobs whose time has come.
const EVERY: Duration = Duration::from_secs(1);
/// So many jobs are done at once: each is a thread that computes.
const AT_ONCE: usize = 4;

/// Does jobs until it is told to stop; those that have begun are finished.
pub(crate) async fn jobs(platform: Arc<Platform>, mut stop: watch::Receiver<()>) {
    let told = Arc::new(Notify::new());
    let listener = told.clone();
    platform.on_news(move |news| {
        if news == News::Jobs {
            listener.notify_one();
        }
    });
    let ensured = platform.clone();
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || ensured.ensure_schedules()).await {
        tracing::error!(%error, "the schedules of tenants cannot be made: what is due is billed by those that have theirs");
    }
    let mut runner = Runner { platform, busy: BTreeMap::new(), running: JoinSet::new() };
    loop {
        runner.begin().await;
        tokio::select! {
            () = told.notified() => {}
            () = runner.some_ended() => {}
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => break,
        }
    }
    while let Some(ended) = runner.running.join_next().await {
        note(ended.map_err(|panicked| panicked.to_string()));
    }
}

struct Runner {
    platform: Arc<Platform>,
    /// Whose jobs are being done.
    busy: BTreeMap<(Key, JobLane), Id>,
    running: JoinSet<Result<usize, EngineError>>,
}

impl Runner {
    /// Begins with jobs that wait, as many as may be done at once.
    async fn begin(&mut self) {
        let asked = self.platform.clone();
        let found = tokio::task::spawn_blocking(move || {
            let owners = asked.job_owners()?;
            owners.iter().map(|tenant| asked.engine(tenant)).collect::<Result<Vec<Engine>, EngineError>>()
        });
        let engines = match found.await {
            Ok(Ok(engines)) => engines,
            Ok(Err(error)) => return tracing::error!(%error, "jobs wait until it is known whose there are"),
            Err(panicked) => return tracing::error!(%panicked, "looking for jobs has a defect"),
        };
        for (engine, lane) in engines.iter().flat_map(|engine| JobLane::ALL.map(|lane| (engine, lane))) {
            let place = (engine.tenant().clone(), lane);
            if self.busy.len() < AT_ONCE && !self.busy.contains_key(&place) {
                let engine = engine.clone();
                let handle = self.running.spawn_blocking(move || engine.run_jobs_in(lane));
                self.busy.insert(place, handle.id());
            }
        }
    }

    /// Waits until a job was done, so that there is room for another.
    async fn some_ended(&mut self) {
        loop {
            let Some(ended) = self.running.join_next_with_id().await else {
                return std::future::pending().await;
            };
            let id = ended.as_ref().map_or_else(tokio::task::JoinError::id, |(id, _)| *id);
            self.busy.retain(|_, busy| *busy != id);
            // who found nothing makes no reason to look again
            if note(ended.map(|(_, done)| done).map_err(|panicked| panicked.to_string())) > 0 {
                return;
            }
        }
    }
}

/// How many jobs were done.
fn note(ended: Result<Result<usize, EngineError>, String>) -> usize {
    match ended {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            tracing::warn!(%error, "jobs could not be done; it is tried again");
            0
        }
        Err(panicked) => {
            tracing::error!(panicked, "a job has a defect");
            0
        }
    }
}
