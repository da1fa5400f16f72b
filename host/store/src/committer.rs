//! The one place where events are numbered.
//!
//! A state machine with a step: it takes what has gathered, checks which commits still fit, writes those and the appends
//! as one batch of the journal, and hands the events on to be folded. A version is checked against what is folded plus
//! the tail that is not yet, so nothing waits for the projections to be asked. No timer gathers a batch: it forms while
//! the previous one is on its way to the disk.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::sync::Arc;

use domain::Time;
use domain::event::{Event, Recorded, Written};
use domain::outside::Clock;
use domain::stream::{Actor, Stream};
use journal::{AppendError, Journal};
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::tree::Tree;

/// Events in one batch at most: enough to share an fsync among many, few enough that nobody waits long for the others.
pub(crate) const BATCH_EVENTS: usize = 4_096;

/// Bytes in one batch at most, unless a single request is larger.
pub(crate) const BATCH_BYTES: usize = 4 << 20;

tokio::task_local! {
    /// The act of which whatever a task does comes. It belongs to the whole of a request, as its connection does, so it is not
    /// an argument of everything that a request may lead to.
    static CAUSE: u64;
}

/// Does something because of an act, which is an event of this number: what is written on the way says so.
pub async fn because_of<T>(act: u64, work: impl Future<Output = T>) -> T {
    CAUSE.scope(act, work).await
}

/// The act because of which the current task works, for whoever hands its work to another task.
pub fn cause() -> Option<u64> {
    CAUSE.try_with(|act| *act).ok()
}

/// An event that is to be written. Encoded by whoever makes it, so that the committer has little to do.
#[derive(Debug, Clone)]
pub struct Draft {
    pub(crate) stream: Stream,
    pub(crate) actor: Actor,
    pub(crate) event: Event,
    pub(crate) data: Box<RawValue>,
    pub(crate) cause: Option<u64>,
}

