//! What an operator does about the data of one person: who it is, hand it out, keep it, forget it.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{Cause, DeskError, ErasureError, Glimpse, Named, OfContact};
use domain::Time;
use domain::contact::Hold;
use domain::id::{ContactId, NumberId};
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::proposals::{self, Change};
use crate::routes::{About, Routes};

/// How long a command waits until the raw bodies of the last days are gone, too. What is left is a chore of the host.
const PATIENCE: Duration = Duration::from_secs(20);

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post("/contacts/about", Action::FindContact, about)
        .about(About::ContactInBody)
        .post("/contacts/erase", Action::EraseContacts, erase)
        .about(About::ContactInBody)
        .post("/contacts/export", Action::ExportContact, export)
        .about(About::ContactInBody)
        .post("/contacts/hold", Action::HoldContact, hold)
        .about(About::ContactInBody)
        .post("/contacts/release", Action::HoldContact, release)
        .about(About::ContactInBody)
        .post("/contacts/retention", Action::EraseContacts, retention)
}

/// The same of the API, as far as it makes sense from afar.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .post("/api/v1/contacts/find", Action::FindContact, about)
        .about(About::ContactInBody)
        .page(Page::new("Find out whether somebody is a customer.").takes::<Asked>().gives::<Known>())
        .post("/api/v1/contacts/hold", Action::HoldContact, hold)
        .about(About::ContactInBody)
        .page(Page::new("Keep a contact from being erased.").takes::<Asked>().gives::<Held>())
        .post("/api/v1/contacts/release", Action::HoldContact, release)
        .about(About::ContactInBody)
        .page(Page::new("End the duty to keep a contact.").takes::<Asked>().gives::<Held>())
}

/// One person, named in one of three ways, and on what ground something is to be done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "ContactNamed")]
pub(crate) struct Asked {
    phone: Option<String>,
    user_id: Option<String>,
    /// With or without `contact/` in front.
    id: Option<String>,
    #[serde(default)]
    pub(crate) reason: String,
}

impl Asked {
    pub(crate) fn contact(&self, server: &Server) -> Result<ContactId, Failed> {
        let named = match (&self.phone, &self.user_id, &self.id) {
            (Some(phone), None, None) => Named::Phone(phone.clone()),
            (None, Some(id), None) => Named::UserId(id.clone()),
            (None, None, Some(text)) => {
                let id = text.strip_prefix("contact/").unwrap_or(text).parse();
                Named::Id(id.map_err(|error| Failed::Asked(format!("`id`: {error}")))?)
            }
            _ => return Err(Failed::Asked("one of `phone`, `user-id` and `id` was expected".to_owned())),
        };
        Ok(server.desk.find(&named)?)
    }
}

/// Why something was not done.
pub(crate) enum Failed {
    /// The request makes no sense.
    Asked(String),
    /// The desk said no.
    Desk(ErasureError),
    /// It could not be proposed.
    Proposal(Box<Problem>),
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Proposal(Box::new(problem))
    }
}

impl From<ErasureError> for Failed {
    fn from(error: ErasureError) -> Self {
        Self::Desk(error)
    }
}

