//! How long a message of a customer takes until it is in front of whoever attends them, with many consoles open and many conversations
//! waiting.
//!
//! Each console does what the agents' page does: it listens to the events, looks when something happened, and looks every other
//! second anyway. What a browser needs for drawing is not in it; `--browser` has a real one open the page at the end
//! (`benches/consoles.py`) and measure that.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use crate::customers::{self, CUSTOMERS};
use crate::host::{Process, own_processor_seconds};
use crate::load;
use crate::report::{Report, Target};

/// Consoles that are open.
const CONSOLES: usize = 200;

/// Conversations that wait or that somebody has.
const CONVERSATIONS: u64 = 10_000;

/// Cases that each agent has.
const CAPACITY: usize = 2;

/// Messages in one long conversation.
const THREAD: u64 = 5_000;

/// Messages a second while it is measured.
const RATE: u64 = 20;

/// Between two looks of a page at what nothing told.
const LOOK: Duration = Duration::from_secs(2);

const PASSWORD: &str = "tornillos en la lluvia de abril";

const SETTINGS: &str = r#"
[company]
name = "Benchmark"
raci = "raci.toml"
throughput = 1000000

[[company.queues]]
id = "general"

[[rule-sets]]
name = "routing"

[[rule-sets.rules]]
id = "skills-router"
plugin = "skills-router"
[rule-sets.rules.settings.otherwise]
queue = "general"
"#;

fn agent(n: usize) -> String {
    format!("agent-{n}")
}

fn files() -> Result<[(&'static str, String); 2]> {
    let (mut settings, mut people) = (SETTINGS.to_owned(), String::new());
    let account = rustix::process::getuid().as_raw();
    let account = server_account(account)?;
    writeln!(
        people,
        "[[people]]\nid = \"root\"\nname = \"Root\"\nroles = [\"admin\"]\naccount = \"{account}\""
    )?;
    for n in 0..CONSOLES {
        let id = agent(n);
        writeln!(
            settings,
            "[[company.agents]]\nid = \"{id}\"\nname = \"Agent {n}\"\nqueues = [\"general\"]\ncapacity = {CAPACITY}"
        )?;
        writeln!(people, "[[people]]\nid = \"{id}\"\nname = \"Agent {n}\"\nroles = [\"agent\"]")?;
    }
    Ok([("timonel.toml", settings), ("raci.toml", people)])
}

/// What the machine calls whoever runs this.
fn server_account(uid: u32) -> Result<String> {
    let passwd = std::fs::read_to_string("/etc/passwd")?;
    let line = passwd.lines().find(|line| line.split(':').nth(2) == Some(uid.to_string().as_str()));
    Ok(line.and_then(|line| line.split(':').next()).context("this account has no name")?.to_owned())
}

pub(crate) async fn run(report: &mut Report, time: Duration, browser: Option<&str>) -> Result<()> {
    report.load_of_machine("consoles");
    let simulator = customers::whatsapp().await?;
    let files = files()?;
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let host = Process::timonel_of(&simulator, &files).await?;
    let address = host.address();

    load::closed(address, 0..CONVERSATIONS, Duration::from_secs(600)).await?;
    load::quiet(address, &simulator, Duration::from_secs(600)).await?;
    let mut consoles = Vec::new();
    for n in 0..CONSOLES {
        consoles.push(Console::enter(&host, address, &agent(n)).await?);
    }
    load::quiet(address, &simulator, Duration::from_secs(600)).await?;

    // What the page asks for when it opens, in the longest of its lists.
    let (mut asked, mut bytes) = (Vec::new(), 0);
    for console in consoles.iter_mut().take(20) {
        let started = Instant::now();
        let told = console.get("/conversations?which=waiting&limit=100").await?;
        asked.push(started.elapsed());
        bytes = told.len();
        let list: Value = serde_json::from_slice(&told)?;
        ensure!(list["more"] == true, "so many do not wait");
    }
    report.latencies("consoles", "a list of 100 of 9,600 that wait", &mut asked, None);
    report.row("consoles", "that list", bytes as f64 / 1024.0, "KiB", Some(Target::Below(150.0)));

    let (saw, mut seen) = mpsc::unbounded_channel();
    let mut customers = HashMap::new();
    let mut listening = tokio::task::JoinSet::new();
    for mut console in consoles {
        for (conversation, customer) in console.cases().await? {
            customers.insert(conversation, (customer, console.cookie.clone()));
        }
        let saw = saw.clone();
        listening.spawn(async move { console.stay(&saw).await });
    }
    ensure!(customers.len() == CONSOLES * CAPACITY, "{} cases were given", customers.len());
    tokio::time::sleep(LOOK * 2).await;

    let (before, own) = (host.processor_seconds()?, own_processor_seconds()?);
    let names: Vec<(&String, u64)> = customers.iter().map(|(id, (customer, _))| (id, *customer)).collect();
    let (mut posted, mut latencies) = (HashMap::new(), Vec::new());
    let (started, count) = (Instant::now(), RATE * time.as_secs());
    let mut poster = load::Poster::connect(address).await?;
    for n in 0..count {
        let due = started + Duration::from_nanos(n * 1_000_000_000 / RATE);
        while let Ok(Some((conversation, at))) = tokio::time::timeout_at(due.into(), seen.recv()).await {
            if let Some(since) = posted.remove(&conversation) {
                latencies.push(Instant::duration_since(&at, since));
            }
        }
        let round = n / names.len() as u64 + 1;
        let (conversation, customer) = names[(n as usize) % names.len()];
        posted.insert(conversation.clone(), Instant::now());
        poster.post(customers::body(customer + CUSTOMERS * round)).await?;
    }
    while let Ok(Some((conversation, at))) = tokio::time::timeout(Duration::from_secs(3), seen.recv()).await {
        if let Some(since) = posted.remove(&conversation) {
            latencies.push(Instant::duration_since(&at, since));
        }
    }
    ensure!(posted.is_empty(), "{} messages were seen by nobody", posted.len());
    let busy = (host.processor_seconds()? - before) / started.elapsed().as_secs_f64();
    let own = (own_processor_seconds()? - own) / started.elapsed().as_secs_f64();
    report.p95("consoles", "webhook to console", &mut latencies, Target::Below(100.0));
    report.row("consoles", "processors that the host needs for it", busy, "", None);
    report.row("consoles", "processors that the consoles need", own, "", None);
    if let Some(browser) = browser {
        // One of the customers has written for years.
        let (conversation, (customer, cookie)) = customers.iter().next().context("no case was given")?;
        for n in 1_000..1_000 + THREAD {
            poster.post(customers::body(customer + CUSTOMERS * n)).await?;
        }
        load::quiet(address, &simulator, Duration::from_secs(600)).await?;
        let says = (2_000 + THREAD..).map(|n| customers::body(customer + CUSTOMERS * n));
        let page = Page { browser, address, conversation, cookie };
        page.measure(says, report).await?;
    }
    listening.shutdown().await;
    Ok(())
}

/// The page in a real browser.
struct Page<'a> {
    browser: &'a str,
    address: SocketAddr,
    conversation: &'a str,
    cookie: &'a str,
}

