//! `close`: the end of the case.

use domain::decision::Effect;
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::characters;
use crate::functions::Function;
use crate::session::Session;

/// A code is a word or two: reports have a column for it.
const CODE: usize = 40;

pub(super) fn resolve(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::CloseResolve.name(),
        |mut store: StoreContextMut<'_, Session>, (code,): (String,)| {
            let session = store.data_mut();
            session.enter(Function::CloseResolve, code.len())?;
            let check = characters("the code", &code, 1, CODE);
            session.act(Function::CloseResolve, Effect::Resolve { code }, check)
        },
    )
}
