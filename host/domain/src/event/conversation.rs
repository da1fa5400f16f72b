//! What is said in a conversation, by either side, and what is to happen in it later.

use serde::{Deserialize, Serialize};

use super::Note;
use super::Raw;
use super::Strange;
use crate::Time;
use crate::conversation::Case;
use crate::decision::{MemoryScope, Moment};
use crate::id::{CampaignId, CaseId, ContactId, MessageId, NumberId, RuleId, TimerId};
use crate::law::class::{Category, Class};
use crate::message::{Edit, Inbound, Outgoing, Side};
use crate::platform::{CallStep, Handover, Origin};
use crate::sealed::{Lookup, Personal, Sealed};
use crate::stream::Actor;

/// `conversation-started`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConversationStarted {
    /// With whom.
    pub contact: ContactId,
    /// On which of our numbers.
    pub number: NumberId,
}

/// `conversation-erased`, in `conversation/…`, in the same commit as `contact-erased` and the last event of its stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationErased {
    /// With whom it was.
    pub contact: ContactId,
}

/// `message-received`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageReceived {
    /// Our identifier of it.
    pub message: MessageId,
    /// When the customer wrote it, by Meta's clock, in whole seconds.
    pub sent_at: Time,
    /// Its kind in one word: `text`, `image` …
    pub content: String,
    /// By what its wamid is found again.
    pub lookup: Lookup,
    /// What was said.
    pub body: Sealed<Inbound>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `message-edited`, in `conversation/…`. May come before the message that it changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageEdited {
    /// Who changed it.
    pub by: Side,
    /// By what the wamid of the message that was changed is found.
    pub original: Lookup,
    /// When, by Meta's clock. Of several edits the latest counts.
    pub at: Time,
    /// The kind of what it says now, in one word.
    pub content: String,
    /// By what the wamid of the change is found again.
    pub lookup: Lookup,
    /// What it says now.
    pub body: Sealed<Edit>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `message-revoked`, in `conversation/…`. May come before the message that it takes back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageRevoked {
    /// Who took it back.
    pub by: Side,
    /// By what the wamid of the message that was taken back is found.
    pub original: Lookup,
    /// When, by Meta's clock.
    pub at: Time,
    /// By what the wamid of the taking back is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `message-echoed`, in `conversation/…`: a line of the history that asks for nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageEchoed {
    /// Our identifier of it.
    pub message: MessageId,
    /// Who wrote it.
    pub by: Side,
    /// How it came about.
    pub origin: Origin,
    /// When it was written, by Meta's clock.
    pub sent_at: Time,
    /// Its kind in one word.
    pub content: String,
    /// By what its wamid is found again.
    pub lookup: Lookup,
    /// What was said.
    pub body: Sealed<Inbound>,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `call-changed`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallChanged {
    /// By what the call is found: all its steps have the same.
    pub call: Lookup,
    /// What happened.
    pub step: CallStep,
    /// When, by Meta's clock.
    pub at: Time,
    /// The same as Meta sent it, with what a telephone needs.
    pub raw: Sealed<Raw>,
    /// By what this step is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `handover-changed`, in `conversation/…` where the customer is known, else in `company`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HandoverChanged {
    /// On which of our numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberId>,
    /// Who answered and who answers.
    pub handover: Handover,
    /// When, by Meta's clock.
    pub at: Time,
    /// The same as Meta sent it, with what the other side left for us.
    pub raw: Strange,
    /// By what it is found again.
    pub lookup: Lookup,
    /// The number of the webhook that brought it.
    pub webhook: u64,
}

/// `customer-referred`, in `conversation/…`, in the same commit as the message that tells it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomerReferred {
    /// When the customer wrote, by Meta's clock.
    pub at: Time,
}

/// `entry-point-opened`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryPointOpened {
    /// Until when all messages are free, as Meta says.
    pub until: Time,
}

/// `reply-queued`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplyQueued {
    /// Our identifier of it.
    pub message: MessageId,
    /// The case it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The number it leaves from.
    pub number: NumberId,
    /// Its kind in one word.
    pub content: String,
    /// As what a template counts; none for what is no template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// The campaign that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// What is said.
    pub body: Sealed<Outgoing>,
}

impl ReplyQueued {
    /// Whether it is a person's answer to this customer: what a campaign writes in a person's name is none.
    pub fn answers(&self, by: &Actor) -> bool {
        matches!(by, Actor::Agent(_) | Actor::Person(_)) && self.campaign.is_none()
    }

    /// What it is before the law. A template of which the category is not known counts as marketing: what is asked of
    /// that is asked of no other.
    pub fn class(&self) -> Class {
        match self.content.as_str() {
            "template" => Class::Template(self.category.unwrap_or(Category::Marketing)),
            _ => Class::Service,
        }
    }
}

/// `rule-remembered`, in `conversation/…`, also for the memory on the contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleRemembered {
    /// Whose memory.
    pub rule: RuleId,
    /// On what.
    pub scope: MemoryScope,
    /// The contact.
    pub contact: ContactId,
    /// By what the key is found again.
    pub slot: Lookup,
    /// What is noted; none forgets it.
    pub value: Option<Sealed<Remembered>>,
}

/// A value in a rule's memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered(pub String);

impl Personal for Remembered {
    const LABEL: &'static str = "rule.memory";
}

/// `timer-set`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerSet {
    /// The timer.
    pub timer: TimerId,
    /// When it is due.
    pub due: Time,
    /// What for.
    pub purpose: Purpose,
}

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum Purpose {
    /// Call a rule again.
    Wake {
        /// Which.
        rule: RuleId,
        /// What it noted.
        note: Sealed<Note>,
    },
    /// Stop waiting for one agent.
    EndPreference {
        /// For this case.
        case: CaseId,
    },
    /// Ask a colleague no longer.
    EndOffer {
        /// To take over this case.
        case: CaseId,
    },
    /// Ask the routing rules again.
    Overflow {
        /// About this case.
        case: CaseId,
    },
    /// Look whether its agent has answered.
    Rescue {
        /// About this case.
        case: CaseId,
    },
    /// Ask the rules that look after cases.
    Follow {
        /// About this case.
        case: CaseId,
        /// When they want to be asked.
        moment: Moment,
        /// From when on that is counted.
        from: Time,
        /// What the case was, if it has ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<Ended>,
    },
    /// See whether the customer was answered within what their queue promised.
    Escalate {
        /// About this case.
        case: CaseId,
    },
    /// There is something to do again.
    EndSnooze {
        /// About this case.
        case: CaseId,
    },
}

/// A case that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ended {
    /// As it was last.
    pub case: Box<Case>,
    /// What it was closed with.
    pub code: String,
}

/// `timer-cancelled`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerCancelled {
    /// The timer.
    pub timer: TimerId,
}

/// `timer-fired`, in `conversation/…`. The event's own time says when it really was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TimerFired {
    /// The timer.
    pub timer: TimerId,
    /// When it was due.
    pub due: Time,
}
