//! From bodies to commands.
//!
//! Bodies are taken in the order in which they were received, and each is closed when all of its updates are events. What
//! is not closed is the backlog: it lies in the journal, and after a crash it is taken again, where the deduplication of
//! each conversation makes that harmless. The dispatcher alone makes contacts and conversations, so no two are made for
//! one customer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use domain::event::{
    ContactCreated, ContactUpdated, ConversationStarted, Event, MessageNotUnderstood, Problem, Processed,
    Raw, Strange, WebhooksProcessed,
};
use domain::id::{ContactId, ConversationId, NumberId};
use domain::message::{Identity, Inbound, Profile};
use domain::sealed::Lookup;
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft};
use tokio::sync::Notify;
use whatsapp::Update;

use crate::assemble::Mailboxes;
use crate::command::{Command, DeskError, Envelope, Owner, Progress};
use crate::shared::{Shared, referred};
use crate::status::{Told, by_wamid, seal_for_today};

/// Bodies that are looked at together: the new contacts among them share an fsync.
const TOGETHER: usize = 256;

/// Bodies that may be open at once. The rest waits in the journal and not in memory.
const OPEN: usize = 1_024;

/// Turns webhooks into commands.
pub struct Dispatcher {
    shared: Arc<Shared>,
    mail: Mailboxes,
    /// The last body that was taken.
    cursor: u64,
    open: usize,
    closed: Receiver<Processed>,
    close: Sender<Processed>,
    wake: Arc<Notify>,
}

/// Who is behind an update, and where the conversation is.
#[derive(Clone, Copy)]
struct Party {
    contact: ContactId,
    conversation: ConversationId,
}

impl Dispatcher {
    pub(crate) fn new(shared: Arc<Shared>, mail: Mailboxes) -> Self {
        let (close, closed) = std::sync::mpsc::channel();
        Self { shared, mail, cursor: 0, open: 0, closed, close, wake: Arc::new(Notify::new()) }
    }

    /// Is notified when a body is closed.
    pub(crate) fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// How many webhooks were taken since the host started.
    pub(crate) fn webhooks_taken(&self) -> u64 {
        self.shared.meters.webhooks_taken()
    }

    /// Closes what is done and takes what has come. False if there was nothing to do.
    pub fn step(&mut self) -> Result<bool, DeskError> {
        let closed = self.close_finished()?;
        let room = OPEN.saturating_sub(self.open).min(TOGETHER);
        let bodies = self.shared.store.unprocessed(self.cursor, room)?;
        self.shared.meters.open_webhooks(self.open + bodies.len());
        let Some(last) = bodies.last().copied() else { return Ok(closed) };
        let mut taken = Vec::with_capacity(bodies.len());
        for seq in bodies {
            taken.push((seq, self.read(seq)?));
        }
        let parties = self.parties(&taken)?;
        for (seq, updates) in taken {
            self.hand_out(seq, updates, &parties)?;
        }
        self.cursor = last;
        Ok(true)
    }

    fn close_finished(&mut self) -> Result<bool, DeskError> {
        let webhooks: Vec<Processed> = self.closed.try_iter().collect();
        if webhooks.is_empty() {
            return Ok(false);
        }
        self.open -= webhooks.len().min(self.open);
        for webhook in &webhooks {
            self.shared.meters.strange.inc_by(u64::from(webhook.strange));
            self.shared.meters.repeated.inc_by(u64::from(webhook.repeated));
        }
        let draft = Draft::new(Stream::Webhooks, Actor::Host, WebhooksProcessed { webhooks })?;
        // Nobody waits for it: if it is lost, the bodies are taken again and found to be known.
        drop(self.shared.store.append(draft));
        Ok(true)
    }

    /// The updates of a body. A body that is no JSON, or whose key is gone, is one strange update.
    fn read(&self, seq: u64) -> Result<Vec<Update>, DeskError> {
        let recorded = self.shared.store.event(seq)?.ok_or(DeskError::Missing("a webhook"))?;
        let Event::WebhookReceived(received) = recorded.event else {
            return Err(DeskError::Missing("a webhook"));
        };
        let today = self.shared.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let strange = |why: &str, raw: String| {
            vec![Update::Strange(whatsapp::Strange {
                field: String::new(),
                number: None,
                contact: None,
                wamid: None,
                why: why.to_owned(),
                raw,
            })]
        };
        let Some(key) = self.shared.keys.day(received.body.day, today)? else {
            return Ok(strange(
                "the body waited for more than 72 hours, and its key is destroyed",
                String::new(),
            ));
        };
        let body = received.body.open(&key)?;
        Ok(match whatsapp::read(&body) {
            Ok(updates) => updates,
            Err(_) => strange("the body is no JSON", String::from_utf8_lossy(&body).into_owned()),
        })
    }

