//! Messages that are taken, decided on, journaled and answered, per second, for as long as one likes.
//!
//! Every message asks something that the rule `quick-answers` knows, so each has exactly one answer. What counts is the
//! time from when the webhook should have been sent until WhatsApp has the answer, and that the backlog does not grow.
//! Each answer comes back as three statuses, so the host takes in four updates for every message.
//! The load goes up in steps until a step is not held: the last one that was is what this machine can do. Customers have
//! all written once before, as most have in a company that is not new.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use simulator::{Event, Handle};
use tokio::sync::broadcast::error::RecvError;

use crate::customers::{self, CUSTOMERS};
use crate::host::{Process, own_processor_seconds};
use crate::load::{self, Schedule};
use crate::report::{Report, Target};

/// Messages a second. The last is the target.
const STEPS: [u64; 4] = [500, 1_000, 1_500, 2_000];

/// How long the host may take for what has gathered.
const DRAIN: Duration = Duration::from_secs(180);

/// The default rules, with an answer. No customer of a real company gets so many automatic messages in an hour; here they
/// are what is measured.
const SETTINGS: &str = r#"
[company]
name = "Benchmark"
automatic-messages-per-hour = 1000000
throughput = 1000000

[[rule-sets]]
name = "attention"

[[rule-sets.rules]]
id = "office-hours"
plugin = "office-hours"

[[rule-sets.rules]]
id = "quick-answers"
plugin = "quick-answers"
[[rule-sets.rules.settings.answers]]
words = ["pedido", "envío", "entrega"]
text = { es = "Su pedido va en camino: llega mañana entre las 8 y las 12." }

[[rule-sets]]
name = "routing"

[[rule-sets.rules]]
id = "skills-router"
plugin = "skills-router"
[rule-sets.rules.settings.otherwise]
queue = "general"
"#;

pub(crate) async fn run(report: &mut Report, time: Duration) -> Result<()> {
    report.load_of_machine("sustained");
    let simulator = customers::whatsapp().await?;
    let host = Process::timonel(&simulator, Some(SETTINGS)).await?;
    let answers = Answers::watch(&simulator);
    let started = Instant::now();
    load::closed(host.address(), 0..CUSTOMERS, DRAIN).await?;
    answers.wait_for(CUSTOMERS).await?;
    let first = CUSTOMERS as f64 / started.elapsed().as_secs_f64();
    report.row("sustained", "first messages of new customers, all at once", first, "/s", None);
    let quiet = load::quiet(host.address(), &simulator, DRAIN).await?;
    let first = CUSTOMERS as f64 / (quiet - started).as_secs_f64();
    report.row("sustained", "the same with their statuses", first, "/s", None);
    let (mut next, mut held) = (CUSTOMERS, 0);
    for rate in STEPS {
        let schedule = Schedule::new(next, rate, time);
        if !step(report, &host, &answers, schedule).await? {
            break;
        }
        held = rate;
        next = schedule.messages().end;
        answers.wait_for(next).await?;
        load::quiet(host.address(), &simulator, DRAIN).await?;
    }
    let target = STEPS.last().map(|rate| Target::AtLeast(*rate as f64));
    report.row("sustained", "messages a second that were held", held as f64, "/s", target);
    Ok(())
}

