//! From events to the projections.
//!
//! The fold of a batch works on an overlay: states are read once, folded in memory and written once, however many events
//! of the batch concern them. The indexes (who waits, what is due, what is to be sent) are functions of a state: they are
//! written by comparing what the state implied before with what it implies now, so that none can be forgotten. Nothing
//! here asks a clock or a random source, or a rebuild would not give the same keys and values.

use std::collections::{BTreeMap, HashMap};

use domain::agent::Agent;
use domain::contact::Contact;
use domain::conversation::{Conversation, Holder};
use domain::delivery::Delivery;
use domain::event::{
    AccountChanged, CallChanged, Event, GenerationActivated, HandoverChanged, NumberChanged, PlatformNotice,
    Recorded, TemplateChanged,
};
use domain::id::{ConversationId, MessageId};
use domain::sealed::Lookup;
use domain::stream::Stream;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::layout::{self, Amended, Line, Referent};
use crate::projection::{Applied, ProjectionError, Tree};

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

/// What streams fold to. Webhooks and the company have a version only.
enum State {
    Nothing,
    Contact(Contact),
    Conversation(Conversation),
    Message(Delivery),
    Agent(Agent),
}

struct Loaded {
    version: u64,
    state: State,
    /// What the indexes held before the batch.
    implied: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// The changes of one batch of events.
pub(crate) struct Fold<'a> {
    tree: &'a Tree,
    streams: HashMap<Stream, Loaded>,
    writes: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    applied: Applied,
}

impl<'a> Fold<'a> {
    pub(crate) fn new(tree: &'a Tree, applied: Applied) -> Self {
        Self { tree, streams: HashMap::new(), writes: BTreeMap::new(), applied }
    }

    /// Takes in one event.
    pub(crate) fn event(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        self.applied.seq = recorded.seq;
        self.side_effects(recorded)?;
        let stream = self.stream(&recorded.stream)?;
        stream.version = recorded.version;
        match (&mut stream.state, &recorded.event) {
            (State::Nothing, Event::ContactCreated(created)) => {
                stream.state = State::Contact(Contact::created(created));
            }
            (State::Nothing, Event::ConversationStarted(started)) => {
                stream.state =
                    State::Conversation(Conversation::started(started.contact, started.number.clone()));
            }
            (State::Nothing, _) => match recorded.stream {
                Stream::Webhooks | Stream::Company => {}
                Stream::Agent(_) => {
                    let mut agent = Agent::default();
                    agent.fold(recorded.time, &recorded.event);
                    stream.state = State::Agent(agent);
                }
                _ => {
                    return Err(FoldError::NoBeginning {
                        seq: recorded.seq,
                        kind: recorded.event.kind(),
                        stream: recorded.stream.clone(),
                    });
                }
            },
            (State::Contact(contact), event) => contact.fold(event),
            (State::Conversation(conversation), event) => {
                conversation.fold(recorded.time, &recorded.actor, event);
            }
            (State::Message(delivery), event) => delivery.fold(recorded.time, event),
            (State::Agent(agent), event) => agent.fold(recorded.time, event),
        }
        if matches!(recorded.stream, Stream::Agent(_)) {
            self.applied.agents = recorded.seq;
        }
        Ok(())
    }

    /// What an event says beyond its own stream's state: look-ups, lines of the history, what is open.
    fn side_effects(&mut self, recorded: &Recorded) -> Result<(), FoldError> {
        match (&recorded.event, &recorded.stream) {
            (Event::WebhookReceived(_), _) => {
                self.put(layout::unprocessed(recorded.seq), Vec::new());
                self.applied.webhooks = recorded.seq;
            }
            (Event::WebhooksProcessed(processed), _) => {
                for webhook in &processed.webhooks {
                    self.writes.insert(layout::unprocessed(webhook.seq), None);
                }
            }
            (Event::GenerationActivated(activated), _) => {
                self.put_json(layout::GENERATION.to_vec(), activated)?;
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
                self.put_json(layout::wamid(&received.lookup), &Referent::Inbound(*id))?;
                self.put_json(layout::line(*id, recorded.version), &Line::Inbound(received.clone()))?;
            }
            (Event::MessageNotUnderstood(strange), _) => {
                if let Some(lookup) = &strange.lookup {
                    self.put_json(layout::wamid(lookup), &Referent::Strange)?;
                }
                let key = layout::strange(&strange.field);
                let count = self.number(&key)? + 1;
                self.put(key, count.to_be_bytes().to_vec());
            }
            (Event::ReplyQueued(reply), Stream::Conversation(id)) => {
                let line = Line::Outgoing {
                    author: recorded.actor.clone(),
                    at: recorded.time,
                    reply: reply.clone(),
                };
                self.put_json(layout::line(*id, recorded.version), &line)?;
                self.begin_delivery(reply.message, *id, reply.number.clone(), recorded.seq)?;
            }
            (Event::RuleRemembered(remembered), Stream::Conversation(id)) => {
                let owner = match remembered.scope {
                    domain::decision::MemoryScope::Conversation => id.to_bytes(),
                    domain::decision::MemoryScope::Contact => remembered.contact.to_bytes(),
                };
                let key = layout::memory(&remembered.rule, remembered.scope, owner, &remembered.slot);
                match &remembered.value {
                    Some(value) => self.put_json(key, value)?,
                    None => {
                        self.writes.insert(key, None);
                    }
                }
            }
            (Event::SendAccepted(accepted), Stream::Message(id)) => {
                self.put_json(layout::wamid(&accepted.lookup), &Referent::Outgoing(*id))?;
            }
            (Event::StatusChanged(changed), Stream::Message(id)) => {
                if let Some(lookup) = &changed.lookup {
                    self.put_json(layout::wamid(lookup), &Referent::Outgoing(*id))?;
                }
            }
            (event, stream) => self.platform(event, stream, recorded.version)?,
        }
        Ok(())
    }

