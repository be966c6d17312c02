//! Events as rows: what goes into a column, and how it comes out again.

use crate::failure::Failure;
use bytes::BytesMut;
use calendar::Instant;
use metering::{Event, Properties, Value};
use money::Dec;
use postgres::{
    Row,
    types::{FromSql, IsNull, ToSql, Type, to_sql_checked},
};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, collections::BTreeMap, error::Error, fmt::Write as _};
use stdx::Problem;
use usage::{Seq, StoredEvent, Version, What};

/// Microseconds from 1970-01-01, where instants begin, to 2000-01-01, where PostgreSQL's begin.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

/// An instant as a `timestamptz`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At(pub(crate) Instant);

impl At {
    /// The value as PostgreSQL's binary formats have it.
    pub(crate) fn binary(self) -> i64 {
        self.0.micros() - POSTGRES_EPOCH
    }
}

impl ToSql for At {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        // a `timestamptz` travels as an eight-byte integer
        self.binary().to_sql(ty, out)
    }
    fn accepts(ty: &Type) -> bool {
        *ty == Type::TIMESTAMPTZ
    }
    to_sql_checked!();
}

impl FromSql<'_> for At {
    fn from_sql(ty: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let micros = i64::from_sql(ty, raw)?.checked_add(POSTGRES_EPOCH).ok_or("an infinite time")?;
        Ok(Self(Instant::from_micros(micros)?))
    }
    fn accepts(ty: &Type) -> bool {
        *ty == Type::TIMESTAMPTZ
    }
}

/// Whether PostgreSQL can hold a text: it can hold all but those with a zero character, which no accepted event has.
pub(crate) fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

/// A position as a `bigint`; [`Seq::NOW`] is beyond all.
pub(crate) fn position(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

/// A position out of a `bigint`.
pub(crate) fn seq(position: i64) -> Result<Seq, Failure> {
    u64::try_from(position).map(Seq).map_err(|_| Failure::Damaged(format!("there is a position {position}")))
}

/// The number of a kind of version in the column `what`.
pub(crate) fn number_of(what: What) -> i16 {
    match what {
        What::Accepted => 0,
        What::Amended => 1,
        What::Retracted => 2,
    }
}

fn what_of(number: i16) -> Result<What, Failure> {
    match number {
        0 => Ok(What::Accepted),
        1 => Ok(What::Amended),
        2 => Ok(What::Retracted),
        _ => Err(Failure::Damaged(format!("there is a kind of version {number}"))),
    }
}

/// Properties as JSON. Equal properties have equal texts: names are sorted, and numbers are without trailing zeros.
pub(crate) fn properties_text(properties: &Properties) -> String {
    let mut text = String::with_capacity(2 + properties.len() * 24);
    text.push('{');
    for (name, value) in properties {
        if text.len() > 1 {
            text.push(',');
        }
        quote(&mut text, name);
        text.push(':');
        match value {
            Value::Null => text.push_str("null"),
            Value::Bool(true) => text.push_str("true"),
            Value::Bool(false) => text.push_str("false"),
            Value::Num(number) => {
                // writing to a string cannot fail
                let _ = write!(text, "{number}");
            }
            Value::Text(value) => quote(&mut text, value),
        }
    }
    text.push('}');
    text
}

/// A text between quotation marks.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// What [`properties_text`] wrote. (Reading an event that somebody sent is another matter: `metering` does it, with limits.)
pub(crate) fn properties(text: &str) -> Result<Properties, Failure> {
    let damaged = |why: &dyn std::fmt::Display| Failure::Damaged(format!("the properties {text}: {why}"));
    let entries: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(text).map_err(|error| damaged(&error))?;
    let value = |raw: &RawValue| match raw.get() {
        "null" => Ok(Value::Null),
        "true" => Ok(Value::Bool(true)),
        "false" => Ok(Value::Bool(false)),
        text if text.starts_with('"') => serde_json::from_str(text).map(Value::Text).map_err(|error| damaged(&error)),
        number => number.parse::<Dec>().map(Value::Num).map_err(|error| damaged(&error)),
    };
    entries.into_iter().map(|(name, raw)| Ok((name.into_owned(), value(raw)?))).collect()
}

/// The columns that make an event, in the order in which [`stored`] and [`version`] take them.
pub(crate) const COLUMNS: &str = "seq, received_at, at, source, id, name, subject, properties, what";

/// The event of a row of [`COLUMNS`].
fn event(row: &Row) -> Result<Event, Failure> {
    Ok(Event {
        at: row.try_get::<_, At>(2)?.0,
        source: row.try_get(3)?,
        id: row.try_get(4)?,
        name: row.try_get(5)?,
        subject: row.try_get(6)?,
        properties: properties(row.try_get(7)?)?,
    })
}

/// A row of [`COLUMNS`] that is a visible event.
pub(crate) fn stored(row: &Row) -> Result<StoredEvent, Failure> {
    Ok(StoredEvent { seq: seq(row.try_get(0)?)?, received_at: row.try_get::<_, At>(1)?.0, event: event(row)? })
}

/// A row of [`COLUMNS`] as what happened to an event.
pub(crate) fn version(row: &Row) -> Result<Version, Failure> {
    let what = what_of(row.try_get(8)?)?;
    Ok(Version {
        seq: seq(row.try_get(0)?)?,
        recorded_at: row.try_get::<_, At>(1)?.0,
        what,
        source: row.try_get(3)?,
        id: row.try_get(4)?,
        event: match what {
            What::Accepted | What::Amended => Some(event(row)?),
            What::Retracted => None,
        },
    })
}

/// An event as the quarantine keeps it: not valid, so that nothing is known of its texts.
#[derive(Deserialize)]
struct Kept<'a> {
    source: String,
    id: String,
    name: String,
    subject: String,
    at: Instant,
    #[serde(borrow)]
    properties: &'a RawValue,
}

