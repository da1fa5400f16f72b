//! How others are brought into a case without giving it away: notes, colleagues asked by name, help, and tags that all of them read.
//!
//! Whoever writes a note beside the agent of a case that asked for help has helped. Who may be asked by name is a question to the
//! matrix, so the door answers it; what is written here is that they were.

use std::collections::BTreeSet;

use domain::conversation::{Conversation, Holder};
use domain::event::{CaseLabelled, HelpAsked, HelpEnded, Label, Tags};
use domain::id::{AgentId, CaseId, PersonId, QueueId};
use domain::stream::Actor;

use crate::agents;
use crate::command::{CommandError, Done};
use crate::handing::sealed;
use crate::input;
use crate::work::Work;

/// The most letters of a tag: as many as rules have.
const TAG: usize = 40;

/// The most tags that people put on a case.
const TAGS: usize = 20;

/// In whose hands a case is. Who may write on it and bring others in follows from that, so what was decided on it holds only as long
/// as it is so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hands {
    case: CaseId,
    queue: Option<QueueId>,
    agent: Option<AgentId>,
}

impl Hands {
    /// Of the open case.
    pub fn of(conversation: &Conversation) -> Option<Self> {
        let case = conversation.case.as_ref()?;
        let agent = match &case.holder {
            Holder::Agent { agent, .. } => Some(agent.clone()),
            Holder::Rules | Holder::Queue { .. } => None,
        };
        Some(Self { case: case.id, queue: case.queue().cloned(), agent })
    }
}

/// Leaves a note, and asks people in it by name.
pub(crate) fn note(
    work: &mut Work<'_>,
    by: &Actor,
    text: &str,
    mentions: &BTreeSet<PersonId>,
    hands: Option<&Hands>,
) -> Result<Done, CommandError> {
    if hands.is_some_and(|hands| Hands::of(&work.conversation).as_ref() != Some(hands)) {
        return Err(CommandError::ChangedHands);
    }
    let case = work.case().ok_or(CommandError::NoCase)?;
    let (id, asks) = (case.id, case.help.is_some());
    let mut mentions = mentions.clone();
    let mut has_it = false;
    // Whoever writes on somebody's case writes to them.
    if let Holder::Agent { agent, .. } = &case.holder {
        has_it = is_of(by, agent);
        if !has_it {
            mentions.insert(PersonId::from(agent.as_str()));
        }
    }
    let label = Label::Note(sealed(work, "text", text)?);
    work.record(by.clone(), CaseLabelled { case: id, label, mentions })?;
    if asks && !has_it {
        work.record(by.clone(), HelpEnded { case: id, given: true })?;
    }
    Ok(Done::Recorded)
}

/// Whether an agent did something, as one or as the person that they are.
fn is_of(by: &Actor, agent: &AgentId) -> bool {
    match by {
        Actor::Agent(id) => id == agent,
        Actor::Person(id) => id.as_str() == agent.as_str(),
        _ => false,
    }
}

pub(crate) fn ask(work: &mut Work<'_>, agent: &AgentId, why: &str) -> Result<Done, CommandError> {
    let case = agents::held_by(work, agent)?;
    if work.case().is_some_and(|case| case.help.is_some()) {
        return Ok(Done::Repeated);
    }
    let Some(queue) = work.case().and_then(|case| case.queue().cloned()) else {
        return Err(CommandError::NotAccepted);
    };
    let (why, number) = (sealed(work, "why", why)?, work.conversation.number.clone());
    work.record(Actor::Agent(agent.clone()), HelpAsked { case, queue, number, why })?;
    Ok(Done::Recorded)
}

pub(crate) fn need_no_more(work: &mut Work<'_>, agent: &AgentId) -> Result<Done, CommandError> {
    let case = agents::held_by(work, agent)?;
    if work.case().is_none_or(|case| case.help.is_none()) {
        return Ok(Done::Repeated);
    }
    work.record(Actor::Agent(agent.clone()), HelpEnded { case, given: false })?;
    Ok(Done::Recorded)
}

/// Puts tags on the case and takes others off.
pub(crate) fn tag(
    work: &mut Work<'_>,
    by: &Actor,
    add: &[String],
    remove: &[String],
) -> Result<Done, CommandError> {
    let case = work.case().ok_or(CommandError::NoCase)?.id;
    let before = input::tags(work)?;
    let mut after = before.0.clone();
    for tag in remove {
        after.remove(tag.trim());
    }
    for tag in add {
        let tag = tag.trim();
        let length = tag.chars().count();
        if length == 0 || length > TAG || tag.chars().any(char::is_control) {
            return Err(CommandError::Words { field: "add", length, most: TAG });
        }
        after.insert(tag.to_owned());
    }
    if after.len() > TAGS.max(before.0.len()) {
        return Err(CommandError::TooManyTags { many: after.len(), most: TAGS });
    }
    if after == before.0 {
        return Ok(Done::Repeated);
    }
    let label = Label::Tags(work.seal(&Tags(after))?);
    work.record(by.clone(), CaseLabelled::new(case, label))?;
    Ok(Done::Recorded)
}
