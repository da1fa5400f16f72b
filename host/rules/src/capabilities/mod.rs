//! What a guest can call, one file per interface of the contract.
//!
//! Each file links its functions one by one, so that a linker can lack any single one of them. Three rules hold in all:
//!
//! - A bad argument is answered with a [`Failure`] that the guest can read. A trap would cost the whole decision for
//!   one wrong character.
//! - Nothing happens here. An effect is collected in the [`Session`] and handed out only if the guest's call returned.
//! - Everything is recorded, refusals too: a decision executed again gets the same answers.

mod close;
mod history;
mod identity;
mod label;
mod log;
mod memory;
mod profile;
mod reassign;
mod reply;
mod request;
mod survey;
mod team;
mod template;
mod wake;

use std::collections::BTreeSet;

use domain::decision::Effect;
use wasmtime::Engine;
use wasmtime::component::{Linker, LinkerInstance};

use crate::contract::Failure;
use crate::functions::Function;
use crate::session::{Said, Session, failure};

/// A linker with these functions and no others.
pub(crate) fn linker(engine: &Engine, functions: &BTreeSet<Function>) -> wasmtime::Result<Linker<Session>> {
    let mut linker = Linker::new(engine);
    for function in functions {
        let interface = &mut linker.instance(&function.wit_interface())?;
        link(*function, interface)?;
    }
    Ok(linker)
}

fn link(function: Function, interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    match function {
        Function::HistoryRecent => history::recent(interface),
        Function::ProfileGet => profile::get(interface),
        Function::IdentityGet => identity::get(interface),
        Function::TeamCandidates => team::candidates(interface),
        Function::MemoryGet => memory::get(interface),
        Function::MemorySet => memory::set(interface),
        Function::MemoryGetOfContact => memory::get_of_contact(interface),
        Function::MemorySetOfContact => memory::set_of_contact(interface),
        Function::LogWrite => log::write(interface),
        Function::ReplyText => reply::text(interface),
        Function::ReplyButtons => reply::buttons(interface),
        Function::ReplyMenu => reply::menu(interface),
        Function::LabelAddTag => label::add_tag(interface),
        Function::LabelRemoveTag => label::remove_tag(interface),
        Function::LabelNote => label::note(interface),
        Function::LabelPriority => label::priority(interface),
        Function::CloseResolve => close::resolve(interface),
        Function::WakeAfter => wake::after(interface),
        Function::WakeCancel => wake::cancel(interface),
        Function::TemplateSend => template::send(interface),
        Function::SurveyAsk => survey::ask(interface),
        Function::ReassignToQueue => reassign::to_queue(interface),
        Function::ReassignToAgent => reassign::to_agent(interface),
        Function::RequestSend => request::send(interface),
        Function::RequestAnswer => request::answer(interface),
    }
}

/// What a function of the contract that returns a `result` gives to wasmtime.
type Answer<T> = wasmtime::Result<(Result<T, Failure>,)>;

impl Session {
    /// Collects an effect, if there is a conversation and the arguments hold.
    fn act(&mut self, function: Function, effect: Effect, check: Result<(), Failure>) -> Answer<()> {
        let answer = self.snapshot().map(|_| ()).and(check);
        if answer.is_ok() {
            self.recording.effects.push(effect.clone());
        }
        self.recording.calls.push(Said::Act { function, effect, answer: answer.clone() });
        Ok((answer,))
    }
}

/// A text has so many characters.
fn characters(what: &str, text: &str, least: usize, most: usize) -> Result<(), Failure> {
    // Bytes bound characters from above, which spares the count for most texts.
    let holds = text.len() >= least && (text.len() <= most || text.chars().count() <= most);
    holds.then_some(()).ok_or_else(|| {
        failure(
            "invalid",
            format!("{what} has {} characters, {least} to {most} are possible", text.chars().count()),
        )
    })
}

/// A text has so many bytes.
fn bytes(what: &str, text: &str, least: usize, most: usize) -> Result<(), Failure> {
    (least..=most).contains(&text.len()).then_some(()).ok_or_else(|| {
        failure("invalid", format!("{what} has {} bytes, {least} to {most} are possible", text.len()))
    })
}

/// A number lies within bounds.
fn within(what: &str, value: u64, least: u64, most: u64) -> Result<(), Failure> {
    (least..=most)
        .contains(&value)
        .then_some(())
        .ok_or_else(|| failure("invalid", format!("{what} is {value}, {least} to {most} are possible")))
}
