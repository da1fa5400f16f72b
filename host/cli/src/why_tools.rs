//! `timonel why`: why something happened in a conversation, whether it comes out the same again, and what a rule would have said to
//! something else.

use anyhow::Context as _;
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::control;
use crate::settings::Settings;

/// What is asked.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A conversation, a case, a message of ours, or the number of an event in a conversation.
    of: String,
    /// Make each decision again, and say whether it comes out the same.
    #[arg(long)]
    again: bool,
    /// The answer for the customer, in their language.
    #[arg(long, conflicts_with_all = ["again", "rule"])]
    letter: bool,
    /// Ask this rule of a decision once more; `of` is the number of the decision.
    #[arg(long, requires = "instead")]
    rule: Option<String>,
    /// What the rule is told instead, as `/message/text="horario"`: a JSON pointer and JSON.
    #[arg(long, value_name = "POINTER=JSON", requires = "rule")]
    instead: Vec<String>,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Carries it out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, asked: &Arguments) -> anyhow::Result<()> {
    if let Some(rule) = &asked.rule {
        let instead = asked.instead.iter().map(|one| {
            let (pointer, value) = one.split_once('=').with_context(|| {
                format!("`--instead` is `{one}`: a JSON pointer, `=` and JSON were expected")
            })?;
            let value: Value = serde_json::from_str(value).with_context(|| {
                format!("`--instead {pointer}` is `{value}`, which is no JSON: words stand in quotes")
            })?;
            anyhow::Ok((pointer.to_owned(), value))
        });
        let instead: Map<String, Value> = instead.collect::<Result<_, _>>()?;
        let body = json!({ "of": asked.of, "rule": rule, "instead": instead });
        let said = control::ask(&settings.data, Method::POST, "/why/what-if", Some(&body))?;
        if asked.json {
            println!("{said}");
        } else {
            what_if(&said);
        }
        return Ok(());
    }
    let of = utf8_percent_encode(&asked.of, NON_ALPHANUMERIC);
    let told =
        control::ask(&settings.data, Method::GET, &format!("/why?of={of}&again={}", asked.again), None)?;
    if asked.json {
        println!("{told}");
    } else if asked.letter {
        let letter = told["letter"].as_str();
        println!("{}", letter.context("no rule decided anything there that you may read in words")?);
    } else {
        tell(&told);
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn what_if(said: &Value) {
    println!("{}", text(&said["outcome"], "is"));
    if said["place"].is_object() {
        println!("  place    {}", said["place"]);
    }
    if !text(said, "reason").is_empty() {
        println!("  reason   {}", text(said, "reason"));
    }
    for effect in said["effects"].as_array().into_iter().flatten() {
        println!("  would    {effect}");
    }
    for strayed in said["not-known-then"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("  asked for {strayed}, which it had not asked for then: it was not answered");
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(told: &Value) {
    println!("conversation {}", text(told, "conversation"));
    for step in told["steps"].as_array().into_iter().flatten() {
        let mark = if step["event"] == told["asked-about"] { ">" } else { " " };
        println!("{mark}{:>9}  {}  {}", step["event"].to_string(), text(step, "at"), text(step, "words"));
        if step["decision"].is_object() {
            decision(&step["decision"]);
        }
    }
    if told["complete"] == false {
        println!("(not everything was looked for: between the messages there is too much of others)");
    }
    if told["words"] == false {
        println!("(what rules read and said takes R or A in the row of customers' data)");
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn decision(decision: &Value) {
    let generation = &decision["generation"];
    println!(
        "             {} ({}), generation {} since {}",
        decision["rules"].as_str().unwrap_or_default(),
        decision["why"].as_str().unwrap_or_default(),
        generation["number"],
        text(generation, "since")
    );
    for (n, made) in decision["asked"].as_array().into_iter().flatten().enumerate() {
        let mark = if made["decided"] == true { "✓" } else { " " };
        let shadow = match made["shadow-agrees"].as_bool() {
            Some(true) => "  [shadow, agrees]",
            Some(false) => "  [shadow, DISAGREES]",
            None => "",
        };
        println!(
            "           {mark} {}. {} · {} · {} fuel, {} µs{shadow}",
            n + 1,
            text(made, "rule"),
            text(made, "words"),
            made["fuel"],
            made["micros"]
        );
        let version = text(made, "version");
        println!(
            "                {} {}; {}",
            text(made, "plugin"),
            version.get(..12).unwrap_or(version),
            text(made, "signed-words")
        );
        if let Some(moved) = made["moved-words"].as_str() {
            println!("                {moved}");
        }
        if !text(made, "reason").is_empty() {
            println!("                «{}»", text(made, "reason"));
        }
        for said in made["said"].as_array().into_iter().flatten() {
            println!(
                "                {}{} = {}",
                text(said, "function"),
                short(&said["arguments"]),
                short(&said["answer"])
            );
        }
        if let Some(again) = made["again"]["words"].as_str() {
            println!("                {again}");
        }
    }
    for skipped in decision["not-asked"].as_array().into_iter().flatten() {
        println!("             - {}: {}", text(skipped, "rule"), text(skipped, "because"));
    }
    for refused in decision["refused"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("             × {refused}");
    }
}

/// A value in one line that can be read.
fn short(value: &Value) -> String {
    let text = if value.is_null() { String::new() } else { value.to_string() };
    if text.chars().count() <= 100 { text } else { text.chars().take(99).chain(['…']).collect() }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
