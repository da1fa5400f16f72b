//! `memory`: what a rule notes for later, on the conversation or on the customer.
//!
//! Writes are effects like any other. A rule that reads what it has just written sees it, although nothing is stored yet.

use std::collections::BTreeSet;

use domain::decision::{Effect, MemoryScope};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{Answer, bytes};
use crate::contract::Failure;
use crate::functions::Function;
use crate::session::{Said, Session, failure};

/// Keys per conversation or contact. How many there are in all is known to whoever applies the effects; here a single
/// call is kept from writing more than could ever be kept.
const KEYS: usize = 32;
/// Long enough for a word with a date, short enough to be listed.
const KEY_BYTES: usize = 64;
/// A note, not a document.
const VALUE_BYTES: usize = 4096;

pub(super) fn get(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    recall(interface, Function::MemoryGet, MemoryScope::Conversation)
}

pub(super) fn get_of_contact(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    recall(interface, Function::MemoryGetOfContact, MemoryScope::Contact)
}

pub(super) fn set(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    remember(interface, Function::MemorySet, MemoryScope::Conversation)
}

pub(super) fn set_of_contact(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    remember(interface, Function::MemorySetOfContact, MemoryScope::Contact)
}

fn recall(
    interface: &mut LinkerInstance<'_, Session>,
    function: Function,
    scope: MemoryScope,
) -> wasmtime::Result<()> {
    interface.func_wrap(function.name(), move |mut store: StoreContextMut<'_, Session>, (key,): (String,)| {
        store.data_mut().recall(function, scope, key)
    })
}

fn remember(
    interface: &mut LinkerInstance<'_, Session>,
    function: Function,
    scope: MemoryScope,
) -> wasmtime::Result<()> {
    interface.func_wrap(
        function.name(),
        move |mut store: StoreContextMut<'_, Session>, (key, value): (String, Option<String>)| {
            store.data_mut().remember(function, scope, key, value)
        },
    )
}

impl Session {
    fn recall(&mut self, function: Function, scope: MemoryScope, key: String) -> Answer<Option<String>> {
        self.enter(function, key.len())?;
        let answer = bytes("the key", &key, 1, KEY_BYTES).and_then(|()| {
            let asking = self.snapshot()?;
            match self.written(scope, &key) {
                Some(value) => Ok(value.clone()),
                None => Ok(asking.snapshot.memory(&asking.rule, scope, &key)?),
            }
        });
        self.charge(answer.iter().flatten().map(String::len).sum())?;
        self.recording.calls.push(Said::Recall { scope, key, answer: answer.clone() });
        Ok((answer,))
    }

    fn remember(
        &mut self,
        function: Function,
        scope: MemoryScope,
        key: String,
        value: Option<String>,
    ) -> Answer<()> {
        self.enter(function, key.len() + value.as_deref().map_or(0, str::len))?;
        let check = bytes("the key", &key, 1, KEY_BYTES)
            .and_then(|()| bytes("the value", value.as_deref().unwrap_or_default(), 0, VALUE_BYTES))
            .and_then(|()| self.room(scope, &key));
        self.act(function, Effect::Remember { scope, key, value }, check)
    }

    /// What this call wrote last under a key, if it did.
    fn written(&self, scope: MemoryScope, key: &str) -> Option<&Option<String>> {
        self.recording.effects.iter().rev().find_map(|effect| match effect {
            Effect::Remember { scope: its, key: at, value } if *its == scope && at == key => Some(value),
            _ => None,
        })
    }

    fn room(&self, scope: MemoryScope, key: &str) -> Result<(), Failure> {
        let written: BTreeSet<&str> = self
            .recording
            .effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Remember { scope: its, key, .. } if *its == scope => Some(key.as_str()),
                _ => None,
            })
            .collect();
        (written.contains(key) || written.len() < KEYS)
            .then_some(())
            .ok_or_else(|| failure("limit", format!("there are at most {KEYS} keys")))
    }
}
