//! The rule of `examples/rules/rust/routing`, as its author would write it for extism: settings are the plug-in's configuration,
//! what was said and where it goes are JSON, and the customer's tags are asked of the host.

use std::sync::OnceLock;

use extism_pdk::{FnResult, FromBytes, Json, ToBytes, config, host_fn, plugin_fn};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Settings {
    words: Vec<Word>,
    vip_priority: u8,
}

#[derive(Deserialize)]
struct Word {
    word: String,
    queue: String,
}

#[derive(Deserialize, FromBytes)]
#[encoding(Json)]
struct Said {
    text: String,
}

#[derive(Serialize, ToBytes)]
#[encoding(Json)]
struct Placed {
    queue: String,
    priority: u8,
    reason: String,
}

#[host_fn]
extern "ExtismHost" {
    fn tags() -> Json<Vec<String>>;
}

/// Read once an instance, as `prepare` is once a generation: where an instance is kept, once for all decisions.
static SETTINGS: OnceLock<Settings> = OnceLock::new();

fn settings() -> FnResult<&'static Settings> {
    if SETTINGS.get().is_none() {
        let read = serde_json::from_str(&config::get("settings")?.unwrap_or_default())?;
        let _ = SETTINGS.set(read);
    }
    SETTINGS.get().ok_or_else(|| extism_pdk::Error::msg("no settings").into())
}

#[plugin_fn]
pub fn route(said: Said) -> FnResult<Json<Option<Placed>>> {
    let settings = settings()?;
    let text = said.text.to_ascii_lowercase();
    let known = |word: &&Word| text.contains(&word.word.to_ascii_lowercase());
    let Some(word) = settings.words.iter().find(known) else { return Ok(Json(None)) };
    let Json(tags) = unsafe { tags()? };
    let vip = tags.iter().any(|tag| tag == "vip");
    Ok(Json(Some(Placed {
        queue: word.queue.clone(),
        priority: if vip { settings.vip_priority } else { 0 },
        reason: format!("Palabra «{}»{}", word.word, if vip { "; VIP" } else { "" }),
    })))
}
