//! A conversation and its case, folded from events.
//!
//! The conversation lasts for ever; what is worked on is the case. This state holds what the next decision needs and
//! what the indexes are made of, and no message: those are read from the history when somebody asks for them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::decision::{Moment, Place, Since};
use crate::event::{Event, Label, Note, Purpose, Tags};
use crate::id::{AgentId, CaseId, ContactId, NumberId, PersonId, QueueId, RequestId, TimerId};
use crate::request::{Failed, Leg, Pending};
use crate::sealed::Sealed;
use crate::stream::Actor;
use crate::window::{self, EntryPoint, Service, Windows};

/// The stretch of time over which automatic messages are counted.
pub const AUTOMATIC_SPAN: SignedDuration = SignedDuration::from_hours(1);

/// A conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// With whom.
    pub contact: ContactId,
    /// On which of our numbers.
    pub number: NumberId,
    /// When the customer last wrote or called, by Meta's clock: what the 24-hour window counts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_inbound: Option<Time>,
    /// Whether the customer came by an advertisement.
    #[serde(default, skip_serializing_if = "EntryPoint::is_unused")]
    pub entry_point: EntryPoint,
    /// When automatic messages were queued, of the last hour and since a person last wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automatic: Vec<Time>,
    /// When each agent last wrote to the customer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attended: BTreeMap<AgentId, Time>,
    /// The open case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// Timers that have not fired.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub timers: BTreeMap<TimerId, Timer>,
    /// What rules asked of services outside and is not answered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub requests: BTreeMap<RequestId, Pending>,
    /// How much they asked since the customer last wrote.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub asked: u32,
    /// Since when the customer has written something that asks for an answer and no person has given one, in an open case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<Time>,
    /// How much that is, in messages.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unanswered_messages: u32,
    /// The moment at which rules looked after the open case last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed_to: Option<Followed>,
    /// The question how it was that was put last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survey: Option<Survey>,
}

/// Rules looked after a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// At which of their moments.
    #[serde(flatten)]
    pub moment: Moment,
    /// From when on that was counted.
    pub from: Time,
}

/// The customer was asked how it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survey {
    /// The case that it was about, as it was.
    pub case: Box<Case>,
    /// What they said: 1 is worst, 5 is best.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u8>,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The kind of content of a thumb under a message.
const REACTION: &str = "reaction";

/// A timer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// When it is due.
    pub due: Time,
    /// What for.
    pub purpose: Purpose,
}

/// An open case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Which.
    pub id: CaseId,
    /// When it was opened.
    pub opened: Time,
    /// Who has it.
    pub holder: Holder,
    /// 0 is normal, 9 is most urgent.
    #[serde(default)]
    pub priority: u8,
    /// Automatic messages since it was opened or a person last wrote.
    #[serde(default)]
    pub automatic: u32,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Sealed<Tags>>,
    /// The colleague whom its agent asks to take it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// The help that its agent asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    /// Whom somebody asked by name while it was in these hands: they may read what was said.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub consulted: BTreeSet<PersonId>,
    /// While it sleeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snoozed: Option<Snooze>,
    /// How often rules had it go elsewhere since a person last wrote.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub moved_by_rules: u32,
    /// Whether a person has written in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    /// The answer that people owe the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed: Option<Owed>,
}

/// An answer that people owe the customer: from when the case came to them, or the customer wrote to them, until a person writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// Since when.
    pub since: Time,
    /// Whether it is the first of the case.
    pub first: bool,
    /// The step of each queue's policy that was taken last, in percent of what was promised.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub reached: BTreeMap<QueueId, u16>,
    /// Whether a queue had promised it sooner and is done with it: an answer is late once, wherever the case went since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub broken: bool,
}

/// A colleague is asked to take a case over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Whom.
    pub to: AgentId,
    /// Since when.
    pub since: Time,
    /// Why, and what they have to know.
    pub why: Sealed<Note>,
}

/// The agent of a case asks for help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Help {
    /// Since when.
    pub since: Time,
    /// What for.
    pub why: Sealed<Note>,
}

/// A case of which nothing is to be done for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snooze {
    /// Until when; until the customer writes if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// Who has a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Holder {
    /// The responding rules.
    Rules,
    /// A queue.
    Queue {
        /// Where and how.
        place: Place,
        /// Since when it waits for a person.
        since: Time,
    },
    /// An agent.
    Agent {
        /// Who.
        agent: AgentId,
        /// The queue it came from.
        queue: QueueId,
        /// Since when.
        since: Time,
        /// When the agent took it up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accepted: Option<Time>,
    },
}

