//! `team`: who could take the case.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::Answer;
use crate::contract::Agent;
use crate::functions::Function;
use crate::session::{Said, Session};

/// The contract's bound: the host chooses by queue and skill, and never hands out its whole table.
const MOST: usize = 200;

pub(super) fn candidates(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::TeamCandidates.name(),
        |mut store: StoreContextMut<'_, Session>, (queue, skills): (String, Vec<String>)| {
            store.data_mut().candidates(queue, skills)
        },
    )
}

impl Session {
    fn candidates(&mut self, queue: String, skills: Vec<String>) -> Answer<Arc<Vec<Agent>>> {
        self.enter(Function::TeamCandidates, queue.len() + skills.iter().map(String::len).sum::<usize>())?;
        let queue = queue.into();
        let answer = self.snapshot().and_then(|asking| {
            let mut agents = asking.snapshot.team(&queue, &skills)?;
            agents.truncate(MOST);
            Ok(Arc::new(agents))
        });
        self.charge(answer.iter().flat_map(|agents| agents.iter()).map(weight).sum())?;
        self.recording.calls.push(Said::Team { queue, skills, answer: answer.clone() });
        Ok((answer,))
    }
}

fn weight(agent: &Agent) -> usize {
    let skills = agent.skills.iter().map(String::len).sum::<usize>();
    let attrs = agent.attrs.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    size_of::<Agent>() + agent.id.len() + skills + attrs
}
