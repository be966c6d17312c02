//! Bodies on their way in: how many bytes may be there at once, how long a sender may take, and how a body is packed.
//!
//! Memory stays bounded whatever is sent: a body is only read when there is room for it, and a packed one is never unpacked beyond
//! what the route takes. Who finds no room is told to come again.

use crate::Refusal;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use stdx::Problem;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Room is counted in pieces of so many bytes.
const PIECE: usize = 1024;
/// A frame of zstd may refer back by 2^23 bytes, as RFC 9659 says for HTTP; more would be memory at the sender's choice.
const ZSTD_WINDOW_LOG: u32 = 23;

/// What may be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of bodies that may be in memory at once.
    pub room: usize,
    /// How long a request waits for room.
    pub patience: Duration,
    /// How long a sender may take for a body.
    pub body: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { room: 256 << 20, patience: Duration::from_secs(2), body: Duration::from_mins(1) }
    }
}

/// The room for bodies.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    room: Arc<Semaphore>,
    limits: Limits,
}

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

/// A body as it came, and the room that it takes until it is dropped.
#[derive(Debug)]
pub(crate) struct Packed {
    bytes: Bytes,
    packing: Packing,
    most: usize,
    /// None where the body is empty.
    _room: Option<OwnedSemaphorePermit>,
}

impl Intake {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { room: Arc::new(Semaphore::new(limits.room / PIECE)), limits }
    }

    /// Reads a body of at most `most` bytes, also when it is unpacked.
    pub(crate) async fn receive(&self, headers: &HeaderMap, body: Body, most: usize) -> Result<Packed, Refusal> {
        let packing = Packing::of(headers);
        let told = body.size_hint().exact().map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        if told.is_some_and(|bytes| bytes > most) {
            return Err(too_large(most));
        }
        // how much a packed body or one of unknown length becomes is not known before it is there
        let is_plain = packing.as_ref().is_ok_and(|packing| *packing == Packing::Plain);
        let needed = told.filter(|bytes| *bytes == 0 || is_plain).unwrap_or(most);
        let room = self.wait_for(needed).await?;
        let read = timeout(self.limits.body, axum::body::to_bytes(body, most)).await;
        let bytes = read.map_err(|_| too_slow(self.limits.body))?.map_err(|error| unreadable(most, &error))?;
        // only now: a connection whose body was not read could not be used again
        Ok(Packed { bytes, packing: packing?, most, _room: room })
    }

    async fn wait_for(&self, bytes: usize) -> Result<Option<OwnedSemaphorePermit>, Refusal> {
        if bytes == 0 {
            return Ok(None);
        }
        let pieces = u32::try_from(bytes.div_ceil(PIECE).min(self.limits.room / PIECE)).unwrap_or(u32::MAX);
        let room = timeout(self.limits.patience, self.room.clone().acquire_many_owned(pieces)).await;
        room.ok().and_then(Result::ok).map(Some).ok_or_else(Refusal::busy)
    }
}

impl Packed {
    /// A body that was kept, and is taken again.
    pub(crate) fn kept(bytes: Bytes) -> Self {
        Self { most: bytes.len(), bytes, packing: Packing::Plain, _room: None }
    }

    /// The body, where it came as it is.
    pub(crate) fn plain(&self) -> Option<&Bytes> {
        (self.packing == Packing::Plain).then_some(&self.bytes)
    }

    /// The bytes as they came.
    pub(crate) fn as_sent(&self) -> &[u8] {
        &self.bytes
    }

    /// The body as it was before it was packed. It takes computing time, so it is not for the threads that answer.
    pub(crate) fn unpack(&self) -> Result<Bytes, Refusal> {
        match self.packing {
            Packing::Plain => Ok(self.bytes.clone()),
            Packing::Gzip => self.read_from(flate2::read::MultiGzDecoder::new(&*self.bytes)),
            Packing::Zstd => {
                let decoder = zstd::stream::read::Decoder::with_buffer(&*self.bytes).and_then(|mut decoder| {
                    decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                    Ok(decoder)
                });
                self.read_from(decoder.map_err(|error| damaged(&error))?)
            }
        }
    }

