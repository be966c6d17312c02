//! The values of one property, or of one fixed field, in the rows of a block.
//!
//! Numbers that have a common decimal scale at which they are 64-bit integers are `Whole`: codes of 0 to 8 bytes counted from the
//! smallest. All else is `Listed`: the different values, and for each row which of them.

use super::{
    ValueRef,
    bytes::{Cut, length, u32_at},
};
use crate::quick::{quick, slot};
use money::Dec;
use std::ops::Range;

/// How the values of a column are written, and what is known of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Whole(Whole),
    Listed {
        /// How many different values.
        entries: u32,
        /// Bytes of a row's code: 0, 1 or 2.
        width: u8,
    },
    /// 16 bytes for each row: the identifier of the form `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` in lower case.
    Uuids,
    /// For each row, and for the end, where its text begins; then the texts.
    Texts,
    /// Values of properties that few rows have.
    Sparse,
}

/// Numbers: row `n` has `(base + code(n) − specials) × 10^−scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whole {
    /// Decimal places.
    pub(super) scale: u8,
    /// How many of the lowest codes are no number: code 0 is an absent value, code 1 null.
    pub(super) specials: u8,
    /// Bytes of a row's code.
    pub(super) width: u8,
    /// The smallest number.
    pub(super) base: i64,
    /// The largest number.
    pub(super) max: i64,
    /// How many rows have a number.
    pub(super) numbers: u32,
    /// Their sum.
    pub(super) sum: i128,
}

/// The codes of numbers that are all there.
pub(super) fn put_whole(numbers: &[i64], out: &mut Vec<u8>) -> Kind {
    let cells: Vec<Option<i64>> = numbers.iter().map(|number| Some(*number)).collect();
    let whole = Whole::of(&cells, 0, 0).expect("without special codes every range of 64-bit numbers has codes");
    put_codes(cells.iter().map(|cell| whole.code_of(*cell)), whole.width, out);
    Kind::Whole(whole)
}

/// The codes of numbers of which some are absent.
pub(super) fn put_optional(numbers: &[Option<i64>], out: &mut Vec<u8>) -> Kind {
    let whole = Whole::of(numbers, 0, 1).expect("numbers of this use are below 2^63");
    put_codes(numbers.iter().map(|cell| whole.code_of(*cell)), whole.width, out);
    Kind::Whole(whole)
}

impl Whole {
    /// None when the codes would not fit into 64 bits.
    fn of(numbers: &[Option<i64>], scale: u8, specials: u8) -> Option<Self> {
        let there = || numbers.iter().flatten().copied();
        let (base, max) = (there().min().unwrap_or(0), there().max().unwrap_or(0));
        let most = max.abs_diff(base).checked_add(specials.into())?;
        let significant = 8 - u8::try_from(most.leading_zeros() / 8).ok()?;
        let width = if significant == 7 { 8 } else { significant };
        let sum = there().map(i128::from).sum();
        Some(Self { scale, specials, width, base, max, numbers: length(there().count()), sum })
    }

    fn code_of(&self, number: Option<i64>) -> u64 {
        number.map_or(0, |number| number.abs_diff(self.base) + u64::from(self.specials))
    }
}

fn put_codes(codes: impl Iterator<Item = u64>, width: u8, out: &mut Vec<u8>) {
    for code in codes {
        out.extend_from_slice(&code.to_le_bytes()[..usize::from(width)]);
    }
}

/// Different values, numbered in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Entries {
    ends: Vec<u32>,
    bytes: Vec<u8>,
    /// A power of two of them, at most half of them used: the number of a value plus one, and 0 where there is none.
    slots: Vec<u16>,
    /// The value that came last: mostly it comes again.
    last: u16,
}

