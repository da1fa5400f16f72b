//! From events to the projections.
//!
//! The fold of a batch makes a layer of its own: states are read once, folded in memory and handed on once, however many
//! events of the batch concern them. The indexes (who waits, what is due, what is to be sent) are functions of a state: they are
//! written by comparing what the state implied before with what it implies now, so that none can be forgotten. Nothing
//! here asks a clock or a random source, or a rebuild would not give the same keys and values.

mod erasing;
mod requests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::access::Access;
use domain::agent::Agent;
use domain::campaign::Campaign;
use domain::campaign::progress::Spot;
use domain::contact::Contact;
use domain::conversation::Conversation;
use domain::delivery::Delivery;
use domain::event::{
    AccountChanged, CallChanged, Event, HandoverChanged, MessageCharged, NumberChanged, PlatformNotice,
    Recorded, ReplyQueued, TemplateChanged,
};
use domain::id::{CampaignId, ConversationId, MessageId};
use domain::law::spending::Tally;
use domain::moving::Move;
use domain::notice::inbox::Inbox;
use domain::platform::NumberTold;
use domain::proposal::Proposal;
use domain::quick_reply::QuickReplies;
use domain::rule::book::RuleBook;
use domain::sealed::Lookup;
use domain::sends::Sends;
use domain::stops::Stops;
use domain::stream::Stream;
use domain::subscriber::Progress;
use serde::Serialize;

use crate::campaign_index::spot_of;
use crate::history::Pointer;
use crate::layout::{self, Amended, Referent, Unprocessed};
use crate::projection::{Applied, ProjectionError};
use crate::remarks;
use crate::state::{State, Versioned};
use crate::tree::{Layer, Tree};

/// Why an event could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum FoldError {
    /// The projections could not be read or written.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// The journal itself makes no sense: an event of a stream that never began.
    #[error(
        "event {seq} ({kind}) belongs to {stream}, of which the beginning is missing: the journal is not whole"
    )]
    NoBeginning {
        /// The event.
        seq: u64,
        /// Its kind.
        kind: &'static str,
        /// Its stream.
        stream: Stream,
    },
}

/// A state that the batch changes.
pub(crate) struct Touched {
    pub(crate) now: Versioned,
    /// What the indexes held before the batch.
    implied: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Where it was before the batch, if it is a message of a campaign.
    spot: Option<(CampaignId, Spot)>,
}

/// The changes of one batch of events.
pub(crate) struct Fold<'a> {
    tree: &'a Tree,
    streams: HashMap<Stream, Touched>,
    layer: Layer,
    applied: Applied,
}

impl<'a> Fold<'a> {
    pub(crate) fn new(tree: &'a Tree, applied: Applied) -> Self {
        Self { tree, streams: HashMap::new(), layer: Layer::default(), applied }
    }