/// Messages that are looked for in it.
const LOOKED_FOR: usize = 30;

impl Page<'_> {
    async fn measure(&self, says: impl Iterator<Item = Bytes>, report: &mut Report) -> Result<()> {
        let mut words = self.browser.split_whitespace();
        let mut browser = Command::new(words.next().context("no browser")?)
            .args(words)
            .args([&format!("http://{}", self.address), self.cookie, self.conversation])
            .arg(LOOKED_FOR.to_string())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut told = BufReader::new(browser.stdout.take().context("it says nothing")?).lines();
        // It has read the whole conversation, and waits for what is new in it.
        let opened: Value = serde_json::from_str(&told.next().context("it ended")??)?;
        let (mut posted, mut poster) = (Vec::new(), load::Poster::connect(self.address).await?);
        for body in says.take(LOOKED_FOR) {
            tokio::time::sleep(Duration::from_millis(700)).await;
            posted.push(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1e3);
            poster.post(body).await?;
        }
        let seen: Value = serde_json::from_str(&told.next().context("it ended")??)?;
        ensure!(browser.wait()?.success(), "the browser failed");
        let figure = |of: &Value, name: &str| of[name].as_f64().with_context(|| format!("no `{name}`: {of}"));
        for (name, unit, target) in [
            ("first paint", "ms", Some(Target::Below(300.0))),
            ("own cases on screen", "ms", None),
            ("50 of those that wait on screen", "ms", None),
            ("transferred until then", "KiB", Some(Target::Below(150.0))),
            ("messages of the long conversation on screen", "", None),
            ("longest task while all of it was loaded", "ms", None),
        ] {
            report.row("consoles", format!("browser: {name}"), figure(&opened, name)?, unit, target);
        }
        let times: Vec<f64> =
            seen["seen"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        ensure!(times.len() == posted.len(), "{} of {} messages were seen", times.len(), posted.len());
        let since = |(posted, seen): (&f64, &f64)| Duration::from_secs_f64((seen - posted).max(0.0) / 1e3);
        let mut latencies: Vec<Duration> = posted.iter().zip(&times).map(since).collect();
        report.p95("consoles", "browser: webhook to screen", &mut latencies, Target::Below(100.0));
        let task = figure(&seen, "longest task")?;
        report.row("consoles", "browser: longest task as they came", task, "ms", None);
        Ok(())
    }
}

