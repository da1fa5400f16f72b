//! The customer service window.
//!
//! Free-form messages may be sent within 24 hours of the customer's last message (Meta, *Messaging windows*). The
//! customer's own timestamp counts, not the moment at which the webhook reached us, and a margin keeps a message that
//! is just leaving from arriving too late.

use jiff::SignedDuration;

use crate::Time;

/// How long the window stays open.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// How long before its end the host stops using it.
pub const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// Whether a free-form message may leave now.
pub fn is_open(last_inbound: Option<Time>, now: Time) -> bool {
    last_inbound.is_some_and(|at| now.duration_since(at) < WINDOW - MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_closes_a_minute_before_metas_does() {
        let wrote: Time = "2026-11-22T10:00:00Z".parse().unwrap();
        assert!(is_open(Some(wrote), "2026-11-23T09:58:59Z".parse().unwrap()));
        assert!(!is_open(Some(wrote), "2026-11-23T09:59:00Z".parse().unwrap()));
        assert!(!is_open(None, wrote));
    }
}
