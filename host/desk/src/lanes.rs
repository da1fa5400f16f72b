//! Who goes next among answers, utility and marketing.
//!
//! Each lane that has something gets a share of what leaves, by its weight (smooth weighted round robin): a campaign of a
//! hundred thousand costs an answer a place or two, and answers never stop a campaign for good. The shares alone keep that
//! only while all lanes have something: when one runs dry, what it had saved or owed is gone from the sum. So whoever has
//! waited for nearly its turn goes next, whatever the shares say.

use std::collections::VecDeque;

use domain::lane::Lane;

/// Of sixteen messages, how many are of each lane while all have some.
const WEIGHTS: [i32; 3] = [12, 3, 1];

/// For how many others a lane waits before it goes next. Two lanes can come to this at the same time, so each is a place
/// before the longest that it may wait.
const PATIENCE: [u32; 3] = [u32::MAX, 5, 15];

/// What waits, by lane.
#[derive(Debug)]
pub(crate) struct Lanes<T> {
    queues: [VecDeque<T>; 3],
    credit: [i32; 3],
    waited: [u32; 3],
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self { queues: Default::default(), credit: [0; 3], waited: [0; 3] }
    }
}

impl<T> Lanes<T> {
    /// Behind all others of its lane.
    pub(crate) fn push_back(&mut self, lane: Lane, item: T) {
        if let Some(queue) = self.queues.get_mut(lane.place()) {
            queue.push_back(item);
        }
    }

    /// Before all others of its lane.
    pub(crate) fn push_front(&mut self, lane: Lane, item: T) {
        if let Some(queue) = self.queues.get_mut(lane.place()) {
            queue.push_front(item);
        }
    }

    /// How many wait in a lane.
    pub(crate) fn len(&self, lane: Lane) -> usize {
        self.queues.get(lane.place()).map_or(0, VecDeque::len)
    }

    /// The next one, of the lanes that may go.
    pub(crate) fn next(&mut self, may: impl Fn(Lane) -> bool) -> Option<T> {
        let mut total = 0;
        let mut best: Option<((bool, i32), usize)> = None;
        for lane in Lane::ALL {
            let place = lane.place();
            let (Some(weight), Some(patience)) = (WEIGHTS.get(place), PATIENCE.get(place)) else { continue };
            let (Some(credit), Some(waited)) = (self.credit.get_mut(place), self.waited.get_mut(place))
            else {
                continue;
            };
            if self.queues.get(place).is_none_or(VecDeque::is_empty) || !may(lane) {
                // Who has nothing saves nothing up.
                (*credit, *waited) = (0, 0);
                continue;
            }
            *credit += weight;
            total += weight;
            let claim = (*waited >= *patience, *credit);
            *waited += 1;
            if best.is_none_or(|(known, _)| claim > known) {
                best = Some((claim, place));
            }
        }
        let (_, place) = best?;
        *self.credit.get_mut(place)? -= total;
        *self.waited.get_mut(place)? = 0;
        self.queues.get_mut(place)?.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lane() -> impl Strategy<Value = Lane> {
        prop::sample::select(Lane::ALL.to_vec())
    }

    /// For how many others each lane has waited at most, over a number of turns.
    fn waited(lanes: &mut Lanes<Lane>, turns: usize) -> [usize; 3] {
        let (mut since, mut longest) = ([0; 3], [0; 3]);
        for next in std::iter::from_fn(|| lanes.next(|_| true)).take(turns).collect::<Vec<_>>() {
            since[next.place()] = 0;
            for lane in Lane::ALL.into_iter().filter(|lane| *lane != next) {
                since[lane.place()] += 1;
                longest[lane.place()] = longest[lane.place()].max(since[lane.place()]);
            }
        }
        longest
    }

    #[test]
    fn while_all_have_some_an_answer_waits_for_one_other_and_an_offer_for_fifteen() {
        let mut lanes = Lanes::default();
        for lane in Lane::ALL {
            (0..200).for_each(|_| lanes.push_back(lane, lane));
        }
        let [answer, utility, offer] = waited(&mut lanes, 160);
        assert!(answer <= 1 && utility <= 6 && offer <= 15, "{answer} {utility} {offer}");
    }

    proptest! {
        #[test]
        fn an_answer_waits_for_one_other_and_an_offer_for_fifteen(waiting in prop::collection::vec(lane(), 1..60)) {
            let mut lanes = Lanes::default();
            for lane in &waiting {
                (0..20).for_each(|_| lanes.push_back(*lane, *lane));
            }
            let mut since = [0usize; 3];
            while let Some(next) = lanes.next(|_| true) {
                since[next.place()] = 0;
                for lane in Lane::ALL {
                    if lane != next && lanes.len(lane) > 0 {
                        since[lane.place()] += 1;
                    }
                }
                prop_assert!(since[0] <= 2 && since[1] <= 6 && since[2] <= 16, "{since:?}");
            }
        }

        #[test]
        fn a_lane_keeps_its_order_and_loses_nothing(waiting in prop::collection::vec(lane(), 0..200)) {
            let mut lanes = Lanes::default();
            for (n, lane) in waiting.iter().enumerate() {
                lanes.push_back(*lane, (*lane, n));
            }
            let left: Vec<_> = std::iter::from_fn(|| lanes.next(|_| true)).collect();
            prop_assert_eq!(left.len(), waiting.len());
            for lane in Lane::ALL {
                let of_lane: Vec<_> = left.iter().filter(|(of, _)| *of == lane).map(|(_, n)| *n).collect();
                prop_assert!(of_lane.is_sorted());
            }
        }
    }
}