impl Entries {
    fn entry(&self, number: usize) -> &[u8] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[start..self.ends[number] as usize]
    }

    /// The number of a value. A block has at most 4,096 rows, and so at most as many values and the absent one.
    pub(super) fn number(&mut self, value: Option<ValueRef<'_>>) -> u16 {
        let (start, count) = (self.bytes.len(), self.ends.len());
        put_value(&mut self.bytes, value);
        if count > 0 && self.entry(usize::from(self.last)) == &self.bytes[start..] {
            self.bytes.truncate(start);
            return self.last;
        }
        if (count + 1) * 2 > self.slots.len() {
            self.slots = vec![0; (self.slots.len() * 2).max(32)];
            for number in 0..count {
                let free = self.slot(self.entry(number), |found| found == 0);
                self.slots[free] = small(number + 1);
            }
        }
        let new = &self.bytes[start..];
        let slot = self.slot(new, |found| found == 0 || self.entry(usize::from(found) - 1) == new);
        if self.slots[slot] == 0 {
            self.ends.push(length(self.bytes.len()));
            self.slots[slot] = small(count + 1);
        } else {
            self.bytes.truncate(start);
        }
        self.last = self.slots[slot] - 1;
        self.last
    }

    fn slot(&self, value: &[u8], is_wanted: impl Fn(u16) -> bool) -> usize {
        let mut at = slot(quick(value), self.slots.len());
        while !is_wanted(self.slots[at]) {
            at = (at + 1) & (self.slots.len() - 1);
        }
        at
    }

    fn put(&self, codes: &[u16], out: &mut Vec<u8>) -> Kind {
        let width = match self.ends.len() {
            0 | 1 => 0,
            2..=256 => 1,
            _ => 2,
        };
        // in the order of their bytes, so that blocks with the same values have the same codes
        let mut order: Vec<usize> = (0..self.ends.len()).collect();
        order.sort_unstable_by_key(|number| self.entry(*number));
        let mut code_of = vec![0; order.len()];
        let mut end = 0;
        for (code, number) in order.iter().enumerate() {
            code_of[*number] = code as u64;
            end += self.entry(*number).len();
            out.extend_from_slice(&length(end).to_le_bytes());
        }
        for number in order {
            out.extend_from_slice(self.entry(number));
        }
        put_codes(codes.iter().map(|code| code_of[usize::from(*code)]), width, out);
        Kind::Listed { entries: length(self.ends.len()), width }
    }

    fn clear(&mut self) {
        self.ends.clear();
        self.bytes.clear();
        self.slots.clear();
        self.last = 0;
    }
}

fn small(number: usize) -> u16 {
    u16::try_from(number).expect("a block has at most 4,096 rows")
}

/// The bytes of one value; none is an absent one.
pub(super) fn put_value(out: &mut Vec<u8>, value: Option<ValueRef<'_>>) {
    match value {
        None => out.push(0),
        Some(ValueRef::Null) => out.push(1),
        Some(ValueRef::Bool(false)) => out.push(2),
        Some(ValueRef::Bool(true)) => out.push(3),
        Some(ValueRef::Num(number)) => {
            out.push(4);
            out.push(number.scale());
            out.extend_from_slice(&number.mantissa().to_le_bytes());
        }
        Some(ValueRef::Text(text)) => {
            out.push(5);
            out.extend_from_slice(text.as_bytes());
        }
    }
}

/// What [`put_value`] wrote.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry<'a> {
    Absent,
    There(ValueRef<'a>),
}

impl<'a> Entry<'a> {
    pub(super) fn there(self) -> Option<ValueRef<'a>> {
        match self {
            Self::Absent => None,
            Self::There(value) => Some(value),
        }
    }
}

/// Reads what [`put_value`] wrote; none when the bytes are no such thing.
pub(super) fn read_value(bytes: &[u8]) -> Option<Entry<'_>> {
    let mut cut = Cut(bytes);
    Some(Entry::There(match cut.u8()? {
        0 => return Some(Entry::Absent),
        1 => ValueRef::Null,
        2 => ValueRef::Bool(false),
        3 => ValueRef::Bool(true),
        4 => {
            let scale = cut.u8()?;
            ValueRef::Num(Dec::new(cut.i128()?, scale).ok()?)
        }
        5 => ValueRef::Text(std::str::from_utf8(cut.0).ok()?),
        _ => return None,
    }))
}

/// Texts of a fixed field: each row has one.
#[derive(Debug, Default)]
pub(super) struct TextColumn {
    entries: Entries,
    codes: Vec<u16>,
}

impl TextColumn {
    pub(super) fn push(&mut self, text: &str) {
        self.codes.push(self.entries.number(Some(ValueRef::Text(text))));
    }
    /// Takes the texts of some rows of another block, and says how many bytes they have. None when one of them is no text.
    pub(super) fn append(&mut self, view: &ListedView<'_>, rows: Range<usize>, known: &mut Known) -> Option<usize> {
        let mut bytes = 0;
        for row in rows {
            let code = view.code(row);
            let text = view.entries[code]?;
            let Cell::Entry(number) = known.cell(code, || Cell::Entry(self.entries.number(Some(text)))) else {
                return None;
            };
            self.codes.push(number);
            bytes += text_bytes(text)?;
        }
        Some(bytes)
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) -> Kind {
        self.entries.put(&self.codes, out)
    }
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.codes.clear();
    }
}

