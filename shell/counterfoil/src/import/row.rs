//! From a row to an event.

use super::mapping::{Defaults, Role};
use calendar::Instant;
use metering::Event;
use serde_json::value::RawValue;
use std::fmt::Write as _;
use stdx::{Problem, ToProblem};

/// What stands in a column of a row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cell<'a> {
    /// Text of a CSV file: a number when it is written as one.
    Text(&'a str),
    /// A JSON value.
    Json(&'a RawValue),
}

/// A row: what stands in it, by what it is.
pub(crate) struct Row<'a> {
    pub cells: Vec<(Role, Cell<'a>)>,
    /// The id of the event, where no column has it.
    pub id: String,
}

/// What a field of an event is taken from.
struct Fields<'a> {
    source: Option<String>,
    id: Option<String>,
    name: Option<String>,
    subject: Option<String>,
    time: Option<String>,
    whole: Option<&'a RawValue>,
    properties: Vec<(&'a str, Cell<'a>)>,
}

impl Row<'_> {
    /// The event that the row says. It is written as JSON and read by the one reader of events, so that an imported event keeps every digit and
    /// is held to the same limits as one that is sent.
    pub(crate) fn event(&self, defaults: &Defaults) -> Result<Event, Problem> {
        let mut fields = Fields {
            source: None,
            id: None,
            name: None,
            subject: None,
            time: None,
            whole: None,
            properties: Vec::new(),
        };
        for (role, cell) in &self.cells {
            match role {
                Role::Source => fields.source = Some(cell.text("source")?),
                Role::Id => fields.id = Some(cell.text("id")?),
                Role::Name => fields.name = Some(cell.text("type")?),
                Role::Subject => fields.subject = Some(cell.text("subject")?),
                Role::Time => fields.time = Some(cell.text("time")?),
                Role::Property(name) => fields.properties.push((name, *cell)),
                Role::Properties => match cell {
                    Cell::Json(value) => fields.whole = Some(value),
                    Cell::Text(_) => fields.properties.push(("properties", *cell)),
                },
            }
        }
        let name = fields.name.as_deref().or(defaults.name.as_deref());
        let subject = fields.subject.as_deref().or(defaults.subject.as_deref());
        let name = name.ok_or_else(|| nowhere("type", "--type NAME or --map type=COLUMN"))?;
        let subject = subject.ok_or_else(|| nowhere("subject", "--subject CUSTOMER or --map subject=COLUMN"))?;
        let time = fields.time.as_deref().ok_or_else(|| nowhere("time", "--map time=COLUMN"))?;
        let mut json = String::with_capacity(256);
        let texts = [
            ("source", fields.source.as_deref().unwrap_or(&defaults.source)),
            ("id", fields.id.as_deref().unwrap_or(&self.id)),
            ("type", name),
            ("subject", subject),
            ("time", &instant(time, defaults)?.to_string()),
        ];
        json.push('{');
        for (name, text) in texts {
            let _ = write!(json, "\"{name}\":{},", quoted(text));
        }
        json.push_str("\"properties\":");
        write_properties(&mut json, &fields)?;
        json.push('}');
        Event::from_json(&json).map_err(|error| error.problem())
    }
}

/// The properties of the row beside those of a whole object, if there is one.
fn write_properties(json: &mut String, fields: &Fields<'_>) -> Result<(), Problem> {
    let whole = fields.whole.map_or("{}", RawValue::get).trim();
    let Some(inner) = whole.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        // not an object: the reader of events says so
        json.push_str(whole);
        return Ok(());
    };
    json.push('{');
    json.push_str(inner.trim());
    let mut apart = if inner.trim().is_empty() { "" } else { "," };
    for (name, cell) in &fields.properties {
        let _ = write!(json, "{apart}{}:", quoted(name));
        match cell {
            Cell::Json(value) => json.push_str(value.get()),
            Cell::Text(text) if is_number(text) => json.push_str(text),
            Cell::Text(text) if is_no_number(text) => {
                return Err(Problem::new("not_a_number", "Not a decimal number")
                    .detail(format!("`{text}` is not a number"))
                    .at(format!("/properties/{name}"))
                    .mend("write the number, or leave the cell empty where there is none"));
            }
            Cell::Text(text) => json.push_str(&quoted(text)),
        }
        apart = ",";
    }
    json.push('}');
    Ok(())
}

fn nowhere(field: &'static str, mend: &str) -> Problem {
    Problem::new("missing_field", "A field is missing")
        .detail(format!("nothing says the {field} of the event"))
        .at(format!("/{field}"))
        .mend(format!("say it with {mend}"))
}

