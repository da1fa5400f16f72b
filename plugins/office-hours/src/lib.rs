//! Tells customers who write out of hours when somebody will be back.
//!
//! This file is the glue between the contract and the rule: `settings` says what a supervisor may write, `rule` decides,
//! `calendar` knows how people say a moment.

mod calendar;
mod rule;
mod settings;

use contract::exports::timonel::rules::responding::{self, Answer, Outcome};
use contract::exports::timonel::rules::rule as about;
use contract::timonel::rules::{memory, reply};

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:office-hours/plugin",
        generate_all,
    });

    export!(Plugin with_types_in self);
    use super::Plugin;
}

/// The moment at which this conversation was last told, in milliseconds.
const LAST_TOLD: &str = "last-told";

struct Plugin;

impl about::Guest for Plugin {
    fn describe() -> about::Description {
        about::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "Dice a quien escribe fuera de horario cuándo volverá a haber alguien.".to_owned(),
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
        if !rule::applies(&input) {
            return Ok(answer(Outcome::Abstain, "No es un mensaje fuera de horario"));
        }
        let settings = kit::settings::unpack(&prepared)?;
        // Without a memory it would be said with each message: better not at all.
        let Ok(last_told) = memory::get(LAST_TOLD) else {
            return Ok(answer(Outcome::Abstain, "No se sabe cuándo se avisó"));
        };
        if !rule::is_due(&settings, input.now, last_told.and_then(|told| told.parse().ok())) {
            return Ok(answer(Outcome::Abstain, "Ya se avisó hace poco"));
        }
        let said = reply::text(&rule::message(&settings, &input));
        let noted = said.and_then(|()| memory::set(LAST_TOLD, Some(&input.now.to_string())));
        Ok(match noted {
            Err(failure) => answer(Outcome::Abstain, &format!("No se pudo avisar: {}", failure.code)),
            Ok(()) if settings.person_continues => {
                answer(Outcome::AnsweredAndRoute, "Fuera de horario: se avisó y sigue una persona")
            }
            Ok(()) => answer(Outcome::Answered, "Fuera de horario: se avisó"),
        })
    }
}

fn answer(outcome: Outcome, reason: &str) -> Answer {
    Answer { outcome, reason: reason.to_owned(), attrs: vec![] }
}
