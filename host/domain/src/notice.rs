//! What people are told: the I of the matrix, and what waits for those who have its other letters.
//!
//! A notice names what happened, who did it and where to look, and nothing of a customer: what is behind it is read where the
//! matrix lets one read it. Whom it concerns is asked of the matrix that is in force when the host tells it (`whom`), and an
//! inbox is folded from what was told and what was read (`inbox`).

pub mod inbox;
pub mod whom;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::author::AuthorKeyId;
use crate::event::{Event, Recorded, WhyRefused};
use crate::id::{ConversationId, NumberId, PersonId, ProposalId, QueueId, RuleId};
use crate::measure::alert::{Level, Which};
use crate::platform::TemplateChange;
use crate::proposal::{Kind, Proposal};
use crate::raci::letters::Letters;
use crate::raci::loan::{WordLent, WordReturned};
use crate::raci::task::Task;
use crate::rule::mode::Mode;
use crate::stops::Scope;
use crate::stream::{Actor, Stream};

/// What somebody has to do with every row of the matrix in which they have anything.
pub type Rights = BTreeMap<Task, Letters>;

/// What somebody is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Matter {
    /// A proposal.
    Proposal {
        /// Which.
        proposal: ProposalId,
        /// What kind of change.
        kind: Kind,
        /// In its one line, which names no customer.
        title: String,
        /// What happened to it.
        step: Step,
    },
    /// Nothing, or no template, leaves from a number or from all of them.
    Stopped {
        /// Which number; none for all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<NumberId>,
        /// Meta's code, if that is why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<i64>,
    },
    /// Messages leave again.
    Resumed {
        /// From which number; none for all of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<NumberId>,
    },
    /// Meta does not let a template be sent any more.
    Template {
        /// Its name.
        name: String,
        /// Its language.
        language: String,
        /// Meta's word: `REJECTED`, `PAUSED`, `DISABLED`.
        status: String,
    },
    /// An account was in use in two places at once.
    TwoPlaces {
        /// Whose.
        person: PersonId,
    },
    /// Somebody may set a password.
    Invited {
        /// Who.
        person: PersonId,
    },
    /// Somebody does not work here any more.
    Left {
        /// Who.
        person: PersonId,
    },
    /// Somebody works here again.
    Returned {
        /// Who.
        person: PersonId,
    },
    /// Somebody was not let in of whom the company's identity provider said that it is they, or was unbound from it.
    Identity {
        /// Who.
        person: PersonId,
        /// Why they were not let in; none if they were unbound.
        refused: Option<WhyRefused>,
    },
    /// Somebody hands their word on some rows to somebody else, or has it back before its time.
    Word {
        /// Whose word.
        from: PersonId,
        /// To whom.
        to: PersonId,
        /// On which rows.
        tasks: BTreeSet<Task>,
        /// Whether it is back.
        back: bool,
    },
    /// A rule is asked otherwise than before, within what was signed of it.
    Rule {
        /// Which.
        rule: RuleId,
        /// The mode that it is in now; none if it has other settings, or is as it was signed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
        /// Which bound it had left, if the host undid a change of it (`rule::falling`).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undone: Option<String>,
    },
    /// A whole set of rules is asked, or is not.
    RuleSet {
        /// Which.
        set: String,
        /// Whether it is asked.
        on: bool,
    },
    /// A figure is something that people should look at, or is not any more.
    Alert {
        /// Which.
        #[serde(flatten)]
        which: Which,
        /// How much it matters; none if it is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<Level>,
        /// What the rule that raised it says, by language.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        words: BTreeMap<String, String>,
    },
    /// A customer has not been answered, and the time that was promised is running out or over.
    Late {
        /// Of which queue.
        queue: QueueId,
        /// From which number.
        number: NumberId,
        /// The conversation.
        conversation: ConversationId,
        /// In percent of what was promised.
        at: u16,
    },
    /// Somebody attends a customer and cannot go on alone.
    Help {
        /// Of which queue the case is.
        queue: QueueId,
        /// From which number.
        number: NumberId,
        /// The conversation.
        conversation: ConversationId,
    },
    /// Somebody asked people by name in a note on a case.
    Mentioned {
        /// Whom.
        whom: BTreeSet<PersonId>,
        /// The conversation.
        conversation: ConversationId,
    },
    /// What an author signed runs no more.
    Author {
        /// With which key.
        key: AuthorKeyId,
    },
    /// People have other letters in the matrix than before.
    Rights {
        /// Who, with all that they have now.
        people: BTreeMap<PersonId, Rights>,
    },
}

