//! Reading JSON straight into rows, without an event of its own for each.
//!
//! Only what is plain is read here: known fields once each, texts without escapes, flat properties, numbers of at most 18 digits.
//! Whatever is not, goes through `metering`'s reader, which alone says what is right and what is wrong.

use crate::{
    JsonForm,
    check::check_parts,
    embedded::add,
    json::{MAX_BATCH, element, lines},
    rows::{Encoder, RowParts},
    segment::ValueRef,
    state::Element,
};
use calendar::Instant;
use metering::{MAX_PROPERTIES, MAX_PROPERTY_BYTES};
use money::Dec;
use stdx::Key;

/// Reads a body; false when it has to be read otherwise, and then nothing was read.
pub(crate) fn read(
    body: &[u8],
    form: JsonForm,
    tenant: &Key,
    received_at: Instant,
    encoder: &mut Encoder,
    elements: &mut Vec<Element>,
) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return false };
    let mut properties = Vec::new();
    match form {
        JsonForm::One => false,
        JsonForm::Lines => {
            if lines(text.as_bytes()).nth(MAX_BATCH).is_some() {
                return false;
            }
            for line in lines(text.as_bytes()) {
                let Ok(line) = std::str::from_utf8(line) else { return false };
                let mut scan = Scan { text: line, at: 0 };
                let read = scan.event(&mut properties).filter(|_| scan.at == line.len());
                if !read.is_some_and(|row| push(&row, &properties, tenant, received_at, encoder, elements)) {
                    add(encoder, elements, tenant, element(line), received_at);
                }
            }
            true
        }
        JsonForm::Array => {
            let whole = list(text, tenant, received_at, encoder, elements);
            if whole.is_none() {
                encoder.clear();
                elements.clear();
            }
            whole.is_some()
        }
    }
}

fn list(
    text: &str,
    tenant: &Key,
    received_at: Instant,
    encoder: &mut Encoder,
    elements: &mut Vec<Element>,
) -> Option<()> {
    let mut properties = Vec::new();
    let mut scan = Scan { text, at: 0 };
    scan.space();
    scan.byte(b'[')?;
    scan.space();
    if scan.peek() != Some(b']') {
        loop {
            scan.space();
            let row = scan.event(&mut properties)?;
            if elements.len() == MAX_BATCH {
                return None;
            }
            if !push(&row, &properties, tenant, received_at, encoder, elements) {
                return None;
            }
            scan.space();
            if scan.peek() != Some(b',') {
                break;
            }
            scan.at += 1;
        }
    }
    scan.byte(b']')?;
    scan.space();
    (scan.at == text.len()).then_some(())
}

