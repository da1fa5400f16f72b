//! The store, open: a committer, a projector and a keeper, driven by threads or by the caller.
//!
//! In a host three threads drive them: one batch is folded while the next is on its way to the disk, and what is folded is
//! carried to sled by and by. In a simulation nobody does: each request is carried out in the call that makes it, and the
//! order of everything follows from the seed.

use std::collections::VecDeque;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::event::{NotAnEvent, Recorded};
use domain::outside::Clock;
use domain::stream::Stream;
use journal::{Batch, Disk, Journal, Reader};
use tokio::sync::{oneshot, watch};

use crate::committer::{BATCH_BYTES, BATCH_EVENTS, CommitError, Committer, Draft, Durable, Fatal, Request};
use crate::fold::FoldError;
use crate::projection::{Applied, Projection, ProjectionError};
use crate::recent::Recent;
use crate::tree::Tree;

/// Requests that may wait for the committer. When they do, the disk is behind, and callers are told to come back.
const QUEUE: usize = 8_192;

/// Batches that may wait to be folded. More would let the journal run away from what can be asked.
const UNFOLDED: usize = 64;

/// Batches that are kept after they were read. A batch has some hundred KiB under load, and some MiB at most.
const READ: usize = 16;

/// Requests in a batch from which on the next one waits a moment for company.
const SHARED: usize = 8;

/// How long it waits: about as long as the sync of a good disk. Every batch wakes everybody who follows the journal, and
/// a busy host has better uses for its cores.
const PAUSE: Duration = Duration::from_micros(300);

/// How often what is folded is carried to sled. The longer, the more of it has come and gone meanwhile; but sled answers
/// nobody while it takes in a batch, so large ones are felt by whoever reads.
const CARRY: Duration = Duration::from_millis(100);

/// Events after which a store that its caller drives carries what is folded.
const CARRY_INLINE: u64 = 64;

/// Events that a rebuild folds at once.
const REBUILD_BATCH: usize = 4_096;

/// Where a company's data lies.
#[derive(Debug, Clone)]
pub struct Paths {
    /// The journal.
    pub journal: PathBuf,
    /// What is folded from it.
    pub projection: PathBuf,
}

impl Paths {
    /// The usual places within a data directory.
    pub fn within(data: &Path) -> Self {
        Self { journal: data.join("journal"), projection: data.join("projection") }
    }
}

/// Who drives the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// Two threads of its own.
    Threads,
    /// Whoever calls.
    Inline,
}

/// Something that a part of the host waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// A webhook came.
    Webhooks,
    /// Somebody waits in a queue, or an agent can be given something.
    Matching,
    /// A timer was set or taken away.
    Timers,
    /// A message is to be sent, or no longer.
    Outbox,
    /// A medium is to be fetched, is here, or is not to be had.
    Media,
    /// Something is new about a template.
    Templates,
    /// Proposals.
    Proposals,
    /// What people may have to be told of, or were told by.
    Happenings,
    /// Campaigns, and what is held until others agree.
    Campaigns,
    /// What services outside are to be asked.
    Requests,
    /// Something was said or done in a conversation.
    Conversations,
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The journal cannot.
    #[error(transparent)]
    Journal(#[from] journal::OpenError),
    /// It could be opened and not read.
    #[error(transparent)]
    Read(#[from] journal::ReadError),
    /// An entry of it is no event.
    #[error("entry {seq} of the journal: {source}")]
    Event {
        /// Which.
        seq: u64,
        /// What is wrong.
        source: NotAnEvent,
    },
    /// The projections cannot.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// Events could not be folded.
    #[error(transparent)]
    Fold(#[from] FoldError),
    /// A thread could not be started.
    #[error("a thread cannot be started: {0}")]
    Thread(std::io::Error),
}

/// What was found when a store was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The last event of the journal.
    pub last_seq: u64,
    /// Bytes of an unfinished batch that were cut off. Nobody had been told of them.
    pub torn_bytes: u64,
    /// Why the projections had to be made anew, if they had.
    pub rebuilt: Option<String>,
    /// Events that were folded now.
    pub folded: u64,
}

/// Durable events, and everything that follows from them.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Mutex<Writer>,
    requests: Option<SyncSender<Request>>,
    projection: Arc<Projection>,
    reader: Reader,
    /// The batches that were read last: whoever follows the journal asks for the events of a batch one after the other.
    read: Mutex<VecDeque<Arc<Batch>>>,
    recent: Arc<Mutex<Recent>>,
    applied: watch::Receiver<Applied>,
    signals: Arc<Signals>,
}

