//! Facts: what happened to a case or an agent, with how long it took.
//!
//! A figure is not made of events, because an event does not say how long something lasted: that lies between two of
//! them. So they are paired here, once and for every definition of a figure, and each definition is a sum over facts. A
//! fact holds identifiers, names from the company's files, and milliseconds; nothing that a customer said can be in one.
//!
//! Time is wall time. Only a person stops a clock: what a rule or a campaign writes is no answer.
//!
//! A case that was resolved is not over yet: either its customer comes back within [`SETTLES_AFTER`], or an event says that
//! nobody came. So whatever counts what was solved for good waits for one of the two, and never takes anything back.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::agent::Presence;
use crate::delivery::{Delivery, Status};
use crate::event::{Event, Moved, Recorded, ReplyQueued};
use crate::id::{AgentId, CaseId, ConversationId, MessageId, NumberId, QueueId};
use crate::law::class::Class;
use crate::stream::{Actor, Stream};
use crate::window;

/// How long a case that was resolved waits for its customer to come back.
pub const SETTLES_AFTER: SignedDuration = SignedDuration::from_hours(72);

/// Something that happened, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The number of the event that made it complete.
    pub seq: u64,
    /// When that event was committed.
    pub time: Time,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What happened. All durations are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum What {
    /// A case began to wait for a person, or its place changed.
    CaseQueued {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Whether it had waited before.
        again: bool,
    },
    /// A case was given to an agent.
    CaseAssigned {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// To whom.
        agent: AgentId,
        /// Since it last began to wait; of a case that was given back, since its agent had got it. None if it did not wait.
        waited: Option<u64>,
    },
    /// A person wrote in a case for the first time.
    CaseAnswered {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Who. None if it was nobody who attends.
        agent: Option<AgentId>,
        /// Since the case first waited for a person. None if it never did.
        since_queued: Option<u64>,
        /// Since the customer wrote what opened the case.
        since_written: Option<u64>,
    },
    /// A person answered what the customer had written, in one message or several in a row.
    TurnAnswered {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Who. None if it was nobody who attends.
        agent: Option<AgentId>,
        /// Since the first of those messages.
        waited: u64,
    },
    /// A case was closed.
    CaseResolved {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Who had it last. None if no agent ever did.
        agent: Option<AgentId>,
        /// The code it was closed with.
        code: String,
        /// Since it was opened.
        lasted: u64,
        /// Messages that people wrote in it.
        answers: u32,
        /// How often it went from one agent to another.
        transfers: u32,
    },
    /// The customer of a case that was resolved wrote again before it had settled.
    CaseReturned {
        /// Where. The case is the one that was resolved.
        #[serde(flatten)]
        at: At,
        /// Who had it last.
        agent: Option<AgentId>,
        /// The code it was closed with.
        code: String,
        /// Messages that people wrote in it.
        answers: u32,
        /// How often it went from one agent to another.
        transfers: u32,
        /// Since it was closed.
        after: u64,
    },
    /// The customer said how it was.
    CaseRated {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Who had it last. None if no agent ever did.
        agent: Option<AgentId>,
        /// 1 is worst, 5 is best.
        score: u8,
    },
    /// What a queue promised of an answer was kept or broken.
    PromiseEnded {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Who answered, or had the case when it was closed. None if it was nobody who attends.
        agent: Option<AgentId>,
        /// Whether it was of the first answer of the case.
        first: bool,
        /// Whether it was kept.
        kept: bool,
        /// Since an answer was owed.
        waited: u64,
    },
    /// A case was resolved, and its customer did not come back.
    CaseSettled {
        /// Where.
        #[serde(flatten)]
        at: At,
        /// Who had it last.
        agent: Option<AgentId>,
        /// The code it was closed with.
        code: String,
        /// Messages that people wrote in it.
        answers: u32,
        /// How often it went from one agent to another.
        transfers: u32,
    },
    /// A message of ours is a step further on its way.
    MessageReached {
        /// The conversation.
        conversation: ConversationId,
        /// From which of our numbers.
        number: NumberId,
        /// What it is before the law: `service`, or the category of its template.
        class: String,
        /// Whether it is of a campaign.
        campaign: bool,
        /// Where it is now: `sent`, `delivered`, `read` or `failed`. Each comes once at most, and those before it come too.
        step: Status,
    },
    /// A person had a case go elsewhere.
    CaseMoved {
        /// Where from.
        #[serde(flatten)]
        at: At,
        /// Who had it. None if it waited.
        agent: Option<AgentId>,
        /// How it came to that.
        how: Moved,
        /// Since that agent had it. None if it waited.
        held: Option<u64>,
    },
    /// An agent was in one state and went into another.
    PresenceEnded {
        /// Who.
        agent: AgentId,
        /// The state that ended.
        presence: Presence,
        /// What it was for, if it was a break with a code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// Since it began.
        lasted: u64,
    },
}

