//! Who comes in.
//!
//! Three doors, each a single layer before all routes. The world's lets in what is everybody's, and nothing else. The one in
//! the data directory asks the kernel who is there, the company whose account that is, and the matrix whether they may. The
//! one of the API (`api::door`) asks for a session or a token, and then the same of the matrix. What is in no list of routes
//! does not exist at any of them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, MatchedPath, Query, Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use domain::company::Company;
use domain::conversation::Holder;
use domain::id::ConversationId;
use domain::law::language::Language;
use domain::raci::Raci;
use domain::raci::action::{Action, Belongs};
use domain::raci::person::{Person, Target};
use domain::raci::refusal::Refusal;
use domain::stream::Actor;
use serde_json::{Value, json};

use crate::Server;
use crate::let_in::LetIn;
use crate::operator::Operator;
use crate::routes::{About, Route, Routes};

/// The largest JSON that is read to see what it is about.
const LARGEST: usize = 64 << 10;

impl Routes {
    /// For the world.
    pub fn to_the_world(self) -> Router {
        self.router.layer(from_fn_with_state(Arc::from(self.list), world))
    }

    /// For those at the machine.
    pub(crate) fn at_the_machine(self, server: Arc<Server>) -> Router {
        let door = Door { routes: self.list.into(), server };
        self.router.layer(from_fn_with_state(door, machine))
    }
}

/// What is not in the list does not exist, whoever asks.
pub(crate) fn listed<'a>(routes: &'a [Route], request: &Request) -> Result<&'a Route, StatusCode> {
    let path = request.extensions().get::<MatchedPath>().ok_or(StatusCode::NOT_FOUND)?;
    // Whoever may GET may ask what GET would say.
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let mut here = routes.iter().filter(|route| route.path == path.as_str()).peekable();
    let other = if here.peek().is_some() { StatusCode::METHOD_NOT_ALLOWED } else { StatusCode::NOT_FOUND };
    here.find(|route| route.method == method).ok_or(other)
}

async fn world(State(routes): State<Arc<[Route]>>, request: Request, next: Next) -> Response {
    match listed(&routes, &request) {
        Ok(route) if route.action.belongs() == Belongs::Public => next.run(request).await,
        Ok(_) => StatusCode::FORBIDDEN.into_response(),
        Err(status) => status.into_response(),
    }
}

#[derive(Clone)]
struct Door {
    routes: Arc<[Route]>,
    server: Arc<Server>,
}

async fn machine(
    State(door): State<Door>,
    ConnectInfo(operator): ConnectInfo<Operator>,
    request: Request,
    next: Next,
) -> Response {
    let route = match listed(&door.routes, &request) {
        Ok(route) => route,
        Err(status) => return status.into_response(),
    };
    let server = &door.server;
    let company = Arc::clone(&server.desk.active().company);
    let (raci, language) = (company.raci(), company.own_language());
    // Whom it cannot be asked of does not come in either.
    let works_here = |person: &&Person| server.people.works_here(raci, &person.id).unwrap_or(false);
    let (person, actor) = match raci.person(&operator.account).filter(works_here) {
        Some(person) => (person.clone(), Actor::Person(person.id.clone())),
        None if !operator.is(server.owner) && raci.people().is_empty() => {
            return refused(&Refusal::NotTheOwner(operator.account), language);
        }
        None if operator.is(server.owner)
            && (raci.people().is_empty() || founds(server, raci, route.action)) =>
        {
            (Raci::alone(&operator.account), Actor::Operator(operator.account))
        }
        None => return refused(&Refusal::Stranger(operator.account), language),
    };
    let let_in = LetIn { person, actor, action: route.action, proven: None };
    match pass(server, &company, let_in, route.about, request, |request| next.run(request)).await {
        Ok(response) => response,
        Err(Turned::Status(status)) => status.into_response(),
        Err(Turned::Refused(refusal, language)) => refused(&refusal, language),
    }
}

/// Whether the owner of the data may do it although the matrix knows other people: while nobody can sign in, the first one
/// has to be invited by somebody.
fn founds(server: &Server, raci: &Raci, action: Action) -> bool {
    action == Action::ChangeAccess && server.people.nobody_can_sign_in(raci).unwrap_or(false)
}

/// Why somebody does not get past a door.
pub(crate) enum Turned {
    /// The request cannot be read.
    Status(StatusCode),
    /// The matrix says no, in this language.
    Refused(Refusal, Language),
}

