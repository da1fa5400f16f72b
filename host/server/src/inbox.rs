//! What people were told: everybody reads their own, at the machine and from afar.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use domain::Time;
use domain::company::Company;
use domain::id::PersonId;
use domain::notice::inbox::Notice;
use domain::notice::{Matter, Part, whom};
use domain::raci::Raci;
use domain::raci::action::Action;
use governance::{Inboxes, TellError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::proposals::title_words;
use crate::routes::Routes;

/// The most that is read at once.
const MOST: usize = 200;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new().get("/notices", Action::ReadInbox, list).post("/notices/read", Action::ReadInbox, read)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/notices", Action::ReadInbox, list)
        .page(
            Page::new(
                "What you were told, the newest first; with `unread=true` only what you have not read.",
            )
            .gives::<Notices>()
            .paged(),
        )
        .post("/api/v1/notices/read", Action::ReadInbox, read)
        .page(Page::new("Say that you have read some of it, or all.").takes::<Read>().gives::<Left>())
}

/// A notice, as people read it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Notice")]
pub(crate) struct Told {
    /// The number of the event that it tells of: its name.
    pub(crate) notice: u64,
    /// When it was given.
    pub(crate) at: Time,
    /// `happened`, `waits` for your word, or `loud`: past what others should have agreed to.
    pub(crate) part: String,
    /// Whether it still waits for your word.
    waits: bool,
    /// In your language: how it concerns you, and what happened.
    pub(crate) part_words: String,
    /// What happened.
    pub(crate) words: String,
    /// The same for programs: `is`, and what belongs to it.
    matter: Value,
    /// Who did it, as `person/marta`.
    by: String,
    /// Where to look, if there is a place.
    link: Option<String>,
    /// The page of the console on which one looks at it, if there is one.
    pub(crate) page: Option<String>,
    /// When you read it.
    pub(crate) read: Option<Time>,
}

/// Some of what somebody was told.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NoticePage")]
pub(crate) struct Notices {
    /// The newest first.
    pub(crate) notices: Vec<Told>,
    /// How many you have not read.
    pub(crate) unread: usize,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

/// Which of them are read.
#[derive(Deserialize, Default)]
pub(crate) struct Which {
    #[serde(default)]
    unread: bool,
    after: Option<String>,
    limit: Option<u16>,
}

impl Which {
    /// The latest, read or not.
    pub(crate) fn latest(most: u16) -> Self {
        Self { limit: Some(most), ..Self::default() }
    }
}

/// What somebody has read.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NoticesRead")]
struct Read {
    /// The notices; all of them if this is absent.
    #[serde(default)]
    notices: Option<Vec<u64>>,
}

/// What is left.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NoticesLeft")]
struct Left {
    /// How many you have not read.
    unread: usize,
}

impl From<TellError> for Problem {
    fn from(error: TellError) -> Self {
        tracing::error!(%error, "an inbox could not be read or written");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
    }
}

async fn list(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Json<Notices>, Problem> {
    read_by(&server, &let_in, &which).map(Json)
}

/// How many of somebody's notices they have not read.
pub(crate) fn unread(server: &Server, person: &PersonId) -> Result<usize, Problem> {
    let inbox = Inboxes::new(server.desk.store().clone()).of(person).map_err(TellError::from)?;
    Ok(inbox.unread())
}

/// What somebody was told.
pub(crate) fn read_by(server: &Server, let_in: &LetIn, which: &Which) -> Result<Notices, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let inbox = Inboxes::new(server.desk.store().clone()).of(&let_in.person.id).map_err(TellError::from)?;
    let raci = server.desk.proposals().at_work(company.raci())?;
    let before: Option<u64> = which.after.as_deref().and_then(|after| after.parse().ok());
    let limit = usize::from(which.limit.unwrap_or(50).clamp(1, 200)).min(MOST);
    let wanted = |(cause, notice): &(&u64, &Notice)| {
        before.is_none_or(|before| **cause < before) && !(which.unread && notice.read.is_some())
    };
    let mut part: Vec<_> = inbox.notices.iter().rev().filter(wanted).take(limit + 1).collect();
    let more = part.len() > limit;
    part.truncate(limit);
    let next = part.last().filter(|_| more).map(|(cause, _)| cause.to_string());
    let told = part.into_iter().map(|(cause, notice)| told(server, *cause, notice, let_in, &company, &raci));
    Ok(Notices { notices: told.collect(), unread: inbox.unread(), next })
}

fn told(
    server: &Server,
    cause: u64,
    notice: &Notice,
    let_in: &LetIn,
    company: &Company,
    raci: &Raci,
) -> Told {
    let language = let_in.person.language(company.own_language());
    let mut matter = notice.matter.clone();
    let (waits, link) = match &mut matter {
        Matter::Proposal { proposal, title, .. } => {
            // Asked now: whoever was asked may have spoken since, or somebody else decided.
            let known = server.desk.proposals().get(*proposal).ok();
            if let Some(known) = &known {
                *title = title_words(known, language);
            }
            let waits = known.is_some_and(|known| whom::waits(&let_in.person, &known, raci));
            (waits && notice.part != Part::Happened, Some(format!("/api/v1/proposals/{proposal}")))
        }
        Matter::Stopped { .. } | Matter::Resumed { .. } => (false, Some("/api/v1/outbound".to_owned())),
        Matter::Template { .. } => (false, Some("/api/v1/templates".to_owned())),
        Matter::Rule { rule, .. } => (false, Some(format!("/api/v1/rules/{rule}"))),
        Matter::RuleSet { .. } => (false, Some("/api/v1/rules".to_owned())),
        Matter::Author { .. } => (false, Some("/api/v1/authors".to_owned())),
        Matter::Help { conversation, .. } | Matter::Mentioned { conversation, .. } => {
            (false, Some(format!("/api/v1/conversations/{conversation}/messages")))
        }
        _ => (false, None),
    };
    let part = if waits || notice.part != Part::Waits { notice.part } else { Part::Happened };
    Told {
        notice: cause,
        at: notice.at,
        part: json!(part).as_str().unwrap_or_default().to_owned(),
        waits,
        part_words: part.words(language).to_owned(),
        words: matter.words(&notice.by, company.raci(), language),
        matter: json!(notice.matter),
        by: notice.by.to_string(),
        page: page(&notice.matter),
        link,
        read: notice.read,
    }
}

/// Where in the console one looks at it.
fn page(matter: &Matter) -> Option<String> {
    Some(match matter {
        Matter::Proposal { proposal, .. } => format!("/console/approvals/{proposal}"),
        Matter::Rule { rule, .. } => format!("/console/rules/{rule}"),
        Matter::RuleSet { .. } => "/console/rules".to_owned(),
        Matter::Template { .. } => "/console/templates".to_owned(),
        Matter::Alert { .. } | Matter::Stopped { .. } | Matter::Resumed { .. } => "/console/tower".to_owned(),
        Matter::Late { conversation, .. }
        | Matter::Help { conversation, .. }
        | Matter::Mentioned { conversation, .. } => format!("/console?conversation={conversation}"),
        _ => return None,
    })
}

async fn read(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Read { notices }): Json<Read>,
) -> Result<Json<Left>, Problem> {
    let inboxes = Inboxes::new(server.desk.store().clone());
    let unread = inboxes.read(&let_in.person.id, notices.as_deref(), &let_in.actor).await?;
    Ok(Json(Left { unread }))
}
