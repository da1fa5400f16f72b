//! Chance that can be had again: SplitMix64.

/// A sequence that follows from a seed.
pub(in crate::demo) struct Dice(u64);

impl Dice {
    /// The dice of somebody: others with the same seed throw differently.
    pub(in crate::demo) fn of(seed: u64, player: &str) -> Self {
        let name = player.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed ^ name)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Something from `from` up to `to`.
    pub(in crate::demo) fn between(&mut self, from: f64, to: f64) -> f64 {
        let unit = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        from + (to - from) * unit
    }

    /// One of them; none of nothing.
    pub(in crate::demo) fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let n = u64::try_from(all.len()).unwrap_or(u64::MAX).max(1);
        all.get(usize::try_from(self.next() % n).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_tells_the_same_story_and_another_player_another_one() {
        let throws = |seed, player| {
            let mut dice = Dice::of(seed, player);
            [(); 8].map(|()| dice.between(0.0, 100.0) as u32)
        };
        assert_eq!(throws(7, "ana"), throws(7, "ana"));
        assert_ne!(throws(7, "ana"), throws(7, "luis"));
        assert_ne!(throws(7, "ana"), throws(8, "ana"));
    }
}
