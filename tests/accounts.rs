//! What was promised, held against what is there.
//!
//! Three parties have books: who wrote knows what was acknowledged, the simulated WhatsApp knows what it was sent, and the
//! journal says what the host believes. They have to agree, whatever the host has been through.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::{Duration, Instant};

use serde_json::Value;
use simulator::Report;

use crate::load::Mail;
use crate::program::{Company, Serve, get};

/// How long a host may take to work off what it has taken, and how long it may seem to do nothing about it.
const PATIENCE: Duration = Duration::from_secs(300);
const STUCK: Duration = Duration::from_secs(15);

/// Books that agree.
#[derive(Debug, Default, Clone, Copy)]
pub struct Accounts {
    pub acknowledged: usize,
    pub received: usize,
    /// Messages that WhatsApp took, and of how many the host was not told by the answer.
    pub taken: usize,
    pub untold: usize,
    /// Messages that WhatsApp took twice, as the journal says itself.
    pub doubled: usize,
    pub events: usize,
}

impl std::ops::AddAssign for Accounts {
    fn add_assign(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.received += other.received;
        self.taken += other.taken;
        self.untold += other.untold;
        self.doubled += other.doubled;
        self.events += other.events;
    }
}

impl fmt::Display for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} messages acknowledged, {} in the journal, each once; {} messages taken by WhatsApp, {} of them without \
             an answer, {} twice with the journal knowing it, none silently; {} events",
            self.acknowledged, self.received, self.taken, self.untold, self.doubled, self.events
        )
    }
}

/// Lets a host work off everything, stops it, and compares the books. The sentence says which one is wrong.
pub async fn settle(company: &Company, serve: Serve, mail: &Mail) -> Result<Accounts, String> {
    work_off(company, &serve).await?;
    serve.stop();
    let events = company.inspect(&["--open"])?;
    let accounts = compare(&events, &mail.acknowledged(), &company.whatsapp.report());
    company.run(&["verify"])?;
    let rebuilt = company.run(&["rebuild"])?;
    if !rebuilt.contains("the same as those they replace") {
        return Err(format!(
            "projections that are built anew are others: {rebuilt}; the books: {accounts:?}"
        ));
    }
    accounts
}

