//! `timonel rules` and the part of `timonel plugin` that asks the host: how rules stand, moving them, handing plugins in.

mod backtest;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

/// What to do with the rules of a running host.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// The rules in the order in which they are asked, how each stands, and what it did within the last hour.
    List {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// One rule, what is signed of it, and the versions that were ever in force.
    Show {
        /// Its name.
        rule: String,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// What a rule asked of services outside, and what became of it.
    Requests {
        /// Its name.
        rule: String,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Move a rule within what was signed of it. It is so for the next message.
    Move {
        /// Its name.
        rule: String,
        /// `off`, `shadow`, `canary-10` (percent of the conversations) or `live`.
        #[arg(long)]
        mode: Option<String>,
        /// An operational setting, as `/limit=5`: a JSON pointer and JSON.
        #[arg(long = "set", value_name = "POINTER=JSON")]
        settings: Vec<String>,
        /// Why: it is kept.
        #[arg(long)]
        why: String,
    },
    /// Return a rule to what is signed of it, or to a version that was in force before.
    Return {
        /// Its name.
        rule: String,
        /// The version, or the first digits of it, as `timonel rules show` has it.
        #[arg(long)]
        to: Option<String>,
        /// Why: it is kept.
        #[arg(long)]
        why: String,
    },
    /// Try a rule on what really happened: what would have come out otherwise. It changes nothing.
    Backtest(backtest::Arguments),
    /// Switch a whole set of rules off.
    Off(Set),
    /// Switch a whole set of rules on again.
    On(Set),
}

/// A set of rules, and why.
#[derive(clap::Args)]
pub(crate) struct Set {
    /// Its name.
    set: String,
    /// Why: it is kept.
    #[arg(long)]
    why: String,
}

pub(crate) use backtest::tell as tell_backtest;

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let post = |path: String, body: Value| -> anyhow::Result<()> {
        let done = control::ask(&settings.data, Method::POST, &path, Some(&body))?;
        println!("in force with generation {}", done["generation"]);
        Ok(())
    };
    match command {
        Command::List { json } => {
            let answer = control::ask(&settings.data, Method::GET, "/rules", None)?;
            if json {
                println!("{answer}");
                return Ok(());
            }
            let mut set = String::new();
            for rule in answer["rules"].as_array().into_iter().flatten() {
                if text(rule, "set") != set {
                    set = text(rule, "set").to_owned();
                    let off = if rule["set-on"] == false { "  OFF" } else { "" };
                    println!("{set}{off}");
                    if let Some(by) = rule.pointer("/set-moved/by").and_then(Value::as_str) {
                        println!("    {by}: {}", text(&rule["set-moved"], "why"));
                    }
                }
                tell(rule);
            }
        }
        Command::Show { rule, json } => {
            let found = control::ask(&settings.data, Method::GET, &format!("/rules/{}", part(&rule)), None)?;
            if json {
                println!("{found}");
                return Ok(());
            }
            tell(&found);
            let signed = &found["signed"];
            let requests = signed["requests"].as_array().into_iter().flatten().filter_map(Value::as_str);
            for may in requests {
                println!("      may ask   {may}");
            }
            for may in signed["templates"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                println!("      may send  {may}");
            }
            for (name, value) in [("scope", &signed["scope"]), ("envelope", &signed["envelope"])] {
                println!("      {name:<10}{value}");
            }
            println!("      settings  {}", signed["settings"]);
            for advice in found["advice"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                println!("      ! {advice}");
            }
            for version in found["versions"].as_array().into_iter().flatten() {
                let of = text(version, "of");
                let now = if of == text(signed, "of") { "  signed now" } else { "" };
                let (component, plugin) = (text(version, "component"), text(version, "plugin"));
                println!(
                    "      {}  entry {:<8} {plugin} {}  {} ≤ {}{now}",
                    of.get(..12).unwrap_or(of),
                    version["entry"],
                    component.get(..12).unwrap_or(component),
                    text(version, "mode"),
                    text(version, "highest"),
                );
            }
        }
        Command::Requests { rule, json } => {
            let path = format!("/rules/{}/requests", part(&rule));
            let found = control::ask(&settings.data, Method::GET, &path, None)?;
            if json {
                println!("{found}");
                return Ok(());
            }
            tell_requests(&found);
        }
        Command::Move { rule, mode, settings: set, why } => {
            let mut moved = serde_json::Map::new();
            for one in set {
                let (pointer, value) = one
                    .split_once('=')
                    .context("`--set`: a JSON pointer, `=` and JSON were expected, as `/limit=5`")?;
                let value = serde_json::from_str(value).with_context(|| {
                    format!("`--set {pointer}`: `{value}` is no JSON: texts need quotation marks")
                })?;
                moved.insert(pointer.to_owned(), value);
            }
            let body = json!({ "mode": mode, "settings": moved, "why": why });
            post(format!("/rules/{}/moves", part(&rule)), body)?;
        }
        Command::Return { rule, to, why } => {
            post(format!("/rules/{}/return", part(&rule)), json!({ "to": to, "why": why }))?;
        }
        Command::Backtest(arguments) => backtest::run(settings, &arguments)?,
        Command::Off(Set { set, why }) => {
            post(format!("/rule-sets/{}/moves", part(&set)), json!({ "on": false, "why": why }))?;
        }
        Command::On(Set { set, why }) => {
            post(format!("/rule-sets/{}/moves", part(&set)), json!({ "on": true, "why": why }))?;
        }
    }
    Ok(())
}

/// What a plugin reads: a file of JSON. The CSV of a spreadsheet is the setting `table` of a decision table.
pub(crate) fn settings_of(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    if file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("csv")) {
        return Ok(json!({ "table": text }));
    }
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", file.display()))
}

