//! What people do about themselves: their sessions, their second factor, their tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::id::SessionId;
use domain::raci::action::{Action, Belongs};
use domain::raci::person::{Scope, Target};
use domain::raci::refusal::Refusal;
use governance::{AccessError, Again, By, Origin, Second};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::openapi::Page;
use super::problem::Problem;
use super::{Signed, no_cookie, signed};
use crate::Server;
use crate::let_in::LetIn;
use crate::people::{SessionTold, sessions_of};
use crate::routes::Routes;

pub(super) fn routes() -> Routes<Arc<Server>> {
    let (oneself, own, safe) = (Action::SeeOneself, Action::KeepOwnAccess, Action::SecureOneself);
    Routes::new()
        .get("/api/v1/me", oneself, me)
        .page(Page::new("Who you are here, and what you may.").gives::<Me>())
        .post("/api/v1/sign-out", oneself, sign_out)
        .page(Page::new("End this session."))
        .get("/api/v1/me/sessions", own, sessions)
        .page(
            Page::new("Where you are signed in, and where your account is in use at the same time.")
                .gives::<Sessions>(),
        )
        .delete("/api/v1/me/sessions/{session}", own, end_session)
        .page(Page::new("End one of your sessions."))
        .post("/api/v1/me/sign-out-everywhere", own, sign_out_everywhere)
        .page(Page::new("End all your sessions and revoke all your tokens."))
        .post("/api/v1/me/password", own, change_password)
        .page(
            Page::new("Take another password. All your sessions end, and another one begins.")
                .takes::<Passwords>()
                .gives::<Signed>()
                .once(),
        )
        .post("/api/v1/me/second-factor", safe, begin_second_factor)
        .page(Page::new("Begin to set up an authenticator app.").takes::<Password>().gives::<Begun>().once())
        .post("/api/v1/me/second-factor/confirm", safe, set_second_factor)
        .page(
            Page::new("Finish it with a first code: your session becomes one with a second factor.")
                .takes::<Code>()
                .gives::<RecoveryCodes>()
                .once(),
        )
        .post("/api/v1/me/second-factor/show", safe, show_second_factor)
        .page(
            Page::new(
                "Show yours after a sign-in by the company's identity provider that did not ask for one.",
            )
            .takes::<SecondShown>()
            .gives::<Signed>()
            .once(),
        )
        .post("/api/v1/me/recovery-codes", own, renew_recovery_codes)
        .page(Page::new("Make other recovery codes.").takes::<Password>().gives::<RecoveryCodes>().once())
}

/// How somebody was let in. At the machine nobody has a session.
fn by(let_in: &LetIn) -> Result<(&By, &Origin), Problem> {
    let proven = let_in.proven.as_ref().map(|(by, origin)| (by, origin));
    proven.ok_or_else(|| Problem::of(StatusCode::FORBIDDEN))
}

/// The session that somebody was let in with.
fn session(let_in: &LetIn, server: &Server) -> Result<(SessionId, Origin), Problem> {
    match by(let_in)? {
        (By::Session { id, .. }, origin) => Ok((*id, origin.clone())),
        (By::Token { .. }, _) => {
            let language = let_in.person.language(server.desk.active().company.own_language());
            Err(Problem::refused(&Refusal::NotByToken, language))
        }
    }
}

/// Somebody, as they see themselves.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Me {
    /// Their name in the matrix.
    person: String,
    /// What colleagues read.
    name: String,
    /// What they are.
    roles: Vec<String>,
    /// How far they reach; empty lists limit nothing.
    #[schemars(with = "std::collections::BTreeMap<String, Vec<String>>")]
    scope: Scope,
    /// Whether they work for another company.
    external: bool,
    /// Whether it is a program.
    service: bool,
    /// `session` or `token`.
    proven_by: &'static str,
    /// Whether a second factor has to be shown or set before anything else can be done.
    second_factor_first: bool,
    /// Whether one is set.
    second_factor: bool,
    /// How many recovery codes are left.
    recovery_codes_left: usize,
    /// What they may do in the whole company, by what they were let in with.
    may: Vec<String>,
    /// The language that pages speak to them: `es`, `pt` or `en`.
    language: &'static str,
    /// The company's time zone (IANA), by which pages tell the time.
    zone: String,
}

