//! What changes, told at once to whoever listens (Server-Sent Events).
//!
//! An event says what it is, what it is called and where to read it, and nothing of what is in it: that is asked for where the
//! matrix decides on it. Its id is its number in the journal, so whoever comes back with the last one that they saw
//! (`Last-Event-ID`) misses nothing and is told nothing twice. Whether somebody may still listen is asked as often as
//! something happens, and every half second: a stream is not a way to stay.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::event::{Event, Recorded};
use domain::id::{ConversationId, PersonId};
use domain::measure::alert::{AlertEnded, AlertRaised};
use domain::raci::action::Action;
use domain::raci::person::Target;
use domain::stops::Scope;
use domain::stream::Stream;
use governance::Known;
use serde_json::{Value, json};
use store::Topic;
use tokio::sync::{mpsc, watch};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::conversations::{agent_of, desk};
use crate::figures::Sees;
use crate::let_in::LetIn;
use crate::lines::Lines;
use crate::proposals;
use crate::routes::Routes;

/// Streams that somebody may have open: a few windows, and no more.
const EACH: usize = 8;

/// How often it is asked whether somebody may still listen.
const LOOK: Duration = Duration::from_millis(500);

/// How often something is sent although nothing happened, so that nobody in between takes the stream for dead.
const BEAT: Duration = Duration::from_secs(15);

/// How long after something was said in some conversation somebody is told that it was in one of theirs: a hundred listeners look
/// once for all that comes in between.
const GATHERED: Duration = Duration::from_millis(25);

/// Events that are looked at in one go.
const AT_ONCE: usize = 100;

/// The header in which whoever comes back says what they saw last.
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

/// The route of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    let page = Page::new(
        "What changes, as Server-Sent Events: `notice`, `proposal`, `alert` and `outbound`, each with its name and where to read it, and \
         `conversations` when something is new in those that you attend. `Last-Event-ID` goes on from there.",
    );
    Routes::new().get("/api/v1/events", Action::ReadInbox, follow).page(page.gives_events())
}

/// All streams of a host. Cheap to clone.
#[derive(Clone)]
pub struct Streams {
    open: Arc<Mutex<HashMap<PersonId, usize>>>,
    ended: Arc<watch::Sender<bool>>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { open: Arc::default(), ended: Arc::new(watch::Sender::new(false)) }
    }
}

impl Streams {
    /// Ends all of them: the host stops.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// One more of somebody; none if they have as many as they may.
    fn open(&self, person: &PersonId) -> Option<Open> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(person.clone()).or_default();
        (*count < EACH).then(|| {
            *count += 1;
            Open { streams: self.clone(), person: person.clone() }
        })
    }
}

/// A stream of somebody. It is theirs until it is dropped.
struct Open {
    streams: Streams,
    person: PersonId,
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        match open.get_mut(&self.person) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(open.remove(&self.person)),
        }
    }
}

async fn follow(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let known = let_in.proven.clone().map(|(by, _)| Known { person: let_in.person, by });
    let known = known.ok_or_else(|| Problem::of(StatusCode::FORBIDDEN))?;
    let last =
        headers.get(LAST_EVENT).map(|last| last.to_str().ok().and_then(|last| last.parse::<u64>().ok()));
    let newest = server.desk.store().last_seq();
    let last = match last {
        None => newest,
        // What is beyond the journal is of another one.
        Some(Some(last)) => last.min(newest),
        Some(None) => {
            let words = "`Last-Event-ID` is no number: the id of the last event that you saw was expected";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "not-an-event", words));
        }
    };
    let Some(open) = server.streams.open(&known.person.id) else {
        let words = format!("you listen {EACH} times already: close one of them");
        return Err(Problem::later("too-many-streams", words, 5));
    };
    let (sender, receiver) = mpsc::channel(16);
    tokio::spawn(async move {
        Listener { server, known, last, attends: 0, to: sender }.run(&open).await;
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(KIND)),
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::new(Lines::from(receiver))).into_response())
}

/// The MIME type of a stream.
pub(crate) const KIND: &str = "text/event-stream";

/// Whoever listens.
struct Listener {
    server: Arc<Server>,
    known: Known,
    /// The last event that was looked at.
    last: u64,
    /// What they attend, as it was when they were last told.
    attends: u64,
    to: mpsc::Sender<Result<Bytes, String>>,
}

