//! The rows of a file, one after the other: a file may be larger than the memory.

use super::mapping::{Defaults, Mapping, Role};
use super::row::{Cell, Row};
use crate::failure::Failure;
use csv::{ByteRecord, ReaderBuilder};
use metering::Event;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{BufRead, Read};
use std::path::Path;
use stdx::Problem;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Columns under a first line of names.
    Csv {
        /// What separates them.
        delimiter: u8,
    },
    /// A JSON object on each line.
    Ndjson,
}

/// A row as it was read: the event, or why it is none.
pub(crate) struct ReadRow {
    /// The line on which it begins, from 1.
    pub line: u64,
    /// The row as it stands in the file.
    pub text: String,
    pub event: Result<Event, Problem>,
}

impl Format {
    /// The format that the ending of a name says.
    pub(crate) fn of(file: &Path, delimiter: u8) -> Result<Self, Failure> {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("csv") => Ok(Self::Csv { delimiter }),
            Some("tsv") => Ok(Self::Csv { delimiter: b'\t' }),
            Some("ndjson" | "jsonl") => Ok(Self::Ndjson),
            _ => Err(Problem::new("unknown_format", "The format of the file is not known")
                .detail(format!("{} ends in none of .csv, .tsv, .ndjson, .jsonl", file.display()))
                .mend("give the file the ending of its format")
                .into()),
        }
    }
}

/// Reads a file to its end and hands over each row.
pub(crate) struct Rows<'a> {
    /// The file as messages and ids name it.
    pub name: &'a str,
    pub mapping: &'a Mapping,
    pub defaults: &'a Defaults,
}

