//! Speaks to a running host through the socket in its data directory.

use std::path::Path;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

/// Whether a host runs on a data directory.
pub(crate) fn is_there(data: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(data.join(server::SOCKET)).is_ok()
}

/// What a host answered.
pub(crate) struct Answer {
    status: StatusCode,
    /// The MIME type.
    pub(crate) kind: String,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    /// As JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }
}

/// Asks the host that runs on a data directory. An answer that is no success is an error in the host's own words.
pub(crate) fn ask(data: &Path, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Value> {
    let body = body.map(serde_json::to_vec).transpose()?.unwrap_or_default();
    Ok(send(data, method, path, body)?.json())
}

/// The same with a body and an answer of any kind.
pub(crate) fn send(data: &Path, method: Method, path: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(exchange(data, method, path, body))
}

/// Reads an answer that may be larger than the memory: `take` is given its parts.
pub(crate) fn stream(
    data: &Path,
    path: &str,
    take: &mut dyn FnMut(&[u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut response = request(data, Method::GET, path, Vec::new()).await?;
        if !response.status().is_success() {
            return Err(failed(&understood(response).await?));
        }
        while let Some(frame) = response.body_mut().frame().await {
            let frame = frame.map_err(|error| anyhow::anyhow!("the answer broke off: {error}"))?;
            frame.data_ref().map_or(Ok(()), |bytes| take(bytes))?;
        }
        Ok(())
    })
}

async fn exchange(data: &Path, method: Method, path: &str, body: Vec<u8>) -> anyhow::Result<Answer> {
    let answer = understood(request(data, method, path, body).await?).await?;
    if answer.status.is_success() { Ok(answer) } else { Err(failed(&answer)) }
}

async fn request(
    data: &Path,
    method: Method,
    path: &str,
    body: Vec<u8>,
) -> anyhow::Result<Response<Incoming>> {
    let socket = data.join(server::SOCKET);
    let stream = UnixStream::connect(&socket).await.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                "this account may not ask there. Only the owner may until people with accounts are described (`raci`), \
                 and they need to be let through the directory (chmod 711)"
            }
            _ => "no host runs there that could be asked. Start `timonel serve`, or set TIMONEL_DATA",
        };
        anyhow::Error::new(error).context(format!("`data` is `{}`: {why}", data.display()))
    })?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(body)))?;
    Ok(sender.send_request(request).await?)
}

async fn understood(response: Response<Incoming>) -> anyhow::Result<Answer> {
    let status = response.status();
    let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default().to_owned();
    Ok(Answer { status, kind, bytes: response.into_body().collect().await?.to_bytes().into() })
}

/// The host's own words for why it did not do it.
fn failed(answer: &Answer) -> anyhow::Error {
    let told = answer.json();
    let said = ["error", "detail"].iter().find_map(|name| Some(told[*name].as_str()?.to_owned()));
    anyhow::anyhow!("{}", said.unwrap_or_else(|| format!("the host answered {}", answer.status)))
}
