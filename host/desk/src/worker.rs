//! Carries out the commands of the conversations that map to it.
//!
//! A round takes the first command of each conversation that has one, decides on all, and lets their commits share an
//! fsync. The next command of a conversation is looked at when the previous one is folded, so that it sees what that did.
//! Who loses a race for something shared decides again.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use domain::stream::Stream;
use store::{CommitError, Ticket};

use crate::command::{Command, CommandError, DeskError, Done, Envelope, Owner};
use crate::shared::Shared;
use crate::work::Work;
use crate::{agents, attend, escalation, following, handing, mass, platform, requests, status};

/// Commands that one round decides on. More would make the first of them wait for the decisions of the last.
const ROUND: usize = 128;

/// How often a caller's command is tried again after a failure of the store before the caller is told. A race lost is no
/// failure: whoever won it got something done.
const TRIES: u32 = 64;

/// How long to wait after a failure of the store before the same command is tried again.
const PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

/// A worker.
pub struct Worker {
    shared: Arc<Shared>,
    mail: Receiver<Envelope>,
    /// What waits behind a command of the same conversation.
    waiting: HashMap<[u8; 16], VecDeque<Envelope>>,
    /// Whose first command has not been looked at.
    ready: VecDeque<[u8; 16]>,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>, mail: Receiver<Envelope>) -> Self {
        Self { shared, mail, waiting: HashMap::new(), ready: VecDeque::new() }
    }

    /// Works until nobody can send commands any more.
    pub(crate) fn run(mut self) {
        loop {
            if self.ready.is_empty() {
                match self.mail.recv() {
                    Ok(envelope) => self.accept(envelope),
                    Err(_) => return,
                }
            }
            if !self.step() {
                return;
            }
        }
    }

    /// One round over what has come. False when the store is closed.
    pub fn step(&mut self) -> bool {
        while self.ready.len() < ROUND
            && let Ok(envelope) = self.mail.try_recv()
        {
            self.accept(envelope);
        }
        let round: Vec<[u8; 16]> = self.ready.drain(..self.ready.len().min(ROUND)).collect();
        let mut flying = Vec::with_capacity(round.len());
        for key in round {
            let Some(envelope) = self.waiting.get_mut(&key).and_then(VecDeque::pop_front) else { continue };
            match decide(&self.shared, &envelope.command) {
                Ok((ticket, done)) => flying.push((envelope, ticket, done)),
                Err(CommandError::Desk(error)) if !matches!(error, DeskError::Erased) => {
                    if !self.again(envelope, error) {
                        return false;
                    }
                }
                Err(error) => self.finish(envelope, Err(error)),
            }
        }
        for (envelope, ticket, done) in flying {
            match ticket.map_or(Ok(0), Ticket::wait) {
                Ok(_) => self.finish(envelope, Ok(done)),
                Err(error) => {
                    if !self.again(envelope, error.into()) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Whether there is anything to do.
    pub fn is_idle(&self) -> bool {
        self.ready.is_empty()
    }

    fn accept(&mut self, envelope: Envelope) {
        let key = envelope.key;
        let queue = self.waiting.entry(key).or_default();
        if queue.is_empty() {
            self.ready.push_back(key);
        }
        queue.push_back(envelope);
    }

    fn finish(&mut self, envelope: Envelope, result: Result<Done, CommandError>) {
        self.next(envelope.key);
        match envelope.owner {
            Owner::Webhook(progress) => match result {
                Ok(done) => progress.done(done),
                Err(error) => {
                    // Erased between the webhook and now: there is nothing left to keep.
                    tracing::warn!(%error, webhook = progress.seq, "an update of a webhook could not be kept");
                    progress.done(Done::Strange);
                }
            },
            // Whoever asked may have gone.
            Owner::Caller(caller) => drop(caller.send(result)),
        }
    }

    fn next(&mut self, key: [u8; 16]) {
        match self.waiting.get(&key) {
            Some(queue) if !queue.is_empty() => self.ready.push_back(key),
            _ => drop(self.waiting.remove(&key)),
        }
    }

    /// Puts a command back to be decided again. A webhook's is never given up: it stays first until the store takes it.
    /// False when there is no store any more.
    fn again(&mut self, mut envelope: Envelope, error: DeskError) -> bool {
        match &error {
            DeskError::Commit(CommitError::Closed) | DeskError::Stopping => return false,
            DeskError::Commit(CommitError::Conflict { .. }) => self.shared.meters.conflict(),
            _ => {
                tracing::error!(%error, "a command could not be carried out: trying again");
                std::thread::sleep(PAUSE);
                envelope.tries += 1;
            }
        }
        if envelope.tries >= TRIES && matches!(envelope.owner, Owner::Caller(_)) {
            self.finish(envelope, Err(error.into()));
            return true;
        }
        let key = envelope.key;
        self.waiting.entry(key).or_default().push_front(envelope);
        self.ready.push_back(key);
        true
    }
}

/// What a command comes to. Nothing is written but what the ticket stands for.
fn decide(shared: &Shared, command: &Command) -> Result<(Option<Ticket>, Done), CommandError> {
    // One pointer for the whole command: no decision mixes two generations.
    let active = shared.active.load_full();
    // Whoever names a conversation may be wrong about it.
    let load = |id| match Work::load(shared, &active, id) {
        Err(DeskError::Missing(_) | DeskError::Erased) => Err(CommandError::NoConversation),
        loaded => Ok(loaded?),
    };
    let (mut work, done) = match command {
        Command::Status(told) => return Ok(status::status(shared, told)?),
        Command::Strange { conversation, strange } => {
            let stream = conversation.map_or(Stream::Webhooks, Stream::Conversation);
            return Ok(status::strange(shared, stream, strange)?);
        }
        Command::Platform(told) => return Ok(platform::told(shared, told)?),
        Command::Message { conversation, inbound, sent_at, webhook } => {
            // This one was made for the message: if it is not there, the message waits for it.
            let mut work = Work::load(shared, &active, *conversation)?;
            let done = attend::message(&mut work, inbound, *sent_at, *webhook)?;
            (work, done)
        }
        Command::Timer { conversation, timer } => {
            let mut work = load(*conversation)?;
            let done = attend::timer(&mut work, *timer)?;
            (work, done)
        }
        Command::Requested { conversation, request, flown } => {
            let mut work = load(*conversation)?;
            let done = requests::flown(&mut work, *request, flown)?;
            (work, done)
        }
        Command::Assign { conversation, agent } => {
            let mut work = load(*conversation)?;
            let done = agents::assign(&mut work, agent)?;
            (work, done)
        }
        Command::Accept { conversation, agent } => {
            let mut work = load(*conversation)?;
            let done = agents::accept(&mut work, agent)?;
            (work, done)
        }
        Command::Reply { conversation, agent, message } => {
            let mut work = load(*conversation)?;
            let done = agents::reply(&mut work, agent, message)?;
            (work, done)
        }
        Command::Template { conversation, by, template } => {
            let mut work = load(*conversation)?;
            let done = mass::send(&mut work, by.clone(), template)?;
            (work, done)
        }
        Command::GiveBack { conversation, agent, by } => {
            let mut work = load(*conversation)?;
            let done = agents::give_back(&mut work, agent, by)?;
            (work, done)
        }
        Command::Hand { conversation, act } => {
            let mut work = load(*conversation)?;
            let done = handing::hand(&mut work, act)?;
            (work, done)
        }
        Command::Close { conversation, agent, code } => {
            let mut work = load(*conversation)?;
            let done = agents::close(&mut work, agent, code)?;
            (work, done)
        }
    };
    if work.has_decided() {
        // Whatever it was: what of time going by there is to follow may be another.
        following::arm(&mut work)?;
        escalation::arm(&mut work)?;
    }
    Ok((work.submit(), done))
}