impl Rows<'_> {
    /// Reads everything. `each` may stop the reading with a failure.
    pub(crate) fn read(
        &self,
        format: Format,
        mut input: impl BufRead,
        each: impl FnMut(ReadRow) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.check_beginning(&mut input)?;
        match format {
            Format::Csv { delimiter } => self.read_csv(delimiter, input, each),
            Format::Ndjson => self.read_lines(input, each),
        }
    }

    /// Takes off a byte order mark; refuses UTF-16, which no line of could be read, and a file with nothing in it.
    fn check_beginning(&self, input: &mut impl BufRead) -> Result<(), Failure> {
        let beginning = input.fill_buf().map_err(|why| self.unreadable(&why))?;
        match beginning {
            [] => Err(Problem::new("empty_file", "The file is empty")
                .detail(format!("there is nothing in {}", self.name))
                .mend("check that the export that wrote it has finished")
                .into()),
            [0xef, 0xbb, 0xbf, ..] => {
                input.consume(3);
                Ok(())
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..] => {
                Err(not_utf8(&format!("{} is UTF-16", self.name)).into())
            }
            [..] => Ok(()),
        }
    }

    fn unreadable(&self, why: &std::io::Error) -> Failure {
        Failure::file(Path::new(self.name), why)
    }

    fn read_csv(
        &self,
        delimiter: u8,
        input: impl Read,
        mut each: impl FnMut(ReadRow) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(input);
        let unreadable = |error: csv::Error| self.unreadable(&error.into());
        let headings = reader.byte_headers().map_err(unreadable)?.clone();
        let roles = self.roles(&headings, delimiter)?;
        let mut record = ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(unreadable)? {
            let line = record.position().map_or(0, csv::Position::line);
            each(self.csv_row(&roles, &record, line))?;
        }
        Ok(())
    }

    /// What each column is.
    fn roles(&self, headings: &ByteRecord, delimiter: u8) -> Result<Vec<Role>, Failure> {
        let names: Vec<&str> = headings
            .iter()
            .map(|heading| std::str::from_utf8(heading).map(str::trim))
            .collect::<Result<_, _>>()
            .map_err(|_| not_utf8(&format!("the headings of {} are not UTF-8", self.name)))?;
        if let Some(missing) = self.mapping.columns().find(|column| !names.contains(column)) {
            let problem = Problem::new("unknown_column", "There is no such column")
                .detail(format!("{} has no column `{missing}`", self.name))
                .at("--map");
            let other = if names.len() == 1 && delimiter == b',' {
                "; if they are separated by something else, say so with --delimiter"
            } else {
                ""
            };
            let near = stdx::nearest(missing, names.iter().copied())
                .map_or(String::new(), |near| format!("did you mean `{near}`? "));
            return Err(problem.mend(format!("{near}the columns are: {}{other}", names.join(", "))).into());
        }
        let role = |name: &&str| match self.mapping.role(name) {
            Some(Role::Properties) | None => Role::Property((*name).to_owned()),
            Some(role) => role,
        };
        let roles: Vec<Role> = names.iter().map(role).collect();
        let twice = roles.iter().enumerate().find(|(at, role)| roles[..*at].contains(role));
        match twice {
            None => Ok(roles),
            Some((at, _)) => Err(Problem::new("same_column", "Two columns are the same field")
                .detail(format!("the column `{}` of {} is what another column is already", names[at], self.name))
                .mend("give each column another name, or say with --map which of them is meant")
                .into()),
        }
    }

    fn csv_row(&self, roles: &[Role], record: &ByteRecord, line: u64) -> ReadRow {
        let text = String::from_utf8_lossy(&record.iter().collect::<Vec<_>>().join(&b',')).into_owned();
        let event = (|| {
            if record.len() != roles.len() {
                return Err(Problem::new("wrong_number_of_columns", "The row has another number of columns")
                    .detail(format!("it has {} columns, and there are {} headings", record.len(), roles.len()))
                    .mend("quote values that contain the delimiter or a line break, and close every quote"));
            }
            let cells = record.iter().map(|cell| std::str::from_utf8(cell)).collect::<Result<Vec<_>, _>>();
            let cells = cells.map_err(|_| not_utf8("a value of the row is not UTF-8"))?;
            let given = roles.iter().cloned().zip(cells).filter(|(_, cell)| !cell.is_empty());
            self.row(given.map(|(role, cell)| (role, Cell::Text(cell))).collect(), line).event(self.defaults)
        })();
        ReadRow { line, text, event }
    }

    fn read_lines(
        &self,
        mut input: impl BufRead,
        mut each: impl FnMut(ReadRow) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (mut bytes, mut line) = (Vec::new(), 0);
        loop {
            bytes.clear();
            if input.read_until(b'\n', &mut bytes).map_err(|why| self.unreadable(&why))? == 0 {
                return Ok(());
            }
            line += 1;
            let text = bytes.trim_ascii();
            if !text.is_empty() {
                let event = std::str::from_utf8(text)
                    .map_err(|_| not_utf8("the line is not UTF-8"))
                    .and_then(|text| self.json_row(text, line));
                each(ReadRow { line, text: String::from_utf8_lossy(text).into_owned(), event })?;
            }
        }
    }

    fn json_row(&self, text: &str, line: u64) -> Result<Event, Problem> {
        let Fields(fields) = serde_json::from_str(text).map_err(|error| {
            Problem::new("not_json", "This is not JSON")
                .detail(error.to_string())
                .mend("write one JSON object on each line")
        })?;
        let mut cells = Vec::new();
        for (name, value) in &fields {
            let role = self.mapping.role(name);
            match role {
                Some(role) if cells.iter().any(|(known, _)| *known == role) => {
                    return Err(Problem::new("same_column", "Two columns are the same field")
                        .detail(format!("`{name}` is what another field is already"))
                        .at(format!("/{name}"))
                        .mend("name each field once"));
                }
                Some(_) if value.get() == "null" => {}
                Some(role) => cells.push((role, Cell::Json(value))),
                // these belong to CloudEvents, and change nothing that is measured
                None if ["specversion", "datacontenttype", "dataschema"].contains(&name.as_str()) => {}
                None => {
                    return Err(Problem::new("unknown_field", "There is no such field")
                        .detail(format!("an event has no field `{name}`"))
                        .at(format!("/{name}"))
                        .mend(format!("put it into `properties`, or say what it is: --map {name}={name}")));
                }
            }
        }
        self.row(cells, line).event(self.defaults)
    }

    fn row<'r>(&self, cells: Vec<(Role, Cell<'r>)>, line: u64) -> Row<'r> {
        Row { cells, id: format!("{}:{line}", self.name) }
    }
}

fn not_utf8(detail: &str) -> Problem {
    Problem::new("not_utf8", "This is not UTF-8")
        .detail(detail)
        .mend("save the file as UTF-8, or convert it: iconv -f WINDOWS-1252 -t UTF-8")
}

/// The fields of a JSON object, in order.
struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
