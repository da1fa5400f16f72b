//! The door of the API: a session or a token says who asks, and from there on it is the door of everybody else.
//!
//! A browser sends its cookie along with whatever page asks it to; so with a cookie, and when signing in, a request that
//! changes something has to come from a page of ours (the algorithm of Go 1.25: `Sec-Fetch-Site`, and where a browser does
//! not send it, `Origin`). A token is sent by nobody who does not mean it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use domain::event::Device;
use domain::raci::action::Belongs;
use domain::stream::Actor;
use governance::{By, Known, Origin, Pace};

use super::device::device;
use super::problem::Problem;
use super::remembered::Remembered;
use crate::Server;
use crate::acts::Asking;
use crate::door::{Turned, listed, pass, unrecorded};
use crate::listen::Peer;
use crate::routes::{Route, Routes};
use crate::site::Site;

/// The largest body of a request.
const LARGEST: usize = 2 << 20;

/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Door {
    routes: Arc<[Route]>,
    server: Arc<Server>,
    pace: Arc<Mutex<Pace>>,
    remembered: Remembered,
}

impl Routes {
    /// For people and programs.
    pub(crate) fn for_people(self, server: Arc<Server>) -> Router {
        let door = Door {
            routes: self.list.into(),
            server,
            pace: Arc::default(),
            remembered: Remembered::default(),
        };
        // What is nowhere is refused by the door, and not with the words of another one.
        let nothing = || async { StatusCode::NOT_FOUND };
        let router = self.router.route("/api/v1/{*nothing}", axum::routing::any(nothing));
        router.layer(from_fn_with_state(door, people))
    }
}

async fn people(State(door): State<Door>, request: Request, next: Next) -> Response {
    let answer = enter(&door, request, next).await.unwrap_or_else(IntoResponse::into_response);
    let failed = answer.status().is_client_error() || answer.status().is_server_error();
    let mut answer =
        if failed && !Problem::is_in(&answer) { Problem::from_answer(answer).await } else { answer };
    answer.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    answer
}

async fn enter(door: &Door, mut request: Request, next: Next) -> Result<Response, Problem> {
    let server = &door.server;
    let route = match listed(&door.routes, &request) {
        Ok(route) => route,
        Err(StatusCode::METHOD_NOT_ALLOWED) => return Ok(not_allowed(&door.routes, &request)),
        Err(status) => return Err(Problem::of(status)),
    };
    let origin = origin(&server.site, &request);
    if route.action.belongs() == Belongs::Public {
        from_our_pages(&request, &server.site)?;
        request.extensions_mut().insert(origin);
        return Ok(next.run(request).await);
    }
    // Of a stranger no body is taken in. And once more when it is there: whoever holds a request open must not be who they were when
    // it began.
    let request = if request.body().is_end_stream() {
        request
    } else {
        known(server, &request, &origin)?;
        whole(request, route.largest.unwrap_or(LARGEST)).await?
    };
    let known = known(server, &request, &origin)?;
    let company = Arc::clone(&server.desk.active().company);
    let language = company.own_language();
    let now = server.clock.now();
    let id = match &known.by {
        By::Session { id, .. } => id.to_bytes(),
        By::Token { id, .. } => id.to_bytes(),
    };
    if !door.pace.lock().unwrap_or_else(PoisonError::into_inner).allows(id, now) {
        return Err(Problem::later("too-fast", "more than 50 requests a second: slow down", 1));
    }
    let (who, language) = (known.person.id.clone(), known.person.language(language));
    let device = match &known.by {
        By::Session { id, .. } => Device::Session { session: *id, device: origin.device.clone() },
        By::Token { id, .. } => Device::Token { token: *id },
    };
    let asking = Asking {
        actor: Actor::Person(who.clone()),
        person: known.reaches(route.action).map(|()| known.person.clone()),
        account: None,
        device,
        action: route.action,
    };
    let proven = Some((known.by, origin));
    let once = route.page.is_some_and(|page| page.once);
    let about = route.about;
    let posted = request.method() == Method::POST;
    let through = |request: Request, next: Next| async move {
        if posted {
            door.remembered.run(&who, once, request, next, now).await
        } else {
            Ok(next.run(request).await)
        }
    };
    let next = |request| through(request, next);
    match pass(server, &company, &asking, proven, about, request, next).await {
        Ok(Ok(answer)) => Ok(Problem::read_by(answer, language).await),
        Ok(Err(problem)) => Err(problem),
        Err(Turned::Status(status)) => Err(Problem::of(status)),
        Err(Turned::Refused(refusal, _)) => Err(Problem::refused(&refusal, language)),
        Err(Turned::Unrecorded(error)) => {
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-recorded", unrecorded(&error)))
        }
    }
}

