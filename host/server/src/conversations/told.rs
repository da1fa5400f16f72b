//! A conversation and its messages, as somebody reads them.

use desk::DeskError;
use domain::Time;
use domain::company::Company;
use domain::conversation::{Conversation, Holder};
use domain::delivery::Delivery;
use domain::event::{CaseLabelled, Event, Label, Note, Recorded};
use domain::id::{ConversationId, MessageId};
use domain::masking;
use domain::media::Fate;
use domain::message::{Card, Content, Outgoing, Side, Source};
use domain::raci::person::Person;
use domain::sealed::{Key, Lookup, Sealed};
use domain::sla::Clock;
use domain::stream::Actor;
use domain::window::Service;
use serde_json::{Value, json};
use store::{Line, Referent};

use super::{consulted, holds};
use crate::Server;

/// Remarks of colleagues in one answer.
const REMARKS: usize = 50;

/// Letters of what was said last, in a list.
const EXCERPT: usize = 160;

/// Tells somebody of conversations.
pub(crate) struct Teller<'a> {
    pub(crate) server: &'a Server,
    pub(crate) company: &'a Company,
    pub(crate) person: &'a Person,
}

impl Teller<'_> {
    /// A conversation. `open` is whether they see who the customer is and what was said last.
    pub(crate) fn conversation(
        &self,
        id: ConversationId,
        conversation: &Conversation,
        open: bool,
    ) -> Result<Value, DeskError> {
        let until = match conversation.windows(self.server.clock.now()).service {
            Service::Open { until } => Some(until),
            Service::Closed { .. } => None,
        };
        Ok(json!({
            "conversation": id.to_string(),
            "number": self.company.number_name(&conversation.number),
            "customer": self.customer(conversation, open)?,
            "case": conversation.case.as_ref().map(|case| case.id.to_string()),
            "priority": conversation.case.as_ref().map(|case| case.priority),
            "holder": self.holder(conversation),
            "offer": self.offer(conversation, open),
            "asleep": conversation.case.as_ref().and_then(|case| case.snoozed.as_ref()),
            "yours": holds(self.person, conversation),
            "asks-you": consulted(self.person, conversation),
            "help": self.help(conversation, open),
            "unanswered": conversation.unanswered.map(|since| json!({ "since": since, "messages": conversation.unanswered_messages })),
            "writing": self.writing(id),
            "remarked": self.server.desk.store().last_remark(id)?,
            "window-until": until,
            "promise": self.promise(conversation),
            "last": self.last(id, conversation, open)?,
        }))
    }

    /// Until when an answer was promised, and how that stands.
    fn promise(&self, conversation: &Conversation) -> Option<Value> {
        let term = Clock::of(self.company, conversation)?.term()?;
        let standing = term.standing(self.server.clock.now());
        Some(json!({ "until": term.due, "risk": term.risk, "standing": standing.word() }))
    }

    fn key(&self, conversation: &Conversation) -> Option<Key> {
        self.server.desk.keys().contact(conversation.contact).ok().flatten()
    }

    /// The customer, whole or masked.
    pub(crate) fn customer(&self, conversation: &Conversation, open: bool) -> Result<Value, DeskError> {
        let (_, contact) = self.server.desk.store().contact(conversation.contact)?;
        let (Some(contact), Some(key)) = (contact, self.key(conversation)) else { return Ok(Value::Null) };
        let (profile, identity) = (contact.profile.open(&key)?, contact.identity.open(&key)?);
        let phone = identity.phone.as_deref();
        Ok(if open {
            let phone = phone.map(|digits| format!("+{digits}"));
            json!({ "name": profile.name, "phone": phone, "language": contact.language })
        } else {
            let phone = phone.map(masking::last_digits);
            json!({ "name": masking::name(&profile.name), "phone": phone, "language": contact.language })
        })
    }

    fn holder(&self, conversation: &Conversation) -> Value {
        match conversation.case.as_ref().map(|case| &case.holder) {
            None => json!({ "is": "nobody" }),
            Some(Holder::Rules) => json!({ "is": "rules" }),
            Some(Holder::Queue { place, since }) => {
                json!({ "is": "queue", "queue": place.queue, "since": since, "skills": place.skills })
            }
            Some(Holder::Agent { agent, queue, since, accepted }) => json!({
                "is": "agent", "agent": agent, "name": self.company.agent_name(agent), "queue": queue, "since": since,
                "accepted": accepted,
            }),
        }
    }

    /// Whom its agent asks to take it over. Why is read by the two of them, and by whoever reads what was said.
    fn offer(&self, conversation: &Conversation, open: bool) -> Value {
        let Some(offer) = conversation.case.as_ref().and_then(|case| case.offer.as_ref()) else {
            return Value::Null;
        };
        let is_you = offer.to.as_str() == self.person.id.as_str();
        let key = self.key(conversation).filter(|_| open || is_you);
        let why = key.and_then(|key| offer.why.open(&key).ok()).map(|note| note.0);
        let (to, since) = (&offer.to, offer.since);
        json!({ "to": to, "name": self.company.agent_name(to), "since": since, "why": why, "is-you": is_you })
    }

    /// What its agent asks for help with; what for is read by whoever reads what was said.
    fn help(&self, conversation: &Conversation, open: bool) -> Value {
        let Some(help) = conversation.case.as_ref().and_then(|case| case.help.as_ref()) else {
            return Value::Null;
        };
        let key = self.key(conversation).filter(|_| open);
        let why = key.and_then(|key| help.why.open(&key).ok()).map(|note| note.0);
        json!({ "since": help.since, "why": why })
    }

    /// Who is writing to the customer, if it is somebody else.
    fn writing(&self, id: ConversationId) -> Option<String> {
        let person = self.server.writing.in_conversation(id)?;
        (person != self.person.id).then(|| self.company.raci().name_of(&person))
    }

    /// What colleagues did to the cases of a conversation, and wrote on them for each other.
    pub(crate) fn remarks(
        &self,
        id: ConversationId,
        conversation: &Conversation,
    ) -> Result<Vec<Value>, DeskError> {
        let key = self.key(conversation);
        let told = self.server.desk.store().remarks(id, REMARKS)?;
        Ok(told.iter().filter_map(|recorded| self.remark(recorded, key.as_ref())).collect())
    }

    /// The same, with how cases ended.
    pub(crate) fn all_remarks(
        &self,
        id: ConversationId,
        conversation: &Conversation,
    ) -> Result<Vec<Value>, DeskError> {
        let (store, key) = (self.server.desk.store(), self.key(conversation));
        let mut all = store.remarks(id, REMARKS)?;
        all.extend(store.endings(id, REMARKS)?);
        all.sort_by_key(|recorded| recorded.version);
        Ok(all.iter().filter_map(|recorded| self.remark(recorded, key.as_ref())).collect())
    }

    fn remark(&self, recorded: &Recorded, key: Option<&Key>) -> Option<Value> {
        let open = |note: &Sealed<Note>| key.and_then(|key| note.open(key).ok()).map(|note| note.0);
        let mut told = match &recorded.event {
            Event::CaseLabelled(CaseLabelled { label: Label::Note(note), mentions, .. }) => {
                let names = mentions.iter().map(|person| self.company.raci().name_of(person));
                json!({ "is": "note", "text": open(note), "asks": names.collect::<Vec<_>>() })
            }
            Event::HelpAsked(asked) => json!({ "is": "help", "text": open(&asked.why) }),
            Event::HelpEnded(ended) => json!({ "is": if ended.given { "helped" } else { "help-withdrawn" } }),
            Event::CaseMoved(moved) => json!({
                "is": moved.how.word(), "text": moved.why.as_ref().and_then(open), "from": moved.from,
                "move": moved.of,
            }),
            Event::CaseOffered(offered) => {
                json!({ "is": "asked", "text": open(&offered.why), "to": self.company.agent_name(&offered.to) })
            }
            Event::CaseOfferEnded(ended) => {
                let lapsed = recorded.actor == Actor::Host;
                json!({ "is": if ended.declined { "declined" } else if lapsed { "lapsed" } else { "withdrawn" } })
            }
            Event::CaseClosed(closed) => json!({ "is": "closed", "code": closed.code }),
            Event::CaseRated(rated) => json!({ "is": "rated", "score": rated.score }),
            _ => return None,
        };
        told["at"] = json!(recorded.time);
        told["by"] = self.author(&recorded.actor);
        Some(told)
    }

    /// What was said last: when and by whom; and in which words, for whoever sees them.
    fn last(&self, id: ConversationId, conversation: &Conversation, open: bool) -> Result<Value, DeskError> {
        let lines = self.server.desk.store().history(id, None, 1)?;
        let Some((version, line)) = lines.first() else { return Ok(Value::Null) };
        let mut told = self.line(id, *version, line, conversation)?;
        // A list is a list, however long what was said last is.
        if let Some(text) = told["text"].as_str()
            && text.chars().count() > EXCERPT
        {
            told["text"] = format!("{}…", text.chars().take(EXCERPT).collect::<String>()).into();
        }
        if !open && let Some(told) = told.as_object_mut() {
            told.retain(|name, _| ["version", "at", "by", "kind"].contains(&name.as_str()));
        }
        Ok(told)
    }

    /// A message.
    pub(crate) fn line(
        &self,
        id: ConversationId,
        version: u64,
        line: &Line,
        conversation: &Conversation,
    ) -> Result<Value, DeskError> {
        let key = self.key(conversation);
        let mut told = match line {
            Line::Inbound(received) => {
                let inbound = key.as_ref().and_then(|key| received.body.open(key).ok());
                let answers = inbound.as_ref().and_then(|inbound| inbound.answers.clone());
                let mut told =
                    self.said(inbound.map(|inbound| inbound.content), &received.lookup, key.as_ref())?;
                told["by"] = json!({ "is": "customer" });
                told["at"] = json!(received.sent_at);
                told["answers"] = json!(answers.map(|wamid| self.answered(&wamid)).transpose()?.flatten());
                self.medium(&mut told, received.message)?;
                told
            }
            Line::Echoed(echoed) => {
                let inbound = key.as_ref().and_then(|key| echoed.body.open(key).ok());
                let mut told =
                    self.said(inbound.map(|inbound| inbound.content), &echoed.lookup, key.as_ref())?;
                let is = if echoed.by == Side::Company { "company" } else { "customer" };
                told["by"] = json!({ "is": is });
                told["at"] = json!(echoed.sent_at);
                told
            }
            Line::Outgoing { author, at, reply } => {
                let outgoing = key.as_ref().and_then(|key| reply.body.open(key).ok());
                let delivery = self.server.desk.store().delivery(reply.message)?.1;
                let mut told = json!({
                    "by": self.author(author),
                    "at": at,
                    "kind": reply.content,
                    "text": outgoing.as_ref().map(Outgoing::words),
                    "choices": outgoing.as_ref().map(Outgoing::choices),
                    "fares": fares(delivery.as_ref()),
                });
                if let Some(outgoing) = &outgoing {
                    let tried = delivery.and_then(|delivery| delivery.tried);
                    self.as_read(&mut told, outgoing, conversation, tried.unwrap_or(*at))?;
                    self.sent(&mut told, reply.message, outgoing, id)?;
                }
                told
            }
        };
        told["version"] = version.into();
        told["message"] = line.message().to_string().into();
        Ok(told)
    }

    /// A template in the words that it had at that moment. If Meta has not told them, there is its name.
    fn as_read(
        &self,
        told: &mut Value,
        outgoing: &Outgoing,
        conversation: &Conversation,
        at: Time,
    ) -> Result<(), DeskError> {
        let Some(filled) = outgoing.template() else { return Ok(()) };
        if let Some(reads) = self.server.desk.template_read(&conversation.number, filled, at)? {
            told["header"] = reads.header.into();
            told["text"] = reads.body.into();
            told["footer"] = reads.footer.into();
            told["choices"] = reads.buttons.into();
        }
        Ok(())
    }

    /// Where the picture or document of a message of ours is read.
    fn sent(
        &self,
        told: &mut Value,
        message: MessageId,
        outgoing: &Outgoing,
        conversation: ConversationId,
    ) -> Result<(), DeskError> {
        let Some((Source::Id(medium), name)) = outgoing.medium() else { return Ok(()) };
        if let Some(uploaded) = self.server.desk.store().upload(conversation, medium)? {
            told["media"] = format!("/api/v1/media/{message}").into();
            told["mime-type"] = uploaded.mime_type.into();
            told["filename"] = json!(name);
            told["here"] = true.into();
        }
        Ok(())
    }

    /// What a message from outside says now.
    fn said(&self, content: Option<Content>, lookup: &Lookup, key: Option<&Key>) -> Result<Value, DeskError> {
        let amended = self.server.desk.store().amended(lookup)?;
        if amended.revoked.is_some() {
            return Ok(json!({ "kind": "revoked", "text": null }));
        }
        let edited = amended.edited.and_then(|edited| edited.body.open(key?).ok());
        let is_edited = edited.is_some();
        let Some(content) = edited.map(|edited| edited.content).or(content) else {
            return Ok(json!({ "kind": "erased", "text": null }));
        };
        let mut told = json!({ "kind": content.kind(), "text": content.words(), "edited": is_edited });
        match &content {
            Content::Location { latitude, longitude, address, .. } => {
                told["place"] = json!([latitude, longitude]);
                told["address"] = json!(address);
            }
            Content::Contacts { cards } => {
                let phones =
                    |card: &Card| card.phones.iter().map(|one| one.phone.clone()).collect::<Vec<_>>();
                let cards =
                    cards.iter().map(|card| json!({ "name": card.name.formatted, "phones": phones(card) }));
                told["cards"] = cards.collect();
            }
            Content::Order { items, .. } => told["items"] = json!(items),
            Content::CallPermission { given, .. } => told["given"] = json!(given),
            Content::Unsupported { what, .. } => told["what"] = json!(what),
            Content::Media(media) => {
                told["mime-type"] = media.mime_type.clone().into();
                told["filename"] = json!(media.filename);
            }
            Content::Reaction { emoji, .. } => told["emoji"] = json!(emoji),
            _ => {}
        }
        Ok(told)
    }

    /// Which message of ours a customer answers, if it is one that we know.
    fn answered(&self, wamid: &str) -> Result<Option<String>, DeskError> {
        let lookup = self.server.desk.keys().lookup("wamid", wamid);
        Ok(match self.server.desk.store().referent(&lookup)? {
            Some(Referent::Outgoing(message)) => Some(message.to_string()),
            _ => None,
        })
    }

    /// Where its picture or document is read.
    fn medium(&self, told: &mut Value, message: MessageId) -> Result<(), DeskError> {
        if told["kind"] == "revoked" || told["kind"] == "erased" {
            return Ok(());
        }
        if let Some(medium) = self.server.desk.store().medium(message)? {
            told["media"] = format!("/api/v1/media/{message}").into();
            // What is not here is fetched when somebody opens it, and not because it is on somebody's page.
            told["here"] = matches!(medium.fate, Fate::Stored(_)).into();
        }
        Ok(())
    }

    pub(crate) fn author(&self, author: &Actor) -> Value {
        match author {
            Actor::Agent(agent) => {
                json!({ "is": "agent", "id": agent, "name": self.company.agent_name(agent) })
            }
            Actor::Person(id) => json!({ "is": "agent", "id": id, "name": self.company.raci().name_of(id) }),
            Actor::Operator(operator) => json!({ "is": "agent", "id": operator, "name": operator }),
            Actor::Rule(rule) => json!({ "is": "rule", "id": rule, "name": rule }),
            Actor::Customer => json!({ "is": "customer" }),
            Actor::Host | Actor::Meta => json!({ "is": "host" }),
        }
    }
}

/// How a message of ours fares.
fn fares(delivery: Option<&Delivery>) -> Value {
    let is = delivery.map_or("queued", Delivery::fares);
    json!({ "is": is, "code": delivery.and_then(Delivery::refusal) })
}
