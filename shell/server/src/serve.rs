//! The server: it listens, bills what falls due, watches alerts, and stops when it is told to.

use crate::messenger::messages;
use crate::runner;
use crate::ticker::tick;
use crate::watcher::watch_alerts;
use crate::{Access, router};
use engine::{Courier, Platform};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use stdx::{Problem, ToProblem};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long requests that have begun may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// A server that is bound to its address and does not answer yet.
pub struct Server {
    platform: Arc<Platform>,
    access: Access,
    courier: Option<Arc<dyn Courier>>,
    listener: TcpListener,
    runtime: tokio::runtime::Runtime,
    address: SocketAddr,
}

/// Why a server cannot begin, or had to end.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {why}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system said.
        why: io::Error,
    },
    /// Whoever reaches it could do everything.
    #[error("at {address} others than this machine could do everything without a token")]
    OpenToOthers {
        /// The address.
        address: SocketAddr,
    },
    /// The operating system gives no threads or sockets.
    #[error("the server cannot run: {0}")]
    Run(#[from] io::Error),
}

impl ToProblem for ServeError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Listen { .. } => (
                "cannot_listen",
                "The address cannot be used",
                "choose another one with --listen, such as 127.0.0.1:0 for any free port",
            ),
            Self::OpenToOthers { .. } => (
                "open_to_others",
                "An open server is for this machine alone",
                "listen at 127.0.0.1, or leave out --open so that a token is needed",
            ),
            Self::Run(_) => ("cannot_serve", "The server cannot run", "look at the limits of the operating system"),
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}

impl Server {
    /// Takes the address; port 0 is any free one.
    ///
    /// # Errors
    /// [`ServeError::OpenToOthers`] when no token is needed and others than this machine can reach the address.
    pub fn bind(platform: Arc<Platform>, address: SocketAddr, access: Access) -> Result<Self, ServeError> {
        if access == Access::Open && !address.ip().is_loopback() {
            return Err(ServeError::OpenToOthers { address });
        }
        let runtime = tokio::runtime::Runtime::new()?;
        let listener =
            runtime.block_on(TcpListener::bind(address)).map_err(|why| ServeError::Listen { address, why })?;
        let address = listener.local_addr()?;
        Ok(Self { platform, access, courier: None, listener, runtime, address })
    }

    /// Tells webhooks and recipients of e-mail what happens, by way of a courier; without one it waits.
    #[must_use]
    pub fn telling_by(mut self, courier: Arc<dyn Courier>) -> Self {
        self.courier = Some(courier);
        self
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the process is told to stop (SIGINT or SIGTERM); requests and a billing run that have begun are finished.
    pub fn run(self) -> Result<(), ServeError> {
        let Self { platform, access, courier, listener, runtime, address } = self;
        runtime.block_on(async move {
            let (stop, stopped) = watch::channel(());
            let ticker = tokio::spawn(tick(platform.clone(), stopped.clone()));
            let runner = tokio::spawn(runner::jobs(platform.clone(), stopped.clone()));
            let watching = tokio::spawn(watch_alerts(platform.clone(), stopped.clone()));
            let telling = courier.map(|courier| tokio::spawn(messages(platform.clone(), courier, stopped.clone())));
            let mut told = stopped.clone();
            let serving = axum::serve(listener, router(&platform, access)).with_graceful_shutdown(async move {
                let _ = told.changed().await;
            });
            let mut serving = tokio::spawn(async move { serving.await });
            tracing::info!(%address, "listening");
            tokio::select! {
                () = told_to_stop() => {}
                ended = &mut serving => return flattened(ended),
            }
            tracing::info!("stopping");
            let _ = stop.send(());
            let served = tokio::time::timeout(GRACE, serving).await;
            let _ = ticker.await;
            let _ = runner.await;
            let _ = watching.await;
            if let Some(telling) = telling {
                let _ = telling.await;
            }
            served.map_or(Ok(()), flattened)
        })
    }
}

fn flattened(ended: Result<io::Result<()>, tokio::task::JoinError>) -> Result<(), ServeError> {
    Ok(ended.map_err(io::Error::other)??)
}

/// Waits for Ctrl-C or the signal that service managers send.
async fn told_to_stop() {
    let interrupted = async {
        // where signals cannot be heard, only being killed ends the process
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! { () = interrupted => {}, () = terminated => {} }
}
