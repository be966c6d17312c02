//! A file as an answer: read piece by piece while it is sent, whole or a part of it.

use crate::Refusal;
use crate::answer::Answer;
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::ExportFile;
use futures_util::stream;
use schemars::{Schema, SchemaGenerator, json_schema};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use stdx::Problem;

const PIECE: u64 = 1 << 17;

/// A part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    from: u64,
    length: u64,
}

/// A file that is sent.
pub(crate) struct Sent {
    file: File,
    export: ExportFile,
    part: Option<Part>,
}

impl Sent {
    /// A file, or the part of it that the header `Range` asks for.
    pub(crate) fn open(export: ExportFile, range: Option<&str>) -> Result<Self, Refusal> {
        let part = match range {
            Some(range) => part_of(range, export.written.bytes)?,
            None => None,
        };
        let mut file = File::open(&export.path).map_err(|why| unreadable(&why))?;
        if let Some(Part { from, .. }) = part {
            file.seek(SeekFrom::Start(from)).map_err(|why| unreadable(&why))?;
        }
        Ok(Self { file, export, part })
    }
}

fn unreadable(why: &io::Error) -> Refusal {
    tracing::error!(%why, "the file of an export cannot be read");
    Refusal::defect()
}

/// Which bytes are meant (RFC 9110, section 14). What is no single range of bytes is not understood and so passed over.
fn part_of(range: &str, all: u64) -> Result<Option<Part>, Refusal> {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Ok(None);
    };
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (from, to) = match (first, last) {
        ("", last) => match number(last) {
            Some(length) => (all.saturating_sub(length), all),
            None => return Ok(None),
        },
        (first, "") => match number(first) {
            Some(from) => (from, all),
            None => return Ok(None),
        },
        (first, last) => match (number(first), number(last)) {
            (Some(from), Some(last)) if from <= last => (from, last.saturating_add(1).min(all)),
            _ => return Ok(None),
        },
    };
    if let Some(length) = to.checked_sub(from).filter(|length| *length > 0) {
        return Ok(Some(Part { from, length }));
    }
    let problem = Problem::new("unsatisfiable_range", "The file has no such part")
        .detail(format!("`{range}` of {all} bytes"))
        .at("Range")
        .mend("ask for bytes that the file has");
    Err(Refusal::one(StatusCode::RANGE_NOT_SATISFIABLE, problem))
}

/// Reads the rest of a file piece by piece, where waiting for the disk holds up nobody else.
fn pieces(file: File, length: u64) -> Body {
    let next = |(mut file, left): (File, u64)| async move {
        if left == 0 {
            return Ok::<_, io::Error>(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let mut piece = vec![0; usize::try_from(left.min(PIECE)).unwrap_or(0)];
            file.read_exact(&mut piece)?;
            Ok::<_, io::Error>((piece, file))
        });
        let (piece, file) = read.await.map_err(io::Error::other)??;
        let left = left - piece.len() as u64;
        Ok(Some((Bytes::from(piece), (file, left))))
    };
    Body::from_stream(stream::try_unfold((file, length), next))
}

impl Answer for Sent {
    const STATUS: StatusCode = StatusCode::OK;
    fn schemas(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        let bytes = || json_schema!({ "type": "string", "format": "binary" });
        ["application/x-ndjson", "text/csv", "application/vnd.apache.parquet"]
            .into_iter()
            .map(|media| (media, bytes()))
            .collect()
    }
    fn into_response(self) -> Response {
        let Self { file, export, part } = self;
        let all = export.written.bytes;
        let length = part.map_or(all, |part| part.length);
        let status = if part.is_some() { StatusCode::PARTIAL_CONTENT } else { Self::STATUS };
        let mut response = (status, pieces(file, length)).into_response();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set(header::CONTENT_TYPE, export.media);
        set(header::CONTENT_LENGTH, &length.to_string());
        set(header::CONTENT_DISPOSITION, &format!("attachment; filename=\"{}\"", export.name));
        set(header::ACCEPT_RANGES, "bytes");
        set(header::ETAG, &format!("\"{}\"", export.written.sha256));
        if let Some(Part { from, length }) = part {
            set(header::CONTENT_RANGE, &format!("bytes {from}-{}/{all}", from + length - 1));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_what_the_header_says() {
        let part = |range: &str| part_of(range, 100).map(|part| part.map(|part| (part.from, part.length)));
        assert_eq!(part("bytes=0-9"), Ok(Some((0, 10))));
        assert_eq!(part("bytes=90-"), Ok(Some((90, 10))));
        assert_eq!(part("bytes=-10"), Ok(Some((90, 10))));
        assert_eq!(part("bytes=-200"), Ok(Some((0, 100))));
        assert_eq!(part("bytes=50-500"), Ok(Some((50, 50))));
        for passed_over in ["bytes=0-9,20-29", "bytes=9-0", "lines=0-9", "bytes=a-b", "bytes=+1-2", "bytes"] {
            assert_eq!(part(passed_over), Ok(None), "{passed_over}");
        }
        for beyond in ["bytes=100-", "bytes=100-200", "bytes=-0"] {
            assert_eq!(part(beyond).expect_err(beyond).status, StatusCode::RANGE_NOT_SATISFIABLE);
        }
    }
}
