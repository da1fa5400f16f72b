//! What was said in a conversation, line by line.
//!
//! The journal has every message already, so a line only says where: years of conversations would otherwise lie on the disk
//! twice, and every new message would touch the pages of old ones. What has to be known of a line without reading it stands
//! in it: when it was said, and by what it is found again, for whoever forgets a customer.

use domain::Time;
use domain::event::{Event, MessageEchoed, MessageReceived, Recorded, ReplyQueued};
use domain::id::{ConversationId, MessageId};
use domain::media::Medium;
use domain::message::{Inbound, Outgoing};
use domain::sealed::{Lookup, Sealed};
use domain::stream::Actor;

use crate::layout;
use crate::projection::ProjectionError;
use crate::store::{OpenError, Store};

/// A message in the history of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// The customer's.
    Inbound(MessageReceived),
    /// One that this host neither received nor sent.
    Echoed(MessageEchoed),
    /// Ours.
    Outgoing {
        /// Whose: a rule's, an agent's.
        author: Actor,
        /// When it was queued.
        at: Time,
        /// The rest.
        reply: ReplyQueued,
    },
}

impl Line {
    fn of(recorded: Recorded) -> Option<Self> {
        match recorded.event {
            Event::MessageReceived(received) => Some(Self::Inbound(received)),
            Event::MessageEchoed(echoed) => Some(Self::Echoed(echoed)),
            Event::ReplyQueued(reply) => {
                Some(Self::Outgoing { author: recorded.actor, at: recorded.time, reply })
            }
            _ => None,
        }
    }

    /// The message.
    pub fn message(&self) -> MessageId {
        match self {
            Self::Inbound(received) => received.message,
            Self::Echoed(echoed) => echoed.message,
            Self::Outgoing { reply, .. } => reply.message,
        }
    }

    /// What came from WhatsApp, if it did not come from us.
    pub fn inbound(&self) -> Option<&Sealed<Inbound>> {
        match self {
            Self::Inbound(received) => Some(&received.body),
            Self::Echoed(echoed) => Some(&echoed.body),
            Self::Outgoing { .. } => None,
        }
    }

    /// What we said, if it was us.
    pub fn outgoing(&self) -> Option<&Sealed<Outgoing>> {
        match self {
            Self::Inbound(_) | Self::Echoed(_) => None,
            Self::Outgoing { reply, .. } => Some(&reply.body),
        }
    }
}

/// Where a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pointer {
    /// The event that it is.
    pub(crate) event: u64,
    /// When it was said, to the millisecond.
    pub(crate) at: Time,
    /// The message.
    pub(crate) message: MessageId,
    /// By what it is found, if it is none of ours: those are found by what their delivery says.
    pub(crate) lookup: Option<Lookup>,
}

impl Pointer {
    /// Of an event that is a line.
    pub(crate) fn to(recorded: &Recorded) -> Option<Self> {
        let (message, at, lookup) = match &recorded.event {
            Event::MessageReceived(received) => (received.message, received.sent_at, Some(received.lookup)),
            Event::MessageEchoed(echoed) => (echoed.message, echoed.sent_at, Some(echoed.lookup)),
            Event::ReplyQueued(reply) => (reply.message, recorded.time, None),
            _ => return None,
        };
        Some(Self { event: recorded.seq, at, message, lookup })
    }

    /// The value of its key: event, moment, message and perhaps a look-up.
    pub(crate) fn to_bytes(self) -> Vec<u8> {
        let lookup = self.lookup.map(Lookup::to_bytes);
        let lookup = lookup.as_ref().map_or(&[][..], |bytes| bytes);
        [&self.event.to_be_bytes()[..], &layout::millis(self.at), &self.message.to_bytes(), lookup].concat()
    }

    /// From such a value.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, ProjectionError> {
        let parts = || {
            let (event, rest) = bytes.split_first_chunk::<8>()?;
            let (at, rest) = rest.split_first_chunk::<8>()?;
            let (message, lookup) = rest.split_first_chunk::<16>()?;
            let lookup = match lookup {
                [] => None,
                bytes => Some(Lookup::from_bytes(bytes.try_into().ok()?)),
            };
            let at = Time::from_millisecond(i64::try_from(u64::from_be_bytes(*at)).ok()?).ok()?;
            let message = MessageId::from_bytes(*message);
            Some(Self { event: u64::from_be_bytes(*event), at, message, lookup })
        };
        parts().ok_or(ProjectionError::Broken("a line of a conversation"))
    }
}

