//! What is found out about a batch before it is decided upon, without a lock: which of its rows have the identity of another, and
//! which versions segments and full memtables hold of them. None of that changes any more.

use crate::{
    UsageError,
    memory::Memtable,
    rows::{Encoded, Row},
    sieve::Sieve,
    state::{Element, Segments, State},
    table::Table,
};
use std::{collections::HashMap, sync::Arc};
use stdx::Key;

/// A batch that was read.
pub(crate) struct Batch {
    pub(crate) encoded: Encoded,
    pub(crate) elements: Vec<Element>,
    /// Rows of which an earlier one in the batch has the identity, with the first that has it.
    pub(crate) twins: HashMap<u32, u32>,
    /// Versions of rows that were found in what was asked.
    known: HashMap<u32, Vec<Known>>,
    asked: Unchanging,
}

/// A version of an event that has the identity of a row of the batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) seq: u64,
    /// Whether it says what the row says.
    pub(crate) same: bool,
}

/// Where events are that do not change.
#[derive(Clone, Default)]
pub(crate) struct Unchanging {
    segments: Segments,
    full: Vec<Arc<Memtable>>,
}

impl Unchanging {
    pub(crate) fn of(state: &State) -> Self {
        let full = state.memtables.len().saturating_sub(1);
        Self { segments: Arc::clone(&state.segments), full: state.memtables.iter().take(full).cloned().collect() }
    }
}

impl Batch {
    pub(crate) fn new(encoded: Encoded, elements: Vec<Element>) -> Self {
        let twins = twins(&encoded);
        Self { encoded, elements, twins, known: HashMap::new(), asked: Unchanging::default() }
    }

    pub(crate) fn row(&self, number: u32) -> Row<'_> {
        Row::new(&self.encoded.bytes, &self.encoded.texts, self.encoded.rows[number as usize])
    }

    /// The versions that were found of a row.
    pub(crate) fn known(&self, number: u32) -> &[Known] {
        self.known.get(&number).map_or(&[], Vec::as_slice)
    }

    /// Asks what was not asked yet.
    pub(crate) fn ask(&mut self, tenant: &Key, there: Unchanging) -> Result<(), UsageError> {
        let was_asked = |segments: &Segments, one| segments.iter().any(|old| Arc::ptr_eq(one, old));
        let Unchanging { segments, full } = std::mem::take(&mut self.asked);
        let (mut suspects, mut sieved) = (Vec::new(), Sieved::default());
        if !Arc::ptr_eq(&segments, &there.segments) {
            for open in there.segments.iter().filter(|one| !was_asked(&segments, one)) {
                suspects.clear();
                let hashes = &self.encoded.hashes;
                match open.sieve.as_ref().map(|sieve| sieved.held_back(sieve, hashes)) {
                    None => open.segment.suspects(hashes, |number| suspects.push(number))?,
                    Some(([], _)) => continue,
                    Some((numbers, held)) => open.segment.suspects(held, |place| suspects.push(numbers[place]))?,
                }
                for number in &suspects {
                    let (number, hash) = (length(*number), self.encoded.hashes[*number]);
                    let row = self.row(number);
                    let mut known = Vec::new();
                    for there in open.segment.find_hashed(hash, tenant.as_str(), row.source(), row.id())? {
                        known.push(Known { seq: open.segment.seq(there)?.0, same: open.segment.says(there, &row)? });
                    }
                    if !known.is_empty() {
                        self.known.entry(number).or_default().extend(known);
                    }
                }
            }
        }
        for memtable in there.full.iter().filter(|one| !full.iter().any(|old| Arc::ptr_eq(one, old))) {
            for number in memtable.table.those_it_may_have(&self.encoded.hashes) {
                let row = self.row(number);
                let known = memtable.known(self.encoded.hashes[number as usize], tenant, &row);
                if !known.is_empty() {
                    self.known.entry(number).or_default().extend(known);
                }
            }
        }
        self.asked = there;
        Ok(())
    }
}

/// What sieves hold back of a batch.
#[derive(Default)]
struct Sieved(Vec<(Arc<Sieve>, Vec<usize>, Vec<u64>)>);

impl Sieved {
    /// The numbers of the hashes that a sieve holds back, and these.
    fn held_back(&mut self, sieve: &Arc<Sieve>, hashes: &[u64]) -> (&[usize], &[u64]) {
        let place = self.0.iter().position(|(known, ..)| Arc::ptr_eq(known, sieve)).unwrap_or_else(|| {
            let numbers = sieve.held_back(hashes);
            let held = numbers.iter().map(|number| hashes[*number]).collect();
            self.0.push((Arc::clone(sieve), numbers, held));
            self.0.len() - 1
        });
        let (_, numbers, held) = &self.0[place];
        (numbers, held)
    }
}

/// Rows that have the identity of an earlier one.
fn twins(encoded: &Encoded) -> HashMap<u32, u32> {
    let row = |number: u32| Row::new(&encoded.bytes, &encoded.texts, encoded.rows[number as usize]);
    let (mut table, mut twins) = (Table::with_room(encoded.hashes.len()), HashMap::new());
    for (number, hash) in (0_u32..).zip(&encoded.hashes) {
        if table.has(*hash) {
            let own = row(number);
            let earlier = table.find(*hash).map(|(_, earlier)| length(earlier)).find(|earlier| {
                let earlier = row(*earlier);
                earlier.id() == own.id() && earlier.source() == own.source()
            });
            if let Some(earlier) = earlier {
                twins.insert(number, earlier);
                continue;
            }
        }
        table.add(*hash, 0, number);
    }
    twins
}

fn length(number: usize) -> u32 {
    u32::try_from(number).expect("a batch is below 4 GiB")
}