/// Asks the matrix and goes on. Behind both doors, this is the one place where it is known that this person was let in to do
/// this action.
pub(crate) async fn pass<F: Future>(
    server: &Server,
    company: &Company,
    let_in: LetIn,
    about: About,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Result<F::Output, Turned> {
    // Only of somebody with a scope it matters what a request is about.
    let mut target = Target::default();
    if !let_in.person.scope.is_empty() {
        (target, request) = aim(server, about, request).await.map_err(Turned::Status)?;
    }
    if let Err(refusal) = company.raci().may(&let_in.person, let_in.action, &target) {
        return Err(Turned::Refused(refusal, let_in.person.language(company.own_language())));
    }
    request.extensions_mut().insert(let_in);
    Ok(next(request).await)
}

/// What an operator reads.
fn refused(refusal: &Refusal, language: Language) -> Response {
    let told = json!({ "error": refusal.words(language), "task": refusal.task() });
    (StatusCode::FORBIDDEN, Json(told)).into_response()
}

/// What a request is about, as far as it says, and the request again. What it names and does not exist is about the whole
/// company, so that somebody with a scope does not find out.
async fn aim(server: &Server, about: About, request: Request) -> Result<(Target, Request), StatusCode> {
    if about == About::NumberInBody {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, LARGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        return Ok((named_number(&body), Request::from_parts(head, Body::from(body))));
    }
    let target = aimed(server, about, request.uri());
    Ok((target.unwrap_or_default(), request))
}

fn named_number(body: &Bytes) -> Target {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    Target { number: body["number"].as_str().map(Into::into), ..Target::default() }
}

fn aimed(server: &Server, about: About, uri: &Uri) -> Option<Target> {
    let store = server.desk.store();
    let conversation: ConversationId = match about {
        About::Company | About::NumberInBody => return None,
        About::ConversationInQuery => {
            let Query(query) = Query::<HashMap<String, String>>::try_from_uri(uri).ok()?;
            query.get("conversation")?.parse().ok()?
        }
        About::MessageInPath => {
            let (_, message) = uri.path().rsplit_once('/')?;
            store.medium(message.parse().ok()?).ok()??.conversation
        }
    };
    let conversation = store.conversation(conversation).ok()?.1?;
    let (queue, agent) = match conversation.case.map(|case| case.holder) {
        None | Some(Holder::Rules) => (None, None),
        Some(Holder::Queue { place, .. }) => (Some(place.queue), None),
        Some(Holder::Agent { agent, queue, .. }) => (Some(queue), Some(agent)),
    };
    Some(Target { number: Some(conversation.number), queue, agent })
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    async fn status(router: &Router, method: Method, path: &str) -> StatusCode {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        TowerToHyperService::new(router.clone()).call(request).await.unwrap().status()
    }

    #[tokio::test]
    async fn the_world_gets_what_is_everybody_s_and_a_route_that_is_in_no_list_does_not_exist() {
        let secret = || async { "secret" };
        let router = Routes::new()
            .get("/healthz", Action::ReadHealth, || async { "ok" })
            .get("/outbound", Action::ReadStops, secret)
            .get("/raci", Action::ReadMatrix, secret)
            .wrapped(|router| router.route("/smuggled", get(secret)).fallback(secret))
            .to_the_world();
        for (method, path, expected) in [
            (Method::GET, "/healthz", StatusCode::OK),
            (Method::HEAD, "/healthz", StatusCode::OK),
            (Method::POST, "/healthz", StatusCode::METHOD_NOT_ALLOWED),
            (Method::GET, "/outbound", StatusCode::FORBIDDEN),
            (Method::HEAD, "/outbound", StatusCode::FORBIDDEN),
            (Method::GET, "/raci", StatusCode::FORBIDDEN),
            (Method::GET, "/smuggled", StatusCode::NOT_FOUND),
            (Method::GET, "/nowhere", StatusCode::NOT_FOUND),
        ] {
            assert_eq!(status(&router, method.clone(), path).await, expected, "{method} {path}");
        }
    }

    #[test]
    fn every_route_of_a_host_is_there_once_and_what_is_open_is_everybody_s() {
        let (open, local) = (crate::open_routes(), crate::local_routes());
        for routes in [open.list(), local.list()] {
            for route in routes {
                let same = routes.iter().filter(|one| (&one.method, one.path) == (&route.method, route.path));
                assert_eq!(same.count(), 1, "{route:?}");
            }
        }
        assert!(open.list().iter().all(|route| route.action.belongs() == Belongs::Public));
        assert!(local.list().iter().all(|route| !route.action.tasks().is_empty()));
    }
}