/// The last event of each topic. A part of the host that waits for one is not woken by the others.
#[derive(Default)]
struct Signals {
    webhooks: watch::Sender<u64>,
    matching: watch::Sender<u64>,
    timers: watch::Sender<u64>,
    outbox: watch::Sender<u64>,
    media: watch::Sender<u64>,
    templates: watch::Sender<u64>,
    proposals: watch::Sender<u64>,
    happenings: watch::Sender<u64>,
    campaigns: watch::Sender<u64>,
    asked: watch::Sender<u64>,
    conversations: watch::Sender<u64>,
}

impl Signals {
    fn of(&self, topic: Topic) -> &watch::Sender<u64> {
        match topic {
            Topic::Webhooks => &self.webhooks,
            Topic::Matching => &self.matching,
            Topic::Timers => &self.timers,
            Topic::Outbox => &self.outbox,
            Topic::Media => &self.media,
            Topic::Templates => &self.templates,
            Topic::Proposals => &self.proposals,
            Topic::Happenings => &self.happenings,
            Topic::Campaigns => &self.campaigns,
            Topic::Requests => &self.asked,
            Topic::Conversations => &self.conversations,
        }
    }

    fn tell(&self, applied: &Applied) {
        for (signal, last) in [
            (&self.webhooks, applied.webhooks),
            (&self.matching, applied.queues.max(applied.agents)),
            (&self.timers, applied.timers),
            (&self.outbox, applied.outbox),
            (&self.media, applied.media),
            (&self.templates, applied.templates),
            (&self.proposals, applied.proposals),
            (&self.happenings, applied.happenings),
            (&self.campaigns, applied.campaigns),
            (&self.asked, applied.requests),
            (&self.conversations, applied.conversations),
        ] {
            signal.send_if_modified(|seen| std::mem::replace(seen, last) != last);
        }
    }
}

enum Writer {
    Threads(Threads),
    Inline(Box<Engine>),
    Closed,
}

struct Threads {
    committing: JoinHandle<()>,
    projecting: JoinHandle<()>,
    keeping: JoinHandle<()>,
    /// Dropped, it ends the keeper.
    keep: Sender<()>,
}

struct Engine {
    committer: Committer,
    projector: Projector,
    /// The last event that was folded when something was carried to sled.
    carried: u64,
}

struct Projector {
    projection: Arc<Projection>,
    recent: Arc<Mutex<Recent>>,
    applied: watch::Sender<Applied>,
    signals: Arc<Signals>,
}