impl From<DeskError> for Failed {
    fn from(error: DeskError) -> Self {
        Self::Desk(error.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let (status, words) = match self {
            Self::Proposal(problem) => return problem.into_response(),
            Self::Asked(words) => (StatusCode::BAD_REQUEST, words),
            Self::Desk(error) => {
                let status = match &error {
                    ErasureError::NoContact => StatusCode::NOT_FOUND,
                    ErasureError::Already(_)
                    | ErasureError::Held(_)
                    | ErasureError::Active
                    | ErasureError::NotHeld => StatusCode::CONFLICT,
                    ErasureError::NoReason | ErasureError::ReasonNames(_) => StatusCode::BAD_REQUEST,
                    ErasureError::Desk(_) => StatusCode::INTERNAL_SERVER_ERROR,
                };
                (status, error.to_string())
            }
        };
        (status, Json(json!({ "error": words }))).into_response()
    }
}

type Answer = Result<Json<Value>, Failed>;

/// What there is of a contact.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ContactFound")]
struct Known {
    /// The host's own name of it.
    #[schemars(with = "String")]
    contact: ContactId,
    /// The first letters of the name, as `L••• P•••`; empty if there is none.
    name: String,
    /// The last four digits of the phone, if there is one.
    phone: Option<String>,
    /// Since when.
    since: Option<Time>,
    /// Why it must not be erased, if it must not.
    #[schemars(with = "Value")]
    held: Option<Hold>,
    /// The numbers of the company that it wrote to.
    #[schemars(with = "Vec<String>")]
    conversations: Vec<NumberId>,
    /// When something was said last.
    last_activity: Option<Time>,
}

/// Whether a contact must not be erased.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ContactHeld")]
struct Held {
    /// Which.
    #[schemars(with = "String")]
    contact: ContactId,
    /// Whether.
    held: bool,
}

/// What there is of a contact, masked: enough to know whether it is the right one.
async fn about(State(server): State<Arc<Server>>, Json(asked): Json<Asked>) -> Result<Json<Known>, Failed> {
    let contact = asked.contact(&server)?;
    let store = server.desk.store();
    let failed = |error| Failed::from(DeskError::from(error));
    let (_, known) = store.contact(contact).map_err(failed)?;
    let known = known.ok_or(Failed::Desk(ErasureError::NoContact))?;
    let conversations = store.conversations_of(contact).map_err(failed)?;
    let Glimpse { name, phone } = server.desk.glimpse(contact)?;
    Ok(Json(Known {
        contact,
        name,
        phone,
        since: known.since,
        held: known.hold,
        conversations: conversations.into_iter().map(|(number, _)| number).collect(),
        last_activity: server.desk.last_activity(contact)?,
    }))
}

async fn erase(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<Response, Failed> {
    let contact = asked.contact(&server)?;
    let change = Change::Erasure(OfContact { contact });
    if let Some(proposed) = proposals::instead(&server, &let_in, change, &asked.reason).await? {
        return Ok(proposed);
    }
    let cause = Cause { reason: asked.reason, term: None };
    let erased = server.desk.erase(contact, &cause, &let_in.actor()).await?;
    let gone = server.desk.forget_bodies(PATIENCE).await?;
    Ok(Json(json!({
        "contact": erased.contact,
        "conversations": erased.conversations,
        "cancelled": erased.cancelled,
        "raw-bodies-gone": gone,
    }))
    .into_response())
}

/// Hands out a contact's data. Where others have to agree, whoever asked proposes it, and asks again when they have: the
/// data itself is in no proposal.
async fn export(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<Response, Failed> {
    let contact = asked.contact(&server)?;
    let approved = proposals::approved_export(&server, &let_in, contact)?;
    let Some(approved) = approved else {
        let change = Change::Export(OfContact { contact });
        if let Some(proposed) = proposals::instead(&server, &let_in, change, &asked.reason).await? {
            return Ok(proposed);
        }
        return Ok(Json(server.desk.export(contact, &let_in.actor()).await?).into_response());
    };
    let proposals = server.desk.proposals();
    if proposals.begin(approved).await.map_err(Problem::from)?.is_none() {
        return Err(Failed::Asked("somebody takes this export already".to_owned()));
    }
    // Whoever hangs up meanwhile had it all the same: it ends, and is asked for again.
    let (desk, actor) = (server.desk.clone(), let_in.actor());
    let act = store::cause();
    let exporting = async move {
        let exported = desk.export(contact, &actor).await;
        let ended = exported.as_ref().map(|_| domain::json::Json::default()).map_err(ToString::to_string);
        (exported, desk.proposals().end(approved, ended).await)
    };
    let exporting = match act {
        Some(act) => tokio::spawn(store::because_of(act, exporting)),
        None => tokio::spawn(exporting),
    };
    let (exported, ended) = exporting.await.map_err(|_| DeskError::Stopping)?;
    ended.map_err(Problem::from)?;
    Ok(Json(exported?).into_response())
}

async fn hold(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<Json<Held>, Failed> {
    let contact = asked.contact(&server)?;
    server.desk.hold(contact, &asked.reason, &let_in.actor()).await?;
    Ok(Json(Held { contact, held: true }))
}

async fn release(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<Json<Held>, Failed> {
    let contact = asked.contact(&server)?;
    server.desk.release(contact, &asked.reason, &let_in.actor()).await?;
    Ok(Json(Held { contact, held: false }))
}

/// Whether to forget whose term is over, or only to say who that is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Retain {
    dry_run: bool,
}

async fn retention(State(server): State<Arc<Server>>, let_in: LetIn, Json(asked): Json<Retain>) -> Answer {
    let desk = server.desk.clone();
    let due = tokio::task::spawn_blocking(move || desk.retention_due()).await;
    let due = due.map_err(|_| DeskError::Stopping)??;
    let Some(due) = due else {
        let words =
            "no policy says for how long contacts are kept: set `contacts` in [company.retention], as \"5y\"";
        return Err(Failed::Asked(words.to_owned()));
    };
    let erased = if asked.dry_run { 0 } else { server.desk.retain(&due, &let_in.actor()).await? };
    let expired = due.expired.iter().map(|expired| {
        json!({ "contact": expired.contact, "last-activity": expired.last_activity, "held": expired.held })
    });
    Ok(Json(json!({
        "policy": due.policy,
        "before": due.before,
        "contacts": due.of,
        "due": due.count(),
        "expired": expired.collect::<Vec<_>>(),
        "erased": erased,
    })))
}
