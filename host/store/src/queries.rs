//! What can be asked of the projections.
//!
//! Each answer is as of the last batch that was folded. Who decides on it names the versions seen, and the committer
//! notices if they are stale.

use std::collections::{BTreeMap, BTreeSet};

use domain::Time;
use domain::access::Access;
use domain::agent::Agent;
use domain::contact::Contact;
use domain::conversation::Conversation;
use domain::decision::{Digest, MemoryScope, Place};
use domain::delivery::Delivery;
use domain::event::{GenerationActivated, Recorded, Remembered};
use domain::id::{
    AgentId, ContactId, ConversationId, MessageId, NumberId, PersonId, QueueId, RuleId, TimerId, TokenId,
};
use domain::lane::Lane;
use domain::law::spending::{Month, Spending};
use domain::quick_reply::QuickReplies;
use domain::sealed::{Lookup, Sealed};
use domain::stops::Stops;
use domain::stream::Stream;
use serde::de::DeserializeOwned;

use crate::layout::{self, Amended, Erasure, Referent, Unprocessed};
use crate::projection::ProjectionError;
use crate::state::{Folded, State};
use crate::store::{OpenError, Store};

/// A state and the version of its stream.
type Versioned<T> = Result<(u64, Option<T>), ProjectionError>;

/// A case that waits for a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// In which conversation.
    pub conversation: ConversationId,
    /// 9 is most urgent.
    pub priority: u8,
    /// Since when.
    pub since: Time,
    /// What it waits for.
    pub place: Place,
}

/// A message that waits to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outbox {
    /// The number of its `reply-queued`.
    pub queued: u64,
    /// Which message.
    pub message: MessageId,
    /// Of which conversation.
    pub conversation: ConversationId,
}

impl Store {
    /// A contact.
    pub fn contact(&self, id: ContactId) -> Versioned<Contact> {
        self.folded(&Stream::Contact(id))
    }

    /// A conversation.
    pub fn conversation(&self, id: ConversationId) -> Versioned<Conversation> {
        self.folded(&Stream::Conversation(id))
    }

    /// How many events a conversation has: cheaper than the whole of it.
    pub fn conversation_version(&self, id: ConversationId) -> Result<u64, ProjectionError> {
        self.tree().version(&Stream::Conversation(id))
    }

    /// Whether a contact or conversation is gone because somebody was forgotten, and not because it is not there.
    pub fn is_forgotten(&self, stream: &Stream) -> Result<bool, ProjectionError> {
        Ok(matches!(self.tree().state(stream)?.state, State::Erased))
    }

    /// An outgoing message.
    pub fn delivery(&self, id: MessageId) -> Versioned<Delivery> {
        self.folded(&Stream::Message(id))
    }

    /// An agent. One of whom nothing happened yet is as a new one.
    pub fn agent(&self, id: &AgentId) -> Result<(u64, Agent), ProjectionError> {
        let (version, agent) = self.folded::<Agent>(&Stream::Agent(id.clone()))?;
        Ok((version, agent.unwrap_or_default()))
    }

    /// What a person proves themselves with. One of whom nothing happened yet has nothing.
    pub fn access(&self, id: &PersonId) -> Result<(u64, Access), ProjectionError> {
        let (version, access) = self.folded::<Access>(&Stream::Person(id.clone()))?;
        Ok((version, access.unwrap_or_default()))
    }

    /// Everybody who ever had something to prove themselves with.
    pub fn people(&self) -> Result<BTreeMap<PersonId, Access>, ProjectionError> {
        self.tree().people()
    }

    /// Whose a session is, by what the browser keeps.
    pub fn person_by_session(&self, digest: &Digest) -> Result<Option<PersonId>, ProjectionError> {
        self.person_by(layout::session(digest))
    }

    /// Whose a token is.
    pub fn person_by_token(&self, token: TokenId) -> Result<Option<PersonId>, ProjectionError> {
        self.person_by(layout::token(token))
    }

    /// Who was invited, by what is in the link.
    pub fn person_by_invitation(&self, digest: &Digest) -> Result<Option<PersonId>, ProjectionError> {
        self.person_by(layout::invitation(digest))
    }

    fn person_by(&self, key: Vec<u8>) -> Result<Option<PersonId>, ProjectionError> {
        let Some(found) = self.tree().get(key)? else { return Ok(None) };
        let person = std::str::from_utf8(&found).map_err(|_| ProjectionError::Broken("a person's name"))?;
        Ok(Some(person.into()))
    }

