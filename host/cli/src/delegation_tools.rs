//! `timonel delegation`: lend one's word to a colleague for a while, and have it back.

use anyhow::Context as _;
use clap::Subcommand;
use domain::Time;
use domain::outside::Clock as _;
use hyper::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::control;
use crate::settings::Settings;
use crate::system::SystemClock;

/// What to do with delegations.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Whose word is lent to whom at this moment, of your rows and yours.
    List {
        /// For programs: one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Lend your word on rows for which you answer (A). It ends by itself.
    Lend {
        /// To whom: their name in the matrix.
        to: String,
        /// On which rows, as `approve-campaigns,modify-templates`.
        #[arg(long, value_delimiter = ',', required = true)]
        rows: Vec<String>,
        /// For how many days, 30 at most.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=30), required_unless_present = "until")]
        days: Option<i64>,
        /// Until when, as `2026-12-01T13:00:00Z`.
        #[arg(long, conflicts_with = "days")]
        until: Option<Time>,
    },
    /// End a delegation before its time: yours, or one that you were lent.
    End {
        /// What it is called, as `timonel delegation list` has it, or its first letters.
        delegation: String,
    },
}

/// Carries a command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(crate) fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let list = || control::ask(&settings.data, Method::GET, "/delegations", None);
    match command {
        Command::List { json: true } => println!("{}", list()?),
        Command::List { json: false } => {
            let told = list()?;
            let delegations = told["delegations"].as_array().map_or(&[][..], Vec::as_slice);
            for one in delegations {
                let rows = one["tasks"].as_array().into_iter().flatten().filter_map(Value::as_str);
                let rows: Vec<&str> = rows.collect();
                println!(
                    "{}  {} → {}  until {}",
                    text(one, "delegation"),
                    text(one, "from"),
                    text(one, "to"),
                    text(one, "until")
                );
                println!("    {}", rows.join(", "));
            }
            if delegations.is_empty() {
                println!("Nobody's word is lent.");
            }
        }
        Command::Lend { to, rows, days, until } => {
            let after = |days: i64| {
                SystemClock::starting(settings.clock).now().checked_add(SignedDuration::from_hours(24 * days))
            };
            let until = match (until, days) {
                (Some(until), _) => until,
                (None, days) => after(days.unwrap_or(1))?,
            };
            let body = json!({ "to": to, "tasks": rows, "until": until });
            let lent = control::ask(&settings.data, Method::POST, "/delegations", Some(&body))?;
            println!(
                "{}: {to} has your word on {} until {until}.",
                text(&lent, "delegation"),
                rows.join(", ")
            );
        }
        Command::End { delegation } => {
            let told = list()?;
            let names =
                told["delegations"].as_array().into_iter().flatten().map(|one| text(one, "delegation"));
            let mut named = names.filter(|name| name.starts_with(&delegation));
            let (Some(one), None) = (named.next(), named.next()) else {
                anyhow::bail!(
                    "`{delegation}` is not the beginning of one delegation: `timonel delegation list` shows yours"
                );
            };
            let path = format!("/delegations/{one}/end");
            control::send(&settings.data, Method::POST, &path, Vec::new()).context("it was not ended")?;
            println!("The delegation {one} is over.");
        }
    }
    Ok(())
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
