//! Speaks to a running host through the socket in its data directory.

use std::path::Path;

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

/// Asks the host that runs on a data directory. An answer that is no success is an error in the host's own words.
pub(crate) fn ask(data: &Path, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(exchange(data, method, path, body))
}

async fn exchange(data: &Path, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let socket = data.join(server::SOCKET);
    let stream = UnixStream::connect(&socket).await.with_context(|| {
        format!(
            "`data` is `{}`: no host runs there that could be asked. Start `timonel serve`, or set TIMONEL_DATA",
            data.display()
        )
    })?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let body = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let bytes = response.into_body().collect().await?.to_bytes();
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() {
        return Ok(answer);
    }
    let said = answer.get("error").and_then(Value::as_str);
    anyhow::bail!("{}", said.map_or_else(|| format!("the host answered {status}"), ToOwned::to_owned))
}
