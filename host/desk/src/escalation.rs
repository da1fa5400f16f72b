//! What a queue promised, as the time runs out (`domain::sla`).
//!
//! A conversation has one timer for the next step of its queue's policy. What is owed since when changes with every message, and the
//! timer does not: whoever finds it out of date when it fires sets the next. Timers lie in the journal, so a step that was due while
//! the host was down is taken when it is up again.

use std::collections::HashMap;
use std::sync::Mutex;

use domain::Time;
use domain::company::Company;
use domain::conversation::{Conversation, Holder, Timer};
use domain::event::{CaseEscalated, CaseLabelled, Event, Label, PromiseEnded, Purpose, TimerCancelled};
use domain::id::{CaseId, QueueId};
use domain::sla::{Clock, Step};
use domain::stream::Actor;
use jiff::SignedDuration;

use crate::command::DeskError;
use crate::work::Work;
use crate::{attend, handing};

/// How long nobody is told of a queue's next case in the same step: when a queue is late, it is late with many.
const QUIET: SignedDuration = SignedDuration::from_mins(10);

/// When people were told last of which step of which queue, and of which case. In memory: whoever is told once more by a restart
/// loses nothing.
#[derive(Default)]
pub(crate) struct Told(Mutex<HashMap<(QueueId, u16), (Time, CaseId)>>);

impl Told {
    /// Whether people are told now of this case, which is noted. Who lost a race decides again, and is answered the same.
    fn tells(&self, queue: &QueueId, at: u16, case: CaseId, now: Time) -> bool {
        let mut told = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let last = told.get(&(queue.clone(), at));
        let tells = last.is_none_or(|(last, of)| *of == case || now.duration_since(*last) >= QUIET);
        if tells {
            told.insert((queue.clone(), at), (now, case));
        }
        tells
    }
}

/// Sees to it that the next step is taken in time: behind every command, because almost each of them can change what is owed.
pub(crate) fn arm(work: &mut Work<'_>) -> Result<(), DeskError> {
    let Some((case, due)) = next(work).map(|(case, _, due)| (case, due)) else { return Ok(()) };
    let is_armed = |timer: &Timer| matches!(timer.purpose, Purpose::Escalate { .. });
    let pending = work.conversation.timers.iter().find(|(_, timer)| is_armed(timer));
    if let Some((timer, set)) = pending.map(|(id, timer)| (*id, timer.due)) {
        if set <= due {
            return Ok(());
        }
        work.record(Actor::Host, TimerCancelled { timer })?;
    }
    attend::timer_at(work, due, Purpose::Escalate { case })
}

/// Takes the steps that are due. Of several that move the case, the last is what counts.
pub(crate) fn due(work: &mut Work<'_>, case: CaseId) -> Result<(), DeskError> {
    let mut to = None;
    while let Some((id, step, due)) = next(work) {
        if id != case || due > work.now {
            break;
        }
        take(work, &step)?;
        to = step.to.or(to);
    }
    match to {
        Some(to) if work.case().and_then(|case| case.queue()) != Some(&to) => handing::escalate(work, &to),
        _ => Ok(()),
    }
}

/// The promise that an event ends, if it ends one: a person answers, or it is too late and the case is closed or goes to another
/// queue, whose time may be longer.
pub(crate) fn ended(
    company: &Company,
    conversation: &Conversation,
    now: Time,
    by: &Actor,
    event: &Event,
) -> Option<PromiseEnded> {
    let answers = match event {
        Event::ReplyQueued(reply) if reply.answers(by) => true,
        Event::CaseClosed(_) | Event::CaseQueued(_) | Event::CaseAssigned(_) => false,
        _ => return None,
    };
    let case = conversation.case.as_ref()?;
    let stays = match event {
        Event::CaseQueued(queued) => case.queue() == Some(&queued.place.queue),
        Event::CaseAssigned(assigned) => case.queue() == Some(&assigned.queue),
        _ => false,
    };
    let clock = Clock::of(company, conversation).filter(|clock| !stays && !clock.owed.broken)?;
    let due = clock.term()?.due;
    let kept = now < due;
    if kept && !answers {
        return None;
    }
    let agent = match (by, &case.holder) {
        (Actor::Agent(agent), _) | (_, Holder::Agent { agent, .. }) => Some(agent.clone()),
        _ => None,
    };
    let (first, since) = (clock.owed.first, clock.owed.since);
    Some(PromiseEnded { case: case.id, queue: case.queue()?.clone(), agent, first, since, due, kept })
}

fn next(work: &Work<'_>) -> Option<(CaseId, Step, Time)> {
    let clock = Clock::of(&work.active.company, &work.conversation)?;
    let (step, due) = clock.next()?;
    Some((work.case()?.id, step.clone(), due))
}

fn take(work: &mut Work<'_>, step: &Step) -> Result<(), DeskError> {
    let company = &work.active.company;
    let clock = Clock::of(company, &work.conversation).ok_or(DeskError::Missing("a promise"))?;
    // Of a queue that hardly ever opens, a step can come within the year and the end not.
    let due = clock.term().map_or(Time::MAX, |term| term.due);
    let case = work.case().ok_or(DeskError::Missing("an open case"))?;
    let queue = case.queue().cloned().ok_or(DeskError::Missing("a queue"))?;
    let (id, priority) = (case.id, case.priority);
    let escalated = CaseEscalated {
        case: id,
        number: work.conversation.number.clone(),
        since: clock.owed.since,
        due,
        at: step.at,
        to: step.to.clone(),
        tell: step.tell && work.shared.told.tells(&queue, step.at, id, work.now),
        queue,
    };
    work.record(Actor::Host, escalated)?;
    match step.priority.filter(|more| *more > priority) {
        Some(more) => work.record(Actor::Host, CaseLabelled::new(id, Label::Priority(more))),
        None => Ok(()),
    }
}
