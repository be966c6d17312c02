//! Events from JSON text, with every number as it was written.

use crate::{
    Event, EventError, Properties, Value,
    properties::{MAX_DEPTH, Tree, flatten, pointer},
};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

/// The fields of an event, by what may be written for them; the first is ours.
const FIELDS: [(&str, Option<Field>); 12] = [
    ("source", Some(Field::Source)),
    ("id", Some(Field::Id)),
    ("name", Some(Field::Name)),
    ("type", Some(Field::Name)),
    ("subject", Some(Field::Subject)),
    ("at", Some(Field::At)),
    ("time", Some(Field::At)),
    ("properties", Some(Field::Properties)),
    ("data", Some(Field::Properties)),
    // CloudEvents says these too; they do not change what is measured
    ("specversion", None),
    ("datacontenttype", None),
    ("dataschema", None),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Source,
    Id,
    Name,
    Subject,
    At,
    Properties,
}

impl Event {
    /// Reads an event from JSON. Numbers keep every digit: `1e6`, `0.1` and `9007199254740993` are what they say.
    pub fn from_json(text: &str) -> Result<Self, EventError> {
        let mut found: [Option<&RawValue>; 6] = [None; 6];
        for (name, value) in entries(raw(text)?, "")? {
            let Some((_, field)) = FIELDS.into_iter().find(|(known, _)| *known == name) else {
                let hint = stdx::nearest(&name, FIELDS.map(|(known, _)| known));
                let hint =
                    hint.and_then(|hint| FIELDS.into_iter().map(|(known, _)| known).find(|known| *known == hint));
                return Err(EventError::UnknownField { field: name, hint });
            };
            let Some(field) = field else { continue };
            let place = &mut found[field as usize];
            if place.replace(value).is_some() {
                return Err(EventError::Twice { pointer: format!("/{name}") });
            }
        }
        let text = |field: Field, name: &'static str| {
            let value = found[field as usize].ok_or(EventError::MissingField { field: name })?;
            plain_text(value).ok_or_else(|| EventError::WrongKind { pointer: format!("/{name}"), needs: "text" })
        };
        Ok(Self {
            source: text(Field::Source, "source")?,
            id: text(Field::Id, "id")?,
            name: text(Field::Name, "type")?,
            subject: text(Field::Subject, "subject")?,
            at: text(Field::At, "time")?.parse().map_err(|error| EventError::Time { error })?,
            properties: match found[Field::Properties as usize] {
                None => Properties::new(),
                Some(value) if value.get() == "null" => Properties::new(),
                Some(value) => read_properties(value)?,
            },
        })
    }
}

/// Reads a JSON list of events, or one event. What is wrong with one event is its own error; the others are read.
pub fn events_from_json(text: &str) -> Result<Vec<Result<Event, EventError>>, EventError> {
    let whole = raw(text)?;
    if !whole.get().starts_with('[') {
        return Ok([Event::from_json(whole.get())].into());
    }
    let events: Vec<&RawValue> = serde_json::from_str(whole.get()).map_err(|error| json_error(&error))?;
    Ok(events.into_iter().map(|event| Event::from_json(event.get())).collect())
}

/// Reads the properties of an event from a JSON object.
pub fn properties_from_json(text: &str) -> Result<Properties, EventError> {
    read_properties(raw(text)?)
}

fn read_properties(value: &RawValue) -> Result<Properties, EventError> {
    let mut trees = Vec::new();
    for (name, value) in entries(value, "/properties")? {
        let tree = tree(value, &name, 1)?;
        trees.push((name, tree));
    }
    flatten(trees)
}

fn tree(value: &RawValue, name: &str, depth: usize) -> Result<Tree, EventError> {
    if depth > MAX_DEPTH {
        return Err(EventError::TooDeep { pointer: pointer(name), limit: MAX_DEPTH });
    }
    let text = value.get();
    Ok(match text.as_bytes().first() {
        Some(b'"') => Tree::Scalar(Value::Text(serde_json::from_str(text).map_err(|error| json_error(&error))?)),
        Some(b't') => Tree::Scalar(Value::Bool(true)),
        Some(b'f') => Tree::Scalar(Value::Bool(false)),
        Some(b'n') | None => Tree::Scalar(Value::Null),
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| json_error(&error))?;
            let trees = values.into_iter().enumerate();
            Tree::List(
                trees
                    .map(|(index, value)| tree(value, &format!("{name}.{index}"), depth + 1))
                    .collect::<Result<_, _>>()?,
            )
        }
        Some(b'{') => {
            let mut trees = Vec::new();
            for (inner, value) in entries(value, &pointer(name))? {
                let tree = tree(value, &format!("{name}.{inner}"), depth + 1)?;
                trees.push((inner, tree));
            }
            Tree::Map(trees)
        }
        Some(_) => Tree::Scalar(Value::Num(
            text.parse().map_err(|error| EventError::Number { pointer: pointer(name), error })?,
        )),
    })
}

fn raw(text: &str) -> Result<&RawValue, EventError> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| json_error(&error))
}

fn json_error(error: &serde_json::Error) -> EventError {
    EventError::Json { message: error.to_string() }
}

/// The text of a JSON string; `None` when it is something else.
fn plain_text(value: &RawValue) -> Option<String> {
    serde_json::from_str(value.get()).ok()
}

/// The entries of a JSON object, in order; a name that occurs twice is an error of its own later.
fn entries<'a>(value: &'a RawValue, pointer: &str) -> Result<Vec<(String, &'a RawValue)>, EventError> {
    if !value.get().starts_with('{') {
        return Err(EventError::WrongKind { pointer: pointer.to_string(), needs: "an object with names and values" });
    }
    serde_json::from_str(value.get()).map(|Entries(entries)| entries).map_err(|error| json_error(&error))
}

struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor).map(Entries)
    }
}

struct EntriesVisitor;

impl<'de> de::Visitor<'de> for EntriesVisitor {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names with values")
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}
