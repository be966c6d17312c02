//! Where the rows of an identity are, by hash: the memory of a memtable of what was accepted.

/// Finds rows by the hash of their identity. Rows of one hash need not have one identity: whoever asks compares.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// A power of two of slots, at most three quarters of them used.
    slots: Vec<Slot>,
    used: usize,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    chunk: u32,
    /// Number of the row plus one; 0 where there is none.
    row: u32,
}

const FREE: Slot = Slot { hash: 0, chunk: 0, row: 0 };

impl Table {
    /// With room for so many rows.
    pub(crate) fn with_room(rows: usize) -> Self {
        Self { slots: vec![FREE; (rows * 4 / 3 + 1).next_power_of_two().max(64)], used: 0 }
    }

    /// The numbers of the hashes that it has. One look-up does not wait for the one before it.
    pub(crate) fn those_it_may_have(&self, hashes: &[u64]) -> Vec<u32> {
        let mut found = Vec::new();
        if self.slots.is_empty() {
            return found;
        }
        let (mask, mut number) = (self.slots.len() - 1, 0);
        for hashes in hashes.chunks(32) {
            let seen = hashes.iter().fold(0, |seen, hash| seen ^ self.slots[place(*hash, mask)].hash);
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

    /// The rows with this hash: chunk and row.
    pub(crate) fn find(&self, hash: u64) -> impl Iterator<Item = (usize, usize)> {
        let mask = self.slots.len().wrapping_sub(1);
        let start = place(hash, mask);
        let slots = (0..self.slots.len()).map(move |step| self.slots[(start + step) & mask]);
        slots
            .take_while(|slot| slot.row != 0)
            .filter(move |slot| slot.hash == hash)
            .map(|slot| (slot.chunk as usize, slot.row as usize - 1))
    }

    /// Whether there may be a row with this hash.
    pub(crate) fn has(&self, hash: u64) -> bool {
        if self.slots.is_empty() {
            return false;
        }
        let mask = self.slots.len() - 1;
        let mut at = place(hash, mask);
        loop {
            let slot = self.slots[at];
            if slot.row == 0 {
                return false;
            }
            if slot.hash == hash {
                return true;
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, hash: u64, chunk: u32, row: u32) {
        if (self.used + 1) * 4 > self.slots.len() * 3 {
            let bigger = vec![FREE; (self.slots.len() * 2).max(64)];
            for slot in std::mem::replace(&mut self.slots, bigger) {
                if slot.row != 0 {
                    self.put(slot);
                }
            }
        }
        self.put(Slot { hash, chunk, row: row + 1 });
        self.used += 1;
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = place(slot.hash, mask);
        while self.slots[at].row != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}

fn place(hash: u64, mask: usize) -> usize {
    // the low bits of a 64-bit number fit a usize of any size
    usize::try_from(hash & (mask as u64)).unwrap_or(0)
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
