//! What to do when more comes than can be taken and worked on at the same time.
//!
//! After an outage Meta posts again everything that was not answered, for up to seven days. What is not taken then is posted
//! once more, and later; what is taken and not decided lies in the journal and loses nothing but time. Priorities of
//! threads are not enough to put the first before the second: both share the committer, the disk and the caches. So in a
//! flood the dispatcher hands out little, and the rest waits in the journal where it is.

use std::time::{Duration, Instant};

/// Webhooks a second and core that are a flood: about twice what a core can take and work on.
const FLOOD: u64 = 4_000;

/// Over what time the webhooks are counted.
const SPAN: Duration = Duration::from_millis(100);

/// How long the dispatcher rests after each helping of at most 256 bodies, on one core: in a flood some 300 a second and
/// core are worked on.
const REST: Duration = Duration::from_millis(800);

/// Watches how much comes.
pub(crate) struct Gauge {
    cores: u32,
    since: Instant,
    taken: u64,
    flooded: bool,
}

impl Gauge {
    pub(crate) fn new(cores: u32, now: Instant) -> Self {
        Self { cores: cores.max(1), since: now, taken: 0, flooded: false }
    }

    /// How long to rest if there is a flood, given how many webhooks were taken since the host started.
    pub(crate) fn rest(&mut self, now: Instant, taken: u64) -> Option<Duration> {
        let span = now.duration_since(self.since);
        if span >= SPAN {
            let rate = u128::from(taken - self.taken) * 1_000 / span.as_millis().max(1);
            self.flooded = rate >= u128::from(FLOOD) * u128::from(self.cores);
            (self.since, self.taken) = (now, taken);
        }
        self.flooded.then(|| REST / self.cores)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_noticed_within_a_moment_and_its_end_too() {
        let start = Instant::now();
        let mut gauge = Gauge::new(2, start);
        let at = |millis| start + Duration::from_millis(millis);
        assert_eq!(gauge.rest(at(100), 700), None);
        assert_eq!(gauge.rest(at(200), 700 + 800), Some(Duration::from_millis(400)));
        assert!(gauge.rest(at(250), 700 + 850).is_some(), "within a span nothing changes");
        assert_eq!(gauge.rest(at(300), 700 + 1_500), None);
    }
}
