//! The page's JSON: what is sealed is opened here, with the desk's keys, for one look.

use std::collections::HashMap;

use desk::Desk;
use domain::Time;
use domain::company::Company;
use domain::conversation::Holder;
use domain::decision::{Asked, Call, Digest, Trace};
use domain::delivery::Delivery;
use domain::event::{Event, Label, Recorded, RuleDecided, Strange};
use domain::id::{ContactId, ConversationId, MessageId, NumberId};
use domain::message::{Content, Inbound, Outgoing};
use domain::sealed::{Key, Personal, Sealed};
use domain::stream::Actor;
use serde::Serialize;
use serde_json::{Value, json};

use super::board::{Board, Thread};

/// Conversations in the list.
const LISTED: usize = 60;

/// What everything is opened with.
pub(super) struct View<'a> {
    desk: &'a Desk,
    company: std::sync::Arc<Company>,
    now: Time,
}

impl<'a> View<'a> {
    /// As things are now.
    pub(super) fn new(desk: &'a Desk, now: Time) -> Self {
        Self { desk, company: std::sync::Arc::clone(&desk.active().company), now }
    }

    /// The list of conversations, the queues, the agents, the counts.
    pub(super) fn overview(&self, board: &Board) -> Value {
        let tally = board.tally();
        let (fuel, micros) = tally.median().unzip();
        let store = self.desk.store();
        let strange: u64 = store.not_understood().map_or(0, |fields| fields.values().sum());
        json!({
            "company": self.company.name(),
            "zone": super::hours::local(&self.company, self.now).time_zone().iana_name(),
            "now": millis(self.now),
            "counts": {
                "received": tally.received, "queued": tally.queued, "decisions": tally.decisions,
                "calls": tally.calls, "medianFuel": fuel, "medianMicros": micros,
                "events": store.last_seq(), "notUnderstood": strange,
            },
            "queues": self.queues(),
            "agents": self.agents(),
            "conversations": board.latest().into_iter().take(LISTED)
                .map(|(id, thread)| self.summary(id, thread)).collect::<Vec<_>>(),
        })
    }

    fn queues(&self) -> Vec<Value> {
        let nobody = NumberId::from("");
        let queue = |queue: &domain::company::Queue| {
            let waiting: Vec<Time> = self
                .desk
                .store()
                .waiting(&queue.id)
                .into_iter()
                .flatten()
                .map(|waiting| waiting.since)
                .collect();
            let calendar = self.company.calendar(&nobody, Some(&queue.id));
            let state = calendar.state(self.now);
            json!({
                "id": queue.id, "waiting": waiting.len(), "oldest": waiting.into_iter().min().map(millis),
                "open": state.open, "nextChange": state.next_change.map(millis),
                "zone": calendar.local(self.now).time_zone().iana_name(),
            })
        };
        self.company.queues().iter().map(queue).collect()
    }

    fn agents(&self) -> Vec<Value> {
        let agent = |agent: &domain::company::AgentDescription| {
            let state = self.desk.store().agent(&agent.id).map(|(_, state)| state).unwrap_or_default();
            json!({
                "id": agent.id, "name": agent.name, "queues": agent.queues, "skills": agent.skills,
                "presence": state.presence, "load": state.cases.len(), "capacity": agent.capacity,
            })
        };
        self.company.agents().iter().map(agent).collect()
    }

    /// One line of the list.
    fn summary(&self, id: ConversationId, thread: &Thread) -> Value {
        let key = self.key(thread.contact);
        let last = thread.entries.iter().rev().find_map(|entry| self.said(entry, key.as_ref()));
        let decisions =
            thread.entries.iter().filter(|entry| matches!(entry.event, Event::RuleDecided(_))).count();
        json!({
            "id": id, "name": self.name(thread.contact, key.as_ref()), "number": self.number(&thread.number),
            "at": millis(thread.said_at), "last": last, "holder": self.holder(id), "decisions": decisions,
        })
    }

    /// Who spoke and the words, if somebody did.
    fn said(&self, entry: &Recorded, key: Option<&Key>) -> Option<Value> {
        match &entry.event {
            Event::MessageReceived(received) => {
                let inbound = open(&received.body, key);
                let words = inbound.as_ref().map(|inbound| inbound.content.words().to_owned());
                Some(json!({ "by": "customer", "kind": received.content, "text": words }))
            }
            Event::ReplyQueued(queued) => {
                let words = open(&queued.body, key).map(|outgoing: Outgoing| outgoing.words().to_owned());
                Some(json!({ "by": author(&entry.actor), "kind": queued.content, "text": words }))
            }
            _ => None,
        }
    }

