//! A hash for the tables of this process: a few multiplications, with a seed that nobody outside knows.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::LazyLock,
};

static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(7_u64));
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of some bytes.
pub(crate) fn quick(bytes: &[u8]) -> u64 {
    let mut hash = *SEED ^ (bytes.len() as u64).wrapping_mul(FACTOR);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        hash = mixed(hash ^ u64::from_le_bytes(*word));
    }
    if !rest.is_empty() {
        // the last eight bytes once more, where there are as many
        let last = match bytes.last_chunk::<8>() {
            Some(last) => u64::from_le_bytes(*last),
            None => rest.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte)),
        };
        hash = mixed(hash ^ last);
    }
    hash
}

fn mixed(word: u64) -> u64 {
    let wide = u128::from(word) * u128::from(FACTOR);
    let half = |wide: u128| u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(0);
    half(wide) ^ half(wide >> 64)
}

/// The slot of a hash in a table with a power of two of them.
pub(crate) fn slot(hash: u64, slots: usize) -> usize {
    // the low bits of a 64-bit number fit a usize of any size
    usize::try_from(hash & (slots as u64 - 1)).unwrap_or(0)
}

/// Whether two texts are equal. Most are short: two words of each are compared without a call.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        4..8 => ends::<4>(one) == ends::<4>(other),
        8..=16 => ends::<8>(one) == ends::<8>(other),
        _ => one == other,
    }
}

/// The first and the last bytes of a text that has as many.
fn ends<const N: usize>(text: &[u8]) -> Option<([u8; N], [u8; N])> {
    Some((*text.first_chunk::<N>()?, *text.last_chunk::<N>()?))
}

/// [`quick`] for maps of texts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Quick;

/// [`quick`] of what is written to it.
pub(crate) struct QuickHasher(u64);

impl BuildHasher for Quick {
    type Hasher = QuickHasher;
    fn build_hasher(&self) -> QuickHasher {
        QuickHasher(0)
    }
}

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = mixed(self.0 ^ quick(bytes));
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn texts_are_the_same_when_all_their_bytes_are() {
        for length in 0..40 {
            let text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst"[..length].to_owned();
            assert!(is_same(&text, &text.clone()));
            assert!(!is_same(&text, &format!("{text}a")));
            for place in 0..length {
                let other = format!("{}#{}", &text[..place], &text[place + 1..]);
                assert!(!is_same(&text, &other), "{text} {other}");
            }
        }
    }

    #[test]
    fn different_texts_have_different_hashes_but_for_chance() {
        let texts: HashSet<String> =
            (0..20_000).map(|n| format!("{n}")).chain((0..200).map(|n| "a".repeat(n))).collect();
        let hashes: HashSet<u64> = texts.iter().map(|text| quick(text.as_bytes())).collect();
        assert_eq!(hashes.len(), texts.len());
        let slots: HashSet<usize> = texts.iter().map(|text| slot(quick(text.as_bytes()), 1 << 16)).collect();
        // by chance about 17,000 different ones
        assert!((15_000..19_000).contains(&slots.len()), "{}", slots.len());
        assert!(texts.iter().all(|text| Quick.hash_one(text) == Quick.hash_one(text.as_str())));
    }
}
