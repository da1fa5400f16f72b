//! What an auditor asks of the record, and what everybody may ask of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use domain::audit::Mine;
use domain::event::CheckpointSigned;
use domain::law::language::Language;
use domain::raci::Raci;
use domain::raci::action::Action;
use domain::raci::person::Person;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{OpenError, Store};

use crate::Server;
use crate::api::openapi::Page;
use crate::let_in::LetIn;
use crate::lines::Lines;
use crate::operator::Operator;
use crate::reading::{Reading, Wanted};
use crate::routes::{About, Routes};

/// Entries that are told where nobody says how many.
const SOME: usize = 50;

/// Entries that are told from afar at most.
const MOST: usize = 500;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post("/audit/list", Action::ReadAudit, list)
        .post("/audit/mine", Action::ReadOwnRecord, mine)
        .get("/audit/export", Action::ReadAudit, export)
        .post("/audit/checkpoint", Action::ReadAudit, checkpoint)
        .post("/audit/prove", Action::ReadAudit, prove)
        .about(About::EntryInBody)
}

/// What makes sense of it from afar.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/audit/entries", Action::ReadAudit, entries)
        .page(
            Page::new("The last entries of the record, oldest first.")
                .asks(&[
                    ("who", "Of a person, an account, an agent or a rule."),
                    ("what", "Of an action or of a kind of event, or what an entry says in your language."),
                    ("about", "On `contact/…`, `conversation/…`, or a number of the company."),
                    ("since", "Not older than this moment."),
                    ("until", "Older than this moment."),
                    ("before", "Older than this entry."),
                    ("limit", "At most so many: 50 if absent, and no more than 500."),
                ])
                .gives::<Entries>(),
        )
        .get("/api/v1/audit/entries/{entry}/proof", Action::ReadAudit, proof_of)
        .page(
            Page::new("A file that proves one entry to whoever has the signer's key (c2sp.org/tlog-proof).")
                .gives_bytes(),
        )
        .post("/api/v1/audit/checkpoint", Action::ReadAudit, checkpoint)
        .page(
            Page::new("Have the record signed now, and read how far it is vouched for.")
                .gives::<Checkpoint>(),
        )
}

/// Why an auditor gets no answer.
enum Failed {
    /// The request makes no sense, or not now.
    Asked(StatusCode, String),
    /// The host failed.
    Host(String),
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let (status, words) = match self {
            Self::Asked(status, words) => (status, words),
            Self::Host(words) => (StatusCode::INTERNAL_SERVER_ERROR, words),
        };
        (status, Json(json!({ "error": words }))).into_response()
    }
}

impl<E: Into<OpenError>> From<E> for Failed {
    fn from(error: E) -> Self {
        Self::Host(error.into().to_string())
    }
}

type Answer = Result<Json<Value>, Failed>;

/// Entries of the record.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditEntries")]
struct Entries {
    /// Each with `entry`, `time`, `who`, `name`, `kind`, `what`, and where there is any `about`, `act`, `cause`, `before`.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    entries: Vec<Value>,
}

/// How far the record is vouched for.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AuditCheckpoint")]
pub(crate) struct Checkpoint {
    /// How many entries there are.
    pub(crate) entries: u64,
    /// How many of them the last checkpoint is over.
    pub(crate) size: Option<u64>,
    /// The checkpoint, as it was signed.
    pub(crate) note: Option<String>,
    /// The signer's key.
    pub(crate) key: Option<String>,
    /// Why none was signed now, if none was.
    pub(crate) why: Option<String>,
    /// The places that do not have the last checkpoint, and what they said.
    pub(crate) missing: BTreeMap<String, String>,
}

/// The language that whoever asks is spoken to.
fn language(server: &Server, operator: &Operator) -> Language {
    let company = &server.desk.active().company;
    let person = company.raci().person(&operator.account);
    person.map_or(company.own_language(), |person| person.language(company.own_language()))
}

async fn read(work: impl FnOnce() -> Result<Vec<Value>, OpenError> + Send + 'static) -> Answer {
    let read = tokio::task::spawn_blocking(work).await;
    let entries = read.map_err(|_| Failed::Host("the host is stopping".to_owned()))??;
    Ok(Json(json!({ "entries": entries })))
}

async fn list(
    State(server): State<Arc<Server>>,
    ConnectInfo(operator): ConnectInfo<Operator>,
    Json(wanted): Json<Wanted>,
) -> Answer {
    let (language, store) = (language(&server, &operator), server.desk.store().clone());
    let company = Arc::clone(&server.desk.active().company);
    read(move || Reading { store: &store, company: &company, language }.last(&wanted, SOME)).await
}

/// How much of one's own record.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    limit: Option<usize>,
}

async fn mine(
    State(server): State<Arc<Server>>,
    ConnectInfo(operator): ConnectInfo<Operator>,
    Json(own): Json<Own>,
) -> Answer {
    let (language, store) = (language(&server, &operator), server.desk.store().clone());
    let company = Arc::clone(&server.desk.active().company);
    let person = company.raci().person(&operator.account).cloned();
    let person = person.unwrap_or_else(|| Raci::alone(&operator.account));
    let mine = Mine::of(&person.id, Some(&operator.account));
    let limit = own.limit.unwrap_or(SOME);
    read(move || Reading { store: &store, company: &company, language }.of(mine, limit)).await
}

