//! What people did to the cases of a conversation, wrote on them for each other, and how they ended: beside what was said, which
//! rules and customers know of, and by the same way: here lies only where to find it.

use domain::event::{Event, Label, Recorded};
use domain::id::{AgentId, ConversationId, MoveId, PersonId};
use domain::moving::{Listed, Move};
use domain::stream::Stream;

use crate::layout;
use crate::projection::ProjectionError;
use crate::store::{OpenError, Store};

/// Whether colleagues read an event beside what was said.
pub(crate) fn is_one(event: &Event) -> bool {
    match event {
        Event::CaseLabelled(labelled) => matches!(labelled.label, Label::Note(_)),
        Event::CaseMoved(_)
        | Event::CaseOffered(_)
        | Event::CaseOfferEnded(_)
        | Event::HelpAsked(_)
        | Event::HelpEnded(_) => true,
        _ => false,
    }
}

/// Whether an event says how a case ended. They lie apart, so that many cases do not crowd out what people wrote.
pub(crate) fn is_ending(event: &Event) -> bool {
    matches!(event, Event::CaseClosed(_) | Event::CaseRated(_))
}

impl Store {
    /// The latest of a conversation, oldest first.
    pub fn remarks(&self, conversation: ConversationId, limit: usize) -> Result<Vec<Recorded>, OpenError> {
        self.pointed_at(layout::remarks(conversation), limit)
    }

    /// How its latest cases ended and how it was for the customer, oldest first.
    pub fn endings(&self, conversation: ConversationId, limit: usize) -> Result<Vec<Recorded>, OpenError> {
        self.pointed_at(layout::endings(conversation), limit)
    }

    /// The number of the latest; none without one.
    pub fn last_remark(&self, conversation: ConversationId) -> Result<Option<u64>, ProjectionError> {
        let last = self.tree().last(layout::within(layout::remarks(conversation)), 1)?;
        let broken = || ProjectionError::Broken("what people wrote on a case");
        last.first().map(|(_, value)| layout::number(value).ok_or_else(broken)).transpose()
    }

    fn pointed_at(&self, prefix: Vec<u8>, limit: usize) -> Result<Vec<Recorded>, OpenError> {
        let found = self.tree().last(layout::within(prefix), limit)?;
        let mut remarks = Vec::with_capacity(found.len());
        for (_, value) in found.iter().rev() {
            let broken = || ProjectionError::Broken("what people wrote on a case");
            remarks.push(self.event(layout::number(value).ok_or_else(broken)?)?.ok_or_else(broken)?);
        }
        Ok(remarks)
    }

    /// The conversations whose cases somebody is asked to take over.
    pub fn offers(&self, agent: &AgentId) -> Result<Vec<ConversationId>, ProjectionError> {
        self.named_in(layout::offers(agent))
    }

    /// The conversations about whose cases somebody is asked by name.
    pub fn consultations(&self, person: &PersonId) -> Result<Vec<ConversationId>, ProjectionError> {
        self.named_in(layout::consultations(person))
    }

    fn named_in(&self, prefix: Vec<u8>) -> Result<Vec<ConversationId>, ProjectionError> {
        let broken = || ProjectionError::Broken("what somebody is asked");
        let all = self.all(prefix)?;
        all.iter()
            .map(|(key, _)| layout::tail(key).map(ConversationId::from_bytes).ok_or_else(broken))
            .collect()
    }

    /// The agents whose shift has ended and who hold something still.
    pub fn leaving(&self) -> Result<Vec<AgentId>, ProjectionError> {
        let broken = || ProjectionError::Broken("who ended a shift");
        let all = self.all(layout::LEAVING.to_vec())?;
        let name = |key: &[u8]| std::str::from_utf8(key.get(1..)?).ok().map(AgentId::from);
        all.iter().map(|(key, _)| name(key).ok_or_else(broken)).collect()
    }

    /// A move of many cases, and the version of its stream.
    pub fn case_move(&self, id: MoveId) -> Result<(u64, Option<Move>), ProjectionError> {
        self.folded(&Stream::Move(id))
    }

    /// All of them, or those that the host has still to do something about.
    pub fn case_moves(&self, running: bool) -> Result<Vec<Move>, ProjectionError> {
        let mut found = Vec::new();
        for (key, value) in self.all(layout::MOVES.to_vec())? {
            if running && *value == [0] {
                continue;
            }
            let id = layout::tail(&key).ok_or(ProjectionError::Broken("a move of cases"))?;
            found.extend(self.case_move(MoveId::from_bytes(id))?.1);
        }
        Ok(found)
    }

    /// The list of one.
    pub fn listed_cases(&self, one: &Move) -> Result<Vec<Listed>, OpenError> {
        match self.event(one.listed)?.map(|recorded| recorded.event) {
            Some(Event::MoveAsked(asked)) => Ok(asked.cases),
            _ => Err(ProjectionError::Broken("the list of a move of cases").into()),
        }
    }
}
