//! Handing checkpoints of the audit to an address: whoever keeps them there needs no software of ours.

use bytes::Bytes;
use governance::Outlet;
use http_body_util::Full;
use hyper::{Request, Uri};
use tokio::runtime::Handle;

use crate::calling::Calling;

/// The most that is read of what an address answers. Nothing of it matters.
const MOST: usize = 4 << 10;

/// An address that checkpoints are posted to, as `text/plain`. Any answer of success says that it is there.
pub(crate) struct Address {
    uri: Uri,
    name: String,
    calling: Calling,
    runtime: Handle,
}

impl Address {
    /// An address; `runtime` carries the requests. It stands in the settings, so it may be anywhere.
    pub(crate) fn new(uri: Uri, runtime: Handle) -> Self {
        // What comes after the path, and before the host, may be a secret.
        let host =
            uri.authority().map_or("", |authority| authority.as_str().rsplit('@').next().unwrap_or(""));
        let name = format!("{}://{host}{}", uri.scheme_str().unwrap_or("https"), uri.path());
        Self { name, uri, calling: Calling::anywhere(), runtime }
    }

    async fn post(&self, note: &str) -> Result<(), String> {
        let request = Request::post(self.uri.clone())
            .header("content-type", "text/plain; charset=utf-8")
            .body(Full::<Bytes>::from(note.to_owned()))
            .map_err(|error| error.to_string())?;
        let (status, _) = self.calling.ask(request, MOST).await?;
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
