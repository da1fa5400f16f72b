//! Who comes in.
//!
//! Three doors, each a single layer before all routes. The world's lets in what is everybody's, and nothing else. The one in
//! the data directory asks the kernel who is there, the company whose account that is, and the matrix whether they may. The
//! one of the API (`api::door`) asks for a session or a token, and then the same of the matrix. What the matrix answers is of
//! record before anything is done (`acts`). What is in no list of routes does not exist at any of them.

use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use domain::company::Company;
use domain::event::Device;
use domain::law::language::Language;
use domain::raci::Raci;
use domain::raci::action::{Action, Belongs};
use domain::raci::person::Person;
use domain::raci::refusal::Refusal;
use domain::stream::Actor;
use governance::{By, Origin};
use serde_json::json;
use store::CommitError;

use crate::Server;
use crate::acts::{self, Asking};
use crate::let_in::LetIn;
use crate::operator::Operator;
use crate::routes::{About, Route, Routes};
use crate::said::{Said, hear};

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
    let (raci, account) = (company.raci(), &operator.account);
    // Whom it cannot be asked of does not come in either.
    let works_here = |person: &&Person| server.people.works_here(raci, &person.id).unwrap_or(false);
    let owns = operator.is(server.owner);
    let (person, actor) = match raci.person(account).filter(works_here) {
        Some(person) => (Ok(person.clone()), Actor::Person(person.id.clone())),
        None => {
            let person = if !owns && raci.people().is_empty() {
                Err(Refusal::NotTheOwner(account.clone()))
            } else if owns && (raci.people().is_empty() || founds(server, raci, route.action)) {
                Ok(Raci::alone(account))
            } else {
                Err(Refusal::Stranger(account.clone()))
            };
            (person, Actor::Operator(account.clone()))
        }
    };
    let asking = Asking {
        actor,
        person,
        account: Some(account.clone()),
        device: Device::Socket { process: operator.process },
        action: route.action,
    };
    let passed = pass(server, &company, &asking, None, route.about, request, |request| next.run(request));
    match passed.await {
        Ok(response) => response,
        Err(turned) => turned.told(),
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
    /// They may not, in their language.
    Refused(Refusal, Language),
    /// What they ask for cannot be recorded.
    Unrecorded(CommitError),
}

/// Asks the matrix, keeps what it answered, and goes on. Behind both doors, this is the one place where it is known that this
/// person was let in to do this action.
pub(crate) async fn pass<F: Future>(
    server: &Server,
    company: &Company,
    asking: &Asking,
    proven: Option<(By, Origin)>,
    about: About,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Result<F::Output, Turned> {
    let (raci, own) = (server.people.with_loans(company.raci()), company.own_language());
    let raci = raci.as_ref();
    let (said, mut request, refusal) = match &asking.person {
        Ok(person) => {
            let (mut said, request) = hear(server, about, request).await.map_err(Turned::Status)?;
            if about == About::WithinScope {
                said.target = person.somewhere();
            }
            let may = raci.may(person, asking.action, &said.target);
            (said, request, may.err())
        }
        // Of whoever is nobody here it does not matter what they ask about.
        Err(stranger) => (Said::default(), request, Some(stranger.clone())),
    };
    let act = acts::record(server, raci, asking, said, refusal.as_ref()).await.map_err(Turned::Unrecorded)?;
    let person = match (&asking.person, refusal) {
        (Ok(person), None) => person,
        (Ok(person), Some(refusal)) => return Err(Turned::Refused(refusal, person.language(own))),
        (Err(refusal), _) => return Err(Turned::Refused(refusal.clone(), own)),
    };
    let (person, actor) = (person.clone(), asking.actor.clone());
    request.extensions_mut().insert(LetIn { person, actor, proven });
    Ok(match act {
        Some(act) => store::because_of(act, next(request)).await,
        None => next(request).await,
    })
}

impl Turned {
    /// What an operator reads.
    fn told(self) -> Response {
        match self {
            Self::Status(status) => status.into_response(),
            Self::Refused(refusal, language) => {
                let told = json!({ "error": refusal.words(language), "task": refusal.task() });
                (StatusCode::FORBIDDEN, Json(told)).into_response()
            }
            Self::Unrecorded(error) => {
                let told = json!({ "error": unrecorded(&error) });
                (StatusCode::SERVICE_UNAVAILABLE, Json(told)).into_response()
            }
        }
    }
}

/// What somebody reads whose request could not be recorded.
pub(crate) fn unrecorded(error: &CommitError) -> String {
    tracing::error!(%error, "what somebody asked for could not be recorded, so it was not done");
    format!("nothing was done, because it could not be recorded: {error}")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
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
        assert!(local.list().iter().all(|route| route.action.belongs() != Belongs::Public));
    }
}
