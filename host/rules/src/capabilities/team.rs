//! `team`: who could take the case.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::Answer;
use crate::contract::Agent;
use crate::functions::Function;
use crate::session::{Said, Session};
use crate::weight;

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
        self.enter(Function::TeamCandidates, queue.len() + weight::texts(&skills))?;
        let queue = queue.into();
        let answer = self.snapshot().and_then(|asking| {
            let mut agents = asking.snapshot.team(&queue, &skills)?;
            agents.truncate(MOST);
            Ok(Arc::new(agents))
        });
        self.charge(answer.iter().flat_map(|agents| agents.iter()).map(weight_of).sum())?;
        self.recording.calls.push(Said::Team { queue, skills, answer: answer.clone() });
        Ok((answer,))
    }
}

fn weight_of(agent: &Agent) -> usize {
    size_of::<Agent>() + agent.id.len() + weight::texts(&agent.skills) + weight::attrs(&agent.attrs)
}