    /// Takes in one event; `entry` is what the journal has of it, if it is of record.
    pub(crate) fn event(&mut self, recorded: &Recorded, entry: &[u8]) -> Result<(), FoldError> {
        self.applied.seq = recorded.seq;
        self.record(recorded, entry)?;
        // What was decided before somebody was forgotten and written after it leaves nothing but its number.
        if !matches!(self.stream(&recorded.stream)?.now.state, State::Erased) {
            self.side_effects(recorded)?;
            self.media(recorded)?;
            self.templates(recorded)?;
            self.measure(recorded)?;
        }
        let stream = &mut self.stream(&recorded.stream)?.now;
        stream.version = recorded.version;
        match (&mut stream.state, &recorded.event) {
            (State::Nothing, Event::ContactCreated(created)) => {
                let mut contact = Contact::created(created);
                contact.keep(recorded.time, &recorded.actor, &recorded.event);
                stream.state = State::Contact(contact);
            }
            (State::Nothing, Event::ConversationStarted(started)) => {
                stream.state = State::Conversation(Box::new(Conversation::started(
                    started.contact,
                    started.number.clone(),
                )));
            }
            (State::Nothing, Event::ProposalMade(made)) => {
                if let Stream::Proposal(id) = recorded.stream {
                    stream.state = State::Proposal(Box::new(Proposal::new(id, made, recorded.time)));
                }
            }
            (State::Nothing, Event::CampaignDrafted(drafted)) => {
                if let Stream::Campaign(id) = recorded.stream {
                    let campaign = Campaign::new(id, drafted, &recorded.actor, recorded.time);
                    stream.state = State::Campaign(Box::new(campaign));
                }
            }
            (State::Nothing, Event::MoveAsked(asked)) => {
                if let Stream::Move(id) = recorded.stream {
                    let one = Move::new(id, recorded.seq, asked, &recorded.actor, recorded.time);
                    stream.state = State::Move(Box::new(one));
                }
            }
            (State::Nothing, _) => match recorded.stream {
                Stream::Webhooks | Stream::Audit | Stream::Telling | Stream::Measures => {}
                Stream::Company => {
                    let mut stops = Stops::default();
                    stops.fold(recorded.time, &recorded.actor, &recorded.event);
                    stream.state = State::Company(stops);
                }
                Stream::Rules => {
                    let mut book = RuleBook::default();
                    book.fold(recorded.time, &recorded.actor, &recorded.event);
                    stream.state = State::Rules(Box::new(book));
                }
                Stream::QuickReplies => {
                    let mut replies = QuickReplies::default();
                    replies.fold(recorded.time, &recorded.actor, &recorded.event);
                    stream.state = State::QuickReplies(Box::new(replies));
                }
                Stream::Agent(_) => {
                    let mut agent = Agent::default();
                    agent.fold(recorded.time, &recorded.event);
                    stream.state = State::Agent(agent);
                }
                Stream::Sends(_) => {
                    let mut sends = Sends::default();
                    sends.fold(recorded.time, &recorded.event);
                    stream.state = State::Sends(sends);
                }
                Stream::Person(_) => {
                    let mut access = Access::default();
                    access.fold(recorded.time, &recorded.event);
                    stream.state = State::Person(access);
                }
                Stream::Subscriber(_) => {
                    let mut progress = Progress::default();
                    progress.fold(recorded.time, &recorded.event);
                    stream.state = State::Subscriber(progress);
                }
                Stream::Inbox(ref person) => {
                    let mut inbox = Inbox::default();
                    inbox.fold(recorded.time, person, &recorded.event);
                    stream.state = State::Inbox(Box::new(inbox));
                }
                _ => {
                    return Err(FoldError::NoBeginning {
                        seq: recorded.seq,
                        kind: recorded.event.kind(),
                        stream: recorded.stream.clone(),
                    });
                }
            },
            (State::Erased, _) => {}
            (State::Contact(_), Event::ContactErased(_))
            | (State::Conversation(_), Event::ConversationErased(_)) => stream.state = State::Erased,
            (State::QuickReplies(replies), event) => {
                replies.fold(recorded.time, &recorded.actor, event);
            }
            (State::Company(stops), event) => stops.fold(recorded.time, &recorded.actor, event),
            (State::Contact(contact), event) => {
                contact.fold(event);
                contact.keep(recorded.time, &recorded.actor, event);
            }
            (State::Conversation(conversation), event) => {
                conversation.fold(recorded.time, &recorded.actor, event);
            }
            (State::Message(delivery), event) => delivery.fold(recorded.time, event),
            (State::Agent(agent), event) => agent.fold(recorded.time, event),
            (State::Rules(book), event) => book.fold(recorded.time, &recorded.actor, event),
            (State::Proposal(proposal), event) => proposal.fold(event, recorded.time),
            (State::Person(access), event) => access.fold(recorded.time, event),
            (State::Subscriber(progress), event) => progress.fold(recorded.time, event),
            (State::Inbox(inbox), event) => {
                if let Stream::Inbox(person) = &recorded.stream {
                    inbox.fold(recorded.time, person, event);
                }
            }
            (State::Campaign(campaign), event) => campaign.fold(recorded.time, &recorded.actor, event),
            (State::Move(one), event) => one.fold(recorded.time, event),
            (State::Sends(sends), event) => sends.fold(recorded.time, event),
        }
        if matches!(recorded.stream, Stream::Agent(_)) {
            self.applied.agents = recorded.seq;
        }
        // Whoever carries out what was agreed on carries out moves, and looks after those who leave.
        if matches!(recorded.stream, Stream::Proposal(_) | Stream::Move(_))
            || matches!(recorded.event, Event::ShiftEnded(_))
        {
            self.applied.proposals = recorded.seq;
        }
        if recorded.event.is_told() || matches!(recorded.event, Event::NoticeGiven(_)) {
            self.put(layout::happening(recorded.seq), Vec::new());
            self.applied.happenings = recorded.seq;
        }
        if matches!(recorded.stream, Stream::Campaign(_) | Stream::Sends(_)) {
            self.applied.campaigns = recorded.seq;
        }
        Ok(())
    }

