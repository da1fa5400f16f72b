//! How often a customer may be written to without having asked for it.
//!
//! Laws count in days of the calendar ("no more than once on the same day"), so a limit is so many messages in any so
//! many consecutive days, by the customer's calendar. A customer whose zone is not known for certain has several; the
//! limit holds in each of them.

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::calendar::Calendar;
use crate::event::ContactApproached;
use crate::id::MessageId;
use crate::law::class::Category;

/// The longest span of a limit, in days: so long a contact remembers that it was approached.
pub const LONGEST: u16 = 31;

/// At most so many messages in any so many consecutive days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limit {
    /// At least 1.
    pub messages: u32,
    /// 1 to `LONGEST`.
    pub days: u16,
}

/// When a contact was approached: sent something that it had not asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Approaches(Vec<ContactApproached>);

impl Approaches {
    /// Whether there was none lately.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in one event. A message counts once however often it is tried.
    pub fn fold(&mut self, approached: &ContactApproached) {
        if self.0.iter().any(|known| known.message == approached.message) {
            return;
        }
        self.0.push(approached.clone());
        let Some(latest) = self.0.iter().map(|known| known.at).max() else { return };
        // Two days more than the longest span: a day of the calendar may begin a day earlier elsewhere.
        let kept = jiff::SignedDuration::from_hours(24 * (i64::from(LONGEST) + 2));
        self.0.retain(|known| latest.duration_since(known.at) <= kept);
    }

    /// When one of the categories was used, but for a message itself, which may be tried again.
    pub fn times(&self, categories: &[Category], but_for: MessageId) -> Vec<Time> {
        let counts =
            |known: &&ContactApproached| known.message != but_for && categories.contains(&known.category);
        self.0.iter().filter(counts).map(|known| known.at).collect()
    }
}

/// From when on another message may leave, and the limit that says so; none if it may at once.
pub fn earliest(limits: &[Limit], calendars: &[Calendar], sent: &[Time], now: Time) -> Option<(Time, Limit)> {
    let mut latest_first = sent.to_vec();
    latest_first.sort_unstable_by(|a, b| b.cmp(a));
    let starts = limits.iter().flat_map(|limit| {
        // A further message would be one too many as long as this one is within the span.
        let first = limit.messages.checked_sub(1).and_then(|n| latest_first.get(n as usize));
        calendars.iter().filter_map(move |calendar| {
            let local = calendar.local(*first?);
            let day = local.date().checked_add(i32::from(limit.days).days()).ok()?;
            Some((day.to_zoned(local.time_zone().clone()).ok()?.timestamp(), *limit))
        })
    });
    starts.max_by_key(|(start, _)| *start).filter(|(start, _)| now < *start)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn calendars(zones: &[&str]) -> Vec<Calendar> {
        zones.iter().map(|zone| Calendar::always(zone).unwrap()).collect()
    }

    #[test]
    fn once_a_day_is_until_the_customers_midnight() {
        let sent = ["2026-11-23T13:00:00Z".parse().unwrap()];
        let daily = Limit { messages: 1, days: 1 };
        let at = |now: &str| earliest(&[daily], &calendars(&["America/Bogota"]), &sent, now.parse().unwrap());
        assert_eq!(at("2026-11-23T23:00:00Z"), Some(("2026-11-24T05:00:00Z".parse().unwrap(), daily)));
        assert_eq!(at("2026-11-24T05:00:00Z"), None);
    }

    #[test]
    fn a_message_that_is_tried_again_is_no_second_message() {
        let message = MessageId::from_bytes([1; 16]);
        let approached = ContactApproached { message, category: Category::Marketing, at: Time::UNIX_EPOCH };
        let mut approaches = Approaches::default();
        approaches.fold(&approached);
        approaches
            .fold(&ContactApproached { at: Time::UNIX_EPOCH + SignedDuration::from_secs(9), ..approached });
        assert!(approaches.times(&[Category::Marketing], message).is_empty());
        let other = MessageId::from_bytes([2; 16]);
        assert_eq!(approaches.times(&[Category::Marketing], other).len(), 1);
        assert!(approaches.times(&[Category::Utility], other).is_empty());
    }

    proptest! {
        #[test]
        fn no_span_of_days_ever_holds_more_than_its_limit(
            steps in prop::collection::vec(0i64..60 * 48, 1..60),
            limits in prop::collection::vec((1u32..4, 1u16..10), 1..3),
            zones in prop::sample::subsequence(vec!["America/Bogota", "Pacific/Easter", "Europe/Madrid"], 1..=3),
        ) {
            let calendars = calendars(&zones);
            let limits: Vec<Limit> = limits.iter().map(|(messages, days)| Limit { messages: *messages, days: *days }).collect();
            let mut now: Time = "2026-03-20T00:00:00Z".parse().unwrap();
            let mut sent = Vec::new();
            let mut approaches = Approaches::default();
            for (n, minutes) in (0u8..).zip(steps) {
                now += SignedDuration::from_mins(minutes);
                let times = approaches.times(&[Category::Marketing], MessageId::from_bytes([255; 16]));
                // What says that it is too early names the moment from which on it is not.
                if let Some((start, limit)) = earliest(&limits, &calendars, &times, now) {
                    prop_assert!(now < start && limits.contains(&limit));
                    let just_before = start - SignedDuration::from_secs(1);
                    prop_assert!(earliest(&limits, &calendars, &times, just_before).is_some());
                    prop_assert_eq!(earliest(&limits, &calendars, &times, start), None);
                    continue;
                }
                sent.push(now);
                approaches.fold(&ContactApproached {
                    message: MessageId::from_bytes([n; 16]), category: Category::Marketing, at: now,
                });
            }
            for calendar in &calendars {
                let days: Vec<_> = sent.iter().map(|at| calendar.local(*at).date()).collect();
                for first in &days {
                    for limit in &limits {
                        let span = |day: &&jiff::civil::Date| {
                            (0..i32::from(limit.days)).contains(&first.until(**day).unwrap().get_days())
                        };
                        prop_assert!(days.iter().filter(span).count() <= limit.messages as usize);
                    }
                }
            }
        }
    }
}
