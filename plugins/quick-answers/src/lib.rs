//! Answers frequent questions, and brings a person when it cannot.
//!
//! This file is the glue between the contract and the rule: `settings` says what a supervisor may write, `rule` decides,
//! and what it decided is done here.

mod rule;
mod settings;

use contract::exports::timonel::rules::responding::{self, Answer, Outcome};
use contract::exports::timonel::rules::rule as about;
use contract::timonel::rules::types::Failure;
use contract::timonel::rules::{label, memory, reply};

use crate::rule::Turn;
use crate::settings::{Choices, Settings};

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:quick-answers/plugin",
        generate_all,
    });

    export!(Plugin with_types_in self);
    use super::Plugin;
}

/// How often in a row the customer was not understood, as `<case> <count>`: the conversation goes on for ever, but a new
/// case begins anew.
const FAILURES: &str = "failures";

struct Plugin;

impl about::Guest for Plugin {
    fn describe() -> about::Description {
        about::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "Responde preguntas frecuentes con textos, botones y menús, y trae a una persona cuando la piden o no entiende."
                .to_owned(),
            example_settings: include_str!("example.json").to_owned(),
            settings_schema: include_str!("settings.schema.json").to_owned(),
            attrs: vec![],
        }
    }

    fn prepare(settings: String) -> Result<Vec<u8>, String> {
        settings::prepare(&settings)
    }
}

impl responding::Guest for Plugin {
    fn respond(prepared: Vec<u8>, input: responding::Input) -> Result<Answer, String> {
        let settings: Settings<&str> = kit::settings::unpack(&prepared)?;
        let noted = memory::get(FAILURES).ok().flatten();
        let failures = noted.as_deref().and_then(|noted| failures_of(noted, &input.case.id));
        let turn = rule::turn(&settings, &input, failures);
        Ok(match act(&turn, &settings, &input, failures) {
            Ok(()) => answer(turn.outcome, turn.reason),
            // A machine that may not speak must not keep the customer to itself.
            Err(failure) => answer(Outcome::HandOver, format!("No se pudo responder: {}", failure.code)),
        })
    }
}

fn act(
    turn: &Turn<'_>,
    settings: &Settings<&str>,
    input: &responding::Input,
    failures: Option<u32>,
) -> Result<(), Failure> {
    let spoken = |text: &kit::speech::Spoken<&str>| {
        text.in_language(&input.language, settings.default_language).to_owned()
    };
    if let Some((text, choices)) = turn.say {
        match choices {
            Choices::None => reply::text(&spoken(text))?,
            Choices::Buttons(buttons) => {
                let buttons: Vec<_> = buttons
                    .iter()
                    .map(|button| reply::OptionButton {
                        id: button.id.to_owned(),
                        title: spoken(&button.title),
                    })
                    .collect();
                reply::buttons(&spoken(text), &buttons)?;
            }
            Choices::Menu { label, rows } => {
                let rows: Vec<_> = rows
                    .iter()
                    .map(|row| reply::Row {
                        id: row.id.to_owned(),
                        title: spoken(&row.title),
                        description: row.description.as_ref().map(spoken).unwrap_or_default(),
                    })
                    .collect();
                reply::menu(&spoken(text), &spoken(label), &rows)?;
            }
        }
    }
    if let Some(tag) = turn.tag {
        label::add_tag(tag)?;
    }
    match turn.failures {
        Some(count) if turn.failures != failures => {
            memory::set(FAILURES, Some(&format!("{} {count}", input.case.id)))
        }
        _ => Ok(()),
    }
}

/// What was noted, if it was in this case.
fn failures_of(noted: &str, case: &str) -> Option<u32> {
    let (of, count) = noted.rsplit_once(' ')?;
    count.parse().ok().filter(|_| of == case)
}

fn answer(outcome: Outcome, reason: String) -> Answer {
    Answer { outcome, reason, attrs: vec![] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_case_begins_anew() {
        assert_eq!(failures_of("case-1 1", "case-1"), Some(1));
        assert_eq!(failures_of("case-1 1", "case-2"), None);
        assert_eq!(failures_of("", "case-1"), None);
    }
}
