//! Ends the cases of customers who have gone, and asks them how it was.
//!
//! This file is the glue between the contract and the rule: `settings` says what a supervisor may write, `rule` decides.

mod rule;
mod settings;

use contract::exports::timonel::rules::following::{self, Answer, Moment, Outcome};
use contract::exports::timonel::rules::rule as about;
use contract::timonel::rules::types::Failure;
use contract::timonel::rules::{close, memory, reply, survey};
use kit::speech::Spoken;
use rule::{Seen, Step};
use settings::Settings;

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:closing/plugin",
        generate_all,
    });

    export!(Plugin with_types_in self);
    use super::Plugin;
}

/// The moment at which this conversation was last warned, in milliseconds.
const WARNED: &str = "warned";

struct Plugin;

impl about::Guest for Plugin {
    fn describe() -> about::Description {
        about::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "Cierra los casos de clientes que se fueron y les pregunta cómo los atendieron."
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

impl following::Guest for Plugin {
    fn moments(prepared: Vec<u8>) -> Vec<Moment> {
        let Ok(settings) = kit::settings::unpack::<Settings<&str>>(&prepared) else { return vec![] };
        let moment = |(since, seconds): rule::Moment| Moment { since: since.to_owned(), seconds };
        rule::moments(&settings).into_iter().map(moment).collect()
    }

    fn follow(prepared: Vec<u8>, input: following::Input) -> Result<Answer, String> {
        let settings: Settings<&str> = kit::settings::unpack(&prepared)?;
        let attr =
            |name: &str| input.attrs.iter().find(|(is, _)| is == name).map(|(_, value)| value.as_str());
        let number = |name: &str| attr(name).and_then(|value| value.parse().ok());
        let warned = match input.why.as_str() {
            "quiet" => match memory::get(WARNED) {
                Ok(warned) => warned.and_then(|at| at.parse().ok()),
                // Without a memory it would be said again and again: better not at all.
                Err(_) => return Ok(answer(Outcome::Abstain, "No se sabe si se avisó")),
            },
            _ => None,
        };
        let seen = Seen {
            why: &input.why,
            now: input.now,
            seconds: number("seconds").unwrap_or(0),
            from: number("from").unwrap_or(0),
            answered: number("agent-answered"),
            warned,
            code: attr("code").unwrap_or_default(),
            open_window: attr("window-until").is_some(),
        };
        let step = rule::step(&settings, &seen);
        Ok(match act(&settings, &input, &step) {
            Err(failure) => answer(Outcome::Abstain, &format!("No se pudo: {}", failure.code)),
            Ok(None) => answer(Outcome::Abstain, "Todavía no hay nada que hacer"),
            Ok(Some(reason)) => answer(Outcome::Done, reason),
        })
    }
}

/// Does it, and says why.
fn act(
    settings: &Settings<&str>,
    input: &following::Input,
    step: &Step,
) -> Result<Option<&'static str>, Failure> {
    let say = |text: &Spoken<&str>| reply::text(text.in_language(&input.language, "es"));
    match (step, &settings.survey) {
        (Step::Warn, _) => {
            say(&settings.warning)?;
            memory::set(WARNED, Some(&input.now.to_string()))?;
            Ok(Some("El cliente no responde: se le avisó que el caso se cerrará"))
        }
        (Step::Close, _) => {
            say(&settings.farewell)?;
            close::resolve(settings.code)?;
            Ok(Some("El cliente no respondió después del aviso"))
        }
        (Step::CloseInSilence, _) => {
            close::resolve(settings.code)?;
            Ok(Some("El cliente no responde desde hace días"))
        }
        (Step::Ask, Some(asked)) => {
            let title = |text: &Spoken<&str>, score| survey::Choice {
                title: text.in_language(&input.language, "es").to_owned(),
                score,
            };
            let choices = [title(&asked.good, 5), title(&asked.fair, 3), title(&asked.bad, 1)];
            survey::ask(asked.question.in_language(&input.language, "es"), &choices)?;
            Ok(Some("Terminó la atención: se pregunta cómo fue"))
        }
        (Step::Thank, Some(asked)) => {
            say(&asked.thanks)?;
            Ok(Some("El cliente dijo cómo fue"))
        }
        _ => Ok(None),
    }
}

fn answer(outcome: Outcome, reason: &str) -> Answer {
    Answer { outcome, reason: reason.to_owned(), attrs: vec![] }
}
