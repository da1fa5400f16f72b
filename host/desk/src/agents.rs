//! What agents do with a case, and how one gets to them.
//!
//! Whoever gives a case to an agent writes in the agent's stream too, at the version that was seen: capacity is decided
//! there. A case belongs to one agent, and only that one writes to the customer.

use domain::agent::Presence;
use domain::company::AgentDescription;
use domain::conversation::Holder;
use domain::decision::Place;
use domain::event::{
    CapacityReleased, CapacityTaken, CaseAccepted, CaseAssigned, CaseClosed, CaseQueued, Chooser,
};
use domain::id::{AgentId, CaseId, QueueId};
use domain::message::Outgoing;
use domain::stream::{Actor, Stream};
use domain::window::Service;

use crate::attend;
use crate::command::{CommandError, DeskError, Done};
use crate::mass;
use crate::work::Work;

/// Gives a case that waits to an agent. Nothing happens if it does not wait any more, or the agent cannot take it.
pub(crate) fn assign(work: &mut Work<'_>, agent: &AgentId) -> Result<Done, CommandError> {
    let Some((case, place)) = waiting(work) else { return Ok(Done::Repeated) };
    let described = describe(work, agent)?;
    let meant_for_another = place.prefer.as_ref().is_some_and(|prefer| prefer.agent != *agent);
    if meant_for_another || !described.serves(&place.queue, &place.skills) {
        return Ok(Done::Repeated);
    }
    match take(work, &described, case, &place.queue, Actor::Host) {
        Ok(()) => Ok(Done::Recorded),
        Err(CommandError::NotAvailable { .. } | CommandError::Full { .. }) => Ok(Done::Repeated),
        Err(error) => Err(error),
    }
}

/// An agent takes up a case: the one that was given, or one that waits.
pub(crate) fn accept(work: &mut Work<'_>, agent: &AgentId) -> Result<Done, CommandError> {
    let described = describe(work, agent)?;
    let case = work.case().ok_or(CommandError::NoCase)?;
    let id = case.id;
    match &case.holder {
        Holder::Agent { agent: holder, .. } if holder != agent => {
            return Err(CommandError::Taken(holder.clone()));
        }
        Holder::Agent { accepted: Some(_), .. } => return Ok(Done::Repeated),
        Holder::Agent { accepted: None, .. } => {}
        Holder::Queue { place, .. } => {
            let place = place.clone();
            if !described.serves(&place.queue, &place.skills) {
                return Err(CommandError::NotServing(agent.clone()));
            }
            take(work, &described, id, &place.queue, Actor::Agent(agent.clone()))?;
        }
        Holder::Rules => {
            // The agent steps in while the rules still attend: the number's own queue is where it would have gone.
            let queue = work.active.company.default_queue(&work.conversation.number);
            if !described.serves(&queue, &[]) {
                return Err(CommandError::NotServing(agent.clone()));
            }
            let place = Place::in_queue(queue);
            take(work, &described, id, &place.queue, Actor::Agent(agent.clone()))?;
        }
    }
    work.record(Actor::Agent(agent.clone()), CaseAccepted { case: id, agent: agent.clone() })?;
    Ok(Done::Recorded)
}

/// An agent writes to the customer.
pub(crate) fn reply(work: &mut Work<'_>, agent: &AgentId, message: &Outgoing) -> Result<Done, CommandError> {
    whatsapp::check(message)?;
    held_by(work, agent)?;
    let windows = work.conversation.windows(work.now);
    if message.needs_window() && matches!(windows.service, Service::Closed { .. }) {
        return Err(CommandError::WindowClosed);
    }
    mass::queue(work, Actor::Agent(agent.clone()), message)
}

/// An agent resolves the case.
pub(crate) fn close(work: &mut Work<'_>, agent: &AgentId, code: &str) -> Result<Done, CommandError> {
    if !CaseClosed::is_code(code) {
        return Err(CommandError::NoCode(code.to_owned()));
    }
    held_by(work, agent)?;
    attend::end(work, Actor::Agent(agent.clone()), code)?;
    Ok(Done::Recorded)
}

/// The case of an agent who has left waits in the queue it came from, for whoever comes, since the agent was given it: the
/// customer does not lose their turn.
pub(crate) fn give_back(work: &mut Work<'_>, agent: &AgentId, by: &Actor) -> Result<Done, CommandError> {
    let Some(case) = work.case() else { return Ok(Done::Repeated) };
    let (case, queue, since) = match &case.holder {
        Holder::Agent { agent: holder, queue, since, .. } if holder == agent => {
            (case.id, queue.clone(), *since)
        }
        Holder::Agent { .. } | Holder::Queue { .. } | Holder::Rules => return Ok(Done::Repeated),
    };
    let (version, _) = work.shared.store.agent(agent).map_err(DeskError::from)?;
    let queued = CaseQueued { case, place: Place::in_queue(queue), since, by: Chooser::Left(agent.clone()) };
    work.record(by.clone(), queued)?;
    work.record_in(Stream::Agent(agent.clone()), version, by.clone(), CapacityReleased { case })?;
    Ok(Done::Recorded)
}

fn waiting(work: &Work<'_>) -> Option<(CaseId, Place)> {
    match work.case() {
        Some(case) => match &case.holder {
            Holder::Queue { place, .. } => Some((case.id, place.clone())),
            Holder::Rules | Holder::Agent { .. } => None,
        },
        None => None,
    }
}

pub(crate) fn describe(work: &Work<'_>, agent: &AgentId) -> Result<AgentDescription, CommandError> {
    work.active.company.agent(agent).cloned().ok_or_else(|| CommandError::NoAgent(agent.clone()))
}

pub(crate) fn held_by(work: &Work<'_>, agent: &AgentId) -> Result<CaseId, CommandError> {
    let case = work.case().ok_or(CommandError::NoCase)?;
    match &case.holder {
        Holder::Agent { agent: holder, .. } if holder == agent => Ok(case.id),
        Holder::Agent { agent: holder, .. } => Err(CommandError::Taken(holder.clone())),
        Holder::Rules | Holder::Queue { .. } => Err(CommandError::NotAccepted),
    }
}

/// Uses a place of the agent's capacity for the case, which is attended as one of that queue.
pub(crate) fn take(
    work: &mut Work<'_>,
    described: &AgentDescription,
    case: CaseId,
    queue: &QueueId,
    actor: Actor,
) -> Result<(), CommandError> {
    let version = room(work, described)?;
    let agent = described.id.clone();
    let assigned = CaseAssigned { case, agent: agent.clone(), queue: queue.clone() };
    work.record(actor.clone(), assigned)?;
    let taken = CapacityTaken { case, conversation: work.id };
    work.record_in(Stream::Agent(agent), version, actor, taken)?;
    attend::expect_answer(work)?;
    Ok(())
}

/// Whether an agent can be given one more case; and the version at which that was seen.
pub(crate) fn room(work: &Work<'_>, described: &AgentDescription) -> Result<u64, CommandError> {
    let agent = described.id.clone();
    let (version, state) = work.shared.store.agent(&agent).map_err(DeskError::from)?;
    if state.presence != Presence::Available {
        return Err(CommandError::NotAvailable { agent, presence: state.presence });
    }
    if !state.has_room(described.capacity) {
        return Err(CommandError::Full { agent, capacity: described.capacity });
    }
    Ok(version)
}
