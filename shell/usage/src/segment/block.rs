//! Blocks: at most 4,096 rows of one tenant and name, as a header and columns.

use super::{
    FOR_EVER, RowRef, ValueRef,
    bytes::{Cut, length, put_text},
    column::{Column, Kind, ListedView, TextColumn, Whole, WholeView, put_optional, put_value, put_whole, read_value},
    ids::Ids,
};

use crate::quick::is_same;

/// Most rows of a block.
pub(super) const ROWS: usize = 4096;
/// A block ends with the row with which its texts reach this size.
const TEXT_BYTES: usize = 1 << 22;
/// A property that one row of so many has, or fewer, is kept with other such properties.
const RARE: usize = 64;

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role<'a> {
    At,
    Seq,
    ReceivedAt,
    Until,
    Source,
    Id,
    Property(&'a str),
    /// Properties that few rows have.
    Rest,
}

/// A column in the header of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    pub(super) role: Role<'a>,
    pub(super) kind: Kind,
    /// Where it begins, counted from the end of the header.
    pub(super) offset: u32,
    pub(super) length: u32,
    pub(super) crc: u32,
}

/// What the footer keeps of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockEntry {
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// Bytes of its header.
    pub(super) header: u32,
    /// Checksum of its header.
    pub(super) crc: u32,
    /// Bytes of header and columns.
    pub(super) length: u32,
    /// Number of its first row.
    pub(super) first: u32,
    pub(super) rows: u32,
    pub(super) min_at: i64,
    pub(super) max_at: i64,
    pub(super) min_seq: u64,
    pub(super) max_seq: u64,
}

/// A block while it is filled.
#[derive(Debug)]
pub(super) struct BlockBuilder {
    /// Most rows: [`ROWS`], and fewer in tests.
    limit: usize,
    pub(super) at: Vec<i64>,
    pub(super) seq: Vec<i64>,
    pub(super) received_at: Vec<i64>,
    pub(super) until: Vec<Option<i64>>,
    pub(super) sources: TextColumn,
    pub(super) ids: Ids,
    pub(super) properties: Properties,
    /// Bytes of ids, sources, names of properties and their texts.
    pub(super) texts: usize,
    /// How many blocks were written.
    pub(super) number: u64,
}

/// The columns of properties in the order of their names; they are kept from block to block for their memory.
#[derive(Debug, Default)]
pub(super) struct Properties(Vec<(String, Column)>);

impl Properties {
    /// The column of a property; mostly it is the one at this place.
    pub(super) fn column(&mut self, place: usize, name: &str) -> &mut Column {
        let place = if self.0.get(place).is_some_and(|(own, _)| is_same(own, name)) {
            place
        } else {
            let found = self.0.binary_search_by(|(own, _)| own.as_str().cmp(name));
            found.unwrap_or_else(|place| {
                self.0.insert(place, (name.to_owned(), Column::default()));
                place
            })
        };
        &mut self.0[place].1
    }
}

