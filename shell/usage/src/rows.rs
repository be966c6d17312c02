//! Rows as bytes. A batch of rows has its own texts and stands alone, in the log as in memory, so that it is encoded where it
//! arrives, without a lock.
//!
//! ```text
//! batch := texts u32 · (length u32 · UTF-8)* · rows u32 · row*
//! row   := length u32 of what follows · at i64 · source u32 · name u32 · subject u32 · id length u32 · properties u32
//!          · id UTF-8 · (name varint · value)*                                       in the order of the property names
//! value := 0 null | 1 false | 2 true | 3 small number (scale u8 · zigzag varint) | 4 text (length varint · UTF-8)
//!          | 5 number (scale u8 · mantissa i128)
//! ```
//!
//! `source`, `name`, `subject` and property names are numbers of the batch's texts.

use crate::{
    quick::{quick, slot},
    segment::{IdentityHash, ValueRef, identity_hash},
};
use calendar::Instant;
use metering::{Event, Properties, Value};
use money::Dec;

const ROW_HEAD: usize = 4 + 8 + 4 * 5;

/// Makes a batch.
#[derive(Default)]
pub(crate) struct Encoder {
    /// Slots of a hash table: number of a text plus one.
    slots: Vec<u32>,
    text_ends: Vec<(u32, u32)>,
    text_bytes: Vec<u8>,
    /// The text that was at this place of the row before: mostly it is the same.
    last: Vec<u32>,
    rows: Vec<u8>,
    offsets: Vec<u32>,
    hashes: Vec<u64>,
    /// Times of the oldest and the newest row.
    times: Option<(i64, i64)>,
    /// The hash of the identities of the last row's source: a batch is of one tenant.
    hash: Option<(u32, IdentityHash)>,
}

/// A batch that is ready to be decided upon.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) texts: Vec<(u32, u32)>,
    /// Where each row begins.
    pub(crate) rows: Vec<u32>,
    /// The hash of each row's identity.
    pub(crate) hashes: Vec<u64>,
    /// Times of the oldest and the newest row, of a batch that was made here.
    pub(crate) times: Option<(i64, i64)>,
}

/// What a row says, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowParts<'a> {
    pub(crate) source: &'a str,
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) at: Instant,
}

