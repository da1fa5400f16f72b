//! Places a case by the first word that it knows, and puts VIPs first.

use contract::exports::timonel::rules::{routing, rule};
use contract::timonel::rules::profile;
use serde::{Deserialize, Serialize};

mod contract {
    wit_bindgen::generate!({ path: "wit", world: "plugin", generate_all });
    export!(Plugin with_types_in self);
    use super::Plugin;
}

/// What a supervisor writes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Settings {
    /// In the order in which they are looked for. Capitals from A to Z do not matter.
    words: Vec<Word>,
    /// Of customers with the tag `vip`.
    #[serde(default)]
    vip_priority: u8,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    word: String,
    queue: String,
}

struct Plugin;

impl rule::Guest for Plugin {
    fn describe() -> rule::Description {
        rule::Description {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            summary: "Places a case by the first word that it knows, and puts VIPs first.".to_owned(),
            example_settings: include_str!("../example-settings.json").to_owned(),
            settings_schema: include_str!("../settings-schema.json").to_owned(),
            attrs: Vec::new(),
        }
    }

    /// Once for these settings, which are as the schema says: what is returned here is handed to every `route`, so that a decision
    /// parses no JSON.
    fn prepare(settings: String) -> Result<Vec<u8>, String> {
        let settings: Settings = serde_json::from_str(&settings).map_err(|error| error.to_string())?;
        postcard::to_allocvec(&settings).map_err(|error| error.to_string())
    }
}

impl routing::Guest for Plugin {
    fn route(prepared: Vec<u8>, input: routing::Input) -> Result<Option<routing::Place>, String> {
        let settings: Settings = postcard::from_bytes(&prepared).map_err(|error| error.to_string())?;
        let Some(message) = input.message else { return Ok(None) };
        let text = message.text.to_ascii_lowercase();
        let known = |word: &&Word| text.contains(&word.word.to_ascii_lowercase());
        let Some(word) = settings.words.iter().find(known) else { return Ok(None) };

        // Whatever a capability answers, the rule has to go on: without the tags nobody is a VIP.
        let tags = profile::get().map(|customer| customer.tags).unwrap_or_default();
        let vip = tags.iter().any(|tag| tag == "vip");
        Ok(Some(routing::Place {
            queue: word.queue.clone(),
            skills: Vec::new(),
            priority: if vip { settings.vip_priority } else { 0 },
            prefer: None,
            overflow_after: None,
            reason: format!("Palabra «{}»{}", word.word, if vip { "; VIP" } else { "" }),
            attrs: Vec::new(),
        }))
    }
}
