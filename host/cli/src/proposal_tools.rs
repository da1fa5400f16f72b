//! `timonel proposal`: changes that take more than one person, through the running host.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use hyper::Method;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// What waits for somebody, and what for.
    List {
        /// Also what does not wait any more.
        #[arg(long)]
        all: bool,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// One proposal, with its content.
    Show {
        /// Its name, or the beginning of it.
        proposal: String,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Propose to put in force what lies in the company's files.
    Company {
        /// Why: those who sign read it first, and it is kept.
        #[arg(long)]
        reason: String,
        /// Not before this instant of RFC 3339, as `2026-12-01T08:00:00-05:00`.
        #[arg(long)]
        not_before: Option<domain::Time>,
        /// The proposal of which this is another content.
        #[arg(long)]
        edits: Option<String>,
    },
    /// Propose a rule that no file of the company names, another version of one, or to withdraw it.
    Rule {
        /// A file of JSON: `rule`, `set`, `plugin`, `settings`, `scope`, `mode`, `requests`, `templates`, `envelope`, `after`, or `withdraw`.
        file: PathBuf,
        /// What the plugin reads, instead of `settings`: a file of JSON, or a table as CSV for `decision-table`.
        #[arg(long, value_name = "FILE")]
        settings: Option<PathBuf>,
        /// Why: those who sign read it first, and it is kept.
        #[arg(long)]
        reason: String,
        /// The proposal of which this is another content.
        #[arg(long)]
        edits: Option<String>,
    },
    /// Say that you are for it: you are consulted.
    Agree(Optional),
    /// Say that you are against it: whoever signed has to look again.
    Object(Optional),
    /// Agree with the last word: you answer for it.
    Sign {
        /// Its name, or the beginning of it.
        proposal: String,
        /// The hash of the content that you have read: with another one nothing is signed.
        #[arg(long)]
        of: Option<String>,
    },
    /// Refuse it: you answer for it.
    Reject(Said),
    /// Take back what you proposed.
    Withdraw {
        /// Its name, or the beginning of it.
        proposal: String,
    },
    /// In an emergency: have it carried out at once. It is loud, and somebody else looks at it afterwards.
    Force(Said),
    /// Look at what was forced, for the record.
    Review(Said),
    /// Say that what is in force is yours: you answer for it now, since those who signed it have left.
    Ratify(Optional),
}

#[derive(clap::Args)]
pub(crate) struct Optional {
    /// Its name, or the beginning of it.
    proposal: String,
    /// In your words.
    #[arg(long, default_value = "")]
    words: String,
}

#[derive(clap::Args)]
pub(crate) struct Said {
    /// Its name, or the beginning of it.
    proposal: String,
    /// In your words: they are kept.
    #[arg(long)]
    words: String,
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let say = |proposal: &str, what: &str, words: &str, of: Option<&str>| -> anyhow::Result<()> {
        let found = find(settings, proposal)?;
        // The beginning of it is enough, as `show` has it; another one is left for the host to refuse.
        let now = text(&found, "of");
        let of = of.filter(|of| of.len() < 8 || !now.starts_with(of)).unwrap_or(now);
        let path = format!("/proposals/{}/words", text(&found, "proposal"));
        let said = json!({ "do": what, "of": of, "words": words });
        tell(&control::ask(&settings.data, Method::POST, &path, Some(&said))?);
        Ok(())
    };
    match command {
        Command::List { all, json } => {
            let answer = proposals(settings, all)?;
            if json {
                println!("{answer}");
                return Ok(());
            }
            let list = answer["proposals"].as_array().map_or(&[][..], Vec::as_slice);
            if list.is_empty() {
                println!("nothing waits");
            }
            list.iter().for_each(tell);
        }
        Command::Show { proposal, json } => {
            let found = find(settings, &proposal)?;
            if json {
                println!("{found}");
                return Ok(());
            }
            tell(&found);
            let of = text(&found, "of");
            println!("          --of {}", of.get(..16).unwrap_or(of));
            if let Some(files) = found.pointer("/content/files").and_then(Value::as_object) {
                for (name, text) in files {
                    println!("--- {name}\n{}", text.as_str().unwrap_or_default());
                }
            } else if !found["content"].is_null() {
                println!("{}", serde_json::to_string_pretty(&found["content"])?);
            }
        }
        Command::Company { reason, not_before, edits } => {
            let edits = edits.map(|id| find(settings, &id).map(|found| text(&found, "proposal").to_owned()));
            let asked = json!({ "kind": "company", "reason": reason, "not-before": not_before, "edits": edits.transpose()? });
            tell(&control::ask(&settings.data, Method::POST, "/proposals", Some(&asked))?);
        }
        Command::Rule { file, settings: other, reason, edits } => {
            let bytes = std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let mut content: Value =
                serde_json::from_slice(&bytes).with_context(|| format!("{} is no JSON", file.display()))?;
            if let Some(other) = other {
                content["settings"] = crate::rule_tools::settings_of(&other)?;
            }
            let edits = edits.map(|id| find(settings, &id).map(|found| text(&found, "proposal").to_owned()));
            let asked = json!({
                "kind": "rule", "content": content, "reason": reason, "edits": edits.transpose()?,
            });
            tell(&control::ask(&settings.data, Method::POST, "/proposals", Some(&asked))?);
        }
        Command::Agree(said) => say(&said.proposal, "agree", &said.words, None)?,
        Command::Object(said) => say(&said.proposal, "object", &said.words, None)?,
        Command::Sign { proposal, of } => say(&proposal, "sign", "", of.as_deref())?,
        Command::Reject(said) => say(&said.proposal, "reject", &said.words, None)?,
        Command::Withdraw { proposal } => say(&proposal, "withdraw", "", None)?,
        Command::Force(said) => say(&said.proposal, "force", &said.words, None)?,
        Command::Review(said) => say(&said.proposal, "review", &said.words, None)?,
        Command::Ratify(said) => say(&said.proposal, "ratify", &said.words, None)?,
    }
    Ok(())
}

fn proposals(settings: &Settings, all: bool) -> anyhow::Result<Value> {
    control::ask(&settings.data, Method::GET, &format!("/proposals?all={all}"), None)
}

fn find(settings: &Settings, begins: &str) -> anyhow::Result<Value> {
    let begins = begins.strip_prefix("proposal/").unwrap_or(begins);
    let all = proposals(settings, true)?;
    let list = all["proposals"].as_array().map_or(&[][..], Vec::as_slice);
    let mut meant = list.iter().filter(|one| text(one, "proposal").starts_with(begins));
    let found = meant.next().with_context(|| {
        format!(
            "`proposal` is `{begins}`: no proposal begins with it. `timonel proposal list --all` shows them"
        )
    })?;
    anyhow::ensure!(
        meant.next().is_none(),
        "`proposal` is `{begins}`: several begin with it, write more of it"
    );
    Ok(found.clone())
}

/// Tells of a proposal that was made instead of doing what was asked for. False if it was done.
pub(crate) fn proposed(answer: &Value) -> bool {
    let is_one = answer["proposal"].is_object();
    if is_one {
        tell(&answer["proposal"]);
    }
    is_one
}

/// A proposal, as a person reads it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(one: &Value) {
    let id = text(one, "proposal");
    println!(
        "{}  {}: {} [{}]",
        id.get(..8).unwrap_or(id),
        text(one, "kind-words"),
        text(one, "title-words"),
        text(one, "stage-words")
    );
    // What the host called it names what people's words leave out, as whose a plugin is.
    if text(one, "title") != text(one, "title-words") {
        println!("          ({})", text(one, "title"));
    }
    println!("          {}: {}", text(one, "author"), text(one, "reason"));
    let each = |name: &str| one[name].as_array().cloned().unwrap_or_default();
    for judged in each("judgements") {
        println!("          § {}: {}", text(&judged, "rule"), text(&judged, "words"));
        for reason in judged["reasons"].as_array().into_iter().flatten() {
            println!("            - {} [{}]", text(reason, "words"), text(reason, "code"));
        }
    }
    let advice = one.pointer("/content/agree/advice").and_then(Value::as_array);
    for advice in advice.into_iter().flatten().filter_map(Value::as_str) {
        println!("          ! {advice}");
    }
    let tried = &one["backtest"];
    if tried.is_object() {
        let (by, from, to) = (text(tried, "by"), text(tried, "from"), text(tried, "to"));
        println!("          ≈ tried on {from} … {to} by {by} (entry {}):", tried["entry"]);
        crate::rule_tools::tell_backtest(&tried["report"]);
    }
    for said in each("heard") {
        let mark = if said["agrees"] == true { "+" } else { "-" };
        println!("          {mark} {}: {}", text(&said, "by"), text(&said, "words"));
    }
    for signed in each("signed") {
        println!("          ✓ {}", text(&signed, "by"));
    }
    if let Some(forced) = one["forced"].as_object() {
        let forced = Value::Object(forced.clone());
        println!("          ! {}: {}", text(&forced, "by"), text(&forced, "why"));
    }
    if one["to-ratify"].is_object() {
        println!("          ? {}", text(&one["to-ratify"], "words"));
    }
    if let Some(why) = one.pointer("/stage/why").and_then(Value::as_str) {
        println!("          × {why}");
    }
    for missing in each("missing").iter().chain(&each("short")) {
        println!("          … {}", text(missing, "words"));
    }
    let yours: Vec<String> =
        each("yours").iter().filter_map(|one| one.as_str().map(ToOwned::to_owned)).collect();
    if !yours.is_empty() {
        println!("          > timonel proposal {} {}", yours.join("|"), id.get(..8).unwrap_or(id));
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
