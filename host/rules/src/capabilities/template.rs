//! `template`: what Meta has approved beforehand, which also reaches a customer who has not written for a day.
//!
//! Which ones is part of what was signed, because they cost money and are the words of the company. Whether Meta sends them, and
//! whether this customer may be sent one now, is for the host to see when it does.

use domain::decision::Effect;
use domain::message::{Component, Outgoing, Parameter, ParameterValue, Press, Template};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{Answer, bytes, characters, within};
use crate::contract::Failure;
use crate::contract::bindings::timonel::rules::template::Filled;
use crate::functions::Function;
use crate::session::{Session, failure};
use crate::weight;

pub(super) fn send(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::TemplateSend.name(),
        |mut store: StoreContextMut<'_, Session>, (filled,): (Filled,)| {
            store.data_mut().send_template(filled)
        },
    )
}

impl Session {
    fn send_template(&mut self, filled: Filled) -> Answer<()> {
        self.enter(Function::TemplateSend, weight_of(&filled))?;
        let check = check(&filled).and_then(|()| {
            let granted = &self.snapshot()?.linked.grant().templates;
            if !granted.contains(&filled.name) {
                let known = granted.iter().map(String::as_str).collect::<Vec<_>>().join("`, `");
                let what = format!("`{}` is none of the templates of its grant: `{known}`", filled.name);
                return Err(failure("denied", what));
            }
            self.sends_none()
        });
        let message = Outgoing::Template(read(filled));
        self.act(Function::TemplateSend, Effect::Reply { message }, check)
    }

    fn sends_none(&self) -> Result<(), Failure> {
        let is_one = |one: &Effect| matches!(one, Effect::Reply { message: Outgoing::Template(_) });
        let sent = self.recording.effects.iter().any(is_one);
        (!sent).then_some(()).ok_or_else(|| failure("limit", "there is at most one template in one call"))
    }
}

fn check(filled: &Filled) -> Result<(), Failure> {
    bytes("the name", &filled.name, 1, 512)?;
    bytes("the language", &filled.language, 2, 15)?;
    characters("the header", &filled.header, 0, 60)?;
    within("the number of gaps of the body", filled.body.len() as u64, 0, 20)?;
    for (name, value) in &filled.body {
        bytes("the name of a gap", name, 0, 64)?;
        characters("what fills a gap", value, 1, 1024)?;
    }
    within("the number of addresses", filled.addresses.len() as u64, 0, 10)?;
    for (place, end) in &filled.addresses {
        within("the place of a button", u64::from(*place), 0, 9)?;
        bytes("the end of an address", end, 1, 256)?;
    }
    Ok(())
}

/// The words of the contract as what they mean.
fn read(filled: Filled) -> Template {
    let Filled { name, language, header, body, addresses } = filled;
    let text = |name: Option<String>, value| Parameter { name, value: ParameterValue::Text(value) };
    let mut components = Vec::new();
    if !header.is_empty() {
        components.push(Component::Header { parameters: vec![text(None, header)] });
    }
    if !body.is_empty() {
        let parameters =
            body.into_iter().map(|(name, value)| text(Some(name).filter(|name| !name.is_empty()), value));
        components.push(Component::Body { parameters: parameters.collect() });
    }
    components.extend(addresses.into_iter().map(|(index, end)| {
        let parameters = vec![text(None, end)];
        Component::Button { index, press: Press::Url, parameters }
    }));
    Template { name, language, components }
}

fn weight_of(filled: &Filled) -> usize {
    let addresses: usize =
        filled.addresses.iter().map(|(_, end)| size_of::<(u8, String)>() + end.len()).sum();
    filled.name.len() + filled.language.len() + filled.header.len() + weight::attrs(&filled.body) + addresses
}
