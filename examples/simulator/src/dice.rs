//! Chance.
//!
//! It is not drawn in turn from one stream, because many tasks live here at once and who comes first is nobody's to
//! decide: what happens to a thing is a function of the seed and of what the thing is called. So two runs with the same
//! seed lose the same answers and repeat the same webhooks, however their threads were scheduled.

use std::hash::{BuildHasher, RandomState};
use std::ops::RangeInclusive;
use std::time::Duration;

/// Dice for one subject. Throwing them twice gives the same; ask `about` something else to get something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(mixed(seed ^ 0x9e37_79b9_7f4a_7c15))
    }

    /// A seed that no other run has.
    pub(crate) fn seed_of_this_run() -> u64 {
        RandomState::new().hash_one("run")
    }

    /// The dice of a subject with a name.
    pub(crate) fn about(self, name: &str) -> Self {
        let (words, rest) = name.as_bytes().as_chunks::<8>();
        let state = words.iter().fold(self.0, |state, word| mixed(state ^ u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Self(mixed(state ^ u64::from_le_bytes(last)).wrapping_add(name.len() as u64)).nth(0)
    }

    /// The dice of one of many.
    pub(crate) const fn nth(self, n: u64) -> Self {
        Self(mixed(self.0.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) ^ 0xd1b5_4a32_d192_ed03))
    }

    /// A number that looks like chance.
    pub(crate) const fn number(self) -> u64 {
        self.0
    }

    pub(crate) const fn below(self, limit: u64) -> u64 {
        if limit == 0 { 0 } else { self.0 % limit }
    }

    /// Whether something happens that happens in this share of all cases.
    pub(crate) fn happens(self, share: f64) -> bool {
        // 53 bits are what a float holds.
        share > 0.0 && ((self.0 >> 11) as f64) < share * (1u64 << 53) as f64
    }

    pub(crate) fn between(self, range: &RangeInclusive<Duration>) -> Duration {
        let width = range.end().saturating_sub(*range.start());
        *range.start() + width.mul_f64((self.0 >> 11) as f64 / (1u64 << 53) as f64)
    }

    pub(crate) fn one_of<T>(self, choices: &[T]) -> Option<&T> {
        choices.get(usize::try_from(self.below(choices.len() as u64)).unwrap_or_default())
    }

    /// The same things in another order.
    pub(crate) fn shuffle<T>(self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.nth(last as u64).below(last as u64 + 1);
            things.swap(last, usize::try_from(other).unwrap_or_default());
        }
    }
}

/// The finaliser of SplitMix64.
pub(crate) const fn mixed(seed: u64) -> u64 {
    let seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    seed ^ (seed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_many_cases_happens_and_the_same_cases_every_time() {
        let happened = |seed: u64| -> Vec<u64> {
            let dice = Dice::new(seed).about("answers");
            (0..10_000).filter(|n| dice.nth(*n).happens(0.1)).collect()
        };
        assert_eq!(happened(1), happened(1));
        assert_ne!(happened(1), happened(2));
        assert!((900..1_100).contains(&happened(1).len()), "{}", happened(1).len());
        assert!((0..1_000).all(|n| !Dice::new(n).happens(0.0) && Dice::new(n).happens(1.0)));
    }

    #[test]
    fn names_that_are_alike_have_dice_of_their_own() {
        let dice = Dice::new(7);
        let names = ["", "a", "a\0", "aaaaaaaa", "aaaaaaaaa", "b", "aaaaaaab"];
        let thrown: std::collections::HashSet<_> = names.iter().map(|name| dice.about(name)).collect();
        assert_eq!(thrown.len(), names.len());
    }

    #[test]
    fn a_shuffle_keeps_everything() {
        let mut things: Vec<_> = (0..50).collect();
        Dice::new(3).shuffle(&mut things);
        assert_ne!(things, (0..50).collect::<Vec<_>>());
        things.sort_unstable();
        assert_eq!(things, (0..50).collect::<Vec<_>>());
    }
}
