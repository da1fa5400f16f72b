//! What is done in a case: by rules, in queues, by agents and within their capacity.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::conversation::Case;
use crate::decision::{Asked, Kind, NotAsked, Place, Shadowed, Traces, Why};
use crate::id::{AgentId, CaseId, ConversationId, MessageId, NumberId, PersonId, QueueId, RuleId};
use crate::sealed::{Personal, Sealed};

/// `case-opened`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseOpened {
    /// The case.
    pub case: CaseId,
}

/// `rule-decided`, in `conversation/…`: one round of rules of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleDecided {
    /// The case it is about.
    pub case: CaseId,
    /// The kind of rule that was asked.
    #[serde(rename = "rules")]
    pub of: Kind,
    /// Why they were asked.
    pub why: Why,
    /// The generation that they belong to. A round never mixes two.
    pub generation: u64,
    /// Who was asked, in order.
    pub asked: Vec<Asked>,
    /// Who was not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_asked: Vec<NotAsked>,
    /// Who was asked and did not count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shadowed: Vec<Shadowed>,
    /// What the host did not do of what was decided, because it may not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
    /// What they saw and said, in the order of `asked`; those who did not count come last.
    pub traces: Sealed<Traces>,
}

/// An invariant of the host that a decision ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// So many automatic messages have gone out within the hour that a person has to come first.
    AutomaticLimit,
    /// The customer has not written for 24 hours.
    WindowClosed,
    /// The customer does not want such messages.
    OptedOut,
    /// The customer has not agreed to marketing.
    NoOptIn,
    /// Such messages are not sent to the customer's country.
    CountryClosed,
    /// Not at this hour or on this day.
    ContactHours,
    /// The customer was written to often enough.
    ContactFrequency,
    /// The month's money is spent.
    MonthlyCap,
    /// The month's money of the number is spent.
    NumberCap,
    /// The month's money of the rule is spent.
    RuleCap,
    /// Meta does not send the template, or made something else of it.
    TemplateNotOffered,
    /// The customer was forgotten.
    ContactErased,
    /// The campaign was stopped.
    CampaignStopped,
    /// So many were sent at once that others had to agree, and they did not.
    NotAgreed,
    /// No agent of the company has a skill that a rule asked for: it could be a customer's name.
    UnknownSkill,
    /// A rule asked for an agent whom the company does not have.
    UnknownAgent,
    /// A rule resolved the case with a code that the company does not count by.
    UnknownCode,
    /// A rule asks so much of services outside that a person has to come first.
    TooManyRequests,
    /// A rule would have ended a case whose customer waits for an answer.
    CustomerWaits,
    /// The case has ended: nothing of it can be marked, moved or closed.
    CaseEnded,
    /// The customer was asked within the last 30 days how it was.
    AskedLately,
    /// A rule named a queue that the company does not have.
    UnknownQueue,
    /// Rules have moved the case so often that a person has to come first.
    TooManyMoves,
}

/// `case-queued`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseQueued {
    /// The case.
    pub case: CaseId,
    /// Where it waits, for whom, how urgently.
    pub place: Place,
    /// Since when it waits: kept when only the place changes, so that nobody loses their turn.
    pub since: Time,
    /// Who chose the place.
    pub by: Chooser,
}

/// Who chose a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chooser {
    /// A routing rule.
    Rule(RuleId),
    /// No rule did, so the number's own queue has it.
    Default,
    /// An agent had it and has left: it waits in the queue it came from.
    Left(AgentId),
    /// A person: the `case-moved` before it says who had it and why.
    Moved,
}

/// `case-preference-ended`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreferenceEnded {
    /// The case.
    pub case: CaseId,
}

/// `case-assigned`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseAssigned {
    /// The case.
    pub case: CaseId,
    /// To whom.
    pub agent: AgentId,
    /// The queue it had waited in.
    pub queue: QueueId,
}

/// `case-accepted`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseAccepted {
    /// The case.
    pub case: CaseId,
    /// By whom.
    pub agent: AgentId,
}

/// `case-closed`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseClosed {
    /// The case.
    pub case: CaseId,
    /// How it ended, as a code of the company: letters and hyphens.
    pub code: String,
}

