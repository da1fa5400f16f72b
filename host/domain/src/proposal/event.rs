//! The events of a proposal, in `proposal/…`. Nothing in them names a customer but by an id.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::Time;
use crate::decision::Digest;
use crate::id::PersonId;
use crate::json::Json;
use crate::raci::task::Task;

/// `proposal-made` and `proposal-edited`: a content, which no signature of an earlier one is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// What kind of change.
    pub kind: Kind,
    /// In one line.
    pub title: String,
    /// Why it is wanted.
    pub reason: String,
    /// The change itself.
    pub content: Json,
    /// The rows of the matrix that it belongs to.
    pub tasks: BTreeSet<Task>,
    /// Who wrote it.
    pub by: PersonId,
    /// Not to be carried out before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Time>,
}

/// What somebody says of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Whether they are for it.
    pub agrees: bool,
    /// In their words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// `proposal-made`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProposalMade(pub Content);

/// `proposal-edited`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProposalEdited(pub Content);

impl std::ops::Deref for ProposalMade {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.0
    }
}

impl std::ops::Deref for ProposalEdited {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.0
    }
}

/// `proposal-heard`: somebody who is consulted has spoken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalHeard {
    /// Who.
    pub by: PersonId,
    /// Of which content.
    pub of: Digest,
    /// What they said.
    #[serde(flatten)]
    pub opinion: Opinion,
}

/// `proposal-signed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalSigned {
    /// Who.
    pub by: PersonId,
    /// Which content.
    pub of: Digest,
}

/// `proposal-rejected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalRejected {
    /// Who.
    pub by: PersonId,
    /// Which content.
    pub of: Digest,
    /// Why.
    pub why: String,
}

/// `proposal-withdrawn`: by who proposed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalWithdrawn {
    /// Who.
    pub by: PersonId,
}

/// `proposal-expired`: nobody decided it in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalExpired {}

/// `proposal-approved`: everything that the matrix demands is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalApproved {
    /// Which content.
    pub of: Digest,
}

/// `proposal-forced`: somebody who answers for it went past the approvals, in an emergency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalForced {
    /// Who.
    pub by: PersonId,
    /// Which content.
    pub of: Digest,
    /// The emergency.
    pub why: String,
}

/// `proposal-reviewed`: somebody else looked at what was forced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalReviewed {
    /// Who.
    pub by: PersonId,
    /// What they found.
    pub found: String,
}

/// `proposal-reminded`: nobody said what it waits for, for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalReminded {}

/// `proposal-begun`: the host is carrying it out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalBegun {}

/// `proposal-done`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposalDone {
    /// What came of it, for whoever proposed it. It names no customer.
    #[serde(default, skip_serializing_if = "Json::is_null")]
    pub answer: Json,
}

/// `proposal-failed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalFailed {
    /// Why, in words.
    pub why: String,
}
