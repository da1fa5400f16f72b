//! Hands messages to WhatsApp.
//!
//! An attempt is in the journal before its first byte leaves, and its answer is in the journal before anything follows
//! from it. What has no answer is in doubt: it is not sent again, the status that echoes our reference settles it, and
//! the conversation's next message waits for that a while, because order matters to whoever reads.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use domain::Time;
use domain::delivery::{Delivery, Sending};
use domain::event::{
    Event, Refused, SendAccepted, SendAttempted, SendInDoubt, SendRefused, SendWithheld, Wamid,
};
use domain::id::{ConversationId, MessageId};
use domain::stream::{Actor, Stream};
use domain::window;
use jiff::SignedDuration;
use store::{CommitError, Draft};
use whatsapp::{Action, Answer, OwnedSend};

use crate::command::DeskError;
use crate::media;
use crate::platform;
use crate::shared::{Shared, reference};
use crate::templates;

/// Messages on their way at once. WhatsApp takes 80 a second and number by default and answers in some 200 ms.
const FLYING: usize = 256;

/// Messages that are read from the outbox at once.
const TOGETHER: usize = 1_024;

/// How long the next message of a conversation waits for one that is in doubt to be settled.
const DOUBT: SignedDuration = SignedDuration::from_secs(120);

/// The longest pause between two attempts.
const LONGEST: i64 = 60;

/// How long to wait after a failure of our own.
const OWN_FAILURE: SignedDuration = SignedDuration::from_secs(1);

/// Sends what is in the outbox.
pub struct Sender {
    shared: Arc<Shared>,
    /// The last message that was read from the outbox.
    cursor: u64,
    ready: VecDeque<Job>,
    later: BTreeMap<(Time, u64), Job>,
    /// Conversations with a message that is on its way or to be tried again, and what waits behind it.
    busy: HashMap<ConversationId, VecDeque<Job>>,
    doubtful: HashMap<ConversationId, (Time, MessageId)>,
    flying: usize,
}

/// A message to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    message: MessageId,
    conversation: ConversationId,
    queued: u64,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// For good.
    Settled,
    /// To be tried again.
    Again(Time),
    /// Nobody knows.
    Doubtful(Time),
}

impl Sender {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            cursor: 0,
            ready: VecDeque::new(),
            later: BTreeMap::new(),
            busy: HashMap::new(),
            doubtful: HashMap::new(),
            flying: 0,
        }
    }

    /// The messages that may leave now. Each has to be given to `deliver`, and its end to `settle`.
    pub fn pick(&mut self) -> Result<Vec<Job>, DeskError> {
        let now = self.shared.now();
        self.release_doubtful(now)?;
        if self.ready.len() < TOGETHER {
            for waiting in self.shared.store.outbox(self.cursor, TOGETHER)? {
                self.cursor = waiting.queued;
                if let (_, Some(delivery)) = self.shared.store.delivery(waiting.message)? {
                    let Delivery { message, conversation, queued, .. } = delivery;
                    self.ready.push_back(Job { message, conversation, queued });
                }
            }
        }
        let mut picked = Vec::new();
        // What is tried again has kept its conversation, so nothing has overtaken it.
        while self.flying < FLYING
            && let Some(entry) = self.later.first_entry()
            && entry.key().0 <= now
        {
            self.flying += 1;
            picked.push(entry.remove());
        }
        while self.flying < FLYING
            && let Some(job) = self.ready.pop_front()
        {
            if let Some(behind) = self.busy.get_mut(&job.conversation) {
                behind.push_back(job);
            } else {
                self.busy.insert(job.conversation, VecDeque::new());
                self.flying += 1;
                picked.push(job);
            }
        }
        Ok(picked)
    }

    /// Takes in how an attempt ended.
    pub fn settle(&mut self, job: Job, ended: Ended) {
        self.flying -= 1;
        match ended {
            Ended::Settled => self.release(job.conversation),
            // The conversation stays busy: what was queued behind it goes on waiting.
            Ended::Again(at) => drop(self.later.insert((at, job.queued), job)),
            Ended::Doubtful(until) => {
                self.doubtful.insert(job.conversation, (until, job.message));
            }
        }
    }

    /// When something has to be looked at again even if nothing happens.
    pub fn next(&self) -> Option<Time> {
        let later = self.later.keys().next().map(|(at, _)| *at);
        let doubtful = self.doubtful.values().map(|(until, _)| *until).min();
        later.into_iter().chain(doubtful).min()
    }

    fn release(&mut self, conversation: ConversationId) {
        let behind = self.busy.remove(&conversation).unwrap_or_default();
        for job in behind.into_iter().rev() {
            self.ready.push_front(job);
        }
    }

    fn release_doubtful(&mut self, now: Time) -> Result<(), DeskError> {
        let mut over = Vec::new();
        for (conversation, (until, message)) in &self.doubtful {
            let (_, delivery) = self.shared.store.delivery(*message)?;
            if *until <= now || delivery.is_none_or(|delivery| delivery.state.settled()) {
                over.push(*conversation);
            }
        }
        for conversation in over {
            self.doubtful.remove(&conversation);
            self.release(conversation);
        }
        Ok(())
    }

    /// Makes one attempt, and keeps how it ended.
    pub fn deliver(&self, job: Job) -> impl Future<Output = Ended> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        async move {
            match attempt(&shared, job).await {
                Ok(ended) => ended,
                Err(DeskError::Erased) => Ended::Settled,
                Err(error) => {
                    if !matches!(error, DeskError::Commit(CommitError::Conflict { .. })) {
                        tracing::error!(%error, message = %job.message, "a message could not be sent: trying again");
                    }
                    Ended::Again(shared.now() + OWN_FAILURE)
                }
            }
        }
    }
}