fn text_bytes(value: ValueRef<'_>) -> Option<usize> {
    if let ValueRef::Text(text) = value { Some(text.len()) } else { None }
}

/// What the entries of a column are in the block that is being filled, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Number of the block for which it is right.
    block: Option<u64>,
    cells: Vec<Option<Cell>>,
}

impl Known {
    /// Is about this block from now on.
    pub(super) fn of(&mut self, block: u64, view: &ListedView<'_>) -> &mut Self {
        if self.block.replace(block) != Some(block) {
            self.cells.clear();
            self.cells.resize(view.entries.len(), None);
        }
        self
    }

    fn cell(&mut self, code: usize, find: impl FnOnce() -> Cell) -> Cell {
        *self.cells[code].get_or_insert_with(find)
    }
}

/// The value of a property in one row, while a block is being filled.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Null,
    Number { mantissa: i64, scale: u8 },
    Entry(u16),
}

/// The values of a property, while a block is being filled. Rows without it have no cell.
#[derive(Debug, Default)]
pub(super) struct Column {
    cells: Vec<(u16, Cell)>,
    entries: Entries,
    others: bool,
}

impl Column {
    pub(super) fn push(&mut self, row: u16, value: ValueRef<'_>) {
        let cell = self.cell(value);
        self.cells.push((row, cell));
    }

    fn cell(&mut self, value: ValueRef<'_>) -> Cell {
        match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Num(number) => match i64::try_from(number.mantissa()) {
                Ok(mantissa) => Cell::Number { mantissa, scale: number.scale() },
                Err(_) => self.other(value),
            },
            ValueRef::Bool(_) | ValueRef::Text(_) => self.other(value),
        }
    }

    /// Takes the numbers of some rows of another block; the first of them gets this number.
    pub(super) fn append_whole(&mut self, first: u16, view: &WholeView<'_>, rows: Range<usize>, codes: &mut Vec<u64>) {
        view.decode(rows, codes);
        for (row, code) in (first..).zip(codes) {
            match view.number_of(*code) {
                Some(mantissa) if view.whole.scale == 0 => self.cells.push((row, Cell::Number { mantissa, scale: 0 })),
                Some(_) | None => {
                    if let Some(value) = view.value_of(*code) {
                        self.push(row, value);
                    }
                }
            }
        }
    }

    /// Takes the values of some rows of another block, and says how many bytes their texts have.
    pub(super) fn append_listed(
        &mut self,
        first: u16,
        view: &ListedView<'_>,
        rows: Range<usize>,
        known: &mut Known,
    ) -> usize {
        let mut bytes = 0;
        for (row, from) in (first..).zip(rows) {
            let code = view.code(from);
            if let Some(value) = view.entries[code] {
                let cell = known.cell(code, || self.cell(value));
                self.cells.push((row, cell));
                bytes += text_bytes(value).unwrap_or(0);
            }
        }
        bytes
    }

    fn other(&mut self, value: ValueRef<'_>) -> Cell {
        self.others = true;
        Cell::Entry(self.entries.number(Some(value)))
    }

    /// How many rows have the property.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.entries.clear();
        self.others = false;
    }

    /// Writes the column of so many rows.
    pub(super) fn put(&mut self, rows: usize, out: &mut Vec<u8>) -> Kind {
        if let Some((whole, codes)) = self.as_whole(rows) {
            put_codes(codes.into_iter(), whole.width, out);
            return Kind::Whole(whole);
        }
        let absent = (self.cells.len() < rows).then(|| self.entries.number(None));
        let mut codes = vec![absent.unwrap_or_default(); rows];
        for (row, cell) in &self.cells {
            codes[usize::from(*row)] = match *cell {
                Cell::Entry(number) => number,
                Cell::Null => self.entries.number(Some(ValueRef::Null)),
                Cell::Number { mantissa, scale } => {
                    let number = Dec::new(mantissa.into(), scale).expect("it was made from such a number");
                    self.entries.number(Some(ValueRef::Num(number)))
                }
            };
        }
        self.entries.put(&codes, out)
    }

    fn as_whole(&self, rows: usize) -> Option<(Whole, Vec<u64>)> {
        if self.others {
            return None;
        }
        let scales = self
            .cells
            .iter()
            .filter_map(|(_, cell)| if let Cell::Number { scale, .. } = cell { Some(*scale) } else { None });
        let scale = scales.max()?;
        let mut numbers = vec![None; rows];
        let mut nulls = false;
        for (row, cell) in &self.cells {
            match cell {
                Cell::Number { mantissa, scale: own } => {
                    let lift = 10_i64.checked_pow(u32::from(scale - own))?;
                    numbers[usize::from(*row)] = Some(mantissa.checked_mul(lift)?);
                }
                Cell::Null => nulls = true,
                Cell::Entry(_) => return None,
            }
        }
        let specials = if nulls { 2 } else { u8::from(self.cells.len() < rows) };
        let whole = Whole::of(&numbers, scale, specials)?;
        let mut codes: Vec<u64> = numbers.iter().map(|number| whole.code_of(*number)).collect();
        for (row, cell) in &self.cells {
            if let Cell::Null = cell {
                codes[usize::from(*row)] = 1;
            }
        }
        Some((whole, codes))
    }

    /// The values with their rows.
    pub(super) fn values(&self) -> impl Iterator<Item = (u16, Option<ValueRef<'_>>)> {
        self.cells.iter().map(|(row, cell)| {
            let value = match *cell {
                Cell::Null => Some(ValueRef::Null),
                Cell::Number { mantissa, scale } => Dec::new(mantissa.into(), scale).ok().map(ValueRef::Num),
                Cell::Entry(number) => read_value(self.entries.entry(usize::from(number))).and_then(Entry::there),
            };
            (*row, value)
        })
    }
}