impl BlockBuilder {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            at: Vec::new(),
            seq: Vec::new(),
            received_at: Vec::new(),
            until: Vec::new(),
            sources: TextColumn::default(),
            ids: Ids::default(),
            properties: Properties::default(),
            texts: 0,
            number: 0,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.at.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.at.len() == self.limit || self.texts >= TEXT_BYTES
    }

    /// How many rows with texts of at most so many bytes it takes at once before it is full; one at least.
    pub(super) fn room(&self, bound: usize) -> usize {
        let texts = TEXT_BYTES.saturating_sub(self.texts + 1) / bound.max(1);
        self.limit.saturating_sub(self.at.len()).min(texts).max(1)
    }

    /// Takes a row; sequence numbers are below 2^63.
    pub(super) fn push(&mut self, row: &RowRef<'_>, properties: &[(&str, ValueRef<'_>)]) {
        let number = u16::try_from(self.at.len()).expect("a block is ended when it is full");
        self.at.push(row.at);
        self.seq.push(row.seq.cast_signed());
        self.received_at.push(row.received_at);
        self.until.push((row.until != FOR_EVER).then_some(row.until.cast_signed()));
        self.sources.push(row.source);
        self.ids.push(row.id);
        self.texts += row.id.len() + row.source.len();
        for (place, (name, value)) in properties.iter().enumerate() {
            self.texts += name.len() + if let ValueRef::Text(text) = value { text.len() } else { 0 };
            self.properties.column(place, name).push(number, *value);
        }
    }

    /// Writes the block and empties it. What only the file knows, `offset` and `first`, is left at zero.
    pub(super) fn put(&mut self, out: &mut Vec<u8>) -> BlockEntry {
        let rows = self.rows();
        let mut data = Data::default();
        data.add(Role::At, |out| put_whole(&self.at, out));
        data.add(Role::Seq, |out| put_whole(&self.seq, out));
        data.add(Role::ReceivedAt, |out| put_whole(&self.received_at, out));
        if self.until.iter().any(Option::is_some) {
            data.add(Role::Until, |out| put_optional(&self.until, out));
        }
        data.add(Role::Source, |out| self.sources.put(out));
        data.add(Role::Id, |out| self.ids.put(out));
        let columns = &mut self.properties.0;
        columns.retain(|(_, column)| column.len() > 0);
        let is_rare = |column: &Column| column.len() * RARE <= rows;
        for (name, column) in columns.iter_mut().filter(|(_, column)| !is_rare(column)) {
            data.add(Role::Property(name), |out| column.put(rows, out));
        }
        let rare: Vec<&(String, Column)> = columns.iter().filter(|(_, column)| is_rare(column)).collect();
        if !rare.is_empty() {
            data.add(Role::Rest, |out| put_rest(&rare, out));
        }
        let header = data.header(rows);
        let bounds = |list: &[i64]| (list.iter().copied().min().unwrap_or(0), list.iter().copied().max().unwrap_or(0));
        let ((min_at, max_at), (min_seq, max_seq)) = (bounds(&self.at), bounds(&self.seq));
        let entry = BlockEntry {
            offset: 0,
            header: length(header.len()),
            crc: crc32c::crc32c(&header),
            length: length(header.len() + data.bytes.len()),
            first: 0,
            rows: length(rows),
            min_at,
            max_at,
            min_seq: min_seq.cast_unsigned(),
            max_seq: max_seq.cast_unsigned(),
        };
        out.extend_from_slice(&header);
        out.extend_from_slice(&data.bytes);
        self.clear();
        entry
    }

    fn clear(&mut self) {
        self.at.clear();
        self.seq.clear();
        self.received_at.clear();
        self.until.clear();
        self.sources.clear();
        self.ids.clear();
        self.properties.0.iter_mut().for_each(|(_, column)| column.clear());
        self.texts = 0;
        self.number += 1;
    }
}

/// Columns as they are written, and their header.
#[derive(Default)]
struct Data {
    header: Vec<u8>,
    count: u32,
    bytes: Vec<u8>,
}

impl Data {
    fn add(&mut self, role: Role<'_>, put: impl FnOnce(&mut Vec<u8>) -> Kind) {
        let start = self.bytes.len();
        let kind = put(&mut self.bytes);
        let crc = crc32c::crc32c(&self.bytes[start..]);
        self.count += 1;
        let (number, name) = match role {
            Role::At => (0, None),
            Role::Seq => (1, None),
            Role::ReceivedAt => (2, None),
            Role::Until => (3, None),
            Role::Source => (4, None),
            Role::Id => (5, None),
            Role::Property(name) => (6, Some(name)),
            Role::Rest => (7, None),
        };
        let out = &mut self.header;
        out.push(number);
        if let Some(name) = name {
            put_text(out, name);
        }
        for number in [length(start), length(self.bytes.len() - start), crc] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        match kind {
            Kind::Whole(Whole { scale, specials, width, base, max, numbers, sum }) => {
                out.extend_from_slice(&[0, scale, specials, width]);
                out.extend_from_slice(&base.to_le_bytes());
                out.extend_from_slice(&max.to_le_bytes());
                out.extend_from_slice(&numbers.to_le_bytes());
                out.extend_from_slice(&sum.to_le_bytes());
            }
            Kind::Listed { entries, width } => {
                out.extend_from_slice(&[1, width]);
                out.extend_from_slice(&entries.to_le_bytes());
            }
            Kind::Uuids => out.push(2),
            Kind::Texts => out.push(3),
            Kind::Sparse => out.push(4),
        }
    }