impl CaseClosed {
    /// The code of what has none of the company's.
    pub const OTHER: &str = "other";

    /// The code of what a rule dealt with, whatever the company counts by besides.
    pub const ANSWERED: &str = "answered";

    /// Whether a text can be a code: 1 to 40 small letters and hyphens. A phone does not fit in; a name does, so of a rule it has to
    /// be one that the company counts by, too.
    pub fn is_code(text: &str) -> bool {
        (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    }
}

/// `rating-asked`, in `conversation/…`: a rule asked the customer how it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RatingAsked {
    /// The case that it is about, as it was.
    pub case: Box<Case>,
    /// The message that asks.
    pub message: MessageId,
}

/// `case-rated`, in `conversation/…`: the customer said how it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseRated {
    /// The case.
    pub case: CaseId,
    /// The queue that it was in last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// Who had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// 1 is worst, 5 is best.
    pub score: u8,
    /// When they said so, by Meta's clock.
    pub at: Time,
}

/// `case-escalated`, in `conversation/…`: a part of the time within which its queue promised an answer is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseEscalated {
    /// The case.
    pub case: CaseId,
    /// The queue whose promise it is.
    pub queue: QueueId,
    /// The number that the customer wrote to.
    pub number: NumberId,
    /// Since when an answer is owed.
    pub since: Time,
    /// Until when it was promised.
    pub due: Time,
    /// Which part of the time, in percent: from 100 on the promise is broken.
    pub at: u16,
    /// The queue in which it waits from now on, if that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<QueueId>,
    /// Whether people are told of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tell: bool,
}

/// `promise-ended`, in `conversation/…`, in the commit of what ended it: a person answered, or the case was closed without that when it
/// was too late. What is still owed in time when a case is closed is owed no more, and was no promise kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromiseEnded {
    /// The case.
    pub case: CaseId,
    /// The queue whose promise it was.
    pub queue: QueueId,
    /// Who answered, or had the case when it was closed; none if it was nobody who attends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Whether it was of the first answer of the case.
    pub first: bool,
    /// Since when it was owed.
    pub since: Time,
    /// Until when it was promised.
    pub due: Time,
    /// Whether it was kept.
    pub kept: bool,
}

/// `case-settled`, in `conversation/…`: its customer did not come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseSettled {
    /// The case.
    pub case: CaseId,
}

/// `case-labelled`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseLabelled {
    /// The case.
    pub case: CaseId,
    /// What changed.
    pub label: Label,
    /// Whom a note asks by name: each may read the conversation until the case is in other hands.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub mentions: BTreeSet<PersonId>,
}

impl CaseLabelled {
    /// A mark that asks nobody.
    pub fn new(case: CaseId, label: Label) -> Self {
        Self { case, label, mentions: BTreeSet::new() }
    }
}

/// A mark on a case. Words are sealed: a rule may write into them whatever it has read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// All tags that the case has now.
    Tags(Sealed<Tags>),
    /// A note for the agents.
    Note(Sealed<Note>),
    /// 0 is normal, 9 is most urgent.
    Priority(u8),
}

/// The tags of a case, in alphabetical order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tags(pub BTreeSet<String>);

impl Personal for Tags {
    const LABEL: &'static str = "case.tags";
}

/// A note for colleagues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note(pub String);

impl Personal for Note {
    const LABEL: &'static str = "case.note";
}

/// `presence-set`, in `agent/…`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresenceSet {
    /// What the agent is now.
    pub presence: crate::agent::Presence,
    /// What for, as a code of the company, if it is a break with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `shift-ended`, in `agent/…`: from here on nothing is given to the agent, and what they hold goes back to its queues, where it
/// waits for a colleague first if one was named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShiftEnded {
    /// The colleague.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<AgentId>,
}

/// `capacity-taken`, in `agent/…`, in the same commit as `case-assigned`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityTaken {
    /// By which case.
    pub case: CaseId,
    /// In which conversation.
    pub conversation: ConversationId,
}

/// `capacity-released`, in `agent/…`, in the same commit as what ended the assignment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CapacityReleased {
    /// By which case.
    pub case: CaseId,
}