impl Store {
    /// Opens the journal, recovers it, and folds what the projections do not have yet.
    ///
    /// `boot` identifies the run of the operating system; `progress` is told how many of how many events are folded.
    pub fn open(
        disk: Arc<dyn Disk>,
        paths: &Paths,
        clock: Arc<dyn Clock>,
        boot: &str,
        drive: Drive,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(Self, Opened), OpenError> {
        let (journal, recovery) = Journal::open(disk, &paths.journal, journal::Options::default())?;
        let reader = journal.reader();
        let (projection, distrust) = Projection::open(&paths.projection, recovery.last_seq, boot)?;
        let projection = Arc::new(projection);
        let folded = catch_up(&projection, &reader, progress)?;
        let start = Applied { seq: recovery.last_seq, ..Applied::default() };
        let (sender, applied) = watch::channel(start);
        let committer = Committer::new(journal, Arc::clone(&projection.tree), clock);
        let (recent, signals) = (Arc::<Mutex<Recent>>::default(), Arc::<Signals>::default());
        let projector = Projector {
            projection: Arc::clone(&projection),
            recent: Arc::clone(&recent),
            applied: sender,
            signals: Arc::clone(&signals),
        };
        let (writer, requests) = match drive {
            Drive::Inline => {
                let carried = recovery.last_seq;
                (Writer::Inline(Box::new(Engine { committer, projector, carried })), None)
            }
            Drive::Threads => {
                let (threads, requests) = spawn(committer, projector, applied.clone())?;
                (Writer::Threads(threads), Some(requests))
            }
        };
        let (writer, read) = (Mutex::new(writer), Mutex::default());
        let inner = Inner { writer, requests, projection, reader, read, recent, applied, signals };
        let opened = Opened {
            last_seq: recovery.last_seq,
            torn_bytes: recovery.torn.map_or(0, |torn| torn.bytes),
            rebuilt: distrust.map(|distrust| distrust.to_string()),
            folded,
        };
        Ok((Self { inner: Arc::new(inner) }, opened))
    }

    /// Writes one event without looking at what is there. The ticket answers when it is durable.
    pub fn append(&self, draft: Draft) -> Ticket {
        self.submit(Vec::new(), vec![draft], false, false)
    }

    /// Writes events of several streams, all or none, if each stream still has the version that the caller saw. The
    /// ticket answers when they are durable and folded.
    pub fn commit(&self, expect: Vec<(Stream, u64)>, drafts: Vec<Draft>) -> Ticket {
        self.submit(expect, drafts, true, true)
    }

    fn submit(&self, expect: Vec<(Stream, u64)>, drafts: Vec<Draft>, folded: bool, patient: bool) -> Ticket {
        let (ack, answer) = oneshot::channel();
        let request = Request { expect, drafts, folded, ack };
        match &self.inner.requests {
            Some(requests) if patient => {
                // A closed channel drops the request, and the ticket says so.
                let _ = requests.send(request);
            }
            Some(requests) => {
                if let Err(TrySendError::Full(request)) = requests.try_send(request) {
                    let _ = request.ack.send(Err(CommitError::Busy));
                }
            }
            None => {
                let mut writer = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
                if let Writer::Inline(engine) = &mut *writer
                    && let Err(fatal) = engine.step(vec![request])
                {
                    tracing::error!(%fatal, "the journal failed");
                    *writer = Writer::Closed;
                }
            }
        }
        Ticket(answer)
    }

    /// How far the projections are. It changes with every batch: whoever waits for something of their own watches that.
    pub fn applied(&self) -> watch::Receiver<Applied> {
        self.inner.applied.clone()
    }

    /// Changes when something of a topic is folded in.
    pub fn watch(&self, topic: Topic) -> watch::Receiver<u64> {
        self.inner.signals.of(topic).subscribe()
    }

    /// The last event that is durable.
    pub fn last_seq(&self) -> u64 {
        self.inner.reader.last_seq()
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.inner.projection.tree
    }

    pub(crate) fn reader(&self) -> &Reader {
        &self.inner.reader
    }

    /// The events that were written last.
    pub(crate) fn recent(&self) -> MutexGuard<'_, Recent> {
        self.inner.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The batch that holds an event.
    pub(crate) fn batch(&self, seq: u64) -> Result<Option<Arc<Batch>>, journal::ReadError> {
        let holds = |batch: &Arc<Batch>| (batch.first_seq..=batch.last_seq()).contains(&seq);
        let read = || self.inner.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(batch) = read().iter().find(|batch| holds(batch)) {
            return Ok(Some(Arc::clone(batch)));
        }
        let Some(batch) = self.inner.reader.batch(seq)?.map(Arc::new) else { return Ok(None) };
        let mut read = read();
        if read.len() == READ {
            read.pop_back();
        }
        read.push_front(Arc::clone(&batch));
        Ok(Some(batch))
    }

    /// Writes what waits, flushes the projections and marks them as clean.
    pub fn close(&self) -> Result<(), ProjectionError> {
        let mut writer = self.inner.writer.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *writer, Writer::Closed) {
            Writer::Closed => return Ok(()),
            Writer::Inline(_) => {}
            Writer::Threads(threads) => {
                // An empty request without an owner is the sign to stop.
                if let Some(requests) = &self.inner.requests {
                    let (ack, _) = oneshot::channel();
                    let _ = requests.send(Request { expect: vec![], drafts: vec![], folded: false, ack });
                }
                let _ = (threads.committing.join(), threads.projecting.join());
                drop(threads.keep);
                let _ = threads.keeping.join();
            }
        }
        self.inner.projection.close()
    }
}

