//! Load on a server: threads that each keep one connection and send as soon as they are answered.

use crate::events::Mold;
use crate::http::{Answer, Connection};
use crate::process::{Children, cpu_millis};
use crate::stop;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Numbers of events: each is given once.
#[derive(Debug, Default)]
pub(crate) struct Numbers(AtomicU64);

impl Numbers {
    /// So many that nobody else gets; the first of them.
    pub(crate) fn take(&self, count: u64) -> u64 {
        self.0.fetch_add(count, Ordering::Relaxed)
    }
}

/// What a connection sends.
pub(crate) enum Source {
    /// One request that is stamped anew each time.
    Stamped(Box<Mold>),
    /// Requests that are ready, with so many events each.
    Ready {
        /// One after the other.
        requests: Vec<Vec<u8>>,
        /// In each of them.
        events: u64,
    },
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// Accepted by the server.
    pub(crate) events: u64,
    /// From the first request to the last answer.
    pub(crate) time: Duration,
    /// Of each request, in microseconds.
    pub(crate) latencies: Vec<u32>,
    /// How often the server was busy and got the request again.
    pub(crate) busy: u64,
    /// Computing time of the server until it rests again, in milliseconds.
    pub(crate) server_millis: u64,
    /// Computing time of the load generator, in milliseconds.
    pub(crate) own_millis: u64,
}

impl Load {
    /// Events a second.
    pub(crate) fn rate(&self) -> f64 {
        crate::numbers::real(self.events) / self.time.as_secs_f64()
    }
}

/// How long a sender waits when the other side is busy.
pub(crate) const PAUSE: Duration = Duration::from_millis(100);

/// Sends from each source over a connection of its own, until the time is over or nothing is left.
///
/// # Errors
/// The first answer that does not accept each event of its request: then one was lost or is there twice.
pub(crate) fn drive(
    (address, pid): (SocketAddr, u32),
    sources: Vec<Source>,
    numbers: &Numbers,
    time: Duration,
) -> Result<Load, String> {
    let start = Barrier::new(sources.len() + 1);
    rest(pid)?;
    let server = || cpu_millis(pid, Children::Counted);
    let own = || cpu_millis(std::process::id(), Children::LeftOut);
    let connections = sources.iter().map(|_| Connection::open(address)).collect::<Result<Vec<_>, _>>()?;
    let (before, began, parts) = thread::scope(|scope| {
        let senders: Vec<_> = connections
            .into_iter()
            .zip(sources)
            .map(|(connection, source)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    send(connection, source, numbers, time)
                })
            })
            .collect();
        let (before, began) = ((server(), own()), Instant::now());
        start.wait();
        let parts: Vec<_> =
            senders.into_iter().map(|sender| sender.join().map_err(|_| "a sender failed".to_owned())).collect();
        (before, began, parts)
    });
    let mut load = Load { time: began.elapsed(), ..Load::default() };
    load.own_millis = own() - before.1;
    for part in parts {
        let sent = part??;
        load.events += sent.events;
        load.busy += sent.busy;
        load.latencies.extend(sent.latencies);
    }
    // what it put off belongs to what it was sent
    rest(pid)?;
    load.server_millis = server() - before.0;
    Ok(load)
}

/// Waits until a server has done what it put off, such as merging: for what is measured next it should make no difference.
pub(crate) fn rest(pid: u32) -> Result<(), String> {
    const LOOK: Duration = Duration::from_millis(300);
    const MOST_LOOKS: u32 = 200;
    for _ in 0..MOST_LOOKS {
        stop::check()?;
        let before = cpu_millis(pid, Children::Counted);
        thread::sleep(LOOK);
        if cpu_millis(pid, Children::Counted) - before < 20 {
            break;
        }
    }
    Ok(())
}

/// What one sender got done.
#[derive(Default)]
struct Sent {
    events: u64,
    latencies: Vec<u32>,
    busy: u64,
}

impl Sent {
    /// Sends a request until it is answered for; while the server is busy the clock goes on.
    fn exchange(&mut self, to: &mut Connection, request: &[u8], count: u64) -> Result<(), String> {
        let began = Instant::now();
        let accepted = loop {
            stop::check()?;
            match to.exchange(request)? {
                Answer::Accepted(accepted) => break accepted,
                Answer::Busy => {
                    self.busy += 1;
                    thread::sleep(PAUSE);
                }
            }
        };
        self.latencies.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
        if accepted != count {
            return Err(format!("{count} new events were sent and {accepted} accepted: events are lost or doubled"));
        }
        self.events += count;
        Ok(())
    }
}

fn send(mut to: Connection, source: Source, numbers: &Numbers, time: Duration) -> Result<Sent, String> {
    let (began, mut sent) = (Instant::now(), Sent::default());
    match source {
        Source::Stamped(mut mold) => {
            let count = mold.count();
            while began.elapsed() < time {
                sent.exchange(&mut to, mold.stamp(numbers.take(count)), count)?;
            }
        }
        Source::Ready { requests, events } => {
            for request in requests {
                if began.elapsed() >= time {
                    break;
                }
                sent.exchange(&mut to, &request, events)?;
            }
        }
    }
    Ok(sent)
}
