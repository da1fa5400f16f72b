//! How many messages an hour.
//!
//! What counts is when the next one's turn is. A host that stood still does not make up for it with a flood: a minute's worth
//! at once is the most.

use std::ops::RangeInclusive;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;

/// So much of the past may be made up for.
const BURST: SignedDuration = SignedDuration::from_secs(60);

/// A pace, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    per_hour: u32,
    next: Time,
}

impl Pace {
    /// What an hour may have.
    pub const FITS: RangeInclusive<u32> = 1..=3_600_000;

    /// From a moment on.
    pub fn new(per_hour: u32, from: Time) -> Self {
        Self { per_hour: per_hour.max(1), next: from }
    }

    fn each(self) -> SignedDuration {
        SignedDuration::from_nanos(3_600_000_000_000 / i64::from(self.per_hour))
    }

    fn from(self, now: Time) -> Time {
        self.next.max(now.saturating_sub(BURST).unwrap_or(now))
    }

    /// How many may be sent now.
    pub fn due(self, now: Time) -> u32 {
        let late = now.duration_since(self.from(now));
        if late.is_negative() {
            return 0;
        }
        u32::try_from(late.as_nanos() / self.each().as_nanos().max(1)).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// So many were.
    pub fn take(&mut self, now: Time, count: u32) {
        let each = i64::try_from(self.each().as_nanos()).unwrap_or(i64::MAX);
        let all = SignedDuration::from_nanos(each.saturating_mul(i64::from(count)));
        self.next = self.from(now).saturating_add(all).unwrap_or(Time::MAX);
    }

    /// When it is the next one's turn.
    pub fn next(self) -> Time {
        self.next
    }
}
