//! What a rule did within the last hour, for whoever looks whether it does well.
//!
//! Minutes are the input's, as the breaker's are. It is a picture of this process: what was ever decided is in the journal.

use std::sync::{Mutex, PoisonError};

use domain::decision::{Asked, Outcome};
use serde::Serialize;

const MINUTES: usize = 60;

/// Counts of an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Calls.
    pub asked: u64,
    /// Calls that decided, or would have.
    pub decided: u64,
    /// Calls that failed, whoever is to blame.
    pub failed: u64,
    /// Calls in the shadow that would have decided otherwise.
    pub disagreed: u64,
    /// The same of those behind a rule that had decided: where the rule stands it would not have been asked.
    pub behind: u64,
    /// What they took, in microseconds.
    pub micros: u64,
}

/// How a call stands beside what was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beside {
    /// It decided itself, or would have gone the same way.
    Agrees,
    /// In the shadow it would have decided otherwise.
    Differs,
    /// The same, behind a rule that had decided.
    DiffersBehind,
}

/// How a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// As what it counts.
    pub outcome: Outcome,
    /// The text of the fault. It may hold what the guest said, and so what its customer did.
    pub text: String,
}

#[derive(Debug, Default)]
pub(crate) struct Lately {
    minutes: Mutex<Vec<(u64, Counts)>>,
    failure: Mutex<Option<Failure>>,
}

impl Lately {
    /// Counts a call at `now`, in milliseconds since 1970.
    pub(crate) fn record(&self, asked: &Asked, text: &str, beside: Beside, now: u64) {
        let minute = now / 60_000;
        if asked.outcome.failed() {
            let failure = Failure { at: now, outcome: asked.outcome.clone(), text: text.to_owned() };
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        }
        let mut minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        if minutes.is_empty() {
            minutes.resize(MINUTES, (0, Counts::default()));
        }
        let Some((of, counts)) = minutes.get_mut((minute % MINUTES as u64) as usize) else { return };
        if *of != minute {
            (*of, *counts) = (minute, Counts::default());
        }
        counts.asked += 1;
        counts.decided += u64::from(asked.outcome.decides());
        counts.failed += u64::from(asked.outcome.failed());
        counts.disagreed += u64::from(beside == Beside::Differs);
        counts.behind += u64::from(beside == Beside::DiffersBehind);
        counts.micros += asked.micros;
    }

    /// The last call that failed.
    pub(crate) fn failure(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The hour up to `now`.
    pub(crate) fn hour(&self, now: u64) -> Counts {
        self.since(0, now)
    }

    /// What is within the hour up to `now` and not before the minute of `from`.
    pub(crate) fn since(&self, from: u64, now: u64) -> Counts {
        let from = (now / 60_000).saturating_sub(MINUTES as u64 - 1).max(from / 60_000);
        let minutes = self.minutes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sum = Counts::default();
        for (_, counts) in minutes.iter().filter(|(minute, _)| *minute >= from) {
            sum.asked += counts.asked;
            sum.decided += counts.decided;
            sum.failed += counts.failed;
            sum.disagreed += counts.disagreed;
            sum.behind += counts.behind;
            sum.micros += counts.micros;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use domain::decision::{Digest, Fault, Outcome};

    use super::*;

    #[test]
    fn what_is_older_than_an_hour_is_not_counted() {
        let asked = |outcome| Asked {
            rule: "a".into(),
            set: "s".into(),
            component: Digest::of(b""),
            settings: Digest::of(b""),
            outcome,
            calls: Default::default(),
            fuel: 1,
            micros: 2,
        };
        let lately = Lately::default();
        let minute = |n: u64| 1_795_352_400_000 + n * 60_000;
        lately.record(&asked(Outcome::Placed), "", Beside::Agrees, minute(0));
        lately.record(
            &asked(Outcome::GuestFault { fault: Fault::Trap }),
            "unreachable",
            Beside::Agrees,
            minute(1),
        );
        lately.record(&asked(Outcome::Answered), "", Beside::Differs, minute(59));
        assert_eq!(
            lately.hour(minute(59)),
            Counts { asked: 3, decided: 2, failed: 1, disagreed: 1, behind: 0, micros: 6 }
        );
        assert_eq!(lately.hour(minute(60)).asked, 2);
        lately.record(&asked(Outcome::Placed), "", Beside::Agrees, minute(60));
        let failure = lately.failure().map(|failure| (failure.at, failure.text));
        assert_eq!(failure, Some((minute(1), "unreachable".to_owned())));
        assert_eq!(lately.hour(minute(60)).asked, 3);
        assert_eq!(lately.hour(minute(200)), Counts::default());
    }
}
