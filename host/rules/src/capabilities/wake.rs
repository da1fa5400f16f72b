//! `wake`: to be called again later.

use domain::decision::Effect;
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{Answer, characters, within};
use crate::contract::Failure;
use crate::functions::Function;
use crate::session::Session;

/// Thirty days: a conversation that has slept longer is another one.
const MOST_SECONDS: u64 = 30 * 24 * 60 * 60;
/// A word on what for. What is longer belongs into `memory`.
const NOTE: usize = 256;

pub(super) fn after(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::WakeAfter.name(),
        |mut store: StoreContextMut<'_, Session>, (seconds, note): (u32, String)| {
            let session = store.data_mut();
            session.enter(Function::WakeAfter, note.len())?;
            let check = within("the number of seconds", seconds.into(), 1, MOST_SECONDS)
                .and_then(|()| characters("the note", &note, 0, NOTE));
            session.wake(Function::WakeAfter, Effect::WakeAfter { seconds, note }, check)
        },
    )
}

pub(super) fn cancel(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(Function::WakeCancel.name(), |mut store: StoreContextMut<'_, Session>, (): ()| {
        let session = store.data_mut();
        session.enter(Function::WakeCancel, 0)?;
        session.wake(Function::WakeCancel, Effect::WakeCancel, Ok(()))
    })
}

impl Session {
    /// There is one wake: the last word of a call is the only one that counts.
    fn wake(&mut self, function: Function, effect: Effect, check: Result<(), Failure>) -> Answer<()> {
        if check.is_ok() {
            self.recording
                .effects
                .retain(|effect| !matches!(effect, Effect::WakeAfter { .. } | Effect::WakeCancel));
        }
        self.act(function, effect, check)
    }
}
