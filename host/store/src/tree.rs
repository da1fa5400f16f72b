//! The tree of projections: what was folded last in memory, the rest in sled.
//!
//! A message of ours changes its state five times within a second, and a webhook is listed as open for some milliseconds.
//! Carrying each of these to sled would cost more than everything else the host does. So events are folded into a layer
//! in memory, where they can be asked for at once, and a layer is carried to sled from time to time: as one batch, with
//! the watermark, so that sled always holds the projections as of one event. What is lost with the memory is folded again
//! from the journal.
//!
//! States are kept as values as long as they are in memory, and become JSON when they are carried.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use domain::access::Access;
use domain::conversation::Conversation;
use domain::id::{ContactId, ConversationId, PersonId};
use domain::stream::Stream;
use sled::IVec;

use crate::layout;
use crate::projection::ProjectionError;
use crate::state::{self, Folded as _, State, Versioned};

/// Bytes of a layer from which on it is carried before more is folded: some hundred thousand events.
const HEAVY: usize = 32 << 20;

/// What a state is taken to weigh, in bytes. Only `HEAVY` depends on it.
const STATE: usize = 512;

/// Changes that were folded from a run of events.
#[derive(Debug, Default)]
pub(crate) struct Layer {
    pub(crate) states: HashMap<Stream, Arc<Versioned>>,
    /// None for a key that is gone.
    pub(crate) entries: BTreeMap<Vec<u8>, Option<IVec>>,
    /// The last event that is folded in.
    pub(crate) seq: u64,
    weight: usize,
}

/// All projections.
pub(crate) struct Tree {
    sled: sled::Tree,
    layers: RwLock<Layers>,
    /// Held by whoever carries.
    carrying: Mutex<()>,
}

#[derive(Default)]
struct Layers {
    /// What is folded and in no sled yet.
    fresh: Layer,
    /// What is being carried. It is asked before sled until all of it is there.
    leaving: Arc<Layer>,
    /// The states that were carried last, as sled has them: what was in use a moment ago likely still is.
    recent: HashMap<Stream, Arc<Versioned>>,
}

impl Layers {
    fn state(&self, stream: &Stream) -> Option<&Arc<Versioned>> {
        self.fresh
            .states
            .get(stream)
            .or_else(|| self.leaving.states.get(stream))
            .or_else(|| self.recent.get(stream))
    }

    fn entry(&self, key: &[u8]) -> Option<&Option<IVec>> {
        self.fresh.entries.get(key).or_else(|| self.leaving.entries.get(key))
    }
}

impl Tree {
    pub(crate) fn new(sled: sled::Tree) -> Self {
        Self { sled, layers: RwLock::default(), carrying: Mutex::default() }
    }

    /// The last event that is in sled; 0 for none.
    pub(crate) fn watermark(&self) -> Result<u64, ProjectionError> {
        match self.sled.get(layout::WATERMARK)? {
            None => Ok(0),
            Some(bytes) => layout::number(&bytes).ok_or(ProjectionError::Broken("the watermark")),
        }
    }

    /// A value that is no state.
    pub(crate) fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<IVec>, ProjectionError> {
        let key = key.as_ref();
        if let Some(known) = self.read().entry(key) {
            return Ok(known.clone());
        }
        Ok(self.sled.get(key)?)
    }

    /// A stream's version and state.
    pub(crate) fn state(&self, stream: &Stream) -> Result<Arc<Versioned>, ProjectionError> {
        if let Some(known) = self.read().state(stream) {
            return Ok(Arc::clone(known));
        }
        Ok(Arc::new(match self.sled.get(layout::state(stream))? {
            Some(bytes) => Versioned::decode(stream, &bytes)?,
            None => Versioned::new(),
        }))
    }

    /// A stream's version.
    pub(crate) fn version(&self, stream: &Stream) -> Result<u64, ProjectionError> {
        if let Some(known) = self.read().state(stream) {
            return Ok(known.version);
        }
        match self.sled.get(layout::state(stream))? {
            Some(bytes) => Ok(state::version(&bytes)?.0),
            None => Ok(0),
        }
    }