impl Conversation {
    /// A conversation of which nothing but its beginning is known.
    pub fn started(contact: ContactId, number: NumberId) -> Self {
        Self {
            contact,
            number,
            last_inbound: None,
            entry_point: EntryPoint::default(),
            automatic: Vec::new(),
            attended: BTreeMap::new(),
            case: None,
            timers: BTreeMap::new(),
            requests: BTreeMap::new(),
            asked: 0,
            unanswered: None,
            unanswered_messages: 0,
            followed_to: None,
            survey: None,
        }
    }

    /// Takes in one event of the stream.
    pub fn fold(&mut self, time: Time, actor: &Actor, event: &Event) {
        self.fold_request(time, event);
        self.fold_answer(time, actor, event);
        match event {
            Event::MessageReceived(message) if window::is_opened_by(&message.content) => {
                self.last_inbound = self.last_inbound.max(Some(message.sent_at));
            }
            Event::CallChanged(call) if call.step.is_customers_call() => {
                self.last_inbound = self.last_inbound.max(Some(call.at));
            }
            Event::CaseOpened(opened) => {
                self.case = Some(Case {
                    id: opened.case,
                    opened: time,
                    holder: Holder::Rules,
                    priority: 0,
                    automatic: 0,
                    tags: None,
                    offer: None,
                    help: None,
                    consulted: BTreeSet::new(),
                    snoozed: None,
                    moved_by_rules: 0,
                    answered: false,
                    owed: None,
                });
            }
            Event::CaseQueued(queued) => {
                self.drop_timers_of_place();
                if let Some(case) = self.case_mut(queued.case) {
                    case.priority = case.priority.max(queued.place.priority);
                    case.holder = Holder::Queue { place: queued.place.clone(), since: queued.since };
                    case.rest();
                }
            }
            Event::PreferenceEnded(ended) => {
                if let Some(Case { holder: Holder::Queue { place, .. }, .. }) = self.case_mut(ended.case) {
                    place.prefer = None;
                }
            }
            Event::CaseAssigned(assigned) => {
                self.drop_timers_of_place();
                if let Some(case) = self.case_mut(assigned.case) {
                    case.holder = Holder::Agent {
                        agent: assigned.agent.clone(),
                        queue: assigned.queue.clone(),
                        since: time,
                        accepted: None,
                    };
                    case.rest();
                }
            }
            Event::CaseMoved(moved) if matches!(actor, Actor::Rule(_)) => {
                if let Some(case) = self.case_mut(moved.case) {
                    case.moved_by_rules += 1;
                }
            }
            Event::RatingAsked(asked) => {
                self.survey = Some(Survey { case: asked.case.clone(), score: None });
            }
            Event::CaseRated(rated) => {
                if let Some(survey) = self.survey.as_mut().filter(|survey| survey.case.id == rated.case) {
                    survey.score = Some(rated.score);
                }
            }
            Event::CaseAccepted(taken) => {
                if let Some(Case { holder: Holder::Agent { accepted, .. }, .. }) = self.case_mut(taken.case) {
                    *accepted = accepted.or(Some(time));
                }
            }
            Event::CaseOffered(offered) => {
                if let Some(case) = self.case_mut(offered.case) {
                    let (to, why) = (offered.to.clone(), offered.why.clone());
                    case.offer = Some(Offer { to, since: time, why });
                }
                self.drop_timers(|purpose| matches!(purpose, Purpose::EndOffer { .. }));
            }
            Event::CaseOfferEnded(ended) => {
                if let Some(case) = self.case_mut(ended.case) {
                    case.offer = None;
                }
                self.drop_timers(|purpose| matches!(purpose, Purpose::EndOffer { .. }));
            }
            Event::HelpAsked(asked) => {
                if let Some(case) = self.case_mut(asked.case) {
                    case.help = Some(Help { since: time, why: asked.why.clone() });
                }
            }
            Event::HelpEnded(ended) => {
                if let Some(case) = self.case_mut(ended.case) {
                    case.help = None;
                }
            }
            Event::CaseSnoozed(snoozed) => {
                self.drop_timers(|purpose| matches!(purpose, Purpose::EndSnooze { .. }));
                if let Some(case) = self.case_mut(snoozed.case) {
                    case.snoozed = Some(Snooze { until: snoozed.until });
                }
            }
            Event::CaseWoken(woken) => {
                self.drop_timers(|purpose| matches!(purpose, Purpose::EndSnooze { .. }));
                if let Some(case) = self.case_mut(woken.case) {
                    case.snoozed = None;
                }
            }
            Event::CaseClosed(closed) if self.case_mut(closed.case).is_some() => {
                self.case = None;
                self.followed_to = None;
                self.timers.clear();
            }
            Event::CaseLabelled(labelled) => {
                if let Some(case) = self.case_mut(labelled.case) {
                    match &labelled.label {
                        Label::Tags(tags) => case.tags = Some(tags.clone()),
                        Label::Priority(value) => case.priority = *value,
                        Label::Note(_) => case.consulted.extend(labelled.mentions.iter().cloned()),
                    }
                }
            }
            Event::ReplyQueued(reply) => {
                self.entry_point.answer(time);
                self.count_reply(time, actor, reply.answers(actor));
            }
            Event::CustomerReferred(referred) => self.entry_point.refer(referred.at),
            Event::EntryPointOpened(opened) => self.entry_point.tell(opened.until),
            Event::TimerSet(set) => {
                self.timers.insert(set.timer, Timer { due: set.due, purpose: set.purpose.clone() });
            }
            Event::TimerCancelled(cancelled) => {
                self.timers.remove(&cancelled.timer);
            }
            Event::TimerFired(fired) => {
                let timer = self.timers.remove(&fired.timer);
                if let Some(Purpose::Follow { moment, from, ended: None, .. }) =
                    timer.map(|timer| timer.purpose)
                {
                    self.followed_to = Some(Followed { moment, from });
                }
            }
            _ => {}
        }
    }

