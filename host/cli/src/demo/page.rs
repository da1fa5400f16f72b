//! The live page: conversations, and between the messages why things went as they did.
//!
//! Plain files, embedded, under a policy that lets the browser load nothing else. The page asks for JSON and is told by
//! server-sent events which conversations look different, so what it shows is never more than a moment old and never
//! pieced together from fragments.
//!
//! Nobody signs in, because only this machine can ask. A page of somebody else's, open in the same browser, could point
//! its own name at this address; so a request has to name a loopback address as its host.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use desk::Desk;
use domain::Time;
use domain::id::ConversationId;
use domain::outside::Clock;
use domain::raci::action::Action;
use futures_util::stream::{Stream, unfold};
use governance::{Origin, People};
use serde_json::json;
use server::{Routes, Server, Site};
use tokio::sync::watch;

use super::board::Shared;
use super::view::View;

/// Where whoever tries the demo chooses who to be.
pub(super) const PEOPLE: &str = "/demo/people";

const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'";

/// What the page is made of before there is a desk.
pub(super) struct Page {
    board: Shared,
    phones: String,
    clock: Option<Time>,
    closing: watch::Sender<bool>,
}

impl Page {
    /// A page of a board. `phones` is where the customers' phones are, `clock` where the time was started, if it was.
    pub(super) fn new(board: Shared, phones: String, clock: Option<Time>) -> Self {
        Self { board, phones, clock, closing: watch::Sender::new(false) }
    }

    /// Ends what would otherwise go on for ever: the events that browsers listen to.
    pub(super) fn closing(&self) -> watch::Sender<bool> {
        self.closing.clone()
    }
}

/// The page, and the desk that it shows.
struct Shown {
    page: Page,
    desk: Desk,
    clock: Arc<dyn Clock>,
    people: People,
    site: Site,
}

/// The page's routes.
pub(super) fn routes(page: Page, server: &Server) -> Routes {
    let file = |kind: &'static str, content: &'static str| move || async move { served(kind, content) };
    let demo = Action::TryTheDemo;
    let shown = Arc::new(Shown {
        page,
        desk: server.desk.clone(),
        clock: Arc::clone(&server.clock),
        people: server.people.clone(),
        site: server.site.clone(),
    });
    Routes::new()
        .get("/", demo, file("text/html; charset=utf-8", include_str!("page/index.html")))
        .get("/demo/style.css", demo, file("text/css; charset=utf-8", include_str!("page/style.css")))
        .get("/demo/app.js", demo, file("text/javascript; charset=utf-8", include_str!("page/app.js")))
        .get("/demo/icon.svg", demo, file("image/svg+xml", include_str!("page/icon.svg")))
        .get("/demo/state", demo, state)
        .get("/demo/conversations/{id}", demo, conversation)
        .get("/demo/events", demo, events)
        .get(PEOPLE, demo, file("text/html; charset=utf-8", include_str!("page/people.html")))
        .get("/demo/people.js", demo, file("text/javascript; charset=utf-8", include_str!("page/people.js")))
        .get("/demo/people.json", demo, people)
        .post("/demo/sign-in/{person}", demo, sign_in)
        .wrapped(|router| router.layer(axum::middleware::from_fn(simulator::of_this_machine)))
        .with_state(shown)
}

fn served(kind: &'static str, content: &'static str) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}

async fn state(State(shown): State<Arc<Shown>>) -> Response {
    let mut state = View::new(&shown.desk, shown.clock.now()).overview(&shown.page.board.look());
    state["phones"] = json!(shown.page.phones);
    state["clockStarted"] = json!(shown.page.clock.map(Time::as_millisecond));
    fresh(Json(state))
}

async fn conversation(State(shown): State<Arc<Shown>>, Path(id): Path<String>) -> Response {
    let found = id
        .parse::<ConversationId>()
        .ok()
        .and_then(|id| View::new(&shown.desk, shown.clock.now()).conversation(id, &shown.page.board.look()));
    match found {
        Some(found) => fresh(Json(found)),
        None => (StatusCode::NOT_FOUND, "there is no such conversation").into_response(),
    }
}

fn fresh(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], answer)
        .into_response()
}

/// Everybody one can be, with what they do.
async fn people(State(shown): State<Arc<Shown>>) -> Response {
    let company = Arc::clone(&shown.desk.active().company);
    let (raci, language) = (company.raci(), company.own_language());
    let people = raci.people().iter().filter(|person| !person.service).map(|person| {
        let roles: Vec<&str> = raci.matrix().roles_of(person).map(|role| role.words(language)).collect();
        json!({ "person": person.id, "name": person.name, "roles": roles.join(", ") })
    });
    fresh(Json(json!({ "people": people.collect::<Vec<_>>() })))
}

/// Lets whoever tries the demo be anybody of its company: all of them are invented. No other host has this route.
async fn sign_in(State(shown): State<Arc<Shown>>, Path(person): Path<String>) -> Response {
    let company = Arc::clone(&shown.desk.active().company);
    let Some(person) = company.raci().by_id(&person.as_str().into()).filter(|person| !person.service) else {
        return (StatusCode::NOT_FOUND, "there is no such person").into_response();
    };
    let origin = Origin { address: IpAddr::from([127, 0, 0, 1]), device: "demo".to_owned() };
    match shown.people.let_in(person, &origin).await {
        Ok(signed_in) => {
            ([server::cookie(&shown.site, &signed_in)], fresh(StatusCode::NO_CONTENT)).into_response()
        }
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// Which conversations look different, as it happens. Whoever comes back says with `Last-Event-ID` how far they were; who
/// comes first, or falls behind a restart, loads everything anyway.
async fn events(
    State(shown): State<Arc<Shown>>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut seen = shown.page.board.seen();
    let now = *seen.borrow_and_update();
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let feed = Feed {
        board: shown.page.board.clone(),
        seen,
        closing: shown.page.closing.subscribe(),
        told: last.filter(|last| *last <= now).unwrap_or(now),
        first: true,
    };
    Sse::new(unfold(feed, |mut feed| async move { feed.next().await.map(|event| (Ok(event), feed)) }))
        .keep_alive(KeepAlive::default())
}

struct Feed {
    board: Shared,
    seen: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    told: u64,
    first: bool,
}

impl Feed {
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::take(&mut self.first) || self.told >= *self.seen.borrow() {
            tokio::select! {
                changed = self.seen.changed() => changed.ok()?,
                _ = self.closing.wait_for(|closing| *closing) => return None,
            }
        }
        let now = *self.seen.borrow_and_update();
        let changed = self.board.look().changed_since(self.told);
        self.told = now;
        let data = json!({ "seq": now, "conversations": changed });
        Some(Event::default().id(now.to_string()).data(data.to_string()))
    }
}
