//! What colleagues do with each other's cases: give one back, ask a colleague to take it over, let it sleep; and what
//! somebody who steers does: take one from somebody, give it to somebody.
//!
//! Nobody is given anything against their will but by whoever answers for that, and nobody more than they have room for: whose
//! capacity is used and whose becomes free is written at the versions that were seen, in the commit that moves the case. Until
//! then it stays where it is, so that no customer is ever nobody's.

use std::collections::BTreeSet;

use domain::Time;
use domain::company::{AgentDescription, Company};
use domain::conversation::{Holder, Offer};
use domain::decision::{Elsewhere, Place, Preference, Why};
use domain::event::{
    CapacityReleased, CaseAccepted, CaseMoved, CaseOfferEnded, CaseOffered, CaseQueued, CaseSnoozed,
    CaseWoken, Chooser, Moved, Note, Purpose, Refused, Woken,
};
use domain::id::{AgentId, CaseId, ConversationId, MoveId, PersonId, QueueId, RuleId};
use domain::moving::{Destination, Left, Listed, MoveAdvanced, Seat};
use domain::sealed::Sealed;
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;

use crate::agents;
use crate::assemble::Desk;
use crate::attend;
use crate::command::{Command, CommandError, DeskError, Done};
use crate::helping::{self, Hands};
use crate::work::Work;

/// The most letters of a note or a reason.
const LONGEST: usize = 1_000;

/// For how many days a case can sleep at most.
pub(crate) const SNOOZE_DAYS: i64 = 7;

/// For how many seconds a case waits for a colleague who was named: at the end of a shift, and when one is asked to take it over. As long
/// as one is asked, a place is held for it, which others would have.
const WAITS_FOR_COLLEAGUE: u32 = 600;

/// How often rules have a case go elsewhere until a person writes to its customer.
const MOVES_BY_RULES: u32 = 3;

/// What somebody does to a case, beside attending its customer.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Its agent gives it back: to a queue of their choice, or to where the routing rules want it.
    Return {
        /// Who.
        agent: AgentId,
        /// Where it is to wait, if they know.
        to: Option<(QueueId, Vec<String>)>,
        /// Why.
        why: String,
    },
    /// Its agent asks a colleague to take it over.
    Offer {
        /// Who.
        agent: AgentId,
        /// Whom.
        to: AgentId,
        /// Why, and what they have to know.
        why: String,
    },
    /// Its agent asks no more.
    Withdraw {
        /// Who.
        agent: AgentId,
    },
    /// The colleague takes it over, or does not.
    Answer {
        /// Who.
        agent: AgentId,
        /// Whether they do.
        takes: bool,
    },
    /// There is nothing to do about it for a while.
    Snooze {
        /// Who says so.
        agent: AgentId,
        /// Until when; until the customer writes if none.
        until: Option<Time>,
    },
    /// There is.
    Wake {
        /// Who says so.
        agent: AgentId,
    },
    /// Somebody leaves colleagues a note.
    Note {
        /// Who.
        by: Actor,
        /// What it says.
        text: String,
        /// Whom it asks by name.
        mentions: BTreeSet<PersonId>,
        /// In whose hands the case has to be still; none for whoever asks nobody.
        hands: Option<Hands>,
    },
    /// Its agent asks for help.
    AskHelp {
        /// Who.
        agent: AgentId,
        /// What for.
        why: String,
    },
    /// Its agent needs none any more.
    NeedNoHelp {
        /// Who.
        agent: AgentId,
    },
    /// Somebody puts tags on it and takes others off.
    Tag {
        /// Who.
        by: Actor,
        /// Those that it has from now on: 1 to 40 letters each.
        add: Vec<String>,
        /// Those that it has no more.
        remove: Vec<String>,
    },
    /// Somebody who steers moves it.
    Move {
        /// Who.
        by: Actor,
        /// Where to.
        to: Destination,
        /// Why.
        why: String,
    },
    /// One case of many is moved, by whoever wanted that.
    Step {
        /// Who wanted it.
        by: Actor,
        /// Where to.
        to: Destination,
        /// Of which move.
        of: MoveId,
        /// The place of the case in its list.
        nth: u32,
        /// Where it was when it was listed.
        listed: Listed,
    },
    /// Its agent has ended the shift.
    Leave {
        /// Who.
        agent: AgentId,
        /// For whom it waits first.
        to: Option<AgentId>,
    },
}

