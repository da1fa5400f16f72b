//! The real clock and the real random bytes.

use domain::Time;
use domain::outside::{Clock, Entropy};
use jiff::SignedDuration;

/// The clock of the machine, or the same shifted: for rehearsals and tests.
pub(crate) struct SystemClock {
    shift: SignedDuration,
}

impl SystemClock {
    /// Starts at `at`, or at the real time.
    pub(crate) fn starting(at: Option<Time>) -> Self {
        Self { shift: at.map_or(SignedDuration::ZERO, |at| at.duration_since(Time::now())) }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let now = Time::now().saturating_add(self.shift).unwrap_or(Time::MAX);
        Time::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}

/// The random bytes of the operating system.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Without random bytes keys would be guessable: there is nothing safe to go on with.
            tracing::error!(%error, "the operating system has no random bytes");
            std::process::abort();
        }
    }
}

/// Identifies this run of the operating system: after another one, unsynced pages are gone.
pub(crate) fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id")
        .map_or_else(|_| "unknown".to_owned(), |id| id.trim().to_owned())
}
