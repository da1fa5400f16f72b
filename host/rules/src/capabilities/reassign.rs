//! `reassign`: another place for the case, whoever has it now.
//!
//! Whether there is such a queue or agent is for the host to see: what a guest says in words could be a customer's name.

use domain::decision::{Effect, Elsewhere, Preference};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{Answer, bytes, within};
use crate::contract::Failure;
use crate::functions::Function;
use crate::session::{Session, failure};
use crate::weight;

pub(super) fn to_queue(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::ReassignToQueue.name(),
        |mut store: StoreContextMut<'_, Session>, (queue, skills): (String, Vec<String>)| {
            let size = queue.len() + weight::texts(&skills);
            let check = bytes("the name of the queue", &queue, 1, 100)
                .and_then(|()| within("the number of skills", skills.len() as u64, 0, 20));
            let to = Elsewhere::Queue { queue: queue.into(), skills };
            store.data_mut().reassign(Function::ReassignToQueue, size, to, check)
        },
    )
}

pub(super) fn to_agent(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::ReassignToAgent.name(),
        |mut store: StoreContextMut<'_, Session>, (agent, seconds): (String, u32)| {
            let size = agent.len();
            let check = bytes("the identifier of the agent", &agent, 1, 100)
                .and_then(|()| within("the seconds", u64::from(seconds), 1, 86_400));
            let to = Elsewhere::Agent(Preference { agent: agent.into(), for_seconds: seconds });
            store.data_mut().reassign(Function::ReassignToAgent, size, to, check)
        },
    )
}

impl Session {
    fn reassign(
        &mut self,
        function: Function,
        size: usize,
        to: Elsewhere,
        check: Result<(), Failure>,
    ) -> Answer<()> {
        self.enter(function, size)?;
        let moved = self.recording.effects.iter().any(|one| matches!(one, Effect::Reassign { .. }));
        let room = (!moved).then_some(()).ok_or_else(|| failure("limit", "a case is moved once in one call"));
        self.act(function, Effect::Reassign { to }, check.and(room))
    }
}
