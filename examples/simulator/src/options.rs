//! What a simulation is made of.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Serialize;

use crate::id;

/// Everything that can be chosen. `Options::default()` is a small demo on a free port of this machine.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the Graph API and the page are served. Whoever reaches it may write as any customer.
    pub listen: SocketAddr,
    /// The host's webhook. May be told later; until then updates wait.
    pub webhook: Option<String>,
    /// What the webhook is signed with.
    pub app_secret: String,
    /// The company's numbers.
    pub numbers: Vec<Number>,
    /// The customers whose phones the page shows from the start.
    pub phones: Vec<Person>,
    /// How many messages a shown phone keeps. With 0 nothing is kept and there is no page: for benchmarks.
    pub remember: usize,
    /// How fast statuses come.
    pub delays: Delays,
    /// How many posts to the webhook may be under way at once.
    pub concurrency: usize,
    /// How many updates a post may carry when many are due; Meta's most is 1,000.
    pub batch: usize,
    /// The wait after the first post that was not answered with 200. It doubles up to a minute.
    pub retry: Duration,
    /// By how many seconds the time of this world is ahead of the machine's: for rehearsals at another hour.
    pub ahead: i64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            webhook: None,
            app_secret: "simulated-app-secret".to_owned(),
            numbers: vec![Number::new("106540352242922", "+57 601 555 0100", "La empresa")],
            phones: vec![
                Person::new("+57 300 123 4567", "Lucía Gómez"),
                Person::new("+57 315 765 4321", "Mateo Rojas"),
                Person::new("+52 55 1234 5678", "Valentina Cruz"),
            ],
            remember: 200,
            delays: Delays::default(),
            concurrency: 8,
            batch: 1,
            retry: Duration::from_millis(500),
            ahead: 0,
        }
    }
}

/// One of the company's numbers.
#[derive(Debug, Clone, Serialize)]
pub struct Number {
    /// Meta's `phone_number_id`.
    pub id: String,
    /// As people write it: `+57 601 555 0100`.
    pub display: String,
    /// What customers see.
    pub name: String,
    /// The WhatsApp Business account that it belongs to.
    pub account: String,
}

impl Number {
    /// A number of the first account.
    pub fn new(id: &str, display: &str, name: &str) -> Self {
        let account = "102290129340398".to_owned();
        Self { id: id.to_owned(), display: display.to_owned(), name: name.to_owned(), account }
    }
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Digits with the country code.
    pub phone: String,
    /// The name in their profile.
    pub name: String,
    /// The business-scoped user id.
    pub user_id: String,
    /// Whether webhooks leave the phone out, as they do for people with a username.
    pub hidden: bool,
}

impl Person {
    /// The phone may be written with `+` and blanks. The user id follows from it.
    pub fn new(phone: &str, name: &str) -> Self {
        let phone = id::digits(phone);
        Self { user_id: id::user_id(&phone), phone, name: name.to_owned(), hidden: false }
    }
}

/// How long a message takes from one state to the next.
#[derive(Debug, Clone, Copy)]
pub struct Delays {
    /// From accepted to `sent`.
    pub sent: Duration,
    /// From `sent` to `delivered`.
    pub delivered: Duration,
    /// From `delivered` to `read`; None if nobody ever reads.
    pub read: Option<Duration>,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            sent: Duration::from_millis(120),
            delivered: Duration::from_millis(250),
            read: Some(Duration::from_millis(1_500)),
        }
    }
}

impl Delays {
    /// All at once.
    pub const NONE: Self =
        Self { sent: Duration::ZERO, delivered: Duration::ZERO, read: Some(Duration::ZERO) };
}