fn word_of(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

impl Encoder {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Adds a row. The properties are in the order of their names.
    pub(crate) fn push<'a>(
        &mut self,
        tenant: &str,
        row: &RowParts<'_>,
        properties: impl ExactSizeIterator<Item = (&'a str, ValueRef<'a>)>,
    ) {
        let (source, name, subject) = (self.text(0, row.source), self.text(1, row.name), self.text(2, row.subject));
        self.offsets.push(small(self.rows.len()));
        let hash = match self.hash {
            Some((known, hash)) if known == source => hash,
            _ => IdentityHash::new(tenant, row.source),
        };
        self.hash = Some((source, hash));
        self.hashes.push(hash.of(row.id.as_bytes()));
        let start = self.rows.len();
        self.rows.extend_from_slice(&[0; 4]);
        let at = row.at.micros();
        self.times = Some(self.times.map_or((at, at), |(oldest, newest)| (oldest.min(at), newest.max(at))));
        self.rows.extend_from_slice(&at.to_le_bytes());
        for number in [source, name, subject, small(row.id.len()), small(properties.len())] {
            self.rows.extend_from_slice(&number.to_le_bytes());
        }
        self.rows.extend_from_slice(row.id.as_bytes());
        for (place, (name, value)) in properties.enumerate() {
            let name = self.text(3 + place, name);
            put_varint(&mut self.rows, name.into());
            put_value(&mut self.rows, value);
        }
        let length = small(self.rows.len() - start - 4);
        self.rows[start..start + 4].copy_from_slice(&length.to_le_bytes());
    }

    /// Adds an event.
    pub(crate) fn push_event(&mut self, tenant: &str, event: &Event) {
        let Event { source, id, name, subject, at, properties } = event;
        let row = RowParts { source, id, name, subject, at: *at };
        self.push(tenant, &row, properties.iter().map(|(name, value)| (name.as_str(), value_ref(value))));
    }

    /// The number of a text.
    fn text(&mut self, place: usize, text: &str) -> u32 {
        if let Some(last) = self.last.get(place)
            && self.is(*last, text)
        {
            return *last;
        }
        let number = self.intern(text);
        if self.last.len() <= place {
            self.last.resize(place + 1, 0);
        }
        self.last[place] = number;
        number
    }

    fn is(&self, number: u32, text: &str) -> bool {
        self.text_ends
            .get(number as usize)
            .is_some_and(|(start, end)| &self.text_bytes[*start as usize..*end as usize] == text.as_bytes())
    }

    fn intern(&mut self, text: &str) -> u32 {
        if (self.text_ends.len() + 1) * 2 > self.slots.len() {
            self.slots = vec![0; (self.slots.len() * 2).max(64)];
            for number in 0..self.text_ends.len() {
                let (start, end) = self.text_ends[number];
                let slot = self.free_slot(quick(&self.text_bytes[start as usize..end as usize]));
                self.slots[slot] = small(number + 1);
            }
        }
        let mask = self.slots.len() - 1;
        let mut slot = slot(quick(text.as_bytes()), self.slots.len());
        while self.slots[slot] != 0 {
            if self.is(self.slots[slot] - 1, text) {
                return self.slots[slot] - 1;
            }
            slot = (slot + 1) & mask;
        }
        let start = small(self.text_bytes.len());
        self.text_bytes.extend_from_slice(text.as_bytes());
        self.text_ends.push((start, small(self.text_bytes.len())));
        self.slots[slot] = small(self.text_ends.len());
        self.slots[slot] - 1
    }

    fn free_slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = slot(hash, self.slots.len());
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// The batch; afterwards there is nothing in the encoder but its memory.
    pub(crate) fn finish(&mut self) -> Encoded {
        let texts_length = self.text_bytes.len() + 4 * self.text_ends.len();
        let mut bytes = Vec::with_capacity(8 + texts_length + self.rows.len());
        bytes.extend_from_slice(&small(self.text_ends.len()).to_le_bytes());
        let mut texts = Vec::with_capacity(self.text_ends.len());
        for (start, end) in self.text_ends.iter().copied() {
            bytes.extend_from_slice(&(end - start).to_le_bytes());
            let begin = small(bytes.len());
            bytes.extend_from_slice(&self.text_bytes[start as usize..end as usize]);
            texts.push((begin, small(bytes.len())));
        }
        bytes.extend_from_slice(&small(self.offsets.len()).to_le_bytes());
        let begin = small(bytes.len());
        bytes.extend_from_slice(&self.rows);
        let rows = self.offsets.iter().map(|offset| offset + begin).collect();
        let encoded = Encoded { bytes, texts, rows, hashes: self.hashes.clone(), times: self.times };
        self.clear();
        encoded
    }

    /// Forgets what was put in.
    pub(crate) fn clear(&mut self) {
        self.slots.fill(0);
        self.text_ends.clear();
        self.text_bytes.clear();
        self.last.clear();
        self.rows.clear();
        self.offsets.clear();
        self.hashes.clear();
        (self.times, self.hash) = (None, None);
    }

    /// Bytes that it holds, about.
    pub(crate) fn memory(&self) -> usize {
        4 * self.slots.capacity() + self.text_bytes.capacity() + self.rows.capacity() + 12 * self.offsets.capacity()
    }
}

/// A length as it is written. Batches are far below 4 GiB: whoever takes them refuses bigger ones.
fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub(crate) fn value_ref(value: &Value) -> ValueRef<'_> {
    match value {
        Value::Null => ValueRef::Null,
        Value::Bool(truth) => ValueRef::Bool(*truth),
        Value::Num(number) => ValueRef::Num(*number),
        Value::Text(text) => ValueRef::Text(text),
    }
}

fn put_value(out: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => out.push(0),
        ValueRef::Bool(false) => out.push(1),
        ValueRef::Bool(true) => out.push(2),
        ValueRef::Num(number) => {
            if let Ok(mantissa) = i64::try_from(number.mantissa()) {
                out.extend_from_slice(&[3, number.scale()]);
                put_varint(out, (mantissa.cast_unsigned() << 1) ^ (mantissa >> 63).cast_unsigned());
            } else {
                out.extend_from_slice(&[5, number.scale()]);
                out.extend_from_slice(&number.mantissa().to_le_bytes());
            }
        }
        ValueRef::Text(text) => {
            out.push(4);
            put_varint(out, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

fn put_varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 128 {
        out.push(number.to_le_bytes()[0] | 128);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Reads what was written here; an error when the bytes cannot have been.
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or("it ends too early")?;
        self.0 = rest;
        Ok(taken)
    }
    pub(crate) fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }
    pub(crate) fn u32(&mut self) -> Result<u32, String> {
        let word = word_of(self.take(4)?);
        u32::try_from(word).map_err(|error| error.to_string())
    }
    pub(crate) fn u64(&mut self) -> Result<u64, String> {
        Ok(word_of(self.take(8)?))
    }
    pub(crate) fn text(&mut self) -> Result<&'a str, String> {
        let length = self.u32()?;
        self.utf8(length as usize)
    }
    fn utf8(&mut self, length: usize) -> Result<&'a str, String> {
        std::str::from_utf8(self.take(length)?).map_err(|error| error.to_string())
    }
    #[inline]
    fn varint(&mut self) -> Result<u64, String> {
        if let Some((byte, rest)) = self.0.split_first()
            && *byte < 128
        {
            self.0 = rest;
            return Ok((*byte).into());
        }
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        Err("a number is too long".into())
    }
    fn value(&mut self) -> Result<ValueRef<'a>, String> {
        let number = |mantissa, scale| Dec::new(mantissa, scale).map(ValueRef::Num).map_err(|error| error.to_string());
        Ok(match self.byte()? {
            0 => ValueRef::Null,
            1 => ValueRef::Bool(false),
            2 => ValueRef::Bool(true),
            3 => {
                let scale = self.byte()?;
                let zigzag = self.varint()?;
                let mantissa = (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed();
                number(mantissa.into(), scale)?
            }
            4 => {
                let length = usize::try_from(self.varint()?).map_err(|error| error.to_string())?;
                ValueRef::Text(self.utf8(length)?)
            }
            5 => {
                let scale = self.byte()?;
                let bytes = self.take(16)?.first_chunk::<16>().ok_or("it ends too early")?;
                number(i128::from_le_bytes(*bytes), scale)?
            }
            kind => return Err(format!("there is no kind of value {kind}")),
        })
    }
}

