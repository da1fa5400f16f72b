//! `timonel outbound`: pauses and resumes what the running host sends.

use clap::Subcommand;
use hyper::Method;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

/// What may be asked of sending.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Let nothing leave until it is resumed. What is queued waits; it takes effect at once and survives restarts.
    Pause {
        /// Why, for colleagues. It is kept in the journal for ever: name no customer.
        #[arg(long)]
        reason: String,
        /// Only from this number (Meta's phone number id).
        #[arg(long)]
        number: Option<String>,
    },
    /// Let messages leave again, whatever stopped them: a pause, or a code of WhatsApp.
    Resume {
        /// Only from this number (Meta's phone number id).
        #[arg(long)]
        number: Option<String>,
    },
}

/// Asks the running host, and tells what is stopped afterwards.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Option<Command>, as_json: bool) -> anyhow::Result<()> {
    let (method, path, body) = match command {
        None => (Method::GET, "/outbound", None),
        Some(Command::Pause { reason, number }) => {
            (Method::POST, "/outbound/pause", Some(json!({"reason": reason, "number": number})))
        }
        Some(Command::Resume { number }) => {
            (Method::POST, "/outbound/resume", Some(json!({"number": number})))
        }
    };
    let state = control::ask(&settings.data, method, path, body.as_ref())?;
    if as_json {
        println!("{state}");
        return Ok(());
    }
    if state["changed"] == false {
        println!("nothing changed");
    }
    for line in lines(&state) {
        println!("{line}");
    }
    Ok(())
}

/// One line for each stop and each call; one that says so if there is none.
pub(crate) fn lines(state: &Value) -> Vec<String> {
    let of = |name: &str| state[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
    let code = |value: &Value| value["code"].as_i64().map_or_else(String::new, |code| format!(" ({code})"));
    let stops = of("stopped").into_iter().map(|stop| {
        let scope = stop["scope"]["number"].as_str();
        let scope = scope.map_or_else(|| "all numbers".to_owned(), |number| format!("number {number}"));
        let traffic = if stop["traffic"] == "all" { "nothing leaves" } else { "no template leaves" };
        let (why, by, since) = (text(&stop["why"]), text(&stop["by"]), text(&stop["since"]));
        format!("{scope}: {traffic} since {since}, by {by}: {why}{}", code(&stop))
    });
    let calls = of("calls").into_iter().map(|call| {
        let (number, why, since) = (text(&call["number"]), text(&call["why"]), text(&call["since"]));
        format!("number {number}: a person is needed since {since}: {why}{}", code(&call))
    });
    let lines: Vec<String> = stops.chain(calls).collect();
    if lines.is_empty() { vec!["messages leave".to_owned()] } else { lines }
}