impl Desk {
    /// Somebody does something to a case, beside attending its customer.
    pub async fn hand(&self, conversation: ConversationId, act: Act) -> Result<Done, CommandError> {
        self.ask(conversation, Command::Hand { conversation, act: act.into() }).await
    }
}

pub(crate) fn hand(work: &mut Work<'_>, act: &Act) -> Result<Done, CommandError> {
    match act {
        Act::Return { agent, to, why } => give_back(work, agent, to.as_ref(), why),
        Act::Offer { agent, to, why } => offer(work, agent, to, why),
        Act::Withdraw { agent } => withdraw(work, agent),
        Act::Answer { agent, takes } => answer(work, agent, *takes),
        Act::Snooze { agent, until } => snooze(work, agent, *until),
        Act::Wake { agent } => wake(work, agent),
        Act::Note { by, text, mentions, hands } => helping::note(work, by, text, mentions, hands.as_ref()),
        Act::AskHelp { agent, why } => helping::ask(work, agent, why),
        Act::NeedNoHelp { agent } => helping::need_no_more(work, agent),
        Act::Tag { by, add, remove } => helping::tag(work, by, add, remove),
        Act::Move { by, to, why } => {
            let case = work.case().ok_or(CommandError::NoCase)?.id;
            let why = Some(sealed(work, "why", why)?);
            relocate(work, by, to, CaseMoved { case, how: Moved::Reassigned, from: None, why, of: None })
        }
        Act::Step { by, to, of, nth, listed } => step(work, by, to, *of, *nth, listed),
        Act::Leave { agent, to } => leave(work, agent, to.as_ref()),
    }
}

fn give_back(
    work: &mut Work<'_>,
    agent: &AgentId,
    to: Option<&(QueueId, Vec<String>)>,
    why: &str,
) -> Result<Done, CommandError> {
    let case = agents::held_by(work, agent)?;
    let why = Some(sealed(work, "why", why)?);
    let moved = CaseMoved { case, how: Moved::Returned, from: Some(agent.clone()), why, of: None };
    let actor = Actor::Agent(agent.clone());
    if let Some((queue, skills)) = to {
        known(&work.active.company, queue, skills)?;
        work.record(actor.clone(), moved)?;
        let place = Place { skills: skills.clone(), ..Place::in_queue(queue.clone()) };
        queue_up(work, actor, case, place)?;
        return Ok(Done::Recorded);
    }
    work.record(actor.clone(), moved)?;
    attend::place(work, Why::Returned, None)?;
    if let Some(Holder::Agent { queue, .. }) = work.case().map(|case| &case.holder) {
        let place = Place::in_queue(queue.clone());
        queue_up(work, actor.clone(), case, place)?;
    } else {
        release(work, actor, agent, case)?;
    }
    Ok(Done::Recorded)
}

fn offer(work: &mut Work<'_>, agent: &AgentId, to: &AgentId, why: &str) -> Result<Done, CommandError> {
    use domain::agent::Presence;
    let case = agents::held_by(work, agent)?;
    agents::describe(work, to)?;
    if agent == to {
        return Err(CommandError::There);
    }
    // They are asked already, and have heard why.
    if work.case().is_some_and(|case| case.offer.as_ref().is_some_and(|offer| offer.to == *to)) {
        return Ok(Done::Repeated);
    }
    let (_, colleague) = work.shared.store.agent(to).map_err(DeskError::from)?;
    if colleague.presence == Presence::Away {
        return Err(CommandError::NotAvailable { agent: to.clone(), presence: colleague.presence });
    }
    let why = sealed(work, "why", why)?;
    let (from, to) = (agent.clone(), to.clone());
    work.record(Actor::Agent(agent.clone()), CaseOffered { case, from, to, why })?;
    attend::set_timer(work, WAITS_FOR_COLLEAGUE, Purpose::EndOffer { case })?;
    Ok(Done::Recorded)
}

fn withdraw(work: &mut Work<'_>, agent: &AgentId) -> Result<Done, CommandError> {
    let case = agents::held_by(work, agent)?;
    let Some(offer) = work.case().and_then(|case| case.offer.clone()) else { return Ok(Done::Repeated) };
    let ended = CaseOfferEnded { case, to: offer.to, declined: false };
    work.record(Actor::Agent(agent.clone()), ended)?;
    Ok(Done::Recorded)
}

