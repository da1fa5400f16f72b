//! The way of one outgoing message.

use serde::{Deserialize, Serialize};

use super::Refused;
use crate::Time;
use crate::delivery::{Status, Unseen};
use crate::id::NumberId;
use crate::law::pricing::Charge;
use crate::law::spending::Month;
use crate::sealed::{Lookup, Personal, Sealed};
use crate::stream::Actor;

/// `send-attempted`, in `message/…`: on the disk before the first byte leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendAttempted {
    /// 1 for the first attempt.
    pub attempt: u32,
}

/// `send-accepted`, in `message/…`. Accepted is not delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendAccepted {
    /// Which attempt.
    pub attempt: u32,
    /// WhatsApp's identifier.
    pub wamid: Sealed<Wamid>,
    /// By what it is found again.
    pub lookup: Lookup,
}

/// WhatsApp's identifier of a message. It contains the customer's phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wamid(pub String);

impl Personal for Wamid {
    const LABEL: &'static str = "message.wamid";
}

/// `send-refused`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendRefused {
    /// Which attempt.
    pub attempt: u32,
    /// Meta's error code; 0 if the request never reached Meta.
    pub code: i64,
    /// Meta's words for the code, or ours.
    pub why: String,
    /// When it is tried again; none if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Time>,
    /// Whether what was queued behind it in its conversation may leave meanwhile.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lets_pass: bool,
}

/// `send-in-doubt`, in `message/…`. A status that echoes our reference settles it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendInDoubt {
    /// Which attempt.
    pub attempt: u32,
    /// What happened instead of an answer.
    pub why: String,
}

/// `send-unseen`, in `message/…`: nothing was heard of an attempt in doubt for as long as statuses take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendUnseen {
    /// Which attempt.
    pub attempt: u32,
    /// What follows.
    pub then: Unseen,
}

/// `duplicate-detected`, in `message/…`: the customer has it twice. Only a resend that the class allows can lead to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateDetected {
    /// The attempt that turns out to have arrived too.
    pub attempt: u32,
    /// The one that was known to have arrived.
    pub beside: u32,
}

/// `send-withheld`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendWithheld {
    /// The invariant.
    pub because: Refused,
}

/// `send-postponed`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendPostponed {
    /// Not before this moment.
    pub until: Time,
    /// The invariant.
    pub because: Refused,
}

/// `status-changed`, in `message/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatusChanged {
    /// What it is now.
    pub status: Status,
    /// The attempt that it speaks of, where it echoes our reference. Older hosts did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// When, by Meta's clock.
    pub at: Time,
    /// Why it failed: code and Meta's title.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// WhatsApp's identifier, where our own answer to the send had been lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wamid: Option<Sealed<Wamid>>,
    /// By what that is found again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// An error that Meta reports of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Meta's code.
    pub code: i64,
    /// Meta's title for the code.
    pub title: String,
}

/// `message-charged`, in `message/…`: in the same commit as what makes it known. Sums are kept by the difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageCharged {
    /// The number it leaves from.
    pub number: NumberId,
    /// The month it is counted in.
    pub month: Month,
    /// Who had it sent.
    pub by: Actor,
    /// What was charged until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Charge>,
    /// What is charged now; none for a message that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Charge>,
    /// Whether Meta said so; else it is the host's estimate.
    #[serde(default)]
    pub reported: bool,
}
