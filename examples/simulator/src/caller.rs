//! Calls the webhook as Meta does: signed, over connections that are kept, several at once, and again and again until
//! the answer is 200.
//!
//! A body that is refused waits without holding a place, or a few of them would keep all others from being tried.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::{Request, header};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::{self, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::clock::millis;
use crate::event::Event;
use crate::options::Options;
use crate::phones::Tick;
use crate::rules::DAY;
use crate::update::{Update, body};
use crate::world::World;

/// Meta documents no time; those who measured it speak of 5 to 10 seconds. It is the host's time, not this world's.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is not taken for so long is dropped (Meta, Webhooks overview).
const GIVEN_UP: Duration = DAY.saturating_mul(7);

/// How the webhook is called.
pub(crate) struct Posting {
    concurrency: usize,
    batch: usize,
    gather: Duration,
    retry: Duration,
    longest_retry: Duration,
}

impl Posting {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            concurrency: options.concurrency.max(1),
            batch: options.batch.clamp(1, 1_000),
            gather: options.gather,
            retry: options.retry,
            longest_retry: options.longest_retry.max(options.retry),
        }
    }
}

pub(crate) type Client = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

pub(crate) fn client() -> Client {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let connector =
        HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(tcp);
    legacy::Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector)
}

/// Takes from the queue whatever is due whenever a place is free: the busier the host, the fuller a batch. A place is
/// asked for only when there is something to deliver, or an idle queue would keep it from what is to be tried again.
pub(crate) async fn run(world: Arc<World>, mut queue: mpsc::UnboundedReceiver<Update>) {
    let places = Arc::new(Semaphore::new(world.posting.concurrency));
    while let Some(first) = queue.recv().await {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        world.clock.sleep(world.posting.gather).await;
        let mut updates = vec![first];
        while updates.len() < world.posting.batch
            && let Ok(next) = queue.try_recv()
        {
            updates.push(next);
        }
        world.spawn(deliver(world.clone(), places.clone(), place, updates));
    }
}

async fn deliver(
    world: Arc<World>,
    places: Arc<Semaphore>,
    mut place: OwnedSemaphorePermit,
    updates: Vec<Update>,
) {
    let body = Bytes::from(body(&updates));
    let given_up = world.clock.now() + millis(GIVEN_UP);
    let mut wait = world.posting.retry;
    loop {
        if call(&world, &body, updates.len()).await == Some(200) {
            break;
        }
        drop(place);
        world.clock.sleep(wait).await;
        wait = (wait * 2).min(world.posting.longest_retry);
        if world.clock.now() >= given_up {
            world.counts.dropped.add(updates.len());
            world.settled(updates.len());
            return;
        }
        place = match places.clone().acquire_owned().await {
            Ok(place) => place,
            Err(_) => return,
        };
        world.counts.retried.add(1);
    }
    drop(place);
    world.counts.delivered.add(updates.len());
    for (phone, wamid) in updates.iter().filter_map(|update| update.slip.as_ref()) {
        world.tick(phone, wamid, Tick::Delivered);
    }
    again(&world, &body, &updates).await;
    world.settled(updates.len());
}

/// Calls once more with what was taken already, if there is such trouble: all apps of an account are called again when
/// one of them did not answer.
async fn again(world: &World, body: &Bytes, updates: &[Update]) {
    let trouble = &world.trouble().webhooks;
    let Some(dice) = updates.first().map(|first| first.dice.about("reposted")) else { return };
    if dice.happens(trouble.reposted) {
        world.clock.sleep(dice.about("again").between(&trouble.again)).await;
        world.counts.reposted.add(1);
        call(world, body, updates.len()).await;
    }
}

/// Calls the webhook once, when Meta is there.
async fn call(world: &World, body: &Bytes, updates: usize) -> Option<u16> {
    let mut down = world.down.subscribe();
    down.wait_for(Option::is_none).await.ok()?;
    let started = Instant::now();
    let http = post(world, body.clone()).await.ok();
    world.counts.posted.add(1);
    if http == Some(200) {
        world.counts.acknowledged.add(1);
    }
    world.tell(|| Event::Posted { updates, http, took: started.elapsed() });
    http
}

/// Posts a body once and gives back the HTTP status.
pub(crate) async fn post(world: &World, body: impl Into<Bytes>) -> Result<u16, String> {
    let body = body.into();
    let webhook = world.webhook().await.ok_or("the simulation has ended")?;
    let request = Request::post(webhook)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::USER_AGENT, "facebookexternalua")
        .header("X-Hub-Signature-256", world.secrets.sign(&body))
        .body(Full::from(body))
        .map_err(|error| error.to_string())?;
    let exchange = async {
        let response = world.client.request(request).await.map_err(|error| error.to_string())?;
        let status = response.status().as_u16();
        // A connection is kept only if its answer was read.
        response.into_body().collect().await.map_err(|error| error.to_string())?;
        Ok(status)
    };
    tokio::time::timeout(PATIENCE, exchange).await.map_err(|_| format!("no answer within {PATIENCE:?}"))?
}