    fn header(&self, rows: usize) -> Vec<u8> {
        let mut header = Vec::with_capacity(self.header.len() + 8);
        header.extend_from_slice(&length(rows).to_le_bytes());
        header.extend_from_slice(&self.count.to_le_bytes());
        header.extend_from_slice(&self.header);
        header
    }
}

fn put_rest(rare: &[&(String, Column)], out: &mut Vec<u8>) -> Kind {
    let mut scratch = Vec::new();
    for (name, column) in rare {
        put_text(out, name);
        out.extend_from_slice(&length(column.len()).to_le_bytes());
        for (row, value) in column.values() {
            scratch.clear();
            put_value(&mut scratch, value);
            out.extend_from_slice(&row.to_le_bytes());
            out.extend_from_slice(&length(scratch.len()).to_le_bytes());
            out.extend_from_slice(&scratch);
        }
    }
    Kind::Sparse
}

/// The header of a block.
#[derive(Debug)]
pub(super) struct Header<'a> {
    pub(super) rows: usize,
    pub(super) chunks: Vec<Chunk<'a>>,
}

/// Reads a header; none when it is no such.
pub(super) fn read_header(bytes: &[u8]) -> Option<Header<'_>> {
    let mut cut = Cut(bytes);
    let rows = cut.u32()? as usize;
    let count = cut.u32()? as usize;
    if rows > ROWS || count > bytes.len() {
        return None;
    }
    let mut chunks = Vec::with_capacity(count);
    for _ in 0..count {
        let role = match cut.u8()? {
            0 => Role::At,
            1 => Role::Seq,
            2 => Role::ReceivedAt,
            3 => Role::Until,
            4 => Role::Source,
            5 => Role::Id,
            6 => Role::Property(cut.text()?),
            7 => Role::Rest,
            _ => return None,
        };
        let (offset, length, crc) = (cut.u32()?, cut.u32()?, cut.u32()?);
        let kind = match cut.u8()? {
            0 => {
                let (scale, specials, width) = (cut.u8()?, cut.u8()?, cut.u8()?);
                let (base, max, numbers, sum) = (cut.i64()?, cut.i64()?, cut.u32()?, cut.i128()?);
                Kind::Whole(Whole { scale, specials, width, base, max, numbers, sum })
            }
            1 => {
                let width = cut.u8()?;
                Kind::Listed { entries: cut.u32()?, width }
            }
            2 => Kind::Uuids,
            3 => Kind::Texts,
            4 => Kind::Sparse,
            _ => return None,
        };
        chunks.push(Chunk { role, kind, offset, length, crc });
    }
    cut.0.is_empty().then_some(Header { rows, chunks })
}

/// The properties that few rows have: each with its values.
pub(super) fn read_rest(bytes: &[u8], rows: usize) -> Option<Vec<(&str, ListedView<'_>)>> {
    let mut cut = Cut(bytes);
    let mut found = Vec::new();
    while !cut.0.is_empty() {
        let name = cut.text()?;
        let count = cut.u32()? as usize;
        let mut values = Vec::with_capacity(count.min(rows));
        for _ in 0..count {
            let row = cut.u16()?;
            let length = cut.u32()? as usize;
            let value = read_value(cut.bytes(length)?)?.there();
            (usize::from(row) < rows).then_some(())?;
            values.push((row, value));
        }
        found.push((name, ListedView::of(rows, values.into_iter())));
    }
    Some(found)
}

/// The values of a property in a block.
#[derive(Debug, Clone)]
pub(super) enum Values<'a> {
    Absent,
    Whole(WholeView<'a>),
    Listed(ListedView<'a>),
}

impl<'a> Values<'a> {
    pub(super) fn value(&self, row: usize) -> Option<ValueRef<'a>> {
        match self {
            Self::Absent => None,
            Self::Whole(view) => view.value(row),
            Self::Listed(view) => view.value(row),
        }
    }
}