/// A page of an agent, without the drawing.
struct Console {
    address: SocketAddr,
    cookie: String,
    sender: SendRequest<Full<Bytes>>,
}

impl Console {
    /// Somebody who sets a password, signs in and takes cases.
    async fn enter(host: &Process, address: SocketAddr, who: &str) -> Result<Self> {
        let link = host.timonel_says(&["access", "invite", who])?;
        let invitation = link.split_once('#').map(|(_, behind)| behind.lines().next().unwrap_or_default());
        let invitation = invitation.context("no link came")?;
        let mut console = Self { address, cookie: String::new(), sender: connect(address).await? };
        let accepted = json!({ "invitation": invitation, "password": PASSWORD });
        let (head, _) = console.ask(Method::POST, "/invitations/accept", &accepted).await?;
        let cookie = head.headers.get("set-cookie").context("nobody was let in")?.to_str()?;
        console.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        console.ask(Method::POST, "/me/presence", &json!({ "presence": "available" })).await?;
        Ok(console)
    }

    async fn get(&mut self, path: &str) -> Result<Bytes> {
        Ok(self.ask(Method::GET, path, &Value::Null).await?.1)
    }

    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<(hyper::http::response::Parts, Bytes)> {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = request(self.address, &self.cookie, method, path).body(Full::new(body))?;
        // A connection that nothing came on is closed after a while.
        if self.sender.ready().await.is_err() {
            self.sender = connect(self.address).await?;
        }
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        ensure!(head.status.is_success(), "{path}: {} {}", head.status, String::from_utf8_lossy(&body));
        Ok((head, body))
    }

    /// The cases that they have, with the customer of each.
    async fn cases(&mut self) -> Result<Vec<(String, u64)>> {
        let list: Value = serde_json::from_slice(&self.get("/conversations?which=mine&limit=100").await?)?;
        let mut cases = Vec::new();
        for one in list["conversations"].as_array().into_iter().flatten() {
            let id = one["conversation"].as_str().context("no conversation")?.to_owned();
            self.ask(Method::POST, &format!("/conversations/{id}/accept"), &Value::Null).await?;
            let phone = one["customer"]["phone"].as_str().unwrap_or_default().trim_start_matches('+');
            cases.push((id, customers::customer(phone).context("a customer is nobody's")?));
        }
        Ok(cases)
    }

    /// Looks whenever something happened, and now and then; says when something new was seen.
    async fn stay(&mut self, saw: &mpsc::UnboundedSender<(String, Instant)>) -> Result<()> {
        let mut listener = connect(self.address).await?;
        let asked = request(self.address, &self.cookie, Method::GET, "/events").body(Full::default())?;
        let mut events = listener.send_request(asked).await?.into_body();
        let mut known = HashMap::new();
        loop {
            let told = self.get("/conversations?which=mine&limit=100").await?;
            let (at, list): (_, Value) = (Instant::now(), serde_json::from_slice(&told)?);
            for one in list["conversations"].as_array().into_iter().flatten() {
                let (id, last) = (one["conversation"].as_str().unwrap_or_default(), &one["last"]["message"]);
                if known.insert(id.to_owned(), last.clone()).is_some_and(|before| before != *last) {
                    saw.send((id.to_owned(), at))?;
                }
            }
            let until = Instant::now() + LOOK;
            while let Ok(frame) = tokio::time::timeout_at(until.into(), events.frame()).await {
                let frame = frame.context("the stream ended")??;
                let told = frame.data_ref().map(|data| String::from_utf8_lossy(data).into_owned());
                if told.is_some_and(|told| told.contains("event: conversations")) {
                    break;
                }
            }
        }
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

fn request(address: SocketAddr, cookie: &str, method: Method, path: &str) -> hyper::http::request::Builder {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}"));
    let request = request.header("host", address.to_string()).header("content-type", "application/json");
    if cookie.is_empty() { request } else { request.header("cookie", cookie) }
}
