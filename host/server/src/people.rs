//! What is done about the access of other people: by whoever manages it, at the machine and from afar.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Time;
use domain::id::{AgentId, PersonId};
use domain::raci::action::Action;
use domain::raci::person::Person;
use governance::{AccessError, Summary};
use schemars::JsonSchema;
use serde::Serialize;

use crate::Server;
use crate::api::Paging;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::Routes;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    let (read, change) = (Action::ReadAccess, Action::ChangeAccess);
    Routes::new()
        .get("/people", read, all)
        .get("/people/{person}", read, one)
        .post("/people/{person}/invitation", change, invite)
        .post("/people/{person}/sign-out", change, sign_out)
        .post("/people/{person}/leave", change, leave)
        .post("/people/{person}/return", change, come_back)
        .post("/people/{person}/unbind", change, unbind)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    let (read, change) = (Action::ReadAccess, Action::ChangeAccess);
    Routes::new()
        .get("/api/v1/people", read, list)
        .page(Page::new("Everybody whom the matrix knows, and how they sign in.").gives::<People>().paged())
        .get("/api/v1/people/{person}", read, one)
        .page(Page::new("One of them, with their sessions.").gives::<PersonTold>())
        .post("/api/v1/people/{person}/invitation", change, invite)
        .page(Page::new("Make a link that lets them set a password, once, within an hour.").gives::<Invitation>().edits().once())
        .post("/api/v1/people/{person}/sign-out", change, sign_out)
        .page(Page::new("End all their sessions and revoke all their tokens.").edits())
        .post("/api/v1/people/{person}/leave", change, leave)
        .page(Page::new("They have left: nothing of theirs counts any more, and their open cases wait in their queues.").gives::<Left>().edits())
        .post("/api/v1/people/{person}/return", change, come_back)
        .page(Page::new("They are back, and can be invited.").edits())
        .post("/api/v1/people/{person}/unbind", change, unbind)
        .page(Page::new("Forget which account of the company's identity provider is theirs: the next one that it calls by their `identity` is.").edits())
}

/// A session, as people read it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Session")]
pub(crate) struct SessionTold {
    /// What it is called.
    pub(crate) session: String,
    /// On what.
    pub(crate) device: String,
    /// Since when.
    pub(crate) opened: Time,
    /// The last moment at which it counts.
    pub(crate) until: Time,
    /// When it was used last, since the host was started.
    pub(crate) used: Option<Time>,
    /// Whether a second factor was shown.
    pub(crate) second_factor: bool,
    /// The sessions of the same person that were in use in another place at the same time. Itself, if it was on two devices.
    pub(crate) along_with: Vec<String>,
}

/// The sessions that count.
pub(crate) fn sessions_of(summary: &Summary) -> Vec<SessionTold> {
    let told = summary.access.sessions.iter().map(|(id, session)| SessionTold {
        session: id.to_string(),
        device: session.device.clone(),
        opened: session.opened,
        until: session.until,
        used: summary.sessions_used.get(id).copied(),
        second_factor: session.second_factor,
        along_with: session.along_with.iter().map(ToString::to_string).collect(),
    });
    told.collect()
}

/// Somebody, and how they sign in.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Person")]
pub(crate) struct PersonTold {
    /// Their name in the matrix.
    pub(crate) person: String,
    /// What colleagues read.
    pub(crate) name: String,
    /// What they are.
    pub(crate) roles: Vec<String>,
    /// Whether it is a program.
    pub(crate) service: bool,
    /// Who answers for the program.
    pub(crate) owner: Option<String>,
    /// Whether they have a password.
    pub(crate) password: bool,
    /// Whether they have signed in by the company's identity provider: one account there is theirs, and no other.
    pub(crate) by_provider: bool,
    /// Whether they have a second factor.
    pub(crate) second_factor: bool,
    /// Whether they have to.
    pub(crate) needs_second_factor: bool,
    /// When they signed in last.
    pub(crate) last_sign_in: Option<Time>,
    /// Until when a link that they were sent opens.
    pub(crate) invited_until: Option<Time>,
    /// Since when they have left.
    pub(crate) left: Option<Time>,
    /// Where they are signed in.
    pub(crate) sessions: Vec<SessionTold>,
    /// How many tokens they have.
    pub(crate) tokens: usize,
}

