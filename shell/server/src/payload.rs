//! Bodies of requests, read into their types.

use crate::Refusal;
use axum::body::Bytes;
use axum::http::StatusCode;
use catalog::{Catalog, PricingFile};
use engine::JsonForm;
use metering::Event;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use stdx::{Problem, ToProblem};

const JSON: &str = "application/json";
const MIB: usize = 1 << 20;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A body that a route takes.
pub(crate) trait Payload: Sized {
    /// The most bytes that are read.
    const MOST_BYTES: usize;
    /// The content types that are understood, the usual one first; none where no body is taken.
    const MEDIA: &'static [&'static str];
    /// Reads the body.
    fn read(media: &str, bytes: &Bytes) -> Result<Self, Refusal>;
    /// What each of the documented content types looks like.
    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)>;
    /// A body that works, where the schema alone does not suggest one: as text, or as the JSON that it is.
    fn example(_media: &str) -> Option<Value> {
        None
    }
}

/// No body at all.
#[derive(Debug)]
pub(crate) struct Empty;

/// One JSON document.
#[derive(Debug)]
pub(crate) struct Json<T>(pub(crate) T);

/// A batch of events, which the usage store reads: one, a list, or one on each line.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) body: Bytes,
    pub(crate) form: JsonForm,
}

/// A pricing file.
#[derive(Debug)]
pub(crate) struct Pricing(pub(crate) Catalog);

impl Payload for Empty {
    const MOST_BYTES: usize = MIB;
    const MEDIA: &'static [&'static str] = &[];

    fn read(_: &str, bytes: &Bytes) -> Result<Self, Refusal> {
        if bytes.is_empty() {
            return Ok(Self);
        }
        let problem = Problem::new("unexpected_body", "Nothing is expected in the body")
            .detail(format!("the body has {} bytes", bytes.len()))
            .mend("send the request without a body");
        Err(Refusal::one(StatusCode::BAD_REQUEST, problem))
    }

    fn schemas(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        Vec::new()
    }
}

impl<T: DeserializeOwned + JsonSchema> Payload for Json<T> {
    const MOST_BYTES: usize = MIB;
    const MEDIA: &'static [&'static str] = &[JSON];

    fn read(_: &str, bytes: &Bytes) -> Result<Self, Refusal> {
        let text = text(bytes)?;
        without_nul(&serde_json::from_str(text).map_err(|error| not_json(&error))?)?;
        // JSON is YAML, and the YAML reader says everything that is wrong, where, and what was probably meant
        let document = yaml::Document::parse(text, "body");
        let read = document.and_then(|document| document.read());
        read.map(Self).map_err(|mistakes| Refusal::mistakes(&mistakes, |mistake| mistake.problem.clone()))
    }

    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![(JSON, generator.subschema_for::<T>())]
    }
}

impl Payload for Batch {
    const MOST_BYTES: usize = 16 * MIB;
    const MEDIA: &'static [&'static str] = &[
        JSON,
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
    ];

    fn read(media: &str, bytes: &Bytes) -> Result<Self, Refusal> {
        let first = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start().first();
        let form = match first {
            None => return Err(empty()),
            Some(_) if media.ends_with("ndjson") || media.ends_with("jsonl") => JsonForm::Lines,
            Some(b'[') => JsonForm::Array,
            Some(_) => JsonForm::One,
        };
        Ok(Self { body: bytes.clone(), form })
    }

    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        let event = generator.subschema_for::<Event>();
        let lines = json_schema!({ "type": "string", "description": "One event, as JSON, on each line." });
        vec![
            (JSON, json_schema!({ "anyOf": [event, { "type": "array", "items": event }] })),
            ("application/x-ndjson", lines),
            ("application/cloudevents+json", event),
        ]
    }

    fn example(media: &str) -> Option<Value> {
        let event = json!({
            "source": "gateway-1", "id": "req-7f3a", "type": "llm.completion", "subject": "acme", "time": "2026-04-09T10:15:00Z",
            "data": { "prompt_tokens": 2100, "completion_tokens": 1400 }
        });
        Some(if media == "application/x-ndjson" { event.to_string().into() } else { event })
    }
}

