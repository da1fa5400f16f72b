//! The simulated WhatsApp as a program of its own.

use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use simulator::{Delays, Number, Options, Person};

/// A simulated WhatsApp: the Graph API, the webhook caller and a page with telephones.
#[derive(Parser)]
#[command(version)]
struct Arguments {
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
    #[arg(long = "number", value_parser = number)]
    numbers: Vec<Number>,
    /// A customer, as number,name; may be repeated.
    #[arg(long = "phone", value_parser = person)]
    phones: Vec<Person>,
    /// Statuses come at once instead of at the pace of people.
    #[arg(long)]
    fast: bool,
    /// How many posts to the webhook may be under way at once.
    #[arg(long, default_value_t = 8)]
    concurrency: usize,
    /// How many updates a post may carry when many are due.
    #[arg(long, default_value_t = 1)]
    batch: usize,
    /// The wait, in milliseconds, after the first post that was not answered with 200.
    #[arg(long, default_value_t = 500)]
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

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let usual = Options::default();
    let options = Options {
        listen: arguments.listen,
        webhook: Some(arguments.webhook.clone()),
        app_secret: arguments.app_secret,
        numbers: if arguments.numbers.is_empty() { usual.numbers } else { arguments.numbers },
        phones: if arguments.phones.is_empty() { usual.phones } else { arguments.phones },
        delays: if arguments.fast { Delays::NONE } else { usual.delays },
        concurrency: arguments.concurrency,
        batch: arguments.batch,
        retry: Duration::from_millis(arguments.retry),
        remember: usual.remember,
        ahead: usual.ahead,
    };
    let handle = simulator::start(options).await?;
    writeln!(
        std::io::stdout(),
        "The simulated WhatsApp is at {}/ and calls {}",
        handle.base_url(),
        arguments.webhook
    )?;
    tokio::signal::ctrl_c().await?;
    Ok(())
}
