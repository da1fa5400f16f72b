//! The demo: a company that lives, on this machine alone.
//!
//! It is the host as `serve` runs it, before a simulated WhatsApp, with the example company of `examples/company`. Nothing
//! on the page is staged: players write through the simulated phones and act through the desk's commands, as customers and
//! agents do, and whatever is shown was read back from the journal.
//!
//! The page shows opened customers' data to whoever asks, so the demo listens at loopback addresses and nowhere else.

mod board;
mod campaigns;
mod hours;
mod page;
mod past;
mod players;
mod proposals;
mod replies;
mod signing;
mod view;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use domain::Time;
use domain::outside::Entropy as _;
use simulator::{Number, Options, Orders, Person};

use crate::host::Host;
use crate::settings::{Audit, Log, Policy, Secret, Settings};
use crate::system::SystemEntropy;

/// The example that people copy is the company that the demo runs.
const COMPANY: &str = include_str!("../../../../examples/company/timonel.toml");

/// Its matrix and its people.
const RACI: &str = include_str!("../../../../examples/company/raci.toml");

/// What messages cost it: invented, as the file says.
const PRICES: &str = include_str!("../../../../examples/company/prices.toml");

/// How the company's numbers are written and called on customers' phones, by their ids.
const NUMBERS: [(&str, &str, &str); 2] = [
    ("106540352242922", "+57 601 555 0100", "Ferretería El Tornillo"),
    ("106540352242955", "+55 11 5550 0100", "El Tornillo Brasil"),
];

/// The system of orders that the company's file names: the demo has one on this machine.
const ORDERS: &str = "https://pedidos.eltornillo.example";

/// Where the company's files lie within the data of the demo.
const FILES: &str = "el-tornillo";

/// The file of its secret, as the company's file names it.
const TOKEN: &str = "pedidos.token";

/// The phones of whoever tries the demo. No player touches them.
const VISITORS: [(&str, &str); 3] = [
    ("+57 310 555 0199", "Usted, en Bogotá"),
    ("+55 11 95550 0188", "Você, em São Paulo"),
    ("+57 310 555 0100", "Usted, como VIP"),
];

/// What can be chosen. Nothing has to be.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where the company's page is served: an address of this machine alone.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where the simulated WhatsApp and its phones are served: an address of this machine alone.
    #[arg(long, default_value = "127.0.0.1:8081")]
    simulator: SocketAddr,
    /// Where the company's data lies. Without it, in a temporary directory that is removed at the end.
    #[arg(long)]
    data: Option<PathBuf>,
    /// How fast the players live: 2 is twice as fast.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// What the players' choices follow from.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Days that the company has been at work before, at most 14. It is 7, and none where nobody plays.
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=14))]
    past: Option<u8>,
    /// Only you write as customers. The agents answer.
    #[arg(long)]
    quiet_players: bool,
    /// Nobody plays at all.
    #[arg(long)]
    no_players: bool,
    /// Go by the real time, even if the stores are closed now.
    #[arg(long)]
    real_time: bool,
    /// Begin at this moment, as 2026-11-25T15:55:00Z: for tests, to which a Sunday is no other day.
    #[arg(long, hide = true, conflicts_with = "real_time")]
    at: Option<Time>,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "a number such as 0.5 or 3 was expected".to_owned())?;
    (0.1..=50.0).contains(&speed).then_some(speed).ok_or_else(|| "0.1 to 50 was expected".to_owned())
}