impl What {
    /// Its name, as in the JSON.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CaseQueued { .. } => "case-queued",
            Self::CaseAssigned { .. } => "case-assigned",
            Self::CaseAnswered { .. } => "case-answered",
            Self::TurnAnswered { .. } => "turn-answered",
            Self::CaseResolved { .. } => "case-resolved",
            Self::CaseReturned { .. } => "case-returned",
            Self::CaseRated { .. } => "case-rated",
            Self::PromiseEnded { .. } => "promise-ended",
            Self::CaseSettled { .. } => "case-settled",
            Self::MessageReached { .. } => "message-reached",
            Self::CaseMoved { .. } => "case-moved",
            Self::PresenceEnded { .. } => "presence-ended",
        }
    }
}

/// Where something happened to a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The conversation.
    pub conversation: ConversationId,
    /// The case.
    pub case: CaseId,
    /// On which of our numbers.
    pub number: NumberId,
    /// The queue it waits in or came from. None if it never waited.
    pub queue: Option<QueueId>,
}

/// What has begun and has not ended. Takes in the whole journal in its order, and nothing twice.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    conversations: BTreeMap<ConversationId, Talk>,
    agents: BTreeMap<AgentId, Spell>,
    messages: BTreeMap<MessageId, Way>,
}

/// How far a message of ours is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    conversation: ConversationId,
    number: NumberId,
    class: Class,
    campaign: bool,
    reached: Option<Status>,
}

/// The same of one agent: the state that they are in, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    presence: Presence,
    since: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

/// The same of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    number: NumberId,
    /// Since when the customer has written without a person's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unanswered: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<Open>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolved: Option<Resolved>,
}

/// A case that was resolved and has not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Resolved {
    time: Time,
    at: At,
    agent: Option<AgentId>,
    code: String,
    answers: u32,
    transfers: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    id: CaseId,
    opened: Time,
    written: Option<Time>,
    first_queued: Option<Time>,
    waiting_since: Option<Time>,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
    /// Since when that agent has it; none if it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    held_since: Option<Time>,
    answers: u32,
    transfers: u32,
}

impl Facts {
    /// Takes in one event and says what it completed: nothing, one fact or two.
    pub fn take(&mut self, event: &Recorded) -> Vec<Fact> {
        if let (Stream::Conversation(id), Event::ReplyQueued(reply)) = (&event.stream, &event.event) {
            self.messages.insert(reply.message, Way::begins(*id, reply));
        }
        let whats = match &event.stream {
            Stream::Message(id) => {
                self.messages.get_mut(id).map_or_else(Vec::new, |way| way.take(&event.event))
            }
            Stream::Conversation(id) if Talk::is_told_by(&event.event) => {
                let talk = self.conversations.remove(id);
                let (talk, whats) = Talk::after(talk, *id, event);
                self.conversations.extend(talk.map(|talk| (*id, talk)));
                whats
            }
            Stream::Agent(agent) => {
                let spell = self.agents.get(agent).cloned();
                let (spell, what) = Spell::after(spell, agent, event);
                self.agents.extend(spell.map(|spell| (agent.clone(), spell)));
                what.into_iter().collect()
            }
            _ => Vec::new(),
        };
        whats.into_iter().map(|what| Fact { seq: event.seq, time: event.time, what }).collect()
    }
}

impl Way {
    fn begins(conversation: ConversationId, reply: &ReplyQueued) -> Self {
        let (number, class, campaign) = (reply.number.clone(), reply.class(), reply.campaign.is_some());
        Self { conversation, number, class, campaign, reached: None }
    }

    /// How far a message is whose events were folded.
    pub fn of(delivery: &Delivery) -> Self {
        let taken = (!delivery.taken.is_empty()).then_some(Status::Sent);
        Self {
            conversation: delivery.conversation,
            number: delivery.number.clone(),
            class: delivery.class,
            campaign: delivery.campaign.is_some(),
            reached: delivery.status.max(taken),
        }
    }