    /// The contact behind a phone or a user id.
    pub fn contact_by(&self, lookup: &Lookup) -> Result<Option<ContactId>, ProjectionError> {
        let found = self.tree().get(layout::identifier(lookup))?;
        Ok(found.as_deref().and_then(layout::tail).map(ContactId::from_bytes))
    }

    /// The conversation of a contact on one of our numbers.
    pub fn conversation_of(
        &self,
        contact: ContactId,
        number: &NumberId,
    ) -> Result<Option<ConversationId>, ProjectionError> {
        let found = self.tree().get(layout::conversation(contact, number))?;
        Ok(found.as_deref().and_then(layout::tail).map(ConversationId::from_bytes))
    }

    /// The conversations of a contact, by number.
    pub fn conversations_of(
        &self,
        contact: ContactId,
    ) -> Result<Vec<(NumberId, ConversationId)>, ProjectionError> {
        let prefix = layout::conversations(contact);
        let number = prefix.len();
        let broken = || ProjectionError::Broken("the conversations of a contact");
        self.all(prefix)?
            .iter()
            .map(|(key, value)| {
                let number = std::str::from_utf8(key.get(number..).unwrap_or_default());
                let id = layout::tail(value).ok_or_else(broken)?;
                Ok((NumberId::from(number.map_err(|_| broken())?), ConversationId::from_bytes(id)))
            })
            .collect()
    }

    /// All contacts that are not forgotten, in the order of their ids.
    pub fn contacts(&self) -> Result<BTreeSet<ContactId>, ProjectionError> {
        self.tree().contacts()
    }

    /// How a contact was forgotten, if it was.
    pub fn erasure(&self, contact: ContactId) -> Result<Option<Erasure>, ProjectionError> {
        self.json(layout::erased(contact))
    }

    /// All contacts that were forgotten.
    pub fn erasures(&self) -> Result<BTreeMap<ContactId, Erasure>, ProjectionError> {
        let broken = || ProjectionError::Broken("a contact that was forgotten");
        self.all(layout::ERASED.to_vec())?
            .iter()
            .map(|(key, value)| {
                let id = ContactId::from_bytes(layout::tail(key).ok_or_else(broken)?);
                Ok((id, serde_json::from_slice(value)?))
            })
            .collect()
    }

    /// All conversations, in the order of their ids.
    pub fn conversations(&self) -> Result<BTreeMap<ConversationId, Conversation>, ProjectionError> {
        self.tree().conversations()
    }

    /// What a wamid stands for.
    pub fn referent(&self, lookup: &Lookup) -> Result<Option<Referent>, ProjectionError> {
        self.tree().get(layout::wamid(lookup))?.map(|value| Referent::of(&value)).transpose()
    }

    /// What became of a message after it was said, by the look-up of its wamid.
    pub fn amended(&self, lookup: &Lookup) -> Result<Amended, ProjectionError> {
        Ok(self.json(layout::amended(lookup))?.unwrap_or_default())
    }

    /// What a rule noted.
    pub fn memory(
        &self,
        rule: &RuleId,
        scope: MemoryScope,
        owner: [u8; 16],
        slot: &Lookup,
    ) -> Result<Option<Sealed<Remembered>>, ProjectionError> {
        self.json(layout::memory(rule, scope, owner, slot))
    }

    /// How many keys a rule has in its memory of one conversation or contact.
    pub fn memory_keys(
        &self,
        rule: &RuleId,
        scope: MemoryScope,
        owner: [u8; 16],
    ) -> Result<usize, ProjectionError> {
        Ok(self.all(layout::memory_of(rule, scope, owner))?.len())
    }

    /// Timers that are due by `now`, in the order in which they are.
    pub fn due(&self, now: Time, limit: usize) -> Result<Vec<(ConversationId, TimerId)>, ProjectionError> {
        let end = [layout::TIMERS, &layout::millis(now), &[u8::MAX; 33]].concat();
        let due = self.tree().first(layout::TIMERS.to_vec()..end, limit)?;
        due.iter()
            .map(|(key, _)| timer_of(key).map(|(_, conversation, timer)| (conversation, timer)))
            .collect()
    }

    /// When the next timer is due.
    pub fn next_due(&self) -> Result<Option<Time>, ProjectionError> {
        let next = self.tree().first(layout::within(layout::TIMERS.to_vec()), 1)?;
        next.first().map(|(key, _)| timer_of(key).map(|(due, _, _)| due)).transpose()
    }

