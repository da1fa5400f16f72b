//! What a rule may read of one conversation, at the version at which the decision is made.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Time;
use domain::agent::Presence;
use domain::company::Company;
use domain::contact::Contact;
use domain::decision::MemoryScope;
use domain::id::{AgentId, ContactId, ConversationId, NumberId, QueueId, RuleId};
use domain::message::{Content, Side};
use domain::sealed::{Key, Lookup};
use domain::stream::Actor;
use rules::{Answered, Remembered, Snapshot, Unavailable, contract};
use store::{KeyStore, Line, Store};

use crate::command::DeskError;
use crate::input::{self, instant};
use crate::shared::Shared;
use crate::work::Work;

/// A conversation as it was when the decision began.
pub(crate) struct View {
    store: Store,
    keys: Arc<KeyStore>,
    company: Arc<Company>,
    conversation: ConversationId,
    /// Lines from here on are not history: the message that is decided on is among them.
    before: u64,
    contact: ContactId,
    number: NumberId,
    key: Key,
    attended: BTreeMap<AgentId, Time>,
    tags: Vec<String>,
    /// What a service answered, if rules are asked because of that.
    answer: Option<Answered>,
}

impl View {
    pub(crate) fn of(work: &Work<'_>) -> Result<Arc<dyn Snapshot>, DeskError> {
        Self::answered(work, None)
    }

    /// The same, with what a service answered.
    pub(crate) fn answered(
        work: &Work<'_>,
        answer: Option<Answered>,
    ) -> Result<Arc<dyn Snapshot>, DeskError> {
        Ok(Arc::new(Self {
            store: work.shared.store.clone(),
            keys: Arc::clone(&work.shared.keys),
            company: Arc::clone(&work.active.company),
            conversation: work.id,
            before: work.version + 1,
            contact: work.conversation.contact,
            number: work.conversation.number.clone(),
            key: work.key.clone(),
            attended: work.conversation.attended.clone(),
            tags: input::tags(work)?.0.into_iter().collect(),
            answer,
        }))
    }
}

/// The lines of a conversation in the words of the contract.
struct Lines<'a> {
    store: &'a Store,
    key: &'a Key,
    /// As they were at this moment; as they are if none.
    at: Option<Time>,
}

impl Lines<'_> {
    /// What a message says; none if it was taken back.
    fn amended(&self, lookup: &Lookup, content: Content) -> Result<Option<Content>, Unavailable> {
        let amended = self.store.amended(lookup).map_err(unavailable)?;
        let then = |at: Time| self.at.is_none_or(|then| at <= then);
        let revoked = amended.revoked.filter(|revoked| then(revoked.at));
        Ok(match (revoked, amended.edited.filter(|edited| then(edited.at))) {
            (Some(_), _) => None,
            (None, Some(edited)) => Some(edited.body.open(self.key).map_err(unavailable)?.content),
            (None, None) => Some(content),
        })
    }

    fn line(&self, line: &Line) -> Result<contract::Message, Unavailable> {
        match line {
            Line::Inbound(received) => {
                let inbound = received.body.open(self.key).map_err(unavailable)?;
                let content = self.amended(&received.lookup, inbound.content)?;
                Ok(content.map_or_else(
                    || gone(received.sent_at),
                    |content| input::message(&content, received.sent_at),
                ))
            }
            Line::Echoed(echoed) => {
                let inbound = echoed.body.open(self.key).map_err(unavailable)?;
                let content = self.amended(&echoed.lookup, inbound.content)?;
                let mut message = content
                    .map_or_else(|| gone(echoed.sent_at), |content| input::message(&content, echoed.sent_at));
                if echoed.by == Side::Company {
                    "agent".clone_into(&mut message.author);
                }
                Ok(message)
            }
            Line::Outgoing { author, at, reply } => {
                let outgoing = reply.body.open(self.key).map_err(unavailable)?;
                Ok(contract::Message {
                    at: instant(*at),
                    author: match author {
                        Actor::Agent(_) | Actor::Person(_) | Actor::Operator(_) => "agent",
                        Actor::Rule(_) => "rule",
                        Actor::Customer | Actor::Host | Actor::Meta => "system",
                    }
                    .to_owned(),
                    kind: outgoing.kind().to_owned(),
                    text: outgoing.words().to_owned(),
                    payload: String::new(),
                    attrs: Vec::new(),
                })
            }
        }
    }
}

impl Snapshot for View {
    fn history(&self, limit: u32) -> Result<Vec<Remembered>, Unavailable> {
        history(&self.store, &self.key, self.conversation, self.before, limit, None)
    }

    fn profile(&self) -> Result<contract::Customer, Unavailable> {
        let (_, contact) = self.store.contact(self.contact).map_err(unavailable)?;
        let contact = contact.ok_or_else(|| unavailable("the contact is not there"))?;
        customer(&contact, &self.key, self.tags.clone(), &self.number)
    }

