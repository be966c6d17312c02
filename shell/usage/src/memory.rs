//! What is not in segments yet: chunks of rows, as they came in, and where their identities are.

use crate::{
    Quarantined,
    ask::Known,
    corrections::Correction,
    rows::{Row, text_of},
    side::sent_text,
    table::Table,
};
use calendar::Instant;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};
use stdx::Key;

/// The accepted rows of one batch. It never changes.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) tenant: Key,
    pub(crate) received_at: Instant,
    pub(crate) first_seq: u64,
    /// A batch as `rows` encodes it.
    pub(crate) bytes: Vec<u8>,
    pub(crate) texts: Vec<(u32, u32)>,
    /// Where each accepted row begins, and by how much its position is above `first_seq`.
    pub(crate) rows: Vec<(u32, u32)>,
    /// Made when the chunk is first asked about one name or subject, so that taking events in does not wait for it.
    index: OnceLock<Index>,
}

/// Where things are in a chunk.
#[derive(Debug)]
struct Index {
    /// The numbers of its texts, in the order of the texts.
    texts: Vec<u32>,
    /// Name, subject and number of each row, sorted.
    rows: Vec<(u32, u32, u32)>,
}

impl Chunk {
    pub(crate) fn new(
        tenant: Key,
        received_at: Instant,
        first_seq: u64,
        bytes: Vec<u8>,
        texts: Vec<(u32, u32)>,
        rows: Vec<(u32, u32)>,
    ) -> Self {
        Self { tenant, received_at, first_seq, bytes, texts, rows, index: OnceLock::new() }
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| {
            let mut texts: Vec<u32> = (0..).take(self.texts.len()).collect();
            texts.sort_unstable_by_key(|number| self.text(*number));
            let row = |number: u32| {
                let row = self.row(number as usize);
                (row.name_number(), row.subject_number(), number)
            };
            let mut rows: Vec<_> = (0..).take(self.rows.len()).map(row).collect();
            rows.sort_unstable();
            Index { texts, rows }
        })
    }

    /// All texts, by number.
    pub(crate) fn all_texts(&self) -> Vec<&str> {
        self.texts.iter().map(|text| text_of(&self.bytes, *text)).collect()
    }

    fn text(&self, number: u32) -> &str {
        text_of(&self.bytes, self.texts[number as usize])
    }

    pub(crate) fn row(&self, index: usize) -> Row<'_> {
        Row::new(&self.bytes, &self.texts, self.rows[index].0)
    }

    /// The row that begins there.
    pub(crate) fn row_at(&self, start: u32) -> Row<'_> {
        Row::new(&self.bytes, &self.texts, start)
    }

    /// Touches the bytes of a row.
    pub(crate) fn look_at(&self, start: u32) -> u8 {
        let start = start as usize;
        [0, 64, 128].iter().fold(0, |seen, ahead| seen ^ self.bytes.get(start + ahead).copied().unwrap_or(0))
    }

    pub(crate) fn seq(&self, index: usize) -> u64 {
        self.first_seq + u64::from(self.rows[index].1)
    }

    /// The position of its last row; of a chunk without rows a position that it covers.
    pub(crate) fn last_seq(&self) -> u64 {
        self.rows.last().map_or(self.first_seq, |(_, delta)| self.first_seq + u64::from(*delta))
    }

    /// The number of a text in this chunk.
    pub(crate) fn number(&self, text: &str) -> Option<u32> {
        let texts = &self.index().texts;
        texts.binary_search_by_key(&text, |number| self.text(*number)).ok().map(|place| texts[place])
    }

    /// The rows of a name, or of a name and subject, by their numbers.
    pub(crate) fn rows_of(&self, name: u32, subject: Option<u32>) -> impl Iterator<Item = usize> {
        let rows = &self.index().rows;
        let (first, last) = subject.map_or((0, u32::MAX), |subject| (subject, subject));
        let from = rows.partition_point(|(n, s, _)| (*n, *s) < (name, first));
        let to = rows.partition_point(|(n, s, _)| (*n, *s) <= (name, last));
        rows[from..to].iter().map(|(_, _, row)| *row as usize)
    }

    /// Bytes of memory, about.
    pub(crate) fn weight(&self) -> usize {
        // with the index, which it will have once it is asked
        400 + self.bytes.len() + 12 * self.texts.len() + 20 * self.rows.len()
    }
}