    fn read_from(&self, unpacked: impl Read) -> Result<Bytes, Refusal> {
        let mut plain = Vec::with_capacity(self.bytes.len().saturating_mul(4).min(self.most));
        unpacked.take(self.most as u64 + 1).read_to_end(&mut plain).map_err(|error| damaged(&error))?;
        if plain.len() > self.most { Err(too_large(self.most)) } else { Ok(plain.into()) }
    }
}

impl Packing {
    fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let mut named = headers.get_all(header::CONTENT_ENCODING).iter();
        let Some(value) = named.next() else { return Ok(Self::Plain) };
        let name = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
        match (name.as_str(), named.next()) {
            ("" | "identity", None) => Ok(Self::Plain),
            ("gzip" | "x-gzip", None) => Ok(Self::Gzip),
            ("zstd", None) => Ok(Self::Zstd),
            _ => {
                let problem = Problem::new("wrong_content_encoding", "This content encoding is not understood")
                    .detail(format!("the body is packed with `{name}`"))
                    .mend("pack it with gzip or with zstd, once, or send it as it is");
                Err(Refusal::one(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem))
            }
        }
    }
}

fn too_large(most: usize) -> Refusal {
    let problem = Problem::new("body_too_large", "The body is too large")
        .detail(format!("more than {most} bytes were sent, counted before they were packed"))
        .mend("send it in several requests: each event and each change stands for itself");
    Refusal::one(StatusCode::PAYLOAD_TOO_LARGE, problem)
}

fn too_slow(limit: Duration) -> Refusal {
    let problem = Problem::new("body_too_slow", "The body did not come in time")
        .detail(format!("the body was not there after {} seconds", limit.as_secs()))
        .mend("send it again, in smaller parts where the line is slow; a batch of events may be repeated, each counts once");
    Refusal::one(StatusCode::REQUEST_TIMEOUT, problem)
}

fn damaged(error: &io::Error) -> Refusal {
    let problem = Problem::new("damaged_encoding", "The body cannot be unpacked")
        .detail(format!("it is not what its content encoding says, or it ends early: {error}"))
        .mend("send it again whole; a batch of events may be repeated, each counts once");
    Refusal::one(StatusCode::BAD_REQUEST, problem)
}

/// The body is too large, or it ended before its end.
fn unreadable(most: usize, error: &axum::Error) -> Refusal {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(one) = cause {
        if one.to_string().contains("length limit exceeded") {
            return too_large(most);
        }
        cause = one.source();
    }
    let problem = Problem::new("unreadable_body", "The body could not be received")
        .detail(error.to_string())
        .mend("send it again; a batch of events may be repeated, each counts once");
    Refusal::one(StatusCode::BAD_REQUEST, problem)
}

