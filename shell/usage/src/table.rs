//! Where the rows of an identity are, by hash: the memory of a memtable of what was accepted.

/// Finds rows by the hash of their identity. Rows that are found need not have that identity: whoever asks compares.
///
/// What is asked most is whether an identity is absent: that looks at slots of eight bytes, so that few lines of the processor's
/// cache are needed.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// A power of two of slots, at most three quarters of them used.
    slots: Vec<Slot>,
    /// Chunk and row of each entry.
    entries: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The low half of the hash.
    tag: u32,
    /// Number of the entry plus one; 0 where there is none.
    entry: u32,
}

const FREE: Slot = Slot { tag: 0, entry: 0 };

impl Table {
    /// With room for so many rows.
    pub(crate) fn with_room(rows: usize) -> Self {
        Self { slots: vec![FREE; (rows * 4 / 3 + 1).next_power_of_two().max(64)], entries: Vec::with_capacity(rows) }
    }

    /// The numbers of the hashes that it may have. One look-up does not wait for the one before it.
    pub(crate) fn those_it_may_have(&self, hashes: &[u64]) -> Vec<u32> {
        let mut found = Vec::new();
        if self.slots.is_empty() {
            return found;
        }
        let mut number = 0;
        for hashes in hashes.chunks(32) {
            let seen = hashes.iter().fold(0, |seen, hash| seen ^ self.slots[self.place(tag(*hash))].tag);
            std::hint::black_box(seen);
            for hash in hashes {
                if self.has(*hash) {
                    found.push(number);
                }
                number += 1;
            }
        }
        found
    }

    /// The rows that may have this hash: chunk and row.
    pub(crate) fn find(&self, hash: u64) -> impl Iterator<Item = (usize, usize)> {
        let start = if self.slots.is_empty() { 0 } else { self.place(tag(hash)) };
        let mask = self.slots.len().wrapping_sub(1);
        let slots = (0..self.slots.len()).map(move |step| self.slots[(start + step) & mask]);
        slots.take_while(|slot| slot.entry != 0).filter(move |slot| slot.tag == tag(hash)).map(|slot| {
            let (chunk, row) = self.entries[slot.entry as usize - 1];
            (chunk as usize, row as usize)
        })
    }

    /// Whether there may be a row with this hash.
    pub(crate) fn has(&self, hash: u64) -> bool {
        if self.slots.is_empty() {
            return false;
        }
        let (tag, mask) = (tag(hash), self.slots.len() - 1);
        let mut at = self.place(tag);
        loop {
            let slot = self.slots[at];
            if slot.entry == 0 {
                return false;
            }
            if slot.tag == tag {
                return true;
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, hash: u64, chunk: u32, row: u32) {
        if (self.entries.len() + 1) * 4 > self.slots.len() * 3 {
            let bigger = vec![FREE; (self.slots.len() * 2).max(64)];
            for slot in std::mem::replace(&mut self.slots, bigger) {
                if slot.entry != 0 {
                    self.put(slot);
                }
            }
        }
        self.entries.push((chunk, row));
        let entry = u32::try_from(self.entries.len()).expect("a memtable has fewer rows than that");
        self.put(Slot { tag: tag(hash), entry });
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = self.place(slot.tag);
        while self.slots[at].entry != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    fn place(&self, tag: u32) -> usize {
        tag as usize & (self.slots.len() - 1)
    }
}

fn tag(hash: u64) -> u32 {
    u32::try_from(hash & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_a_hash_is_found_and_no_other() {
        let mut table = Table::default();
        assert!(!table.has(7) && table.find(7).next().is_none());
        for n in 0..1000_u32 {
            table.add(u64::from(n % 300) << 3, n / 10, n % 10);
        }
        for hash in 0..300_u64 {
            let found: Vec<_> = table.find(hash << 3).map(|(chunk, row)| (chunk * 10 + row) as u64 % 300).collect();
            assert_eq!(found.len(), if hash < 100 { 4 } else { 3 });
            assert!(found.iter().all(|n| *n == hash) && table.has(hash << 3));
        }
        assert!(!table.has(1) && table.find(301 << 3).next().is_none());
    }
}
