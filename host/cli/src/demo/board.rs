//! What the page shows beyond what the store can be asked: each conversation with its decisions, in order, and the counts.
//!
//! It follows the journal from the first event, as any projection does, and keeps the events as they are: sealed. They
//! are opened for each look at them and not before. Old entries are dropped, so that a demo may run for days.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::Time;
use domain::event::{Event, Recorded};
use domain::id::{ContactId, ConversationId, MessageId, NumberId};
use domain::stream::Stream;
use store::Store;
use tokio::sync::watch;

/// Entries that are kept of one conversation.
const ENTRIES: usize = 300;

/// Calls of rules over which the costs are taken.
const COSTS: usize = 1_000;

/// Changes within so much time are told together.
const CALM: Duration = Duration::from_millis(120);

/// All that was seen.
#[derive(Default)]
pub(super) struct Board {
    threads: HashMap<ConversationId, Thread>,
    of_message: HashMap<MessageId, ConversationId>,
    tally: Tally,
    /// The last event that was taken in.
    seen: u64,
}

/// A conversation.
pub(super) struct Thread {
    pub(super) contact: ContactId,
    pub(super) number: NumberId,
    /// What a reader wants to see of it, oldest first.
    pub(super) entries: VecDeque<Recorded>,
    /// When something was last said.
    pub(super) said_at: Time,
    /// The number of the last event that changed how it looks.
    changed: u64,
}

/// Counts since the demo began.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) received: u64,
    pub(super) queued: u64,
    /// Rounds of rules, and the calls in them.
    pub(super) decisions: u64,
    pub(super) calls: u64,
    /// Fuel and microseconds of the last calls.
    costs: VecDeque<(u64, u64)>,
}

impl Tally {
    /// The median fuel and microseconds of a call.
    pub(super) fn median(&self) -> Option<(u64, u64)> {
        let middle = |mut values: Vec<u64>| {
            values.sort_unstable();
            values.get(values.len() / 2).copied()
        };
        let fuel = middle(self.costs.iter().map(|(fuel, _)| *fuel).collect())?;
        Some((fuel, middle(self.costs.iter().map(|(_, micros)| *micros).collect())?))
    }
}

impl Board {
    /// One conversation.
    pub(super) fn thread(&self, id: ConversationId) -> Option<&Thread> {
        self.threads.get(&id)
    }

    /// All conversations, the one in which something was said last first.
    pub(super) fn latest(&self) -> Vec<(ConversationId, &Thread)> {
        let mut all: Vec<_> = self.threads.iter().map(|(id, thread)| (*id, thread)).collect();
        all.sort_by_key(|(id, thread)| (std::cmp::Reverse(thread.said_at), *id));
        all
    }

    /// The counts.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The conversations that look different since an event.
    pub(super) fn changed_since(&self, seq: u64) -> Vec<ConversationId> {
        let changed = self.threads.iter().filter(|(_, thread)| thread.changed > seq);
        changed.map(|(id, _)| *id).collect()
    }

    fn take(&mut self, event: Recorded) {
        self.seen = event.seq;
        match event.stream {
            Stream::Conversation(id) => self.take_into(id, event),
            Stream::Message(message) => {
                let thread = self.of_message.get(&message).and_then(|id| self.threads.get_mut(id));
                if let Some(thread) = thread {
                    thread.changed = event.seq;
                }
            }
            Stream::Webhooks
            | Stream::Company
            | Stream::Contact(_)
            | Stream::Agent(_)
            | Stream::Proposal(_)
            | Stream::Person(_)
            | Stream::Inbox(_)
            | Stream::Subscriber(_)
            | Stream::Telling
            | Stream::Measures
            | Stream::Rules
            | Stream::QuickReplies
            | Stream::Campaign(_)
            | Stream::Move(_)
            | Stream::Sends(_)
            | Stream::Audit => {}
        }
    }

    fn take_into(&mut self, id: ConversationId, event: Recorded) {
        if let Event::ConversationStarted(started) = &event.event {
            let thread = Thread {
                contact: started.contact,
                number: started.number.clone(),
                entries: VecDeque::new(),
                said_at: event.time,
                changed: event.seq,
            };
            self.threads.insert(id, thread);
            return;
        }
        let Some(thread) = self.threads.get_mut(&id) else { return };
        thread.changed = event.seq;
        match &event.event {
            Event::MessageReceived(_) => {
                self.tally.received += 1;
                thread.said_at = event.time;
            }
            Event::ReplyQueued(queued) => {
                self.tally.queued += 1;
                thread.said_at = event.time;
                self.of_message.insert(queued.message, id);
            }
            Event::RuleDecided(decided) => {
                self.tally.decisions += 1;
                for asked in &decided.asked {
                    self.tally.calls += 1;
                    self.tally.costs.push_back((asked.fuel, asked.micros));
                }
                let excess = self.tally.costs.len().saturating_sub(COSTS);
                self.tally.costs.drain(..excess);
            }
            _ => {}
        }
        thread.entries.push_back(event);
        if thread.entries.len() > ENTRIES
            && let Some(Recorded { event: Event::ReplyQueued(queued), .. }) = thread.entries.pop_front()
        {
            self.of_message.remove(&queued.message);
        }
    }
}

/// A board that one follows and many look at.
#[derive(Clone)]
pub(super) struct Shared {
    board: Arc<Mutex<Board>>,
    seen: watch::Sender<u64>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { board: Arc::default(), seen: watch::Sender::new(0) }
    }
}

impl Shared {
    /// A look at it.
    pub(super) fn look(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of the last event that was taken in, whenever that changes.
    pub(super) fn seen(&self) -> watch::Receiver<u64> {
        self.seen.subscribe()
    }

    /// Takes in what the journal has and what comes, until the store is closed.
    pub(super) async fn follow(self, store: Store) {
        let mut applied = store.applied();
        loop {
            let upto = applied.borrow_and_update().seq;
            let (this, store) = (self.clone(), store.clone());
            let taken = tokio::task::spawn_blocking(move || this.catch_up(&store, upto)).await;
            if taken.is_err() || applied.changed().await.is_err() {
                return;
            }
            tokio::time::sleep(CALM).await;
        }
    }

    fn catch_up(&self, store: &Store, upto: u64) {
        let from = self.look().seen + 1;
        if from > upto {
            return;
        }
        for event in store.events(from) {
            match event {
                Ok(event) if event.seq > upto => break,
                Ok(event) => self.look().take(event),
                Err(error) => {
                    tracing::error!(%error, "the page cannot follow the journal");
                    break;
                }
            }
        }
        self.seen.send_replace(upto);
    }
}
