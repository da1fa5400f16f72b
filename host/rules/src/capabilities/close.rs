//! `close`: the end of the case.

use domain::decision::Effect;
use domain::event::CaseClosed;
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use crate::functions::Function;
use crate::session::{Session, failure};

pub(super) fn resolve(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::CloseResolve.name(),
        |mut store: StoreContextMut<'_, Session>, (code,): (String,)| {
            let session = store.data_mut();
            session.enter(Function::CloseResolve, code.len())?;
            // A code is counted by and not sealed, so it must not be able to carry what a customer said.
            let check = CaseClosed::is_code(&code)
                .then_some(())
                .ok_or_else(|| failure("invalid", "the code has to be 1 to 40 small letters and hyphens"));
            session.act(Function::CloseResolve, Effect::Resolve { code }, check)
        },
    )
}
