//! Batches written in JSON.

use crate::Incoming;
use metering::Event;
use serde_json::value::RawValue;
use stdx::{Problem, ToProblem};

/// Most events of one body: what is not valid costs far more than the two bytes that it may be sent in.
pub const MAX_BATCH: usize = 100_000;

/// How events stand in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonForm {
    /// One event.
    One,
    /// A list of events.
    Array,
    /// One event a line (NDJSON); empty lines say nothing.
    Lines,
}

/// Takes a body apart. An error when it has no elements that could be judged one by one.
pub(crate) fn read_json(body: &[u8], form: JsonForm) -> Result<Vec<Incoming>, Problem> {
    match form {
        JsonForm::One => Ok(vec![element(parse::<&RawValue>(body)?.get())]),
        JsonForm::Array => {
            let elements = parse::<Vec<&RawValue>>(body)?;
            not_too_many(elements.len())?;
            Ok(elements.into_iter().map(|raw| element(raw.get())).collect())
        }
        JsonForm::Lines => {
            not_too_many(lines(body).count())?;
            Ok(lines(body).map(|line| element(&String::from_utf8_lossy(line))).collect())
        }
    }
}

fn not_too_many(events: usize) -> Result<(), Problem> {
    if events <= MAX_BATCH {
        return Ok(());
    }
    let problem = Problem::new("too_many_events", "There are too many events in one body")
        .detail(format!("the body has {events} events, and at most {MAX_BATCH} are taken at once"))
        .mend("send them in several bodies; nothing of this one was taken");
    Err(problem)
}

/// The lines that say something.
pub(crate) fn lines(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    body.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

/// One event, or what cannot be read as one.
pub(crate) fn element(text: &str) -> Incoming {
    match Event::from_json(text) {
        Ok(event) => Incoming::Event(event),
        Err(error) => Incoming::Unreadable { text: text.into(), problem: error.problem() },
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(body).map_err(|error| malformed(&error.to_string()))?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| malformed(&error.to_string()))
}

/// The problem of a body that is not what its form says.
pub(crate) fn malformed(why: &str) -> Problem {
    Problem::new("body_malformed", "The body cannot be read")
        .detail(format!("the body is not what it should be: {why}"))
        .mend("send one event as a JSON object, several as a JSON list, or one a line; nothing of this body was taken")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str =
        r#"{"source":"s","id":"1","type":"call","subject":"c","time":"2026-04-16T00:00:00Z","data":{"n":0.10}}"#;

    fn kinds(body: &[u8], form: JsonForm) -> Result<Vec<String>, String> {
        let kind = |incoming| match incoming {
            Incoming::Event(event) => event.id,
            Incoming::Unreadable { text, .. } => text,
        };
        Ok(read_json(body, form).map_err(|problem| problem.code)?.into_iter().map(kind).collect())
    }

    #[test]
    fn a_body_is_taken_apart_by_its_form() {
        let texts = |texts: &[&str]| Ok(texts.iter().copied().map(str::to_owned).collect());
        assert_eq!(kinds(EVENT.as_bytes(), JsonForm::One), texts(&["1"]));
        assert_eq!(kinds(format!("[{EVENT}, 7]").as_bytes(), JsonForm::Array), texts(&["1", "7"]));
        let lines = format!("\u{feff}{EVENT}\r\n\n  {{\n{EVENT}");
        assert_eq!(kinds(lines.as_bytes(), JsonForm::Lines), texts(&["1", "{", "1"]));
        assert_eq!(kinds(b"\xff\n", JsonForm::Lines), texts(&["\u{fffd}"]));
    }

    #[test]
    fn a_body_has_a_bounded_number_of_events() {
        for (form, one, between) in [(JsonForm::Array, "1", ","), (JsonForm::Lines, "1", "\n")] {
            let body = |events: usize| {
                let events = vec![one; events].join(between);
                if form == JsonForm::Array { format!("[{events}]") } else { events }
            };
            assert_eq!(read_json(body(MAX_BATCH).as_bytes(), form).map(|batch| batch.len()), Ok(MAX_BATCH));
            let refused = read_json(body(MAX_BATCH + 1).as_bytes(), form).unwrap_err();
            assert_eq!(refused.code, "too_many_events");
        }
    }

    #[test]
    fn a_body_without_elements_is_refused_as_a_whole() {
        for (body, form) in [
            (&b"{"[..], JsonForm::One),
            (b"", JsonForm::One),
            (b"{}{}", JsonForm::One),
            (b"{}", JsonForm::Array),
            (b"[{},", JsonForm::Array),
            (b"[\xff]", JsonForm::Array),
        ] {
            assert_eq!(kinds(body, form), Err("body_malformed".into()), "{body:?}");
        }
    }
}
