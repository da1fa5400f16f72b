//! The company's webhooks at work: a courier for each, begun and ended as what is in force says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use domain::subscriber::{SecretAt, Subscriber};
use governance::{Courier, Delivery, Outfit, Post, Posted, SigningSecret};
use http_body_util::Full;
use hyper::{Request, Uri};
use tokio::task::JoinHandle;

use crate::calling::Calling;

/// How often it is looked whether other webhooks are in force.
const LOOK: Duration = Duration::from_secs(1);

/// The most that is read of what an address answers. Nothing of it matters.
const MOST: usize = 4 << 10;

/// An address that is posted to.
struct Address {
    uri: Uri,
    calling: Calling,
}

impl Post for Address {
    fn post<'a>(&'a self, delivery: &'a Delivery) -> Posted<'a> {
        Box::pin(async move {
            let request = Request::post(self.uri.clone())
                .header("content-type", "application/json")
                .header("user-agent", concat!("Timonel/", env!("CARGO_PKG_VERSION")))
                .header("webhook-id", &delivery.id)
                .header("webhook-timestamp", &delivery.timestamp)
                .header("webhook-signature", &delivery.signature)
                .body(Full::<Bytes>::from(delivery.body.clone()))
                .map_err(|error| error.to_string())?;
            let (status, _) = self.calling.ask(request, MOST).await?;
            if status.is_success() { Ok(()) } else { Err(format!("it answered {status}")) }
        })
    }
}

/// A courier at work, and for what.
struct AtWork {
    subscriber: Subscriber,
    /// None if it could not begin: the error was told.
    task: Option<JoinHandle<()>>,
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Keeps a courier at work for each webhook that is in force. `dir` is that of the settings.
pub(crate) async fn keep(outfit: Outfit, dir: PathBuf) {
    let mut at_work: BTreeMap<_, AtWork> = BTreeMap::new();
    loop {
        let wanted = (outfit.company)().webhooks().to_vec();
        at_work.retain(|_, known| wanted.contains(&known.subscriber));
        for subscriber in wanted {
            at_work.entry(subscriber.id.clone()).or_insert_with(|| {
                let task = match begin(&outfit, &subscriber, &dir) {
                    Ok(courier) => Some(tokio::spawn(governance::carrying_out(courier))),
                    Err(why) => {
                        tracing::error!(webhook = %subscriber.id, %why, "a webhook of the company is not told anything");
                        None
                    }
                };
                AtWork { subscriber, task }
            });
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn begin(outfit: &Outfit, subscriber: &Subscriber, dir: &Path) -> Result<Courier, String> {
    let uri: Uri = subscriber.url.parse().map_err(|error| format!("`url` is no address: {error}"))?;
    let secret = secret(&subscriber.secret, dir)?;
    let post = Address { uri, calling: Calling::new(&subscriber.allow) };
    Ok(Courier::new(outfit.clone(), subscriber.clone(), secret, Box::new(post)))
}

fn secret(at: &SecretAt, dir: &Path) -> Result<SigningSecret, String> {
    let (place, text) = match at {
        SecretAt::Env(name) => (name.clone(), std::env::var(name).map_err(|error| error.to_string())),
        SecretAt::File(path) => {
            let path = dir.join(path);
            (path.display().to_string(), std::fs::read_to_string(&path).map_err(|error| error.to_string()))
        }
    };
    let text = text.map_err(|why| format!("`secret` is at `{place}`: {why}"))?;
    let expected = "`whsec_` and 24 to 64 bytes in base64 were expected";
    SigningSecret::parse(&text).ok_or_else(|| format!("`secret` is at `{place}`: {expected}"))
}
