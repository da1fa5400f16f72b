//! Tells customers how their order is, as another system of the company knows it.
//!
//! This file is the glue between the contract and the rule: `settings` says what a supervisor may write, `rule` decides.
//! It is asked twice: when the customer names an order, and when the service has answered, or has not.

mod rule;
mod settings;

use contract::exports::timonel::rules::responding::{self, Answer, Outcome};
use contract::exports::timonel::rules::rule as about;
use contract::timonel::rules::types::Failure;
use contract::timonel::rules::{reply, request};

use crate::rule::Turn;
use crate::settings::Settings;

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:crm-lookup/plugin",
        generate_all,
    });

    export!(Plugin with_types_in self);
    use super::Plugin;
}

struct Plugin;

impl about::Guest for Plugin {
    fn describe() -> about::Description {
        about::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "Dice a los clientes cómo va su pedido según otro sistema, y trae a una persona cuando este no responde."
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
        let turn = match input.why.as_str() {
            "message" => rule::asked(&settings, &input),
            "answer" => match request::answer() {
                Ok(Some(response)) => rule::answered(&settings, &input, &response),
                _ => Turn::nothing("No hay respuesta que leer"),
            },
            _ => Turn::nothing("No es un mensaje"),
        };
        Ok(match act(&turn, &settings) {
            Ok(()) => answer(turn.outcome, turn.reason),
            Err(failure) => {
                answer(Outcome::HandOver, format!("No se pudo: {} ({})", failure.text, failure.code))
            }
        })
    }
}

fn act(turn: &Turn, settings: &Settings<&str>) -> Result<(), Failure> {
    if let Some(words) = &turn.say {
        reply::text(words)?;
    }
    let Some(number) = &turn.look_up else { return Ok(()) };
    let secrets = settings.secret.map(|secret| ("authorization".to_owned(), secret.to_owned()));
    request::send(&request::Call {
        purpose: number.clone(),
        method: "GET".to_owned(),
        url: format!("{}{number}", settings.url),
        headers: vec![("accept".to_owned(), "application/json".to_owned())],
        secrets: secrets.into_iter().collect(),
        body: None,
        repeatable: true,
        attrs: vec![],
    })
}

fn answer(outcome: Outcome, reason: String) -> Answer {
    Answer { outcome, reason, attrs: vec![] }
}