    /// The same for what Meta tells besides messages and statuses.
    fn platform(&mut self, event: &Event, stream: &Stream, version: u64) -> Result<(), FoldError> {
        let told = match (event, stream) {
            (Event::ContactIdentityChanged(changed), Stream::Contact(contact)) => {
                let contact = contact.to_bytes().to_vec();
                for lookup in &changed.gone {
                    let key = layout::identifier(lookup);
                    if self.value(&key)?.as_deref() == Some(&contact) {
                        self.writes.insert(key, None);
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
                self.put_json(layout::amended(&edited.original), &amended)?;
                &edited.lookup
            }
            (Event::MessageRevoked(revoked), Stream::Conversation(_)) => {
                let mut amended = self.amended(&revoked.original)?;
                amended.revoked.get_or_insert_with(|| revoked.clone());
                self.put_json(layout::amended(&revoked.original), &amended)?;
                &revoked.lookup
            }
            (Event::MessageEchoed(echoed), Stream::Conversation(id)) => {
                self.put_json(layout::line(*id, version), &Line::Echoed(echoed.clone()))?;
                &echoed.lookup
            }
            (Event::CallChanged(CallChanged { lookup, .. }), _)
            | (Event::HandoverChanged(HandoverChanged { lookup, .. }), _)
            | (Event::TemplateChanged(TemplateChanged { lookup, .. }), _)
            | (Event::NumberChanged(NumberChanged { lookup, .. }), _)
            | (Event::AccountChanged(AccountChanged { lookup, .. }), _)
            | (Event::PlatformNotice(PlatformNotice { lookup, .. }), _) => lookup,
            _ => return Ok(()),
        };
        self.put_json(layout::wamid(told), &Referent::Told)
    }

    fn amended(&self, lookup: &Lookup) -> Result<Amended, FoldError> {
        let known = self.value(&layout::amended(lookup))?;
        let known = known.map(|value| serde_json::from_slice(&value)).transpose();
        Ok(known.map_err(ProjectionError::Form)?.unwrap_or_default())
    }

    /// A reply begins the stream of its message: version 0, so that the first event in it is the first attempt.
    fn begin_delivery(
        &mut self,
        message: MessageId,
        conversation: ConversationId,
        number: domain::id::NumberId,
        queued: u64,
    ) -> Result<(), FoldError> {
        let stream = self.stream(&Stream::Message(message))?;
        stream.state = State::Message(Delivery::new(message, conversation, number, queued));
        Ok(())
    }

    fn stream(&mut self, stream: &Stream) -> Result<&mut Loaded, FoldError> {
        use std::collections::hash_map::Entry;
        Ok(match self.streams.entry(stream.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(load(self.tree, stream)?),
        })
    }

    fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.writes.insert(key, Some(value));
    }

    fn put_json(&mut self, key: Vec<u8>, value: &impl Serialize) -> Result<(), FoldError> {
        let value = serde_json::to_vec(value).map_err(ProjectionError::Form)?;
        self.put(key, value);
        Ok(())
    }

    /// What a key holds, this batch included.
    fn value(&self, key: &[u8]) -> Result<Option<Vec<u8>>, FoldError> {
        Ok(match self.writes.get(key) {
            Some(value) => value.clone(),
            None => self.tree.get(key).map_err(ProjectionError::Sled)?.map(|value| value.to_vec()),
        })
    }

    fn number(&self, key: &[u8]) -> Result<u64, FoldError> {
        Ok(self.value(key)?.as_deref().and_then(layout::number).unwrap_or(0))
    }

    /// Everything as one batch, the watermark included.
    pub(crate) fn finish(mut self) -> Result<(sled::Batch, Applied), FoldError> {
        for (stream, loaded) in std::mem::take(&mut self.streams) {
            let implied = loaded.state.implied(&stream);
            for gone in loaded.implied.keys().filter(|key| !implied.contains_key(*key)) {
                self.touch(gone);
                self.writes.insert(gone.clone(), None);
            }
            for (key, value) in implied {
                if loaded.implied.get(&key) != Some(&value) {
                    self.touch(&key);
                    self.writes.insert(key, Some(value));
                }
            }
            self.put(layout::state(&stream), loaded.encode().map_err(ProjectionError::Form)?);
        }
        let mut batch = sled::Batch::default();
        for (key, value) in self.writes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        batch.insert(layout::WATERMARK, &self.applied.seq.to_be_bytes());
        Ok((batch, self.applied))
    }

    fn touch(&mut self, key: &[u8]) {
        let seq = self.applied.seq;
        match key.first() {
            Some(b'q') => self.applied.queues = seq,
            Some(b't') => self.applied.timers = seq,
            Some(b'o') => self.applied.outbox = seq,
            _ => {}
        }
    }
}

impl State {
    /// The entries of the indexes that follow from a state.
    fn implied(&self, stream: &Stream) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut entries = BTreeMap::new();
        match (self, stream) {
            (Self::Conversation(conversation), Stream::Conversation(id)) => {
                for (timer, set) in &conversation.timers {
                    entries.insert(layout::timer(set.due, *id, *timer), Vec::new());
                }
                if let Some(case) = &conversation.case
                    && let Holder::Queue { place, since } = &case.holder
                    && let Ok(place_json) = serde_json::to_vec(place)
                {
                    entries.insert(layout::waiting(&place.queue, case.priority, *since, *id), place_json);
                }
            }
            (Self::Message(delivery), Stream::Message(id)) if delivery.state.pending() => {
                entries.insert(layout::outbox(delivery.queued), id.to_bytes().to_vec());
            }
            _ => {}
        }
        entries
    }
}

