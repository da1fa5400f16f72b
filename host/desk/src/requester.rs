//! Has services outside asked what rules wanted: which, when, and how much at once.
//!
//! What is to be asked lies in the projections. A rule has its own pace and its own places in the air, so that one that floods waits
//! for itself alone. An attempt is on the disk before its first byte leaves, at the version of its conversation; what came of it is
//! decided by the worker of the conversation, which asks the rule next (`requests`). A request that is being tried and is not in
//! the air was left by a host that stopped: nobody knows whether it was heard.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use domain::Time;
use domain::event::RequestAttempted;
use domain::id::{ConversationId, RequestId, RuleId};
use domain::request::{ANSWER, Answer, Failed, Leg, Pending, Request, TOLD, hide};
use domain::rule::mode::Mode;
use domain::stream::{Actor, Stream};
use jiff::SignedDuration;
use store::{CommitError, Draft};
use tokio::sync::{oneshot, watch};

use crate::active::Active;
use crate::assemble::{Mailboxes, NAP};
use crate::command::{Command, CommandError, DeskError, Done};
use crate::services::{Call, HeaderValue, Lost, Reply};
use crate::shared::Shared;

/// Requests of all rules in the air at once.
const FLYING: usize = 64;

/// Requests of a rule that are looked at beyond those in the air.
const AHEAD: usize = 64;

/// The stretch over which a rule's requests are counted.
const A_MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// How long to wait for a place.
const SOON: Duration = Duration::from_millis(100);

/// A request to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    pub(crate) rule: RuleId,
    pub(crate) conversation: ConversationId,
    pub(crate) request: RequestId,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Flown {
    pub(crate) attempt: u32,
    /// The answer as a rule may read it, and its bytes.
    pub(crate) answer: Result<(Answer, u64), Failed>,
    pub(crate) millis: u64,
}

/// Has services asked.
pub struct Requester {
    shared: Arc<Shared>,
    mail: Mailboxes,
    flying: BTreeMap<RequestId, RuleId>,
    /// When each rule had something asked, of the last minute.
    lately: BTreeMap<RuleId, VecDeque<Time>>,
    deciding: Vec<(RequestId, oneshot::Receiver<Result<Done, CommandError>>)>,
}

impl Requester {
    pub(crate) fn new(shared: Arc<Shared>, mail: Mailboxes) -> Self {
        Self { shared, mail, flying: BTreeMap::new(), lately: BTreeMap::new(), deciding: Vec::new() }
    }

    /// The requests that may be tried now. Each has to be given to `deliver`, and what came of it to `settle`.
    pub fn pick(&mut self) -> Result<Vec<Errand>, DeskError> {
        let flying = &mut self.flying;
        self.deciding.retain_mut(|(request, done)| {
            let open = matches!(done.try_recv(), Err(oneshot::error::TryRecvError::Empty));
            if !open {
                flying.remove(request);
            }
            open
        });
        let now = self.shared.now();
        let (per_minute, at_once) = {
            let active = self.shared.active.load();
            let requests = active.company.requests();
            (requests.per_minute as usize, requests.at_once as usize)
        };
        for lately in self.lately.values_mut() {
            while lately.front().is_some_and(|at| now.duration_since(*at) >= A_MINUTE) {
                lately.pop_front();
            }
        }
        self.lately.retain(|_, lately| !lately.is_empty());
        let mut picked = Vec::new();
        for asked in self.shared.store.requests_due(now, at_once + AHEAD)? {
            if self.flying.contains_key(&asked.request) {
                continue;
            }
            let lately = self.lately.entry(asked.rule.clone()).or_default();
            let of_rule = self.flying.values().filter(|rule| **rule == asked.rule).count();
            let has_place = self.flying.len() < FLYING && of_rule < at_once && lately.len() < per_minute;
            // What has waited too long is told so, which takes no place.
            if asked.until > now {
                if !has_place {
                    continue;
                }
                lately.push_back(now);
            }
            self.flying.insert(asked.request, asked.rule.clone());
            picked.push(Errand {
                rule: asked.rule,
                conversation: asked.conversation,
                request: asked.request,
            });
        }
        Ok(picked)
    }