/// What happened to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is named in three languages, in the table of words")]
pub enum Step {
    Proposed,
    Edited,
    Agreed,
    Objected,
    Signed,
    Rejected,
    Withdrawn,
    Expired,
    Forced,
    Reviewed,
    Marked,
    Ratified,
    Done,
    Failed,
    Reminded,
}

/// How a notice concerns whoever gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// It happened.
    Happened,
    /// It waits for their word.
    Waits,
    /// It happened past what others should have agreed to: nobody is to overlook it.
    Loud,
}

impl Event {
    /// Whether people may have to be told of it. What is true here once stays so: notices are found again by it.
    pub fn is_told(&self) -> bool {
        match self {
            Self::ProposalMade(_)
            | Self::ProposalEdited(_)
            | Self::ProposalHeard(_)
            | Self::ProposalSigned(_)
            | Self::ProposalRejected(_)
            | Self::ProposalWithdrawn(_)
            | Self::ProposalExpired(_)
            | Self::ProposalForced(_)
            | Self::ProposalReviewed(_)
            | Self::ProposalMarked(_)
            | Self::ProposalRatified(_)
            | Self::ProposalDone(_)
            | Self::ProposalFailed(_)
            | Self::ProposalReminded(_)
            | Self::GenerationActivated(_)
            | Self::SendingStopped(_)
            | Self::SendingResumed(_)
            | Self::SessionsOverlapped(_)
            | Self::PersonInvited(_)
            | Self::PersonLeft(_)
            | Self::PersonReturned(_)
            | Self::IdentityForgotten(_)
            | Self::IdentityRefused(_)
            | Self::WordLent(_)
            | Self::WordReturned(_)
            | Self::RuleMoved(_)
            | Self::RuleReturned(_)
            | Self::RuleSetMoved(_)
            | Self::AlertRaised(_)
            | Self::AlertEnded(_)
            | Self::AuthorRevoked(_) => true,
            Self::CaseEscalated(escalated) => escalated.tell,
            Self::HelpAsked(_) => true,
            Self::CaseLabelled(labelled) => !labelled.mentions.is_empty(),
            Self::TemplateChanged(changed) => lost(&changed.change).is_some(),
            _ => false,
        }
    }
}

/// Meta's word for why a template may not be sent any more, if that is what changed.
fn lost(change: &TemplateChange) -> Option<&str> {
    match change {
        TemplateChange::Status { status, .. } => {
            ["REJECTED", "PAUSED", "DISABLED"].into_iter().find(|lost| lost == status)
        }
        _ => None,
    }
}

impl Matter {
    /// What people are told of an event; none if nothing by itself. A proposal is the one as it is now.
    pub fn of(recorded: &Recorded, proposal: Option<&Proposal>) -> Option<Self> {
        let number = |scope: &Scope| match scope {
            Scope::Account => None,
            Scope::Number(number) => Some(number.clone()),
        };
        let person = || match &recorded.stream {
            Stream::Person(person) => Some(person.clone()),
            _ => None,
        };
        let conversation = || match recorded.stream {
            Stream::Conversation(conversation) => Some(conversation),
            _ => None,
        };
        // What people write stays where they wrote it; these are the host's own figures.
        let undone = |why: &String| (recorded.actor == Actor::Host).then(|| why.clone());
        Some(match &recorded.event {
            Event::SendingStopped(stopped) => {
                Self::Stopped { number: number(&stopped.scope), code: stopped.code }
            }
            Event::SendingResumed(resumed) => Self::Resumed { number: number(&resumed.scope) },
            Event::TemplateChanged(changed) => {
                let (name, language) = (changed.template.name.clone(), changed.template.language.clone());
                Self::Template { name, language, status: lost(&changed.change)?.to_owned() }
            }
            Event::SessionsOverlapped(_) => Self::TwoPlaces { person: person()? },
            Event::PersonInvited(_) => Self::Invited { person: person()? },
            Event::PersonLeft(_) => Self::Left { person: person()? },
            Event::PersonReturned(_) => Self::Returned { person: person()? },
            Event::IdentityRefused(refused) => {
                Self::Identity { person: person()?, refused: Some(refused.why.clone()) }
            }
            Event::IdentityForgotten(_) => Self::Identity { person: person()?, refused: None },
            Event::WordLent(WordLent { to, tasks, .. }) => {
                Self::Word { from: person()?, to: to.clone(), tasks: tasks.clone(), back: false }
            }
            Event::WordReturned(WordReturned { to, tasks, .. }) => {
                Self::Word { from: person()?, to: to.clone(), tasks: tasks.clone(), back: true }
            }
            Event::RuleMoved(moved) => {
                Self::Rule { rule: moved.rule.clone(), mode: moved.mode, undone: undone(&moved.why) }
            }
            Event::RuleReturned(returned) => {
                Self::Rule { rule: returned.rule.clone(), mode: None, undone: undone(&returned.why) }
            }
            Event::RuleSetMoved(moved) => Self::RuleSet { set: moved.set.clone(), on: moved.on },
            Event::AlertRaised(raised) => Self::Alert {
                which: raised.which.clone(),
                level: Some(raised.level),
                words: raised.words.clone(),
            },
            Event::AlertEnded(ended) => {
                Self::Alert { which: ended.which.clone(), level: None, words: BTreeMap::new() }
            }
            Event::CaseEscalated(escalated) if escalated.tell => Self::Late {
                queue: escalated.queue.clone(),
                number: escalated.number.clone(),
                conversation: conversation()?,
                at: escalated.at,
            },
            Event::HelpAsked(asked) => Self::Help {
                queue: asked.queue.clone(),
                number: asked.number.clone(),
                conversation: conversation()?,
            },
            Event::CaseLabelled(labelled) if !labelled.mentions.is_empty() => {
                Self::Mentioned { whom: labelled.mentions.clone(), conversation: conversation()? }
            }
            Event::AuthorRevoked(revoked) => Self::Author { key: revoked.key.clone() },
            event => {
                let (step, proposal) = (Step::of(event)?, proposal?);
                let Proposal { id, kind, title, .. } = proposal;
                Self::Proposal { proposal: *id, kind: *kind, title: title.clone(), step }
            }
        })
    }

