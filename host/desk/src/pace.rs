//! How fast messages may leave: values to which the time is told.
//!
//! A number has a bucket. Meta counts what comes in and what goes out together (*Throughput*: 80 a second by default), so
//! a part of what accrues is left to what comes in, and a tenth of all is not used. Where Meta says that it was too much
//! all the same, the rate is halved and creeps up again. A recipient may be sent one message in six seconds, and a burst
//! of 45 that is borrowed from the time after it (*Pair rate limits*).

use std::collections::HashMap;

use domain::Time;
use domain::id::ConversationId;
use jiff::SignedDuration;

/// Of what Meta allows.
const SHARE: f64 = 0.9;

/// Seconds in which a rate climbs from nothing to all that is allowed.
const CLIMB: f64 = 60.0;

/// Messages in flight when Meta says that they are too many are told so one by one: that counts once.
const ONCE: SignedDuration = SignedDuration::from_secs(1);

/// The time that a message to a recipient takes.
const PAIR: SignedDuration = SignedDuration::from_secs(6);

/// The messages to a recipient that may be sent at once, before the time that they take has passed.
const BURST: i32 = 45;

/// What may leave from a number.
#[derive(Debug)]
pub(crate) struct Bucket {
    /// Messages a second, at most.
    most: f64,
    /// Messages a second, now.
    rate: f64,
    /// Messages that may leave at once.
    level: f64,
    /// Messages that came in and have not taken their part.
    came: f64,
    at: Time,
    slowed: Option<Time>,
}

impl Bucket {
    /// A full one. `throughput` is what Meta allows, in messages a second, in and out.
    pub(crate) fn new(throughput: u32, now: Time) -> Self {
        let most = most(throughput);
        Self { most, rate: most, level: most.max(1.0), came: 0.0, at: now, slowed: None }
    }

    /// Meta allows something else.
    pub(crate) fn allow(&mut self, throughput: u32) {
        let most = most(throughput);
        if most != self.most {
            (self.most, self.rate) = (most, most);
        }
    }

    /// So many messages came in. What is more than a second's worth is forgotten, or a flood would silence us.
    pub(crate) fn came(&mut self, messages: u32) {
        self.came = (self.came + f64::from(messages)).min(self.rate);
    }

    /// Meta says that it was too much.
    pub(crate) fn slow(&mut self, now: Time) {
        self.fill(now);
        if self.slowed.is_none_or(|slowed| now.duration_since(slowed) >= ONCE) {
            self.rate = (self.rate / 2.0).max(1.0).min(self.most);
            self.level = self.level.min(1.0);
            self.slowed = Some(now);
        }
    }

    /// Whether a message may leave now; if not, when the next one may.
    pub(crate) fn ready(&mut self, now: Time) -> Result<(), Time> {
        self.fill(now);
        if self.level >= 1.0 {
            return Ok(());
        }
        // Half of what accrues may be left to what comes in.
        let share = if self.came > 0.0 { 0.5 } else { 1.0 };
        let seconds = (1.0 - self.level) / (self.rate * share);
        let millis = (seconds * 1_000.0).ceil().max(1.0) as i64;
        Err(now.saturating_add(SignedDuration::from_millis(millis)).unwrap_or(Time::MAX))
    }

    /// A message leaves.
    pub(crate) fn spend(&mut self) {
        self.level -= 1.0;
    }

    fn fill(&mut self, now: Time) {
        let seconds = now.duration_since(self.at).as_secs_f64();
        if seconds <= 0.0 {
            return;
        }
        self.at = now;
        let gained = self.rate * seconds;
        let left_to_inbound = self.came.min(gained / 2.0);
        self.came -= left_to_inbound;
        self.level = (self.level + gained - left_to_inbound).min(self.rate.max(1.0));
        self.rate = (self.rate + self.most * seconds / CLIMB).min(self.most);
    }
}

fn most(throughput: u32) -> f64 {
    (f64::from(throughput) * SHARE).max(1.0)
}

/// What may leave to each recipient of a number.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    /// When the time of all messages that were sent has passed.
    until: HashMap<ConversationId, Time>,
    /// From how many on those whose time has passed are forgotten.
    sweep: usize,
}

