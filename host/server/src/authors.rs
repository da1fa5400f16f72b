//! The authors of components: whose signatures the company knows, and whose it trusts no more.
//!
//! Knowing a key lets nothing run. It says to whoever signs a proposal who wrote what they sign, and one act stops all of it.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use desk::Signature;
use domain::Time;
use domain::author::{AuthorKey, AuthorKeyId};
use domain::raci::action::Action;
use domain::rule::book::Author;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::Paging;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::Routes;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/authors", Action::ReadAuthors, all)
        .post("/authors", Action::RegisterAuthor, register)
        .post("/authors/{key}/revoke", Action::RevokeAuthor, revoke)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/authors", Action::ReadAuthors, part)
        .page(Page::new("The authors whose signatures are known.").gives::<Part>().paged())
        .post("/api/v1/authors", Action::RegisterAuthor, register)
        .page(
            Page::new("Make an author's key known. It lets nothing run: from now on people read whose signature it is.")
                .takes::<Register>()
                .gives::<AuthorTold>(),
        )
        .post("/api/v1/authors/{key}/revoke", Action::RevokeAuthor, revoke)
        .page(
            Page::new("Trust a key no more. Every rule whose component was signed with it stops at once.")
                .takes::<Revoke>()
                .gives::<Stopped>(),
        )
}

/// An author.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct AuthorTold {
    /// By what the key is named: `nova.example+1a2b3c4d`.
    key: String,
    /// What signatures are checked with.
    verifier: String,
    /// Who that is, in words.
    who: String,
    /// Who registered them.
    by: String,
    /// When.
    #[schemars(with = "String")]
    at: Time,
    /// That the key is trusted no more: `by`, `at`, `why`.
    #[serde(skip_serializing_if = "Value::is_null")]
    revoked: Value,
}

impl From<&Author> for AuthorTold {
    fn from(author: &Author) -> Self {
        let Author { key, who, by, at, revoked } = author;
        Self {
            key: key.id().to_string(),
            verifier: key.to_string(),
            who: who.clone(),
            by: by.clone(),
            at: *at,
            revoked: json!(revoked),
        }
    }
}

/// That a component was signed.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct SignatureTold {
    /// With which key.
    key: String,
    /// Whose it is, if the key is registered and the signature holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<AuthorTold>,
}

impl From<Signature> for SignatureTold {
    fn from(signature: Signature) -> Self {
        Self { key: signature.key.to_string(), author: signature.author.as_ref().map(AuthorTold::from) }
    }
}

/// Some of the authors.
#[derive(Serialize, JsonSchema)]
struct Part {
    /// In the order of their keys' names.
    authors: Vec<AuthorTold>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

/// An author to be known.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Register {
    /// What their signatures are checked with, as `timonel plugin key` prints it.
    key: String,
    /// Who that is, in words.
    who: String,
}

/// Why a key is trusted no more.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Revoke {
    /// Kept with it.
    why: String,
}

/// What follows.
#[derive(Serialize, JsonSchema)]
struct Stopped {
    /// The generation of rules in which nothing of theirs runs.
    generation: u64,
}

fn list(server: &Server) -> Result<Vec<AuthorTold>, Problem> {
    Ok(server.desk.authors()?.iter().map(AuthorTold::from).collect())
}

async fn all(State(server): State<Arc<Server>>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "authors": list(&server)? })))
}

async fn part(
    State(server): State<Arc<Server>>,
    Query(paging): Query<Paging>,
) -> Result<Json<Part>, Problem> {
    let (authors, next) = paging.part(list(&server)?, |one| one.key.clone());
    Ok(Json(Part { authors, next }))
}

async fn register(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Register>,
) -> Result<Json<AuthorTold>, Problem> {
    let key: AuthorKey = asked.key.parse().map_err(|error| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-rule", format!("`key`: {error}"))
    })?;
    let author = server.desk.register_author(let_in.actor(), key, &asked.who).await?;
    Ok(Json(AuthorTold::from(&author)))
}

async fn revoke(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(key): Path<String>,
    Json(asked): Json<Revoke>,
) -> Result<Json<Stopped>, Problem> {
    let key = AuthorKeyId::from(key.as_str());
    Ok(Json(Stopped { generation: server.desk.revoke_author(let_in.actor(), &key, &asked.why).await? }))
}