    /// What an event says beyond its own stream's state: look-ups, lines of the history, what is open.
    fn side_effects(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        if matches!(recorded.stream, Stream::Conversation(_)) {
            self.applied.conversations = recorded.seq;
        }
        if let (Stream::Conversation(id), Some(line)) = (&recorded.stream, Pointer::to(recorded)) {
            self.put(layout::line(*id, recorded.version), line.to_bytes());
        }
        if let Stream::Conversation(id) = &recorded.stream
            && remarks::is_one(&recorded.event)
        {
            self.put(layout::remark(*id, recorded.version), recorded.seq.to_be_bytes().to_vec());
        }
        if let Stream::Conversation(id) = &recorded.stream
            && remarks::is_ending(&recorded.event)
        {
            self.put(layout::ending(*id, recorded.version), recorded.seq.to_be_bytes().to_vec());
        }
        match (&recorded.event, &recorded.stream) {
            (Event::WebhookReceived(_), _) => {
                self.unprocessed(recorded.seq, true)?;
                self.applied.webhooks = recorded.seq;
            }
            (Event::WebhooksProcessed(processed), _) => {
                for webhook in &processed.webhooks {
                    self.unprocessed(webhook.seq, false)?;
                }
            }
            (Event::GenerationActivated(activated), _) => {
                self.put_json(layout::GENERATION.to_vec(), activated)?;
            }
            (Event::RuleVersioned(versioned), _) => {
                let key = layout::rule_version(&versioned.rule, recorded.seq);
                self.put_json(key, &versioned.version)?;
            }
            (Event::CompanyAdopted(adopted), _) => self.put_json(layout::ADOPTED.to_vec(), adopted)?,
            (Event::NoticesTold(told), _) => {
                self.put(layout::TOLD.to_vec(), told.up_to.to_be_bytes().to_vec());
            }
            (Event::ContactCreated(created), Stream::Contact(contact)) => {
                for lookup in &created.lookups {
                    self.put(layout::identifier(lookup), contact.to_bytes().to_vec());
                }
            }
            (Event::ContactUpdated(updated), Stream::Contact(contact)) => {
                for lookup in &updated.lookups {
                    self.put(layout::identifier(lookup), contact.to_bytes().to_vec());
                }
            }
            (Event::ConversationStarted(started), Stream::Conversation(id)) => {
                self.put(layout::conversation(started.contact, &started.number), id.to_bytes().to_vec());
            }
            (Event::MessageReceived(received), Stream::Conversation(id)) => {
                self.put(layout::wamid(&received.lookup), Referent::Inbound(*id).to_bytes());
            }
            (Event::MessageNotUnderstood(strange), stream) => {
                if let Some(lookup) = &strange.lookup {
                    let key = layout::wamid(lookup);
                    self.put(key.clone(), Referent::Strange.to_bytes());
                    self.beside(stream, &key, recorded.time);
                }
                let key = layout::strange(&strange.field);
                let count = self.number(&key)? + 1;
                self.put(key, count.to_be_bytes().to_vec());
            }
            (Event::ElementReread(reread), _) => {
                let key = layout::strange(&reread.field);
                let count = self.number(&key)?.saturating_sub(1);
                self.put(key, count.to_be_bytes().to_vec());
                self.put(layout::reread(reread.element), Vec::new());
            }
            (Event::ReplyQueued(reply), Stream::Conversation(id)) => {
                self.begin_delivery(*id, reply, recorded.seq)?;
            }
            (Event::CampaignListed(listed), Stream::Campaign(id)) => {
                let key = layout::listed(*id, listed.list, listed.part);
                self.put(key, recorded.seq.to_be_bytes().to_vec());
            }
            (Event::NumberChanged(changed), _) => {
                let key = layout::number_told(&changed.display);
                let known = self.value(&key)?.map(|value| serde_json::from_slice(&value)).transpose();
                let mut told: NumberTold = known.map_err(ProjectionError::Form)?.unwrap_or_default();
                told.fold(changed);
                self.put_json(key, &told)?;
                self.platform(&recorded.event, &recorded.stream, recorded)?;
            }
            (Event::SendHeld(held), _) => {
                self.put(layout::held_message(held.message), recorded.seq.to_be_bytes().to_vec());
            }
            (Event::TemplateReleased(released), _) => {
                released.messages.iter().for_each(|message| self.remove(layout::held_message(*message)));
            }
            (Event::RuleRemembered(remembered), Stream::Conversation(id)) => {
                let owner = match remembered.scope {
                    domain::decision::MemoryScope::Conversation => id.to_bytes(),
                    domain::decision::MemoryScope::Contact => remembered.contact.to_bytes(),
                };
                let key = layout::memory(&remembered.rule, remembered.scope, owner, &remembered.slot);
                match &remembered.value {
                    Some(value) => self.put_json(key, value)?,
                    None => self.remove(key),
                }
            }
            (Event::SendAccepted(accepted), Stream::Message(id)) => {
                self.find_outgoing(*id, &accepted.lookup)?;
            }
            (Event::StatusChanged(changed), Stream::Message(id)) => {
                if let Some(lookup) = &changed.lookup {
                    self.find_outgoing(*id, lookup)?;
                }
            }
            (Event::RequestAttempted(_) | Event::RequestEnded(_), Stream::Conversation(id)) => {
                self.count_request(*id, recorded)?;
            }
            (Event::MessageCharged(charged), _) => self.charge(charged)?,
            // Whoever sends has to look again.
            (Event::SendingStopped(_) | Event::SendingResumed(_), _) => self.applied.outbox = recorded.seq,
            (Event::ContactErased(erased), Stream::Contact(contact)) => {
                self.forget_contact(*contact, recorded, &erased.reason)?;
            }
            (Event::ConversationErased(_), Stream::Conversation(id)) => {
                self.forget_conversation(*id, recorded.time)?;
            }
            (event, stream) => self.platform(event, stream, recorded)?,
        }
        Ok(())
    }