/// Offers a load and says whether it was held.
async fn step(report: &mut Report, host: &Process, answers: &Answers, schedule: Schedule) -> Result<bool> {
    let (rate, of) = (schedule.rate, format!("{} messages a second", schedule.rate));
    let before = (host.processor_seconds()?, own_processor_seconds()?, Instant::now());
    let offering = tokio::spawn(load::open(host.address(), schedule));
    let mut backlogs = Vec::new();
    for (name, share) in [("start", 10), ("middle", 50), ("end", 100)] {
        let n = schedule.first + schedule.count * share / 100;
        tokio::time::sleep_until(schedule.due(n).into()).await;
        let backlog = n.saturating_sub(answers.count());
        report.row("sustained", format!("{of}: backlog at the {name}"), backlog as f64, "", None);
        backlogs.push(backlog);
    }
    offering.await??;
    let seconds = before.2.elapsed().as_secs_f64();
    let cores = (host.processor_seconds()? - before.0) / seconds;
    report.row("sustained", format!("{of}: processor of the host"), cores, "cores", None);
    let cores = (own_processor_seconds()? - before.1) / seconds;
    report.row("sustained", format!("{of}: processor of load and simulator"), cores, "cores", None);
    let resident = host.resident()? as f64 / 1e6;
    report.row("sustained", format!("{of}: resident memory of the host"), resident, "MB", None);
    // What comes within another second was on its way, so it belongs to the latencies; the rest is backlog.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut latencies = answers.latencies(schedule);
    report.latencies("sustained", &format!("{of}: webhook to answer"), &mut latencies, None);
    // Flat: what stands there at the end came within the last half second, or stood there in the middle.
    let flat = |backlogs: &[u64]| matches!(backlogs, [_, middle, end] if *end <= middle + rate / 2);
    Ok(flat(&backlogs))
}

/// When each message was answered.
struct Answers {
    seen: Arc<Mutex<Seen>>,
}

struct Seen {
    count: u64,
    /// How many answers each customer has.
    by_customer: Vec<u64>,
    /// When the answer of each message came.
    at: Vec<Option<Instant>>,
    failed: Option<String>,
}

impl Answers {
    fn watch(simulator: &Handle) -> Self {
        let by_customer = vec![0; CUSTOMERS as usize];
        let seen = Seen { count: 0, by_customer, at: Vec::new(), failed: None };
        let answers = Self { seen: Arc::new(Mutex::new(seen)) };
        let (seen, mut events) = (Arc::clone(&answers.seen), simulator.events());
        tokio::spawn(async move {
            loop {
                let event = events.recv().await;
                let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
                match event {
                    Ok(Event::Accepted { phone, .. }) => seen.answer(&phone),
                    Ok(_) => {}
                    Err(RecvError::Lagged(missed)) => {
                        seen.failed = Some(format!("{missed} events were missed"))
                    }
                    Err(RecvError::Closed) => return,
                }
            }
        });
        answers
    }

    fn count(&self) -> u64 {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    /// Until that many messages are answered.
    async fn wait_for(&self, count: u64) -> Result<()> {
        let started = Instant::now();
        while self.count() < count {
            ensure!(started.elapsed() < DRAIN, "{} of {count} messages are answered", self.count());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        match &self.seen.lock().unwrap_or_else(PoisonError::into_inner).failed {
            Some(failure) => bail!("the benchmark itself could not keep up: {failure}"),
            None => Ok(()),
        }
    }

    /// What answers took. A message without an answer has taken until now.
    fn latencies(&self, schedule: Schedule) -> Vec<Duration> {
        let (now, seen) = (Instant::now(), self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let answered = |n: u64| seen.at.get(n as usize).copied().flatten().unwrap_or(now);
        schedule.messages().map(|n| answered(n).saturating_duration_since(schedule.due(n))).collect()
    }
}

impl Seen {
    /// The k-th answer to a customer answers their k-th message.
    fn answer(&mut self, phone: &str) {
        let known = customers::customer(phone).and_then(|customer| {
            let answers = self.by_customer.get_mut(customer as usize)?;
            *answers += 1;
            Some((customer + (*answers - 1) * CUSTOMERS) as usize)
        });
        let Some(n) = known else {
            self.failed = Some(format!("an answer went to {phone}, who wrote nothing"));
            return;
        };
        if self.at.len() <= n {
            self.at.resize(n + 1, None);
        }
        if let Some(at) = self.at.get_mut(n) {
            *at = Some(Instant::now());
        }
        self.count += 1;
    }
}
