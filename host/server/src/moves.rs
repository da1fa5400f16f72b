//! Many cases that go somewhere else: what it would come to, done or proposed, and how far it is. At the machine and from afar.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::{Filter, MoveError, Preview};
use domain::Time;
use domain::conversation::Conversation;
use domain::decision::Digest;
use domain::id::MoveId;
use domain::law::language::Language;
use domain::moving::{Destination, Left, Move, Stage};
use domain::raci::action::Action;
use domain::raci::person::Target;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::{About, Routes};
use crate::said;

/// Moves in one answer.
const MOST: usize = 100;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/case-moves", Action::ReadMoves, all)
        .about(About::WithinScope)
        .get("/case-moves/{move}", Action::ReadMoves, one)
        .about(About::WithinScope)
        .post("/case-moves/preview", Action::ReadMoves, preview)
        .about(About::WithinScope)
        .post("/case-moves", Action::MoveCases, make)
        .about(About::WithinScope)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/case-moves", Action::ReadMoves, all)
        .about(About::WithinScope)
        .page(Page::new("The latest moves of many cases, and how far each is; of whoever has a scope, their own.").gives::<List>())
        .get("/api/v1/case-moves/{move}", Action::ReadMoves, one)
        .about(About::WithinScope)
        .page(Page::new("One of them.").gives::<Told>())
        .post("/api/v1/case-moves/preview", Action::ReadMoves, preview)
        .about(About::WithinScope)
        .page(Page::new("How many cases a move would be of, from where to where, how many could not be moved now and why, and whether others have to agree.").takes::<Look>().gives::<Seen>())
        .post("/api/v1/case-moves", Action::MoveCases, make)
        .about(About::WithinScope)
        .page(Page::new("Move many cases: at once up to the company's threshold (`moves` in `[company.approvals]`, within an hour), and beyond it when others have agreed to exactly that list. What was closed or went elsewhere meanwhile is left and counted.").takes::<Wanted>().gives::<Told>())
}

/// Which cases, and where to.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseMoveLook")]
struct Look {
    /// `conversations`, `queue`, `agent`, `tag`, `waiting-longer-than` (seconds): all of it fits.
    #[schemars(with = "BTreeMap<String, Value>")]
    cases: Filter,
    /// `{"queue": {"queue": …, "skills": […]}}` or `{"agent": …}`.
    #[schemars(with = "Value")]
    to: Destination,
}

/// A move of many cases.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CaseMoveWanted")]
struct Wanted {
    /// `conversations`, `queue`, `agent`, `tag`, `waiting-longer-than` (seconds): all of it fits.
    #[schemars(with = "BTreeMap<String, Value>")]
    cases: Filter,
    /// `{"queue": {"queue": …, "skills": […]}}` or `{"agent": …}`.
    #[schemars(with = "Value")]
    to: Destination,
    /// Why: 1 to 1,000 letters. Those who sign read it first, and it is kept; it names no customer.
    reason: String,
    /// `of` of what was looked at: nothing is done if the cases are others by now.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    of: Option<Digest>,
}

/// What a move would come to.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CaseMovePreview")]
struct Seen {
    /// How many cases.
    cases: usize,
    /// The digest of the list.
    #[schemars(with = "String")]
    of: Digest,
    /// From where, and how many from there.
    from: BTreeMap<String, u32>,
    /// Where to.
    to: String,
    /// How many could not be moved now, and why.
    left: Vec<Count>,
    /// Whether others have to agree.
    needs_agreement: bool,
    /// Cases that one person may move within an hour.
    alone: u32,
    /// How many of them you have moved.
    moved_alone: u32,
}

/// A number of cases, and why.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CaseMoveLeft")]
pub(crate) struct Count {
    /// A word for programs.
    why: String,
    /// The same for people.
    pub(crate) words: String,
    /// How many.
    pub(crate) cases: u32,
}

/// A move of many cases, as people read it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "CaseMoveTold")]
pub(crate) struct Told {
    /// What it is called in other requests.
    #[serde(rename = "move")]
    id: String,
    /// Who wants it.
    pub(crate) by: String,
    /// Since when.
    #[schemars(with = "String")]
    pub(crate) asked: Time,
    /// Why.
    pub(crate) reason: String,
    /// Where to.
    pub(crate) to: String,
    /// How far it is: `asked`, `proposed`, `running`, `done`; or `over`, if others did not agree.
    pub(crate) stage: &'static str,
    /// The proposal, if others have to agree.
    pub(crate) proposal: Option<String>,
    /// How many cases.
    pub(crate) cases: u32,
    /// How many of them are done with.
    done: u32,
    /// How many were moved.
    pub(crate) moved: u32,
    /// Those that were left where they are, and why.
    pub(crate) left: Vec<Count>,
    /// When the last of them was done with.
    #[schemars(with = "Option<String>")]
    ended: Option<Time>,
}

