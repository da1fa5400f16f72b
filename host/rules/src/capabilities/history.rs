//! `history`: the conversation so far.

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::Answer;
use crate::contract::Message;
use crate::functions::Function;
use crate::session::{Said, Session};
use crate::weight;

/// The contract's bound: what an agent would scroll through.
const MOST: u32 = 50;

pub(super) fn recent(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::HistoryRecent.name(),
        |mut store: StoreContextMut<'_, Session>, (limit,): (u32,)| store.data_mut().recent(limit),
    )
}

impl Session {
    fn recent(&mut self, limit: u32) -> Answer<Vec<Message>> {
        self.enter(Function::HistoryRecent, size_of::<u32>())?;
        let found = self.snapshot().and_then(|asking| Ok(asking.snapshot.history(limit.min(MOST))?));
        // By reference: the messages are events already, and are sealed there.
        let versions =
            found.as_ref().map(|found| found.iter().map(|remembered| remembered.version).collect());
        self.recording.calls.push(Said::History { limit, answer: versions.map_err(Clone::clone) });

        let answer =
            found.map(|found| found.into_iter().map(|remembered| remembered.message).collect::<Vec<_>>());
        self.charge(answer.iter().flatten().map(weight_of).sum())?;
        Ok((answer,))
    }
}

fn weight_of(message: &Message) -> usize {
    size_of::<Message>() + message.text.len() + message.payload.len() + weight::attrs(&message.attrs)
}
