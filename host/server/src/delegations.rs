//! People lend their word on rows of the matrix to each other, and have it back.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use domain::Time;
use domain::id::{LoanId, PersonId};
use domain::raci::action::Action;
use domain::raci::letters::Letters;
use domain::raci::person::Target;
use domain::raci::task::Task;
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
        .get("/delegations", Action::ReadDelegations, all)
        .post("/delegations", Action::DelegateWord, lend)
        .post("/delegations/{delegation}/end", Action::DelegateWord, end)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/delegations", Action::ReadDelegations, part)
        .page(Page::new("Whose word is lent to whom at this moment: those of your rows, and your own.").gives::<Part>().paged())
        .post("/api/v1/delegations", Action::DelegateWord, lend)
        .page(
            Page::new("Lend your word on rows for which you answer (A) to a colleague, until a moment within the next 30 days.")
                .takes::<Lend>()
                .gives::<Lent>(),
        )
        .post("/api/v1/delegations/{delegation}/end", Action::DelegateWord, end)
        .page(Page::new("End a delegation before its time: whoever lent it or was lent it, or who manages access."))
}

/// A word that is lent.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct Delegation {
    /// What it is called.
    delegation: String,
    /// Whose word.
    from: String,
    /// To whom.
    to: String,
    /// On which rows.
    tasks: Vec<String>,
    /// Since when.
    #[schemars(with = "String")]
    since: Time,
    /// Until when: at this moment it counts no more.
    #[schemars(with = "String")]
    until: Time,
}

/// Some of them.
#[derive(Serialize, JsonSchema)]
struct Part {
    /// In the order of their names.
    delegations: Vec<Delegation>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

/// A word to be lent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Lend {
    /// To whom: their name in the matrix.
    to: String,
    /// On which rows, as `["approve-campaigns"]`.
    tasks: BTreeSet<String>,
    /// Until when.
    #[schemars(with = "String")]
    until: Time,
}

/// That it is lent.
#[derive(Serialize, JsonSchema)]
struct Lent {
    /// What the delegation is called.
    delegation: String,
}

/// What somebody may know: what is theirs, and what is of a row that says anything of them.
fn list(server: &Server, let_in: &LetIn) -> Result<Vec<Delegation>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (person, raci) = (&let_in.person, company.raci());
    let any = Letters::RA | Letters::C | Letters::I;
    let of_a_row = |task: &Task| !person.external && raci.letters(person, *task).has(any);
    let mut loans = server.people.loans()?;
    loans.retain(|(from, _, loan)| {
        *from == person.id || loan.to == person.id || loan.tasks.iter().any(of_a_row)
    });
    let told = loans.into_iter().map(|(from, id, loan)| Delegation {
        delegation: id.to_string(),
        from: from.to_string(),
        to: loan.to.to_string(),
        tasks: loan.tasks.iter().map(|task| task.word()).collect(),
        since: loan.since,
        until: loan.until,
    });
    let mut told: Vec<Delegation> = told.collect();
    told.sort_by(|a, b| a.delegation.cmp(&b.delegation));
    Ok(told)
}

async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({ "delegations": list(&server, &let_in)? })))
}

async fn part(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(paging): Query<Paging>,
) -> Result<Json<Part>, Problem> {
    let (delegations, next) = paging.part(list(&server, &let_in)?, |one| one.delegation.clone());
    Ok(Json(Part { delegations, next }))
}

async fn lend(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Lend>,
) -> Result<(StatusCode, Json<Lent>), Problem> {
    let known = |word: &String| Task::ALL.into_iter().find(|task| task.word() == *word);
    let tasks = asked.tasks.iter().map(|word| known(word).ok_or(word)).collect::<Result<BTreeSet<_>, _>>();
    let tasks = tasks.map_err(|word| {
        let known = Task::ALL.map(Task::word).join(", ");
        let words = format!("`tasks`: `{word}` is no row of the matrix, which are {known}");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-a-delegation", words)
    })?;
    let company = Arc::clone(&server.desk.active().company);
    let to = PersonId::from(asked.to);
    let lent =
        server.people.lend(&let_in.person, &to, tasks, asked.until, let_in.actor(), company.raci()).await?;
    Ok((StatusCode::OK, Json(Lent { delegation: lent.to_string() })))
}

async fn end(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(delegation): Path<String>,
) -> Result<StatusCode, Problem> {
    let loan: LoanId = delegation.parse().map_err(|_| governance::AccessError::NotThere)?;
    let company = Arc::clone(&server.desk.active().company);
    let manages = company.raci().may(&let_in.person, Action::ChangeAccess, &Target::default()).is_ok();
    server.people.end_loan(loan, &let_in.person.id, manages, let_in.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
