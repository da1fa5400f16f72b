//! Everything that is known of a contact, as one document.
//!
//! Whoever asks what a company knows of them (Ley 1581 of 2012, article 8; LGPD, article 18) gets all of it: the profile,
//! what was said, what was decided about them and by which rule, and each event in which they occur, opened. It is read from
//! the journal and not from what is folded from it, so that nothing is left out because no screen shows it.

use std::collections::{BTreeMap, BTreeSet};

use domain::Time;
use domain::event::{ContactExported, Event, Recorded};
use domain::id::{ContactId, ConversationId, MessageId};
use domain::media::MediaStored;
use domain::stream::{Actor, Stream};
use serde_json::{Value, json};

use crate::assemble::Desk;
use crate::command::DeskError;
use crate::erasure::ErasureError;
use crate::shared::Shared;
use crate::unseal::unseal;

impl Desk {
    /// Everything that is known of a contact. That it was handed out is recorded. Reads the whole journal: seconds for a
    /// large one.
    pub async fn export(&self, contact: ContactId, by: &Actor) -> Result<Value, ErasureError> {
        let desk = self.clone();
        let read = tokio::task::spawn_blocking(move || export(desk.shared(), contact));
        let (document, events) = read.await.map_err(|_| DeskError::Stopping)??;
        self.say(contact, by, |_| Ok(ContactExported { events }.into())).await?;
        Ok(document)
    }
}

fn export(shared: &Shared, contact: ContactId) -> Result<(Value, u64), DeskError> {
    let (_, known) = shared.store.contact(contact)?;
    let known = known.ok_or(DeskError::Erased)?;
    let opener = Opener { shared, today: shared.now().to_zoned(jiff::tz::TimeZone::UTC).date() };
    let conversations: BTreeMap<ConversationId, String> = shared
        .store
        .conversations_of(contact)?
        .into_iter()
        .map(|(number, id)| (id, number.to_string()))
        .collect();
    let mut told = Told {
        opener: &opener,
        contact,
        of: BTreeMap::new(),
        ours: BTreeSet::new(),
        media: Vec::new(),
        events: Vec::new(),
    };
    for (id, number) in &conversations {
        told.of.insert(*id, Conversation { number: number.clone(), ..Conversation::default() });
    }
    for recorded in shared.store.events(1) {
        told.take(&recorded?)?;
    }
    let Told { of, media, events, .. } = told;
    let count = events.len() as u64;
    let document = json!({
        "form": 1,
        "made-at": shared.now(),
        "company": shared.active.load().company.name(),
        "contact": contact,
        "since": known.since,
        "identifiers": opener.open(&known.identity)?,
        "profile": opener.open(&known.profile)?,
        "language": known.language,
        "consents": opener.open(&known.consent)?,
        "held": known.hold,
        "media": media,
        "conversations": of.into_iter().map(|(id, found)| found.document(id)).collect::<Vec<_>>(),
        "events": events,
    });
    Ok((document, count))
}

/// Opens what is sealed.
struct Opener<'a> {
    shared: &'a Shared,
    today: jiff::civil::Date,
}

impl Opener<'_> {
    fn open(&self, value: &impl serde::Serialize) -> Result<Value, DeskError> {
        let mut value = serde_json::to_value(value).map_err(store::CommitError::Encoding)?;
        unseal(&mut value, &self.shared.keys, self.today);
        Ok(value)
    }
}

/// What was said and decided in one conversation.
#[derive(Default)]
struct Conversation {
    number: String,
    messages: Vec<Value>,
    decisions: Vec<Value>,
}

impl Conversation {
    fn document(self, id: ConversationId) -> Value {
        let Self { number, messages, decisions } = self;
        json!({ "conversation": id, "number": number, "messages": messages, "decisions": decisions })
    }
}

/// What the journal tells of a contact.
struct Told<'a> {
    opener: &'a Opener<'a>,
    contact: ContactId,
    of: BTreeMap<ConversationId, Conversation>,
    /// Messages of ours to the contact: their streams belong to it.
    ours: BTreeSet<MessageId>,
    media: Vec<Value>,
    events: Vec<Value>,
}

impl Told<'_> {
    fn take(&mut self, recorded: &Recorded) -> Result<(), DeskError> {
        let concerned = match &recorded.stream {
            Stream::Contact(id) => *id == self.contact,
            Stream::Conversation(id) => self.of.contains_key(id),
            Stream::Message(id) => self.ours.contains(id),
            Stream::Webhooks
            | Stream::Company
            | Stream::Agent(_)
            | Stream::Proposal(_)
            | Stream::Person(_)
            | Stream::Inbox(_)
            | Stream::Subscriber(_)
            | Stream::Telling
            | Stream::Rules
            | Stream::QuickReplies
            | Stream::Campaign(_)
            | Stream::Move(_)
            | Stream::Sends(_)
            | Stream::Measures
            | Stream::Audit => false,
        };
        if !concerned {
            return Ok(());
        }
        let data = recorded.event.data().map_err(store::CommitError::Encoding)?;
        let data: Value = serde_json::from_str(data.get()).map_err(store::CommitError::Encoding)?;
        let data = self.opener.open(&data)?;
        if let Stream::Conversation(id) = &recorded.stream
            && let Some(conversation) = self.of.get_mut(id)
        {
            match &recorded.event {
                Event::MessageReceived(received) => {
                    conversation.messages.push(line("customer", received.sent_at, &data));
                }
                Event::MessageEchoed(echoed) => {
                    conversation.messages.push(line("outside-this-host", echoed.sent_at, &data));
                }
                Event::MessageEdited(edited) => conversation.messages.push(line("edited", edited.at, &data)),
                Event::ReplyQueued(reply) => {
                    self.ours.insert(reply.message);
                    conversation.messages.push(line(&recorded.actor.to_string(), recorded.time, &data));
                }
                Event::MediaStored(MediaStored { message, bytes, mime_type, .. }) => {
                    self.media.push(json!({ "message": message, "bytes": bytes, "mime-type": mime_type }))
                }
                Event::RuleDecided(_) => {
                    conversation.decisions.push(json!({ "at": recorded.time, "decision": data.clone() }));
                }
                _ => {}
            }
        }
        self.events.push(json!({
            "number": recorded.seq,
            "at": recorded.time,
            "kind": recorded.event.kind(),
            "by": recorded.actor,
            "data": data,
        }));
        Ok(())
    }
}

fn line(from: &str, at: Time, data: &Value) -> Value {
    json!({ "from": from, "at": at, "kind": data.get("content"), "body": data.get("body") })
}
