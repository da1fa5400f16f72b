//! Handing checkpoints of the audit to an address: whoever keeps them there needs no software of ours.

use std::time::Duration;

use bytes::Bytes;
use governance::Outlet;
use http_body_util::Full;
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Handle;

/// How long an address may take to take one.
const PATIENCE: Duration = Duration::from_secs(10);

/// An address that checkpoints are posted to, as `text/plain`. Any answer of success says that it is there.
pub(crate) struct Address {
    uri: Uri,
    name: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    runtime: Handle,
}

impl Address {
    /// An address; `runtime` carries the requests.
    pub(crate) fn new(uri: Uri, runtime: Handle) -> Self {
        let tls = HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        // What comes after the path, and before the host, may be a secret.
        let host =
            uri.authority().map_or("", |authority| authority.as_str().rsplit('@').next().unwrap_or(""));
        let name = format!("{}://{host}{}", uri.scheme_str().unwrap_or("https"), uri.path());
        Self { name, uri, client: Client::builder(TokioExecutor::new()).build(tls), runtime }
    }

    async fn post(&self, note: &str) -> Result<(), String> {
        let request = Request::post(self.uri.clone())
            .header("content-type", "text/plain; charset=utf-8")
            .body(Full::from(note.to_owned()))
            .map_err(|error| error.to_string())?;
        let answered = tokio::time::timeout(PATIENCE, self.client.request(request)).await;
        let answer = answered.map_err(|_| format!("no answer within {PATIENCE:?}"))?;
        let status = answer.map_err(|error| format!("it cannot be reached: {error}"))?.status();
        if status.is_success() { Ok(()) } else { Err(format!("it answered {status}")) }
    }
}

impl Outlet for Address {
    fn name(&self) -> &str {
        &self.name
    }

    fn hand(&mut self, _: u64, note: &str) -> Result<(), String> {
        self.runtime.block_on(self.post(note))
    }
}
