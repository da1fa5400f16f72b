//! The time of this world.
//!
//! It starts where the machine's is, or ahead of it, and may run faster and be moved on: Meta's rules speak of hours,
//! days and months, and nobody who tries a host against them has that long. Everything waits by this clock, except for
//! how long a webhook may take to answer, because the host is no part of this world.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

pub(crate) struct Clock {
    started: Instant,
    /// Milliseconds since 1970 at the start.
    start: u64,
    speed: f64,
    /// Milliseconds by which it was moved on.
    jumped: watch::Sender<u64>,
}

impl Clock {
    /// `ahead` in seconds; `speed` is how many seconds pass in one of the machine's.
    pub(crate) fn new(ahead: i64, speed: f64) -> Self {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self {
            started: Instant::now(),
            start: millis(machine).saturating_add_signed(ahead.saturating_mul(1_000)),
            speed,
            jumped: watch::Sender::new(0),
        }
    }

    /// Milliseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        let passed = self.started.elapsed();
        let passed = if self.speed == 1.0 { passed } else { passed.mul_f64(self.speed) };
        self.start + millis(passed) + *self.jumped.borrow()
    }

    /// Seconds since 1970, which is what Meta tells.
    pub(crate) fn seconds(&self) -> u64 {
        self.now() / 1_000
    }

    /// Moves it on, and wakes up whoever waited for less.
    pub(crate) fn jump(&self, by: Duration) {
        self.jumped.send_modify(|jumped| *jumped += millis(by));
    }

    pub(crate) async fn sleep(&self, time: Duration) {
        if !time.is_zero() {
            self.until(self.now() + millis(time)).await;
        }
    }

    /// Milliseconds since 1970.
    pub(crate) async fn until(&self, due: u64) {
        let mut jumped = self.jumped.subscribe();
        loop {
            let left = due.saturating_sub(self.now());
            if left == 0 {
                return;
            }
            let left = Duration::from_millis(left).div_f64(self.speed);
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                // It fails only when the world ends.
                _ = jumped.changed() => {}
            }
        }
    }
}

/// A duration in milliseconds, as this world counts.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_day_passes_when_the_clock_is_moved_or_runs_fast_enough() {
        let day = Duration::from_secs(86_400);
        let clock = std::sync::Arc::new(Clock::new(0, 1.0));
        let due = clock.now() + millis(day);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(day).await }
        });
        tokio::task::yield_now().await;
        clock.jump(day);
        sleeper.await.unwrap();
        assert!(clock.now() >= due);

        let fast = Clock::new(3_600, 1e6);
        assert!(fast.now() >= Clock::new(0, 1.0).now() + 3_599_000);
        fast.sleep(day).await;
    }
}