    /// The first entries of a range, in the order of their keys.
    pub(crate) fn first(
        &self,
        range: Range<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, IVec)>, ProjectionError> {
        let layers = self.read();
        let fresh = layers.fresh.entries.range(range.clone());
        let leaving = layers.leaving.entries.range(range.clone());
        merge([Box::new(fresh), Box::new(leaving)], self.sled.range(range), limit, |a, b| a < b)
    }

    /// The last entries of a range, the last one first.
    pub(crate) fn last(
        &self,
        range: Range<Vec<u8>>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, IVec)>, ProjectionError> {
        let layers = self.read();
        let fresh = layers.fresh.entries.range(range.clone()).rev();
        let leaving = layers.leaving.entries.range(range.clone()).rev();
        merge([Box::new(fresh), Box::new(leaving)], self.sled.range(range).rev(), limit, |a, b| a > b)
    }

    /// All conversations, in the order of their ids.
    pub(crate) fn conversations(&self) -> Result<BTreeMap<ConversationId, Conversation>, ProjectionError> {
        let layers = self.read();
        let mut found = BTreeMap::new();
        for entry in self.sled.scan_prefix(layout::CONVERSATIONS) {
            let (key, bytes) = entry?;
            let id = layout::tail(&key).map(ConversationId::from_bytes);
            let id = id.ok_or(ProjectionError::Broken("the name of a conversation"))?;
            let known = Versioned::decode(&Stream::Conversation(id), &bytes)?;
            found.extend(Conversation::of(&known.state).map(|state| (id, state.clone())));
        }
        for (stream, known) in layers.leaving.states.iter().chain(&layers.fresh.states) {
            match (stream, Conversation::of(&known.state)) {
                (Stream::Conversation(id), Some(state)) => drop(found.insert(*id, state.clone())),
                (Stream::Conversation(id), None) => drop(found.remove(id)),
                _ => {}
            }
        }
        Ok(found)
    }

    /// All contacts that are not forgotten.
    pub(crate) fn contacts(&self) -> Result<BTreeSet<ContactId>, ProjectionError> {
        let layers = self.read();
        let mut found = BTreeSet::new();
        for entry in self.sled.scan_prefix(layout::CONTACTS) {
            let (key, bytes) = entry?;
            let id = layout::tail(&key).map(ContactId::from_bytes);
            let id = id.ok_or(ProjectionError::Broken("the name of a contact"))?;
            if !state::is_erased(&bytes) {
                found.insert(id);
            }
        }
        for (stream, known) in layers.leaving.states.iter().chain(&layers.fresh.states) {
            match (stream, &known.state) {
                (Stream::Contact(id), State::Contact(_)) => drop(found.insert(*id)),
                (Stream::Contact(id), _) => drop(found.remove(id)),
                _ => {}
            }
        }
        Ok(found)
    }

    /// Everybody who ever had something to prove themselves with.
    pub(crate) fn people(&self) -> Result<BTreeMap<PersonId, Access>, ProjectionError> {
        let layers = self.read();
        let mut found = BTreeMap::new();
        for entry in self.sled.scan_prefix(layout::PEOPLE) {
            let (key, bytes) = entry?;
            let id = key.get(layout::PEOPLE.len()..).and_then(|id| std::str::from_utf8(id).ok());
            let id = PersonId::from(id.ok_or(ProjectionError::Broken("a person's name"))?);
            let known = Versioned::decode(&Stream::Person(id.clone()), &bytes)?;
            found.extend(Access::of(&known.state).map(|access| (id, access.clone())));
        }
        for (stream, known) in layers.leaving.states.iter().chain(&layers.fresh.states) {
            if let (Stream::Person(id), State::Person(access)) = (stream, &known.state) {
                found.insert(id.clone(), access.clone());
            }
        }
        Ok(found)
    }