/// Until no webhook is open, no status waits to be told, and nothing is sent any more.
pub async fn work_off(company: &Company, serve: &Serve) -> Result<(), String> {
    let (started, mut moved, mut quiet, mut before) = (Instant::now(), Instant::now(), 0, None);
    while quiet < 5 {
        if started.elapsed() > PATIENCE || moved.elapsed() > STUCK {
            return Err(format!("there is work left, and it does not end: {before:?}"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = Some(Work::left(company, serve).await.ok_or("the host does not answer any more")?);
        if now == before {
            quiet += usize::from(now.as_ref().is_some_and(Work::is_done));
        } else {
            (moved, quiet) = (Instant::now(), 0);
        }
        before = now;
    }
    Ok(())
}

#[derive(Debug, PartialEq)]
struct Work {
    open_webhooks: String,
    untold_updates: usize,
    events: Value,
}

impl Work {
    async fn left(company: &Company, serve: &Serve) -> Option<Self> {
        let metrics = get(&serve.address, "/metrics").await?;
        let health: Value = serde_json::from_str(&get(&serve.address, "/healthz").await?).ok()?;
        Some(Self {
            open_webhooks: metrics
                .lines()
                .find_map(|line| line.strip_prefix("timonel_webhooks_open "))?
                .to_owned(),
            untold_updates: company.whatsapp.waiting(),
            events: health["events"].clone(),
        })
    }

    fn is_done(&self) -> bool {
        self.open_webhooks == "0" && self.untold_updates == 0
    }
}

/// What the journal says of outgoing messages, by reference, as `tml1:message:attempt`.
#[derive(Default)]
struct Sends {
    attempted: BTreeSet<String>,
    refused: BTreeSet<String>,
    doubted: BTreeSet<String>,
    accepted: BTreeSet<String>,
    /// Messages of which a status came.
    told: BTreeSet<String>,
}

fn compare(events: &[Value], acknowledged: &BTreeSet<String>, report: &Report) -> Result<Accounts, String> {
    let mut received: BTreeMap<String, usize> = BTreeMap::new();
    let mut sends = Sends::default();
    for event in events {
        let (kind, data) = (event["kind"].as_str().unwrap_or_default(), &event["data"]);
        let message = event["stream"].as_str().and_then(|stream| stream.strip_prefix("message/"));
        let reference = || format!("tml1:{}:{}", message.unwrap_or_default(), data["attempt"]);
        match kind {
            "message-received" => {
                let wamid = data["body"]["wamid"].as_str().unwrap_or("(cannot be opened)");
                *received.entry(wamid.to_owned()).or_default() += 1;
            }
            "send-attempted" => drop(sends.attempted.insert(reference())),
            "send-accepted" => drop(sends.accepted.insert(reference())),
            "send-refused" => drop(sends.refused.insert(reference())),
            "send-in-doubt" => drop(sends.doubted.insert(reference())),
            "status-changed" => drop(sends.told.insert(message.unwrap_or_default().to_owned())),
            _ => {}
        }
    }
    every_message_once(&received, acknowledged)?;
    let doubled = no_silent_send(&sends, report)?;
    Ok(Accounts {
        acknowledged: acknowledged.len(),
        received: received.len(),
        taken: report.references.len(),
        untold: report.references.values().filter(|of| of.untold > 0).count(),
        doubled,
        events: events.len(),
    })
}

fn every_message_once(
    received: &BTreeMap<String, usize>,
    acknowledged: &BTreeSet<String>,
) -> Result<(), String> {
    let lost: Vec<_> = acknowledged.iter().filter(|wamid| !received.contains_key(*wamid)).collect();
    if let Some(first) = lost.first() {
        let (lost, all) = (lost.len(), acknowledged.len());
        return Err(format!("{lost} of {all} acknowledged messages are gone, the first is {first}"));
    }
    match received.iter().find(|(_, count)| **count != 1) {
        Some((wamid, count)) => Err(format!("{wamid} is there {count} times")),
        None => Ok(()),
    }
}

/// A message may reach somebody twice only if the journal says so: the earlier attempt stands there as in doubt. Gives how
/// many did.
fn no_silent_send(sends: &Sends, report: &Report) -> Result<usize, String> {
    let mut by_message: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (reference, of) in &report.references {
        if of.accepted != 1 {
            return Err(format!("{reference} was accepted {} times", of.accepted));
        }
        if !sends.attempted.contains(reference) {
            return Err(format!("{reference} was accepted, and the journal knows of no such attempt"));
        }
        if sends.refused.contains(reference) {
            return Err(format!("{reference} was accepted, and the journal says it was not"));
        }
        let message = reference.split(':').nth(1).unwrap_or_default();
        // WhatsApp told statuses of all of them, and they were acknowledged.
        if !sends.told.contains(message) {
            return Err(format!("{reference} was accepted, and the statuses of it that were told are gone"));
        }
        by_message.entry(message).or_default().push(reference);
    }
    if let Some(reference) =
        sends.accepted.iter().find(|reference| !report.references.contains_key(*reference))
    {
        return Err(format!("{reference} stands in the journal as accepted, and nobody accepted it"));
    }
    let doubled: Vec<_> = by_message.values().filter(|references| references.len() > 1).collect();
    for references in &doubled {
        let known = references.iter().filter(|reference| sends.doubted.contains(**reference)).count();
        if known + 1 < references.len() {
            return Err(format!(
                "{references:?} are one message that was sent twice without the journal knowing it"
            ));
        }
    }
    Ok(doubled.len())
}