impl Loaded {
    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = self.version.to_be_bytes().to_vec();
        match &self.state {
            State::Nothing => {}
            State::Contact(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Conversation(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Message(state) => serde_json::to_writer(&mut bytes, state)?,
            State::Agent(state) => serde_json::to_writer(&mut bytes, state)?,
        }
        Ok(bytes)
    }
}

/// A stream's version and its state, if it has one.
pub(crate) fn read_state<T: DeserializeOwned>(
    tree: &Tree,
    stream: &Stream,
) -> Result<(u64, Option<T>), ProjectionError> {
    let Some(bytes) = tree.get(layout::state(stream))? else { return Ok((0, None)) };
    let (version, state) =
        bytes.split_first_chunk::<8>().ok_or(ProjectionError::Broken("a stream's state"))?;
    let state = if state.is_empty() { None } else { Some(serde_json::from_slice(state)?) };
    Ok((u64::from_be_bytes(*version), state))
}

fn load(tree: &Tree, stream: &Stream) -> Result<Loaded, ProjectionError> {
    fn known<T: DeserializeOwned>(
        tree: &Tree,
        stream: &Stream,
        state: fn(T) -> State,
    ) -> Result<(u64, State), ProjectionError> {
        let (version, found) = read_state(tree, stream)?;
        Ok((version, found.map_or(State::Nothing, state)))
    }
    let (version, state) = match stream {
        Stream::Webhooks | Stream::Company => known::<serde_json::Value>(tree, stream, |_| State::Nothing)?,
        Stream::Contact(_) => known(tree, stream, State::Contact)?,
        Stream::Conversation(_) => known(tree, stream, State::Conversation)?,
        Stream::Message(_) => known(tree, stream, State::Message)?,
        Stream::Agent(_) => known(tree, stream, State::Agent)?,
    };
    let implied = state.implied(stream);
    Ok(Loaded { version, state, implied })
}

/// What the last `generation-activated` said.
pub(crate) fn generation(tree: &Tree) -> Result<Option<GenerationActivated>, ProjectionError> {
    tree.get(layout::GENERATION)?.map(|bytes| serde_json::from_slice(&bytes)).transpose().map_err(Into::into)
}