/// An answer that is to come.
pub struct Ticket(oneshot::Receiver<Result<u64, CommitError>>);

impl Ticket {
    /// Waits for it, on a thread that may wait.
    pub fn wait(self) -> Result<u64, CommitError> {
        self.0.blocking_recv().unwrap_or(Err(CommitError::Closed))
    }

    /// The answer of a store that its caller drives.
    pub fn now(mut self) -> Result<u64, CommitError> {
        self.0.try_recv().unwrap_or(Err(CommitError::Closed))
    }
}

impl Future for Ticket {
    type Output = Result<u64, CommitError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(CommitError::Closed)))
    }
}

impl Engine {
    fn step(&mut self, requests: Vec<Request>) -> Result<(), Fatal> {
        let folded = self.projector.applied.borrow().seq;
        let durable = self.committer.step(requests, folded)?;
        self.projector.step(durable).map_err(|error| Fatal(error.to_string()))?;
        let folded = self.projector.applied.borrow().seq;
        if folded - self.carried >= CARRY_INLINE {
            self.carried = folded;
            self.projector.projection.tree.carry().map_err(|error| Fatal(error.to_string()))?;
        }
        Ok(())
    }
}

impl Projector {
    fn step(&self, durable: Durable) -> Result<(), FoldError> {
        let Durable { events, entries, bytes, answers } = durable;
        if !events.is_empty() {
            let before = *self.applied.borrow();
            match self.projection.apply(before, events.iter().zip(&entries)) {
                Ok(applied) => {
                    let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
                    recent.push(events, bytes);
                    drop(recent);
                    self.applied.send_replace(applied);
                    self.signals.tell(&applied);
                }
                Err(error) => {
                    for (ack, _) in answers {
                        let _ = ack.send(Err(CommitError::NotFolded(error.to_string())));
                    }
                    return Err(error);
                }
            }
        }
        for (ack, answer) in answers {
            let _ = ack.send(answer);
        }
        Ok(())
    }
}

