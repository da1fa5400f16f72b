//! The windows in which a customer may be written to.
//!
//! *The customer service window.* Free-form messages may be sent within 24 hours of the customer's last message or call
//! (Meta, *Customer service windows*). The customer's own timestamp counts, not the moment at which the webhook reached
//! us, and a margin keeps a message that is just leaving from arriving too late.
//!
//! What opens it: the messages of the customer, and a call by the customer whether it was taken or not. What does not:
//! system messages, which no person wrote (`user_changed_number` and its like); edits and deletions, which say nothing
//! new; what was only imported. And, for Meta's pages do not say: reactions, although they come as messages; and what comes
//! as `unsupported`, which may be a poll, but also the pinning of a message. A window that is thought open and is closed
//! loses an answer, silently and later (code 131047); one that is thought closed and is open costs the price of a
//! template. So in doubt it is closed.
//!
//! *The free entry point window.* Whoever comes by a Click-to-WhatsApp advertisement or the button of a page, and is
//! answered within 24 hours, may be sent messages of all types free of charge for 72 hours (Meta, *Pricing*, free entry
//! point). It is about money only: after the first window has closed, free-form messages are refused there too, and what
//! remains free are templates. Meta tells the end in the `sent` status (`conversation.expiration_timestamp`); until it
//! has, we count from the customer's message and not from our answer, which errs on the side of paying.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;

/// How long the customer service window stays open.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How long before its end the host stops using a window: two clocks and a network lie between us and Meta.
pub const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// How long everything is free after an advertisement was answered.
pub const FREE_ENTRY_POINT: SignedDuration = SignedDuration::from_hours(72);

/// What is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Whether free-form messages may leave.
    pub service: Service,
    /// Until when all messages are free of charge; none if they are not.
    pub free_entry_point: Option<Time>,
}

/// The customer service window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Free-form messages may leave.
    Open {
        /// The first moment at which they may not any more, the margin taken off.
        until: Time,
    },
    /// Only templates may.
    Closed {
        /// Since when; none if the customer has never written.
        since: Option<Time>,
    },
}

impl Service {
    /// The window after what last opened it.
    pub fn at(last_opened: Option<Time>, now: Time) -> Self {
        let Some(opened) = last_opened else { return Self::Closed { since: None } };
        let end = opened.saturating_add(WINDOW - MARGIN).unwrap_or(Time::MAX);
        if now < end { Self::Open { until: end } } else { Self::Closed { since: Some(end) } }
    }
}

/// Whether a free-form message may leave now.
pub fn is_open(last_opened: Option<Time>, now: Time) -> bool {
    matches!(Service::at(last_opened, now), Service::Open { .. })
}

/// Whether a message of the customer of this kind (`Content::kind`) opens the window.
pub fn is_opened_by(kind: &str) -> bool {
    !matches!(kind, "reaction" | "system" | "unsupported" | "placeholder" | "welcome")
}

/// How a customer came by an advertisement, and what is free because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntryPoint {
    /// When the customer last came by one, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    referred: Option<Time>,
    /// Until when everything is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Time>,
}

impl EntryPoint {
    /// Whether no customer ever came.
    pub fn is_unused(&self) -> bool {
        *self == Self::default()
    }

    /// The customer came by an advertisement.
    pub fn refer(&mut self, at: Time) {
        self.referred = self.referred.max(Some(at));
    }

    /// We answered.
    pub fn answer(&mut self, at: Time) {
        if let Some(referred) = self.referred
            && at.duration_since(referred) < WINDOW - MARGIN
        {
            self.until = self.until.max(referred.saturating_add(FREE_ENTRY_POINT).ok());
        }
    }

    /// Meta told when it ends.
    pub fn tell(&mut self, until: Time) {
        self.until = self.until.max(Some(until));
    }

    /// Until when everything is free; none if it is not.
    pub fn free_until(&self, now: Time) -> Option<Time> {
        self.until.map(|until| until.saturating_sub(MARGIN).unwrap_or(Time::MIN)).filter(|until| now < *until)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn the_window_closes_a_minute_before_metas_does() {
        let wrote = time("2026-11-22T10:00:00Z");
        let end = time("2026-11-23T09:59:00Z");
        assert_eq!(Service::at(Some(wrote), time("2026-11-23T09:58:59Z")), Service::Open { until: end });
        assert_eq!(Service::at(Some(wrote), end), Service::Closed { since: Some(end) });
        assert_eq!(Service::at(None, wrote), Service::Closed { since: None });
    }

    #[test]
    fn words_open_the_window_and_a_thumb_does_not() {
        assert!(["text", "audio", "button", "choice", "order"].into_iter().all(is_opened_by));
        assert!(
            !["reaction", "system", "unsupported", "placeholder", "welcome"].into_iter().any(is_opened_by)
        );
    }

    #[test]
    fn an_advertisement_that_was_answered_in_time_makes_three_days_free() {
        let mut entry = EntryPoint::default();
        entry.refer(time("2026-11-20T10:00:00Z"));
        assert_eq!(entry.free_until(time("2026-11-20T10:00:01Z")), None);
        entry.answer(time("2026-11-21T09:00:00Z"));
        let end = time("2026-11-23T09:59:00Z");
        assert_eq!(entry.free_until(time("2026-11-23T09:58:59Z")), Some(end));
        assert_eq!(entry.free_until(end), None);
        // Meta counted from the answer.
        entry.tell(time("2026-11-24T09:00:00Z"));
        assert_eq!(entry.free_until(end), Some(time("2026-11-24T08:59:00Z")));
    }

    #[test]
    fn an_advertisement_that_was_answered_too_late_makes_nothing_free() {
        let mut entry = EntryPoint::default();
        entry.refer(time("2026-11-20T10:00:00Z"));
        entry.answer(time("2026-11-21T10:00:00Z"));
        assert_eq!(entry.free_until(time("2026-11-21T10:00:01Z")), None);
    }

    proptest! {
        #[test]
        fn a_window_is_open_exactly_until_the_moment_it_names(opened in 0i64..2_000_000, later in 0i64..200_000) {
            let (opened, now) = (Time::from_second(opened).unwrap(), Time::from_second(opened + later).unwrap());
            match Service::at(Some(opened), now) {
                Service::Open { until } => {
                    prop_assert!(now < until && until < opened + WINDOW);
                    prop_assert!(!is_open(Some(opened), until));
                }
                Service::Closed { since } => {
                    let since = since.unwrap();
                    prop_assert!(since <= now);
                    prop_assert!(is_open(Some(opened), since - SignedDuration::from_secs(1)));
                }
            }
        }
    }
}