    /// Who has the case, if one is open.
    fn holder(&self, id: ConversationId) -> Value {
        let conversation = self.desk.store().conversation(id).ok().and_then(|(_, conversation)| conversation);
        let Some(case) = conversation.and_then(|conversation| conversation.case) else {
            return json!({ "is": "nobody" });
        };
        let priority = case.priority;
        match case.holder {
            Holder::Rules => json!({ "is": "rules", "priority": priority }),
            Holder::Queue { place, since } => json!({
                "is": "queue", "queue": place.queue, "since": millis(since), "skills": place.skills,
                "prefer": place.prefer.map(|prefer| self.agent_name(prefer.agent.as_str())),
                "priority": priority,
            }),
            Holder::Agent { agent, queue, accepted, .. } => json!({
                "is": "agent", "agent": self.agent_name(agent.as_str()), "queue": queue,
                "accepted": accepted.is_some(), "priority": priority,
            }),
        }
    }

    /// A whole conversation.
    pub(super) fn conversation(&self, id: ConversationId, board: &Board) -> Option<Value> {
        let thread = board.thread(id)?;
        let key = self.key(thread.contact);
        let plugins = self.plugins();
        let entries: Vec<Value> =
            thread.entries.iter().filter_map(|entry| self.entry(entry, key.as_ref(), &plugins)).collect();
        let contact = self.desk.store().contact(thread.contact).ok().and_then(|(_, contact)| contact);
        let identity = contact.as_ref().and_then(|contact| open(&contact.identity, key.as_ref()));
        Some(json!({
            "id": id, "name": self.name(thread.contact, key.as_ref()), "number": self.number(&thread.number),
            "phone": identity.and_then(|identity| identity.phone),
            "language": contact.map(|contact| contact.language),
            "holder": self.holder(id), "entries": entries,
        }))
    }

    fn entry(&self, entry: &Recorded, key: Option<&Key>, plugins: &Plugins) -> Option<Value> {
        let mut value = match &entry.event {
            Event::MessageReceived(received) => json!({
                "is": "message", "by": { "is": "customer" }, "sentAt": millis(received.sent_at),
                "content": open(&received.body, key).map(|inbound: Inbound| content(&inbound.content)),
            }),
            Event::ReplyQueued(queued) => json!({
                "is": "message", "by": self.person(&entry.actor),
                "content": open(&queued.body, key).map(|message: Outgoing| json!({
                    "kind": message.kind(), "text": message.words(), "choices": message.choices(),
                })),
                "fares": self.fares(queued.message),
            }),
            Event::RuleDecided(decided) => decision(decided, key, plugins),
            Event::MessageNotUnderstood(strange) => {
                let raw = match &strange.raw {
                    Strange::Of(sealed) => open(sealed, key).map(|raw| raw.0),
                    Strange::Body(_) => None,
                };
                json!({ "is": "strange", "field": strange.field, "why": strange.why, "raw": raw })
            }
            Event::CaseOpened(_) => json!({ "is": "opened" }),
            Event::CaseQueued(queued) => json!({
                "is": "queued", "queue": queued.place.queue, "skills": queued.place.skills,
                "priority": queued.place.priority,
                "prefer": queued.place.prefer.as_ref().map(|prefer| self.agent_name(prefer.agent.as_str())),
            }),
            Event::PreferenceEnded(_) => json!({ "is": "preference-ended" }),
            Event::CaseAssigned(assigned) => {
                json!({ "is": "assigned", "agent": self.agent_name(assigned.agent.as_str()) })
            }
            Event::CaseAccepted(accepted) => {
                json!({ "is": "accepted", "agent": self.agent_name(accepted.agent.as_str()) })
            }
            Event::CaseClosed(closed) => {
                json!({ "is": "closed", "code": closed.code, "by": self.person(&entry.actor) })
            }
            Event::CaseLabelled(labelled) => match &labelled.label {
                Label::Tags(tags) => json!({ "is": "tags", "tags": open(tags, key).map(|tags| tags.0) }),
                Label::Note(note) => json!({ "is": "note", "text": open(note, key).map(|note| note.0) }),
                Label::Priority(value) => json!({ "is": "priority", "value": value }),
            },
            _ => return None,
        };
        value["seq"] = entry.seq.into();
        value["at"] = millis(entry.time).into();
        Some(value)
    }

    /// How a message of ours fares, in one word, and why not if it does not.
    fn fares(&self, message: MessageId) -> Value {
        let delivery = self.desk.store().delivery(message).ok().and_then(|(_, delivery)| delivery);
        let is = delivery.as_ref().map_or("queued", Delivery::fares);
        json!({ "is": is, "code": delivery.as_ref().and_then(Delivery::refusal) })
    }