/// Runs the demo until somebody stops it.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    check(arguments.listen, "--listen")?;
    check(arguments.simulator, "--simulator")?;
    say("Starting…");
    let temporary = match &arguments.data {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("timonel-demo-").tempdir()?),
    };
    let data = match (&arguments.data, &temporary) {
        (Some(data), _) => data.clone(),
        (None, Some(dir)) => dir.path().to_owned(),
        (None, None) => anyhow::bail!("there is no directory for the data"),
    };
    let (orders, file) = orders(&data).await?;
    let policy = Policy::read(&file)?;
    let real = Time::now();
    let morning = || if arguments.real_time { None } else { hours::morning(&policy.company, real) };
    let clock = arguments.at.or_else(morning);
    let secret = random();
    let mut settings = settings(policy, file, data, arguments.listen, clock, &secret);
    let days = arguments.past.unwrap_or(if arguments.no_players { 0 } else { 7 });
    if days > 0 && !past::has_been_lived(&settings.data) {
        say(&format!("Living through the {days} days before:"));
        let (until, seed, stop) = (clock.unwrap_or(real), arguments.seed, Arc::new(AtomicBool::new(false)));
        let wants_to_stop = Arc::clone(&stop);
        let mut living = tokio::task::spawn_blocking(move || {
            past::live(&settings, until, days, seed, &wants_to_stop, |day| say(&format!("  {day}")))?;
            anyhow::Ok(settings)
        });
        tokio::select! {
            lived = &mut living => settings = lived??,
            _ = tokio::signal::ctrl_c() => {
                stop.store(true, Ordering::Relaxed);
                living.await??;
                if let Some(data) = &arguments.data {
                    say(&format!("Stopped in the middle of them. Remove {} to have all of them.", data.display()));
                }
                return Ok(());
            }
        }
    }
    let phones = simulator::start(Options {
        listen: arguments.simulator,
        app_secret: secret.clone(),
        numbers: NUMBERS.iter().map(|(id, display, name)| Number::new(id, display, name)).collect(),
        phones: VISITORS.iter().map(|(phone, name)| Person::new(phone, name)).collect(),
        templates: [vec![campaigns::template()], replies::templates()].concat(),
        // Both clocks begin now, when the days before have been lived.
        ahead: clock.map_or(0, |clock| clock.as_second() - Time::now().as_second()),
        ..Options::default()
    })
    .await?;
    settings.graph_url = Some(phones.base_url());
    let signing = signing::start(&settings.data)?;
    settings.audit = signing.audit();
    let board = board::Shared::default();
    let shown = page::Page::new(board.clone(), phones.base_url(), clock);
    let closing = shown.closing();
    let mut time = None;
    let mut host = Host::start(&settings, |built| {
        time = Some(Arc::clone(&built.clock));
        page::routes(shown, built)
    })
    .await?;
    phones.set_webhook(&format!("http://{}/webhook", host.address))?;
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(board.follow(host.desk.store().clone()));
    let phones = Arc::new(phones);
    let now = time.as_ref().map_or(real, |time| time.now());
    if let Some(time) = time.filter(|_| !arguments.no_players) {
        let pace = players::Pace { speed: arguments.speed, seed: arguments.seed };
        players::start(
            &mut tasks,
            &host.desk,
            &phones,
            (&host.people, &time),
            pace,
            !arguments.quiet_players,
        );
    }
    proposals::make(&host.desk).await?;
    replies::make(&host.desk).await?;
    campaigns::make(&host.desk, NUMBERS[0].0, now).await?;
    tell(host.address, phones.address(), clock, &settings, temporary.is_some());

    host.wanted_to_stop().await;
    say("\nStopping…");
    tasks.shutdown().await;
    closing.send_replace(true);
    host.stop().await?;
    drop(signing);
    drop(phones);
    drop(orders);
    drop(temporary);
    Ok(())
}

fn settings(
    policy: Policy,
    file: PathBuf,
    data: PathBuf,
    listen: SocketAddr,
    clock: Option<Time>,
    secret: &str,
) -> Settings {
    Settings {
        file: Some(file),
        data,
        listen,
        public_url: None,
        trusted_proxies: Vec::new(),
        breached_passwords: None,
        app_secret: Some(Secret::from(secret)),
        app_secret_previous: None,
        verify_token: Some(Secret::from(random().as_str())),
        access_token: Some(Secret::from(random().as_str())),
        graph_url: None,
        graph_version: None,
        open_door: Some(page::PEOPLE),
        master_key: None,
        clock,
        log: Log::Text,
        audit: Audit::default(),
        oidc: None,
        policy,
        draft: None,
    }
}