    /// Whether somebody has to answer. A thumb under an answer asks for nothing, and whoever says how it was has been answered.
    fn fold_answer(&mut self, time: Time, actor: &Actor, event: &Event) {
        match event {
            Event::MessageReceived(message) if message.content != REACTION => {
                let since = self.unanswered.filter(|_| self.case.is_some());
                self.unanswered_messages = if since.is_some() { self.unanswered_messages } else { 0 } + 1;
                self.unanswered = since.or(Some(message.sent_at));
            }
            Event::CaseRated(rated) if self.unanswered == Some(rated.at) => self.unanswered = None,
            Event::ReplyQueued(reply) if reply.answers(actor) => self.unanswered = None,
            Event::CaseClosed(_) => self.unanswered = None,
            _ => {}
        }
        if self.unanswered.is_none() {
            self.unanswered_messages = 0;
        }
        self.fold_owed(time, actor, event);
    }

    /// What people owe. While rules attend it is theirs, and what rules say is no answer of a person.
    fn fold_owed(&mut self, time: Time, actor: &Actor, event: &Event) {
        let unanswered = self.unanswered.is_some();
        let Some(case) = &mut self.case else { return };
        let owe = |case: &mut Case, since: Time| {
            let first = !case.answered;
            case.owed.get_or_insert(Owed { since, first, reached: BTreeMap::new(), broken: false });
        };
        match event {
            Event::CaseQueued(_) if unanswered => owe(case, time),
            Event::MessageReceived(message)
                if message.content != REACTION && !matches!(case.holder, Holder::Rules) =>
            {
                // Meta's clock counts whole seconds and is not ours: nobody has waited since later than now.
                owe(case, message.sent_at.min(time));
            }
            Event::ReplyQueued(reply) if reply.answers(actor) => {
                case.answered = true;
                case.owed = None;
            }
            Event::CaseEscalated(escalated) => {
                if let Some(owed) = case.owed.as_mut().filter(|owed| owed.since == escalated.since) {
                    owed.reached.insert(escalated.queue.clone(), escalated.at);
                }
            }
            Event::PromiseEnded(ended) => {
                if let Some(owed) = case.owed.as_mut().filter(|owed| owed.since == ended.since) {
                    owed.broken = true;
                }
            }
            // Whoever says how it was asks for no answer.
            Event::CaseRated(rated) => {
                case.owed.take_if(|owed| owed.since == rated.at.min(time));
            }
            _ => {}
        }
    }

