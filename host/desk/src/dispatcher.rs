//! From bodies to commands.
//!
//! Bodies are taken in the order in which they were received, and each is closed when all of its updates are events. What
//! is not closed is the backlog: it lies in the journal, and after a crash it is taken again, where the deduplication of
//! each conversation makes that harmless. The dispatcher alone makes contacts and conversations, so no two are made for
//! one customer.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use domain::Time;
use domain::event::{
    ContactCreated, ContactIdentityChanged, ContactUpdated, ConversationStarted, Event, IdentityPart,
    MessageNotUnderstood, Problem, Processed, Raw, Strange, WebhooksProcessed,
};
use domain::id::{ContactId, ConversationId, NumberId};
use domain::message::{Identity, Inbound, Profile};
use domain::platform::Detail;
use domain::sealed::Lookup;
use domain::stream::{Actor, Stream};
use store::{CommitError, Draft, Referent};
use tokio::sync::Notify;
use whatsapp::Update;

use crate::assemble::Mailboxes;
use crate::command::{Command, DeskError, Done, Envelope, Owner, Progress};
use crate::people;
use crate::platform;
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

    /// The updates of a body. A body that is no JSON, or that nothing opens any more, is one strange update.
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
        let Some(body) = self.shared.keys.open_body(&received.body, today)? else {
            return Ok(strange(
                "no key opens the body: it waited for more than 72 hours, or it was sealed with another one",
                String::new(),
            ));
        };
        Ok(match whatsapp::read(&body) {
            Ok(updates) => updates,
            Err(_) => strange("the body is no JSON", String::from_utf8_lossy(&body).into_owned()),
        })
    }

    /// Finds everyone who is named in some bodies, makes those who are new, and takes in who is somebody else now. All of
    /// them share one commit.
    fn parties(&self, taken: &[(u64, Vec<Update>)]) -> Result<Parties, DeskError> {
        let _turn = self.shared.introducing.blocking_lock();
        loop {
            let mut draft = Introductions::new(&self.shared, Actor::Meta);
            for (seq, updates) in taken {
                for update in updates {
                    if let Some((number, identity, profile)) = platform::party(update) {
                        draft.meet(
                            number,
                            identity,
                            profile,
                            platform::told_by(&self.shared.keys, *seq, update),
                        )?;
                    }
                    draft.change(*seq, update)?;
                }
            }
            let Drafted { parties, expect, drafts } = draft.drafted()?;
            if drafts.is_empty() {
                return Ok(parties);
            }
            match self.shared.store.commit(expect, drafts).wait() {
                Ok(_) => return Ok(parties),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn hand_out(&mut self, seq: u64, updates: Vec<Update>, parties: &Parties) -> Result<(), DeskError> {
        let count = u32::try_from(updates.len()).unwrap_or(u32::MAX);
        let progress = Progress::new(seq, count, self.close.clone(), Arc::clone(&self.wake));
        self.open += 1;
        for update in updates {
            if let Update::Identity { was, now, .. } = &update
                && let Some(done) = parties.changes.get(&(seq, was.clone(), now.clone()))
            {
                progress.done(*done);
                continue;
            }
            if parties.is_gone(&update) {
                progress.done(Done::Repeated);
                continue;
            }
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
        parties: &Parties,
    ) -> Result<([u8; 16], Command), DeskError> {
        let party = |number: NumberId, identity: Identity| parties.known.get(&(number, identity)).copied();
        match update {
            Update::Message { number, sender, wamid, sent_at, content, answers, beside, .. }
                if beside.group.is_none() =>
            {
                self.shared.inbound.came(&number);
                let conversation = party(number, sender)
                    .map(|party| party.conversation)
                    .ok_or(DeskError::Missing("the conversation of a message"))?;
                let inbound = Arc::new(Inbound { wamid, content, answers, beside: *beside });
                let command = Command::Message { conversation, inbound, sent_at, webhook };
                Ok((conversation.to_bytes(), command))
            }
            Update::Status { wamid, status, at, opaque, errors, pricing, more, .. }
                if more.as_ref().is_none_or(|more| more.group.is_none()) =>
            {
                let (message, attempt) = match opaque.as_deref().and_then(referred) {
                    Some((message, attempt)) => (Some(message), attempt),
                    None => (by_wamid(&self.shared, &wamid)?, None),
                };
                let priced = more.and_then(|more| more.conversation);
                let problems = errors
                    .into_iter()
                    .map(|problem| Problem { code: problem.code, title: problem.title })
                    .collect();
                let key = message.map_or([0; 16], |message| message.to_bytes());
                let told = Told { message, attempt, wamid, status, at, problems, pricing, priced, webhook };
                Ok((key, Command::Status(Arc::new(told))))
            }
            Update::Strange(strange) => {
                let named = strange.number.clone().zip(strange.contact.clone());
                let party = named.and_then(|(number, identity)| party(number, identity));
                let lookup = platform::strange_by(&self.shared.keys, webhook, &strange);
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
                    lookup: Some(lookup),
                    webhook,
                };
                let key = conversation.map_or([0; 16], |conversation| conversation.to_bytes());
                Ok((key, Command::Strange { conversation, strange: Arc::new(event) }))
            }
            other => {
                let named = platform::party(&other).map(|(number, who, _)| (number.clone(), who.clone()));
                let party = named.and_then(|(number, who)| party(number, who));
                Ok(platform::command(other, party.map(|party| (party.contact, party.conversation)), webhook))
            }
        }
    }
}

/// Who is behind the updates of some bodies.
struct Parties {
    known: HashMap<(NumberId, Identity), Party>,
    /// What became of changes of who somebody is, by webhook and change. A change of an unknown customer is not there.
    changes: HashMap<(u64, Identity, Identity), Done>,
    /// Who was forgotten, and is named again by nothing new.
    gone: HashSet<(NumberId, Identity)>,
}

impl Parties {
    /// Whether an update is one that was told before, of somebody who was forgotten since.
    fn is_gone(&self, update: &Update) -> bool {
        let party = platform::party(update).map(|(number, identity, _)| (number.clone(), identity.clone()));
        party.is_some_and(|party| self.gone.contains(&party) && !self.known.contains_key(&party))
    }
}

/// What there is to write of whom some bodies bring.
struct Drafted {
    parties: Parties,
    expect: Vec<(Stream, u64)>,
    drafts: Vec<Draft>,
}

/// Makes contacts and conversations on a number of whom somebody of the company names, unless they are there. Gives them in
/// their order.
pub(crate) async fn introduce(
    shared: &Shared,
    by: &Actor,
    number: &NumberId,
    people: &[(Identity, Option<Profile>)],
) -> Result<Vec<ContactId>, DeskError> {
    let _turn = shared.introducing.lock().await;
    loop {
        let mut draft = Introductions::new(shared, by.clone());
        for (identity, profile) in people {
            draft.meet(number, identity, profile.as_ref(), None)?;
        }
        let Drafted { parties, expect, drafts } = draft.drafted()?;
        if !drafts.is_empty() {
            match shared.store.commit(expect, drafts).await {
                Ok(_) => {}
                Err(CommitError::Conflict { .. }) => continue,
                Err(error) => return Err(error.into()),
            }
        }
        let contact = |(identity, _): &(Identity, Option<Profile>)| {
            let party = parties.known.get(&(number.clone(), identity.clone()));
            party.map(|party| party.contact).ok_or(DeskError::Missing("a contact"))
        };
        return people.iter().map(contact).collect();
    }
}

/// The conversations of contacts on a number; those that are not there are begun.
pub(crate) async fn converse(
    shared: &Shared,
    by: &Actor,
    number: &NumberId,
    contacts: &[ContactId],
) -> Result<Vec<ConversationId>, DeskError> {
    let _turn = shared.introducing.lock().await;
    let mut draft = Introductions::new(shared, by.clone());
    let found: Result<_, _> = contacts.iter().map(|contact| draft.converse(*contact, number)).collect();
    let Drafted { expect, drafts, .. } = draft.drafted()?;
    if !drafts.is_empty() {
        shared.store.commit(expect, drafts).await?;
    }
    found
}

/// Contacts and conversations that some bodies bring.
struct Introductions<'a> {
    shared: &'a Shared,
    by: Actor,
    parties: HashMap<(NumberId, Identity), Party>,
    gone: HashSet<(NumberId, Identity)>,
    changes: HashMap<(u64, Identity, Identity), Done>,
    /// Messages that told of a change.
    told: HashSet<Lookup>,
    /// Contacts of these bodies, by identifier.
    met: HashMap<Lookup, ContactId>,
    started: HashMap<(ContactId, NumberId), ConversationId>,
    new_keys: Vec<ContactId>,
    expect: Vec<(Stream, u64)>,
    events: Vec<(ContactId, Introduction)>,
}

/// Whether something was told before.
enum Retold {
    No,
    Of(Party),
    /// Of somebody who was forgotten since.
    OfNobody,
}

enum Introduction {
    Created { identity: Identity, profile: Profile, lookups: Vec<Lookup>, language: String },
    Updated { identity: Option<Identity>, profile: Option<Profile>, lookups: Vec<Lookup> },
    Changed(Box<Changed>),
    Started { conversation: ConversationId, number: NumberId },
}

/// A customer who is somebody else now.
struct Changed {
    part: IdentityPart,
    identity: Option<Identity>,
    lookups: Vec<Lookup>,
    gone: Vec<Lookup>,
    at: Time,
    detail: String,
    lookup: Option<Lookup>,
    webhook: u64,
}

impl<'a> Introductions<'a> {
    fn new(shared: &'a Shared, by: Actor) -> Self {
        Self {
            shared,
            by,
            parties: HashMap::new(),
            gone: HashSet::new(),
            changes: HashMap::new(),
            told: HashSet::new(),
            met: HashMap::new(),
            started: HashMap::new(),
            new_keys: Vec::new(),
            expect: Vec::new(),
            events: Vec::new(),
        }
    }

    fn meet(
        &mut self,
        number: &NumberId,
        identity: &Identity,
        profile: Option<&Profile>,
        told_by: Option<Lookup>,
    ) -> Result<(), DeskError> {
        let party = (number.clone(), identity.clone());
        if self.parties.contains_key(&party) {
            return Ok(());
        }
        let lookups = people::lookups(&self.shared.keys, identity);
        let contact = match self.known(&lookups)? {
            Some(contact) => {
                self.complete(contact, identity, profile, &lookups)?;
                contact
            }
            None => match self.retold(told_by)? {
                Retold::Of(again) => {
                    self.parties.insert(party, again);
                    return Ok(());
                }
                Retold::OfNobody => {
                    self.gone.insert(party);
                    return Ok(());
                }
                Retold::No => self.create(number, identity, profile, &lookups),
            },
        };
        for lookup in lookups {
            self.met.insert(lookup, contact);
        }
        let conversation = self.converse(contact, number)?;
        self.parties.insert(party, Party { contact, conversation });
        Ok(())
    }

    fn known(&self, lookups: &[Lookup]) -> Result<Option<ContactId>, DeskError> {
        for lookup in lookups {
            let known = match self.met.get(lookup) {
                Some(contact) => Some(*contact),
                None => self.shared.store.contact_by(lookup)?,
            };
            if known.is_some() {
                return Ok(known);
            }
        }
        Ok(None)
    }

    /// Whose message it was, if it is told once more under a phone that was given up since.
    fn retold(&self, told_by: Option<Lookup>) -> Result<Retold, DeskError> {
        let Some(lookup) = told_by else { return Ok(Retold::No) };
        let conversation = match self.shared.store.referent(&lookup)? {
            Some(Referent::Inbound(conversation)) => conversation,
            Some(Referent::Erased) => return Ok(Retold::OfNobody),
            _ => return Ok(Retold::No),
        };
        match self.shared.conversation(conversation) {
            Ok((_, known)) => Ok(Retold::Of(Party { contact: known.contact, conversation })),
            Err(DeskError::Erased) => Ok(Retold::OfNobody),
            Err(error) => Err(error),
        }
    }

    /// Takes in that a customer has another phone, user id or key. Whoever they were before, they stay that contact: even
    /// if a message came first and made another one of them, what comes from now on is theirs.
    fn change(&mut self, seq: u64, update: &Update) -> Result<(), DeskError> {
        let Update::Identity { part, was, now, wamid, at, detail, .. } = update else { return Ok(()) };
        let keys = &self.shared.keys;
        let (old, new) = (people::lookups(keys, was), people::lookups(keys, now));
        let known = match self.known(&old)? {
            Some(contact) => Some(contact),
            None => self.known(&new)?,
        };
        let Some(contact) = known else { return Ok(()) };
        let lookup = wamid.as_ref().map(|wamid| keys.lookup("wamid", wamid));
        let mut lookups = Vec::new();
        for lookup in new {
            if self.known(&[lookup])? != Some(contact) {
                lookups.push(lookup);
            }
        }
        let mut gone = people::given_up(keys, *part, was, now);
        if let Some(old) = gone
            && self.known(&[old])? != Some(contact)
        {
            gone = None;
        }
        let told = match &lookup {
            Some(lookup) => self.told.contains(lookup) || self.shared.store.referent(lookup)?.is_some(),
            None => lookups.is_empty() && gone.is_none(),
        };
        let done = if told { Done::Repeated } else { Done::Recorded };
        self.changes.insert((seq, was.clone(), now.clone()), done);
        if told {
            return Ok(());
        }
        let (version, known) = self.shared.store.contact(contact)?;
        let before = match (known, self.shared.keys.contact(contact)?) {
            (Some(known), Some(key)) => known.identity.open(&key)?,
            (None, _) => was.clone(),
            // Erased: there is nobody left to be somebody else.
            (Some(_), None) => return Ok(()),
        };
        self.told.extend(lookup);
        for lookup in &lookups {
            self.met.insert(*lookup, contact);
        }
        if !self.new_keys.contains(&contact) {
            self.expect.push((Stream::Contact(contact), version));
        }
        let changed = Changed {
            part: *part,
            identity: (!now.is_empty()).then(|| people::after(before, now)),
            lookups,
            gone: gone.into_iter().collect(),
            at: *at,
            detail: detail.clone(),
            lookup,
            webhook: seq,
        };
        self.events.push((contact, Introduction::Changed(Box::new(changed))));
        Ok(())
    }

    fn create(
        &mut self,
        number: &NumberId,
        identity: &Identity,
        profile: Option<&Profile>,
        lookups: &[Lookup],
    ) -> ContactId {
        let contact = ContactId::random(&*self.shared.entropy);
        let language = self.shared.active.load().company.language(number, identity.phone.as_deref());
        self.new_keys.push(contact);
        let created = Introduction::Created {
            identity: identity.clone(),
            profile: profile.cloned().unwrap_or_default(),
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
        profile: Option<&Profile>,
        lookups: &[Lookup],
    ) -> Result<(), DeskError> {
        if self.new_keys.contains(&contact) {
            return Ok(());
        }
        let (version, Some(known)) = self.shared.store.contact(contact)? else { return Ok(()) };
        let Some(key) = self.shared.keys.contact(contact)? else { return Ok(()) };
        let before = known.profile.open(&key)?;
        let profile = profile.map(|told| newer(&before, told)).filter(|profile| *profile != before);
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
            Some(people::after(was, identity))
        };
        if profile.is_some() || identity.is_some() {
            self.expect.push((Stream::Contact(contact), version));
            self.events.push((contact, Introduction::Updated { identity, profile, lookups: unknown }));
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
    fn drafted(self) -> Result<Drafted, DeskError> {
        self.shared.keys.create(&self.new_keys)?;
        let mut drafts = Vec::with_capacity(self.events.len());
        for (contact, introduction) in self.events {
            let key = self.shared.key(contact)?;
            let seal = |identity: &Identity| self.shared.seal(identity, contact, &key);
            let seal_profile = |profile: &Profile| self.shared.seal(profile, contact, &key);
            let (stream, event): (Stream, Event) = match introduction {
                Introduction::Created { identity, profile, lookups, language } => (
                    Stream::Contact(contact),
                    ContactCreated {
                        identity: seal(&identity)?,
                        profile: seal_profile(&profile)?,
                        lookups,
                        language,
                    }
                    .into(),
                ),
                Introduction::Changed(changed) => {
                    let Changed { part, identity, lookups, gone, at, detail, lookup, webhook } = *changed;
                    let identity = identity.as_ref().map(seal).transpose()?;
                    let detail = Some(detail).filter(|detail| !detail.is_empty());
                    let detail = detail.map(|detail| self.shared.seal(&Detail(detail), contact, &key));
                    let changed = ContactIdentityChanged {
                        change: part,
                        identity,
                        lookups,
                        gone,
                        at,
                        detail: detail.transpose()?,
                        lookup,
                        webhook,
                    };
                    (Stream::Contact(contact), changed.into())
                }
                Introduction::Updated { identity, profile, lookups } => (
                    Stream::Contact(contact),
                    ContactUpdated {
                        profile: profile.as_ref().map(seal_profile).transpose()?,
                        identity: identity.as_ref().map(seal).transpose()?,
                        lookups,
                    }
                    .into(),
                ),
                Introduction::Started { conversation, number } => {
                    (Stream::Conversation(conversation), ConversationStarted { contact, number }.into())
                }
            };
            drafts.push(Draft::new(stream, self.by.clone(), event)?);
        }
        let parties = Parties { known: self.parties, changes: self.changes, gone: self.gone };
        Ok(Drafted { parties, expect: self.expect, drafts })
    }
}

/// A profile after somebody was told of again: what is not told stays as it was.
fn newer(before: &Profile, told: &Profile) -> Profile {
    let newer = |before: &str, told: &str| if told.is_empty() { before } else { told }.to_owned();
    Profile {
        name: newer(&before.name, &told.name),
        username: newer(&before.username, &told.username),
        country: newer(&before.country, &told.country),
    }
}