    /// Takes in an event of the message and says which steps it went.
    pub fn take(&mut self, event: &Event) -> Vec<What> {
        let now = match event {
            Event::SendAccepted(_) => Status::Sent,
            Event::StatusChanged(changed) => changed.status,
            _ => return Vec::new(),
        };
        let before = self.reached;
        self.reached = before.max(Some(now));
        let is_new = |step: &Status| before < Some(*step) && now >= *step;
        let steps = match now {
            // What WhatsApp took and could not bring was sent.
            Status::Failed => [Status::Sent, Status::Failed].to_vec(),
            _ => [Status::Sent, Status::Delivered, Status::Read].to_vec(),
        };
        let class = match self.class {
            Class::Service => "service".to_owned(),
            Class::Template(category) => crate::text::word(&category),
        };
        let step = |step| What::MessageReached {
            conversation: self.conversation,
            number: self.number.clone(),
            class: class.clone(),
            campaign: self.campaign,
            step,
        };
        steps.into_iter().filter(is_new).map(step).collect()
    }
}

impl Spell {
    /// How an agent is after an event of theirs, and what it ended.
    pub fn after(before: Option<Self>, agent: &AgentId, event: &Recorded) -> (Option<Self>, Option<What>) {
        let (presence, code) = match &event.event {
            Event::PresenceSet(set) => (set.presence, set.code.clone()),
            Event::ShiftEnded(_) => (Presence::Away, None),
            _ => return (before, None),
        };
        let now = Self { presence, since: event.time, code };
        match before {
            Some(spell) if spell.presence == now.presence && spell.code == now.code => (Some(spell), None),
            None => (Some(now), None),
            Some(Self { presence, since, code }) => {
                let lasted = between(since, event.time);
                (Some(now), Some(What::PresenceEnded { agent: agent.clone(), presence, code, lasted }))
            }
        }
    }
}

impl Talk {
    /// Whether an event says anything of what is kept of a conversation here.
    pub fn is_told_by(event: &Event) -> bool {
        matches!(
            event,
            Event::ConversationStarted(_)
                | Event::ConversationErased(_)
                | Event::MessageReceived(_)
                | Event::ReplyQueued(_)
                | Event::CaseOpened(_)
                | Event::CaseQueued(_)
                | Event::CaseAssigned(_)
                | Event::CaseMoved(_)
                | Event::CaseClosed(_)
                | Event::CaseSettled(_)
                | Event::CaseRated(_)
                | Event::PromiseEnded(_)
        )
    }

    /// How a conversation is after an event of it, and what that completed. None if it has not begun, or is forgotten.
    pub fn after(before: Option<Self>, id: ConversationId, event: &Recorded) -> (Option<Self>, Vec<What>) {
        match (&event.event, before) {
            (Event::ConversationStarted(started), _) => {
                let number = started.number.clone();
                (Some(Self { number, unanswered: None, case: None, resolved: None }), Vec::new())
            }
            (Event::ConversationErased(_), _) | (_, None) => (None, Vec::new()),
            (_, Some(mut talk)) => {
                let whats = talk.take(id, event);
                (Some(talk), whats)
            }
        }
    }

    /// The case that was resolved, and when it has settled if its customer does not come back until then.
    pub fn settles(&self) -> Option<(CaseId, Time)> {
        let resolved = self.resolved.as_ref()?;
        Some((resolved.at.case, resolved.time.checked_add(SETTLES_AFTER).ok()?))
    }

    fn take(&mut self, id: ConversationId, event: &Recorded) -> Vec<What> {
        match &event.event {
            Event::MessageReceived(message) if window::is_opened_by(&message.content) => {
                // Meta's clock counts whole seconds and is not ours: nobody has waited since later than now.
                let written = message.sent_at.min(event.time);
                self.unanswered.get_or_insert(written);
                Vec::new()
            }
            Event::CaseOpened(opened) => {
                self.case = Some(Open {
                    id: opened.case,
                    opened: event.time,
                    written: self.unanswered,
                    first_queued: None,
                    waiting_since: None,
                    queue: None,
                    agent: None,
                    held_since: None,
                    answers: 0,
                    transfers: 0,
                });
                let returned = self.resolved.take().map(|resolved| {
                    let Resolved { time, at, agent, code, answers, transfers } = resolved;
                    let after = between(time, event.time);
                    What::CaseReturned { at, agent, code, answers, transfers, after }
                });
                returned.into_iter().collect()
            }
            Event::CaseRated(rated) => {
                // Whoever says how it was asks for no answer.
                self.unanswered.take_if(|since| *since == rated.at.min(event.time));
                let (conversation, number) = (id, self.number.clone());
                let at = At { conversation, case: rated.case, number, queue: rated.queue.clone() };
                vec![What::CaseRated { at, agent: rated.agent.clone(), score: rated.score }]
            }
            Event::PromiseEnded(ended) => {
                let (conversation, number) = (id, self.number.clone());
                let at = At { conversation, case: ended.case, number, queue: Some(ended.queue.clone()) };
                let (agent, waited) = (ended.agent.clone(), between(ended.since, event.time));
                vec![What::PromiseEnded { at, agent, first: ended.first, kept: ended.kept, waited }]
            }
            Event::CaseSettled(settled) => {
                let resolved = self.resolved.take_if(|resolved| resolved.at.case == settled.case);
                let settled = resolved.map(|resolved| {
                    let Resolved { at, agent, code, answers, transfers, .. } = resolved;
                    What::CaseSettled { at, agent, code, answers, transfers }
                });
                settled.into_iter().collect()
            }
            Event::ReplyQueued(reply) if reply.answers(&event.actor) => self.answered(id, event),
            _ => self.moved(id, event).into_iter().collect(),
        }
    }