    /// What rules ask outside, and that the customer wrote: then they may ask anew.
    fn fold_request(&mut self, time: Time, event: &Event) {
        match event {
            Event::MessageReceived(_) => self.asked = 0,
            Event::RequestMade(made) => {
                self.asked += 1;
                let pending = Pending {
                    rule: made.rule.clone(),
                    case: made.case,
                    until: made.until,
                    leg: Leg::Waiting { from: time },
                    attempts: 0,
                    doubtful: false,
                    body: made.body.clone(),
                };
                self.requests.insert(made.request, pending);
            }
            Event::RequestAttempted(attempted) => {
                if let Some(pending) = self.requests.get_mut(&attempted.request) {
                    pending.attempts = attempted.attempt;
                    pending.leg = Leg::Attempting { since: time };
                }
            }
            Event::RequestDelayed(delayed) => {
                if let Some(pending) = self.requests.get_mut(&delayed.request) {
                    pending.leg = Leg::Waiting { from: delayed.again_at };
                    pending.doubtful |= delayed.failed.is_none_or(Failed::may_be_done);
                }
            }
            Event::RequestEnded(ended) => {
                self.requests.remove(&ended.request);
            }
            _ => {}
        }
    }

    /// What a person writes ends a row of automatic messages; what a campaign writes in a person's name is one of them.
    fn count_reply(&mut self, time: Time, actor: &Actor, is_answer: bool) {
        if let Actor::Agent(agent) = actor {
            self.attended.insert(agent.clone(), time);
        }
        if is_answer {
            self.timers.retain(|_, timer| !matches!(timer.purpose, Purpose::Rescue { .. }));
            self.automatic.clear();
            if let Some(case) = &mut self.case {
                case.automatic = 0;
                case.moved_by_rules = 0;
            }
        } else {
            self.automatic.retain(|at| time.duration_since(*at) < AUTOMATIC_SPAN);
            self.automatic.push(time);
            if let Some(case) = &mut self.case {
                case.automatic += 1;
            }
        }
    }

    /// A place has timers of its own; they end with it.
    fn drop_timers_of_place(&mut self) {
        let stays = |purpose: &Purpose| {
            matches!(purpose, Purpose::Wake { .. } | Purpose::Follow { .. } | Purpose::Escalate { .. })
        };
        self.timers.retain(|_, timer| stays(&timer.purpose));
    }

    /// A timer of what is over ends with it.
    fn drop_timers(&mut self, of: impl Fn(&Purpose) -> bool) {
        self.timers.retain(|_, timer| !of(&timer.purpose));
    }

    fn case_mut(&mut self, id: CaseId) -> Option<&mut Case> {
        self.case.as_mut().filter(|case| case.id == id)
    }

    /// The windows in which the customer may be written to.
    pub fn windows(&self, now: Time) -> Windows {
        Windows {
            service: Service::at(self.last_inbound, now),
            free_entry_point: self.entry_point.free_until(now),
        }
    }

    /// How many automatic messages have been queued within the last hour, since a person last wrote.
    pub fn automatic_within_the_hour(&self, now: Time) -> u32 {
        let recent = self.automatic.iter().filter(|at| now.duration_since(**at) < AUTOMATIC_SPAN).count();
        u32::try_from(recent).unwrap_or(u32::MAX)
    }
}

impl Conversation {
    /// What of time going by there is to follow, and from when on it is counted: nothing while the customer waits in a queue, or the
    /// case sleeps.
    pub fn followed(&self) -> Option<(Since, Time)> {
        let case = self.case.as_ref().filter(|case| case.snoozed.is_none())?;
        match (&case.holder, self.unanswered) {
            (Holder::Queue { .. }, _) => None,
            (Holder::Agent { .. }, Some(since)) => Some((Since::Unanswered, since)),
            (Holder::Agent { .. }, None) | (Holder::Rules, _) => Some((Since::Quiet, self.last_inbound?)),
        }
    }
}

impl Case {
    /// What was between it and its agent is over with another place.
    fn rest(&mut self) {
        self.offer = None;
        self.help = None;
        self.consulted.clear();
        self.snoozed = None;
    }

    /// The queue it waits in or came from.
    pub fn queue(&self) -> Option<&QueueId> {
        match &self.holder {
            Holder::Rules => None,
            Holder::Queue { place, .. } => Some(&place.queue),
            Holder::Agent { queue, .. } => Some(queue),
        }
    }
}