/// Moves of many cases.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CaseMoveList")]
struct List {
    /// The latest first.
    moves: Vec<Told>,
    /// Whether there are more than were told.
    more: bool,
}

impl From<MoveError> for Problem {
    fn from(error: MoveError) -> Self {
        let words = error.to_string();
        let (status, kind) = match error {
            MoveError::None => (StatusCode::NOT_FOUND, "not-there"),
            MoveError::Changed => (StatusCode::PRECONDITION_FAILED, "changed-meanwhile"),
            MoveError::Destination(_) => (StatusCode::UNPROCESSABLE_ENTITY, "no-such-place"),
            MoveError::Nobody | MoveError::TooMany(_) | MoveError::Reason(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "not-a-move")
            }
            MoveError::Proposal(error) => return error.into(),
            MoveError::Desk(_) => {
                tracing::error!(error = %words, "cases could not be moved");
                (StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed")
            }
        };
        Self::new(status, kind, words)
    }
}

fn language(server: &Server, let_in: &LetIn) -> Language {
    let_in.person.language(server.desk.active().company.own_language())
}

fn counts(left: &BTreeMap<Left, u32>, language: Language) -> Vec<Count> {
    let count = |(why, cases): (&Left, &u32)| Count {
        why: json!(why).as_str().unwrap_or_default().to_owned(),
        words: why.words(language).to_owned(),
        cases: *cases,
    };
    left.iter().map(count).collect()
}

fn told(server: &Server, one: &Move, language: Language) -> Told {
    let asked = match one.stage {
        Stage::Proposed { proposal } => Some(proposal),
        _ => None,
    };
    // What others did not agree on is not going to happen.
    let is_over = asked.is_some_and(|asked| {
        server.desk.proposals().get(asked).is_ok_and(|proposal| proposal.stage.is_over())
    });
    Told {
        id: one.id.to_string(),
        by: one.by.to_string(),
        asked: one.asked,
        reason: one.reason.clone(),
        to: one.to.to_string(),
        stage: if is_over { "over" } else { one.stage.word() },
        proposal: one.proposal.or(asked).map(|proposal| proposal.to_string()),
        cases: one.cases,
        done: one.done,
        moved: one.moved(),
        left: counts(&one.left, language),
        ended: one.ended,
    }
}

/// Whether somebody sees a move: whoever has a scope sees their own.
fn sees(let_in: &LetIn, one: &Move) -> bool {
    let_in.person.reaches(&Target::default()) || one.by == let_in.actor
}

/// The latest moves that somebody sees, and whether there are more.
pub(crate) fn latest(server: &Server, let_in: &LetIn, most: usize) -> Result<(Vec<Told>, bool), Problem> {
    let language = language(server, let_in);
    let mut moves = server.desk.case_moves()?;
    moves.retain(|one| sees(let_in, one));
    let told = moves.iter().take(most).map(|one| told(server, one, language)).collect();
    Ok((told, moves.len() > most))
}

async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<List>, Problem> {
    let (moves, more) = latest(&server, &let_in, MOST)?;
    Ok(Json(List { moves, more }))
}

async fn one(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Told>, Problem> {
    let id: MoveId = name.parse().map_err(|_| MoveError::None)?;
    let one = Some(server.desk.case_move(id)?).filter(|one| sees(&let_in, one)).ok_or(MoveError::None)?;
    Ok(Json(told(&server, &one, language(&server, &let_in))))
}

async fn preview(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Look { cases, to }): Json<Look>,
) -> Result<Json<Seen>, Problem> {
    let reaches = |conversation: &Conversation| let_in.person.reaches(&said::target(conversation));
    let preview = server.desk.preview_move(&let_in.actor, &cases, &to, &reaches)?;
    let Preview { cases, digest, from, left, needs_agreement, alone } = preview;
    Ok(Json(Seen {
        cases: cases.len(),
        of: digest,
        from,
        to: to.to_string(),
        left: counts(&left, language(&server, &let_in)),
        needs_agreement,
        alone: alone.0,
        moved_alone: alone.1,
    }))
}

async fn make(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Wanted { cases, to, reason, of }): Json<Wanted>,
) -> Result<Json<Told>, Problem> {
    let person = let_in.person.clone();
    let reaches = move |conversation: &Conversation| person.reaches(&said::target(conversation));
    let by = (&let_in.person, &let_in.actor);
    let one = server.desk.move_cases(by, &cases, to, &reason, of, &reaches).await?;
    Ok(Json(told(&server, &one, language(&server, &let_in))))
}
