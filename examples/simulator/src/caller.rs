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

use crate::phones::Tick;
use crate::update::{Update, body};
use crate::world::{Event, World};

/// Meta documents no time; those who measured it speak of 5 to 10 seconds.
const PATIENCE: Duration = Duration::from_secs(10);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

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
    let places = Arc::new(Semaphore::new(world.concurrency));
    while let Some(first) = queue.recv().await {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let mut updates = vec![first];
        while updates.len() < world.batch
            && let Ok(next) = queue.try_recv()
        {
            updates.push(next);
        }
        tokio::spawn(deliver(world.clone(), places.clone(), place, updates));
    }
}

async fn deliver(
    world: Arc<World>,
    places: Arc<Semaphore>,
    mut place: OwnedSemaphorePermit,
    updates: Vec<Update>,
) {
    let body = Bytes::from(body(&updates));
    let mut wait = world.retry;
    loop {
        let started = Instant::now();
        let http = post(&world, body.clone()).await.ok();
        drop(place);
        world.tell(|| Event::Posted { updates: updates.len(), http, took: started.elapsed() });
        if http == Some(200) {
            break;
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
        if world.ended() {
            return;
        }
        place = match places.clone().acquire_owned().await {
            Ok(place) => place,
            Err(_) => return,
        };
    }
    world.delivered(updates.len());
    for (phone, wamid) in updates.iter().filter_map(|update| update.slip.as_ref()) {
        world.tick(phone, wamid, Tick::Delivered);
    }
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
