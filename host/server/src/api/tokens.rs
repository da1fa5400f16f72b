//! The tokens of a person, and of the programs that they answer for.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::Time;
use domain::access::Token;
use domain::id::{PersonId, TokenId};
use domain::raci::action::Action;
use governance::Summary;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::openapi::Page;
use super::problem::Problem;
use crate::Server;
use crate::let_in::LetIn;
use crate::routes::Routes;

pub(super) fn routes() -> Routes<Arc<Server>> {
    let own = Action::KeepOwnAccess;
    Routes::new()
        .get("/api/v1/me/tokens", own, tokens)
        .page(Page::new("Your tokens, and those of the programs that you answer for.").gives::<Tokens>())
        .post("/api/v1/me/tokens", own, issue_token)
        .page(
            Page::new("Issue a token. It can do what its person may and its scopes name.")
                .takes::<Wanted>()
                .gives::<Issued>()
                .once(),
        )
        .delete("/api/v1/me/tokens/{token}", own, revoke_token)
        .page(Page::new("Revoke a token."))
}

/// A token, without what it is kept as.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "Token")]
struct TokenTold {
    /// What it is called.
    token: String,
    /// Whose it is.
    person: String,
    /// What it is for.
    name: String,
    /// The tasks and actions that it is limited to.
    scopes: Vec<String>,
    /// Since when.
    issued: Time,
    /// Until when.
    until: Time,
    /// When it was used last, since the host was started.
    used: Option<Time>,
}

/// Tokens.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TokenList")]
struct Tokens {
    /// All that count.
    tokens: Vec<TokenTold>,
}

fn told(id: TokenId, person: &PersonId, token: Token, used: Option<Time>) -> TokenTold {
    let Token { name, scopes, issued, until, .. } = token;
    TokenTold { token: id.to_string(), person: person.to_string(), name, scopes, issued, until, used }
}

async fn tokens(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Tokens>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let me = &let_in.person.id;
    let programs = company.raci().people().iter().filter(|one| one.owner.as_ref() == Some(me));
    let mut tokens = Vec::new();
    for person in [me].into_iter().chain(programs.map(|program| &program.id)) {
        let Summary { access, tokens_used, .. } = server.people.summary(person)?;
        let used = |id: &TokenId| tokens_used.get(id).copied();
        tokens.extend(access.tokens.into_iter().map(|(id, token)| told(id, person, token, used(&id))));
    }
    Ok(Json(Tokens { tokens }))
}

/// A token that somebody wants.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TokenWanted")]
struct Wanted {
    /// What it is for, in 1 to 60 characters.
    name: String,
    /// The tasks (`monitor-sla`) and actions (`read-status`) that it is limited to: `x-scopes` of this document.
    scopes: Vec<String>,
    /// For how many days it counts: 1 to 366.
    days: i64,
    /// The program that it is for, if it is for one that you answer for.
    #[serde(default)]
    program: Option<String>,
}

/// A token that was issued.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "TokenIssued")]
struct Issued {
    /// What the program keeps and shows: `tml_…`. It is told once.
    secret: String,
    /// The token.
    #[serde(flatten)]
    token: TokenTold,
}

async fn issue_token(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Wanted { name, scopes, days, program }): Json<Wanted>,
) -> Result<Json<Issued>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (issuer, program) = (&let_in.person, program.as_deref().map(PersonId::from));
    let issued = server.people.issue_token(issuer, program.as_ref(), &name, scopes, days, company.raci());
    let (id, secret, token) = issued.await?;
    let whose = program.as_ref().unwrap_or(&issuer.id);
    Ok(Json(Issued { secret, token: told(id, whose, token, None) }))
}

async fn revoke_token(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(token): Path<String>,
) -> Result<StatusCode, Problem> {
    let token = token.parse().map_err(|_| governance::AccessError::NotThere)?;
    let company = Arc::clone(&server.desk.active().company);
    server.people.revoke_token(token, &let_in.person, company.raci()).await?;
    Ok(StatusCode::NO_CONTENT)
}
