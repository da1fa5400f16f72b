//! `timonel rules backtest`: what a rule would have done with what really happened.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use domain::Time;
use hyper::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;

/// How often it is asked how far it is.
const LOOK: Duration = Duration::from_millis(200);

/// Which rule is tried on what. What is left out of the rule is as it stands.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A rule that there is, or another name for a new one.
    rule: String,
    /// A reference plugin by its name, or one that was handed in by its hash.
    #[arg(long)]
    plugin: Option<String>,
    /// What the plugin reads: a file of JSON, or a table as CSV for `decision-table`.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// The rule set in which it would stand.
    #[arg(long)]
    set: Option<String>,
    /// The rule behind which it would be asked.
    #[arg(long)]
    after: Option<String>,
    /// `off` shows what would be without it. As if it counted for everybody if absent.
    #[arg(long)]
    mode: Option<String>,
    /// Since when: `7d`, `36h`, or a moment as `2026-11-18T00:00:00-05:00`. Seven days if absent.
    #[arg(long)]
    since: Option<String>,
    /// Until when, in the same form. Now if absent.
    #[arg(long)]
    until: Option<String>,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Begins it, shows how far it is, and tells what came of it.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, asked: &Arguments) -> anyhow::Result<()> {
    let now = Time::now();
    let read = |file: &PathBuf| super::settings_of(file);
    let moment = |name: &str, text: &Option<String>| -> anyhow::Result<Option<Time>> {
        text.as_ref().map(|text| self::moment(name, text, now)).transpose()
    };
    let body = json!({
        "rule": asked.rule, "plugin": asked.plugin, "set": asked.set, "after": asked.after, "mode": asked.mode,
        "settings": asked.settings.as_ref().map(read).transpose()?,
        "from": moment("since", &asked.since)?, "to": moment("until", &asked.until)?,
    });
    let mut told = control::ask(&settings.data, Method::POST, "/backtests", Some(&body))?;
    let path = format!("/backtests/{}", told["backtest"]);
    let shown = std::io::stderr().is_terminal();
    while told["state"] == "running" {
        if shown {
            let far = told["events"].as_f64().unwrap_or(0.0) / told["of"].as_f64().unwrap_or(1.0).max(1.0);
            let _ = write!(std::io::stderr(), "\r{:>3.0} %  {} decisions", far * 100.0, told["decisions"]);
        }
        std::thread::sleep(LOOK);
        told = control::ask(&settings.data, Method::GET, &path, None)?;
    }
    if shown {
        let _ = write!(std::io::stderr(), "\r{:40}\r", "");
    }
    if told["state"] != "done" {
        bail!("the trial {}: {}", text(&told, "state"), text(&told, "why"));
    }
    if asked.json {
        println!("{told}");
        return Ok(());
    }
    let seconds = told["seconds"].as_f64().unwrap_or(0.0);
    println!(
        "{} from {} to {}, in {seconds:.1} s",
        text(&told, "rule"),
        text(&told, "from"),
        text(&told, "to")
    );
    for advice in told["advice"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        println!("  ! {advice}");
    }
    tell(&told["report"]);
    if told["kept"] == true {
        println!("It is kept, and stands beside a proposal of the same.");
    }
    Ok(())
}

/// What came of a trial.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn tell(report: &Value) {
    let number = |name: &str| report[name].as_u64().unwrap_or(0);
    let (decisions, same) = (number("decisions"), number("same"));
    println!("  {decisions:>7} decisions, {same} of them the same");
    for (name, words) in DIFFERENCES {
        let count = report["differences"][*name].as_u64().unwrap_or(0);
        if count > 0 {
            println!("  {count:>7} {words}");
        }
        for example in report["examples"][*name].as_array().into_iter().flatten() {
            let place = |name: &str| example[name].as_str().unwrap_or("–").to_owned();
            let moved = if example["from"] == example["to"] {
                String::new()
            } else {
                format!("  {} → {}", place("from"), place("to"))
            };
            let simulated = if example["simulated"] == true { "  (simulated)" } else { "" };
            println!("            why {}{moved}{simulated}", example["event"]);
        }
    }
    for flow in report["queues"].as_array().into_iter().flatten() {
        let place = |name: &str, none: &'static str| flow[name].as_str().unwrap_or(none).to_owned();
        println!(
            "  {:>7} {} → {}",
            flow["cases"].as_u64().unwrap_or(0),
            place("from", "a rule"),
            place("to", "a rule")
        );
    }
    let wait = &report["wait"];
    let of = |name: &str| wait[name].as_u64().unwrap_or(0);
    if of("longer") + of("shorter") + of("unknown") > 0 {
        let median = wait["median-millis"].as_i64().unwrap_or(0) / 1_000;
        println!(
            "  of those that go elsewhere {} would wait longer, {} not, {} cannot be told; median {median:+} s (an estimate)",
            of("longer"),
            of("shorter"),
            of("unknown")
        );
    }
    for (agent, cases) in wait["agents"].as_object().into_iter().flatten() {
        println!("  {:>7} cases that {agent} had would have gone elsewhere", cases.as_u64().unwrap_or(0));
    }
    for (agent, times) in report["preferred"].as_object().into_iter().flatten() {
        println!("  {:>7} cases would have waited for {agent} first", times.as_u64().unwrap_or(0));
    }
    for (rule, did) in report["rules"].as_object().into_iter().flatten() {
        println!(
            "    {rule}: asked {}, decided {}, failed {}, {} units of fuel",
            did["asked"], did["decided"], did["failed"], did["fuel"]
        );
    }
    for (name, words) in LIMITS {
        if number(name) > 0 {
            println!("  {:>7} {words}", number(name));
        }
    }
}

/// How something differs, in words.
const DIFFERENCES: &[(&str, &str)] = &[
    ("elsewhere", "would have gone to another queue"),
    ("placed-otherwise", "to the same queue with other skills, priority or preference"),
    ("answered-by-rule", "would have been dealt with by a rule, and went to a person"),
    ("left-to-people", "would have gone to a person, and a rule dealt with them"),
    ("answered-otherwise", "would have been answered in other words"),
    ("silent", "would not have been answered"),
];

/// What bounds what a trial tells, in words.
const LIMITS: &[(&str, &str)] = &[
    ("simulated", "are a simulation: their case would have gone another way before"),
    ("not-asked", "would not have been asked: a rule would have dealt with it before"),
    ("erased", "cannot be read any more: their customers were erased"),
    ("by-others", "were made while other rules were in force than now: differences may be theirs"),
    ("requests", "times it would have had a service asked, which nobody does"),
    ("wakes", "times it would have wanted to be called again, which nobody can try"),
];

/// A moment, or how long ago.
fn moment(name: &str, text: &str, now: Time) -> anyhow::Result<Time> {
    let hours = |digits: &str, each: i64| digits.parse::<i64>().ok().and_then(|n| n.checked_mul(each));
    let ago = match (text.strip_suffix('d'), text.strip_suffix('h')) {
        (Some(days), _) => hours(days, 24),
        (_, Some(some)) => hours(some, 1),
        _ => None,
    };
    let found = match ago {
        Some(hours) => now.checked_sub(SignedDuration::from_secs(hours.saturating_mul(3_600))).ok(),
        None => text.parse().ok(),
    };
    found.with_context(|| {
        format!("`--{name}` is `{text}`: `7d`, `36h` or a moment as `2026-11-18T00:00:00-05:00` was expected")
    })
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
