//! A sieve over the identities of several segments: what falls through is in none of them.
//!
//! While events come fast there are many small segments, and to ask each of them whether it has an identity would cost a line of
//! the processor's cache for each. A sieve costs one for all of them. It is only in memory: segments that were there when the store
//! was opened are asked one by one until they are merged.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// Words of a line, which is a line of the processor's cache; each has four fingerprints of 16 bits.
const WORDS: usize = 8;
/// Hashes that share a line, on average, when it is full; twice as many have room.
const SHARE: usize = 16;
/// Hashes of which the lines are asked for before the first is looked at.
const AHEAD: usize = 32;
/// The lowest and the highest bit of each fingerprint.
const LOWEST: u64 = 0x0001_0001_0001_0001;
const HIGHEST: u64 = LOWEST << 15;

/// Fingerprints of hashes. Only added to.
#[derive(Debug)]
pub(crate) struct Sieve {
    /// A line has its fingerprints from the first place on; 0 is a free place. When none is free all hashes of the line are held back.
    words: Vec<AtomicU64>,
    /// How many hashes were added. Who adds holds it: two at a time could take the same place.
    count: Mutex<usize>,
}

impl Sieve {
    /// With room for so many hashes.
    pub(crate) fn with_room(hashes: usize) -> Self {
        let words = WORDS * hashes.div_ceil(SHARE).max(1);
        Self { words: (0..words).map(|_| AtomicU64::new(0)).collect(), count: Mutex::new(0) }
    }

    /// Adds all of these hashes, or none when there is no room. Whoever is to find them must learn of it afterwards, through a lock.
    pub(crate) fn add(&self, hashes: &[u64]) -> bool {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        if *count + hashes.len() > self.words.len() / WORDS * SHARE {
            return false;
        }
        *count += hashes.len();
        for hashes in hashes.chunks(AHEAD) {
            self.look_at(hashes);
            for hash in hashes {
                let print = fingerprint(*hash);
                for word in self.line(*hash) {
                    let there = word.load(Ordering::Relaxed);
                    let free = (0..64).step_by(16).find(|shift| (there >> shift).trailing_zeros() >= 16);
                    if let Some(shift) = free {
                        word.store(there | print << shift, Ordering::Relaxed);
                        break;
                    }
                }
            }
        }
        true
    }

    /// The numbers of the hashes that are held back: all that were added, and of 4,000 others about one.
    pub(crate) fn held_back(&self, hashes: &[u64]) -> Vec<usize> {
        let mut found = Vec::new();
        for (first, hashes) in hashes.chunks(AHEAD).enumerate() {
            self.look_at(hashes);
            let held = hashes.iter().enumerate().filter(|(_, hash)| self.holds(**hash));
            found.extend(held.map(|(number, _)| AHEAD * first + number));
        }
        found
    }

    fn holds(&self, hash: u64) -> bool {
        let wanted = LOWEST * fingerprint(hash);
        for word in self.line(hash) {
            let there = word.load(Ordering::Relaxed);
            if has_zero(there ^ wanted) {
                return true;
            }
            if has_zero(there) {
                return false;
            }
        }
        true
    }

    /// Asks for the lines of some hashes, so that the processor waits for all of them at once.
    fn look_at(&self, hashes: &[u64]) {
        let seen = hashes.iter().fold(0, |seen, hash| seen ^ self.line(*hash)[0].load(Ordering::Relaxed));
        std::hint::black_box(seen);
    }

    fn line(&self, hash: u64) -> &[AtomicU64] {
        let lines = self.words.len() / WORDS;
        let line = usize::try_from((u128::from(hash) * lines as u128) >> 64).expect("a line is below their number");
        &self.words[line * WORDS..(line + 1) * WORDS]
    }
}

/// The low bits of a hash, never 0: its line follows from the high ones.
fn fingerprint(hash: u64) -> u64 {
    (hash & 0xffff).max(1)
}

/// Whether one of the four fingerprints of a word is 0.
fn has_zero(word: u64) -> bool {
    word.wrapping_sub(LOWEST) & !word & HIGHEST != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(from: u64, count: u64) -> Vec<u64> {
        let mixed = |n: u64| (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (from..from + count).map(|n| mixed(mixed(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)))).collect()
    }

    #[test]
    fn what_was_added_is_held_back_and_little_else() {
        let sieve = Sieve::with_room(100_000);
        let (all, others) = (hashes(0, 100_000), hashes(1 << 40, 100_000));
        assert!(all.chunks(30_000).all(|some| sieve.add(some)));
        assert_eq!(sieve.held_back(&all), (0..all.len()).collect::<Vec<_>>());
        let held = sieve.held_back(&others).len();
        assert!((1..100).contains(&held), "{held} of 100,000 others");
    }

    #[test]
    fn hashes_for_which_there_is_no_room_are_refused_together() {
        let sieve = Sieve::with_room(1_600);
        assert!(sieve.add(&hashes(0, 1_000)) && !sieve.add(&hashes(1_000, 1_000)));
        assert!(sieve.held_back(&hashes(1_000, 1_000)).len() < 100);
        assert!(sieve.add(&hashes(1_000, 600)) && !sieve.add(&[1]));
    }

    #[test]
    fn a_line_that_is_full_holds_everything_back_and_no_fingerprint_is_nothing() {
        let sieve = Sieve::with_room(1_600);
        // all in the first line, among them the fingerprints 0 and 1, which are not told apart
        let all: Vec<u64> = (0..32).collect();
        assert!(sieve.held_back(&all).is_empty());
        assert!(sieve.add(&all[..31]));
        assert_eq!(sieve.held_back(&[0, 1, 30, 31]), [0, 1, 2]);
        assert!(sieve.add(&all[31..]));
        assert_eq!(sieve.held_back(&[0, 31, 32, 60_000, u64::MAX]), [0, 1, 2, 3]);
    }
}
