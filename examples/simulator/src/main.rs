//! The simulated WhatsApp as a program of its own.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use simulator::{Delays, Number, Options, Person, Scenario, ScenarioError};

/// A simulated WhatsApp: the Graph API, the webhook caller and a page with telephones.
///
/// Without a scenario it is friendly: a person who tries things out runs into no limit, and nothing goes wrong. With
/// one it enforces what Meta enforces and is as hostile as the scenario says; the same file and the same seed do the
/// same again. What it did is counted at /_sim/report.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// A file that says how the company, its customers and Meta are. examples/simulator/scenarios has some, commented.
    #[arg(long)]
    scenario: Option<PathBuf>,
    /// What all chance and all identifiers follow from. A host that has seen a seed's messages takes them for duplicates
    /// the next time, so give it a new data directory.
    #[arg(long)]
    seed: Option<u64>,
    /// Where to serve the Graph API and the page. Whoever reaches it may write as any customer.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The host's webhook.
    #[arg(long, default_value = "http://127.0.0.1:8080/webhook")]
    webhook: String,
    /// What webhooks are signed with.
    #[arg(long, env = "APP_SECRET", default_value = "simulated-app-secret", hide_env_values = true)]
    app_secret: String,
    /// A number of the company, as id,number,name; may be repeated.
    #[arg(long = "number", value_parser = number, conflicts_with = "scenario")]
    numbers: Vec<Number>,
    /// A customer, as number,name; may be repeated.
    #[arg(long = "phone", value_parser = person, conflicts_with = "scenario")]
    phones: Vec<Person>,
    /// Statuses come at once instead of at the pace of people.
    #[arg(long, conflicts_with = "scenario")]
    fast: bool,
    /// How many posts to the webhook may be under way at once.
    #[arg(long, default_value_t = 8, conflicts_with = "scenario")]
    concurrency: usize,
    /// How many updates a post may carry when many are due.
    #[arg(long, default_value_t = 1, conflicts_with = "scenario")]
    batch: usize,
    /// The wait, in milliseconds, after the first post that was not answered with 200.
    #[arg(long, default_value_t = 500, conflicts_with = "scenario")]
    retry: u64,
}

fn number(text: &str) -> Result<Number, String> {
    match text.split(',').collect::<Vec<_>>()[..] {
        [id, display, name] => Ok(Number::new(id.trim(), display.trim(), name.trim())),
        _ => Err("id,number,name was expected".to_owned()),
    }
}

fn person(text: &str) -> Result<Person, String> {
    let (phone, name) = text.split_once(',').ok_or("number,name was expected")?;
    Ok(Person::new(phone, name.trim()))
}

impl Arguments {
    fn options(self) -> Result<Options, ScenarioError> {
        let usual = Options::default();
        let options = Options {
            listen: self.listen,
            webhook: Some(self.webhook),
            app_secret: self.app_secret,
            numbers: if self.numbers.is_empty() { usual.numbers } else { self.numbers },
            phones: if self.phones.is_empty() { usual.phones } else { self.phones },
            delays: if self.fast { Delays::NONE } else { usual.delays },
            concurrency: self.concurrency,
            batch: self.batch,
            retry: Duration::from_millis(self.retry),
            seed: self.seed,
            ..Options::default()
        };
        match self.scenario {
            Some(path) => Ok(Scenario::read(&path)?.apply(options)),
            None => Ok(options),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if this fails.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let webhook = arguments.webhook.clone();
    let handle = simulator::start(arguments.options()?).await?;
    writeln!(
        std::io::stdout(),
        "The simulated WhatsApp is at {}/ and calls {webhook}. Its seed is {}.",
        handle.base_url(),
        handle.report().seed
    )?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
