//! What a simulation is made of.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::crowd::Crowd;
use crate::happening::Happening;
use crate::id;
use crate::rules::Rules;
use crate::scenario::value;
use crate::templates::Template;
use crate::trouble::Trouble;

/// Everything that can be chosen. `Options::default()` is a small demo on a free port of this machine, without any rule
/// that a person who tries things out could run into.
///
/// Durations are of this world, whose clock may run faster than the machine's.
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
    /// The company's templates, reviewed already.
    pub templates: Vec<Template>,
    /// How many messages a shown phone keeps. With 0 nothing is kept and there is no page: for benchmarks.
    pub remember: usize,
    /// Whether accepted messages are counted by their reference. That keeps some 200 bytes for each.
    pub by_reference: bool,
    /// How fast statuses come.
    pub delays: Delays,
    /// How many posts to the webhook may be under way at once.
    pub concurrency: usize,
    /// How many updates a post may carry when many are due; Meta's most is 1,000.
    pub batch: usize,
    /// How long a post waits for more updates once it has one.
    pub gather: Duration,
    /// The wait after the first post that was not answered with 200. It doubles up to `longest_retry`.
    pub retry: Duration,
    /// The longest wait. After seven days a post is dropped.
    pub longest_retry: Duration,
    /// What Meta enforces.
    pub rules: Rules,
    /// What goes wrong.
    pub trouble: Trouble,
    /// What happens by itself, and how long after the start.
    pub happenings: Vec<(Duration, Happening)>,
    /// Customers who write by themselves.
    pub crowd: Option<Crowd>,
    /// What all chance and all identifiers follow from; None for a run unlike any other. Against one host a seed is good
    /// once: the same identifiers would be duplicates to it.
    pub seed: Option<u64>,
    /// By how many seconds the time of this world is ahead of the machine's: for rehearsals at another hour.
    pub ahead: i64,
    /// How many seconds pass here in one of the machine's.
    pub speed: f64,
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
            templates: Vec::new(),
            remember: 200,
            by_reference: true,
            delays: Delays::default(),
            concurrency: 8,
            batch: 1,
            gather: Duration::ZERO,
            retry: Duration::from_millis(500),
            longest_retry: Duration::from_secs(60),
            rules: Rules::lenient(),
            trouble: Trouble::default(),
            happenings: Vec::new(),
            crowd: None,
            seed: None,
            ahead: 0,
            speed: 1.0,
        }
    }
}

/// One of the company's numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// Meta's `phone_number_id`.
    pub id: String,
    /// As people write it: `+57 601 555 0100`.
    pub display: String,
    /// What customers see.
    pub name: String,
    /// The WhatsApp Business account that it belongs to.
    #[serde(default = "account")]
    pub account: String,
}

/// The first account.
pub const WABA: &str = "102290129340398";

/// It, as a number that names none has it.
pub(crate) fn account() -> String {
    WABA.to_owned()
}

impl Number {
    /// A number of the first account.
    pub fn new(id: &str, display: &str, name: &str) -> Self {
        Self { id: id.to_owned(), display: display.to_owned(), name: name.to_owned(), account: account() }
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
    /// The username, if they chose one.
    pub username: Option<String>,
    /// Whether webhooks leave the phone out, as they may for people with a username.
    pub hidden: bool,
    /// Whether they can be reached at all.
    pub on_whatsapp: bool,
    /// Whether they take marketing of this company.
    pub marketing: bool,
}

impl Person {
    /// The phone may be written with `+` and blanks. The user id follows from it.
    pub fn new(phone: &str, name: &str) -> Self {
        let phone = id::digits(phone);
        Self {
            user_id: id::user_id(&phone),
            phone,
            name: name.to_owned(),
            username: None,
            hidden: false,
            on_whatsapp: true,
            marketing: true,
        }
    }
}

/// How long a message takes from one state to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Delays {
    /// From accepted to `sent`.
    #[serde(deserialize_with = "value::span")]
    pub sent: Duration,
    /// From `sent` to `delivered`.
    #[serde(deserialize_with = "value::span")]
    pub delivered: Duration,
    /// From `delivered` to `read`, and on to `played` for a voice message; None if nobody ever reads.
    #[serde(deserialize_with = "value::span_or_off")]
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