/// Hands a component in.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn push(settings: &Settings, file: &PathBuf, json: bool) -> anyhow::Result<()> {
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let plugin = control::send(&settings.data, Method::POST, "/plugins", bytes)?.json();
    if json {
        println!("{plugin}");
        return Ok(());
    }
    tell_plugin(&plugin);
    println!("It does nothing yet: propose a rule with it, as a file of JSON with");
    println!(
        r#"    {{ "rule": "…", "set": "…", "plugin": "{}", "mode": "shadow" }}"#,
        text(&plugin, "component")
    );
    println!("    timonel proposal rule FILE --reason …");
    Ok(())
}

/// The plugins that were handed in.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn plugins(settings: &Settings, json: bool) -> anyhow::Result<()> {
    let answer = control::ask(&settings.data, Method::GET, "/plugins", None)?;
    if json {
        println!("{answer}");
        return Ok(());
    }
    answer["plugins"].as_array().into_iter().flatten().for_each(tell_plugin);
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell_plugin(plugin: &Value) {
    let words = |name: &str| -> Vec<String> {
        let list = plugin[name].as_array().into_iter().flatten();
        list.filter_map(|one| one.as_str().map(ToOwned::to_owned)).collect()
    };
    println!("{} {}  {}", text(plugin, "name"), text(plugin, "version"), text(plugin, "component"));
    println!("    {} · {} bytes · by {}", words("kinds").join(", "), plugin["bytes"], text(plugin, "by"));
    for signature in plugin["signatures"].as_array().into_iter().flatten() {
        let author = &signature["author"];
        let whose = match author["who"].as_str() {
            Some(_) if author["revoked"].is_object() => "REVOKED".to_owned(),
            Some(who) => who.to_owned(),
            None => "a key that nobody registered, or not of these bytes".to_owned(),
        };
        println!("    signed by {}: {whose}", text(signature, "key"));
    }
    for may in words("may") {
        println!("    may {may}");
    }
    println!("    rows {}", words("rows").join(", "));
    for running in plugin["rules"].as_array().into_iter().flatten() {
        let (hour, rests) = (&running["hour"], if running["rests"] == true { ", RESTS" } else { "" });
        println!(
            "    runs as {} ({}{rests}): asked {}, decided {}, failed {} within the last hour, {} µs in all",
            text(running, "rule"),
            text(running, "mode"),
            hour["asked"],
            hour["decided"],
            hour["failed"],
            hour["micros"]
        );
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(rule: &Value) {
    let (signed, hour) = (&rule["signed"], &rule["hour"]);
    let runs = if rule["instead"].is_object() { &rule["instead"] } else { signed };
    let marks = [
        (rule["agreed"] == true, "by proposal"),
        (rule["rests"] == true, "RESTS: it failed too often"),
        (signed.pointer("/envelope/guard") == Some(&Value::Bool(true)), "guard"),
    ];
    let marks: Vec<&str> = marks.into_iter().filter_map(|(is, word)| is.then_some(word)).collect();
    println!(
        "  {:<22} {:<11} ≤ {:<11} {}{}",
        text(rule, "rule"),
        text(rule, "mode"),
        text(runs, "highest"),
        text(runs, "plugin"),
        if marks.is_empty() { String::new() } else { format!("  [{}]", marks.join(", ")) }
    );
    if hour["asked"].as_u64().is_some_and(|asked| asked > 0) {
        let behind = hour["behind"].as_u64().filter(|behind| *behind > 0);
        let behind =
            behind.map(|behind| format!(", and {behind} behind one that had decided")).unwrap_or_default();
        println!(
            "      last hour: asked {}, decided {}, failed {}, would have decided otherwise {}{behind}",
            hour["asked"], hour["decided"], hour["failed"], hour["disagreed"]
        );
    }
    let stopped = &rule["stopped"];
    if stopped.is_object() {
        let why = stopped.pointer("/revoked/why").and_then(Value::as_str).unwrap_or_default();
        println!("      STOPPED: the key {} of its author was revoked: {why}", text(stopped, "key"));
    }
    let moved = &rule["moved"];
    if moved.is_object() {
        let to = match moved["instead"].as_str() {
            Some(earlier) => format!(" to the earlier version {}", earlier.get(..12).unwrap_or(earlier)),
            None => String::new(),
        };
        println!("      moved{to} by {} at {}: {}", text(moved, "by"), text(moved, "at"), text(moved, "why"));
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell_requests(of: &Value) {
    println!("{}", text(of, "rule"));
    for may in of["may"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("    may ask {may}");
    }
    println!("    open: {}", of["open"]);
    for (name, words) in [("today", "today (UTC)"), ("month", "30 days")] {
        let counted = &of[name];
        let ended = counted["ended"].as_object().into_iter().flatten();
        let ended: Vec<String> = ended.map(|(word, times)| format!("{word} {times}")).collect();
        println!(
            "    {words}: {} requests in {} attempts, {} bytes, {} ms in all{}{}",
            counted["requests"],
            counted["attempts"],
            counted["bytes"],
            counted["millis"],
            if ended.is_empty() { "" } else { ": " },
            ended.join(", ")
        );
    }
    for one in of["last"].as_array().into_iter().flatten() {
        println!(
            "    entry {:<8} {}  {}  {}  {} attempts, {} ms",
            one["entry"].to_string(),
            text(one, "at"),
            text(one, "asked"),
            text(one, "ended"),
            one["attempts"],
            one["millis"]
        );
    }
}

/// A name as a part of a path.
fn part(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
