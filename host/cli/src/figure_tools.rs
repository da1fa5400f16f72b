//! `timonel kpi`: what figures mean, what was counted, and how another definition would have counted it.

mod compare;

use clap::{Subcommand, ValueEnum};
use domain::measure::figure;
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::control;
use crate::settings::Settings;

/// What to do with figures.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// What is or was counted: each figure with its formula, and who counts it.
    List {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// What was counted of one. An agent sees what is theirs, everybody else what their scope reaches.
    Show(Show),
    /// What people should look at, as the rules that watch figures say.
    Alerts {
        /// Those that are over, too.
        #[arg(long)]
        all: bool,
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Count the past with a plugin that counts nothing yet, beside the figures of record, which stay as they are. Reads the
    /// whole journal.
    Compare(compare::Arguments),
}

/// Of which figure, and how it is told.
#[derive(clap::Args)]
pub(crate) struct Show {
    /// The figure, as `first-response`.
    metric: String,
    /// The first day, as `2026-11-01`. The last seven days if absent.
    #[arg(long)]
    since: Option<String>,
    /// The last day. Today if absent.
    #[arg(long)]
    until: Option<String>,
    /// How time is divided.
    #[arg(long, value_enum, default_value = "day")]
    every: Every,
    /// What it is grouped by.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// Only as this rule counts it.
    #[arg(long)]
    rule: Option<String>,
    /// As comma-separated values, for a spreadsheet.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Every {
    Day,
    Hour,
    Total,
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    Queue,
    Agent,
    Number,
    Label,
}

impl From<By> for figure::By {
    fn from(by: By) -> Self {
        match by {
            By::Queue => Self::Queue,
            By::Agent => Self::Agent,
            By::Number => Self::Number,
            By::Label => Self::Label,
        }
    }
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { json } => list(settings, json),
        Command::Alerts { all, json } => alerts(settings, all, json),
        Command::Compare(arguments) => compare::run(settings, &arguments),
        Command::Show(show) => {
            let path = show.path();
            if show.csv {
                let told = control::send(&settings.data, Method::GET, &path, Vec::new())?;
                print!("{}", String::from_utf8_lossy(&told.bytes));
                return Ok(());
            }
            let told = control::ask(&settings.data, Method::GET, &path, None)?;
            if show.json {
                println!("{told}");
            } else {
                say(&told);
            }
            Ok(())
        }
    }
}