async fn attempt(shared: &Shared, job: Job) -> Result<Ended, DeskError> {
    let (version, delivery) = shared.store.delivery(job.message)?;
    let delivery = delivery.ok_or(DeskError::Missing("an outgoing message"))?;
    match &delivery.state {
        Sending::Attempting => {
            // The host stopped between an attempt and its answer.
            let doubt = SendInDoubt {
                attempt: delivery.attempts,
                why: "the host stopped before the answer came".to_owned(),
            };
            write(shared, &delivery, Some(version), doubt).await?;
            return Ok(Ended::Doubtful(shared.now() + DOUBT));
        }
        Sending::Waiting { until } if *until > shared.now() => return Ok(Ended::Again(*until)),
        Sending::Queued | Sending::Waiting { .. } => {}
        Sending::Accepted | Sending::InDoubt { .. } | Sending::Refused { .. } | Sending::Withheld => {
            return Ok(Ended::Settled);
        }
    }
    let (_, conversation) = shared.store.conversation(delivery.conversation)?;
    let conversation = conversation.ok_or(DeskError::Missing("the conversation"))?;
    let key = shared.key(conversation.contact)?;
    let (_, contact) = shared.store.contact(conversation.contact)?;
    let identity = contact.ok_or(DeskError::Missing("the contact"))?.identity.open(&key)?;
    let queued = shared.store.event(delivery.queued)?.ok_or(DeskError::Missing("a queued message"))?;
    let Event::ReplyQueued(reply) = queued.event else {
        return Err(DeskError::Missing("a queued message"));
    };
    let message = reply.body.open(&key)?;
    if message.needs_window() && !window::is_open(conversation.last_inbound, shared.now()) {
        shared.meters.send("withheld");
        write(shared, &delivery, Some(version), SendWithheld { because: Refused::WindowClosed }).await?;
        return Ok(Ended::Settled);
    }
    if templates::category(shared, &delivery.number, &message)?.is_err() {
        shared.meters.send("withheld");
        let because = Refused::TemplateNotOffered;
        write(shared, &delivery, Some(version), SendWithheld { because }).await?;
        return Ok(Ended::Settled);
    }
    let attempt = delivery.attempts + 1;
    let request = OwnedSend {
        number: delivery.number.clone(),
        to: identity,
        message,
        opaque: reference(delivery.message, attempt),
    };
    write(shared, &delivery, Some(version), SendAttempted { attempt }).await?;
    let answer = media::send(shared, delivery.conversation, &conversation, request).await?;
    match answer {
        Answer::Accepted { wamid } => {
            shared.meters.send("accepted");
            let lookup = shared.keys.lookup("wamid", &wamid);
            let wamid = shared.seal(&Wamid(wamid), conversation.contact, &key)?;
            write(shared, &delivery, None, SendAccepted { attempt, wamid, lookup }).await?;
            Ok(Ended::Settled)
        }
        Answer::InDoubt { why } => doubt(shared, &delivery, attempt, why).await,
        Answer::Refused { code, title, action, .. } => match action {
            Action::InDoubt => doubt(shared, &delivery, attempt, title).await,
            Action::Retry => refused(shared, &delivery, attempt, code, title, Some(2)).await,
            Action::RetryPair => refused(shared, &delivery, attempt, code, title, Some(4)).await,
            Action::OptOut => {
                let ended = refused(shared, &delivery, attempt, code, title, None).await?;
                platform::keep_opt_out(shared, conversation.contact).await?;
                Ok(ended)
            }
            Action::Later { .. }
            | Action::StopNumber
            | Action::StopAccount
            | Action::Never
            | Action::CallPerson => refused(shared, &delivery, attempt, code, title, None).await,
        },
        Answer::NotSent { why } => refused(shared, &delivery, attempt, 0, why, Some(2)).await,
    }
}

async fn doubt(shared: &Shared, delivery: &Delivery, attempt: u32, why: String) -> Result<Ended, DeskError> {
    shared.meters.send("in-doubt");
    write(shared, delivery, None, SendInDoubt { attempt, why }).await?;
    Ok(Ended::Doubtful(shared.now() + DOUBT))
}

/// `base` is what the pause grows by with every attempt, from one second; none if there is no further one.
async fn refused(
    shared: &Shared,
    delivery: &Delivery,
    attempt: u32,
    code: i64,
    why: String,
    base: Option<i64>,
) -> Result<Ended, DeskError> {
    shared.meters.send("refused");
    let again_at = base.map(|base| {
        let pause = base.saturating_pow(attempt - 1).min(LONGEST);
        shared.now() + SignedDuration::from_secs(pause)
    });
    write(shared, delivery, None, SendRefused { attempt, code, why, again_at }).await?;
    Ok(again_at.map_or(Ended::Settled, Ended::Again))
}

async fn write(
    shared: &Shared,
    delivery: &Delivery,
    version: Option<u64>,
    event: impl Into<Event>,
) -> Result<(), DeskError> {
    let stream = Stream::Message(delivery.message);
    let draft = Draft::new(stream.clone(), Actor::Host, event)?;
    let expect = version.map(|version| (stream, version)).into_iter().collect();
    shared.store.commit(expect, vec![draft]).await?;
    Ok(())
}