/// A column of numbers, to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct WholeView<'a> {
    pub(super) whole: Whole,
    codes: &'a [u8],
}

impl<'a> WholeView<'a> {
    pub(super) fn new(whole: Whole, codes: &'a [u8], rows: usize) -> Option<Self> {
        let fits = codes.len() == rows.checked_mul(whole.width.into())? && matches!(whole.width, 0..=6 | 8);
        fits.then_some(Self { whole, codes })
    }

    /// The code of a row.
    pub(super) fn code(&self, row: usize) -> u64 {
        let width = usize::from(self.whole.width);
        let mut bytes = [0; 8];
        bytes[..width].copy_from_slice(&self.codes[row * width..(row + 1) * width]);
        u64::from_le_bytes(bytes)
    }

    /// The number with this code, in units of its scale.
    pub(super) fn number_of(&self, code: u64) -> Option<i64> {
        let above = code.checked_sub(self.whole.specials.into())?;
        Some(self.whole.base.wrapping_add_unsigned(above))
    }

    pub(super) fn number(&self, row: usize) -> Option<i64> {
        self.number_of(self.code(row))
    }

    pub(super) fn value(&self, row: usize) -> Option<ValueRef<'static>> {
        self.value_of(self.code(row))
    }

    pub(super) fn value_of(&self, code: u64) -> Option<ValueRef<'static>> {
        match self.number_of(code) {
            Some(number) => Dec::new(number.into(), self.whole.scale).ok().map(ValueRef::Num),
            None => (code == 1).then_some(ValueRef::Null),
        }
    }

    /// The codes of some rows.
    pub(super) fn decode(&self, rows: Range<usize>, out: &mut Vec<u64>) {
        out.clear();
        let width = usize::from(self.whole.width);
        let codes = &self.codes[rows.start * width..rows.end * width];
        match width {
            0 => out.resize(rows.len(), 0),
            1 => out.extend(codes.iter().map(|code| u64::from(*code))),
            2 => out.extend(wide::<2>(codes)),
            3 => out.extend(wide::<3>(codes)),
            4 => out.extend(wide::<4>(codes)),
            5 => out.extend(wide::<5>(codes)),
            6 => out.extend(wide::<6>(codes)),
            _ => out.extend(wide::<8>(codes)),
        }
    }

    /// The sum of the codes of some rows.
    pub(super) fn sum_codes(&self, rows: Range<usize>) -> u128 {
        let width = usize::from(self.whole.width);
        let codes = &self.codes[rows.start * width..rows.end * width];
        // at most 4,096 codes below 2^48 stay below 2^60
        let sum: u64 = match width {
            0 => 0,
            1 => codes.iter().map(|code| u64::from(*code)).sum(),
            2 => wide::<2>(codes).sum(),
            3 => wide::<3>(codes).sum(),
            4 => wide::<4>(codes).sum(),
            5 => wide::<5>(codes).sum(),
            6 => wide::<6>(codes).sum(),
            _ => return wide::<8>(codes).map(u128::from).sum(),
        };
        sum.into()
    }
}

