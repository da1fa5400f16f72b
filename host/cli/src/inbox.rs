//! `timonel inbox`: what one was told, through the running host.

use clap::Subcommand;
use hyper::Method;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Say that you have read it.
    Read {
        /// The numbers of the notices; all of them if none is named.
        notices: Vec<u64>,
    },
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(
    settings: &Settings,
    command: Option<Command>,
    all: bool,
    json: bool,
) -> anyhow::Result<()> {
    let Some(Command::Read { notices }) = command else {
        let path = format!("/notices?limit=200&unread={}", !all);
        let answer = control::ask(&settings.data, Method::GET, &path, None)?;
        if json {
            println!("{answer}");
            return Ok(());
        }
        let list = answer["notices"].as_array().map_or(&[][..], Vec::as_slice);
        if list.is_empty() {
            println!("nothing new");
        }
        list.iter().for_each(tell);
        return Ok(());
    };
    let notices = if notices.is_empty() { Value::Null } else { json!(notices) };
    let answer =
        control::ask(&settings.data, Method::POST, "/notices/read", Some(&json!({ "notices": notices })))?;
    if json {
        println!("{answer}");
    } else {
        println!("unread: {}", answer["unread"]);
    }
    Ok(())
}

/// A notice, as a person reads it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(one: &Value) {
    let text = |name: &str| one[name].as_str().unwrap_or_default();
    let mark = match (text("part"), one["read"].is_null()) {
        ("loud", _) => '!',
        ("waits", _) => '>',
        (_, true) => '*',
        (_, false) => ' ',
    };
    println!("{mark} {:>6}  {}  {}", one["notice"], text("at").get(..16).unwrap_or_default(), text("words"));
    let proposal = one.pointer("/matter/proposal").and_then(Value::as_str).and_then(|id| id.get(..8));
    if let (true, Some(proposal)) = (one["waits"] == true, proposal) {
        println!("           {}: timonel proposal show {proposal}", text("part-words"));
    }
}
