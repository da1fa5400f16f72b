//! What Meta posted, and what became of it.

use serde::{Deserialize, Serialize};

use crate::sealed::{Lookup, Personal, Sealed, SealedBody};

/// `webhook-received`, in `webhooks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhookReceived {
    /// Length of the body in bytes.
    pub bytes: u64,
    /// The body, sealed with the key of the day.
    pub body: SealedBody,
}

/// `webhook-processed`, in `webhooks`: one event closes a run of bodies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WebhooksProcessed {
    /// What became of each.
    pub webhooks: Vec<Processed>,
}

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processed {
    /// The number of its `webhook-received`.
    pub seq: u64,
    /// Updates that became events.
    pub taken: u32,
    /// Updates that had been seen before.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeated: u32,
    /// Updates that were not understood.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub strange: u32,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// `message-not-understood`: in `conversation/…` where the contact is known, else in `webhooks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageNotUnderstood {
    /// The field of the webhook: `messages`, `flows` …
    pub field: String,
    /// What was expected and what was found, without personal data.
    pub why: String,
    /// The element as it came.
    pub raw: Strange,
    /// By what it is found again. Older hosts had one for elements with a wamid only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<Lookup>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `element-reread`, in `webhooks`, in the same commit as the `webhook-received` that holds the element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementReread {
    /// The number of the `message-not-understood`.
    pub element: u64,
    /// Its field.
    pub field: String,
}

/// An element that was not understood, sealed for whom it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strange {
    /// It names a contact.
    Of(Sealed<Raw>),
    /// It names nobody: sealed like the body it came in.
    Body(SealedBody),
}

/// JSON as Meta sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw(pub String);

impl Personal for Raw {
    const LABEL: &'static str = "webhook.element";
}
