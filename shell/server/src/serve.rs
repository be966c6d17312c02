//! The server: it listens, bills what falls due, watches alerts, and stops when it is told to.

use crate::listen::{Connections, listen};
use crate::messenger::messages;
use crate::runner;
use crate::signals::{Signals, Told};
use crate::ticker::tick;
use crate::tls::Tls;
use crate::watcher::watch_alerts;
use crate::{Access, Rates, router_at};
use engine::{Courier, Platform};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use stdx::{Problem, ToProblem};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A server that is bound to its address and does not answer yet.
pub struct Server {
    platform: Arc<Platform>,
    access: Access,
    courier: Option<Arc<dyn Courier>>,
    tls: Option<Arc<Tls>>,
    connections: Connections,
    rates: Rates,
    listener: TcpListener,
    runtime: tokio::runtime::Runtime,
    signals: Signals,
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
        let signals = runtime.block_on(async { Signals::hear() })?;
        let listener =
            runtime.block_on(TcpListener::bind(address)).map_err(|why| ServeError::Listen { address, why })?;
        let address = listener.local_addr()?;
        let (connections, rates) = (Connections::default(), Rates::default());
        Ok(Self { platform, access, courier: None, tls: None, connections, rates, listener, runtime, signals, address })
    }

    /// Speaks TLS and nothing else where there is a certificate, which is read anew on SIGHUP.
    #[must_use]
    pub fn with_tls(mut self, tls: Option<Tls>) -> Self {
        self.tls = tls.map(Arc::new);
        self
    }

    /// Bounds what connections may take.
    #[must_use]
    pub const fn with_connections(mut self, connections: Connections) -> Self {
        self.connections = connections;
        self
    }

    /// Bounds how often each may ask.
    #[must_use]
    pub const fn with_rates(mut self, rates: Rates) -> Self {
        self.rates = rates;
        self
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
        let Self { platform, access, courier, tls, connections, rates, listener, runtime, mut signals, address } = self;
        runtime.block_on(async move {
            let (stop, stopped) = watch::channel(());
            let ticker = tokio::spawn(tick(platform.clone(), stopped.clone()));
            let runner = tokio::spawn(runner::jobs(platform.clone(), stopped.clone()));
            let watching = tokio::spawn(watch_alerts(platform.clone(), stopped.clone()));
            let telling = courier.map(|courier| tokio::spawn(messages(platform.clone(), courier, stopped.clone())));
            let router = router_at(&platform, access, rates);
            let mut serving = tokio::spawn(listen(listener, router, tls.clone(), connections, stopped));
            tracing::info!(%address, tls = tls.is_some(), "listening");
            tokio::select! {
                () = told_to_stop(&mut signals, tls.as_deref()) => {}
                ended = &mut serving => return Ok(ended.map_err(io::Error::other)?),
            }
            tracing::info!("stopping");
            let _ = stop.send(());
            let served = serving.await;
            let _ = ticker.await;
            let _ = runner.await;
            let _ = watching.await;
            if let Some(telling) = telling {
                let _ = telling.await;
            }
            Ok(served.map_err(io::Error::other)?)
        })
    }
}

/// Waits until the process is told to stop. Meanwhile the certificate is read anew whenever it is told to.
async fn told_to_stop(signals: &mut Signals, tls: Option<&Tls>) {
    while let Told::Reload = signals.next().await {
        match tls.map(Tls::reload) {
            None => tracing::info!("told to reload, but without TLS there is nothing to reload"),
            Some(Ok(())) => tracing::info!("the certificate was read anew"),
            Some(Err(error)) => tracing::error!(%error, "the certificate that was read before stays in use"),
        }
    }
}