impl Payload for Pricing {
    const MOST_BYTES: usize = 16 * MIB;
    const MEDIA: &'static [&'static str] =
        &["application/yaml", JSON, "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain"];

    fn read(_: &str, bytes: &Bytes) -> Result<Self, Refusal> {
        let read = PricingFile::from_bytes(bytes, "pricing");
        let catalog = read.map_err(|mistakes| Refusal::mistakes(&mistakes, ToProblem::problem))?;
        without_nul(&serde_json::to_value(&catalog).map_err(|_| Refusal::defect())?)?;
        Ok(Self(catalog))
    }

    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        let catalog = generator.subschema_for::<Catalog>();
        vec![("application/yaml", catalog.clone()), (JSON, catalog)]
    }

    fn example(media: &str) -> Option<Value> {
        let fee =
            "plans:\n  basic:\n    currency: EUR\n    every: month\n    prices:\n      fee: { flat: \"30.00\" }\n";
        let same = json!({ "plans": { "basic": { "currency": "EUR", "every": "month", "prices": { "fee": { "flat": "30.00" } } } } });
        Some(if media == JSON { same } else { fee.into() })
    }
}

/// The character NUL, which a database cannot keep in a text.
pub(crate) const NUL: char = '\0';

/// Refuses a text with NUL in it, at a place.
pub(crate) fn nul_in_text(place: &str) -> Refusal {
    let problem = Problem::new("nul_in_text", "A text has the character NUL in it")
        .detail("U+0000 stands in a text, and cannot be kept in one")
        .at(place)
        .mend("send the text without it");
    Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem)
}

/// Refuses a value that has NUL in a text or in the name of a field.
fn without_nul(value: &Value) -> Result<(), Refusal> {
    fn place_of_nul(value: &Value) -> Option<String> {
        let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
        match value {
            Value::String(text) => text.contains(NUL).then(String::new),
            Value::Array(items) => {
                let mut items = items.iter().enumerate();
                items.find_map(|(at, item)| place_of_nul(item).map(|rest| format!("/{at}{rest}")))
            }
            Value::Object(fields) => fields.iter().find_map(|(name, value)| {
                let own = name.contains(NUL).then(String::new);
                own.or_else(|| place_of_nul(value)).map(|rest| format!("/{}{rest}", escaped(name)))
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }
    place_of_nul(value).map_or(Ok(()), |place| Err(nul_in_text(&place)))
}

/// The body as text, without a byte order mark.
fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let problem = Problem::new("not_utf8", "This is not UTF-8")
            .detail(format!("byte {} of the body belongs to no character of UTF-8", error.valid_up_to() + 1))
            .mend("send the text as UTF-8");
        Refusal::one(StatusCode::BAD_REQUEST, problem)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(empty());
    }
    Ok(text)
}

fn empty() -> Refusal {
    let problem = Problem::new("empty_body", "The body is empty")
        .detail("there is nothing in the body")
        .mend("send what the route asks for: see /docs");
    Refusal::one(StatusCode::BAD_REQUEST, problem)
}

fn not_json(error: &serde_json::Error) -> Refusal {
    let problem = Problem::new("not_json", "This is not JSON")
        .detail(error.to_string())
        .mend("close every bracket and quote; no comma after the last element");
    Refusal::one(StatusCode::BAD_REQUEST, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(media: &str, text: &str) -> JsonForm {
        Batch::read(media, &Bytes::copy_from_slice(text.as_bytes())).expect("readable").form
    }

    #[test]
    fn the_form_of_a_batch_is_seen_at_its_beginning() {
        assert_eq!(form(JSON, " \r\n{}"), JsonForm::One);
        assert_eq!(form("application/cloudevents+json", "{}"), JsonForm::One);
        assert_eq!(form("application/cloudevents-batch+json", "\u{feff} [{}]"), JsonForm::Array);
        assert_eq!(form("application/x-ndjson", "{}\n{}"), JsonForm::Lines);
    }

    #[test]
    fn what_cannot_be_read_at_all_is_refused() {
        let code = |bytes: &'static [u8]| {
            let read = Json::<String>::read(JSON, &Bytes::from_static(bytes));
            read.expect_err("refused").problems.first().code.clone()
        };
        assert_eq!(code(b"\xff"), "not_utf8");
        assert_eq!(code(b" \n"), "empty_body");
        assert_eq!(code(b"[{}"), "not_json");
        assert_eq!(code(br#""a\u0000b""#), "nul_in_text");
        let nested = serde_json::json!({ "a": ["x", { "b/c": "\0" }] });
        assert_eq!(without_nul(&nested).expect_err("NUL").problems.first().pointer.as_deref(), Some("/a/1/b~1c"));
        assert!(Batch::read(JSON, &Bytes::from_static(b" \n")).is_err());
        assert!(Empty::read(JSON, &Bytes::from_static(b"{}")).is_err());
    }
}