    /// Who waits in a queue, in the order of their turn.
    pub fn waiting(&self, queue: &QueueId) -> Result<Vec<Waiting>, ProjectionError> {
        let prefix = layout::queue(queue);
        let name = prefix.len();
        self.all(prefix)?
            .iter()
            .map(|(key, value)| {
                let place = serde_json::from_slice(value)?;
                waiting_of(key.get(name..).unwrap_or_default(), place)
                    .ok_or(ProjectionError::Broken("a case that waits"))
            })
            .collect()
    }

    /// The numbers from which something waits to be sent.
    pub fn outbox_numbers(&self) -> Result<Vec<NumberId>, ProjectionError> {
        let mut numbers = Vec::new();
        let mut rest = layout::within(layout::OUTBOX.to_vec());
        // From one number to the next, however much waits in between.
        while let Some((key, _)) = self.tree().first(rest.clone(), 1)?.pop() {
            let name = key.get(1..).unwrap_or_default().split(|byte| *byte == 0).next().unwrap_or_default();
            let number = NumberId::from(&*String::from_utf8_lossy(name));
            rest.start = layout::within(layout::outbox_of(&number)).end;
            numbers.push(number);
        }
        Ok(numbers)
    }

    /// What waits in a lane of a number, in the order in which it was queued, after the one that was queued as `after`.
    pub fn outbox(
        &self,
        number: &NumberId,
        lane: Lane,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Outbox>, ProjectionError> {
        let key = |queued| layout::outbox(number, lane, queued);
        let waiting = self.tree().first(key(after.saturating_add(1))..key(u64::MAX), limit)?;
        waiting
            .iter()
            .map(|(key, value)| {
                let broken = ProjectionError::Broken("the outbox");
                let (Some(queued), Some((message, conversation))) = (layout::number(key), ids(value)) else {
                    return Err(broken);
                };
                Ok(Outbox { queued, message, conversation })
            })
            .collect()
    }

    /// What was postponed and may be sent by `now`, in the order in which it may be, with its number and lane.
    pub fn postponed(
        &self,
        now: Time,
        limit: usize,
    ) -> Result<Vec<(NumberId, Lane, Outbox)>, ProjectionError> {
        let end = layout::postponed(now, u64::MAX);
        let due = self.tree().first(layout::POSTPONED.to_vec()..end, limit)?;
        due.iter()
            .map(|(key, value)| {
                let parts = || {
                    let (queued, (message, conversation)) = (layout::number(key)?, ids(value)?);
                    let (lane, number) = value.get(32..)?.split_first()?;
                    let lane = Lane::ALL.get(usize::from(*lane)).copied()?;
                    let number = NumberId::from(std::str::from_utf8(number).ok()?);
                    Some((number, lane, Outbox { queued, message, conversation }))
                };
                parts().ok_or(ProjectionError::Broken("what is postponed"))
            })
            .collect()
    }

    /// The quick replies that the company shares, with the version of their stream.
    pub fn quick_replies(&self) -> Result<(u64, QuickReplies), ProjectionError> {
        let (version, replies) = self.folded(&Stream::QuickReplies)?;
        Ok((version, replies.unwrap_or_default()))
    }

    /// What does not leave and what a person is called for, with the version of the stream `company`.
    pub fn stops(&self) -> Result<(u64, Stops), ProjectionError> {
        let (version, stops) = self.folded(&Stream::Company)?;
        Ok((version, stops.unwrap_or_default()))
    }

    /// What all numbers spent in a month.
    pub fn spending(&self, month: Month) -> Result<Spending, ProjectionError> {
        let prefix = layout::tallies(month);
        let name = prefix.len();
        self.all(prefix)?
            .iter()
            .map(|(key, value)| {
                let number = String::from_utf8_lossy(key.get(name..).unwrap_or_default());
                Ok((NumberId::from(&*number), serde_json::from_slice(value)?))
            })
            .collect()
    }

    /// Bodies that were received after the one with the number `after` and are not processed.
    pub fn unprocessed(&self, after: u64, limit: usize) -> Result<Vec<u64>, ProjectionError> {
        let range = layout::unprocessed(after.saturating_add(1))..layout::unprocessed(u64::MAX);
        // In one look, or a body of an earlier run could be missed that is folded in between. A run holds one open body at
        // least, but the first one may have all of its own before `after`.
        let runs = self.tree().first(range, limit.saturating_add(1))?;
        let open = runs.iter().flat_map(|(key, value)| Unprocessed::numbers(key, value));
        Ok(open.filter(|seq| *seq > after).take(limit).collect())
    }

    /// How much is not understood until now, by the field of the webhook.
    pub fn not_understood(&self) -> Result<BTreeMap<String, u64>, ProjectionError> {
        let counts = self.all(layout::strange(""))?;
        Ok(counts
            .iter()
            .map(|(key, value)| {
                let field = String::from_utf8_lossy(key.get(1..).unwrap_or_default()).into_owned();
                (field, layout::number(value).unwrap_or(0))
            })
            .collect())
    }

    /// Whether something that was not understood at first was taken up later, by the number of its event.
    pub fn is_reread(&self, element: u64) -> Result<bool, ProjectionError> {
        Ok(self.tree().get(layout::reread(element))?.is_some())
    }

    /// The generation of rules that was activated last.
    pub fn generation(&self) -> Result<Option<GenerationActivated>, ProjectionError> {
        self.json(layout::GENERATION.to_vec())
    }

    /// One event of the journal. What was written a moment ago is still in memory.
    pub fn event(&self, seq: u64) -> Result<Option<Recorded>, OpenError> {
        if let Some(event) = self.recent().get(seq) {
            return Ok(Some(event));
        }
        let batch = self.batch(seq)?;
        let Some(entry) = batch.as_ref().and_then(|batch| batch.get(seq)) else { return Ok(None) };
        Recorded::decode(seq, entry).map(Some).map_err(|source| OpenError::Event { seq, source })
    }

    /// The events of the journal from a number on, up to the last that is durable when it is reached.
    pub fn events(&self, from: u64) -> impl Iterator<Item = Result<Recorded, OpenError>> {
        let batches = self.reader().batches(from);
        batches.flat_map(move |batch| match batch {
            Err(error) => vec![Err(error.into())],
            Ok(batch) => batch
                .entries()
                .filter(|(seq, _)| *seq >= from)
                .map(|(seq, entry)| {
                    Recorded::decode(seq, entry).map_err(|source| OpenError::Event { seq, source })
                })
                .collect(),
        })
    }

    pub(crate) fn folded<T: Folded>(&self, stream: &Stream) -> Versioned<T> {
        let known = self.tree().state(stream)?;
        Ok((known.version, T::of(&known.state).cloned()))
    }

    pub(crate) fn all(&self, prefix: Vec<u8>) -> Result<Vec<(Vec<u8>, sled::IVec)>, ProjectionError> {
        self.tree().first(layout::within(prefix), usize::MAX)
    }

    pub(crate) fn json<T: DeserializeOwned>(&self, key: Vec<u8>) -> Result<Option<T>, ProjectionError> {
        self.tree().get(key)?.map(|value| serde_json::from_slice(&value)).transpose().map_err(Into::into)
    }
}

/// A message and its conversation, at the beginning of a value.
fn ids(value: &[u8]) -> Option<(MessageId, ConversationId)> {
    let (message, rest) = value.split_first_chunk::<16>()?;
    let conversation = rest.first_chunk::<16>()?;
    Some((MessageId::from_bytes(*message), ConversationId::from_bytes(*conversation)))
}

fn waiting_of(key: &[u8], place: Place) -> Option<Waiting> {
    let (urgency, rest) = key.split_first()?;
    let (since, conversation) = rest.split_first_chunk::<8>()?;
    let since = Time::from_millisecond(i64::try_from(u64::from_be_bytes(*since)).ok()?).ok()?;
    let conversation = ConversationId::from_bytes(conversation.try_into().ok()?);
    Some(Waiting { conversation, priority: u8::MAX - urgency, since, place })
}

fn timer_of(key: &[u8]) -> Result<(Time, ConversationId, TimerId), ProjectionError> {
    let parts = || {
        let (due, rest) = key.get(1..)?.split_first_chunk::<8>()?;
        let (conversation, timer) = rest.split_first_chunk::<16>()?;
        let due = Time::from_millisecond(i64::try_from(u64::from_be_bytes(*due)).ok()?).ok()?;
        let timer = timer.try_into().ok()?;
        Some((due, ConversationId::from_bytes(*conversation), TimerId::from_bytes(timer)))
    };
    parts().ok_or(ProjectionError::Broken("a timer"))
}