fn answer(work: &mut Work<'_>, agent: &AgentId, takes: bool) -> Result<Done, CommandError> {
    let case = work.case().ok_or(CommandError::NoCase)?;
    let offer = case.offer.clone().filter(|offer| offer.to == *agent).ok_or(CommandError::NotAsked)?;
    let (id, actor) = (case.id, Actor::Agent(agent.clone()));
    if !takes {
        work.record(actor, CaseOfferEnded { case: id, to: agent.clone(), declined: true })?;
        return Ok(Done::Recorded);
    }
    let moved = CaseMoved { case: id, how: Moved::HandedOver, from: None, why: Some(offer.why), of: None };
    relocate(work, &actor, &Destination::Agent(agent.clone()), moved)?;
    work.record(actor, CaseAccepted { case: id, agent: agent.clone() })?;
    Ok(Done::Recorded)
}

fn snooze(work: &mut Work<'_>, agent: &AgentId, until: Option<Time>) -> Result<Done, CommandError> {
    let case = agents::held_by(work, agent)?;
    let latest = work.now.saturating_add(SignedDuration::from_hours(24 * SNOOZE_DAYS)).unwrap_or(Time::MAX);
    if until.is_some_and(|until| until <= work.now || until > latest) {
        return Err(CommandError::NotUntil);
    }
    work.record(Actor::Agent(agent.clone()), CaseSnoozed { case, until })?;
    if let Some(due) = until {
        attend::timer_at(work, due, Purpose::EndSnooze { case })?;
    }
    Ok(Done::Recorded)
}

fn wake(work: &mut Work<'_>, agent: &AgentId) -> Result<Done, CommandError> {
    let case = agents::held_by(work, agent)?;
    if work.case().is_none_or(|case| case.snoozed.is_none()) {
        return Ok(Done::Repeated);
    }
    work.record(Actor::Agent(agent.clone()), CaseWoken { case, by: Woken::Agent })?;
    Ok(Done::Recorded)
}

/// What an agent who ended the shift holds waits where it came from, for a colleague first if one was named.
fn leave(work: &mut Work<'_>, agent: &AgentId, to: Option<&AgentId>) -> Result<Done, CommandError> {
    let (case, queue) = match work.case().map(|case| (case.id, &case.holder)) {
        Some((case, Holder::Agent { agent: holder, queue, .. })) if holder == agent => (case, queue.clone()),
        _ => return Ok(Done::Repeated),
    };
    let actor = Actor::Agent(agent.clone());
    let moved = CaseMoved { case, how: Moved::ShiftEnded, from: Some(agent.clone()), why: None, of: None };
    work.record(actor.clone(), moved)?;
    let colleague = to.and_then(|to| work.active.company.agent(to)).cloned();
    let queue = colleague.as_ref().and_then(|one| seat(one, Some(&queue))).unwrap_or(queue);
    let for_seconds = WAITS_FOR_COLLEAGUE;
    let prefer = colleague.map(|one| Preference { agent: one.id, for_seconds });
    let waits = prefer.is_some();
    queue_up(work, actor, case, Place { prefer, ..Place::in_queue(queue) })?;
    if waits {
        attend::set_timer(work, for_seconds, Purpose::EndPreference { case })?;
    }
    Ok(Done::Recorded)
}

/// Whether a colleague who was asked may still be about to answer.
pub(crate) fn is_waited_for(offer: &Offer, now: Time) -> bool {
    now.duration_since(offer.since) < SignedDuration::from_secs(WAITS_FOR_COLLEAGUE.into())
}

/// The colleague who was asked has not answered: it stays where it is.
pub(crate) fn lapse(work: &mut Work<'_>, case: CaseId) -> Result<(), DeskError> {
    let offer = work.case().filter(|known| known.id == case).and_then(|case| case.offer.clone());
    let Some(offer) = offer else { return Ok(()) };
    work.record(Actor::Host, CaseOfferEnded { case, to: offer.to, declined: false })
}

/// Its agent has not answered the customer: it waits in its queue again, for others.
pub(crate) fn rescue(work: &mut Work<'_>) -> Result<(), DeskError> {
    let Some((case, agent, queue)) = work.case().and_then(|case| match &case.holder {
        Holder::Agent { agent, queue, .. } => Some((case.id, agent.clone(), queue.clone())),
        Holder::Rules | Holder::Queue { .. } => None,
    }) else {
        return Ok(());
    };
    let moved = CaseMoved { case, how: Moved::Rescued, from: Some(agent), why: None, of: None };
    work.record(Actor::Host, moved)?;
    queue_up(work, Actor::Host, case, Place::in_queue(queue))
}

