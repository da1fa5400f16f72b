//! A rule that keeps failing rests for a while.
//!
//! Without this a broken rule would cost every message its full fuel before the next rule is asked. Time is the input's
//! and not a clock's, so that a backtest over last week meets the same breakers. Another component, or
//! other settings, start with a closed one: whoever deployed a repair should see it run.

use std::sync::{Mutex, PoisonError};

use domain::decision::Outcome;

/// Failures in a row before a rule rests. Fewer would let one customer's strange messages silence it for all.
const PATIENCE: u32 = 5;

/// How long it rests before one call tries whether it is better: 60 s, about as long as a person takes to look.
const REST_MILLIS: u64 = 60_000;

#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// Since when it rests, if it does.
    open: Option<u64>,
}

impl Breaker {
    /// Whether the rule may be asked at this moment. After the rest it is one caller who gets through; the others wait
    /// for another rest, unless that call does well.
    pub(crate) fn lets(&self, now: u64) -> bool {
        let mut state = self.state();
        match state.open {
            None => true,
            Some(since) if now.saturating_sub(since) >= REST_MILLIS => {
                state.open = Some(now);
                true
            }
            Some(_) => false,
        }
    }

    /// What came of a call that was let through. Failures of the host say nothing about the rule.
    pub(crate) fn record(&self, outcome: &Outcome, now: u64) {
        let mut state = self.state();
        match outcome {
            Outcome::HostFault => {}
            outcome if outcome.failed() => {
                state.failures = state.failures.saturating_add(1);
                if state.failures >= PATIENCE {
                    state.open = Some(now);
                }
            }
            _ => *state = State::default(),
        }
    }

    /// Whether it rests.
    pub(crate) fn rests(&self) -> bool {
        self.state().open.is_some()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::decision::Fault;

    use super::*;

    const FAILED: Outcome = Outcome::GuestFault { fault: Fault::Trap };

    #[test]
    fn it_rests_after_failures_in_a_row_and_is_tried_once() {
        let breaker = Breaker::default();
        for now in 0..u64::from(PATIENCE) {
            assert!(breaker.lets(now));
            breaker.record(&FAILED, now);
        }
        assert!(!breaker.lets(10));
        let later = 10 + REST_MILLIS;
        assert!(breaker.lets(later), "one trial");
        assert!(!breaker.lets(later), "and no second one beside it");
        breaker.record(&FAILED, later);
        assert!(!breaker.lets(later + 1));
        assert!(breaker.lets(later + REST_MILLIS));
        breaker.record(&Outcome::Abstained, later + REST_MILLIS);
        assert!(breaker.lets(later + REST_MILLIS) && breaker.lets(later + REST_MILLIS));
    }

    #[test]
    fn a_good_answer_in_between_and_our_own_failures_do_not_count() {
        let breaker = Breaker::default();
        for now in 0..100 {
            breaker.record(if now % 4 == 0 { &Outcome::Abstained } else { &FAILED }, now);
            breaker.record(&Outcome::HostFault, now);
            assert!(breaker.lets(now));
        }
    }
}