    fn charge(&mut self, charged: &MessageCharged) -> Result<(), FoldError> {
        let key = layout::tally(charged.month, &charged.number);
        let known = self.value(&key)?;
        let known = known.map(|value| serde_json::from_slice(&value)).transpose();
        let mut tally: Tally = known.map_err(ProjectionError::Form)?.unwrap_or_default();
        tally.fold(charged);
        self.put_json(key, &tally)
    }

    /// The same for what Meta tells besides messages and statuses.
    fn platform(&mut self, event: &Event, stream: &Stream, recorded: &Recorded) -> Result<(), FoldError> {
        let told = match (event, stream) {
            (Event::ContactIdentityChanged(changed), Stream::Contact(contact)) => {
                let contact = contact.to_bytes().to_vec();
                for lookup in &changed.gone {
                    let key = layout::identifier(lookup);
                    if self.value(&key)?.as_deref() == Some(contact.as_slice()) {
                        self.remove(key);
                    }
                }
                for lookup in &changed.lookups {
                    self.put(layout::identifier(lookup), contact.clone());
                }
                match &changed.lookup {
                    Some(lookup) => lookup,
                    None => return Ok(()),
                }
            }
            (Event::MessageEdited(edited), Stream::Conversation(_)) => {
                let mut amended = self.amended(&edited.original)?;
                amended.edit(edited);
                let key = layout::amended(&edited.original);
                self.put_json(key.clone(), &amended)?;
                self.beside(stream, &key, recorded.time);
                &edited.lookup
            }
            (Event::MessageRevoked(revoked), Stream::Conversation(_)) => {
                let mut amended = self.amended(&revoked.original)?;
                amended.revoked.get_or_insert_with(|| revoked.clone());
                let key = layout::amended(&revoked.original);
                self.put_json(key.clone(), &amended)?;
                self.beside(stream, &key, recorded.time);
                &revoked.lookup
            }
            (Event::MessageEchoed(echoed), Stream::Conversation(_)) => &echoed.lookup,
            (Event::CallChanged(CallChanged { lookup, .. }), _)
            | (Event::HandoverChanged(HandoverChanged { lookup, .. }), _)
            | (Event::TemplateChanged(TemplateChanged { lookup, .. }), _)
            | (Event::NumberChanged(NumberChanged { lookup, .. }), _)
            | (Event::AccountChanged(AccountChanged { lookup, .. }), _)
            | (Event::PlatformNotice(PlatformNotice { lookup, .. }), _) => lookup,
            _ => return Ok(()),
        };
        let key = layout::wamid(told);
        self.put(key.clone(), Referent::Told.to_bytes());
        if !matches!(event, Event::MessageEchoed(_)) {
            self.beside(stream, &key, recorded.time);
        }
        Ok(())
    }

    /// Lets a message of ours be found by its wamid, unless it went to somebody who was forgotten.
    fn find_outgoing(&mut self, message: MessageId, lookup: &Lookup) -> Result<(), FoldError> {
        let state = &self.stream(&Stream::Message(message))?.now.state;
        if matches!(state, State::Message(delivery) if delivery.erased) {
            return Ok(());
        }
        self.put(layout::wamid(lookup), Referent::Outgoing(message).to_bytes());
        Ok(())
    }