    fn identity(&self) -> Result<contract::Who, Unavailable> {
        let (_, contact) = self.store.contact(self.contact).map_err(unavailable)?;
        who(&contact.ok_or_else(|| unavailable("the contact is not there"))?, &self.key)
    }

    fn team(&self, queue: &QueueId, skills: &[String]) -> Result<Vec<contract::Agent>, Unavailable> {
        team(&self.company, queue, skills, &self.attended, |agent| {
            let (_, state) = self.store.agent(agent).map_err(unavailable)?;
            Ok((state.presence, state.cases.len()))
        })
    }

    fn memory(&self, rule: &RuleId, scope: MemoryScope, key: &str) -> Result<Option<String>, Unavailable> {
        let owner = match scope {
            MemoryScope::Conversation => self.conversation.to_bytes(),
            MemoryScope::Contact => self.contact.to_bytes(),
        };
        let slot = slot(&self.keys, rule, key);
        let Some(sealed) = self.store.memory(rule, scope, owner, &slot).map_err(unavailable)? else {
            return Ok(None);
        };
        sealed.open(&self.key).map(|value| Some(value.0)).map_err(unavailable)
    }

    fn answer(&self) -> Result<Option<Answered>, Unavailable> {
        Ok(self.answer.clone())
    }
}

/// The latest lines of a conversation before a version, oldest first, as they were at a moment; as they are if none.
pub(crate) fn history(
    store: &Store,
    key: &Key,
    conversation: ConversationId,
    before: u64,
    limit: u32,
    at: Option<Time>,
) -> Result<Vec<Remembered>, Unavailable> {
    let lines = store.history(conversation, Some(before), limit as usize).map_err(unavailable)?;
    let of = Lines { store, key, at };
    let told = |(version, line): &(u64, Line)| Ok(Remembered { version: *version, message: of.line(line)? });
    lines.iter().map(told).collect()
}

/// A contact without what identifies them.
pub(crate) fn customer(
    contact: &Contact,
    key: &Key,
    tags: Vec<String>,
    number: &NumberId,
) -> Result<contract::Customer, Unavailable> {
    let profile = contact.profile.open(key).map_err(unavailable)?;
    Ok(contract::Customer {
        name: profile.name,
        language: contact.language.clone(),
        tags,
        attrs: vec![("number".to_owned(), number.to_string())],
    })
}

/// What identifies a contact.
pub(crate) fn who(contact: &Contact, key: &Key) -> Result<contract::Who, Unavailable> {
    let identity = contact.identity.open(key).map_err(unavailable)?;
    let phone = identity.phone.map(|digits| format!("+{digits}"));
    Ok(contract::Who { phone, user_id: identity.user_id })
}

/// The agents of a queue with these skills. `stands` says whether one can be given work, and how many cases they have.
pub(crate) fn team(
    company: &Company,
    queue: &QueueId,
    skills: &[String],
    attended: &BTreeMap<AgentId, Time>,
    stands: impl Fn(&AgentId) -> Result<(Presence, usize), Unavailable>,
) -> Result<Vec<contract::Agent>, Unavailable> {
    let agents = company.agents().iter().filter(|agent| agent.serves(queue, skills)).take(200);
    let told = agents.map(|agent| {
        let (presence, cases) = stands(&agent.id)?;
        let mut skills = agent.skills.clone();
        skills.sort();
        Ok(contract::Agent {
            id: agent.id.to_string(),
            skills,
            presence: presence.word().to_owned(),
            load: u32::try_from(cases).unwrap_or(u32::MAX),
            capacity: agent.capacity,
            last_attended: attended.get(&agent.id).copied().map(instant),
            attrs: Vec::new(),
        })
    });
    told.collect()
}

/// A line of a conversation as rules were told of it at a moment; none if it cannot be read any more.
pub(crate) fn told(
    shared: &Shared,
    conversation: ConversationId,
    line: &Line,
    at: Time,
) -> Result<Option<contract::Message>, DeskError> {
    let (_, Some(conversation)) = shared.store.conversation(conversation)? else { return Ok(None) };
    let key = shared.key(conversation.contact)?;
    Ok(Lines { store: &shared.store, key: &key, at: Some(at) }.line(line).ok())
}

/// A message that the customer took back: that there was one, and nothing of it.
fn gone(at: Time) -> contract::Message {
    contract::Message {
        at: instant(at),
        author: "customer".to_owned(),
        kind: "revoked".to_owned(),
        text: String::new(),
        payload: String::new(),
        attrs: Vec::new(),
    }
}

/// Where a rule's note lies: its key may be personal too.
pub(crate) fn slot(keys: &KeyStore, rule: &RuleId, key: &str) -> domain::sealed::Lookup {
    keys.lookup("memory", &format!("{rule}\0{key}"))
}

/// The details go to the log: an error may quote what it read.
pub(crate) fn unavailable(error: impl std::fmt::Display) -> Unavailable {
    tracing::warn!(%error, "a rule asked for something that could not be read");
    Unavailable { because: "the host could not read it".to_owned() }
}
