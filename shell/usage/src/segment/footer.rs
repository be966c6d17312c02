//! The footer: what is where in a segment.

use super::{
    block::BlockEntry,
    bytes::{Cut, length, put_text, u32_at},
};

/// The first and the last bytes of a segment; the digit is the version of the format.
pub(super) const MAGIC: [u8; 8] = *b"CFSEGM\x002";
/// Bytes after the footer.
pub(super) const TRAILER: usize = 32;

/// Rows of one tenant, name and subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) tenant: u32,
    pub(super) name: u32,
    pub(super) subject: u32,
    /// Number of the first row; the last is before the first of the next run.
    pub(super) first: u32,
}

/// Texts by number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Texts {
    heap: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) -> u32 {
        let number = length(self.ends.len());
        self.heap.push_str(text);
        self.ends.push(length(self.heap.len()));
        number
    }

    pub(super) fn get(&self, number: u32) -> &str {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.heap[start..self.ends[number] as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of all texts.
    pub(super) fn bytes(&self) -> usize {
        self.heap.len()
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&length(self.ends.len()).to_le_bytes());
        self.ends.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
        put_text(out, &self.heap);
    }

    fn read(cut: &mut Cut<'_>) -> Option<Self> {
        let count = cut.u32()? as usize;
        let numbers = cut.bytes(count.checked_mul(4)?)?;
        let text = cut.text()?;
        let mut ends = Vec::with_capacity(count);
        let mut last = 0;
        for place in 0..count {
            let end = u32_at(numbers, place)?;
            (end >= last && text.is_char_boundary(end as usize)).then_some(())?;
            ends.push(end);
            last = end;
        }
        Some(Self { heap: text.to_owned(), ends })
    }
}

/// What is where in a segment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Footer {
    pub(super) rows: u32,
    pub(super) tenants: Texts,
    pub(super) names: Texts,
    pub(super) subjects: Texts,
    /// In the order of the rows.
    pub(super) runs: Vec<Run>,
    /// In the order of the rows.
    pub(super) blocks: Vec<BlockEntry>,
    /// Where the index of identities begins in the file.
    pub(super) identities: u64,
    /// How many rows each of its shelves has.
    pub(super) shelves: Vec<u32>,
    /// The checksums of its pages.
    pub(super) pages: Vec<u32>,
}

impl Footer {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.rows.to_le_bytes());
        self.tenants.put(out);
        self.names.put(out);
        self.subjects.put(out);
        out.extend_from_slice(&length(self.runs.len()).to_le_bytes());
        for run in &self.runs {
            for number in [run.tenant, run.name, run.subject, run.first] {
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
        out.extend_from_slice(&length(self.blocks.len()).to_le_bytes());
        for block in &self.blocks {
            out.extend_from_slice(&block.offset.to_le_bytes());
            for number in [block.header, block.crc, block.length, block.first, block.rows] {
                out.extend_from_slice(&number.to_le_bytes());
            }
            out.extend_from_slice(&block.min_at.to_le_bytes());
            out.extend_from_slice(&block.max_at.to_le_bytes());
            out.extend_from_slice(&block.min_seq.to_le_bytes());
            out.extend_from_slice(&block.max_seq.to_le_bytes());
        }
        out.extend_from_slice(&self.identities.to_le_bytes());
        for list in [&self.shelves, &self.pages] {
            out.extend_from_slice(&length(list.len()).to_le_bytes());
            out.extend(list.iter().flat_map(|number| number.to_le_bytes()));
        }
    }

    /// None when the bytes are no footer.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut cut = Cut(bytes);
        let cut = &mut cut;
        let rows = cut.u32()?;
        let (tenants, names, subjects) = (Texts::read(cut)?, Texts::read(cut)?, Texts::read(cut)?);
        let mut runs = Vec::new();
        for _ in 0..cut.u32()? {
            let run = Run { tenant: cut.u32()?, name: cut.u32()?, subject: cut.u32()?, first: cut.u32()? };
            let known = |number: u32, texts: &Texts| (number as usize) < texts.len();
            let fits = known(run.tenant, &tenants) && known(run.name, &names) && known(run.subject, &subjects);
            (fits && run.first < rows).then_some(())?;
            runs.push(run);
        }
        let mut blocks: Vec<BlockEntry> = Vec::new();
        let mut next = 0;
        for _ in 0..cut.u32()? {
            let offset = cut.u64()?;
            let (header, crc, length, first, rows) = (cut.u32()?, cut.u32()?, cut.u32()?, cut.u32()?, cut.u32()?);
            let (min_at, max_at, min_seq, max_seq) = (cut.i64()?, cut.i64()?, cut.u64()?, cut.u64()?);
            (first == next && rows > 0 && header <= length).then_some(())?;
            next = first.checked_add(rows)?;
            blocks.push(BlockEntry { offset, header, crc, length, first, rows, min_at, max_at, min_seq, max_seq });
        }
        let identities = cut.u64()?;
        let [mut shelves, mut pages] = [Vec::new(), Vec::new()];
        for list in [&mut shelves, &mut pages] {
            for _ in 0..cut.u32()? {
                list.push(cut.u32()?);
            }
        }
        let starts = runs.first().map_or(rows == 0, |run| run.first == 0);
        let ordered = starts && runs.is_sorted_by(|a, b| a.first < b.first) && next == rows && cut.0.is_empty();
        ordered.then_some(Self { rows, tenants, names, subjects, runs, blocks, identities, shelves, pages })
    }

    /// The rows of a run.
    pub(super) fn rows_of(&self, run: usize) -> std::ops::Range<u32> {
        self.runs[run].first..self.runs.get(run + 1).map_or(self.rows, |next| next.first)
    }

    /// The block that has a row.
    pub(super) fn block_of(&self, row: u32) -> usize {
        self.blocks.partition_point(|block| block.first <= row).saturating_sub(1)
    }
}