/// The time that its queue promised is running out: it waits in another one from now on.
pub(crate) fn escalate(work: &mut Work<'_>, to: &QueueId) -> Result<(), DeskError> {
    let Some((case, holder)) = work.case().map(|case| (case.id, case.holder.clone())) else { return Ok(()) };
    let (from, skills) = match holder {
        Holder::Agent { agent, .. } => (Some(agent), Vec::new()),
        Holder::Queue { place, .. } => (None, place.skills),
        Holder::Rules => return Ok(()),
    };
    // Nobody there could have it with skills that only those of the queue before have.
    let serves = work.active.company.agents().iter().any(|agent| agent.serves(to, &skills));
    let skills = if serves { skills } else { Vec::new() };
    let moved = CaseMoved { case, how: Moved::Escalated, from, why: None, of: None };
    work.record(Actor::Host, moved)?;
    queue_up(work, Actor::Host, case, Place { skills, ..Place::in_queue(to.clone()) })
}

/// Where a rule wants the case to wait, without what the company does not have; or why it stays where it is.
fn elsewhere(work: &Work<'_>, to: &Elsewhere) -> Result<(Place, Vec<Refused>), Refused> {
    let company = &work.active.company;
    if work.case().is_some_and(|case| case.moved_by_rules >= MOVES_BY_RULES) {
        return Err(Refused::TooManyMoves);
    }
    let place = match to {
        Elsewhere::Queue { queue, skills } => {
            if !company.queues().iter().any(|one| one.id == *queue) {
                return Err(Refused::UnknownQueue);
            }
            Place { skills: skills.clone(), ..Place::in_queue(queue.clone()) }
        }
        Elsewhere::Agent(preference) => {
            let own = work.case().and_then(|case| case.queue());
            let seat = company.agent(&preference.agent).and_then(|agent| seat(agent, own));
            let queue = seat.ok_or(Refused::UnknownAgent)?;
            Place { prefer: Some(preference.clone()), ..Place::in_queue(queue) }
        }
    };
    Ok(attend::known_part(company, &place))
}

/// What is not done of where a rule wants the case to wait.
pub(crate) fn not_moved(work: &Work<'_>, to: &Elsewhere) -> Vec<Refused> {
    elsewhere(work, to).map_or_else(|refused| vec![refused], |(_, refused)| refused)
}

/// A rule has the case wait elsewhere, if it can.
pub(crate) fn reassign(work: &mut Work<'_>, rule: &RuleId, to: &Elsewhere) -> Result<(), DeskError> {
    let Some((case, holder)) = work.case().map(|case| (case.id, case.holder.clone())) else { return Ok(()) };
    let Ok((place, _)) = elsewhere(work, to) else { return Ok(()) };
    let from = match &holder {
        Holder::Agent { agent, .. } => Some(agent.clone()),
        Holder::Rules | Holder::Queue { .. } => None,
    };
    let actor = Actor::Rule(rule.clone());
    let moved = CaseMoved { case, how: Moved::Reassigned, from, why: None, of: None };
    work.record(actor.clone(), moved)?;
    let wait = place.prefer.as_ref().map(|prefer| prefer.for_seconds);
    queue_up(work, actor, case, place)?;
    match wait {
        Some(seconds) => attend::set_timer(work, seconds, Purpose::EndPreference { case }),
        None => Ok(()),
    }
}

/// Moves one case of a list, or says why it was left.
fn step(
    work: &mut Work<'_>,
    by: &Actor,
    to: &Destination,
    of: MoveId,
    nth: u32,
    listed: &Listed,
) -> Result<Done, CommandError> {
    let (version, known) = work.shared.store.case_move(of).map_err(DeskError::from)?;
    if known.is_none_or(|known| known.done != nth) {
        return Ok(Done::Repeated);
    }
    let left = match work.case() {
        None => Some(Left::Closed),
        Some(case) if case.id != listed.case => Some(Left::Closed),
        Some(case) if Seat::of(case) != listed.seat => Some(Left::Elsewhere),
        Some(case) => {
            let case = case.id;
            let how = Moved::Reassigned;
            match relocate(work, by, to, CaseMoved { case, how, from: None, why: None, of: Some(of) }) {
                Ok(_) => None,
                Err(CommandError::There) => Some(Left::There),
                Err(CommandError::Full { .. }) => Some(Left::Full),
                Err(CommandError::NotAvailable { .. }) => Some(Left::NotAvailable),
                Err(CommandError::NotServing(_)) => Some(Left::NotServing),
                Err(CommandError::NoQueue(_) | CommandError::NoSkill(_) | CommandError::NoAgent(_)) => {
                    Some(Left::NoSuchPlace)
                }
                Err(error) => return Err(error),
            }
        }
    };
    let advanced = MoveAdvanced { to: nth + 1, left };
    work.record_in(Stream::Move(of), version, Actor::Host, advanced)?;
    Ok(Done::Recorded)
}

