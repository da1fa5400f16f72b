//! `timonel plugin run`: what a plugin would have said to what was decided.
//!
//! The host asks it, because what was said in a conversation stays there: the same input, what was read then, and the words of both
//! beside each other. Nothing is done of what it answers.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use domain::decision::Digest;
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::project::Subject;
use crate::control;
use crate::settings::Settings;

/// What is run, and on what.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The directory with its `plugin.toml`, or a component. It was handed in before.
    #[arg(default_value = ".")]
    plugin: std::path::PathBuf,
    /// A conversation, a case, a message of ours, or the number of a decision.
    #[arg(long)]
    on: String,
    /// The rule in whose place it is asked.
    #[arg(long)]
    rule: String,
    /// Its settings, a file of JSON; those of the rule if none is named.
    #[arg(long)]
    settings: Option<std::path::PathBuf>,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Asks the host for all of it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(super) fn run(host: &Settings, asked: &Arguments) -> anyhow::Result<ExitCode> {
    let component = Digest::of(&Subject::read(&asked.plugin, None)?.bytes);
    let settings = asked.settings.as_deref().map(read).transpose()?;
    let of = utf8_percent_encode(&asked.on, NON_ALPHANUMERIC);
    let told = control::ask(&host.data, Method::GET, &format!("/why?of={of}"), None)?;
    let decisions: Vec<&Value> =
        told["steps"].as_array().into_iter().flatten().filter(|step| was_asked(step, &asked.rule)).collect();
    ensure!(!decisions.is_empty(), "`--rule`: `{}` was asked nothing there", asked.rule);
    let mut compared = Vec::new();
    for step in decisions {
        let of = step["event"].to_string();
        // An event in a conversation tells all of it; a decision that was named is meant alone.
        if told["asked-about"].is_u64() && told["asked-about"] != step["event"] {
            continue;
        }
        let same = json!({ "of": of, "rule": asked.rule });
        let mut other = same.clone();
        other["plugin"] = json!(component);
        if let Some(settings) = &settings {
            other["settings"] = settings.clone();
        }
        let ask = |body: &Value| control::ask(&host.data, Method::POST, "/why/what-if", Some(body));
        compared.push((step, ask(&same)?, ask(&other)?));
    }
    ensure!(
        !compared.is_empty(),
        "`--on`: event {} is no decision in which `{}` was asked",
        asked.on,
        asked.rule
    );
    if asked.json {
        let told = compared.iter().map(|(step, then, now)| {
            json!({ "event": step["event"], "at": step["at"], "then": then, "now": now, "same": differences(then, now).is_empty() })
        });
        println!("{}", json!({ "component": component, "decisions": told.collect::<Vec<_>>() }));
        return Ok(ExitCode::SUCCESS);
    }
    let mut other = 0;
    for (step, then, now) in &compared {
        let differences = differences(then, now);
        let mark = if differences.is_empty() { "=" } else { "≠" };
        println!("{mark} {}  {}  {}", step["event"], text(step, "at"), words(now));
        for difference in &differences {
            println!("    {difference}");
        }
        for strayed in now["not-known-then"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            println!("    it asked for {strayed}, which nobody had asked for then: it was not answered");
        }
        other += usize::from(!differences.is_empty());
    }
    println!("{} decisions: {} the same, {other} other", compared.len(), compared.len() - other);
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let bytes = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is no JSON", path.display()))
}

fn was_asked(step: &Value, rule: &str) -> bool {
    let asked = step["decision"]["asked"].as_array();
    asked.is_some_and(|asked| asked.iter().any(|made| made["rule"] == rule))
}

/// In what two answers differ, a sentence each.
fn differences(then: &Value, now: &Value) -> Vec<String> {
    let parts = ["outcome", "place", "reason", "effects"];
    let differs = parts.into_iter().filter(|part| then[*part] != now[*part]);
    differs.map(|part| format!("{part}: then {}, now {}", then[part], now[part])).collect()
}

fn words(said: &Value) -> String {
    format!("{} «{}»", text(&said["outcome"], "is"), text(said, "reason"))
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
