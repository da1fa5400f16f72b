//! The events of rules, in `rules`: what was agreed on of them, and how they were moved within it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::author::{AuthorKey, AuthorKeyId};
use crate::decision::{Digest, Kind};
use crate::id::{ProposalId, RuleId};
use crate::rule::Version;
use crate::rule::mode::Mode;

/// `rule-versioned`: a version of a rule comes in force for the first time. It is kept, so that one can return to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleVersioned {
    /// Which rule.
    pub rule: RuleId,
    /// The version.
    pub version: Version,
}

/// `rule-agreed`: a rule that the company's files do not have is part of its sets from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleAgreed {
    /// Which rule.
    pub rule: RuleId,
    /// Its version, which was kept.
    pub version: Digest,
    /// The rule behind which it is asked; the last of its set if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RuleId>,
    /// By what it was agreed on.
    pub proposal: ProposalId,
}

/// `rule-withdrawn`: it is none of the sets' any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleWithdrawn {
    /// Which rule.
    pub rule: RuleId,
    /// By what it was agreed on.
    pub proposal: ProposalId,
}

/// `rule-moved`: somebody moved a rule within its envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleMoved {
    /// Which rule.
    pub rule: RuleId,
    /// The version that was signed when it was moved: of another one this says nothing.
    pub of: Digest,
    /// Its mode; as it was if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Operational settings, by their JSON pointers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, serde_json::Value>,
    /// Why.
    pub why: String,
}

/// `rule-returned`: a rule is again as it was signed, or as it was signed before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleReturned {
    /// Which rule.
    pub rule: RuleId,
    /// The version that is signed now: when another one is, this says nothing any more.
    pub of: Digest,
    /// The earlier version that runs instead; the signed one if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Digest>,
    /// Why.
    pub why: String,
}

/// `rule-set-moved`: a whole set is asked, or is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSetMoved {
    /// Which set.
    pub set: String,
    /// Whether its rules are asked, as far as each of them is.
    pub on: bool,
    /// Why.
    pub why: String,
}

/// `plugin-uploaded`: a component was admitted and is kept. It does nothing until a rule with it is agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginUploaded {
    /// The SHA-256 of the component.
    pub component: Digest,
    /// What it calls itself.
    pub name: String,
    /// Its version, in its own words.
    pub version: String,
    /// What it can be asked for.
    pub kinds: Vec<Kind>,
    /// The functions of the host that it needs.
    pub functions: Vec<String>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// `author-registered`: whoever signs a component with this key is known from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorRegistered {
    /// Their key.
    pub key: AuthorKey,
    /// Who they are, in words.
    pub who: String,
}

/// `author-revoked`: a key is known to be in other hands, or is not trusted any more. What was signed with it stops at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorRevoked {
    /// Which key.
    pub key: AuthorKeyId,
    /// Why.
    pub why: String,
}