/// A system of orders on this machine, and the company's files as they are with it: laid out beside the data once, and from then on as
/// whoever tries the demo has left them.
async fn orders(data: &Path) -> anyhow::Result<(Orders, PathBuf)> {
    let secret = random();
    let known = [("ET-2041", "on-the-way"), ("ET-5120", "preparing"), ("ET-1999", "delivered")];
    let orders = Orders::start(SocketAddr::from(([127, 0, 0, 1], 0)), &secret, &known).await?;
    let dir = data.join(FILES);
    std::fs::create_dir_all(&dir)?;
    std::fs::write(dir.join(TOKEN), secret)?;
    let file = dir.join("timonel.toml");
    let text = match std::fs::read_to_string(&file) {
        // The system of orders is somewhere else each time.
        Ok(text) => match address(&text) {
            Some(before) => text.replace(before, &orders.url()),
            None => text,
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::write(dir.join("prices.toml"), PRICES)?;
            std::fs::write(dir.join("raci.toml"), raci())?;
            COMPANY
                .replace(ORDERS, &orders.url())
                .replace("allow = []", "allow = [\"127.0.0.0/8\"]")
                .replace("# raci = ", "raci = ")
                .replace("# prices = ", "prices = ")
                .replace("# caps.month = ", "caps.month = ")
        }
        Err(error) => return Err(error.into()),
    };
    std::fs::write(&file, text)?;
    Ok((orders, file))
}

/// The address of a system of orders on this machine, where the company's file has one.
fn address(text: &str) -> Option<&str> {
    let begins = "http://127.0.0.1:";
    let found = text.get(text.find(begins)?..)?;
    let port = found.chars().skip(begins.len()).take_while(char::is_ascii_digit).count();
    found.get(..begins.len() + port)
}

/// The matrix and the people of the example. Whoever runs the demo is its first admin at the machine.
fn raci() -> String {
    let own = format!("account = \"{}\"", server::account(rustix::process::getuid().as_raw()));
    if RACI.contains(&own) { RACI.to_owned() } else { RACI.replacen("account = \"ricardo\"", &own, 1) }
}

/// A secret of this run.
fn random() -> String {
    let mut bytes = [0; 16];
    SystemEntropy.fill(&mut bytes);
    data_encoding::HEXLOWER.encode(&bytes)
}

/// Says what to do about an address before anything is started that would have to be taken back.
fn check(address: SocketAddr, flag: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        address.ip().is_loopback(),
        "`{flag}` is `{address}`: the demo shows customers' data to whoever asks, so only an address of this machine \
         alone is taken, as 127.0.0.1:{}",
        address.port()
    );
    TcpListener::bind(address).map(drop).with_context(|| {
        let other = address.port().saturating_add(100);
        format!("`{flag}` is `{address}`, which is not free: try `{flag} 127.0.0.1:{other}`")
    })
}

/// What to open and what to try.
fn tell(host: SocketAddr, phones: SocketAddr, clock: Option<Time>, settings: &Settings, temporary: bool) {
    let (company, data) = (&settings.policy.company, settings.data.display());
    let time = match clock {
        Some(at) => format!(
            "The clock of this demo was started at {}. It is not the real time.",
            hours::in_words(company, at)
        ),
        None => format!("It is {}.", hours::in_words(company, Time::now())),
    };
    let end = if temporary { "Ctrl-C ends it and removes its data." } else { "Ctrl-C ends it." };
    say(&format!(
        "
  {name}: Bogotá, Santiago and São Paulo, on a simulated WhatsApp.

    The company   http://{host}/   conversations, decisions, why, and what they cost
    The console   http://{host}/console   an agent's place: be Andrea by the button on the company's page
    The tower     http://{host}/console/tower   a supervisor's place: be Marta, by the other button
    Its people    http://{host}{people}   be anybody of the company, by one click
    The phones    http://{phones}/   write as a customer: the first three are yours
    The API       http://{host}/api/v1/openapi.json   POST /demo/sign-in/ricardo lets a program in

  Try on the phones, and watch the company:

    1. «¿A qué hora abren?»        a rule answers: see what it read
    2. «Mi taladro llegó roto»     a rule calls a person, another one chooses Santiago
    3. «¿Cómo va mi pedido ET-2041?»  a rule has the system of orders asked, and says it
    4. «Oi» from São Paulo         they are at lunch until 13:00, and say so

  Marta proposes a template, and you are Ricardo, who answers for templates:

    TIMONEL_DATA={data} timonel proposal list

  and a campaign, after one that Patricia signed this morning:

    TIMONEL_DATA={data} timonel campaign list

  What the agents do is counted: how long customers wait, and who answers.

    TIMONEL_DATA={data} timonel kpi show first-response --by agent

  {time}
  {end}
",
        name = company.name(),
        people = page::PEOPLE,
    ));
}

#[allow(clippy::print_stdout)]
fn say(words: &str) {
    println!("{words}");
}