#[derive(Deserialize)]
struct Export {
    entries: u64,
}

async fn export(State(server): State<Arc<Server>>, Query(asked): Query<Export>) -> Result<Response, Failed> {
    let store = server.desk.store();
    let there = store.record_size()?.entries;
    if asked.entries > there {
        let words = format!("`entries` is {}: the record has {there}", asked.entries);
        return Err(Failed::Asked(StatusCode::BAD_REQUEST, words));
    }
    let lines = Lines::of(store.clone(), asked.entries);
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], Body::new(lines)).into_response())
}

/// Has a checkpoint signed, and says why there is none if there is none.
async fn taken(server: &Server) -> Result<CheckpointSigned, String> {
    match &server.checkpoints {
        Some(checkpoints) => checkpoints.take().await,
        None => Err(
            "nobody signs the record of this host: set `signer` in [audit] to the socket of an audit-signer"
                .into(),
        ),
    }
}

/// How far the record is vouched for; `why` says what kept it from being signed.
pub(crate) fn standing(server: &Server, why: Option<String>) -> Result<Checkpoint, OpenError> {
    let store = server.desk.store();
    let last = store.checkpoint()?;
    let standing = server.checkpoints.as_ref().map(governance::Checkpoints::standing).unwrap_or_default();
    Ok(Checkpoint {
        entries: store.record_size()?.entries,
        size: last.as_ref().map(|last| last.size),
        note: last.map(|last| last.note),
        key: standing.key,
        why: why.or(standing.unsigned),
        missing: standing.missing,
    })
}

async fn checkpoint(State(server): State<Arc<Server>>) -> Result<Json<Checkpoint>, Failed> {
    let outcome = taken(&server).await;
    Ok(Json(standing(&server, outcome.err())?))
}

/// The last entries that somebody wants, as they read them.
pub(crate) fn last(server: &Server, person: &Person, wanted: &Wanted) -> Result<Vec<Value>, OpenError> {
    let company = Arc::clone(&server.desk.active().company);
    let language = person.language(company.own_language());
    Reading { store: server.desk.store(), company: &company, language }.last(wanted, SOME)
}

async fn entries(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(mut wanted): Query<Wanted>,
) -> Result<Json<Entries>, Failed> {
    wanted.limit = Some(wanted.limit.unwrap_or(SOME).min(MOST));
    let read = tokio::task::spawn_blocking(move || last(&server, &let_in.person, &wanted)).await;
    let entries = read.map_err(|_| Failed::Host("the host is stopping".to_owned()))??;
    Ok(Json(Entries { entries }))
}

async fn proof_of(State(server): State<Arc<Server>>, Path(entry): Path<String>) -> Result<Response, Failed> {
    let entry = entry.parse().map_err(|_| {
        Failed::Asked(StatusCode::NOT_FOUND, format!("`{entry}` is no number of an entry of the record"))
    })?;
    let told = proved(&server, entry).await?;
    let kept = format!("attachment; filename=\"timonel-{entry}.tlog-proof\"");
    let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned());
    Ok(([kind, (header::CONTENT_DISPOSITION, kept)], told).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prove {
    entry: u64,
}

/// A file that proves one entry to whoever has the signer's key (`c2sp.org/tlog-proof`).
async fn prove(State(server): State<Arc<Server>>, Json(Prove { entry }): Json<Prove>) -> Answer {
    Ok(Json(json!({ "proof": proved(&server, entry).await? })))
}

async fn proved(server: &Server, entry: u64) -> Result<String, Failed> {
    let store = server.desk.store();
    let not_there = |words: String| Failed::Asked(StatusCode::NOT_FOUND, words);
    let index = store.record_index(entry)?;
    let index = index
        .ok_or_else(|| not_there(format!("`entry` is {entry}: no entry of the record has that number")))?;
    let mut last = store.checkpoint()?;
    if last.as_ref().is_none_or(|last| last.size <= index) {
        let outcome = taken(server).await;
        let unsigned = |why| {
            Failed::Asked(StatusCode::CONFLICT, format!("nothing vouches for entry {entry} yet: {why}"))
        };
        last = Some(outcome.map_err(unsigned)?);
    }
    let last = last.filter(|last| last.size > index);
    let last = last.ok_or_else(|| {
        Failed::Asked(StatusCode::CONFLICT, format!("nothing vouches for entry {entry} yet"))
    })?;
    proof(store, entry, index, &last)
}

fn proof(store: &Store, seq: u64, index: u64, checkpoint: &CheckpointSigned) -> Result<String, Failed> {
    let gone = || Failed::Host(format!("entry {seq} is not in the journal"));
    let line = [format!("{seq} ").as_bytes(), &store.entry(seq)?.ok_or_else(gone)?].concat();
    let hashes = store.inclusion_proof(index, checkpoint.size)?;
    let hashes: String = hashes.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
    let (line, note) = (BASE64.encode(&line), &checkpoint.note);
    Ok(format!("c2sp.org/tlog-proof@v1\nextra {line}\nindex {index}\n{hashes}\n{note}"))
}