impl Draft {
    /// An event of a stream, and who made it.
    pub fn new(stream: Stream, actor: Actor, event: impl Into<Event>) -> Result<Self, CommitError> {
        let event = event.into();
        let data = event.data().map_err(CommitError::Encoding)?;
        let cause = CAUSE.try_with(|cause| *cause).ok();
        Ok(Self { stream, actor, event, data, cause })
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Somebody else wrote to the stream since it was read. What was written can be read by now: decide again.
    #[error("{stream} is at version {found}, not at {expected}: somebody was faster")]
    Conflict {
        /// Which stream.
        stream: Stream,
        /// What the caller had seen.
        expected: u64,
        /// What it is.
        found: u64,
    },
    /// So much waits to be written that no more is taken.
    #[error("the disk cannot keep up: nothing was written, try again")]
    Busy,
    /// The disk refused.
    #[error("{0}")]
    Refused(String),
    /// The store is closed, or it failed for good.
    #[error("the store is closed: nothing was written")]
    Closed,
    /// The event cannot be written as JSON.
    #[error("the event cannot be encoded: {0}")]
    Encoding(serde_json::Error),
    /// The event was written, and the projections failed to take it in. A restart rebuilds them.
    #[error("the event is in the journal, but the projections failed: {0}")]
    NotFolded(String),
}

/// Answers with the number of the last event that was written.
pub(crate) type Ack = oneshot::Sender<Result<u64, CommitError>>;

/// What is asked of the committer.
pub(crate) struct Request {
    pub(crate) expect: Vec<(Stream, u64)>,
    pub(crate) drafts: Vec<Draft>,
    /// Answer when it is folded, and not already when it is durable.
    pub(crate) folded: bool,
    pub(crate) ack: Ack,
}

impl Request {
    pub(crate) fn bytes(&self) -> usize {
        self.drafts.iter().map(|draft| draft.data.get().len() + 128).sum()
    }
}

/// Events that are durable, and who waits until they are folded.
pub(crate) struct Durable {
    pub(crate) events: Vec<Recorded>,
    /// What the journal has of each that is of record, and nothing of the others: bodies are large, and may wait to be folded.
    pub(crate) entries: Vec<Vec<u8>>,
    /// What they all take up in the journal.
    pub(crate) bytes: usize,
    /// Who waits, and the answer. Whoever lost a race waits too: read before the fold, the stream would still be what it
    /// was, and the next attempt would lose again.
    pub(crate) answers: Vec<(Ack, Result<u64, CommitError>)>,
}

/// The journal failed in a way after which nothing may be promised any more.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fatal(pub(crate) String);

pub(crate) struct Committer {
    journal: Journal,
    tree: Arc<Tree>,
    clock: Arc<dyn Clock>,
    last_time: Time,
    /// Versions of streams whose last events may not be folded yet.
    tail: HashMap<Stream, (u64, u64)>,
    /// The same by number, oldest first, to know when they are.
    order: VecDeque<(u64, Stream)>,
}

impl Committer {
    pub(crate) fn new(journal: Journal, tree: Arc<Tree>, clock: Arc<dyn Clock>) -> Self {
        Self {
            journal,
            tree,
            clock,
            last_time: Time::UNIX_EPOCH,
            tail: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Writes what fits of a batch of requests and answers those that need not wait for the fold.
    pub(crate) fn step(&mut self, requests: Vec<Request>, folded: u64) -> Result<Durable, Fatal> {
        self.forget_folded(folded);
        let time = self.last_time.max(self.clock.now());
        self.last_time = time;
        let first = self.journal.next_seq();
        let mut batch = Batch::default();
        let mut accepted: Vec<(Ack, bool, u64)> = Vec::with_capacity(requests.len());
        let mut answers = Vec::new();
        for request in requests {
            match self.take(time, first, request.expect, request.drafts, &mut batch) {
                Ok(last) => accepted.push((request.ack, request.folded, last)),
                Err(lost @ CommitError::Conflict { .. }) => answers.push((request.ack, Err(lost))),
                Err(error) => {
                    let _ = request.ack.send(Err(error));
                }
            }
        }
        if !batch.entries.is_empty() {
            match self.journal.append(&batch.entries) {
                Ok(_) => {}
                Err(AppendError::Fatal(error)) => return Err(Fatal(AppendError::Fatal(error).to_string())),
                Err(error) => {
                    for (ack, _, _) in accepted {
                        let _ = ack.send(Err(CommitError::Refused(error.to_string())));
                    }
                    return Ok(Durable { events: Vec::new(), entries: Vec::new(), bytes: 0, answers });
                }
            }
        }
        let last = first + batch.events.len() as u64 - 1;
        for (stream, version) in std::mem::take(&mut batch.versions) {
            self.order.push_back((last, stream.clone()));
            self.tail.insert(stream, (version, last));
        }
        for (ack, folded, seq) in accepted {
            if folded {
                answers.push((ack, Ok(seq)));
            } else {
                let _ = ack.send(Ok(seq));
            }
        }
        let Batch { events, mut entries, .. } = batch;
        let bytes = entries.iter().map(Vec::len).sum();
        for (event, entry) in events.iter().zip(&mut entries) {
            if !event.event.of_record() {
                *entry = Vec::new();
            }
        }
        Ok(Durable { events, entries, bytes, answers })
    }

    fn take(
        &self,
        time: Time,
        first: u64,
        expect: Vec<(Stream, u64)>,
        drafts: Vec<Draft>,
        batch: &mut Batch,
    ) -> Result<u64, CommitError> {
        for (stream, expected) in expect {
            let found = self.version(&stream, batch)?;
            if found != expected {
                return Err(CommitError::Conflict { stream, expected, found });
            }
        }
        let mut encoded = Vec::with_capacity(drafts.len());
        let mut versions = HashMap::new();
        for draft in &drafts {
            let version = match versions.get(&draft.stream) {
                Some(version) => version + 1,
                None => self.version(&draft.stream, batch)? + 1,
            };
            versions.insert(draft.stream.clone(), version);
            let written = Written {
                time,
                stream: draft.stream.clone(),
                version,
                kind: draft.event.kind().into(),
                form: draft.event.form(),
                actor: draft.actor.clone(),
                cause: draft.cause,
                data: &draft.data,
            };
            encoded.push((serde_json::to_vec(&written).map_err(CommitError::Encoding)?, version));
        }
        for (draft, (entry, version)) in drafts.into_iter().zip(encoded) {
            let Draft { stream, actor, event, .. } = draft;
            let seq = first + batch.events.len() as u64;
            batch.entries.push(entry);
            batch.events.push(Recorded { seq, time, stream, version, actor, event });
        }
        batch.versions.extend(versions);
        Ok(first + batch.events.len() as u64 - 1)
    }

    fn version(&self, stream: &Stream, batch: &Batch) -> Result<u64, CommitError> {
        if let Some(version) = batch.versions.get(stream) {
            return Ok(*version);
        }
        if let Some((version, _)) = self.tail.get(stream) {
            return Ok(*version);
        }
        self.tree.version(stream).map_err(|error| CommitError::Refused(error.to_string()))
    }

    fn forget_folded(&mut self, folded: u64) {
        while let Some((seq, stream)) = self.order.front() {
            if *seq > folded {
                break;
            }
            if self.tail.get(stream).is_some_and(|(_, last)| last == seq) {
                self.tail.remove(stream);
            }
            self.order.pop_front();
        }
    }
}

#[derive(Default)]
struct Batch {
    entries: Vec<Vec<u8>>,
    events: Vec<Recorded>,
    versions: HashMap<Stream, u64>,
}