/// Encodes a row that is valid; one that is not has a problem, which somebody else has to name.
fn push(
    row: &RowParts<'_>,
    properties: &[(&str, ValueRef<'_>)],
    tenant: &Key,
    received_at: Instant,
    encoder: &mut Encoder,
    elements: &mut Vec<Element>,
) -> bool {
    let fits = check_parts(row.source, row.id, row.name, row.subject, row.at, received_at).is_ok();
    if fits {
        elements.push(Element::Row(u32::try_from(encoder.len()).unwrap_or(u32::MAX)));
        encoder.push(tenant.as_str(), row, properties.iter().copied());
    }
    fits
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn byte(&mut self, wanted: u8) -> Option<()> {
        (self.peek() == Some(wanted)).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.as_bytes()[self.at..].starts_with(word.as_bytes()).then(|| self.at += word.len())
    }

    /// A text without escapes.
    fn string(&mut self) -> Option<&'a str> {
        self.byte(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        while let Some(chunk) = bytes[self.at..].first_chunk::<8>() {
            let special = specials(u64::from_le_bytes(*chunk));
            self.at += special.trailing_zeros() as usize / 8;
            if special != 0 {
                break;
            }
        }
        loop {
            match bytes.get(self.at)? {
                b'"' => break,
                b'\\' | 0..=0x1f => return None,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        self.text.get(start..self.at - 1)
    }

    /// An event, and its properties in the order of their names.
    fn event(&mut self, properties: &mut Vec<(&'a str, ValueRef<'a>)>) -> Option<RowParts<'a>> {
        properties.clear();
        let (mut texts, mut has_properties) = ([None; 5], false);
        self.object(|scan, name| {
            let place = match name {
                "source" => 0,
                "id" => 1,
                "name" | "type" => 2,
                "subject" => 3,
                "at" | "time" => 4,
                "properties" | "data" if !has_properties => {
                    has_properties = true;
                    return scan.properties(properties);
                }
                "specversion" | "datacontenttype" | "dataschema" => return scan.string().map(drop),
                _ => return None,
            };
            texts[place].replace(scan.string()?).is_none().then_some(())
        })?;
        let [source, id, name, subject, at] = texts;
        Some(RowParts { source: source?, id: id?, name: name?, subject: subject?, at: at?.parse().ok()? })
    }

    fn object(&mut self, mut each: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        self.byte(b'{')?;
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Some(());
        }
        loop {
            self.space();
            let name = self.string()?;
            self.space();
            self.byte(b':')?;
            self.space();
            each(self, name)?;
            self.space();
            if self.peek() == Some(b',') {
                self.at += 1;
            } else {
                return self.byte(b'}');
            }
        }
    }

    fn properties(&mut self, properties: &mut Vec<(&'a str, ValueRef<'a>)>) -> Option<()> {
        let mut bytes = 0;
        self.object(|scan, name| {
            let value = scan.value()?;
            bytes += name.len() + if let ValueRef::Text(text) = value { text.len() } else { 0 };
            properties.push((name, value));
            Some(())
        })?;
        properties.sort_unstable_by_key(|(name, _)| *name);
        let twice = properties.windows(2).any(|two| two[0].0 == two[1].0);
        (bytes <= MAX_PROPERTY_BYTES && properties.len() <= MAX_PROPERTIES && !twice).then_some(())
    }

    fn value(&mut self) -> Option<ValueRef<'a>> {
        Some(match self.peek()? {
            b'"' => ValueRef::Text(self.string()?),
            b't' => self.word("true").map(|()| ValueRef::Bool(true))?,
            b'f' => self.word("false").map(|()| ValueRef::Bool(false))?,
            b'n' => self.word("null").map(|()| ValueRef::Null)?,
            _ => ValueRef::Num(self.number()?),
        })
    }

    /// A number of at most 18 digits, without an exponent.
    fn number(&mut self) -> Option<Dec> {
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let start = self.at;
        let (mut mantissa, mut scale) = (0_i64, 0_u8);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if self.at - start == 18 {
                return None;
            }
            mantissa = mantissa * 10 + i64::from(digit - b'0');
            self.at += 1;
        }
        let whole = self.at - start;
        if whole == 0 || (whole > 1 && self.text.as_bytes()[start] == b'0') {
            return None;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            while let Some(digit @ b'0'..=b'9') = self.peek() {
                if whole + usize::from(scale) == 18 {
                    return None;
                }
                mantissa = mantissa * 10 + i64::from(digit - b'0');
                scale += 1;
                self.at += 1;
            }
            if scale == 0 {
                return None;
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            return None;
        }
        Dec::new(i128::from(if negative { -mantissa } else { mantissa }), scale).ok()
    }
}

/// The quotes, backslashes and control characters among eight bytes, by the highest bit of each. The lowest one is right; above
/// it there may be bits for bytes that are none of these.
fn specials(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
    zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\'))) | control
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Incoming, json::read_json, rows::Row};
    use proptest::{prelude::*, sample::select};

    fn us() -> Key {
        Key::try_from("us").unwrap()
    }

    fn now() -> Instant {
        "2026-04-16T12:00:00Z".parse().unwrap()
    }

    /// What was read, as the slow reader says it.
    fn fast(body: &[u8], form: JsonForm) -> Option<Vec<Incoming>> {
        let (mut encoder, mut elements) = (Encoder::default(), Vec::new());
        if !read(body, form, &us(), now(), &mut encoder, &mut elements) {
            return None;
        }
        let batch = encoder.finish();
        let event = |row: u32| Row::new(&batch.bytes, &batch.texts, batch.rows[row as usize]).event();
        Some(
            elements
                .into_iter()
                .map(|element| match element {
                    Element::Row(row) | Element::Invalid(row, _) => Incoming::Event(event(row)),
                    Element::Text(text, problem) => Incoming::Unreadable { text, problem: *problem },
                })
                .collect(),
        )
    }

    fn agree(body: &[u8]) {
        for form in [JsonForm::One, JsonForm::Array, JsonForm::Lines] {
            if let Some(found) = fast(body, form) {
                assert_eq!(Ok(found), read_json(body, form), "{}", String::from_utf8_lossy(body));
            }
        }
    }

    fn values() -> impl Strategy<Value = String> {
        let odd = vec![
            "null",
            "true",
            "false",
            "\"x\"",
            "\"\"",
            "\"a\\u0041\"",
            "[1]",
            "{\"a\":1}",
            "1e3",
            "-0",
            "-1.50",
            "01",
            "1.",
            ".5",
            "123456789012345678",
            "1234567890123456789",
            "0.000000000000000001",
            "nul",
            "tru",
            "\"\u{1}\"",
            "\"ü\"",
            "-",
        ];
        prop_oneof![
            2 => select(odd).prop_map(str::to_owned),
            2 => any::<i64>().prop_map(|number| number.to_string()),
            1 => (any::<i32>(), 0_u32..99999).prop_map(|(whole, part)| format!("{whole}.{part}")),
        ]
    }

    fn objects() -> impl Strategy<Value = String> {
        let properties = prop::collection::vec((select(vec!["n", "m", "a.b", ""]), values()), 0..4);
        let time = select(vec!["2026-04-16T12:00:00Z", "2026-04-16T12:00:00.5+02:00", "2030-01-01T00:00:00Z", "x"]);
        let extra =
            select(vec!["", "", "", ",\"specversion\":\"1.0\"", ",\"id\":\"2\"", ",\"odd\":1", ",\"specversion\":{}"]);
        (properties, time, extra, select(vec!["c", "", "\\n"]), select(vec!["type", "name"])).prop_map(
            |(properties, time, extra, subject, name)| {
                let properties: Vec<String> =
                    properties.into_iter().map(|(name, value)| format!("\"{name}\" :{value}")).collect();
                format!(
                    "{{ \"source\":\"s\",\"id\":\"1\",\"{name}\":\"call\",\"subject\":\"{subject}\",\"time\":\"{time}\"{extra},\
                     \"data\":{{{}}} }}",
                    properties.join(" , ")
                )
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_read_fast_is_what_is_read_slowly(
            objects in prop::collection::vec(objects(), 0..4), cut in any::<prop::sample::Index>(), whole in any::<bool>(),
        ) {
            for text in [format!(" [{}] ", objects.join(" ,")), objects.join("\n"), objects.join("\r\n\n")] {
                let end = if whole { text.len() } else { cut.index(text.len() + 1) };
                agree(&text.as_bytes()[..end]);
            }
        }

        #[test]
        fn any_bytes_are_read_alike(bytes in prop::collection::vec(select(b"[]{}\",:\\ \n1e.-\xfftruefalsenull".to_vec()), 0..40)) {
            agree(&bytes);
        }
    }

    #[test]
    fn plain_events_are_read_fast() {
        let event = r#"{"source":"s","id":"1","type":"call","subject":"c","time":"2026-04-16T00:00:00Z","data":{"n":0.10,"a":"b"}}"#;
        assert_eq!(fast(format!("[{event},{event}]").as_bytes(), JsonForm::Array).unwrap().len(), 2);
        agree(format!("[{event},{event}]").as_bytes());
    }
}