/// Moves the case, whoever has it. Nothing is decided on before it is known that it can be.
fn relocate(
    work: &mut Work<'_>,
    by: &Actor,
    to: &Destination,
    moved: CaseMoved,
) -> Result<Done, CommandError> {
    let case = work.case().ok_or(CommandError::NoCase)?;
    let (id, holder, queue) = (case.id, case.holder.clone(), case.queue().cloned());
    let from = match &holder {
        Holder::Agent { agent, .. } => Some(agent.clone()),
        Holder::Rules | Holder::Queue { .. } => None,
    };
    let moved = CaseMoved { from: from.clone(), ..moved };
    match to {
        Destination::Queue { queue: wanted, skills } => {
            known(&work.active.company, wanted, skills)?;
            let there = |place: &Place| place.queue == *wanted && place.skills == *skills;
            if matches!(&holder, Holder::Queue { place, .. } if there(place)) {
                return Err(CommandError::There);
            }
            work.record(by.clone(), moved)?;
            let place = Place { skills: skills.clone(), ..Place::in_queue(wanted.clone()) };
            queue_up(work, by.clone(), id, place)?;
        }
        Destination::Agent(agent) => {
            let described = agents::describe(work, agent)?;
            if from.as_ref() == Some(agent) {
                return Err(CommandError::There);
            }
            let own = queue.unwrap_or_else(|| work.active.company.default_queue(&work.conversation.number));
            let queue =
                seat(&described, Some(&own)).ok_or_else(|| CommandError::NotServing(agent.clone()))?;
            agents::room(work, &described)?;
            work.record(by.clone(), moved)?;
            agents::take(work, &described, id, &queue, by.clone())?;
            if let Some(from) = from {
                release(work, by.clone(), &from, id)?;
            }
        }
    }
    Ok(Done::Recorded)
}

/// As one of which queue an agent attends a case: of the one it is in if they serve it, and of the first of theirs otherwise.
pub(crate) fn seat(agent: &AgentDescription, own: Option<&QueueId>) -> Option<QueueId> {
    own.filter(|own| agent.queues.contains(own)).or(agent.queues.first()).cloned()
}

/// Lets the case wait. Whoever waited, or was attended, does not lose their turn.
fn queue_up(work: &mut Work<'_>, by: Actor, case: CaseId, place: Place) -> Result<(), DeskError> {
    let holder = work.case().map(|case| case.holder.clone());
    let (since, from) = match holder {
        Some(Holder::Queue { since, .. }) => (since, None),
        Some(Holder::Agent { since, agent, .. }) => (since, Some(agent)),
        Some(Holder::Rules) | None => (work.now, None),
    };
    let place = Place { avoid: from.clone(), ..place };
    work.record(by.clone(), CaseQueued { case, place, since, by: Chooser::Moved })?;
    match from {
        Some(from) => release(work, by, &from, case),
        None => Ok(()),
    }
}

pub(crate) fn release(
    work: &mut Work<'_>,
    by: Actor,
    agent: &AgentId,
    case: CaseId,
) -> Result<(), DeskError> {
    let (version, _) = work.shared.store.agent(agent)?;
    work.record_in(Stream::Agent(agent.clone()), version, by, CapacityReleased { case })
}

/// A place stands in the journal for ever and is not sealed, so that nothing gets there that the company does not have.
pub(crate) fn known(company: &Company, queue: &QueueId, skills: &[String]) -> Result<(), CommandError> {
    if !company.queues().iter().any(|one| one.id == *queue) {
        return Err(CommandError::NoQueue(queue.clone()));
    }
    let has = |skill: &String| company.agents().iter().any(|agent| agent.skills.contains(skill));
    match skills.iter().find(|skill| !has(skill)) {
        Some(skill) => Err(CommandError::NoSkill(skill.clone())),
        None => Ok(()),
    }
}

pub(crate) fn sealed(
    work: &Work<'_>,
    field: &'static str,
    words: &str,
) -> Result<Sealed<Note>, CommandError> {
    let words = words.trim();
    let length = words.chars().count();
    if length == 0 || length > LONGEST {
        return Err(CommandError::Words { field, length, most: LONGEST });
    }
    Ok(work.seal(&Note(words.to_owned()))?)
}