/// The rows of one log file.
#[derive(Debug, Default)]
pub(crate) struct Memtable {
    /// Number of the log file.
    pub(crate) wal: u64,
    pub(crate) chunks: Vec<Arc<Chunk>>,
    pub(crate) by_tenant: HashMap<Key, Vec<u32>>,
    pub(crate) table: Table,
    pub(crate) rows: usize,
    /// Bytes of memory, about.
    pub(crate) weight: usize,
    pub(crate) corrections: Vec<(Key, Correction)>,
    /// What is in quarantine, in the order in which it came.
    pub(crate) quarantined: BTreeMap<Key, Vec<Arc<Quarantined>>>,
    /// Its place by hash.
    kept: HashMap<u64, Vec<(Key, usize)>>,
    /// Positions that the tenants reach with it; known when it is full.
    pub(crate) reach: HashMap<Key, u64>,
}

impl Memtable {
    pub(crate) fn new(wal: u64) -> Self {
        Self { wal, ..Self::default() }
    }

    /// Keeps something in quarantine that is not there yet; the text is by what it is compared.
    pub(crate) fn keep(&mut self, tenant: &Key, hash: u64, text: &str, kept: Arc<Quarantined>) {
        // the text is there about twice, in what was sent and in what is wrong with it
        self.weight += 1000 + 2 * text.len();
        let own = self.quarantined.entry(tenant.clone()).or_default();
        self.kept.entry(hash).or_default().push((tenant.clone(), own.len()));
        own.push(kept);
    }

    /// Whether this text is in quarantine.
    pub(crate) fn has_kept(&self, tenant: &Key, hash: u64, text: &str) -> bool {
        let found = self.kept.get(&hash).into_iter().flatten();
        found.filter(|(owner, _)| owner == tenant).any(|(_, place)| {
            let own = self.quarantined.get(tenant).and_then(|own| own.get(*place));
            own.is_some_and(|kept| sent_text(&kept.sent) == text)
        })
    }

    /// How much of what is in quarantine is of a tenant.
    pub(crate) fn kept_of(&self, tenant: &Key) -> &[Arc<Quarantined>] {
        self.quarantined.get(tenant).map_or(&[], Vec::as_slice)
    }

    /// The number that the next chunk gets.
    pub(crate) fn next_chunk(&self) -> u32 {
        u32::try_from(self.chunks.len()).expect("a memtable has fewer chunks than fit in memory")
    }

    /// Takes a chunk of which the rows are in the table already.
    pub(crate) fn push(&mut self, chunk: Arc<Chunk>) {
        self.rows += chunk.rows.len();
        // slots of the table have 8 bytes, and up to two thirds of them are free; entries have 8, and up to half of them are free
        self.weight += chunk.weight() + 40 * chunk.rows.len();
        let number = self.next_chunk();
        self.by_tenant.entry(chunk.tenant.clone()).or_default().push(number);
        self.chunks.push(chunk);
    }

    /// The chunks of a tenant.
    pub(crate) fn of<'a>(&'a self, tenant: &Key) -> impl Iterator<Item = &'a Arc<Chunk>> {
        self.by_tenant.get(tenant).into_iter().flatten().map(|chunk| &self.chunks[*chunk as usize])
    }

    /// The versions of the event that a row has the identity of.
    pub(crate) fn known(&self, hash: u64, tenant: &Key, row: &Row<'_>) -> Vec<Known> {
        let found = self.find(hash, tenant, row.source(), row.id()).into_iter();
        let version = |(chunk, there): (usize, usize)| {
            let chunk = &self.chunks[chunk];
            Known { seq: chunk.seq(there), same: chunk.row(there).says(row) }
        };
        found.map(version).collect()
    }

    /// The rows of an identity: chunk and row.
    pub(crate) fn find(&self, hash: u64, tenant: &Key, source: &str, id: &str) -> Vec<(usize, usize)> {
        let mut found: Vec<_> = self.table.find(hash).collect();
        found.retain(|(chunk, row)| {
            let chunk = &self.chunks[*chunk];
            let row = chunk.row(*row);
            chunk.tenant == *tenant && row.id() == id && row.source() == source
        });
        found
    }
}
