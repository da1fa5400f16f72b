//! The API: what people and programs ask of the host over HTTP, as a session or a token lets them.
//!
//! What the socket of the data directory serves and makes sense from afar is here too, by the same handlers and the same
//! rows.

mod device;
pub(crate) mod door;
mod me;
pub(crate) mod openapi;
mod page;
pub(crate) mod problem;
mod remembered;
mod tokens;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use domain::raci::action::Action;
use governance::{AccessError, Origin, Proof, Second, SignedIn};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Server;
use crate::routes::{About, Routes};
use crate::site::Site;
use crate::{
    alerts, audit, authors, backtests, board, campaigns, contacts, conversations, delegations, figures,
    health, inbox, live, media, moves, outbound, people, proposals, quick_replies, requests, rules, search,
    spending, templates, tries, why,
};

use openapi::Page;
use problem::Problem;

pub(crate) use page::Paging;

/// The longest name that is taken for one, in bytes.
const LONGEST_NAME: usize = 128;

/// The routes of the API.
pub fn api_routes() -> Routes<Arc<Server>> {
    let sign_in = Page::new("Sign in: leaves a session in a cookie.").takes::<SignIn>().gives::<Signed>();
    let accept = Page::new("Set a password by the link of an invitation, and sign in.").takes::<Accept>();
    Routes::new()
        .get("/api/v1/openapi.json", Action::ReadApi, page)
        .page(Page::new("This document.").gives_document())
        .post("/api/v1/sign-in", Action::SignIn, enter)
        .page(sign_in)
        .post("/api/v1/invitations/accept", Action::SignIn, accept_invitation)
        .page(accept.gives::<Signed>())
        .merge(me::routes())
        .merge(tokens::routes())
        .merge(people::api_routes())
        .get("/api/v1/status", Action::ReadStatus, health::status)
        .page(Page::new("How the host is.").gives::<health::Health>())
        .get("/api/v1/outbound", Action::ReadStops, outbound::state)
        .page(Page::new("What does not leave, and what a person is called for.").gives::<outbound::Told>())
        .post("/api/v1/outbound/pause", Action::PauseSending, outbound::pause)
        .about(About::NumberInBody)
        .page(
            Page::new("Let nothing leave until it is resumed. It takes effect at once.")
                .takes::<outbound::Pause>()
                .gives::<outbound::Told>(),
        )
        .post("/api/v1/outbound/resume", Action::ResumeSending, outbound::resume)
        .about(About::NumberInBody)
        .page(
            Page::new("Let messages leave again, whatever stopped them.")
                .takes::<outbound::Resume>()
                .gives::<outbound::Told>(),
        )
        .merge(contacts::api_routes())
        .merge(conversations::api_routes())
        .merge(board::api_routes())
        .merge(moves::api_routes())
        .merge(media::api_routes())
        .merge(templates::api_routes())
        .merge(campaigns::api_routes())
        .merge(proposals::api_routes())
        .merge(quick_replies::api_routes())
        .merge(search::api_routes())
        .merge(inbox::api_routes())
        .merge(live::api_routes())
        .merge(rules::api_routes())
        .merge(alerts::api_routes())
        .merge(backtests::api_routes())
        .merge(requests::api_routes())
        .merge(authors::api_routes())
        .merge(delegations::api_routes())
        .merge(figures::api_routes())
        .merge(why::api_routes())
        .merge(audit::api_routes())
        .merge(spending::api_routes())
        .merge(tries::api_routes())
}

/// The page of the API.
async fn page(State(server): State<Arc<Server>>) -> Json<Value> {
    Json(openapi::document(api_routes().list(), server.site.url()))
}

/// Who wants to be let in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct SignIn {
    /// The person's name in the matrix, as `marta`.
    person: String,
    /// Their password.
    password: String,
    /// The code of their authenticator app. Without it the answer says whether one is needed.
    #[serde(default)]
    code: Option<String>,
    /// One of their recovery codes, in its place.
    #[serde(default)]
    recovery_code: Option<String>,
}

/// Somebody is signed in. What the session is kept by is in the cookie.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SignedIn")]
pub(crate) struct Signed {
    /// Who.
    person: String,
    /// What the session is called in the list of sessions.
    session: String,
    /// Whether a second factor has to be set before anything else can be done.
    second_factor_first: bool,
}

async fn enter(
    State(server): State<Arc<Server>>,
    Extension(origin): Extension<Origin>,
    headers: axum::http::HeaderMap,
    Json(asked): Json<SignIn>,
) -> Result<Response, Problem> {
    // Who is tried is remembered for an hour, and nobody has such a name.
    if asked.person.len() > LONGEST_NAME {
        return Err(AccessError::Wrong.into());
    }
    let code = asked.code.map(Second::Code);
    let second = code.or_else(|| asked.recovery_code.map(Second::Recovery));
    let proof = Proof { person: asked.person.as_str().into(), password: asked.password, second };
    let company = Arc::clone(&server.desk.active().company);
    // Another session than the one before: whoever knew that one, or planted it, has nothing.
    let instead = door::kept(&headers, &server.site);
    let signed_in = server.people.sign_in(proof, instead, company.raci(), &origin).await?;
    Ok(signed(&server.site, &signed_in))
}

/// The link of an invitation, opened.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvitationAccept")]
struct Accept {
    /// What is in the link.
    invitation: String,
    /// The password that it shall be: at least 12 characters.
    password: String,
}

async fn accept_invitation(
    State(server): State<Arc<Server>>,
    Extension(origin): Extension<Origin>,
    Json(asked): Json<Accept>,
) -> Result<Response, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let accepted = server.people.accept(&asked.invitation, asked.password, company.raci(), &origin);
    Ok(signed(&server.site, &accepted.await?))
}

/// The answer to whoever is signed in now.
fn signed(site: &Site, signed_in: &SignedIn) -> Response {
    ([cookie(site, signed_in)], Json(Signed::from(signed_in))).into_response()
}

impl From<&SignedIn> for Signed {
    fn from(signed_in: &SignedIn) -> Self {
        Self {
            person: signed_in.person.to_string(),
            session: signed_in.session.to_string(),
            second_factor_first: signed_in.half,
        }
    }
}

/// What the cookie is called. The beginning has browsers take it only over TLS, for this host alone.
pub(crate) const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-timonel" } else { "timonel" }
}

/// The cookie of a session. It is gone with the session's longest time; when that is nothing any more, the host knows.
pub fn cookie(site: &Site, signed_in: &SignedIn) -> (HeaderName, String) {
    set_cookie(site, &signed_in.keep, governance::LONGEST.as_secs())
}

/// The cookie that takes the place of one that counts no more.
fn no_cookie(site: &Site) -> (HeaderName, String) {
    set_cookie(site, "", 0)
}

fn set_cookie(site: &Site, value: &str, seconds: i64) -> (HeaderName, String) {
    let (name, secure) = (cookie_name(site.is_secure()), if site.is_secure() { "; Secure" } else { "" });
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    (header::SET_COOKIE, cookie)
}