/// What was sent and is not valid, as JSON. Equal things have equal texts.
pub(crate) fn sent_text(sent: &usage::Sent) -> String {
    let mut text = String::new();
    match sent {
        usage::Sent::Text(sent) => quote(&mut text, sent),
        usage::Sent::Event(Event { source, id, name, subject, at, properties }) => {
            for (field, value) in [("{\"source", source), ("id", id), ("name", name), ("subject", subject)] {
                text.push_str(if text.is_empty() { "" } else { "\"" });
                text.push_str(field);
                text.push_str("\":");
                quote(&mut text, value);
                text.push(',');
            }
            let _ = write!(text, "\"at\":\"{at}\",\"properties\":{}}}", properties_text(properties));
        }
    }
    text
}

/// What [`sent_text`] wrote.
pub(crate) fn sent(text: &str) -> Result<usage::Sent, Failure> {
    let damaged = |error: serde_json::Error| Failure::Damaged(format!("the quarantined {text}: {error}"));
    if text.starts_with('"') {
        return serde_json::from_str(text).map(usage::Sent::Text).map_err(damaged);
    }
    let Kept { source, id, name, subject, at, properties: raw } = serde_json::from_str(text).map_err(damaged)?;
    Ok(usage::Sent::Event(Event { source, id, name, subject, at, properties: properties(raw.get())? }))
}

/// A problem as JSON.
pub(crate) fn problem_text(problem: &Problem) -> String {
    serde_json::to_string(problem).expect("a problem is texts")
}

/// What [`problem_text`] wrote.
pub(crate) fn problem(text: &str) -> Result<Problem, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::Damaged(format!("the problem {text}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use usage::Sent;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (any::<i64>(), 0_u8..=38)
                .prop_map(|(mantissa, scale)| Value::Num(Dec::new(mantissa.into(), scale).unwrap())),
            any::<String>().prop_map(Value::Text),
        ]
    }

    fn all_properties() -> impl Strategy<Value = Properties> {
        prop::collection::btree_map(any::<String>(), values(), 0..5)
    }

    proptest! {
        #[test]
        fn properties_come_back_and_their_text_can_always_be_stored(written in all_properties()) {
            let text = properties_text(&written);
            prop_assert!(is_storable(&text));
            prop_assert_eq!(properties(&text).unwrap(), written);
        }

        #[test]
        fn what_is_quarantined_comes_back(
            texts in prop::array::uniform4(any::<String>()), properties in all_properties(), micros in any::<i64>(), text in any::<String>(),
        ) {
            let [source, id, name, subject] = texts;
            let at = Instant::from_micros(micros % 50_000_000_000_000_000).unwrap();
            for written in [Sent::Text(text), Sent::Event(Event { source, id, name, subject, at, properties })] {
                let text = sent_text(&written);
                prop_assert!(is_storable(&text));
                prop_assert_eq!(sent(&text).unwrap(), written);
            }
        }
    }

    #[test]
    fn a_text_that_was_not_written_so_is_said_to_be_damaged() {
        for text in ["", "{", "[]", r#"{"a":[1]}"#, r#"{"a":1e}"#] {
            assert!(matches!(properties(text), Err(Failure::Damaged(_))), "{text}");
        }
    }
}
