//! What is left of somebody who was forgotten: numbers, and nothing that leads to them.
//!
//! Look-ups, lines, memory and what waits go with the event that says so, and the states become a mark. All that is
//! asked here is what was folded before, so a rebuild forgets the same. Of what Meta may tell once more a mark stays: a
//! message that is repeated a day later must not make a contact of the person again.

use std::collections::BTreeMap;
use std::ops::Range;

use domain::Time;
use domain::decision::MemoryScope;
use domain::event::Recorded;
use domain::id::{ContactId, ConversationId, MessageId};
use domain::media::Medium;
use domain::sealed::Lookup;
use domain::stream::Stream;
use jiff::SignedDuration;
use sled::IVec;

use super::{Fold, FoldError};
use crate::history::Pointer;
use crate::layout::{self, Erasure, Referent};
use crate::projection::ProjectionError;
use crate::state::State;

/// For how long Meta repeats what was not answered with 200 (7 days: Meta, *Webhooks: getting started*), and a day more.
const REPEATED: SignedDuration = SignedDuration::from_hours(8 * 24);

impl Fold<'_> {
    /// Takes note of a key by which something of a conversation is found that is no line of its history.
    pub(super) fn beside(&mut self, stream: &Stream, key: &[u8], at: Time) {
        if let Stream::Conversation(id) = stream {
            self.put(layout::beside(*id, key), layout::millis(at).to_vec());
        }
    }

    /// Nobody is found by what the contact was found by.
    pub(super) fn forget_contact(
        &mut self,
        contact: ContactId,
        recorded: &Recorded,
        reason: &str,
    ) -> Result<(), FoldError> {
        let lookups = match &self.stream(&recorded.stream)?.now.state {
            State::Contact(known) => known.lookups.clone(),
            _ => return Ok(()),
        };
        for lookup in &lookups {
            let key = layout::identifier(lookup);
            // A phone that was given up may be somebody else's.
            if self.value(&key)?.as_deref() == Some(contact.to_bytes().as_slice()) {
                self.remove(key);
            }
        }
        for key in self.within(layout::conversations(contact))?.into_keys() {
            self.remove(key);
        }
        self.forget_memory(MemoryScope::Contact, contact.to_bytes())?;
        let erasure = Erasure {
            at: recorded.time,
            by: recorded.actor.clone(),
            reason: reason.to_owned(),
            event: recorded.seq,
        };
        self.put_json(layout::erased(contact), &erasure)
    }

    /// Nothing of a conversation is left.
    pub(super) fn forget_conversation(&mut self, id: ConversationId, at: Time) -> Result<(), FoldError> {
        for (key, value) in self.within(layout::history(id))? {
            let line = Pointer::of(&value)?;
            match line.lookup {
                Some(lookup) => {
                    self.forget_wamid(&lookup, line.at, at);
                    self.forget_medium(line.message)?;
                }
                None => self.forget_outgoing(line.message)?,
            }
            self.remove(key);
        }
        let prefix = layout::besides(id);
        for (key, value) in self.within(prefix.clone())? {
            let told = key.get(prefix.len()..).unwrap_or_default().to_vec();
            let when = layout::number(&value).and_then(|millis| i64::try_from(millis).ok());
            let when = when.and_then(|millis| Time::from_millisecond(millis).ok()).unwrap_or(at);
            // What begins with another letter is what became of a message, and not by what it is known.
            if told.first() == Some(&b'd') && at.duration_since(when) < REPEATED {
                self.put(told, Referent::Erased.to_bytes());
            } else {
                self.remove(told);
            }
            self.remove(key);
        }
        for prefix in [layout::remarks(id), layout::endings(id)] {
            for key in self.within(prefix)?.into_keys() {
                self.remove(key);
            }
        }
        for key in self.within(layout::uploads(id))?.into_keys() {
            self.remove(key);
        }
        self.forget_memory(MemoryScope::Conversation, id.to_bytes())
    }

    fn forget_wamid(&mut self, lookup: &Lookup, said: Time, at: Time) {
        self.remove(layout::amended(lookup));
        if at.duration_since(said) < REPEATED {
            self.put(layout::wamid(lookup), Referent::Erased.to_bytes());
        } else {
            self.remove(layout::wamid(lookup));
        }
    }

    fn forget_outgoing(&mut self, message: MessageId) -> Result<(), FoldError> {
        let lookups = match &mut self.stream(&Stream::Message(message))?.now.state {
            State::Message(delivery) => delivery.forget(),
            _ => return Ok(()),
        };
        for lookup in lookups {
            self.remove(layout::wamid(&lookup));
            self.remove(layout::amended(&lookup));
        }
        Ok(())
    }

    fn forget_medium(&mut self, message: MessageId) -> Result<(), FoldError> {
        let key = layout::medium(message);
        let Some(value) = self.value(&key)? else { return Ok(()) };
        let medium: Medium = serde_json::from_slice(&value).map_err(ProjectionError::Form)?;
        if let Some(due) = medium.due() {
            self.remove(layout::to_fetch(due, message));
        }
        self.touch(&key);
        self.remove(key);
        Ok(())
    }

    fn forget_memory(&mut self, scope: MemoryScope, owner: [u8; 16]) -> Result<(), FoldError> {
        for key in self.within(layout::memories(scope, owner))?.into_keys() {
            self.remove(key);
        }
        Ok(())
    }

    /// All entries that begin with a prefix, those of this batch included.
    fn within(&self, prefix: Vec<u8>) -> Result<BTreeMap<Vec<u8>, IVec>, FoldError> {
        self.between(layout::within(prefix))
    }

    /// What lies in a range, with what this batch has made of it.
    pub(crate) fn between(&self, range: Range<Vec<u8>>) -> Result<BTreeMap<Vec<u8>, IVec>, FoldError> {
        let mut found: BTreeMap<_, _> = self.tree.first(range.clone(), usize::MAX)?.into_iter().collect();
        for (key, value) in self.layer.entries.range(range) {
            match value {
                Some(value) => drop(found.insert(key.clone(), value.clone())),
                None => drop(found.remove(key)),
            }
        }
        Ok(found)
    }
}