/// Everybody.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PersonPage")]
struct People {
    /// In the order of their names in the matrix.
    people: Vec<PersonTold>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

/// Somebody, and the version of what is told of them.
pub(crate) fn told(server: &Server, person: &Person) -> Result<(u64, PersonTold), Problem> {
    let summary = server.people.summary(&person.id)?;
    let sessions = sessions_of(&summary);
    let access = summary.access;
    let now = server.clock.now();
    let raci = Arc::clone(&server.desk.active().company);
    let told = PersonTold {
        person: person.id.to_string(),
        name: person.name.clone(),
        roles: person.roles.iter().map(ToString::to_string).collect(),
        service: person.service,
        owner: person.owner.as_ref().map(ToString::to_string),
        password: access.password.is_some(),
        by_provider: access.identity.is_some(),
        second_factor: access.second_factor.is_some(),
        needs_second_factor: !person.service && raci.raci().needs_second_factor(person),
        last_sign_in: access.last_sign_in,
        invited_until: access.invitation.map(|sent| sent.until).filter(|until| *until > now),
        left: access.left,
        sessions,
        tokens: access.tokens.len(),
    };
    Ok((summary.version, told))
}

/// Everybody, in the order of their names in the matrix.
pub(crate) fn sorted(server: &Server) -> Vec<Person> {
    let mut people = server.desk.active().company.raci().people().to_vec();
    people.sort_by(|a, b| a.id.cmp(&b.id));
    people
}

async fn all(State(server): State<Arc<Server>>) -> Result<Json<People>, Problem> {
    let told =
        sorted(&server).iter().map(|person| Ok(told(&server, person)?.1)).collect::<Result<_, Problem>>();
    Ok(Json(People { people: told?, next: None }))
}

async fn list(
    State(server): State<Arc<Server>>,
    Query(paging): Query<Paging>,
) -> Result<Json<People>, Problem> {
    let (part, next) = paging.part(sorted(&server), |person| person.id.to_string());
    let told = part.iter().map(|person| Ok(told(&server, person)?.1)).collect::<Result<_, Problem>>();
    Ok(Json(People { people: told?, next }))
}

/// Somebody whom the matrix knows.
pub(crate) fn known(server: &Server, id: &str) -> Result<Person, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let id = PersonId::from(id);
    Ok(company.raci().by_id(&id).cloned().ok_or(AccessError::NoPerson(id))?)
}

async fn one(State(server): State<Arc<Server>>, Path(person): Path<String>) -> Result<Response, Problem> {
    let (version, told) = told(&server, &known(&server, &person)?)?;
    Ok(([(header::ETAG, format!("\"{version}\""))], Json(told)).into_response())
}

/// The version that `If-Match` names; none if it names none, or any.
fn seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(tag) = headers.get(header::IF_MATCH) else { return Ok(None) };
    if tag == "*" {
        return Ok(None);
    }
    let version = tag.to_str().ok().and_then(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    version.map(Some).ok_or_else(|| AccessError::Stale.into())
}

/// A link.
#[derive(Serialize, JsonSchema)]
struct Invitation {
    /// What to send, by a way on which only they read it.
    link: String,
    /// Until when it opens.
    until: Time,
}

async fn invite(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Invitation>, Problem> {
    // A session that was stolen must not be a way to a password: at the machine somebody can see who asks.
    if let_in.proven.is_some() && let_in.person.id.as_str() == person {
        let words = "nobody invites themselves over the API: somebody else does, or `timonel access invite` at the machine";
        return Err(Problem::new(StatusCode::FORBIDDEN, "not-yours-to-do", words));
    }
    let company = Arc::clone(&server.desk.active().company);
    let seen = seen(&headers)?;
    let invited = server.people.invite(&person.as_str().into(), company.raci(), let_in.actor(), seen).await?;
    let link = server.site.invitation(&invited.secret);
    Ok(Json(Invitation { link, until: invited.until }))
}

async fn sign_out(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let person = known(&server, &person)?.id;
    server.people.sign_out_everywhere(&person, let_in.actor(), seen(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody has left.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PersonLeft")]
struct Left {
    /// How many open cases of theirs wait in their queues now.
    cases_handed_over: usize,
}

async fn leave(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Left>, Problem> {
    let person = known(&server, &person)?.id;
    if person == let_in.person.id {
        let words = "nobody lets themselves go: ask a colleague who manages access";
        return Err(Problem::new(StatusCode::CONFLICT, "not-oneself", words));
    }
    let left = server.people.leave(&person, let_in.actor(), seen(&headers)?).await;
    // A host that stopped in between has left their cases with them: asked again, it hands them over.
    let already = match left {
        Err(error @ AccessError::Left(_)) => Some(error),
        left => left.map(|()| None)?,
    };
    let agent = AgentId::from(person.as_str());
    let handed_over = server.desk.hand_over(&agent, &let_in.actor()).await.map_err(|error| {
        let words = format!("they are out, and their cases could not be handed over: {error}");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", words)
    })?;
    let company = Arc::clone(&server.desk.active().company);
    server.desk.proposals().mark_signed_by(&person, company.raci()).await?;
    match already {
        Some(error) if handed_over == 0 => Err(error.into()),
        _ => Ok(Json(Left { cases_handed_over: handed_over })),
    }
}

async fn come_back(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let person = known(&server, &person)?.id;
    server.people.come_back(&person, let_in.actor(), seen(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn unbind(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let person = known(&server, &person)?.id;
    server.people.unbind(&person, let_in.actor(), seen(&headers)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