impl Pairs {
    /// Takes a message's time; if there is none yet, says when there will be.
    pub(crate) fn take(&mut self, pair: ConversationId, now: Time) -> Result<(), Time> {
        let until = self.until.get(&pair).copied().unwrap_or(now).max(now);
        let from = until - PAIR * (BURST - 1);
        if now < from {
            return Err(from);
        }
        self.until.insert(pair, until + PAIR);
        if self.until.len() > self.sweep {
            self.until.retain(|_, until| *until > now);
            self.sweep = (self.until.len() * 2).max(1_024);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(millis: i64) -> Time {
        Time::from_millisecond(millis).unwrap()
    }

    fn pair(n: u8) -> ConversationId {
        ConversationId::from_bytes([n; 16])
    }

    #[test]
    fn too_much_halves_the_rate_once_and_a_minute_brings_it_back() {
        let mut bucket = Bucket::new(100, after(0));
        bucket.slow(after(0));
        bucket.slow(after(10));
        let sent = |bucket: &mut Bucket, from: i64| {
            (from..from + 1_000)
                .filter(|at| {
                    bucket.ready(after(*at)).is_ok_and(|()| {
                        bucket.spend();
                        true
                    })
                })
                .count()
        };
        assert!((44..=48).contains(&sent(&mut bucket, 0)));
        // What has gathered meanwhile is gone after a second.
        sent(&mut bucket, 60_000);
        assert!((88..=91).contains(&sent(&mut bucket, 61_000)));
    }

    #[test]
    fn a_recipient_gets_a_burst_and_then_one_in_six_seconds() {
        let mut pairs = Pairs::default();
        assert_eq!((0..50).filter(|_| pairs.take(pair(1), after(0)).is_ok()).count(), 45);
        assert_eq!(pairs.take(pair(1), after(0)), Err(after(6_000)));
        assert_eq!(pairs.take(pair(2), after(0)), Ok(()));
        assert_eq!(pairs.take(pair(1), after(6_000)), Ok(()));
        assert_eq!(pairs.take(pair(1), after(6_001)), Err(after(12_000)));
    }

    proptest! {
        #[test]
        fn no_stretch_of_time_sees_more_than_the_rate_and_one_bucket(
            throughput in 1u32..2_000,
            steps in prop::collection::vec((0i64..400, 0u32..40), 1..200),
        ) {
            let mut bucket = Bucket::new(throughput, after(0));
            let (mut now, mut sent) = (0, Vec::new());
            for (pause, wanted) in steps {
                now += pause;
                for _ in 0..wanted {
                    match bucket.ready(after(now)) {
                        Ok(()) => { bucket.spend(); sent.push(now); }
                        Err(at) => prop_assert!(at > after(now)),
                    }
                }
            }
            let most = most(throughput);
            for (i, first) in sent.iter().enumerate() {
                for (j, last) in sent.iter().enumerate().skip(i) {
                    let seconds = (last - first) as f64 / 1_000.0;
                    prop_assert!((j - i + 1) as f64 <= most.max(1.0) + most * seconds + 0.001);
                }
            }
        }

        #[test]
        fn whoever_comes_when_told_may_send_and_a_flood_leaves_half(
            throughput in 2u32..2_000, floods in prop::collection::vec(0u32..5_000, 1..60),
        ) {
            let mut bucket = Bucket::new(throughput, after(0));
            while bucket.ready(after(0)).is_ok() {
                bucket.spend();
            }
            let (mut now, mut sent) = (after(0), 0.0);
            for came in floods {
                bucket.came(came);
                if let Err(at) = bucket.ready(now) {
                    now = at;
                }
                if bucket.ready(now).is_ok() {
                    bucket.spend();
                    sent += 1.0;
                }
            }
            let seconds = now.duration_since(after(0)).as_secs_f64();
            prop_assert!(sent >= most(throughput) * seconds / 2.0 - 2.0, "{sent} in {seconds} s");
        }

        #[test]
        fn a_recipient_never_gets_more_than_meta_allows(steps in prop::collection::vec(0i64..9_000, 1..300)) {
            let mut pairs = Pairs::default();
            let (mut now, mut sent) = (0, Vec::new());
            for pause in steps {
                now += pause;
                match pairs.take(pair(1), after(now)) {
                    Ok(()) => sent.push(now),
                    Err(at) => prop_assert!(at > after(now)),
                }
            }
            for (i, first) in sent.iter().enumerate() {
                for (j, last) in sent.iter().enumerate().skip(i) {
                    prop_assert!((j - i) as i64 <= i64::from(BURST) - 1 + (last - first) / 6_000);
                }
            }
        }
    }
}
