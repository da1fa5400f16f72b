//! The page with the telephones, and the report.
//!
//! Plain files, embedded, with a policy that lets the browser load nothing else. The page holds no state of its own: it
//! is told everything when it connects and then what changes, and told everything anew when it fell behind.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::customer::{Customer, NoSuchNumber};
use crate::event::Event;
use crate::loopback::of_this_machine;
use crate::report::Report;
use crate::world::World;

/// The photo that customers send.
pub(crate) const PHOTO: &[u8] = include_bytes!("../page/photo.png");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Where nothing is remembered there is only the report.
pub(crate) fn routes(world: &World) -> Router<Arc<World>> {
    let report = Router::new().route("/_sim/report", get(report));
    let routes = if world.phones.on() { report.merge(phones()) } else { report };
    routes.layer(middleware::from_fn(of_this_machine))
}

fn phones() -> Router<Arc<World>> {
    let file = |kind: &'static str, content: &'static [u8]| get(move || async move { served(kind, content) });
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_bytes!("../page/index.html")))
        .route("/page/style.css", file("text/css; charset=utf-8", include_bytes!("../page/style.css")))
        .route("/page/script.js", file("text/javascript; charset=utf-8", include_bytes!("../page/script.js")))
        .route("/page/photo.png", file("image/png", PHOTO))
        .route("/page/events", get(events))
        .route("/page/act", post(act))
}

async fn report(State(world): State<Arc<World>>) -> ([(HeaderName, &'static str); 1], Json<Report>) {
    ([(header::CACHE_CONTROL, "no-store")], Json(world.report()))
}

fn served(kind: &'static str, content: &'static [u8]) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, content).into_response()
}

async fn events(State(world): State<Arc<World>>) -> Sse<impl Stream<Item = Result<sse::Event, axum::Error>>> {
    // Subscribed before the first look, or what happens in between would be missing.
    let feed = Feed { events: world.events.subscribe(), world, behind: true };
    Sse::new(unfold(feed, |mut feed| async move { feed.next().await.map(|event| (event, feed)) }))
        .keep_alive(KeepAlive::default())
}

struct Feed {
    world: Arc<World>,
    events: Receiver<Event>,
    behind: bool,
}

impl Feed {
    async fn next(&mut self) -> Option<Result<sse::Event, axum::Error>> {
        loop {
            if std::mem::take(&mut self.behind) {
                return Some(sse::Event::default().json_data(self.everything()));
            }
            match self.events.recv().await {
                Ok(Event::Accepted { .. } | Event::Posted { .. }) => {}
                Ok(event) => return Some(sse::Event::default().json_data(event)),
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return None,
            }
        }
    }

    fn everything(&self) -> serde_json::Value {
        let numbers: Vec<_> = self.world.lines.values().map(|line| &*line.number).collect();
        json!({"event": "everything", "numbers": numbers, "phones": self.world.phones.all()})
    }
}

/// What a person does at the page.
#[derive(Deserialize)]
struct Act {
    phone: String,
    number: String,
    /// What they call themselves as they do it, if that is not what they are called here.
    #[serde(default)]
    name: Option<String>,
    #[serde(flatten)]
    what: What,
}

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
enum What {
    Say { text: String },
    Press { id: String, title: String },
    Photo,
    Location,
    React { wamid: String, emoji: Option<String> },
}

/// Asking for JSON keeps the pages of others out: a browser would have to ask first, and is not allowed.
async fn act(State(world): State<Arc<World>>, Json(act): Json<Act>) -> Result<StatusCode, Response> {
    let refused = |why: String| (StatusCode::NOT_FOUND, why).into_response();
    let person = world.people.by_phone(&act.phone).map(|person| person.as_ref().clone());
    let mut person = person.ok_or_else(|| refused("phone: nobody has it".to_owned()))?;
    if let Some(name) = &act.name {
        person.name.clone_from(name);
    }
    let customer = Customer::new(world, person);
    done(&customer, &act).map_err(|error| refused(error.to_string()))?;
    Ok(StatusCode::NO_CONTENT)
}

fn done(customer: &Customer, act: &Act) -> Result<String, NoSuchNumber> {
    match &act.what {
        What::Say { text } => customer.say(&act.number, text),
        What::Press { id, title } => customer.press(&act.number, id, title),
        What::Photo => customer.photo(&act.number, ""),
        What::Location => customer.location(&act.number, "Plaza de Bolívar", 4.5981, -74.0760),
        What::React { wamid, emoji } => customer.react(&act.number, wamid, emoji.as_deref()),
    }
}