    fn answered(&mut self, id: ConversationId, event: &Recorded) -> Vec<What> {
        let Some(case) = &mut self.case else { return Vec::new() };
        let agent = match &event.actor {
            Actor::Agent(agent) => Some(agent.clone()),
            // A template is sent by a person: of whoever has the case it is an answer like any other.
            Actor::Person(person) => case
                .agent
                .clone()
                .filter(|agent| agent.as_str() == person.as_str() && case.held_since.is_some()),
            _ => None,
        };
        let at = case.at(id, &self.number);
        let mut whats = Vec::new();
        if case.answers == 0 {
            whats.push(What::CaseAnswered {
                at: at.clone(),
                agent: agent.clone(),
                since_queued: case.first_queued.map(|since| between(since, event.time)),
                since_written: case.written.map(|since| between(since, event.time)),
            });
        }
        case.answers += 1;
        if let Some(since) = self.unanswered.take() {
            whats.push(What::TurnAnswered { at, agent, waited: between(since, event.time) });
        }
        whats
    }

    fn moved(&mut self, id: ConversationId, event: &Recorded) -> Option<What> {
        let case = self.case.as_mut()?;
        match &event.event {
            Event::CaseQueued(queued) if queued.case == case.id => {
                let again = case.first_queued.is_some();
                case.queue = Some(queued.place.queue.clone());
                case.first_queued.get_or_insert(queued.since);
                case.waiting_since = Some(queued.since);
                case.held_since = None;
                Some(What::CaseQueued { at: case.at(id, &self.number), again })
            }
            Event::CaseAssigned(assigned) if assigned.case == case.id => {
                let from_another = case.agent.as_ref().is_some_and(|agent| *agent != assigned.agent);
                case.transfers += u32::from(from_another);
                case.agent = Some(assigned.agent.clone());
                case.held_since = Some(event.time);
                case.queue = Some(assigned.queue.clone());
                let waited = case.waiting_since.take().map(|since| between(since, event.time));
                Some(What::CaseAssigned {
                    at: case.at(id, &self.number),
                    agent: assigned.agent.clone(),
                    waited,
                })
            }
            Event::CaseMoved(moved) if moved.case == case.id => Some(What::CaseMoved {
                at: case.at(id, &self.number),
                agent: moved.from.clone(),
                how: moved.how,
                held: moved.from.as_ref().and(case.held_since).map(|since| between(since, event.time)),
            }),
            Event::CaseClosed(closed) if closed.case == case.id => {
                // What nobody answered before the end is no turn of the next case.
                self.unanswered = None;
                let case = self.case.take()?;
                self.resolved = Some(Resolved {
                    time: event.time,
                    at: case.at(id, &self.number),
                    agent: case.agent.clone(),
                    code: closed.code.clone(),
                    answers: case.answers,
                    transfers: case.transfers,
                });
                Some(What::CaseResolved {
                    at: case.at(id, &self.number),
                    code: closed.code.clone(),
                    lasted: between(case.opened, event.time),
                    answers: case.answers,
                    transfers: case.transfers,
                    agent: case.agent,
                })
            }
            _ => None,
        }
    }
}

impl Open {
    fn at(&self, conversation: ConversationId, number: &NumberId) -> At {
        At { conversation, case: self.id, number: number.clone(), queue: self.queue.clone() }
    }
}

/// Milliseconds, none if a clock was set back between the two.
fn between(from: Time, to: Time) -> u64 {
    u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
