//! What Meta enforces, with the numbers that it gives. Sources: `README.md`, where each rule has a row.
//!
//! The shape of a request, the access token, unknown numbers and templates are checked always. What depends on time and
//! quantity can be switched off, and is for a demo: a person who tries things out is no campaign.

use std::time::Duration;

use serde::Deserialize;

use crate::scenario::value;

/// Meta's rules of time and quantity.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default = "Rules::meta", deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rules {
    /// The one access token that is good; with None any is.
    pub token: Option<String>,
    /// For how long after a customer's last message anything may be sent to them; None for ever.
    #[serde(deserialize_with = "value::span_or_off")]
    pub window: Option<Duration>,
    /// Messages a second of one number, of both directions together; None without limit. Inbound ones are never refused.
    #[serde(deserialize_with = "value::count_or_off")]
    pub throughput: Option<u64>,
    /// How many messages one number may send to one person; None without limit.
    #[serde(deserialize_with = "value::pair_or_off")]
    pub pair: Option<Pair>,
    /// How many different people may be written to outside of their window within 24 hours, by all numbers together;
    /// None without limit.
    #[serde(deserialize_with = "value::count_or_off")]
    pub tier: Option<u64>,
    /// Service messages of a number that cost nothing, each month.
    pub free_per_month: u64,
    /// Whether the company has a method of payment. Without one only what is free is sent.
    pub payment: bool,
    /// When the host hears that a person cannot be written to.
    pub refusals: Refusals,
    /// How long Meta looks at a template.
    #[serde(deserialize_with = "value::span")]
    pub review: Duration,
    /// The share of templates that are rejected.
    #[serde(deserialize_with = "value::share")]
    pub rejected: f64,
    /// How long a template is paused the first and the second time. The third time it is disabled.
    #[serde(deserialize_with = "value::spans")]
    pub pauses: [Duration; 2],
}

/// How fast one number may write to one person. What is sent at once is borrowed from the future.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The time for which one message counts.
    pub every: Duration,
    /// How many may be sent at once.
    pub burst: u64,
}

/// When the host hears that a message cannot be sent to this person now: outside of the window, over the tier, opted out,
/// not on WhatsApp, not paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusals {
    /// By a status `failed`, after a 200: what Meta mostly does.
    Later,
    /// In the answer to the request.
    AtOnce,
}

impl Rules {
    /// Everything that Meta enforces, for a number as it begins: 80 messages a second, 250 people a day.
    pub fn meta() -> Self {
        Self {
            window: Some(DAY),
            throughput: Some(80),
            pair: Some(Pair { every: Duration::from_secs(6), burst: 45 }),
            tier: Some(250),
            review: Duration::from_secs(60),
            ..Self::lenient()
        }
    }

    /// Nothing that depends on time or quantity.
    pub fn lenient() -> Self {
        Self {
            token: None,
            window: None,
            throughput: None,
            pair: None,
            tier: None,
            free_per_month: 1_000,
            payment: true,
            refusals: Refusals::Later,
            review: Duration::from_secs(5),
            rejected: 0.0,
            pauses: [3 * HOUR, 6 * HOUR],
        }
    }
}

/// An hour.
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
/// A day.
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
