//! `identity`: what identifies the customer.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::Answer;
use crate::contract::Who;
use crate::functions::Function;
use crate::session::{Said, Session};

pub(super) fn get(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(Function::IdentityGet.name(), |mut store: StoreContextMut<'_, Session>, (): ()| {
        store.data_mut().identity()
    })
}

impl Session {
    fn identity(&mut self) -> Answer<Arc<Who>> {
        // A phone and a BSUID have a few dozen bytes: the count of calls bounds them.
        self.enter(Function::IdentityGet, size_of::<Who>())?;
        let answer = self.snapshot().and_then(|asking| Ok(Arc::new(asking.snapshot.identity()?)));
        self.recording.calls.push(Said::Identity { answer: answer.clone() });
        Ok((answer,))
    }
}
