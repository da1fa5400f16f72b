//! What goes wrong at Meta and on the way, on demand. Nothing does unless it is asked for.
//!
//! A share is of all cases, from 0 to 1. Which cases those are follows from the seed.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

use crate::scenario::value;

/// How hostile this world is.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Trouble {
    /// When the host sends.
    pub sends: Sends,
    /// What it hears of what it sent.
    pub statuses: Statuses,
    /// How it hears anything at all.
    pub webhooks: Webhooks,
    /// How the phone of somebody with a username is left out.
    pub hiding: Hiding,
}

/// Trouble with requests to send.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sends {
    /// The share of requests that are accepted, and whose answer never arrives.
    #[serde(deserialize_with = "value::share")]
    pub lost_answers: f64,
    /// The share of requests that are lost before anybody read them.
    #[serde(deserialize_with = "value::share")]
    pub lost_requests: f64,
    /// What the host sees of a loss.
    pub loss: Loss,
    /// The share of requests that are answered with one of `codes`.
    #[serde(deserialize_with = "value::share")]
    pub errors: f64,
    /// Meta's words for that nobody knows: 1, 2, 131000, 131016.
    #[serde(deserialize_with = "value::codes")]
    pub codes: Vec<i64>,
    /// The share of those that were accepted nevertheless.
    #[serde(deserialize_with = "value::share")]
    pub accepted: f64,
    /// The share of answers that take long.
    #[serde(deserialize_with = "value::share")]
    pub slow: f64,
    /// How long.
    #[serde(deserialize_with = "value::range")]
    pub slow_for: RangeInclusive<Duration>,
}

/// Trouble with what becomes of an accepted message.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Statuses {
    /// The share of messages that fail after they were accepted.
    #[serde(deserialize_with = "value::share")]
    pub failed: f64,
    /// Why they fail.
    #[serde(deserialize_with = "value::codes")]
    pub codes: Vec<i64>,
    /// The share of failures after which a `sent` still comes.
    #[serde(deserialize_with = "value::share")]
    pub late_sent: f64,
    /// The share of messages whose statuses arrive in another order than they happened.
    #[serde(deserialize_with = "value::share")]
    pub scrambled: f64,
    /// The share of messages that are read without having been `delivered`.
    #[serde(deserialize_with = "value::share")]
    pub skipped: f64,
    /// The share of messages of which nobody ever hears again.
    #[serde(deserialize_with = "value::share")]
    pub silent: f64,
    /// The share of messages beside which a status of somebody else's message comes.
    #[serde(deserialize_with = "value::share")]
    pub strangers: f64,
}

/// Trouble with the webhook.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Webhooks {
    /// The share of updates that come later, and so in another order.
    #[serde(deserialize_with = "value::share")]
    pub delayed: f64,
    /// How much later.
    #[serde(deserialize_with = "value::range")]
    pub delay: RangeInclusive<Duration>,
    /// The share of updates that come a second time, in another post.
    #[serde(deserialize_with = "value::share")]
    pub repeated: f64,
    /// The share of posts that come a second time as they were, although they were answered with 200.
    #[serde(deserialize_with = "value::share")]
    pub reposted: f64,
    /// How much later the second time is.
    #[serde(deserialize_with = "value::range")]
    pub again: RangeInclusive<Duration>,
}

/// What the host sees of a request or an answer that is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// The connection breaks.
    #[default]
    HangUp,
    /// Nothing, until it gives up itself.
    Silence,
}

/// What stands where the phone of somebody with a username would stand. All three have been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hiding {
    /// The member is not there: what Meta documents.
    #[default]
    Absent,
    /// It is `""`.
    Empty,
    /// It is the user id.
    UserId,
    /// One of them, and another one the next time.
    Mixed,
}

impl Default for Sends {
    fn default() -> Self {
        Self {
            lost_answers: 0.0,
            lost_requests: 0.0,
            loss: Loss::HangUp,
            errors: 0.0,
            codes: vec![1, 2, 131_000, 131_016],
            accepted: 0.5,
            slow: 0.0,
            slow_for: seconds(1)..=seconds(5),
        }
    }
}

impl Default for Statuses {
    fn default() -> Self {
        Self {
            failed: 0.0,
            codes: vec![131_026, 131_049, 130_472, 131_000],
            late_sent: 0.0,
            scrambled: 0.0,
            skipped: 0.0,
            silent: 0.0,
            strangers: 0.0,
        }
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            delayed: 0.0,
            delay: seconds(1)..=seconds(10),
            repeated: 0.0,
            reposted: 0.0,
            again: seconds(1)..=seconds(30),
        }
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
