//! `timonel campaign`: one template to many customers, through the running host.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use hyper::Method;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a campaign down, from a file in TOML: `name`, `number`, `template`, `audience`, `not-before`, `per-hour`.
    Draft {
        /// The file.
        file: PathBuf,
        /// A file of people in CSV, in the place of `audience`: `phone`, and `name`, `opted-in` (an instant of RFC 3339) and
        /// `evidence` if they are known.
        #[arg(long)]
        people: Option<PathBuf>,
        /// The campaign of which this is another form. What was agreed on of it is void then.
        #[arg(long)]
        edits: Option<String>,
    },
    /// Whom a campaign would reach today, who is left out and why, and what it would cost.
    Estimate {
        /// Its name, or the beginning of it.
        campaign: String,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Fix whom it reaches, and ask others to agree to exactly that.
    Propose {
        /// Its name, or the beginning of it.
        campaign: String,
        /// Why: those who sign read it first, and it is kept.
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// All campaigns, and how they fare.
    List {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// One campaign.
    Show {
        /// Its name, or the beginning of it.
        campaign: String,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Let nothing of it leave any more: what is queued and not sent is taken back.
    Stop {
        /// Its name, or the beginning of it.
        campaign: String,
        /// Why. It is kept: without names and numbers of people.
        #[arg(long, default_value = "")]
        reason: String,
    },
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let ask = |begins: &str, what: &str, asked: &Value| -> anyhow::Result<Value> {
        let path = format!("/campaigns/{}/{what}", find(settings, begins)?);
        control::ask(&settings.data, Method::POST, &path, Some(asked))
    };
    match command {
        Command::Draft { file, people, edits } => {
            let mut wanted = read(&file)?;
            if let Some(people) = people {
                wanted["audience"] = json!({ "people": rows(&people)? });
            }
            if let Some(edits) = edits {
                wanted["edits"] = find(settings, &edits)?.into();
            }
            tell(&control::ask(&settings.data, Method::POST, "/campaigns", Some(&wanted))?);
        }
        Command::Estimate { campaign, json } => {
            let told = ask(&campaign, "estimate", &Value::Null)?;
            if json { println!("{told}") } else { estimated(&told) }
        }
        Command::Propose { campaign, reason } => {
            tell(&ask(&campaign, "proposal", &json!({ "reason": reason }))?);
        }
        Command::List { json } => {
            let told = control::ask(&settings.data, Method::GET, "/campaigns", None)?;
            if json {
                println!("{told}");
                return Ok(());
            }
            let list = told["campaigns"].as_array().map_or(&[][..], Vec::as_slice);
            if list.is_empty() {
                println!("there is no campaign");
            }
            list.iter().for_each(tell);
        }
        Command::Show { campaign, json } => {
            let path = format!("/campaigns/{}", find(settings, &campaign)?);
            let told = control::ask(&settings.data, Method::GET, &path, None)?;
            if json {
                println!("{told}");
                return Ok(());
            }
            tell(&told);
            println!("{}", serde_json::to_string_pretty(&told["plan"])?);
        }
        Command::Stop { campaign, reason } => tell(&ask(&campaign, "stop", &json!({ "reason": reason }))?),
    }
    Ok(())
}

fn find(settings: &Settings, begins: &str) -> anyhow::Result<String> {
    let begins = begins.strip_prefix("campaign/").unwrap_or(begins);
    let all = control::ask(&settings.data, Method::GET, "/campaigns", None)?;
    let list = all["campaigns"].as_array().map_or(&[][..], Vec::as_slice);
    let mut meant = list.iter().map(|one| text(one, "campaign")).filter(|id| id.starts_with(begins));
    let found = meant.next().with_context(|| {
        format!("`campaign` is `{begins}`: none begins with it. `timonel campaign list` shows them")
    })?;
    anyhow::ensure!(
        meant.next().is_none(),
        "`campaign` is `{begins}`: several begin with it, write more of it"
    );
    Ok(found.to_owned())
}

fn read(file: &Path) -> anyhow::Result<Value> {
    let words = std::fs::read_to_string(file)
        .with_context(|| format!("the file {} cannot be read", file.display()))?;
    let read: toml::Value = toml::from_str(&words).with_context(|| format!("in {}", file.display()))?;
    Ok(serde_json::to_value(dated(read))?)
}

/// Instants of TOML as the texts that JSON has for them.
fn dated(value: toml::Value) -> toml::Value {
    match value {
        toml::Value::Datetime(at) => toml::Value::String(at.to_string()),
        toml::Value::Array(all) => toml::Value::Array(all.into_iter().map(dated).collect()),
        toml::Value::Table(all) => {
            toml::Value::Table(all.into_iter().map(|(name, value)| (name, dated(value))).collect())
        }
        other => other,
    }
}

/// The people of a file: a line with the names of its columns, and one for each of them. What a spreadsheet writes is read, with
/// commas or semicolons, and with quotes around what contains them.
fn rows(file: &Path) -> anyhow::Result<Vec<Value>> {
    let words = std::fs::read_to_string(file)
        .with_context(|| format!("the file {} cannot be read", file.display()))?;
    let words = words.trim_start_matches('\u{feff}');
    let first = words.lines().next().unwrap_or_default();
    let comma = if first.matches(';').count() > first.matches(',').count() { ';' } else { ',' };
    let columns: Vec<String> = cells(first, comma).iter().map(|name| name.to_lowercase()).collect();
    anyhow::ensure!(
        columns.iter().any(|name| name == "phone"),
        "in {}: a first line with a column `phone` was expected",
        file.display()
    );
    let known = ["phone", "name", "opted-in", "evidence"];
    let row = |(line, words): (usize, &str)| -> anyhow::Result<Value> {
        let cells = cells(words, comma);
        anyhow::ensure!(
            cells.len() == columns.len(),
            "in {}, line {}: {} columns were expected",
            file.display(),
            line + 2,
            columns.len()
        );
        let fields = columns
            .iter()
            .zip(cells)
            .filter(|(name, cell)| known.contains(&name.as_str()) && (!cell.is_empty() || *name == "phone"));
        Ok(fields
            .map(|(name, cell)| (name.clone(), Value::String(cell)))
            .collect::<serde_json::Map<_, _>>()
            .into())
    };
    words.lines().skip(1).filter(|line| !line.trim().is_empty()).enumerate().map(row).collect()
}

fn cells(line: &str, comma: char) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            c if c == comma && !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            c => cell.push(c),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

/// A campaign, as a person reads it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn tell(one: &Value) {
    let id = text(one, "campaign");
    println!("{}  {} [{}]", id.get(..8).unwrap_or(id), text(one, "name"), text(one, "stage-words"));
    let counts = one["progress"].as_object().into_iter().flatten();
    let counts: Vec<String> = counts.map(|(place, count)| format!("{count} {place}")).collect();
    if let Some(contacts) = one["contacts"].as_u64() {
        println!("          {} of {contacts} taken; {}", one["taken"], counts.join(", "));
    }
    kept_back(&one["kept-back"]);
    if let Some(proposal) = one["proposal"].as_str() {
        println!("          timonel proposal show {}", proposal.get(..8).unwrap_or(proposal));
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn kept_back(counts: &Value) {
    for count in counts.as_array().into_iter().flatten() {
        println!("          - {}: {}", count["contacts"], text(count, "words"));
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn estimated(told: &Value) {
    let countries = told["countries"].as_object().into_iter().flatten();
    let countries: Vec<String> = countries.map(|(country, count)| format!("{country} {count}")).collect();
    println!("{} contacts ({})", told["contacts"], countries.join(", "));
    kept_back(&told["left-out"]);
    println!("{} of 1000 are inside their contact hours when it begins", told["open-permille"]);
    match told["currency"].as_str() {
        None => println!("what it costs is not known: the company has no table of prices"),
        Some(currency) => {
            let cap = told["cap"].as_str().map_or_else(String::new, |cap| format!(" of {cap}"));
            println!("{} {currency}; {}{cap} spent this month", text(told, "cost"), text(told, "spent"));
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_writes_is_read() {
        assert_eq!(cells("a; \"b;c\" ;\"d \"\"e\"\"\"", ';'), ["a", "b;c", "d \"e\""]);
        assert_eq!(cells("", ','), [""]);
    }
}
