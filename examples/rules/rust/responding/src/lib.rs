//! Answers by the first word that it knows, and brings a person who is asked for.

use contract::exports::timonel::rules::{responding, rule};
use contract::timonel::rules::reply;
use responding::Outcome;
use serde::{Deserialize, Serialize};

mod contract {
    wit_bindgen::generate!({ path: "wit", world: "plugin", generate_all });
    export!(Plugin with_types_in self);
    use super::Plugin;
}

/// What a supervisor writes. Capitals from A to Z do not matter in words.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// In the order in which they are looked for.
    answers: Vec<Answer>,
    /// Who writes this word wants a person.
    person: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    word: String,
    text: String,
}

struct Plugin;

impl rule::Guest for Plugin {
    fn describe() -> rule::Description {
        rule::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "Answers by the first word that it knows, and brings a person who is asked for.".to_owned(),
            example_settings: include_str!("../example-settings.json").to_owned(),
            settings_schema: include_str!("../settings-schema.json").to_owned(),
            attrs: Vec::new(),
        }
    }

    /// Once for these settings, which are as the schema says: what is returned here is handed to every `respond`, so that a
    /// decision parses no JSON.
    fn prepare(settings: String) -> Result<Vec<u8>, String> {
        let settings: Settings = serde_json::from_str(&settings).map_err(|error| error.to_string())?;
        postcard::to_allocvec(&settings).map_err(|error| error.to_string())
    }
}

impl responding::Guest for Plugin {
    fn respond(prepared: Vec<u8>, input: responding::Input) -> Result<responding::Answer, String> {
        let settings: Settings = postcard::from_bytes(&prepared).map_err(|error| error.to_string())?;
        let text = input.message.map(|message| message.text.to_ascii_lowercase()).unwrap_or_default();
        let says = |word: &str| text.contains(&word.to_ascii_lowercase());
        if says(&settings.person) {
            return Ok(answer(Outcome::HandOver, "Pidió una persona".to_owned()));
        }
        let Some(known) = settings.answers.iter().find(|answer| says(&answer.word)) else {
            return Ok(answer(Outcome::Abstain, String::new()));
        };
        // What a capability refuses has not happened: then a person should take it.
        if let Err(failure) = reply::text(&known.text) {
            return Ok(answer(Outcome::HandOver, failure.text));
        }
        Ok(answer(Outcome::Answered, format!("Palabra «{}»", known.word)))
    }
}

fn answer(outcome: Outcome, reason: String) -> responding::Answer {
    responding::Answer { outcome, reason, attrs: Vec::new() }
}