    fn person(&self, actor: &Actor) -> Value {
        let name = match actor {
            Actor::Agent(agent) => self.agent_name(agent.as_str()),
            Actor::Rule(rule) => rule.to_string(),
            Actor::Person(person) => self.company.raci().name_of(person),
            Actor::Operator(operator) => operator.to_string(),
            Actor::Host | Actor::Meta | Actor::Customer => String::new(),
        };
        json!({ "is": author(actor), "name": name })
    }

    fn agent_name(&self, id: &str) -> String {
        self.company.agent_name(&id.into())
    }

    fn number(&self, id: &NumberId) -> String {
        self.company.number_name(id)
    }

    /// None once the contact was erased.
    fn key(&self, contact: ContactId) -> Option<Key> {
        self.desk.keys().contact(contact).ok().flatten()
    }

    fn name(&self, contact: ContactId, key: Option<&Key>) -> Option<String> {
        let (_, contact) = self.desk.store().contact(contact).ok()?;
        open(&contact?.profile, key).map(|profile| profile.name)
    }

    /// What stands behind the components of the rules in force.
    fn plugins(&self) -> Plugins {
        let active = self.desk.active();
        let admitted = active.generation.rules().map(|rule| rule.definition().linked.admitted());
        admitted
            .map(|admitted| {
                let description = &admitted.description;
                (admitted.digest, format!("{} {}", description.name, description.version))
            })
            .collect()
    }
}

/// Names and versions of plugins.
type Plugins = HashMap<Digest, String>;

fn open<T: Personal>(sealed: &Sealed<T>, key: Option<&Key>) -> Option<T> {
    sealed.open(key?).ok()
}

fn millis(time: Time) -> i64 {
    time.as_millisecond()
}

fn author(actor: &Actor) -> &'static str {
    match actor {
        Actor::Agent(_) | Actor::Person(_) | Actor::Operator(_) => "agent",
        Actor::Rule(_) => "rule",
        Actor::Customer => "customer",
        Actor::Host | Actor::Meta => "host",
    }
}

fn content(content: &Content) -> Value {
    let mut value = json!({ "kind": content.kind(), "text": content.words() });
    if let Content::Location { latitude, longitude, .. } = content {
        value["place"] = json!([latitude, longitude]);
    }
    value
}

/// A round of rules: who was asked and what they saw and said, who was not, and what the host did not allow.
fn decision(decided: &RuleDecided, key: Option<&Key>, plugins: &Plugins) -> Value {
    let traces = open(&decided.traces, key).map(|traces| traces.0).unwrap_or_default();
    let mut traces = traces.iter().map(Some).chain(std::iter::repeat(None));
    let asked: Vec<Value> =
        decided.asked.iter().map(|one| asked(one, traces.next().flatten(), plugins)).collect();
    let shadowed: Vec<Value> = decided
        .shadowed
        .iter()
        .map(|one| {
            let mut told = self::asked(&one.asked, traces.next().flatten(), plugins);
            told["agrees"] = one.agrees.into();
            told
        })
        .collect();
    json!({
        "is": "decision", "rules": word(&decided.of), "why": decided.why.word(),
        "generation": decided.generation, "asked": asked, "shadowed": shadowed,
        "notAsked": decided.not_asked.iter()
            .map(|not| json!({ "rule": not.rule, "because": word(&not.because) })).collect::<Vec<_>>(),
        "refused": decided.refused.iter().map(word).collect::<Vec<_>>(),
    })
}

fn asked(asked: &Asked, trace: Option<&Trace>, plugins: &Plugins) -> Value {
    let (reads, acts): (Vec<&Call>, Vec<&Call>) =
        trace.map(|trace| &*trace.calls).unwrap_or_default().iter().partition(|call| reads(&call.function));
    json!({
        "rule": asked.rule, "set": asked.set, "plugin": plugins.get(&asked.component),
        "component": asked.component.short(), "settings": asked.settings.short(),
        "outcome": asked.outcome, "decides": asked.outcome.decides(), "failed": asked.outcome.failed(),
        "reason": trace.map(|trace| &trace.reason), "input": trace.map(|trace| &trace.input),
        "reads": reads, "acts": acts, "log": trace.map(|trace| &trace.log),
        "fuel": asked.fuel, "micros": asked.micros,
    })
}

/// Whether a function of the host tells something, and does nothing.
fn reads(function: &str) -> bool {
    let interface = function.split('.').next().unwrap_or_default();
    matches!(interface, "history" | "profile" | "identity" | "team") || function.starts_with("memory.get")
}

/// The word that stands for a value in the journal.
fn word(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
