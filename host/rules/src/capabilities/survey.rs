//! `survey`: the question how it was. What the customer taps comes back to the host, which counts it.

use std::collections::BTreeSet;

use domain::decision::{self, Effect};
use wasmtime::StoreContextMut;
use wasmtime::component::LinkerInstance;

use super::{characters, within};
use crate::contract::Failure;
use crate::contract::bindings::timonel::rules::survey::Choice;
use crate::functions::Function;
use crate::session::{Session, failure};

pub(super) fn ask(interface: &mut LinkerInstance<'_, Session>) -> wasmtime::Result<()> {
    interface.func_wrap(
        Function::SurveyAsk.name(),
        |mut store: StoreContextMut<'_, Session>, (body, choices): (String, Vec<Choice>)| {
            let session = store.data_mut();
            let titles = choices.iter().map(|choice| size_of::<Choice>() + choice.title.len()).sum::<usize>();
            session.enter(Function::SurveyAsk, body.len() + titles)?;
            let check = check(&body, &choices).and_then(|()| session.has_asked_nothing());
            let choices =
                choices.into_iter().map(|Choice { title, score }| decision::Choice { title, score });
            let effect = Effect::Survey { body, choices: choices.collect() };
            session.act(Function::SurveyAsk, effect, check)
        },
    )
}

impl Session {
    fn has_asked_nothing(&self) -> Result<(), Failure> {
        let asked = self.recording.effects.iter().any(|one| matches!(one, Effect::Survey { .. }));
        (!asked).then_some(()).ok_or_else(|| failure("limit", "there is at most one survey in one call"))
    }
}

fn check(body: &str, choices: &[Choice]) -> Result<(), Failure> {
    characters("the question", body, 1, 1024)?;
    // What can be tapped without opening a menu first.
    within("the number of choices", choices.len() as u64, 2, 3)?;
    for choice in choices {
        characters("the title of a choice", &choice.title, 1, 20)?;
        within("the score of a choice", u64::from(choice.score), 1, 5)?;
    }
    let titles: BTreeSet<&str> = choices.iter().map(|choice| choice.title.as_str()).collect();
    (titles.len() == choices.len())
        .then_some(())
        .ok_or_else(|| failure("invalid", "the titles of the choices are not different"))
}