impl Store {
    /// The latest lines of a conversation before a version, oldest first. Each is read from the journal.
    pub fn history(
        &self,
        conversation: ConversationId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Line)>, OpenError> {
        let end = layout::line(conversation, before.unwrap_or(u64::MAX));
        let mut lines = Vec::new();
        for (key, value) in self.tree().last(layout::history(conversation)..end, limit)? {
            let version = layout::number(&key).ok_or(ProjectionError::Broken("a line of a conversation"))?;
            lines.push((version, self.pointed(Pointer::of(&value)?)?));
        }
        lines.reverse();
        Ok(lines)
    }

    /// The latest lines of a conversation before a version, oldest first: the version and the number of each.
    pub fn lines(
        &self,
        conversation: ConversationId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, u64)>, ProjectionError> {
        let end = layout::line(conversation, before.unwrap_or(u64::MAX));
        let found = self.tree().last(layout::history(conversation)..end, limit)?;
        found.iter().rev().map(place).collect()
    }

    /// The first line of a conversation behind an event that is not ours, in the same form; none if it is behind all of them.
    pub fn answer_behind(
        &self,
        conversation: ConversationId,
        event: u64,
    ) -> Result<Option<(u64, u64)>, ProjectionError> {
        for line in self.all(layout::history(conversation))? {
            let pointer = Pointer::of(&line.1)?;
            if pointer.event > event && pointer.lookup.is_some() {
                return place(&line).map(Some);
            }
        }
        Ok(None)
    }

    /// The line at which a medium came.
    pub fn line(&self, medium: &Medium) -> Result<Option<Line>, OpenError> {
        let Some(value) = self.tree().get(layout::line(medium.conversation, medium.line))? else {
            return Ok(None);
        };
        self.pointed(Pointer::of(&value)?).map(Some)
    }

    /// All messages of ours in a conversation, oldest first.
    pub fn outgoing(&self, conversation: ConversationId) -> Result<Vec<MessageId>, ProjectionError> {
        let pointers = self.all(layout::history(conversation))?;
        let pointers = pointers.iter().map(|(_, value)| Pointer::of(value));
        let ours = |pointer: &Result<Pointer, _>| pointer.as_ref().map_or(true, |one| one.lookup.is_none());
        pointers.filter(ours).map(|pointer| Ok(pointer?.message)).collect()
    }

    /// When something was said last in a conversation, by whomever.
    pub fn last_said(&self, conversation: ConversationId) -> Result<Option<Time>, ProjectionError> {
        let last = self.tree().last(layout::within(layout::history(conversation)), 1)?;
        last.first().map(|(_, value)| Pointer::of(value).map(|pointer| pointer.at)).transpose()
    }

    fn pointed(&self, pointer: Pointer) -> Result<Line, OpenError> {
        let line = self.event(pointer.event)?.and_then(Line::of);
        line.ok_or_else(|| ProjectionError::Broken("a line of a conversation").into())
    }
}

/// The version of a line and the number of its event.
fn place((key, value): &(Vec<u8>, sled::IVec)) -> Result<(u64, u64), ProjectionError> {
    let version = layout::number(key).ok_or(ProjectionError::Broken("a line of a conversation"))?;
    Ok((version, Pointer::of(value)?.event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_reads_back_with_and_without_a_look_up_and_nothing_else_is_one() {
        let message = MessageId::from_bytes([3; 16]);
        let at = Time::from_millisecond(1_795_352_400_123).unwrap();
        for lookup in [None, Some(Lookup::from_bytes([9; 16]))] {
            let pointer = Pointer { event: 77, at, message, lookup };
            let bytes = pointer.to_bytes();
            assert_eq!(Pointer::of(&bytes).unwrap(), pointer);
            for wrong in [&bytes[..31], &[&bytes[..], b"x"].concat()] {
                assert!(Pointer::of(wrong).is_err());
            }
        }
    }
}
