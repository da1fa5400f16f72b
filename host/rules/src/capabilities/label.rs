//! `label`: marks on the case.

use domain::decision::Effect;
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{Answer, characters, within};
use crate::contract::Failure;
use crate::functions::Function;
use crate::session::{Session, failure};

/// A tag is a word or two: it has to fit into a column.
const TAG: usize = 40;
/// A note is read in passing.
const NOTE: usize = 2000;
/// Marks in one call: what is more nobody reads.
const MOST: usize = 20;

pub(super) fn add_tag(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::LabelAddTag.name(),
        |mut store: StoreContextMut<'_, Session>, (tag,): (String,)| {
            let session = store.data_mut();
            session.enter(Function::LabelAddTag, tag.len())?;
            let check = characters("the tag", &tag, 1, TAG);
            session.label(Function::LabelAddTag, Effect::AddTag { tag }, check)
        },
    )
}

pub(super) fn remove_tag(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::LabelRemoveTag.name(),
        |mut store: StoreContextMut<'_, Session>, (tag,): (String,)| {
            let session = store.data_mut();
            session.enter(Function::LabelRemoveTag, tag.len())?;
            let check = characters("the tag", &tag, 1, TAG);
            session.label(Function::LabelRemoveTag, Effect::RemoveTag { tag }, check)
        },
    )
}

pub(super) fn note(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::LabelNote.name(),
        |mut store: StoreContextMut<'_, Session>, (text,): (String,)| {
            let session = store.data_mut();
            session.enter(Function::LabelNote, text.len())?;
            let check = characters("the note", &text, 1, NOTE);
            session.label(Function::LabelNote, Effect::Note { text }, check)
        },
    )
}

pub(super) fn priority(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::LabelPriority.name(),
        |mut store: StoreContextMut<'_, Session>, (value,): (u8,)| {
            let session = store.data_mut();
            session.enter(Function::LabelPriority, size_of::<u8>())?;
            let check = within("the priority", value.into(), 0, 9);
            session.label(Function::LabelPriority, Effect::Priority { value }, check)
        },
    )
}

impl Session {
    fn label(&mut self, function: Function, effect: Effect, check: Result<(), Failure>) -> Answer<()> {
        let marks = |effect: &&Effect| {
            matches!(
                effect,
                Effect::AddTag { .. }
                    | Effect::RemoveTag { .. }
                    | Effect::Note { .. }
                    | Effect::Priority { .. }
            )
        };
        let room = (self.recording.effects.iter().filter(marks).count() < MOST)
            .then_some(())
            .ok_or_else(|| failure("limit", format!("there are at most {MOST} marks in one call")));
        self.act(function, effect, check.and(room))
    }
}