    /// Makes one attempt. None if there is nothing to decide.
    pub fn deliver(&self, errand: Errand) -> impl Future<Output = Option<Flown>> + Send + 'static {
        let shared = Arc::clone(&self.shared);
        async move {
            match fly(&shared, &errand).await {
                Ok(flown) => flown,
                Err(DeskError::Erased) => None,
                Err(error) => {
                    tracing::error!(%error, rule = %errand.rule, request = %errand.request, "a request could not be made: trying again");
                    None
                }
            }
        }
    }

    /// Has the conversation's worker decide on what came of an attempt.
    pub fn settle(&mut self, errand: &Errand, flown: Option<Flown>) -> Result<(), DeskError> {
        let Some(flown) = flown else {
            self.flying.remove(&errand.request);
            return Ok(());
        };
        self.shared.meters.request(&flown.answer);
        let (conversation, request) = (errand.conversation, errand.request);
        let command = Command::Requested { conversation, request, flown: Arc::new(flown) };
        self.deciding.push((request, self.mail.ask(conversation.to_bytes(), command)?));
        Ok(())
    }

    /// When something has to be looked at next.
    pub fn next(&self) -> Result<Option<Time>, DeskError> {
        Ok(self.shared.store.next_request()?)
    }

    fn nap(&self) -> Duration {
        match self.next() {
            Ok(None) => NAP,
            _ => SOON,
        }
    }
}

/// What is about to be asked.
struct Ready {
    attempt: u32,
    call: Call,
    purpose: String,
    /// What must not come back to the rule.
    secrets: Vec<String>,
}

async fn fly(shared: &Shared, errand: &Errand) -> Result<Option<Flown>, DeskError> {
    let ready = loop {
        match begin(shared, errand).await {
            // Something happened in the conversation meanwhile.
            Err(DeskError::Commit(CommitError::Conflict { .. })) => shared.meters.conflict(),
            Ok(Ok(ready)) => break ready,
            Ok(Err(decided)) => return Ok(decided),
            Err(error) => return Err(error),
        }
    };
    let began = shared.now();
    let reply = shared.services.ask(&ready.call).await;
    let millis = u64::try_from(shared.now().duration_since(began).as_millis()).unwrap_or(0);
    let answer = match reply {
        Ok(reply) if reply.body.len() > ANSWER => Err(Failed::TooLarge),
        Ok(reply) => Ok((told(&ready, &reply), reply.body.len() as u64)),
        Err(Lost { failed, why }) => {
            let to = ready.call.to.origin();
            tracing::warn!(rule = %errand.rule, request = %errand.request, %to, %why, "a service did not answer a rule's request");
            Err(failed)
        }
    };
    Ok(Some(Flown { attempt: ready.attempt, answer, millis }))
}

/// The answer as a rule may read it.
fn told(ready: &Ready, reply: &Reply) -> Answer {
    let hidden = |text: String| ready.secrets.iter().fold(text, |text, secret| hide(text, secret));
    let headers = reply.headers.iter().filter(|(name, _)| TOLD.contains(&name.as_str()));
    Answer {
        purpose: ready.purpose.clone(),
        status: reply.status,
        headers: headers.map(|(name, value)| (name.clone(), hidden(value.clone()))).collect(),
        body: hidden(String::from_utf8_lossy(&reply.body).into_owned()),
    }
}

