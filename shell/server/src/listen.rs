//! Connections: how many there are, how long they may say nothing, and how they end.

use crate::rates::Peer;
use crate::tls::Tls;
use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// How long requests that have begun may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);
/// How long nothing is accepted when the operating system has no room for one more.
const BREATH: Duration = Duration::from_millis(100);

/// What connections may take. Usually below the 1,024 files that a process may have open, and above the minute for which balancers keep
/// connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// At most so many at once; others wait until the operating system can take no more.
    pub most: usize,
    /// How long one may be without a request that is being answered: until the head of the next is there, whole. An answer that is being
    /// taken lengthens it.
    pub idle: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self { most: 800, idle: Duration::from_secs(75) }
    }
}

/// Answers whoever connects until it is told to stop. Then requests that have begun are finished within [`GRACE`], and connections
/// without one are closed at once.
pub(crate) async fn listen(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<Tls>>,
    limits: Connections,
    mut stop: watch::Receiver<()>,
) {
    let room = Arc::new(Semaphore::new(limits.most));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            _ = stop.changed() => break,
            Some(_) = connections.join_next() => {}
            (stream, permit) = next(&listener, &room) => {
                let (router, tls, stop) = (router.clone(), tls.clone(), stop.clone());
                connections.spawn(async move {
                    let _open = Open::begin(permit);
                    attend(stream, router, tls, limits.idle, stop).await;
                });
            }
        }
    }
    drop(listener);
    let drained = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, drained).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests that took too long to end are cut off");
    }
}

/// The next connection, once there is room for it.
async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    let permit = room.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            // the other side went away before it was accepted
            Err(error) if is_of_one(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection can be accepted; it is tried again");
                sleep(BREATH).await;
            }
        }
    }
}

fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

/// A connection that is open: it is counted, and has its room.
struct Open {
    gauge: metrics::Gauge,
    _room: Option<OwnedSemaphorePermit>,
}

impl Open {
    fn begin(room: Option<OwnedSemaphorePermit>) -> Self {
        let gauge = metrics::gauge!("http_connections");
        gauge.increment(1);
        Self { gauge, _room: room }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.gauge.decrement(1);
    }
}

async fn attend(
    stream: TcpStream,
    router: Router,
    tls: Option<Arc<Tls>>,
    idle: Duration,
    mut stop: watch::Receiver<()>,
) {
    // answers are small and whole: waiting for more of them would only make them late
    let _ = stream.set_nodelay(true);
    let peer = stream.peer_addr().ok().map(|address| Peer(address.ip()));
    let Some(tls) = tls else { return speak(stream, peer, router, idle, stop).await };
    let shaken = tokio::select! {
        shaken = timeout(idle, tls.acceptor().accept(stream)) => shaken,
        _ = stop.changed() => return,
    };
    match shaken {
        Ok(Ok(stream)) => speak(stream, peer, router, idle, stop).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS connection came about"),
        Err(_) => cut(),
    }
}

/// Answers the requests of one connection, in the version of HTTP that the other side speaks.
async fn speak<S>(stream: S, peer: Option<Peer>, router: Router, idle: Duration, mut stop: watch::Receiver<()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let pulse = Arc::new(Pulse::new());
    let (router, counted) = (TowerToHyperService::new(router), pulse.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        let running = Running::begin(&counted);
        let answer = router.call(request);
        async move {
            let _running = running;
            answer.await
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    // the pulse sees more than the head of a request of HTTP/1
    builder.http1().header_read_timeout(None);
    builder.http2().timer(TokioTimer::new());
    let io = TokioIo::new(Watched { stream, pulse: pulse.clone() });
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(error, "a connection broke");
                }
                return;
            }
            _ = stop.changed(), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
            () = sleep(pulse.left(idle)) => if pulse.left(idle).is_zero() {
                return cut();
            },
        }
    }
}

fn cut() {
    metrics::counter!("http_connections_cut_total").increment(1);
    tracing::debug!("a connection that asked nothing in time was closed");
}

/// When a connection last did something for a request.
struct Pulse {
    since: Instant,
    running: AtomicUsize,
    /// Milliseconds after `since`.
    last: AtomicU64,
}

impl Pulse {
    fn new() -> Self {
        Self { since: Instant::now(), running: AtomicUsize::new(0), last: AtomicU64::new(0) }
    }

    fn touch(&self) {
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(millis, Ordering::Relaxed);
    }