/// Reads a batch, every byte of it, so that its rows can be used without a doubt.
pub(crate) fn read_batch(tenant: &str, bytes: &[u8]) -> Result<Encoded, String> {
    let mut reader = Bytes(bytes);
    let place = |reader: &Bytes<'_>| small(bytes.len() - reader.0.len());
    let (mut texts, mut rows, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..reader.u32()? {
        let start = place(&reader) + 4;
        reader.text()?;
        texts.push((start, place(&reader)));
    }
    let known = |number: u64| if number < texts.len() as u64 { Ok(()) } else { Err("an unknown text".to_owned()) };
    for _ in 0..reader.u32()? {
        rows.push(place(&reader));
        let length = reader.u32()? as usize;
        let mut row = Bytes(reader.take(length)?);
        Instant::from_micros(row.u64()?.cast_signed()).map_err(|error| error.to_string())?;
        let source = row.u32()?;
        for number in [source, row.u32()?, row.u32()?] {
            known(number.into())?;
        }
        let (id, properties) = (row.u32()?, row.u32()?);
        let id = row.utf8(id as usize)?;
        for _ in 0..properties {
            known(row.varint()?)?;
            row.value()?;
        }
        if !row.0.is_empty() {
            return Err("a row is longer than what it says".into());
        }
        let (start, end) = texts[source as usize];
        let source = std::str::from_utf8(&bytes[start as usize..end as usize]).map_err(|error| error.to_string())?;
        hashes.push(identity_hash(tenant, source, id));
    }
    if !reader.0.is_empty() {
        return Err("a batch is longer than what it says".into());
    }
    Ok(Encoded { bytes: bytes.into(), texts, rows, hashes, times: None })
}

/// A row of a batch that was written or read here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    bytes: &'a [u8],
    texts: &'a [(u32, u32)],
    start: usize,
}

impl<'a> Row<'a> {
    pub(crate) fn new(bytes: &'a [u8], texts: &'a [(u32, u32)], start: u32) -> Self {
        Self { bytes, texts, start: start as usize }
    }

