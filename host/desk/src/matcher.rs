//! Finds agents for the cases that wait.
//!
//! Whoever waits longest at the highest priority is next, over all queues, as soon as somebody who serves the queue and
//! has the skills is free. The matcher proposes; the worker of the conversation commits, at the versions of both sides,
//! so a proposal that has become wrong does nothing.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::Time;
use domain::company::AgentDescription;
use domain::conversation::Holder;
use domain::decision::Place;
use domain::id::AgentId;
use store::{Applied, Waiting};
use tokio::sync::oneshot;

use crate::assemble::Mailboxes;
use crate::command::{Command, CommandError, DeskError, Done};
use crate::handing;
use crate::shared::Shared;

/// Gives waiting cases to agents.
pub struct Matcher {
    shared: Arc<Shared>,
    mail: Mailboxes,
    seen: Applied,
}

/// An agent who can be given something.
struct Free<'a> {
    agent: &'a AgentDescription,
    /// The cases they have, and those that a colleague asks them to take over: without a place they could only say no.
    load: u32,
    last_given: Option<Time>,
}

impl Free<'_> {
    fn room(&self) -> bool {
        self.load < self.agent.capacity
    }

    /// The least loaded first, then whoever has gone longest without a new case.
    fn turn(&self) -> (u64, Option<Time>, &AgentId) {
        let share = u64::from(self.load) * 1_000 / u64::from(self.agent.capacity.max(1));
        (share, self.last_given, &self.agent.id)
    }
}

impl Matcher {
    pub(crate) fn new(shared: Arc<Shared>, mail: Mailboxes) -> Self {
        Self { shared, mail, seen: Applied { queues: u64::MAX, ..Applied::default() } }
    }

    /// Whether something has changed since the last step that may let a case be given.
    pub(crate) fn is_due(&self) -> bool {
        let now = *self.shared.store.applied().borrow();
        now.queues != self.seen.queues || now.agents != self.seen.agents
    }

    /// Proposes what can be given now. The answers come when the workers have looked at it.
    pub fn step(&mut self) -> Result<Vec<oneshot::Receiver<Result<Done, CommandError>>>, DeskError> {
        self.seen = *self.shared.store.applied().borrow();
        let active = self.shared.active.load_full();
        let mut free: HashMap<AgentId, Free<'_>> = HashMap::new();
        for agent in active.company.agents() {
            let (_, state) = self.shared.store.agent(&agent.id)?;
            if state.has_room(agent.capacity) {
                let load = state.cases.len() + self.held(&agent.id)?;
                let load = u32::try_from(load).unwrap_or(u32::MAX);
                free.insert(agent.id.clone(), Free { agent, load, last_given: state.last_given });
            }
        }
        let mut answers = Vec::new();
        if free.is_empty() {
            return Ok(answers);
        }
        let now = self.shared.now();
        for waiting in self.turn(&active)? {
            let Some(agent) = choose(&free, active.company.agents(), &waiting) else { continue };
            let Waiting { conversation, .. } = waiting;
            let command = Command::Assign { conversation, agent: agent.clone() };
            answers.push(self.mail.ask(conversation.to_bytes(), command)?);
            if let Some(chosen) = free.get_mut(&agent) {
                chosen.load += 1;
                chosen.last_given = Some(now);
            }
            if !free.values().any(Free::room) {
                break;
            }
        }
        Ok(answers)
    }

    /// The places that are held for what colleagues ask an agent to take over: one for each of them, however much they ask, and not for
    /// longer than they are waited for.
    fn held(&self, agent: &AgentId) -> Result<usize, DeskError> {
        let (store, now) = (&self.shared.store, self.shared.now());
        let mut askers = BTreeSet::new();
        for conversation in store.offers(agent)? {
            let case = store.conversation(conversation)?.1.and_then(|known| known.case);
            if let Some(case) = case
                && let Holder::Agent { agent: asker, .. } = case.holder
                && case.offer.is_some_and(|offer| handing::is_waited_for(&offer, now))
            {
                askers.insert(asker);
            }
        }
        Ok(askers.len())
    }

    /// Who waits, over all queues, in the order of their turn.
    fn turn(&self, active: &crate::active::Active) -> Result<Vec<Waiting>, DeskError> {
        let mut all = Vec::new();
        for queue in active.company.queues() {
            all.extend(self.shared.store.waiting(&queue.id)?);
        }
        all.sort_by_key(|waiting| (std::cmp::Reverse(waiting.priority), waiting.since));
        Ok(all)
    }
}

fn choose(free: &HashMap<AgentId, Free<'_>>, all: &[AgentDescription], waiting: &Waiting) -> Option<AgentId> {
    let place = &waiting.place;
    // Whoever gave it back has it again only where it would otherwise be nobody's.
    let others = || all.iter().any(|one| !avoids(place, one) && one.serves(&place.queue, &place.skills));
    let avoided = |one: &AgentDescription| avoids(place, one) && others();
    free.values()
        .filter(|free| free.room() && free.agent.serves(&place.queue, &place.skills))
        .filter(|free| !avoided(free.agent))
        .filter(|free| place.prefer.as_ref().is_none_or(|prefer| prefer.agent == free.agent.id))
        .min_by(|a, b| a.turn().cmp(&b.turn()))
        .map(|free| free.agent.id.clone())
}

fn avoids(place: &Place, agent: &AgentDescription) -> bool {
    place.avoid.as_ref() == Some(&agent.id)
}
