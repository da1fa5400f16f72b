//! `profile`: what the company knows of the customer, without what identifies them.

use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::Answer;
use crate::contract::Customer;
use crate::functions::Function;
use crate::session::{Said, Session};
use crate::weight;

pub(super) fn get(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(Function::ProfileGet.name(), |mut store: StoreContextMut<'_, Session>, (): ()| {
        store.data_mut().profile()
    })
}

impl Session {
    fn profile(&mut self) -> Answer<Arc<Customer>> {
        self.enter(Function::ProfileGet, 0)?;
        let answer = self.snapshot().and_then(|asking| Ok(Arc::new(asking.snapshot.profile()?)));
        self.charge(answer.iter().map(|customer| weight_of(customer)).sum())?;
        self.recording.calls.push(Said::Profile { answer: answer.clone() });
        Ok((answer,))
    }
}

fn weight_of(customer: &Customer) -> usize {
    size_of::<Customer>()
        + customer.name.len()
        + weight::texts(&customer.tags)
        + weight::attrs(&customer.attrs)
}