    fn number(&self, at: usize) -> u32 {
        let bytes = self.bytes[self.start + at..].first_chunk::<4>().copied();
        u32::from_le_bytes(bytes.expect("a row has a head"))
    }
    fn text(&self, number: u32) -> &'a str {
        text_of(self.bytes, self.texts[number as usize])
    }
    pub(crate) fn at(&self) -> i64 {
        let bytes = self.bytes[self.start + 4..].first_chunk::<8>().copied();
        i64::from_le_bytes(bytes.expect("a row has a head"))
    }
    pub(crate) fn instant(&self) -> Instant {
        Instant::from_micros(self.at()).expect("the time of a row was checked")
    }
    /// The number of the source among the texts of the batch.
    pub(crate) fn source_number(&self) -> u32 {
        self.number(12)
    }
    pub(crate) fn source(&self) -> &'a str {
        self.text(self.source_number())
    }
    /// The number of the name among the texts of the batch.
    pub(crate) fn name_number(&self) -> u32 {
        self.number(16)
    }
    pub(crate) fn name(&self) -> &'a str {
        self.text(self.name_number())
    }
    /// The number of the subject among the texts of the batch.
    pub(crate) fn subject_number(&self) -> u32 {
        self.number(20)
    }
    pub(crate) fn subject(&self) -> &'a str {
        self.text(self.subject_number())
    }
    pub(crate) fn id(&self) -> &'a str {
        let start = self.start + ROW_HEAD;
        std::str::from_utf8(&self.bytes[start..start + self.number(24) as usize]).expect("an id is text")
    }

    /// The properties, in the order of their names.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&'a str, ValueRef<'a>)> + use<'a> {
        let mut reader = Bytes(&self.bytes[self.start + ROW_HEAD + self.number(24) as usize..]);
        let (count, row) = (self.number(28), *self);
        (0..count).map(move |_| {
            let read = reader.varint().and_then(|name| Ok((name, reader.value()?)));
            let (name, value) = read.expect("a row was written or checked by this program");
            (row.text(u32::try_from(name).expect("a text's number was checked")), value)
        })
    }

    /// Puts its properties in the place of others; the memory is used again where they are the same as before.
    pub(crate) fn fill(&self, properties: &mut Properties) {
        let same = properties.len() == self.number(28) as usize
            && properties.iter_mut().zip(self.properties()).all(|((name, value), (found, is))| {
                let same = name == found;
                if same {
                    set(value, is);
                }
                same
            });
        if !same {
            properties.clear();
            properties.extend(self.properties().map(|(name, value)| {
                let mut owned = Value::Null;
                set(&mut owned, value);
                (name.to_owned(), owned)
            }));
        }
    }

    /// The event.
    pub(crate) fn event(&self) -> Event {
        let mut properties = Properties::new();
        self.fill(&mut properties);
        Event {
            source: self.source().into(),
            id: self.id().into(),
            name: self.name().into(),
            subject: self.subject().into(),
            at: self.instant(),
            properties,
        }
    }

    /// Whether it says the same as another row.
    pub(crate) fn says(&self, other: &Row<'_>) -> bool {
        let parts = |row: &Row<'_>| row.at();
        parts(self) == parts(other)
            && self.id() == other.id()
            && self.source() == other.source()
            && self.name() == other.name()
            && self.subject() == other.subject()
            && self.properties().eq(other.properties())
    }

    /// The properties, in the order of their names; `text` gives the texts of the batch.
    pub(crate) fn properties_into(&self, text: impl Fn(u32) -> &'a str, out: &mut Vec<(&'a str, ValueRef<'a>)>) {
        let mut reader = Bytes(&self.bytes[self.start + ROW_HEAD + self.number(24) as usize..]);
        for _ in 0..self.number(28) {
            let read = reader.varint().and_then(|name| Ok((name, reader.value()?)));
            let (name, value) = read.expect("a row was written or checked by this program");
            out.push((text(u32::try_from(name).expect("a text's number was checked")), value));
        }
    }
}

pub(crate) fn text_of(bytes: &[u8], (start, end): (u32, u32)) -> &str {
    std::str::from_utf8(&bytes[start as usize..end as usize]).expect("a text is UTF-8")
}

fn set(value: &mut Value, found: ValueRef<'_>) {
    *value = match found {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(truth) => Value::Bool(truth),
        ValueRef::Num(number) => Value::Num(number),
        ValueRef::Text(text) => {
            if let Value::Text(old) = value {
                old.clear();
                old.push_str(text);
                return;
            }
            Value::Text(text.into())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (any::<i64>(), 0_u8..=38).prop_map(|(number, scale)| Value::Num(Dec::new(number.into(), scale).unwrap())),
            (any::<i128>(), 0_u8..=38).prop_map(|(number, scale)| Value::Num(Dec::new(number, scale).unwrap())),
            ".{0,12}".prop_map(Value::Text),
        ]
    }

    fn events() -> impl Strategy<Value = Event> {
        let names = ("[ab]", ".{0,4}", "[x-z]{1,2}", "[c-e]{0,2}");
        (names, 0_i64..1_000_000_000, prop::collection::btree_map("[a-c]", values(), 0..4)).prop_map(
            |((source, id, name, subject), at, properties)| {
                let at = Instant::from_micros(at).unwrap();
                Event { source, id, name, subject, at, properties }
            },
        )
    }

    proptest! {
        #[test]
        fn events_come_back(events in prop::collection::vec(events(), 0..80)) {
            let mut encoder = Encoder::default();
            for event in &events {
                encoder.push_event("us", event);
            }
            let encoded = encoder.finish();
            let read = read_batch("us", &encoded.bytes).unwrap();
            prop_assert_eq!((&read.texts, &read.rows, &read.hashes), (&encoded.texts, &encoded.rows, &encoded.hashes));
            let row = |n: usize| Row::new(&encoded.bytes, &encoded.texts, encoded.rows[n]);
            let mut properties = Properties::new();
            for (n, event) in events.iter().enumerate() {
                prop_assert_eq!(&row(n).event(), event);
                row(n).fill(&mut properties);
                prop_assert_eq!(&properties, &event.properties);
                for (m, other) in events.iter().enumerate() {
                    prop_assert_eq!(row(n).says(&row(m)), event == other);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = read_batch("us", &bytes);
        }
    }
}
