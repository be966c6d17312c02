//! What is not in segments yet: chunks of rows, as they came in, and where their identities are.

use crate::{
    Quarantined,
    corrections::Correction,
    rows::{Row, text_of},
    table::Table,
};
use calendar::Instant;
use std::{collections::HashMap, sync::Arc};
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
}

impl Chunk {
    pub(crate) fn row(&self, index: usize) -> Row<'_> {
        Row::new(&self.bytes, &self.texts, self.rows[index].0)
    }

    pub(crate) fn seq(&self, index: usize) -> u64 {
        self.first_seq + u64::from(self.rows[index].1)
    }

    /// The number of a text in this chunk.
    pub(crate) fn number(&self, text: &str) -> Option<u32> {
        let place = self.texts.iter().position(|place| text_of(&self.bytes, *place) == text)?;
        u32::try_from(place).ok()
    }

    /// Bytes of memory, about.
    pub(crate) fn weight(&self) -> usize {
        400 + self.bytes.len() + 8 * self.texts.len() + 8 * self.rows.len()
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
    pub(crate) quarantined: Vec<(Key, Arc<Quarantined>)>,
    /// Positions that the tenants reach with it; known when it is full.
    pub(crate) reach: HashMap<Key, u64>,
}

impl Memtable {
    pub(crate) fn new(wal: u64) -> Self {
        Self { wal, ..Self::default() }
    }

    /// The number that the next chunk gets.
    pub(crate) fn next_chunk(&self) -> u32 {
        u32::try_from(self.chunks.len()).expect("a memtable has fewer chunks than fit in memory")
    }

    /// Takes a chunk of which the rows are in the table already.
    pub(crate) fn push(&mut self, chunk: Arc<Chunk>) {
        self.rows += chunk.rows.len();
        // a slot of the table has 16 bytes, and up to two thirds of the slots are free
        self.weight += chunk.weight() + 32 * chunk.rows.len();
        let number = self.next_chunk();
        self.by_tenant.entry(chunk.tenant.clone()).or_default().push(number);
        self.chunks.push(chunk);
    }

    /// The chunks of a tenant.
    pub(crate) fn of<'a>(&'a self, tenant: &Key) -> impl Iterator<Item = &'a Arc<Chunk>> {
        self.by_tenant.get(tenant).into_iter().flatten().map(|chunk| &self.chunks[*chunk as usize])
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