/// Who asks. Whoever shows something in `Authorization` is judged by that, whatever else comes along.
fn known(server: &Server, request: &Request, origin: &Origin) -> Result<Known, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (raci, unknown) =
        (server.people.with_loans(company.raci()), || Problem::unknown(company.own_language()));
    let known = if let Some(shown) = request.headers().get(header::AUTHORIZATION) {
        server.people.by_token(token(shown).ok_or_else(unknown)?, raci.as_ref())?
    } else if let Some(kept) = kept(request.headers(), &server.site) {
        from_our_pages(request, &server.site)?;
        server.people.by_session(kept, raci.as_ref(), origin)?
    } else {
        return Err(unknown());
    };
    known.map_err(|_| unknown())
}

/// A request with all of its body.
async fn whole(request: Request, largest: usize) -> Result<Request, Problem> {
    let (head, body) = request.into_parts();
    let read = tokio::time::timeout(PATIENCE, to_bytes(body, largest)).await;
    let read = read.map_err(|_| Problem::of(StatusCode::REQUEST_TIMEOUT))?;
    let body = read.map_err(|_| Problem::of(StatusCode::PAYLOAD_TOO_LARGE))?;
    Ok(Request::from_parts(head, Body::from(body)))
}

/// There is something, and not by this method.
fn not_allowed(routes: &[Route], request: &Request) -> Response {
    let path = request.extensions().get::<axum::extract::MatchedPath>();
    let here = routes.iter().filter(|route| path.is_some_and(|path| route.path == path.as_str()));
    let methods: Vec<&str> = here.map(|route| route.method.as_str()).collect();
    let mut response = Problem::of(StatusCode::METHOD_NOT_ALLOWED).into_response();
    if let Ok(methods) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(header::ALLOW, methods);
    }
    response
}

/// Where a request comes from.
pub(crate) fn origin(site: &Site, request: &Request) -> Origin {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let address = site.address(request.extensions().get::<Peer>(), request.headers());
    Origin { address, device: device(agent.unwrap_or_default()) }
}

fn token(shown: &HeaderValue) -> Option<&str> {
    let (scheme, token) = shown.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// What a browser keeps of its session.
pub(crate) fn kept<'a>(headers: &'a HeaderMap, site: &Site) -> Option<&'a str> {
    cookie(headers, super::cookie_name(site.is_secure()))
}

/// The value of a cookie.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(its, _)| *its == name).map(|(_, value)| value)
}

/// Refuses what a page of somebody else's has a browser do.
fn from_our_pages(request: &Request, site: &Site) -> Result<(), Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let header = |name| request.headers().get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    let ours = match (header("sec-fetch-site"), header("origin")) {
        (Some("same-origin" | "none"), _) | (None, None) => true,
        (Some(_), None) => false,
        (_, Some(origin)) if origin == site.url() => true,
        (Some(_), Some(_)) => false,
        (None, Some(origin)) => {
            let host = origin.parse::<Uri>().ok().and_then(|uri| Some(uri.authority()?.to_string()));
            host.is_some_and(|host| header("host") == Some(&host))
        }
    };
    if ours {
        return Ok(());
    }
    let words = "the request comes from a page of another site: what is changed here is changed from pages of the host";
    Err(Problem::new(StatusCode::FORBIDDEN, "from-another-site", words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_somebody_else_s_has_a_browser_change_nothing() {
        let site = Site::new(Some("https://timonel.example.com"), "127.0.0.1:1".parse().unwrap(), vec![]);
        let is_ours = |method: Method, headers: &[(&str, &str)]| {
            let mut request = Request::builder().method(method).uri("/").header("host", "10.0.0.1:8080");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            from_our_pages(&request.body(Body::empty()).unwrap(), &site).is_ok()
        };
        let post = |headers: &[(&str, &str)]| is_ours(Method::POST, headers);
        assert!(post(&[("sec-fetch-site", "same-origin")]) && post(&[("sec-fetch-site", "none")]));
        assert!(!post(&[("sec-fetch-site", "cross-site")]) && !post(&[("sec-fetch-site", "same-site")]));
        // Older browsers.
        assert!(
            post(&[("origin", "http://10.0.0.1:8080")]) && post(&[("origin", "https://timonel.example.com")])
        );
        assert!(!post(&[("origin", "https://evil.example")]) && !post(&[("origin", "null")]));
        // Programs send neither, and reading changes nothing.
        assert!(post(&[]) && is_ours(Method::GET, &[("sec-fetch-site", "cross-site")]));
    }
}