    /// Finds everyone who is named in some bodies, and makes those who are new. All of them share one commit.
    fn parties(
        &self,
        taken: &[(u64, Vec<Update>)],
    ) -> Result<HashMap<(NumberId, Identity), Party>, DeskError> {
        loop {
            let mut draft = Introductions::new(&self.shared);
            for update in taken.iter().flat_map(|(_, updates)| updates) {
                match update {
                    Update::Message { number, sender, name, .. } => {
                        draft.meet(number, sender, name.as_deref())?;
                    }
                    Update::Strange(strange) => {
                        if let (Some(number), Some(contact)) = (&strange.number, &strange.contact) {
                            draft.meet(number, contact, None)?;
                        }
                    }
                    Update::Status { .. } => {}
                }
            }
            match draft.commit() {
                Ok(parties) => return Ok(parties),
                Err(DeskError::Commit(CommitError::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn hand_out(
        &mut self,
        seq: u64,
        updates: Vec<Update>,
        parties: &HashMap<(NumberId, Identity), Party>,
    ) -> Result<(), DeskError> {
        let count = u32::try_from(updates.len()).unwrap_or(u32::MAX);
        let progress = Progress::new(seq, count, self.close.clone(), Arc::clone(&self.wake));
        self.open += 1;
        for update in updates {
            let (key, command) = self.command(seq, update, parties)?;
            let owner = Owner::Webhook(Arc::clone(&progress));
            self.mail.send(Envelope { key, command, owner, tries: 0 })?;
        }
        Ok(())
    }

    fn command(
        &self,
        webhook: u64,
        update: Update,
        parties: &HashMap<(NumberId, Identity), Party>,
    ) -> Result<([u8; 16], Command), DeskError> {
        let party = |number: NumberId, identity: Identity| parties.get(&(number, identity)).copied();
        match update {
            Update::Message { number, sender, wamid, sent_at, content, answers, .. } => {
                let conversation = party(number, sender)
                    .map(|party| party.conversation)
                    .ok_or(DeskError::Missing("the conversation of a message"))?;
                let inbound = Arc::new(Inbound { wamid, content, answers });
                let command = Command::Message { conversation, inbound, sent_at, webhook };
                Ok((conversation.to_bytes(), command))
            }
            Update::Status { wamid, status, at, opaque, errors, .. } => {
                let message = match opaque.as_deref().and_then(referred) {
                    Some(message) => Some(message),
                    None => by_wamid(&self.shared, &wamid)?,
                };
                let problems = errors
                    .into_iter()
                    .map(|problem| Problem { code: problem.code, title: problem.title })
                    .collect();
                let key = message.map_or([0; 16], |message| message.to_bytes());
                let told = Told { message, wamid, status, at, problems, webhook };
                Ok((key, Command::Status(Arc::new(told))))
            }
            Update::Strange(strange) => {
                let named = strange.number.clone().zip(strange.contact.clone());
                let party = named.and_then(|(number, identity)| party(number, identity));
                let (raw, conversation) = match party {
                    Some(Party { contact, conversation }) => {
                        let key = self.shared.key(contact)?;
                        let raw = self.shared.seal(&Raw(strange.raw), contact, &key)?;
                        (Strange::Of(raw), Some(conversation))
                    }
                    None => (Strange::Body(seal_for_today(&self.shared, strange.raw.as_bytes())?), None),
                };
                let event = MessageNotUnderstood {
                    field: strange.field,
                    why: strange.why,
                    raw,
                    lookup: strange.wamid.map(|wamid| self.shared.keys.lookup("wamid", &wamid)),
                    webhook,
                };
                let key = conversation.map_or([0; 16], |conversation| conversation.to_bytes());
                Ok((key, Command::Strange { conversation, strange: Arc::new(event) }))
            }
        }
    }
}

/// Contacts and conversations that some bodies bring.
struct Introductions<'a> {
    shared: &'a Shared,
    parties: HashMap<(NumberId, Identity), Party>,
    /// Contacts of these bodies, by identifier.
    met: HashMap<Lookup, ContactId>,
    started: HashMap<(ContactId, NumberId), ConversationId>,
    new_keys: Vec<ContactId>,
    expect: Vec<(Stream, u64)>,
    events: Vec<(ContactId, Introduction)>,
}

enum Introduction {
    Created { identity: Identity, name: String, lookups: Vec<Lookup>, language: String },
    Updated { identity: Option<Identity>, name: Option<String>, lookups: Vec<Lookup> },
    Started { conversation: ConversationId, number: NumberId },
}

impl<'a> Introductions<'a> {
    fn new(shared: &'a Shared) -> Self {
        Self {
            shared,
            parties: HashMap::new(),
            met: HashMap::new(),
            started: HashMap::new(),
            new_keys: Vec::new(),
            expect: Vec::new(),
            events: Vec::new(),
        }
    }

    fn meet(&mut self, number: &NumberId, identity: &Identity, name: Option<&str>) -> Result<(), DeskError> {
        let party = (number.clone(), identity.clone());
        if self.parties.contains_key(&party) {
            return Ok(());
        }
        let lookups = self.lookups(identity);
        let mut known = None;
        for lookup in &lookups {
            known = match self.met.get(lookup) {
                Some(contact) => Some(*contact),
                None => self.shared.store.contact_by(lookup)?,
            };
            if known.is_some() {
                break;
            }
        }
        let contact = match known {
            Some(contact) => {
                self.complete(contact, identity, name, &lookups)?;
                contact
            }
            None => self.create(number, identity, name, &lookups),
        };
        for lookup in lookups {
            self.met.insert(lookup, contact);
        }
        let conversation = self.converse(contact, number)?;
        self.parties.insert(party, Party { contact, conversation });
        Ok(())
    }

    /// The user id first: a phone changes hands, a user id does not.
    fn lookups(&self, identity: &Identity) -> Vec<Lookup> {
        let keys = &self.shared.keys;
        let user = identity.user_id.iter().map(|id| keys.lookup("user-id", id));
        user.chain(identity.phone.iter().map(|phone| keys.lookup("phone", phone))).collect()
    }

    fn create(
        &mut self,
        number: &NumberId,
        identity: &Identity,
        name: Option<&str>,
        lookups: &[Lookup],
    ) -> ContactId {
        let contact = ContactId::random(&*self.shared.entropy);
        let language = self.shared.active.load().company.language(number, identity.phone.as_deref());
        self.new_keys.push(contact);
        let created = Introduction::Created {
            identity: identity.clone(),
            name: name.unwrap_or_default().to_owned(),
            lookups: lookups.to_vec(),
            language,
        };
        self.events.push((contact, created));
        contact
    }

    /// What an update tells of a contact that was not known of it: another name, a further identifier.
    fn complete(
        &mut self,
        contact: ContactId,
        identity: &Identity,
        name: Option<&str>,
        lookups: &[Lookup],
    ) -> Result<(), DeskError> {
        if self.new_keys.contains(&contact) {
            return Ok(());
        }
        let (version, Some(known)) = self.shared.store.contact(contact)? else { return Ok(()) };
        let Some(key) = self.shared.keys.contact(contact)? else { return Ok(()) };
        let profile = known.profile.open(&key)?;
        let name = name.filter(|name| !name.is_empty() && *name != profile.name).map(ToOwned::to_owned);
        let mut lookups = lookups.to_vec();
        let mut unknown = Vec::new();
        for lookup in lookups.drain(..) {
            if self.shared.store.contact_by(&lookup)?.is_none() {
                unknown.push(lookup);
            }
        }
        let identity = if unknown.is_empty() {
            None
        } else {
            let was = known.identity.open(&key)?;
            Some(Identity {
                phone: identity.phone.clone().or(was.phone),
                user_id: identity.user_id.clone().or(was.user_id),
            })
        };
        if name.is_some() || identity.is_some() {
            self.expect.push((Stream::Contact(contact), version));
            self.events.push((contact, Introduction::Updated { identity, name, lookups: unknown }));
        }
        Ok(())
    }

    fn converse(&mut self, contact: ContactId, number: &NumberId) -> Result<ConversationId, DeskError> {
        if let Some(conversation) = self.started.get(&(contact, number.clone())) {
            return Ok(*conversation);
        }
        let conversation = match self.shared.store.conversation_of(contact, number)? {
            Some(conversation) => conversation,
            None => {
                let conversation = ConversationId::random(&*self.shared.entropy);
                let started = Introduction::Started { conversation, number: number.clone() };
                self.events.push((contact, started));
                conversation
            }
        };
        self.started.insert((contact, number.clone()), conversation);
        Ok(conversation)
    }

    /// Keys first, then the events that are sealed with them.
    fn commit(self) -> Result<HashMap<(NumberId, Identity), Party>, DeskError> {
        self.shared.keys.create(&self.new_keys)?;
        let mut drafts = Vec::with_capacity(self.events.len());
        for (contact, introduction) in self.events {
            let key = self.shared.key(contact)?;
            let seal = |identity: &Identity| self.shared.seal(identity, contact, &key);
            let profile = |name: String| self.shared.seal(&Profile { name }, contact, &key);
            let (stream, event): (Stream, Event) = match introduction {
                Introduction::Created { identity, name, lookups, language } => (
                    Stream::Contact(contact),
                    ContactCreated { identity: seal(&identity)?, profile: profile(name)?, lookups, language }
                        .into(),
                ),
                Introduction::Updated { identity, name, lookups } => (
                    Stream::Contact(contact),
                    ContactUpdated {
                        profile: name.map(profile).transpose()?,
                        identity: identity.as_ref().map(seal).transpose()?,
                        lookups,
                    }
                    .into(),
                ),
                Introduction::Started { conversation, number } => {
                    (Stream::Conversation(conversation), ConversationStarted { contact, number }.into())
                }
            };
            drafts.push(Draft::new(stream, Actor::Meta, event)?);
        }
        if !drafts.is_empty() {
            self.shared.store.commit(self.expect, drafts).wait()?;
        }
        Ok(self.parties)
    }
}