#[cfg(test)]
impl From<&'static str> for Packed {
    fn from(plain: &'static str) -> Self {
        Self { bytes: plain.into(), packing: Packing::Plain, most: plain.len(), _room: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    const MOST: usize = 1 << 20;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(plain).expect("packed");
        encoder.finish().expect("packed")
    }

    fn zstd(plain: &[u8]) -> Vec<u8> {
        zstd::encode_all(plain, 1).expect("packed")
    }

    fn headers(encoding: &'static str) -> HeaderMap {
        [(header::CONTENT_ENCODING, axum::http::HeaderValue::from_static(encoding))].into_iter().collect()
    }

    fn received(intake: &Intake, encoding: &'static str, body: Body) -> Result<Packed, Refusal> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        runtime.block_on(intake.receive(&headers(encoding), body, MOST))
    }

    fn unpacked(encoding: &'static str, body: Vec<u8>) -> Result<Bytes, (u16, String)> {
        let packed = received(&Intake::new(Limits::default()), encoding, body.into());
        packed.and_then(|packed| packed.unpack()).map_err(|refusal| told(&refusal))
    }

    fn told(refusal: &Refusal) -> (u16, String) {
        (refusal.status.as_u16(), refusal.problems.first().code.clone())
    }

    #[test]
    fn a_body_is_the_same_however_it_is_packed() {
        let plain = b"[{\"id\":1},{\"id\":2}]".repeat(1000);
        for (encoding, body) in [
            ("identity", plain.clone()),
            ("gzip", gzip(&plain)),
            ("GZIP", [gzip(&plain[..7]), gzip(&plain[7..])].concat()),
            ("x-gzip", gzip(&plain)),
            ("zstd", zstd(&plain)),
            ("zstd", [zstd(&plain[..7]), zstd(&plain[7..])].concat()),
        ] {
            assert_eq!(unpacked(encoding, body).as_deref(), Ok(plain.as_slice()), "{encoding}");
        }
    }

    #[test]
    fn a_small_body_does_not_become_a_large_one() {
        let bomb = vec![0; 256 << 20];
        let too_large = Err((413, "body_too_large".to_owned()));
        assert_eq!(unpacked("gzip", gzip(&bomb)), too_large);
        assert_eq!(unpacked("zstd", zstd(&bomb)), too_large);
        assert_eq!(unpacked("identity", vec![0; MOST + 1]), too_large);
        assert!(unpacked("gzip", gzip(&bomb[..MOST])).is_ok());
    }

    #[test]
    fn a_frame_that_wants_much_memory_is_refused() {
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("an encoder");
        encoder.window_log(27).expect("a window");
        // with its size told the frame would need no more than that
        encoder.include_contentsize(false).expect("an option");
        encoder.write_all(b"[]").expect("packed");
        assert_eq!(unpacked("zstd", encoder.finish().expect("packed")), Err((400, "damaged_encoding".into())));
    }

    #[test]
    fn what_is_cut_off_or_garbled_is_told() {
        let plain = b"0123456789".repeat(500);
        for (encoding, whole) in [("gzip", gzip(&plain)), ("zstd", zstd(&plain))] {
            for end in [1, 5, whole.len() / 2, whole.len() - 1] {
                let cut = unpacked(encoding, whole[..end].to_vec());
                assert_eq!(cut, Err((400, "damaged_encoding".into())), "{encoding} cut at {end}");
            }
            assert_eq!(unpacked(encoding, b"{}".to_vec()), Err((400, "damaged_encoding".into())));
        }
        assert_eq!(unpacked("br", Vec::new()), Err((415, "wrong_content_encoding".into())));
        assert_eq!(unpacked("gzip, gzip", Vec::new()), Err((415, "wrong_content_encoding".into())));
    }

    #[test]
    fn who_finds_no_room_is_told_to_come_again() {
        let limits = Limits { room: MOST, patience: Duration::from_millis(1), ..Limits::default() };
        let intake = Intake::new(limits);
        let first = received(&intake, "zstd", zstd(b"[]").into()).expect("there is room");
        assert!(received(&intake, "identity", Body::empty()).is_ok(), "what has no body needs no room");
        let second = received(&intake, "identity", "[]".into()).expect_err("no room");
        assert_eq!(told(&second), (429, "server_busy".into()));
        drop(first);
        assert!(received(&intake, "identity", "[]".into()).is_ok());
    }

    #[test]
    fn a_sender_who_never_ends_is_not_waited_for() {
        let limits = Limits { body: Duration::from_millis(1), ..Limits::default() };
        let endless = Body::from_stream(futures_util::stream::pending::<Result<Bytes, io::Error>>());
        let refusal = received(&Intake::new(limits), "identity", endless).expect_err("too slow");
        assert_eq!(told(&refusal), (408, "body_too_slow".into()));
    }
}
