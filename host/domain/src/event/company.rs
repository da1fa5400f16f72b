//! What concerns the whole company: its rules, its numbers and accounts, whether anything may leave.

use serde::{Deserialize, Serialize};

use super::Raw;
use crate::Time;
use crate::decision::Digest;
use crate::id::{MessageId, NumberId, ProposalId, RuleId};
use crate::json::Json;
use crate::platform::{AccountChange, NumberChange, TemplateChange, TemplateName};
use crate::rule::mode::Mode;
use crate::sealed::{Lookup, Sealed, SealedBody};
use crate::stops::{Scope, Traffic};

/// `generation-activated`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenerationActivated {
    /// Its number. Decisions carry it.
    pub generation: u64,
    /// The rules in the order in which they are asked.
    pub rules: Vec<ActiveRule>,
}

/// `company-adopted`, in `company`: what was agreed on is in force, whatever lies in the files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompanyAdopted {
    /// The company's files, in the form of a proposal of its kind.
    pub content: Json,
    /// The proposal by which it was agreed on; none for what was in force when agreeing began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalId>,
}

/// A rule of a generation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActiveRule {
    /// Its name.
    pub rule: RuleId,
    /// The rule set it stands in.
    pub set: String,
    /// The SHA-256 of its component.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// The functions of the host that it was granted.
    pub grant: Vec<String>,
    /// The version that was signed; none in generations of before there were versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Digest>,
    /// The mode that it is in.
    #[serde(default)]
    pub mode: Mode,
}

/// `template-changed`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateChanged {
    /// The account (WABA) that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Which.
    pub template: TemplateName,
    /// What is new.
    pub change: TemplateChange,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `number-changed`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberChanged {
    /// The account (WABA) that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Which, as it is displayed: Meta tells no identifier here.
    pub display: String,
    /// What is new.
    pub change: NumberChange,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `account-changed`, in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountChanged {
    /// Which account (WABA).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What is new.
    pub change: AccountChange,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `platform-notice`: in `conversation/…` where exactly one customer is named who is known, else in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformNotice {
    /// The field of the webhook: `flows`, `security` …
    pub field: String,
    /// What of it, in one word of Meta's: `FLOW_STATUS_CHANGE`, `errors`; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub what: String,
    /// The account (WABA) or the portfolio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Our number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberId>,
    /// When, by Meta's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// The value as Meta sent it.
    pub value: Noticed,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// The value of a notice, sealed for whom it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Noticed {
    /// It names no customer, as JSON.
    Company(String),
    /// It names a contact.
    Of(Sealed<Raw>),
    /// It may name somebody who is no contact: sealed like the body it came in.
    Body(SealedBody),
}

/// `sending-stopped`, in `company`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingStopped {
    /// From where.
    pub scope: Scope,
    /// Of what.
    pub traffic: Traffic,
    /// Meta's code, if that is why; none if somebody paused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// What the code means, or the reason that was given.
    pub why: String,
}

/// `sending-resumed`, in `company`: whatever stopped it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendingResumed {
    /// From where.
    pub scope: Scope,
}

/// `person-called`, in `company`: a message will not be accepted until a person has changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonCalled {
    /// The number that sent it.
    pub number: NumberId,
    /// The first message that ran into it.
    pub message: MessageId,
    /// Meta's code.
    pub code: i64,
    /// What it means.
    pub why: String,
}
