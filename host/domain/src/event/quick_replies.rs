//! The events of the quick replies, in `quick-replies`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::QueueId;

/// `quick-reply-kept`: a text that the company shares is there, or is another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReplyKept {
    /// By what it is called up: 1 to 40 small letters, digits and hyphens.
    pub name: String,
    /// By language, as `es`.
    pub texts: BTreeMap<String, String>,
    /// For the cases of these queues; of all, if none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub queues: BTreeSet<QueueId>,
}

/// `quick-reply-dropped`: it is not there any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReplyDropped {
    /// Which.
    pub name: String,
}
