//! Places cases by what the customer says and who the customer is.
//!
//! This file is the glue between the contract and the rule: `settings` says what a supervisor may write, `rule` decides.

mod rule;
mod settings;

use contract::exports::timonel::rules::{routing, rule as about};
use contract::timonel::rules::{identity, profile, team};

mod contract {
    wit_bindgen::generate!({
        path: ["../../wit/0.1.0", "wit"],
        world: "reference:skills-router/plugin",
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
            summary: "Pone cada caso por palabras, botones, números, idiomas y etiquetas; los VIP primero y con el agente que los conoce."
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

impl routing::Guest for Plugin {
    fn route(prepared: Vec<u8>, input: routing::Input) -> Result<Option<routing::Place>, String> {
        let settings = kit::settings::unpack(&prepared)?;
        rule::place(&settings, &input, &Host)
    }
}

/// The capabilities, as the rule asks for them.
struct Host;

impl rule::Desk for Host {
    fn tags(&self) -> Vec<String> {
        profile::get().map(|customer| customer.tags).unwrap_or_default()
    }

    fn phone(&self) -> Option<String> {
        identity::get().ok().and_then(|who| who.phone)
    }

    fn candidates(&self, queue: &str, skills: &[String]) -> Vec<team::Agent> {
        team::candidates(queue, skills).unwrap_or_default()
    }
}
