//! Offers load: webhooks over connections that are kept, signed as Meta signs them.
//!
//! There are two ways to offer it. A closed loop posts as fast as answers come and finds out how many that are. An open
//! loop posts at times that were fixed before, whatever the answers do, and counts a latency from the time that was
//! fixed: if the host stalls, every message that should have been sent meanwhile says so.

use std::net::SocketAddr;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use simulator::Handle;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use whatsapp::AppSecrets;

use crate::customers::{SECRET, body};

/// Connections at once.
const CONNECTIONS: usize = 64;

/// Times at which messages are to be sent.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    /// The first message.
    pub(crate) first: u64,
    /// How many there are.
    pub(crate) count: u64,
    /// How many in a second.
    pub(crate) rate: u64,
    /// When the first one is due.
    pub(crate) start: Instant,
}

impl Schedule {
    /// Begins in a moment.
    pub(crate) fn new(first: u64, rate: u64, time: Duration) -> Self {
        Self { first, count: rate * time.as_secs(), rate, start: Instant::now() + Duration::from_millis(200) }
    }

    /// When a message is due.
    pub(crate) fn due(&self, n: u64) -> Instant {
        self.start + Duration::from_nanos((n - self.first) * 1_000_000_000 / self.rate)
    }

    /// All of them.
    pub(crate) fn messages(&self) -> Range<u64> {
        self.first..self.first + self.count
    }
}

/// Posts messages as fast as they are answered, for a time or until there are no more. Gives how many it were and how
/// many in a second.
pub(crate) async fn closed(address: SocketAddr, messages: Range<u64>, time: Duration) -> Result<(u64, f64)> {
    let connections = connect(address).await?;
    let next = Arc::new(AtomicU64::new(messages.start));
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for mut connection in connections {
        let (next, end) = (Arc::clone(&next), messages.end);
        tasks.spawn(async move {
            let mut posted = 0_u64;
            while start.elapsed() < time {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= end {
                    break;
                }
                connection.post(body(n)).await?;
                posted += 1;
            }
            anyhow::Ok(posted)
        });
    }
    let mut posted = 0;
    while let Some(task) = tasks.join_next().await {
        posted += task??;
    }
    Ok((posted, posted as f64 / start.elapsed().as_secs_f64()))
}

/// Posts messages when they are due. Gives how long each waited for its 200.
pub(crate) async fn open(address: SocketAddr, schedule: Schedule) -> Result<Vec<Duration>> {
    let connections = connect(address).await?;
    let next = Arc::new(AtomicU64::new(schedule.first));
    let mut tasks = JoinSet::new();
    for mut connection in connections {
        let next = Arc::clone(&next);
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if !schedule.messages().contains(&n) {
                    return anyhow::Ok(latencies);
                }
                let due = schedule.due(n);
                tokio::time::sleep_until(due.into()).await;
                connection.post(body(n)).await?;
                latencies.push(due.elapsed());
            }
        });
    }
    let mut latencies = Vec::new();
    while let Some(task) = tasks.join_next().await {
        latencies.extend(task??);
    }
    Ok(latencies)
}

/// Waits until nothing more comes of what was offered: no status is on its way, and the journal has not grown for a
/// second. Gives the moment from which that was so.
pub(crate) async fn quiet(address: SocketAddr, simulator: &Handle, patience: Duration) -> Result<Instant> {
    let (started, mut since, mut before) = (Instant::now(), Instant::now(), 0);
    while since.elapsed() < Duration::from_secs(1) {
        ensure!(started.elapsed() < patience, "there is still work after {patience:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        let events = events(address).await?;
        if events != before || simulator.waiting() > 0 {
            (before, since) = (events, Instant::now());
        }
    }
    Ok(since)
}

/// Events in the journal of a host.
async fn events(address: SocketAddr) -> Result<u64> {
    let (mut sender, connection) = handshake(TokioIo::new(TcpStream::connect(address).await?)).await?;
    tokio::spawn(connection);
    let request =
        Request::get("/healthz").header("host", address.to_string()).body(Full::<Bytes>::default())?;
    let response = sender.send_request(request).await?.into_body().collect().await?.to_bytes();
    let health: serde_json::Value = serde_json::from_slice(&response)?;
    health.get("events").and_then(serde_json::Value::as_u64).context("/healthz tells no events")
}

/// Posts one after another.
pub(crate) struct Poster(Connection);

impl Poster {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self> {
        Ok(Self(connection(address).await?))
    }

    pub(crate) async fn post(&mut self, body: Bytes) -> Result<()> {
        self.0.post(body).await
    }
}

struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: String,
    secrets: AppSecrets,
}

async fn connect(address: SocketAddr) -> Result<Vec<Connection>> {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(connection(address).await?);
    }
    Ok(connections)
}

async fn connection(address: SocketAddr) -> Result<Connection> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(Connection { sender, host: address.to_string(), secrets: AppSecrets::new(SECRET, None) })
}

impl Connection {
    async fn post(&mut self, body: Bytes) -> Result<()> {
        let request = Request::post("/webhook")
            .header("host", &self.host)
            .header("content-type", "application/json")
            .header("user-agent", "facebookexternalua")
            .header("x-hub-signature-256", self.secrets.sign(&body))
            .body(Full::new(body))?;
        self.sender.ready().await.context("the connection was closed")?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        ensure!(status == 200, "a webhook was answered with {status}");
        Ok(())
    }
}
