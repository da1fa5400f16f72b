//! How a case goes from hand to hand because a person wants it: given back, handed over, moved by somebody who steers; and how it
//! sleeps in one hand.
//!
//! What says where a case is now stays `case-queued` and `case-assigned`: these say that a person wanted it so, who had it before,
//! and why. Reasons are sealed: they are about a customer.

use serde::{Deserialize, Serialize};

use super::Note;
use crate::Time;
use crate::id::{AgentId, CaseId, MoveId};
use crate::sealed::Sealed;

/// `case-moved`, in `conversation/…`: a person had it go elsewhere. Where to stands behind it in the same commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseMoved {
    /// The case.
    pub case: CaseId,
    /// How it came to that.
    pub how: Moved,
    /// Who had it; none if it waited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<AgentId>,
    /// Why, in the words of whoever did it. A move of many says it once for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Sealed<Note>>,
    /// The move of many that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<MoveId>,
}

/// How a case came to be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moved {
    /// Its agent gave it back.
    Returned,
    /// Its agent asked a colleague, who accepted.
    HandedOver,
    /// Somebody who steers moved it.
    Reassigned,
    /// Its agent ended the shift.
    ShiftEnded,
    /// Its agent did not answer the customer for too long.
    Rescued,
    /// What its queue promised was, or is about to be, broken.
    Escalated,
}

impl Moved {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Returned => "returned",
            Self::HandedOver => "handed-over",
            Self::Reassigned => "reassigned",
            Self::ShiftEnded => "shift-ended",
            Self::Rescued => "rescued",
            Self::Escalated => "escalated",
        }
    }
}

/// `case-offered`, in `conversation/…`: its agent asks a colleague to take it over. It stays where it is until they accept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseOffered {
    /// The case.
    pub case: CaseId,
    /// Who asks.
    pub from: AgentId,
    /// Whom.
    pub to: AgentId,
    /// Why, and what they have to know.
    pub why: Sealed<Note>,
}

/// `case-offer-ended`, in `conversation/…`: it stays where it is. One that is accepted ends with `case-assigned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseOfferEnded {
    /// The case.
    pub case: CaseId,
    /// Who was asked.
    pub to: AgentId,
    /// Whether they declined; otherwise it was taken back, or, by the host, not answered in time.
    pub declined: bool,
}

/// `case-snoozed`, in `conversation/…`: there is nothing to do about it until then, or until the customer writes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseSnoozed {
    /// The case.
    pub case: CaseId,
    /// Until when; until the customer writes if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// `case-woken`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseWoken {
    /// The case.
    pub case: CaseId,
    /// What woke it.
    pub by: Woken,
}

/// What ended the sleep of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Woken {
    /// The customer wrote.
    Written,
    /// The time came.
    Due,
    /// Its agent.
    Agent,
}