impl Show {
    fn path(&self) -> String {
        let word = |value: &dyn Fn() -> Option<clap::builder::PossibleValue>| {
            value().map(|value| value.get_name().to_owned())
        };
        let asked = [
            ("since", self.since.clone()),
            ("until", self.until.clone()),
            ("every", word(&|| self.every.to_possible_value())),
            ("by", word(&|| self.by?.to_possible_value())),
            ("rule", self.rule.clone()),
            ("format", Some(if self.csv { "csv" } else { "json" }.to_owned())),
        ];
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let asked =
            asked.iter().filter_map(|(name, value)| Some(format!("{name}={}", escaped(value.as_deref()?))));
        format!("/kpis/{}?{}", escaped(&self.metric), asked.collect::<Vec<_>>().join("&"))
    }
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn list(settings: &Settings, json: bool) -> anyhow::Result<()> {
    let mut figures = Vec::new();
    let mut path = "/kpis?limit=200".to_owned();
    loop {
        let told = control::ask(&settings.data, Method::GET, &path, None)?;
        figures.extend(told["figures"].as_array().cloned().unwrap_or_default());
        let Some(next) = told["next"].as_str() else { break };
        path = format!("/kpis?limit=200&after={}", utf8_percent_encode(next, NON_ALPHANUMERIC));
    }
    if json {
        println!("{}", Value::from(figures));
        return Ok(());
    }
    for figure in &figures {
        head(figure);
        println!("    {}", text(figure, "formula"));
    }
    if figures.is_empty() {
        println!("Nothing is counted: no rule that measures is in force.");
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn alerts(settings: &Settings, all: bool, json: bool) -> anyhow::Result<()> {
    let told = control::ask(&settings.data, Method::GET, &format!("/alerts?all={all}"), None)?;
    if json {
        println!("{told}");
        return Ok(());
    }
    let alerts = told["alerts"].as_array().map_or(&[][..], Vec::as_slice);
    for alert in alerts {
        let until = alert["ended"].as_str().map(|ended| format!(" to {ended}")).unwrap_or_default();
        println!("{:<9}{}", text(alert, "level"), text(alert, "words"));
        println!("         {}, since {}{until}", text(alert, "alert"), text(alert, "since"));
    }
    if alerts.is_empty() {
        println!("There is nothing to look at{}.", if all { ", and there was not" } else { "" });
    }
    Ok(())
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn head(figure: &Value) {
    let dropped = figure["dropped"].as_u64().unwrap_or(0);
    let mut marks = String::new();
    if figure["counted"] == false {
        marks.push_str("  no longer counted");
    }
    if dropped > 0 {
        marks.push_str(&format!("  {dropped} facts are missing: the rule failed"));
    }
    println!("{}  {} ({}){marks}", text(figure, "metric"), text(figure, "title"), text(figure, "unit"));
    println!(
        "    {}, version {}, counted by {} since {}",
        text(figure, "variant"),
        figure["version"],
        text(figure, "rule"),
        text(figure, "since")
    );
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn say(told: &Value) {
    for counted in told["figures"].as_array().into_iter().flatten() {
        let (figure, rows) = (&counted["figure"], &counted["rows"]);
        head(figure);
        let unit = text(figure, "unit");
        let rows = rows.as_array().map_or(&[][..], Vec::as_slice);
        for row in rows {
            println!("{}", line(row, unit, text(figure, "aggregate")));
        }
        if rows.is_empty() {
            println!("    nothing from {} to {} that you see", text(told, "since"), text(told, "until"));
        }
    }
}

/// A row, for people.
fn line(row: &Value, unit: &str, aggregate: &str) -> String {
    let when = row["when"].as_str().unwrap_or("in all");
    let group = row["group"].as_str().unwrap_or_default();
    let value = row["value"].as_f64().map_or_else(|| "—".to_owned(), |value| amount(value, unit, aggregate));
    // What a ratio is a part of is what people ask for, and not how many samples made it.
    let samples = if aggregate == "ratio" { &row["of"] } else { &row["samples"] };
    let mut line = format!("    {when:<26}{group:<16}{value:>12}  of {samples}");
    if let (Some(p50), Some(p90), Some(p95)) = (row["p50"].as_f64(), row["p90"].as_f64(), row["p95"].as_f64())
    {
        let [p50, p90, p95] = [p50, p90, p95].map(|value| amount(value, unit, aggregate));
        line.push_str(&format!("   half {p50}, 90 % {p90}, 95 % {p95}"));
    }
    if row["sealed"] == false {
        line.push_str("  (not over)");
    }
    line
}

/// An amount as people read it.
pub(crate) fn amount(value: f64, unit: &str, aggregate: &str) -> String {
    if aggregate == "ratio" {
        return format!("{:.1} %", value * 100.0);
    }
    if unit != "ms" {
        return if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    }
    let seconds = value / 1_000.0;
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let minutes = (seconds / 60.0).floor();
    if minutes < 60.0 {
        return format!("{minutes:.0} min {:02.0} s", (seconds % 60.0).floor());
    }
    format!("{:.0} h {:02.0} min", (minutes / 60.0).floor(), minutes % 60.0)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_durations_parts_and_counts() {
        for (value, unit, aggregate, told) in [
            (950.0, "ms", "distribution", "0.9 s"),
            (61_000.0, "ms", "distribution", "1 min 01 s"),
            (7_260_000.0, "ms", "sum", "2 h 01 min"),
            (0.125, "ratio", "ratio", "12.5 %"),
            (12.0, "cases", "sum", "12"),
        ] {
            assert_eq!(amount(value, unit, aggregate), told);
        }
    }
}