/// Announces an attempt. Otherwise what has to be decided without one, if anything has.
async fn begin(shared: &Shared, errand: &Errand) -> Result<Result<Ready, Option<Flown>>, DeskError> {
    let now = shared.now();
    let (version, conversation) = shared.conversation(errand.conversation)?;
    let Some(pending) = conversation.requests.get(&errand.request) else { return Ok(Err(None)) };
    let failed = |failed| Ok(Err(Some(Flown { attempt: pending.attempts, answer: Err(failed), millis: 0 })));
    match pending.leg {
        Leg::Attempting { .. } => return failed(Failed::InDoubt),
        Leg::Waiting { from } if from > now => return Ok(Err(None)),
        Leg::Waiting { .. } if pending.until <= now => return failed(Failed::TooLate),
        Leg::Waiting { .. } => {}
    }
    let request = pending.body.open(&shared.key(conversation.contact)?)?;
    let active = shared.active.load_full();
    if !may(&active, errand, pending, &request) {
        return failed(Failed::Withdrawn);
    }
    let (call, secrets) = match call(shared, &active, errand.request, &request) {
        Ok(call) => call,
        Err(why) => {
            tracing::warn!(rule = %errand.rule, %why, "a rule's request has no secret");
            return failed(Failed::NoSecret);
        }
    };
    let attempt = pending.attempts + 1;
    let attempted = RequestAttempted { request: errand.request, attempt };
    let stream = Stream::Conversation(errand.conversation);
    let draft = Draft::new(stream.clone(), Actor::Host, attempted)?;
    shared.store.commit(vec![(stream, version)], vec![draft]).await?;
    Ok(Ok(Ready { attempt, call, purpose: request.purpose, secrets }))
}

/// Whether the rule counts still, and was granted it still.
fn may(active: &Active, errand: &Errand, pending: &Pending, request: &Request) -> bool {
    let rule = active.generation.rules().find(|rule| rule.definition().id == pending.rule);
    rule.is_some_and(|rule| {
        let definition = rule.definition();
        definition.mode > Mode::Shadow
            && definition.mode.counts_for(&definition.id, errand.conversation)
            && request.denied(&definition.linked.grant().requests).is_none()
    })
}

/// The request with what the host adds to it, and what must not come back.
fn call(
    shared: &Shared,
    active: &Active,
    id: RequestId,
    request: &Request,
) -> Result<(Call, Vec<String>), String> {
    let requests = active.company.requests();
    let mut headers: Vec<(String, HeaderValue)> =
        request.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let mut secrets = Vec::new();
    for (header, name) in &request.secrets {
        let known = requests.secret(name).ok_or_else(|| format!("the company has no secret `{name}`"))?;
        if !known.goes_to(&request.to) {
            return Err(format!("the secret `{name}` may not go to {}", request.to.origin()));
        }
        let value = shared.services.secret(&known.secret)?;
        let value = value.trim();
        if value.is_empty() || !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(format!("the secret `{name}` is empty or not one line of printable ASCII"));
        }
        headers.push((header.clone(), format!("{}{value}", known.prefix).into()));
        secrets.push(value.to_owned());
    }
    // Random, and the same in all attempts: by it a service knows a request again.
    headers.push(("idempotency-key".to_owned(), id.to_string().into()));
    let Request { method, to, body, .. } = request;
    let body = body.clone().unwrap_or_default();
    let call = Call { method: *method, to: to.clone(), headers, body, allow: requests.allow.clone() };
    Ok((call, secrets))
}

/// Drives the requester for as long as the host runs.
pub(crate) async fn asking(
    mut requester: Requester,
    mut topic: watch::Receiver<u64>,
    mut stopped: watch::Receiver<bool>,
) {
    let (ended, mut ends) = tokio::sync::mpsc::unbounded_channel::<(Errand, Option<Flown>)>();
    let mut air = BTreeSet::new();
    loop {
        let stopping = *stopped.borrow();
        if stopping && air.is_empty() {
            return;
        }
        topic.mark_unchanged();
        if !stopping {
            match requester.pick() {
                Ok(errands) => {
                    for errand in errands {
                        air.insert(errand.request);
                        let (ended, delivery) = (ended.clone(), requester.deliver(errand.clone()));
                        tokio::spawn(async move {
                            // The receiver lives as long as anything flies.
                            let _ = ended.send((errand, delivery.await));
                        });
                    }
                }
                Err(error) => {
                    tracing::error!(%error, part = "requester", "a part of the desk failed: trying again")
                }
            }
        }
        tokio::select! {
            Some((errand, flown)) = ends.recv() => {
                air.remove(&errand.request);
                // What cannot be decided because the host stops is in doubt at the next start.
                let _ = requester.settle(&errand, flown);
            }
            _ = topic.changed() => {}
            _ = stopped.changed() => {}
            () = tokio::time::sleep(requester.nap()) => {}
        }
    }
}
