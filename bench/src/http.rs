//! As little HTTP as a load generator needs: one connection that is kept, a request that is ready, and of the answer only what
//! is checked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A server that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_mins(1);
const BUFFER: usize = 64 << 10;

/// What a server says to a request that sends events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// So many were accepted.
    Accepted(u64),
    /// None was looked at: the server has too much to do, and wants it again later.
    Busy,
}

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> Result<Self, String> {
        let stream = TcpStream::connect(address).map_err(|error| format!("{address}: {error}"))?;
        let set = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(PATIENCE)));
        set.map_err(|error| format!("{address}: {error}"))?;
        Ok(Self { stream, buffer: vec![0; BUFFER] })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// Any answer but one that says what was accepted, or that the server is busy.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> Result<Answer, String> {
        self.stream.write_all(request).map_err(|error| format!("the server does not take the request: {error}"))?;
        let mut filled = 0;
        let head = loop {
            if let Some(end) = find(&self.buffer[..filled], b"\r\n\r\n") {
                break end + 4;
            }
            filled += self.read(filled)?;
        };
        let length = content_length(&self.buffer[..head])?;
        // the counts stand first in the body; what follows is read and not kept
        let wanted = (head + length).min(BUFFER);
        while filled < wanted {
            filled += self.read(filled)?;
        }
        let answer = match status(&self.buffer[..head]) {
            b"200" => accepted(&self.buffer[head..wanted]).map(Answer::Accepted),
            b"429" => Some(Answer::Busy),
            _ => None,
        };
        let told = answer.ok_or_else(|| {
            let answer = &self.buffer[..wanted.min(head + 600)];
            format!("the server answered:\n{}", String::from_utf8_lossy(answer))
        });
        let mut left = (head + length).saturating_sub(filled);
        while left > 0 {
            left = left.saturating_sub(self.read(0)?);
        }
        told
    }

    fn read(&mut self, from: usize) -> Result<usize, String> {
        match self.stream.read(&mut self.buffer[from..]) {
            Ok(0) => Err("the server closed the connection, or its head is too long".to_owned()),
            Ok(bytes) => Ok(bytes),
            Err(error) => Err(format!("no answer: {error}")),
        }
    }
}

pub(crate) fn status(head: &[u8]) -> &[u8] {
    head.split(|letter| *letter == b' ').nth(1).unwrap_or_default()
}

pub(crate) fn content_length(head: &[u8]) -> Result<usize, String> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.lines().filter_map(|line| line.split_once(':'));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    length
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or_else(|| format!("an answer without its length:\n{text}"))
}

/// The count of accepted events at the beginning of the body.
fn accepted(body: &[u8]) -> Option<u64> {
    const NAME: &[u8] = b"\"accepted\":";
    let start = find(&body[..body.len().min(100)], NAME)? + NAME.len();
    let digits = body[start..].iter().take_while(|letter| letter.is_ascii_digit());
    Some(digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

pub(crate) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// The head of a request that sends events.
pub(crate) fn head(token: &str, content_type: &str, encoding: Option<&str>, length: usize) -> String {
    let encoding = encoding.map(|name| format!("Content-Encoding: {name}\r\n")).unwrap_or_default();
    format!(
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: {content_type}\r\n{encoding}Content-Length: {length}\r\n\r\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// What a connection makes of answers that a server gives in pieces.
    fn exchanged(answers: Vec<Vec<&'static str>>) -> Vec<Result<Answer, String>> {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let turns = answers.len();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            for answer in answers {
                stream.read_exact(&mut [0; 4]).expect("a request");
                for part in answer {
                    stream.write_all(part.as_bytes()).expect("sent");
                    thread::sleep(Duration::from_millis(5));
                }
            }
        });
        let mut connection = Connection::open(address).expect("a connection");
        let results = (0..turns).map(|_| connection.exchange(b"ping")).collect();
        server.join().expect("the server ends");
        results
    }

    #[test]
    fn answers_in_pieces_are_read_to_their_end() {
        let first = vec!["HTTP/1.1 200 OK\r\ncontent-le", "ngth: 23\r\n\r\n{\"accep", "ted\":1000,\"x\":1 }"];
        let second = vec!["HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"accepted\":7}"];
        assert_eq!(exchanged(vec![first, second]), [Ok(Answer::Accepted(1000)), Ok(Answer::Accepted(7))]);
    }

    #[test]
    fn an_answer_that_accepts_nothing_is_an_error_with_its_text() {
        let busy = vec!["HTTP/1.1 429 Too Many Requests\r\ncontent-length: 4\r\n\r\nbusy"];
        let unknown = vec!["HTTP/1.1 401 Unauthorized\r\ncontent-length: 3\r\n\r\nwho"];
        let empty = vec!["HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n{}  "];
        let results = exchanged(vec![busy, unknown, empty]);
        assert_eq!(results[0], Ok(Answer::Busy));
        assert!(results[1].as_ref().is_err_and(|text| text.contains("401") && text.ends_with("who")), "{results:?}");
        assert!(results[2].is_err());
    }
}