    /// Takes in what was folded. It can be asked for when this returns.
    pub(crate) fn absorb(&self, folded: Layer) -> Result<(), ProjectionError> {
        let heavy = {
            let mut layers = self.layers.write().unwrap_or_else(PoisonError::into_inner);
            layers.fresh.add(folded);
            layers.fresh.weight > HEAVY
        };
        if heavy { self.carry() } else { Ok(()) }
    }

    /// Carries to sled what is not there yet.
    pub(crate) fn carry(&self) -> Result<(), ProjectionError> {
        let _alone = self.carrying.lock().unwrap_or_else(PoisonError::into_inner);
        let leaving = {
            let mut layers = self.layers.write().unwrap_or_else(PoisonError::into_inner);
            if layers.fresh.seq == 0 {
                return Ok(());
            }
            layers.leaving = Arc::new(std::mem::take(&mut layers.fresh));
            Arc::clone(&layers.leaving)
        };
        let mut batch = sled::Batch::default();
        for (stream, known) in &leaving.states {
            batch.insert(layout::state(stream), known.encode()?);
        }
        for (key, value) in &leaving.entries {
            match value {
                Some(value) => batch.insert(key.as_slice(), value.clone()),
                None => batch.remove(key.as_slice()),
            }
        }
        batch.insert(layout::WATERMARK, &leaving.seq.to_be_bytes());
        self.sled.apply_batch(batch)?;
        drop(leaving);
        let mut layers = self.layers.write().unwrap_or_else(PoisonError::into_inner);
        // Readers hold the lock and no layer, so it is nobody else's.
        let left = Arc::into_inner(std::mem::take(&mut layers.leaving));
        layers.recent = left.map(|left| left.states).unwrap_or_default();
        Ok(())
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Layers> {
        self.layers.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Layer {
    fn add(&mut self, newer: Self) {
        let bytes =
            |(key, value): (&Vec<u8>, &Option<IVec>)| key.len() + value.as_ref().map_or(0, |v| v.len());
        self.weight += newer.entries.iter().map(bytes).sum::<usize>() + newer.states.len() * STATE;
        self.states.extend(newer.states);
        self.entries.extend(newer.entries);
        self.seq = newer.seq;
    }
}

type Changes<'a> = Box<dyn Iterator<Item = (&'a Vec<u8>, &'a Option<IVec>)> + 'a>;

/// Walks over layers and sled at once; where several know a key, the first layer is right. `before` is the order of the
/// walk.
fn merge(
    layers: [Changes<'_>; 2],
    sled: impl Iterator<Item = sled::Result<(IVec, IVec)>>,
    limit: usize,
    before: fn(&[u8], &[u8]) -> bool,
) -> Result<Vec<(Vec<u8>, IVec)>, ProjectionError> {
    let mut layers = layers.map(Iterator::peekable);
    let mut sled = sled.peekable();
    let mut found = Vec::new();
    while found.len() < limit {
        if let Some(Err(error)) = sled.next_if(Result::is_err) {
            return Err(error.into());
        }
        let above = layers
            .iter_mut()
            .filter_map(|layer| layer.peek().map(|(key, _)| key.as_slice()))
            .reduce(|a, b| if before(b, a) { b } else { a });
        let below = sled.peek().and_then(|entry| entry.as_ref().ok()).map(|(key, _)| key.as_ref());
        let key = match (above, below) {
            (None, None) => break,
            (Some(above), Some(below)) if before(below, above) => below.to_vec(),
            (Some(key), _) | (None, Some(key)) => key.to_vec(),
        };
        let mut value = None;
        for layer in &mut layers {
            if let Some((_, change)) = layer.next_if(|(its, _)| **its == key) {
                value.get_or_insert_with(|| change.clone());
            }
        }
        if let Some(Ok((_, below))) = sled.next_if(|entry| entry.as_ref().is_ok_and(|(its, _)| **its == key))
        {
            value.get_or_insert(Some(below));
        }
        if let Some(Some(value)) = value {
            found.push((key, value));
        }
    }
    Ok(found)
}
