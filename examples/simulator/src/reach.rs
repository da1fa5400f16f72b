//! How many people the company may write to first: the messaging limit, which all its numbers share.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::clock::millis;
use crate::dice::Dice;
use crate::rules::DAY;

/// The people who were written to outside of their windows within the last 24 hours.
#[derive(Default)]
pub(crate) struct Reach(Mutex<Reached>);

#[derive(Default)]
struct Reached {
    people: HashSet<Dice>,
    /// When they were written to first, oldest first, in milliseconds since 1970.
    since: VecDeque<(u64, Dice)>,
}

impl Reach {
    /// Counts a person, unless that would be more than `tier` of them.
    pub(crate) fn count(&self, who: Dice, now: u64, tier: u64) -> bool {
        let mut reached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Reached { people, since } = &mut *reached;
        while let Some((at, person)) = since.front().copied()
            && at + millis(DAY) <= now
        {
            people.remove(&person);
            since.pop_front();
        }
        if people.contains(&who) {
            return true;
        }
        if people.len() as u64 >= tier {
            return false;
        }
        people.insert(who);
        since.push_back((now, who));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_counts_once_and_for_a_day() {
        let (reach, who) = (Reach::default(), Dice::new(1));
        assert!(reach.count(who, 0, 2) && reach.count(who, 5, 2));
        assert!(reach.count(who.nth(1), 10, 2));
        assert!(!reach.count(who.nth(2), 86_399_999, 2));
        assert!(reach.count(who.nth(2), 86_400_000, 2));
        assert!(!reach.count(who, 86_400_001, 2));
    }
}
