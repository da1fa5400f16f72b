//! The least that a webhook which keeps its word can be: it checks the signature, and answers when the body is on the disk.
//!
//! Nobody can be faster without lying, on this disk and with this HTTP library. It keeps nothing that could be read again.

use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use whatsapp::AppSecrets;

use crate::customers::SECRET;

/// Bodies that share an fsync at most.
const BATCH: usize = 1_024;

/// A body, and who waits for it to be safe.
type Entry = (Bytes, oneshot::Sender<()>);

struct Server {
    secrets: AppSecrets,
    committer: SyncSender<Entry>,
}

/// Serves until it is killed.
pub(crate) async fn serve(listen: SocketAddr, file: &Path) -> Result<()> {
    let file = File::create(file)?;
    let (committer, entries) = sync_channel(8 * BATCH);
    std::thread::spawn(move || commit(file, &entries));
    let server = Arc::new(Server { secrets: AppSecrets::new(SECRET, None), committer });
    let listener = TcpListener::bind(listen).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let server = Arc::clone(&server);
        let service = service_fn(move |request| receive(Arc::clone(&server), request));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn receive(server: Arc<Server>, request: Request<Incoming>) -> Result<Response<Empty<Bytes>>> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let signature = head.headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    let mut response = Response::new(Empty::new());
    if server.secrets.verify(signature, &body).is_err() {
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(response);
    }
    let (done, safe) = oneshot::channel();
    if server.committer.try_send((body, done)).is_err() || safe.await.is_err() {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(response)
}

/// A batch forms while the one before is on its way to the disk.
fn commit(mut file: File, entries: &Receiver<Entry>) -> Result<()> {
    let (mut bytes, mut waiting) = (Vec::new(), Vec::new());
    while let Ok(first) = entries.recv() {
        for (body, done) in std::iter::once(first).chain(entries.try_iter()).take(BATCH) {
            bytes.extend_from_slice(&body);
            waiting.push(done);
        }
        file.write_all(&bytes)?;
        file.sync_data()?;
        for done in waiting.drain(..) {
            // Whoever asked may have gone.
            let _ = done.send(());
        }
        bytes.clear();
    }
    Ok(())
}
