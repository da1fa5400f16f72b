//! `timonel case`: cases that go somewhere else, through the running host.

use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

/// How often it looks how far a move is.
const AGAIN: Duration = Duration::from_millis(200);

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Move cases: one, many, or those that a filter fits. Up to the company's threshold at once, beyond it when others have agreed.
    Move(Box<Moving>),
    /// The latest moves of many cases, and how far each is.
    Moves {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
}

/// A move of cases.
#[derive(Args)]
pub(crate) struct Moving {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    to: To,
    /// Only show what it would come to.
    #[arg(long)]
    preview: bool,
    /// Why: it is kept, and names no customer.
    #[arg(long, default_value = "")]
    reason: String,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Which cases: all of it has to fit.
#[derive(Args)]
pub(crate) struct Which {
    /// Those of these conversations.
    #[arg(long = "conversation")]
    conversations: Vec<String>,
    /// Those that wait in a queue, or came from it.
    #[arg(long)]
    queue: Option<String>,
    /// Those that an agent has.
    #[arg(long)]
    agent: Option<String>,
    /// Those with a tag.
    #[arg(long)]
    tag: Option<String>,
    /// Those that have waited for longer than so many minutes.
    #[arg(long)]
    waiting_longer_than: Option<u32>,
}

/// Where to.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct To {
    /// To wait in a queue.
    #[arg(long, conflicts_with = "to_agent")]
    to_queue: Option<String>,
    /// For somebody with this skill.
    #[arg(long = "skill", requires = "to_queue")]
    skills: Vec<String>,
    /// To an agent, as far as there is room.
    #[arg(long)]
    to_agent: Option<String>,
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Move(moving) => {
            let Moving { which, to, preview, reason, json } = *moving;
            let asked = json!({ "cases": filter(&which)?, "to": destination(&to)? });
            let ask = |path: &str, body: &Value| control::ask(&settings.data, Method::POST, path, Some(body));
            let seen = ask("/case-moves/preview", &asked)?;
            if preview {
                if json {
                    println!("{seen}")
                } else {
                    look(&seen)
                }
                return Ok(());
            }
            if !json {
                look(&seen);
            }
            let mut wanted = asked;
            wanted["reason"] = reason.into();
            wanted["of"] = seen["of"].clone();
            let mut one = ask("/case-moves", &wanted)?;
            while one["stage"] == "running" {
                std::thread::sleep(AGAIN);
                let path = format!("/case-moves/{}", text(&one, "move"));
                one = control::ask(&settings.data, Method::GET, &path, None)?;
            }
            if json { println!("{one}") } else { tell(&one) }
        }
        Command::Moves { json } => {
            let told = control::ask(&settings.data, Method::GET, "/case-moves", None)?;
            if json {
                println!("{told}");
                return Ok(());
            }
            let list = told["moves"].as_array().map_or(&[][..], Vec::as_slice);
            if list.is_empty() {
                println!("no cases were moved");
            }
            list.iter().for_each(tell);
        }
    }
    Ok(())
}

fn filter(which: &Which) -> anyhow::Result<Value> {
    let mut filter = json!({ "conversations": which.conversations });
    let named = [("queue", &which.queue), ("agent", &which.agent), ("tag", &which.tag)];
    for (name, value) in named {
        if let Some(value) = value {
            filter[name] = value.clone().into();
        }
    }
    if let Some(minutes) = which.waiting_longer_than {
        let seconds = minutes.checked_mul(60).context("`waiting-longer-than` is too long")?;
        filter["waiting-longer-than"] = seconds.into();
    }
    let asks = filter.as_object().is_some_and(|asks| asks.len() > 1) || !which.conversations.is_empty();
    anyhow::ensure!(
        asks,
        "which cases? `--conversation`, `--queue`, `--agent`, `--tag` or `--waiting-longer-than` was expected"
    );
    Ok(filter)
}

fn destination(to: &To) -> anyhow::Result<Value> {
    match (&to.to_queue, &to.to_agent) {
        (Some(queue), None) => Ok(json!({ "queue": { "queue": queue, "skills": to.skills } })),
        (None, Some(agent)) => Ok(json!({ "agent": agent })),
        _ => anyhow::bail!("where to? `--to-queue` or `--to-agent` was expected"),
    }
}

/// What a move would come to, as a person reads it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn look(seen: &Value) {
    println!("{} cases → {}", seen["cases"], text(seen, "to"));
    for (from, count) in seen["from"].as_object().into_iter().flatten() {
        println!("  {count} from {from}");
    }
    left(&seen["left"], "would stay: ");
    let (most, moved) = (&seen["alone"], &seen["moved-alone"]);
    if seen["needs-agreement"] == true {
        println!(
            "  others have to agree: one person moves {most} within an hour, and you have moved {moved}"
        );
    }
}

/// A move, as a person reads it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(one: &Value) {
    let id = text(one, "move");
    let (to, by) = (text(one, "to"), text(one, "by"));
    println!("{}  {} cases → {to} [{}] {by}", id.get(..8).unwrap_or(id), one["cases"], text(one, "stage"));
    println!(
        "          {} of {} done, {} moved: {}",
        one["done"],
        one["cases"],
        one["moved"],
        text(one, "reason")
    );
    left(&one["left"], "          - ");
    if let Some(proposal) = one["proposal"].as_str() {
        println!("          timonel proposal show {}", proposal.get(..8).unwrap_or(proposal));
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn left(counts: &Value, before: &str) {
    for count in counts.as_array().into_iter().flatten() {
        println!("{before}{} {}", count["cases"], text(count, "words"));
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
