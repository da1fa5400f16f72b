//! `label`: marks on the case.

use domain::decision::Effect;
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{characters, within};
use crate::functions::Function;
use crate::session::Session;

/// A tag is a word or two: it has to fit into a column.
const TAG: usize = 40;
/// A note is read in passing.
const NOTE: usize = 2000;

pub(super) fn add_tag(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::LabelAddTag.name(),
        |mut store: StoreContextMut<'_, Session>, (tag,): (String,)| {
            let session = store.data_mut();
            session.enter(Function::LabelAddTag, tag.len())?;
            let check = characters("the tag", &tag, 1, TAG);
            session.act(Function::LabelAddTag, Effect::AddTag { tag }, check)
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
            session.act(Function::LabelRemoveTag, Effect::RemoveTag { tag }, check)
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
            session.act(Function::LabelNote, Effect::Note { text }, check)
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
            session.act(Function::LabelPriority, Effect::Priority { value }, check)
        },
    )
}
