//! How often the management API may be asked.
//!
//! Meta counts calls of an app on an account by the hour: 200, or 5,000 where a number of the account is registered, and
//! 100 new templates (Meta, *Business Management API: Rate limits*). Whoever goes on at the limit (80007, 4) is kept out
//! for longer. So calls are counted here first, and after such a refusal nothing is asked for a while that grows.

use domain::Time;
use jiff::SignedDuration;

/// Calls in an hour on an account with a registered number.
pub const CALLS: u32 = 5_000;

/// Calls in an hour on an account without one.
pub const CALLS_WITHOUT_A_NUMBER: u32 = 200;

/// New templates in an hour.
pub const NEW_TEMPLATES: u32 = 100;

/// The first pause after a refusal, and the longest.
const FIRST: SignedDuration = SignedDuration::from_mins(1);
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// Calls that are left: so many at once, and then as they come back over the hour.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// Calls in an hour.
    most: u32,
    /// What is left, in calls.
    left: f64,
    /// As of when.
    at: Option<Time>,
    /// Nothing before this moment.
    shut_until: Option<Time>,
    pause: SignedDuration,
}

impl Allowance {
    /// A whole hour's worth.
    pub fn new(most: u32) -> Self {
        Self { most, left: f64::from(most), at: None, shut_until: None, pause: FIRST }
    }

    /// Takes one call, or says from when on there is one.
    pub fn take(&mut self, now: Time) -> Result<(), Time> {
        if let Some(until) = self.shut_until.filter(|until| *until > now) {
            return Err(until);
        }
        let a_second = f64::from(self.most) / 3_600.0;
        let passed = self.at.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0));
        self.left = (self.left + passed * a_second).min(f64::from(self.most));
        self.at = Some(now);
        if self.left < 1.0 {
            let wait = SignedDuration::from_millis(((1.0 - self.left) / a_second * 1_000.0).ceil() as i64);
            return Err(now.saturating_add(wait).unwrap_or(Time::MAX));
        }
        self.left -= 1.0;
        Ok(())
    }

    /// Meta says that it was too often.
    pub fn refused(&mut self, now: Time) {
        self.shut_until = now.saturating_add(self.pause).ok();
        self.pause = self.pause.saturating_mul(2).min(LONGEST);
    }

    /// Meta answered.
    pub fn answered(&mut self) {
        self.pause = FIRST;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Time {
        Time::from_millisecond(millis).unwrap()
    }

    proptest! {
        #[test]
        fn within_no_hour_are_there_more_than_twice_the_calls_and_over_many_hours_no_more_than_allowed(
            steps in prop::collection::vec(0i64..60_000, 1..2_000)
        ) {
            let mut allowance = Allowance::new(20);
            let (mut now, mut taken) = (0, 0u32);
            for step in steps {
                now += step;
                taken += u32::from(allowance.take(at(now)).is_ok());
                let allowed = 20.0 + now as f64 * 20.0 / 3_600_000.0;
                prop_assert!(f64::from(taken) <= allowed + 0.001);
            }
        }
    }

    #[test]
    fn who_waits_as_long_as_is_said_may_ask() {
        let mut allowance = Allowance::new(2);
        assert!(allowance.take(at(0)).is_ok() && allowance.take(at(0)).is_ok());
        let again = allowance.take(at(0)).unwrap_err();
        assert_eq!(again, at(1_800_000));
        assert!(allowance.take(again).is_ok());
    }

    #[test]
    fn a_refusal_shuts_for_a_time_that_grows_until_something_is_answered() {
        let mut allowance = Allowance::new(CALLS);
        for minutes in [1, 2, 4, 8, 16, 32, 60, 60] {
            allowance.refused(at(0));
            assert_eq!(allowance.take(at(0)), Err(at(minutes * 60_000)));
        }
        allowance.answered();
        allowance.refused(at(0));
        assert_eq!(allowance.take(at(59_999)), Err(at(60_000)));
        assert!(allowance.take(at(60_000)).is_ok());
    }
}