async fn me(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Me>, Problem> {
    let by = by(&let_in)?.0.clone();
    let company = Arc::clone(&server.desk.active().company);
    let access = server.people.summary(&let_in.person.id)?.access;
    let known = governance::Known { person: let_in.person, by };
    let person = &known.person;
    let raci = server.people.with_loans(company.raci());
    let may = Action::ALL.iter().filter(|action| {
        let letters = raci.may(person, **action, &Target::default());
        letters.is_ok() && known.reaches(**action).is_ok() && action.belongs() != Belongs::Public
    });
    Ok(Json(Me {
        person: person.id.to_string(),
        name: person.name.clone(),
        roles: person.roles.iter().map(ToString::to_string).collect(),
        scope: person.scope.clone(),
        external: person.external,
        service: person.service,
        proven_by: if matches!(known.by, By::Token { .. }) { "token" } else { "session" },
        second_factor_first: matches!(known.by, By::Session { half: true, .. }),
        second_factor: access.second_factor.is_some(),
        recovery_codes_left: access.recovery.len(),
        may: may.map(|action| action.word()).collect(),
        language: person.language(company.own_language()).code(),
        zone: company.zone().iana_name().unwrap_or("UTC").to_owned(),
    }))
}

async fn sign_out(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let (session, _) = session(&let_in, &server)?;
    server.people.end_session(&let_in.person.id, session, let_in.actor()).await?;
    Ok((StatusCode::NO_CONTENT, [no_cookie(&server.site)]).into_response())
}

/// Where somebody is signed in.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SessionList")]
struct Sessions {
    /// All sessions that count.
    sessions: Vec<SessionTold>,
    /// The one that asks.
    this: String,
}

async fn sessions(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Sessions>, Problem> {
    let (this, _) = session(&let_in, &server)?;
    let sessions = sessions_of(&server.people.summary(&let_in.person.id)?);
    Ok(Json(Sessions { sessions, this: this.to_string() }))
}

async fn end_session(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(session): Path<String>,
) -> Result<StatusCode, Problem> {
    let session: SessionId = session.parse().map_err(|_| AccessError::NotThere)?;
    server.people.end_session(&let_in.person.id, session, let_in.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn sign_out_everywhere(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    server.people.sign_out_everywhere(&let_in.person.id, let_in.actor(), None).await?;
    Ok((StatusCode::NO_CONTENT, [no_cookie(&server.site)]).into_response())
}

/// A password and the one that it shall be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasswordChange")]
struct Passwords {
    /// The password until now.
    old: String,
    /// The other one: at least 12 characters.
    new: String,
}

async fn change_password(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Passwords { old, new }): Json<Passwords>,
) -> Result<Response, Problem> {
    let (session, origin) = session(&let_in, &server)?;
    let company = Arc::clone(&server.desk.active().company);
    let person = &let_in.person;
    let access = server.people.summary(&person.id)?.access;
    let shown = access.sessions.get(&session).is_some_and(|session| session.second_factor);
    let changed = server.people.change_password(person, shown, old, new, company.raci(), &origin);
    Ok(signed(&server.site, &changed.await?))
}

/// The password once more: a session that was stolen is not enough for this.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PasswordAgain")]
struct Password {
    /// The password. Whoever signed in by the company's identity provider within the last five minutes needs none.
    #[serde(default)]
    password: Option<String>,
}

impl Password {
    fn again(self, session: SessionId) -> Again {
        self.password.map_or(Again::Session(session), Again::Password)
    }
}

/// What an authenticator app is told.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "SecondFactorBegun")]
struct Begun {
    /// The secret, for typing it.
    secret: String,
    /// The same for a QR code.
    uri: String,
}

async fn begin_second_factor(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(password): Json<Password>,
) -> Result<Json<Begun>, Problem> {
    let (session, origin) = session(&let_in, &server)?;
    let company = Arc::clone(&server.desk.active().company);
    let person = &let_in.person;
    let begun =
        server.people.begin_second_factor(person, password.again(session), company.raci(), &origin).await?;
    let escaped = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let (company, person) = (escaped(company.name()), escaped(person.id.as_str()));
    let uri = format!("otpauth://totp/{company}:{person}?secret={}&issuer={company}", begun.secret);
    Ok(Json(Begun { secret: begun.secret, uri }))
}

/// A code of an authenticator app.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SecondFactorCode")]
struct Code {
    /// Six digits.
    code: String,
}

/// Codes for the day on which the device is lost. They are told once, and each opens once.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct RecoveryCodes {
    /// The codes.
    recovery_codes: Vec<String>,
}

async fn set_second_factor(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Code { code }): Json<Code>,
) -> Result<Response, Problem> {
    let (session, origin) = session(&let_in, &server)?;
    let set = server.people.set_second_factor(&let_in.person, session, &code, &origin).await?;
    let codes = RecoveryCodes { recovery_codes: set.recovery_codes };
    Ok(([super::cookie(&server.site, &set.signed_in)], Json(codes)).into_response())
}

/// One of both.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "SecondFactorShown")]
struct SecondShown {
    /// The code of the authenticator app.
    #[serde(default)]
    code: Option<String>,
    /// One of the recovery codes, in its place.
    #[serde(default)]
    recovery_code: Option<String>,
}

async fn show_second_factor(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(SecondShown { code, recovery_code }): Json<SecondShown>,
) -> Result<Response, Problem> {
    let (session, origin) = session(&let_in, &server)?;
    let second = code.map(Second::Code).or(recovery_code.map(Second::Recovery)).ok_or(AccessError::Wrong)?;
    let shown = server.people.show_second_factor(&let_in.person, session, &second, &origin);
    Ok(signed(&server.site, &shown.await?))
}

async fn renew_recovery_codes(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(password): Json<Password>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let (session, origin) = session(&let_in, &server)?;
    let company = Arc::clone(&server.desk.active().company);
    let again = password.again(session);
    let codes = server.people.renew_recovery_codes(&let_in.person, again, company.raci(), &origin);
    Ok(Json(RecoveryCodes { recovery_codes: codes.await? }))
}
