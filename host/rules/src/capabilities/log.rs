//! `log`: a trace for the author of a rule.
//!
//! It never fails and is cut instead: a rule must not behave differently because somebody let it talk.

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use crate::contract::bindings::timonel::rules::log::Level;
use crate::functions::Function;
use crate::session::{Said, Session};

pub(super) fn write(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::LogWrite.name(),
        |mut store: StoreContextMut<'_, Session>, (level, text): (Level, String)| {
            let session = store.data_mut();
            session.enter(Function::LogWrite, text.len())?;
            session.recording.calls.push(Said::Log);
            session.log(word(level), text);
            Ok(())
        },
    )
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
    }
}