impl Cell<'_> {
    /// As text; a JSON number as it is written.
    fn text(self, field: &'static str) -> Result<String, Problem> {
        match self {
            Self::Text(text) => Ok(text.to_owned()),
            Self::Json(value) => {
                let text = value.get();
                match text.as_bytes().first() {
                    Some(b'"') => Ok(serde_json::from_str(text).unwrap_or_default()),
                    Some(b'-' | b'0'..=b'9') => Ok(text.to_owned()),
                    _ => Err(Problem::new("wrong_kind", "Another kind of value is needed")
                        .detail(format!("the {field} is {text}"))
                        .at(format!("/{field}"))
                        .mend("write it as text")),
                }
            }
        }
    }
}

fn instant(text: &str, defaults: &Defaults) -> Result<Instant, Problem> {
    defaults.zone.read_local(text.trim()).map_err(|error| error.problem().at("/time"))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether a text is a number as JSON writes it: `007` and `1_000` are names, not numbers.
fn is_number(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok_and(|value| value.get() == text)
        && text.as_bytes().first().is_some_and(|first| matches!(first, b'-' | b'0'..=b'9'))
}

/// Whether a program wrote that it had no number: it must not pass for a text that nobody counts.
fn is_no_number(text: &str) -> bool {
    matches!(text.trim_start_matches(['-', '+']).to_ascii_lowercase().as_str(), "nan" | "inf" | "infinity")
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::Zone;

    fn defaults(zone: &str) -> Defaults {
        Defaults {
            name: Some("call".into()),
            subject: Some("acme".into()),
            source: "import".into(),
            zone: Zone::parse(zone).expect("a zone"),
        }
    }

    fn event(time: &str, property: &str) -> Result<Event, Problem> {
        let cells = vec![(Role::Time, Cell::Text(time)), (Role::Property("n".into()), Cell::Text(property))];
        Row { cells, id: "f.csv:2".into() }.event(&defaults("Europe/Berlin"))
    }

    fn property(text: &str) -> String {
        let event = event("2026-04-01T00:00:00Z", text).unwrap_or_else(|problem| panic!("{text}: {problem}"));
        serde_json::to_string(&event.properties["n"]).expect("json")
    }

    #[test]
    fn a_number_keeps_every_digit_and_a_name_stays_a_name() {
        for number in ["0.10000000000000000001", "-7", "9007199254740993", "1e6"] {
            assert!(!property(number).starts_with('"'), "{number}");
        }
        assert_eq!(property("9007199254740993.25"), "9007199254740993.25");
        for name in ["007", "1_000", "+5", "v1", "1 ", "true", "12-34"] {
            assert_eq!(property(name), quoted(name));
        }
    }

    #[test]
    fn what_is_no_number_is_refused_and_what_is_too_large() {
        for wrong in ["NaN", "nan", "-Infinity", "inf"] {
            assert_eq!(event("2026-04-01T00:00:00Z", wrong).expect_err(wrong).code, "not_a_number");
        }
        let large = event("2026-04-01T00:00:00Z", "1e30").expect_err("too large");
        assert_eq!(large.pointer.as_deref(), Some("/properties/n"));
        assert!(!large.mend.is_empty());
    }

    #[test]
    fn a_time_is_exact_to_the_microsecond_and_what_is_finer_is_cut_off() {
        let at = |time: &str| event(time, "1").map(|event| event.at.to_string()).map_err(|problem| problem.code);
        assert_eq!(
            at("2023-11-16 18:15:46.6805900"),
            Ok("2023-11-16T17:15:46.68059Z".into()),
            "a local time of the zone"
        );
        assert_eq!(at("2023-11-16 18:15:46.6805909Z"), Ok("2023-11-16T18:15:46.68059Z".into()));
        assert_eq!(at("2026-07-01T00:00:00+02:00"), Ok("2026-06-30T22:00:00Z".into()));
        for wrong in ["2026-03-29 02:30:00", "2026-02-30 00:00:00", "yesterday", "1700000000", "2026-04-01"] {
            assert_eq!(at(wrong), Err("invalid_time".into()), "{wrong}");
        }
    }

    #[test]
    fn what_nothing_says_is_told_with_the_option_that_says_it() {
        let row = Row { cells: vec![(Role::Time, Cell::Text("2026-04-01T00:00:00Z"))], id: "f:1".into() };
        let problem = row.event(&Defaults { subject: None, ..defaults("UTC") }).expect_err("nobody");
        assert!(problem.mend.contains("--subject"), "{problem}");
        let problem = row.event(&Defaults { name: None, ..defaults("UTC") }).expect_err("nothing");
        assert!(problem.mend.contains("--type"), "{problem}");
    }
}
