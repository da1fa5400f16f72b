//! One conversation while a command is carried out.
//!
//! Events are folded into the state as they are decided, so that what comes next in the same command sees them, and are
//! written all at once. Nothing is written while deciding.

use domain::Time;
use domain::conversation::{Case, Conversation};
use domain::event::Event;
use domain::id::{CaseId, ConversationId};
use domain::sealed::{Key, Personal, Sealed};
use domain::stream::{Actor, Stream};
use store::{Draft, Ticket};

use crate::active::Active;
use crate::command::DeskError;
use crate::escalation;
use crate::shared::Shared;

pub(crate) struct Work<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) active: &'a Active,
    pub(crate) now: Time,
    pub(crate) id: ConversationId,
    /// The version at which the conversation was read.
    pub(crate) version: u64,
    pub(crate) conversation: Conversation,
    pub(crate) key: Key,
    expect: Vec<(Stream, u64)>,
    drafts: Vec<Draft>,
}

impl<'a> Work<'a> {
    /// Reads a conversation.
    pub(crate) fn load(
        shared: &'a Shared,
        active: &'a Active,
        id: ConversationId,
    ) -> Result<Self, DeskError> {
        let (version, conversation) = shared.conversation(id)?;
        let key = shared.key(conversation.contact)?;
        Ok(Self {
            now: shared.now(),
            expect: vec![(Stream::Conversation(id), version)],
            drafts: Vec::new(),
            shared,
            active,
            id,
            version,
            conversation,
            key,
        })
    }

    /// Decides on an event of this conversation.
    pub(crate) fn record(&mut self, actor: Actor, event: impl Into<Event>) -> Result<(), DeskError> {
        let event = event.into();
        let ended = escalation::ended(&self.active.company, &self.conversation, self.now, &actor, &event);
        self.take(actor, event)?;
        ended.map_or(Ok(()), |ended| self.take(Actor::Host, ended.into()))
    }

    fn take(&mut self, actor: Actor, event: Event) -> Result<(), DeskError> {
        self.conversation.fold(self.now, &actor, &event);
        self.drafts.push(Draft::new(Stream::Conversation(self.id), actor, event)?);
        Ok(())
    }

    /// Decides on an event of another stream, which was seen at `version`.
    pub(crate) fn record_in(
        &mut self,
        stream: Stream,
        version: u64,
        actor: Actor,
        event: impl Into<Event>,
    ) -> Result<(), DeskError> {
        if !self.expect.iter().any(|(known, _)| *known == stream) {
            self.expect.push((stream.clone(), version));
        }
        self.drafts.push(Draft::new(stream, actor, event)?);
        Ok(())
    }

    pub(crate) fn seal<T: Personal>(&self, value: &T) -> Result<Sealed<T>, DeskError> {
        self.shared.seal(value, self.conversation.contact, &self.key)
    }

    pub(crate) fn case(&self) -> Option<&Case> {
        self.conversation.case.as_ref()
    }

    pub(crate) fn case_id(&self) -> Result<CaseId, DeskError> {
        self.case().map(|case| case.id).ok_or(DeskError::Missing("an open case"))
    }

    /// Whether there is anything to write.
    pub(crate) fn has_decided(&self) -> bool {
        !self.drafts.is_empty()
    }

    /// Writes everything. None if there is nothing to write.
    pub(crate) fn submit(self) -> Option<Ticket> {
        self.has_decided().then(|| self.shared.store.commit(self.expect, self.drafts))
    }
}
