//! Chance that is the same each time: the demo needs variety, not secrecy.

/// Numbers that follow from a seed alone: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The numbers of a seed and of a place in the story: one customer's days do not depend on another's.
    pub(crate) fn of(seed: u64, place: u64) -> Self {
        let mut chance = Self(seed ^ place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` up to but not including `to`.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from)
    }

    /// One of several.
    pub(crate) fn one_of<T: Copy, const N: usize>(&mut self, all: [T; N]) -> T {
        let at = usize::try_from(self.next() % N as u64).unwrap_or(0);
        all[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_place_give_the_same_numbers() {
        let numbers = |place| {
            let mut chance = Chance::of(7, place);
            (0..50).map(|_| chance.between(10, 20)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
        assert!(numbers(3).iter().all(|number| (10..20).contains(number)));
        assert!((10..20).all(|wanted| numbers(4).contains(&wanted)), "every number comes up");
    }
}