    /// The row of the matrix that it belongs to; none for a proposal, which has its own.
    pub fn task(&self) -> Option<Task> {
        Some(match self {
            Self::Proposal { .. } => return None,
            Self::Stopped { .. } | Self::Resumed { .. } | Self::Author { .. } => Task::EmergencyStop,
            Self::Rule { .. } | Self::RuleSet { .. } => Task::AdjustRoutingRules,
            Self::Template { .. } => Task::ModifyTemplates,
            Self::Alert { .. } | Self::Late { .. } | Self::Help { .. } => Task::MonitorSla,
            Self::Mentioned { .. } => Task::AttendConversations,
            Self::TwoPlaces { .. }
            | Self::Invited { .. }
            | Self::Left { .. }
            | Self::Returned { .. }
            | Self::Word { .. }
            | Self::Identity { .. }
            | Self::Rights { .. } => Task::ManageAccess,
        })
    }
}

impl Step {
    /// What an event does to a proposal, if it is worth telling.
    fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::ProposalMade(_) => Self::Proposed,
            Event::ProposalEdited(_) => Self::Edited,
            Event::ProposalHeard(heard) if heard.opinion.agrees => Self::Agreed,
            Event::ProposalHeard(_) => Self::Objected,
            Event::ProposalSigned(_) => Self::Signed,
            Event::ProposalRejected(_) => Self::Rejected,
            Event::ProposalWithdrawn(_) => Self::Withdrawn,
            Event::ProposalExpired(_) => Self::Expired,
            Event::ProposalForced(_) => Self::Forced,
            Event::ProposalReviewed(_) => Self::Reviewed,
            Event::ProposalMarked(_) => Self::Marked,
            Event::ProposalRatified(_) => Self::Ratified,
            Event::ProposalDone(_) => Self::Done,
            Event::ProposalFailed(_) => Self::Failed,
            Event::ProposalReminded(_) => Self::Reminded,
            _ => return None,
        })
    }

    /// Whether something is otherwise from here on.
    fn comes_of_it(self) -> bool {
        matches!(self, Self::Done | Self::Forced)
    }

    /// Whether it asks those for their word who have not given it.
    fn asks(self) -> bool {
        matches!(
            self,
            Self::Proposed | Self::Edited | Self::Objected | Self::Reminded | Self::Forced | Self::Marked
        )
    }
}

/// `notice-given`, in `inbox/…`: somebody is told of something. It is delivered when this is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeGiven {
    /// The number of the event that they are told of. Nobody is told twice of one.
    pub cause: u64,
    /// How it concerns them.
    pub part: Part,
    /// Of what.
    pub matter: Matter,
    /// Who did it.
    pub by: Actor,
}

/// `notices-read`, in `inbox/…`: somebody has read some of what they were told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesRead {
    /// The causes of what they read.
    pub notices: Vec<u64>,
}

/// `notices-told`, in `telling`: whoever had to be told of events up to here was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesTold {
    /// The number of the last of them.
    pub up_to: u64,
}