    fn wrote(&self, written: &Poll<io::Result<usize>>) {
        if written.is_ready() {
            self.touch();
        }
    }

    /// How long nothing may go on from now on.
    fn left(&self, limit: Duration) -> Duration {
        if self.running.load(Ordering::Relaxed) > 0 {
            return limit;
        }
        let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
        limit.saturating_sub(self.since.elapsed().saturating_sub(last))
    }
}

/// A request that is being answered.
struct Running(Arc<Pulse>);

impl Running {
    fn begin(pulse: &Arc<Pulse>) -> Self {
        pulse.running.fetch_add(1, Ordering::Relaxed);
        Self(pulse.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.touch();
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A stream of which it is known when something was last written to it.
struct Watched<S> {
    stream: S,
    pulse: Arc<Pulse>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.pulse.wrote(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.pulse.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
    use std::net::SocketAddr;
    use std::path::Path;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

    const SHORT: Duration = Duration::from_millis(200);
    /// Longer than any test should wait for.
    const LONG: Duration = Duration::from_secs(30);
    const WHOLE: &[u8] = b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n";

    struct Listening {
        address: SocketAddr,
        stop: watch::Sender<()>,
        ended: tokio::task::JoinHandle<()>,
    }

    /// A server whose one answer takes three times [`SHORT`].
    async fn listening(limits: Connections, tls: Option<Arc<Tls>>) -> Listening {
        let slow = |request: Request<axum::body::Body>| async move {
            sleep(3 * SHORT).await;
            format!("{:?} done", request.version())
        };
        let router = Router::new().route("/slow", get(slow));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = watch::channel(());
        let ended = tokio::spawn(listen(listener, router, tls, limits, stopped));
        Listening { address, stop, ended }
    }

    async fn connect(address: SocketAddr) -> TcpStream {
        TcpStream::connect(address).await.expect("it listens")
    }

    /// All that comes until the other side closes, also where it closes hard.
    async fn rest(mut stream: impl AsyncRead + Unpin) -> String {
        let mut all = Vec::new();
        let _ = timeout(LONG, stream.read_to_end(&mut all)).await.expect("the server closes the connection");
        String::from_utf8_lossy(&all).into_owned()
    }

    #[tokio::test]
    async fn who_asks_nothing_in_time_is_cut_off_whatever_was_begun() {
        let limits = Connections { idle: SHORT, ..Connections::default() };
        let server = listening(limits, None).await;
        let half_of_second = &b"PRI * HTTP/2.0\r\n\r\n"[..];
        for begun in [&b""[..], b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ", half_of_second] {
            let mut stream = connect(server.address).await;
            stream.write_all(begun).await.expect("sent");
            let began = Instant::now();
            assert_eq!(rest(stream).await, "", "{begun:?}");
            assert!(began.elapsed() >= SHORT / 2, "{begun:?} was not waited for");
        }
        // a head that comes drop by drop is no progress
        let (reading, mut writing) = connect(server.address).await.into_split();
        let drops = tokio::spawn(async move {
            while writing.write_all(b"GET / HTTP/1.1\r\nX: y\r\n".get(..1).unwrap_or_default()).await.is_ok() {
                sleep(SHORT / 10).await;
            }
        });
        assert_eq!(rest(reading).await, "");
        drops.abort();
    }

    #[tokio::test]
    async fn an_answer_may_take_longer_than_a_head_and_the_connection_is_kept_for_the_next() {
        let server = listening(Connections { idle: SHORT, ..Connections::default() }, None).await;
        let mut stream = connect(server.address).await;
        for _ in 0..2 {
            stream.write_all(WHOLE).await.expect("sent");
            let mut answer = [0; 17];
            timeout(LONG, stream.read_exact(&mut answer)).await.expect("in time").expect("answered");
            assert_eq!(&answer, b"HTTP/1.1 200 OK\r\n");
            let mut seen = Vec::new();
            while !seen.ends_with(b"done") {
                seen.push(stream.read_u8().await.expect("the rest"));
            }
        }
        assert_eq!(rest(stream).await, "", "and then closed, for it is idle");
    }

    #[tokio::test]
    async fn connections_beyond_the_bound_wait_for_their_turn() {
        let server = listening(Connections { most: 1, ..Connections::default() }, None).await;
        let first = connect(server.address).await;
        let mut second = connect(server.address).await;
        second.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("sent");
        let mut byte = [0];
        assert!(timeout(5 * SHORT, second.read(&mut byte)).await.is_err(), "the first has the only place");
        drop(first);
        assert!(rest(second).await.starts_with("HTTP/1.1 200 OK"));
    }

    #[tokio::test]
    async fn what_has_begun_is_finished_and_what_is_idle_is_closed_at_once() {
        let server = listening(Connections { idle: LONG, ..Connections::default() }, None).await;
        let (idle, mut busy) = (connect(server.address).await, connect(server.address).await);
        busy.write_all(WHOLE).await.expect("sent");
        sleep(SHORT).await;
        let told = Instant::now();
        server.stop.send(()).expect("it runs");
        assert_eq!(rest(idle).await, "");
        assert!(told.elapsed() < GRACE, "it was not closed at once");
        assert!(rest(busy).await.ends_with("done"));
        timeout(GRACE, server.ended).await.expect("it ends before the grace does").expect("well");
        assert!(TcpStream::connect(server.address).await.is_err(), "nobody listens any more");
    }

    /// Writes a new certificate and its key as `cert.pem` and `key.pem`.
    fn certify(dir: &Path) -> CertificateDer<'static> {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).expect("made");
        std::fs::write(dir.join("cert.pem"), cert.pem()).expect("written");
        std::fs::write(dir.join("key.pem"), signing_key.serialize_pem()).expect("written");
        cert.der().clone()
    }

    async fn shake(
        address: SocketAddr,
        trusted: &CertificateDer<'static>,
        alpn: &[&[u8]],
    ) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(trusted.clone()).expect("a certificate");
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("versions");
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        let name = ServerName::try_from("localhost").expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, connect(address).await).await
    }

    fn tls(dir: &Path) -> Result<Tls, crate::TlsError> {
        Tls::load(&dir.join("cert.pem"), &dir.join("key.pem"))
    }

    #[tokio::test]
    async fn tls_is_spoken_in_both_versions_and_a_new_certificate_counts_for_new_connections() {
        let dir = tempfile::tempdir().expect("a directory");
        let first = certify(dir.path());
        let tls = Arc::new(tls(dir.path()).expect("a certificate"));
        let server = listening(Connections::default(), Some(tls.clone())).await;
        let second_version = shake(server.address, &first, &[b"h2", b"http/1.1"]).await.expect("trusted");
        assert_eq!(second_version.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let mut kept = shake(server.address, &first, &[]).await.expect("trusted");

        let second = certify(dir.path());
        tls.reload().expect("read anew");
        assert!(shake(server.address, &first, &[]).await.is_err(), "the old certificate is shown no more");
        let mut new = shake(server.address, &second, &[]).await.expect("the new one is");
        std::fs::write(dir.path().join("key.pem"), "no key").expect("written");
        assert_eq!(code(&tls.reload().expect_err("no key")), "tls_key_unusable");
        shake(server.address, &second, &[]).await.expect("what was read before stays");
        for stream in [&mut kept, &mut new] {
            stream.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("sent");
            assert!(rest(stream).await.ends_with("HTTP/1.1 done"));
        }
        // who speaks no TLS gets no answer in plain text
        let mut plain = connect(server.address).await;
        plain.write_all(WHOLE).await.expect("sent");
        assert!(!rest(plain).await.contains("HTTP/1.1"));
    }

    fn code(error: &crate::TlsError) -> String {
        stdx::ToProblem::problem(error).code
    }

    #[test]
    fn files_that_are_no_certificate_with_its_key_are_told_apart() {
        let dir = tempfile::tempdir().expect("a directory");
        let refused = || tls(dir.path()).err().map(|error| code(&error));
        assert_eq!(refused().as_deref(), Some("tls_certificate_unusable"), "there is none");
        certify(dir.path());
        assert_eq!(refused(), None);
        let other = KeyPair::generate().expect("a key");
        std::fs::write(dir.path().join("key.pem"), other.serialize_pem()).expect("written");
        assert_eq!(refused().as_deref(), Some("tls_key_mismatch"));
        std::fs::write(dir.path().join("key.pem"), "").expect("written");
        assert_eq!(refused().as_deref(), Some("tls_key_unusable"));
        std::fs::write(dir.path().join("cert.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
            .expect("written");
        assert_eq!(refused().as_deref(), Some("tls_certificate_unusable"));
    }
}
