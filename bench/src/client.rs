//! Requests of any kind over one kept connection, and load made of them.

use crate::http::{content_length, find, status};
use crate::stop;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A server that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_mins(5);

/// A kept connection.
pub(crate) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

/// One request as it goes over the line.
pub(crate) fn request(token: &str, verb: &str, path: &str, media: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{verb} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

impl Client {
    pub(crate) fn open(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
        let set = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(PATIENCE)));
        set.map_err(|error| format!("{address}: {error}"))?;
        Ok(Self { stream, read: Vec::with_capacity(64 << 10) })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Any answer but one of success, with what it says.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<&[u8], String> {
        self.stream.write_all(request).map_err(|error| format!("the server does not take the request: {error}"))?;
        self.read.clear();
        let head = loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end + 4;
            }
            self.more()?;
        };
        let whole = head + content_length(&self.read[..head])?;
        while self.read.len() < whole {
            self.more()?;
        }
        if status(&self.read[..head]).starts_with(b"2") {
            Ok(&self.read[head..whole])
        } else {
            Err(format!("the server answered:\n{}", String::from_utf8_lossy(&self.read[..whole.min(head + 600)])))
        }
    }

    fn more(&mut self) -> Result<(), String> {
        let mut part = [0; 16 << 10];
        match self.stream.read(&mut part) {
            Ok(0) => Err("the server closed the connection".to_owned()),
            Ok(bytes) => {
                self.read.extend_from_slice(&part[..bytes]);
                Ok(())
            }
            Err(error) => Err(format!("no answer: {error}")),
        }
    }
}

/// How fast is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Pace {
    /// Each connection as soon as it is answered.
    Full,
    /// So many requests a second, whether the server keeps up or not.
    Of(f64),
}

/// What came of some load.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    /// How many requests succeeded; the first that does not ends the load with an error.
    pub(crate) requests: u64,
    /// From the first request to the last answer.
    pub(crate) time: Duration,
    /// Of each, in microseconds: at a pace from when it was to be sent, so that waiting for the one before counts.
    pub(crate) latencies: Vec<u32>,
}

impl Answered {
    /// Requests a second.
    pub(crate) fn rate(&self) -> f64 {
        crate::numbers::real(self.requests) / self.time.as_secs_f64()
    }
}

/// Asks over `connections` for a time; `make` makes the request of a number, and each number is used once.
///
/// # Errors
/// The first answer that is no success.
pub(crate) fn load(
    address: SocketAddr,
    connections: u64,
    pace: Pace,
    time: Duration,
    numbers: &AtomicU64,
    make: &(dyn Fn(u64) -> Vec<u8> + Sync),
) -> Result<Answered, String> {
    let clients = (0..connections).map(|_| Client::open(address)).collect::<Result<Vec<_>, _>>()?;
    let start = Barrier::new(clients.len());
    // turns of this load, by which a pace is kept
    let turns = AtomicU64::new(0);
    let began = Instant::now();
    let parts: Vec<_> = thread::scope(|scope| {
        let senders: Vec<_> = clients
            .into_iter()
            .map(|client| scope.spawn(|| send(client, pace, time, (&start, &turns, numbers), make)))
            .collect();
        senders.into_iter().map(|sender| sender.join().map_err(|_| "a sender failed".to_owned())).collect()
    });
    let mut all = Answered { time: began.elapsed(), ..Answered::default() };
    for part in parts {
        let latencies = part??;
        all.requests += latencies.len() as u64;
        all.latencies.extend(latencies);
    }
    Ok(all)
}

fn send(
    mut client: Client,
    pace: Pace,
    time: Duration,
    (start, turns, numbers): (&Barrier, &AtomicU64, &AtomicU64),
    make: &(dyn Fn(u64) -> Vec<u8> + Sync),
) -> Result<Vec<u32>, String> {
    let mut latencies = Vec::new();
    start.wait();
    let began = Instant::now();
    loop {
        stop::check()?;
        let due = match pace {
            Pace::Full => began.elapsed(),
            Pace::Of(rate) => {
                let turn = turns.fetch_add(1, Ordering::Relaxed);
                Duration::from_secs_f64(crate::numbers::real(turn) / rate)
            }
        };
        if due >= time {
            return Ok(latencies);
        }
        thread::sleep(due.saturating_sub(began.elapsed()));
        let request = make(numbers.fetch_add(1, Ordering::Relaxed));
        client.ask(&request)?;
        let took = began.elapsed().saturating_sub(due);
        latencies.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufRead;
    use std::net::TcpListener;

    /// Answers each request line by what it says.
    fn server(answer: fn(&str) -> String) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                thread::spawn(move || {
                    let mut lines = std::io::BufReader::new(stream.try_clone().expect("a stream")).lines();
                    let mut stream = stream;
                    while let Some(Ok(line)) = lines.next() {
                        let _head = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).count();
                        stream.write_all(answer(&line).as_bytes()).expect("sent");
                    }
                });
            }
        });
        address
    }

    #[test]
    fn a_pace_is_kept_and_each_number_is_used_once() {
        let address = server(|_| "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_owned());
        let numbers = AtomicU64::new(7);
        let make = |number: u64| request("t", "GET", &format!("/{number}"), "a/b", "");
        let load = load(address, 4, Pace::Of(200.0), Duration::from_millis(500), &numbers, &make).expect("answered");
        assert_eq!((load.requests, load.latencies.len()), (100, 100));
        assert_eq!(numbers.into_inner(), 107);
    }

    #[test]
    fn an_answer_that_is_no_success_ends_the_load_with_its_text() {
        let address = server(|line| match line {
            "GET /3 HTTP/1.1" => "HTTP/1.1 409 Conflict\r\ncontent-length: 5\r\n\r\ntaken".to_owned(),
            _ => "HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n".to_owned(),
        });
        let numbers = AtomicU64::new(0);
        let make = |number: u64| request("t", "GET", &format!("/{number}"), "a/b", "");
        let failed = load(address, 1, Pace::Full, Duration::from_secs(9), &numbers, &make).expect_err("no success");
        assert!(failed.contains("409") && failed.ends_with("taken"), "{failed}");
    }
}