    fn amended(&self, lookup: &Lookup) -> Result<Amended, FoldError> {
        let known = self.value(&layout::amended(lookup))?;
        let known = known.map(|value| serde_json::from_slice(&value)).transpose();
        Ok(known.map_err(ProjectionError::Form)?.unwrap_or_default())
    }

    /// A reply begins the stream of its message: version 0, so that the first event in it is the first attempt.
    fn begin_delivery(
        &mut self,
        conversation: ConversationId,
        reply: &ReplyQueued,
        queued: u64,
    ) -> Result<(), FoldError> {
        let (message, number) = (reply.message, reply.number.clone());
        let stream = self.stream(&Stream::Message(message))?;
        let delivery = Delivery::new(message, conversation, number, reply.class(), queued);
        stream.now.state = State::Message(Delivery { campaign: reply.campaign, ..delivery });
        Ok(())
    }

    pub(crate) fn stream(&mut self, stream: &Stream) -> Result<&mut Touched, FoldError> {
        use std::collections::hash_map::Entry;
        Ok(match self.streams.entry(stream.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let now = Versioned::clone(&*self.tree.state(stream)?);
                let implied = now.state.implied(stream);
                let spot = spot_of(&now.state);
                new.insert(Touched { now, implied, spot })
            }
        })
    }

    pub(crate) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.layer.entries.insert(key, Some(value.into()));
    }

    pub(crate) fn remove(&mut self, key: Vec<u8>) {
        self.layer.entries.insert(key, None);
    }

    pub(crate) fn put_json(&mut self, key: Vec<u8>, value: &impl Serialize) -> Result<(), FoldError> {
        let value = serde_json::to_vec(value).map_err(ProjectionError::Form)?;
        self.put(key, value);
        Ok(())
    }

    fn unprocessed(&mut self, seq: u64, open: bool) -> Result<(), FoldError> {
        let key = layout::unprocessed(seq);
        let mut run = Unprocessed::of(self.value(&key)?.as_deref());
        run.set(seq, open);
        self.layer.entries.insert(key, run.value().map(Into::into));
        Ok(())
    }

    fn number(&self, key: &[u8]) -> Result<u64, FoldError> {
        Ok(self.value(key)?.as_deref().and_then(layout::number).unwrap_or(0))
    }

    pub(crate) fn value(&self, key: &[u8]) -> Result<Option<sled::IVec>, FoldError> {
        match self.layer.entries.get(key) {
            Some(value) => Ok(value.clone()),
            None => Ok(self.tree.get(key)?),
        }
    }

    /// Everything as one layer.
    pub(crate) fn finish(mut self) -> Result<(Layer, Applied), FoldError> {
        let mut moved: BTreeMap<CampaignId, Vec<(Option<Spot>, Spot)>> = BTreeMap::new();
        for (stream, Touched { now, implied: before, spot: was }) in std::mem::take(&mut self.streams) {
            let implied = now.state.implied(&stream);
            if let Some((campaign, spot)) = spot_of(&now.state)
                && was != Some((campaign, spot))
            {
                moved.entry(campaign).or_default().push((was.map(|(_, spot)| spot), spot));
            }
            for gone in before.keys().filter(|key| !implied.contains_key(*key)) {
                self.touch(gone);
                self.remove(gone.clone());
            }
            for (key, value) in implied {
                if before.get(&key) != Some(&value) {
                    self.touch(&key);
                    self.put(key, value);
                }
            }
            self.layer.states.insert(stream, Arc::new(now));
        }
        self.count_moved(moved)?;
        self.layer.seq = self.applied.seq;
        Ok((self.layer, self.applied))
    }

    pub(crate) fn touch(&mut self, key: &[u8]) {
        let (applied, is) = (&mut self.applied, |prefix: &[u8]| key.starts_with(prefix));
        let last = if is(layout::OUTBOX) || is(layout::POSTPONED) {
            &mut applied.outbox
        } else if is(layout::QUEUES) {
            &mut applied.queues
        } else if is(layout::OFFERS) {
            // What somebody is asked to take over holds a place of theirs.
            &mut applied.agents
        } else if is(layout::TIMERS) {
            &mut applied.timers
        } else if is(layout::REQUESTS) {
            &mut applied.requests
        } else if is(layout::MEDIA) {
            &mut applied.media
        } else if is(layout::TEMPLATES) {
            &mut applied.templates
        } else {
            return;
        };
        *last = applied.seq;
    }
}
