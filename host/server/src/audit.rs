//! What an auditor asks of the record, and what everybody may ask of their own.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use domain::audit::Mine;
use domain::event::CheckpointSigned;
use domain::law::language::Language;
use domain::raci::Raci;
use domain::raci::action::Action;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{OpenError, Store};

use crate::Server;
use crate::lines::Lines;
use crate::operator::Operator;
use crate::reading::{Reading, Wanted};
use crate::routes::{About, Routes};

/// Entries that are told where nobody says how many.
const SOME: usize = 50;

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

async fn checkpoint(State(server): State<Arc<Server>>) -> Answer {
    let outcome = taken(&server).await;
    let store = server.desk.store();
    let last = store.checkpoint()?;
    let standing = server.checkpoints.as_ref().map(governance::Checkpoints::standing).unwrap_or_default();
    Ok(Json(json!({
        "entries": store.record_size()?.entries,
        "size": last.as_ref().map(|last| last.size),
        "note": last.as_ref().map(|last| &last.note),
        "key": standing.key,
        "why": outcome.err(),
        "missing": standing.missing,
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prove {
    entry: u64,
}

/// A file that proves one entry to whoever has the signer's key (`c2sp.org/tlog-proof`).
async fn prove(State(server): State<Arc<Server>>, Json(Prove { entry }): Json<Prove>) -> Answer {
    let store = server.desk.store();
    let not_there = |words: String| Failed::Asked(StatusCode::NOT_FOUND, words);
    let index = store.record_index(entry)?;
    let index = index
        .ok_or_else(|| not_there(format!("`entry` is {entry}: no entry of the record has that number")))?;
    let mut last = store.checkpoint()?;
    if last.as_ref().is_none_or(|last| last.size <= index) {
        let outcome = taken(&server).await;
        let unsigned = |why| {
            Failed::Asked(StatusCode::CONFLICT, format!("nothing vouches for entry {entry} yet: {why}"))
        };
        last = Some(outcome.map_err(unsigned)?);
    }
    let last = last.filter(|last| last.size > index);
    let last = last.ok_or_else(|| {
        Failed::Asked(StatusCode::CONFLICT, format!("nothing vouches for entry {entry} yet"))
    })?;
    Ok(Json(json!({ "proof": proof(store, entry, index, &last)? })))
}

fn proof(store: &Store, seq: u64, index: u64, checkpoint: &CheckpointSigned) -> Result<String, Failed> {
    let gone = || Failed::Host(format!("entry {seq} is not in the journal"));
    let line = [format!("{seq} ").as_bytes(), &store.entry(seq)?.ok_or_else(gone)?].concat();
    let hashes = store.inclusion_proof(index, checkpoint.size)?;
    let hashes: String = hashes.iter().map(|hash| format!("{}\n", BASE64.encode(hash))).collect();
    let (line, note) = (BASE64.encode(&line), &checkpoint.note);
    Ok(format!("c2sp.org/tlog-proof@v1\nextra {line}\nindex {index}\n{hashes}\n{note}"))
}
