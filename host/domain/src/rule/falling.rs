//! When a rule that was changed goes back by itself to what it was before.
//!
//! Whoever switches a rule on in the middle of a busy day should not need courage, and should not have to watch it for an hour
//! either. What cannot be wrong about a rule, that it fails or that it is slow, the host sees before anybody does; so for a
//! while after a change it holds the rule against bounds, and undoes the change when they are left. Whether a rule decides
//! well no such bound says; what a company can say is which alerts, as that the service level is low, should take back the change
//! behind which they began.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::measure::alert;

/// In what bounds a rule has to stay after it was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct FallBack {
    /// For how long after a change a rule is held against them; zero: no rule goes back by itself.
    pub within: SignedDuration,
    /// Of fewer failures nothing follows, so that one customer's strange message undoes no change.
    pub at_least: u32,
    /// The share of calls that may fail, in percent.
    pub failed: u8,
    /// What a call may take on average, in microseconds of wall time, once it was asked twenty times.
    pub micros: u64,
    /// Alerts that take the last change before them back, as `watch/low-service-level`. Of a change that is older than `within` nothing
    /// is taken back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<String>,
}

impl Default for FallBack {
    fn default() -> Self {
        Self {
            within: SignedDuration::from_hours(1),
            at_least: 5,
            failed: 20,
            micros: 50_000,
            alerts: Vec::new(),
        }
    }
}

/// What a rule did since it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Since {
    /// Calls.
    pub asked: u64,
    /// Those that failed.
    pub failed: u64,
    /// What all took, in microseconds.
    pub micros: u64,
}

/// Which bound was left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// So many calls failed.
    Failing(Since),
    /// A call takes so long on average.
    Slow(u64),
    /// An alert began behind it.
    Alarming(String),
}

/// Calls without which an average says nothing.
const ENOUGH: u64 = 20;

impl FallBack {
    /// The key of a bound that makes no sense, and what was expected of it.
    pub fn wrong(&self) -> Option<(&'static str, &'static str)> {
        if self.within.is_negative() {
            return Some(("within", "a time was expected, as `1h`; `0s` leaves it to people"));
        }
        if self.alerts.iter().any(|name| !alert::is_called(name)) {
            return Some(("alerts", "a rule and an alert of it were expected, as `watch/low-service-level`"));
        }
        (self.failed > 100).then_some(("failed", "a share in percent was expected, 0 to 100"))
    }

    /// The bound that a rule has left, if it has.
    pub fn left(&self, since: Since) -> Option<Left> {
        let many = since.failed >= u64::from(self.at_least.max(1));
        if many && since.failed.saturating_mul(100) > since.asked.saturating_mul(u64::from(self.failed)) {
            return Some(Left::Failing(since));
        }
        let average = since.micros.checked_div(since.asked).unwrap_or(0);
        (since.asked >= ENOUGH && average > self.micros).then_some(Left::Slow(average))
    }
}

impl Left {
    /// What happened, for the record, in any language: figures and no word of a guest.
    pub fn words(&self) -> String {
        match self {
            Self::Failing(Since { asked, failed, .. }) => format!("failed {failed}/{asked}"),
            Self::Slow(average) => format!("slow {} ms", average / 1_000),
            Self::Alarming(alert) => format!("alert {alert}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_strange_message_undoes_nothing_and_a_rule_that_fails_for_one_in_three_goes_back() {
        let left = |asked, failed, micros| FallBack::default().left(Since { asked, failed, micros });
        assert_eq!(left(4, 4, 0), None);
        assert_eq!(left(1_000, 40, 0), None);
        assert!(matches!(left(15, 5, 0), Some(Left::Failing(_))));
        assert_eq!(left(19, 0, 19 * 90_000), None);
        assert_eq!(left(20, 0, 20 * 90_000), Some(Left::Slow(90_000)));
        assert_eq!(left(0, 0, 0), None);
    }

    #[test]
    fn a_bound_that_makes_no_sense_is_named() {
        let wrong = |bounds: FallBack| bounds.wrong().map(|(key, _)| key);
        assert_eq!(wrong(FallBack::default()), None);
        assert_eq!(
            wrong(FallBack { within: SignedDuration::from_secs(-1), ..FallBack::default() }),
            Some("within")
        );
        let alerts = vec!["low-service-level".to_owned()];
        assert_eq!(wrong(FallBack { alerts, ..FallBack::default() }), Some("alerts"));
        assert_eq!(wrong(FallBack { failed: 101, ..FallBack::default() }), Some("failed"));
    }

    proptest! {
        #[test]
        fn more_failures_never_make_a_rule_better(asked in 1u64..10_000, failed in 0u64..10_000, more in 0u64..100) {
            let failed = failed.min(asked);
            let left = |failed: u64| FallBack::default().left(Since { asked, failed: failed.min(asked), micros: 0 });
            if left(failed).is_some() {
                prop_assert!(left(failed + more).is_some());
            }
        }
    }
}