/// Starts the threads. A journal that cannot sync and projections that cannot follow end the process: what they would
/// promise from then on could not be kept, and a restart recovers.
fn spawn(
    mut committer: Committer,
    projector: Projector,
    applied: watch::Receiver<Applied>,
) -> Result<(Threads, SyncSender<Request>), OpenError> {
    let tree = Arc::clone(&projector.projection.tree);
    let (requests, incoming) = sync_channel::<Request>(QUEUE);
    let (durable, to_fold) = sync_channel::<Durable>(UNFOLDED);
    let committing = std::thread::Builder::new()
        .name("committer".into())
        .spawn(move || {
            let mut shared = false;
            while let Some((gathered, stop)) = gather(&incoming, shared) {
                shared = gathered.len() >= SHARED;
                let folded = applied.borrow().seq;
                match committer.step(gathered, folded) {
                    Ok(batch) => {
                        if durable.send(batch).is_err() {
                            return;
                        }
                    }
                    Err(fatal) => {
                        tracing::error!(%fatal, "the journal failed: stopping at once");
                        std::process::abort();
                    }
                }
                if stop {
                    return;
                }
            }
        })
        .map_err(OpenError::Thread)?;
    let projecting = std::thread::Builder::new()
        .name("projector".into())
        .spawn(move || {
            while let Ok(batch) = to_fold.recv() {
                if let Err(error) = projector.step(batch) {
                    tracing::error!(%error, "the projections failed: stopping at once, a restart rebuilds them");
                    std::process::abort();
                }
            }
        })
        .map_err(OpenError::Thread)?;
    let (keep, kept) = channel::<()>();
    let keeping = std::thread::Builder::new()
        .name("keeper".into())
        .spawn(move || {
            while kept.recv_timeout(CARRY) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = tree.carry() {
                    tracing::error!(%error, "the projections failed: stopping at once, a restart rebuilds them");
                    std::process::abort();
                }
            }
        })
        .map_err(OpenError::Thread)?;
    Ok((Threads { committing, projecting, keeping, keep }, requests))
}

/// What has gathered since the last batch, and whether to stop after it.
fn gather(incoming: &Receiver<Request>, shared: bool) -> Option<(Vec<Request>, bool)> {
    if shared {
        std::thread::sleep(PAUSE);
    }
    let mut next = incoming.recv().ok();
    let (mut gathered, mut events, mut bytes) = (Vec::new(), 0, 0);
    while let Some(request) = next {
        if request.drafts.is_empty() && request.expect.is_empty() {
            return Some((gathered, true));
        }
        events += request.drafts.len();
        bytes += request.bytes();
        gathered.push(request);
        if events >= BATCH_EVENTS || bytes >= BATCH_BYTES {
            break;
        }
        next = incoming.try_recv().ok();
    }
    (!gathered.is_empty()).then_some((gathered, false))
}

/// Folds what the journal has and the projections have not.
fn catch_up(
    projection: &Projection,
    reader: &Reader,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, OpenError> {
    let from = projection.tree.watermark()?;
    let last = reader.last_seq();
    let mut gathered: Vec<(Recorded, Vec<u8>)> = Vec::with_capacity(REBUILD_BATCH);
    let mut applied = Applied { seq: from, ..Applied::default() };
    if from < last {
        for batch in reader.batches(from + 1) {
            for (seq, entry) in batch?.entries().filter(|(seq, _)| *seq > from) {
                let event =
                    Recorded::decode(seq, entry).map_err(|source| OpenError::Event { seq, source })?;
                let entry = if event.event.of_record() { entry.to_vec() } else { Vec::new() };
                gathered.push((event, entry));
            }
            if gathered.len() >= REBUILD_BATCH {
                applied = projection.apply(applied, gathered.iter().map(|(event, entry)| (event, entry)))?;
                gathered.clear();
                progress(applied.seq, last);
            }
        }
        if !gathered.is_empty() {
            projection.apply(applied, gathered.iter().map(|(event, entry)| (event, entry)))?;
        }
        progress(last, last);
    }
    Ok(last.saturating_sub(from))
}

/// Folds the whole journal into a new tree at `projection`, while no host is running. Gives the number of events.
pub fn rebuild(
    disk: Arc<dyn Disk>,
    journal: &Path,
    projection: &Path,
    boot: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<u64, OpenError> {
    let (journal, _) = Journal::open(disk, journal, journal::Options::default())?;
    if projection.exists() {
        Projection::discard(projection)?;
    }
    let (fresh, _) = Projection::open(projection, journal.next_seq() - 1, boot)?;
    let folded = catch_up(&fresh, &journal.reader(), progress)?;
    fresh.close()?;
    Ok(folded)
}
