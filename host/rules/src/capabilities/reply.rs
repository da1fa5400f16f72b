//! `reply`: words for the customer, inside the 24-hour window.
//!
//! The bounds are WhatsApp's. A message that it would refuse is refused here, where the rule can still do something
//! else; the window and the pace are for the host to keep when it sends.

use std::collections::BTreeSet;

use domain::decision::Effect;
use domain::message::{Outgoing, ReplyButton, Row};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{Answer, bytes, characters, within};
use crate::contract::Failure;
use crate::contract::bindings::timonel::rules::reply::{OptionButton, Row as RowOf};
use crate::functions::Function;
use crate::session::{Session, failure};

/// Messages in one call: a greeting, an answer and a question.
const MOST: usize = 3;

pub(super) fn text(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::ReplyText.name(),
        |mut store: StoreContextMut<'_, Session>, (body,): (String,)| {
            let check = characters("the text", &body, 1, 4096);
            store.data_mut().reply(Function::ReplyText, body.len(), Outgoing::Text { body }, check)
        },
    )
}

pub(super) fn buttons(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::ReplyButtons.name(),
        |mut store: StoreContextMut<'_, Session>, (body, buttons): (String, Vec<OptionButton>)| {
            let size = body.len() + buttons.iter().map(weight_of_button).sum::<usize>();
            let check = check_buttons(&body, &buttons);
            let buttons = buttons
                .into_iter()
                .map(|button| ReplyButton { id: button.id, title: button.title })
                .collect();
            store.data_mut().reply(Function::ReplyButtons, size, Outgoing::Buttons { body, buttons }, check)
        },
    )
}

pub(super) fn menu(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::ReplyMenu.name(),
        |mut store: StoreContextMut<'_, Session>, (body, label, rows): (String, String, Vec<RowOf>)| {
            let size = body.len() + label.len() + rows.iter().map(weight_of_row).sum::<usize>();
            let check = check_menu(&body, &label, &rows);
            let rows = rows
                .into_iter()
                .map(|row| Row { id: row.id, title: row.title, description: row.description })
                .collect();
            store.data_mut().reply(Function::ReplyMenu, size, Outgoing::Menu { body, label, rows }, check)
        },
    )
}

impl Session {
    fn reply(
        &mut self,
        function: Function,
        size: usize,
        message: Outgoing,
        check: Result<(), Failure>,
    ) -> Answer<()> {
        self.enter(function, size)?;
        let replies =
            self.recording.effects.iter().filter(|effect| matches!(effect, Effect::Reply { .. })).count();
        let room = (replies < MOST)
            .then_some(())
            .ok_or_else(|| failure("limit", format!("there are at most {MOST} messages in one call")));
        self.act(function, Effect::Reply { message }, check.and(room))
    }
}

fn weight_of_button(button: &OptionButton) -> usize {
    size_of::<OptionButton>() + button.id.len() + button.title.len()
}

fn weight_of_row(row: &RowOf) -> usize {
    size_of::<RowOf>() + row.id.len() + row.title.len() + row.description.len()
}

fn check_buttons(body: &str, buttons: &[OptionButton]) -> Result<(), Failure> {
    characters("the text", body, 1, 1024)?;
    within("the number of buttons", buttons.len() as u64, 1, 3)?;
    for button in buttons {
        bytes("the identifier of a button", &button.id, 1, 256)?;
        characters("the title of a button", &button.title, 1, 20)?;
    }
    different("the identifiers of the buttons", buttons.iter().map(|button| button.id.as_str()))?;
    different("the titles of the buttons", buttons.iter().map(|button| button.title.as_str()))
}

fn check_menu(body: &str, label: &str, rows: &[RowOf]) -> Result<(), Failure> {
    characters("the text", body, 1, 4096)?;
    characters("the label", label, 1, 20)?;
    within("the number of rows", rows.len() as u64, 1, 10)?;
    for row in rows {
        bytes("the identifier of a row", &row.id, 1, 200)?;
        characters("the title of a row", &row.title, 1, 24)?;
        characters("the description of a row", &row.description, 0, 72)?;
    }
    different("the identifiers of the rows", rows.iter().map(|row| row.id.as_str()))
}

fn different<'a>(what: &str, mut words: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    words
        .all(|word| seen.insert(word))
        .then_some(())
        .ok_or_else(|| failure("invalid", format!("{what} are not different")))
}