impl Listener {
    /// Until they hang up, may not listen any more, or the host stops.
    async fn run(mut self, open: &Open) {
        let mut happened = self.server.desk.store().watch(Topic::Happenings);
        let mut talked = self.server.desk.store().watch(Topic::Conversations);
        let mut ended = open.streams.ended.subscribe();
        // Where to come back to, before anything happens.
        let mut beaten = Instant::now();
        if !self.send(format!("retry: 2000\nid: {}\n\n", self.last)).await {
            return;
        }
        self.attends = self.attended().unwrap_or_default();
        let (mut looked, mut something) = (None, false);
        while !*ended.borrow() {
            let due = looked.is_none_or(|looked: Instant| looked.elapsed() >= LOOK);
            let told = if due || happened.has_changed().unwrap_or(true) {
                happened.mark_unchanged();
                looked = Some(Instant::now());
                self.tell().await
            } else {
                Ok(true)
            };
            let told = match told {
                Ok(true) if std::mem::take(&mut something) => self.tell_of_conversations().await,
                told => told,
            };
            match told {
                Ok(true) => {}
                Ok(false) => return,
                Err(problem) => {
                    tracing::error!(?problem, "whoever listens could not be told what changes");
                    return;
                }
            }
            if beaten.elapsed() >= BEAT {
                beaten = Instant::now();
                if !self.send(":\n\n".to_owned()).await {
                    return;
                }
            }
            tokio::select! {
                _ = happened.changed() => {}
                _ = talked.changed() => {
                    tokio::time::sleep(GATHERED).await;
                    something = true;
                }
                _ = ended.changed() => {}
                () = self.to.closed() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Tells that something is new in what they attend. False if they hung up.
    async fn tell_of_conversations(&mut self) -> Result<bool, Problem> {
        let attends = self.attended()?;
        if std::mem::replace(&mut self.attends, attends) == attends {
            return Ok(true);
        }
        if !self.is_known()? {
            return Ok(false);
        }
        if !self.may(Action::ListConversations, &self.known.person.somewhere()) {
            return Ok(true);
        }
        Ok(self.send("event: conversations\ndata: {\"link\":\"/api/v1/conversations\"}\n\n".to_owned()).await)
    }

    /// How far the conversations are that they have, or are asked to take over.
    fn attended(&self) -> Result<u64, Problem> {
        let (store, agent) = (self.server.desk.store(), agent_of(&self.known.person));
        let mut theirs: Vec<ConversationId> =
            store.agent(&agent).map_err(desk)?.1.cases.into_values().collect();
        theirs.extend(store.offers(&agent).map_err(desk)?);
        theirs.extend(store.consultations(&self.known.person.id).map_err(desk)?);
        let mut hasher = DefaultHasher::new();
        for id in theirs {
            (id, store.conversation_version(id).map_err(desk)?).hash(&mut hasher);
        }
        Ok(hasher.finish())
    }

    /// Whether they are still known by what they listen with, as who they are now.
    fn is_known(&mut self) -> Result<bool, Problem> {
        let company = Arc::clone(&self.server.desk.active().company);
        let raci = &*self.server.people.with_loans(company.raci());
        let Some(person) = self.server.people.still(&self.known, raci)? else { return Ok(false) };
        self.known.person = person;
        Ok(true)
    }

    fn may(&self, action: Action, target: &Target) -> bool {
        let company = Arc::clone(&self.server.desk.active().company);
        let raci = self.server.people.with_loans(company.raci());
        self.known.reaches(action).is_ok() && raci.may(&self.known.person, action, target).is_ok()
    }

    /// Tells all that happened since. False if it is over.
    async fn tell(&mut self) -> Result<bool, Problem> {
        loop {
            if !self.is_known()? {
                return Ok(false);
            }
            let store = self.server.desk.store();
            let numbers = store.happenings(self.last, AT_ONCE).map_err(governance::AccessError::from)?;
            for seq in &numbers {
                let recorded = store.event(*seq).map_err(|error| {
                    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
                })?;
                if let Some((name, data)) = recorded.and_then(|recorded| self.shown(&recorded)) {
                    let told = format!("id: {seq}\nevent: {name}\ndata: {data}\n\n");
                    if !self.send(told).await {
                        return Ok(false);
                    }
                }
                self.last = *seq;
            }
            if numbers.len() < AT_ONCE {
                return Ok(true);
            }
        }
    }

    /// What they may know of an event, if anything.
    fn shown(&self, recorded: &Recorded) -> Option<(&'static str, Value)> {
        let company = Arc::clone(&self.server.desk.active().company);
        let raci = self.server.people.with_loans(company.raci());
        let stopped = |scope: &Scope| {
            let number = match scope {
                Scope::Account => None,
                Scope::Number(number) => Some(number.clone()),
            };
            let target = Target { number: number.clone(), ..Target::default() };
            let told = json!({ "kind": recorded.event.kind(), "number": number, "link": "/api/v1/outbound" });
            self.may(Action::ReadStops, &target).then_some(("outbound", told))
        };
        match (&recorded.event, &recorded.stream) {
            (Event::NoticeGiven(given), Stream::Inbox(person)) => (*person == self.known.person.id)
                .then(|| ("notice", json!({ "notice": given.cause, "link": "/api/v1/notices" }))),
            (Event::SendingStopped(stop), _) => stopped(&stop.scope),
            (Event::SendingResumed(resumed), _) => stopped(&resumed.scope),
            (
                event @ (Event::AlertRaised(AlertRaised { which, .. })
                | Event::AlertEnded(AlertEnded { which, .. })),
                _,
            ) => {
                let sees = Sees::of(&self.known.person, &raci).sees(&which.place);
                let told =
                    json!({ "kind": event.kind(), "alert": which.to_string(), "link": "/api/v1/alerts" });
                (sees && self.may(Action::ReadFigures, &which.target())).then_some(("alert", told))
            }
            (event, Stream::Proposal(id)) if self.may(Action::ReadProposals, &Target::default()) => {
                let proposal = self.server.desk.proposals().get(*id).ok()?;
                let link = format!("/api/v1/proposals/{id}");
                let told = json!({ "kind": event.kind(), "proposal": id.to_string(), "link": link });
                proposals::concerns(&proposal, &self.known.person, &raci).then_some(("proposal", told))
            }
            _ => None,
        }
    }

    async fn send(&self, text: String) -> bool {
        self.to.send(Ok(text.into())).await.is_ok()
    }
}
