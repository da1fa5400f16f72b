//! The record as lines, sent while they are read: it may be larger than the memory.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame};
use store::Store;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Bytes that are sent at once.
const CHUNK: usize = 64 << 10;

/// Chunks that may wait for a slow reader.
const WAITING: usize = 4;

/// What a reader is sent. Something that went wrong ends it before its end, so that nobody takes a part for the whole.
type Sent = Result<Bytes, String>;

/// Lines as they come: those of the record, or whatever somebody else sends.
pub(crate) struct Lines(Receiver<Sent>);

impl From<Receiver<Sent>> for Lines {
    fn from(receiver: Receiver<Sent>) -> Self {
        Self(receiver)
    }
}

impl Lines {
    /// Those of the first `entries`: each the number in the journal, a space, the entry.
    pub(crate) fn of(store: Store, entries: u64) -> Self {
        let (sender, receiver) = channel(WAITING);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = send(&store, entries, &sender) {
                tracing::warn!(%error, "the record could not be handed out to its end");
                let _ = sender.blocking_send(Err(error));
            }
        });
        Self(receiver)
    }
}

/// Whoever does not listen any more is no error.
fn send(store: &Store, entries: u64, to: &Sender<Sent>) -> Result<(), String> {
    let (mut sent, mut chunk) = (0, Vec::with_capacity(CHUNK));
    while sent < entries {
        let numbers = store.record_numbers(sent).map_err(|error| error.to_string())?;
        if numbers.is_empty() {
            return Err("the record ends before it should: run `timonel journal rebuild`".to_owned());
        }
        for seq in numbers.into_iter().take(usize::try_from(entries - sent).unwrap_or(usize::MAX)) {
            let entry = store.entry(seq).map_err(|error| error.to_string())?;
            chunk.extend_from_slice(seq.to_string().as_bytes());
            chunk.push(b' ');
            chunk.extend(entry.ok_or_else(|| format!("entry {seq} is not in the journal"))?);
            chunk.push(b'\n');
            sent += 1;
            if chunk.len() >= CHUNK && to.blocking_send(Ok(std::mem::take(&mut chunk).into())).is_err() {
                return Ok(());
            }
        }
    }
    if !chunk.is_empty() {
        let _ = to.blocking_send(Ok(chunk.into()));
    }
    Ok(())
}

impl Body for Lines {
    type Data = Bytes;
    type Error = String;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, String>>> {
        self.0.poll_recv(context).map(|sent| sent.map(|sent| sent.map(Frame::data)))
    }
}