fn wide<const N: usize>(codes: &[u8]) -> impl Iterator<Item = u64> {
    codes.as_chunks::<N>().0.iter().map(|code| {
        let mut bytes = [0; 8];
        bytes[..N].copy_from_slice(code);
        u64::from_le_bytes(bytes)
    })
}

/// A column of listed values, to be read.
#[derive(Debug, Clone)]
pub(super) struct ListedView<'a> {
    pub(super) entries: Vec<Option<ValueRef<'a>>>,
    codes: Codes<'a>,
}

#[derive(Debug, Clone)]
enum Codes<'a> {
    Same,
    Bytes(&'a [u8]),
    Pairs(&'a [[u8; 2]]),
    Own(Vec<u16>),
}

impl<'a> ListedView<'a> {
    /// None when the bytes are no such column.
    pub(super) fn new(entries: u32, width: u8, bytes: &'a [u8], rows: usize) -> Option<Self> {
        let count = entries as usize;
        let (ends, rest) = bytes.split_at_checked(count.checked_mul(4)?)?;
        let mut read = Vec::with_capacity(count);
        let mut start = 0;
        for number in 0..count {
            let end = u32_at(ends, number)? as usize;
            read.push(read_value(rest.get(start..end)?)?.there());
            start = end;
        }
        let codes = &rest[start..];
        if codes.len() != rows.checked_mul(width.into())? {
            return None;
        }
        let (codes, most) = match width {
            0 => (Codes::Same, 0),
            1 => (Codes::Bytes(codes), codes.iter().copied().max().map_or(0, usize::from)),
            2 => {
                let codes = codes.as_chunks::<2>().0;
                (Codes::Pairs(codes), codes.iter().map(|code| u16::from_le_bytes(*code)).max().map_or(0, usize::from))
            }
            _ => return None,
        };
        (most < count).then_some(Self { entries: read, codes })
    }

    /// The value of one row, without reading those of the others. None when the bytes are no such column.
    pub(super) fn one(entries: u32, width: u8, bytes: &'a [u8], rows: usize, row: usize) -> Option<Entry<'a>> {
        let count = entries as usize;
        let (ends, rest) = bytes.split_at_checked(count.checked_mul(4)?)?;
        let length = if count == 0 { 0 } else { u32_at(ends, count - 1)? as usize };
        let codes = rest.get(length..)?;
        if codes.len() != rows.checked_mul(width.into())? {
            return None;
        }
        let code = match width {
            0 => 0,
            1 => (*codes.get(row)?).into(),
            2 => u16::from_le_bytes(*codes.as_chunks::<2>().0.get(row)?).into(),
            _ => return None,
        };
        let start = if code == 0 { 0 } else { u32_at(ends, code - 1)? as usize };
        read_value(rest.get(start..u32_at(ends, code)? as usize)?)
    }

    /// A property that few rows have.
    pub(super) fn of(rows: usize, values: impl Iterator<Item = (u16, Option<ValueRef<'a>>)>) -> Self {
        let (mut entries, mut codes) = (vec![None], vec![0; rows]);
        for (row, value) in values {
            codes[usize::from(row)] = small(entries.len());
            entries.push(value);
        }
        Self { entries, codes: Codes::Own(codes) }
    }

    /// Bytes of the longest text.
    pub(super) fn longest(&self) -> usize {
        self.entries.iter().flatten().filter_map(|value| text_bytes(*value)).max().unwrap_or(0)
    }

    /// Which entry a row has.
    pub(super) fn code(&self, row: usize) -> usize {
        match &self.codes {
            Codes::Same => 0,
            Codes::Bytes(codes) => codes[row].into(),
            Codes::Pairs(codes) => u16::from_le_bytes(codes[row]).into(),
            Codes::Own(codes) => codes[row].into(),
        }
    }

    /// Which entry each row has.
    pub(super) fn codes(&self, rows: usize) -> Vec<u16> {
        match &self.codes {
            Codes::Same => vec![0; rows],
            Codes::Bytes(codes) => codes.iter().map(|code| u16::from(*code)).collect(),
            Codes::Pairs(codes) => codes.iter().map(|code| u16::from_le_bytes(*code)).collect(),
            Codes::Own(codes) => codes.clone(),
        }
    }

    pub(super) fn value(&self, row: usize) -> Option<ValueRef<'a>> {
        self.entries[self.code(row)]
    }
}
