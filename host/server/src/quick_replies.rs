//! Quick replies: what the company shares for whoever attends, and what one says to the customer of a case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::QuickReplyError;
use domain::Time;
use domain::event::QuickReplyKept;
use domain::quick_reply::{Blanks, QuickReply};
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::conversations::{self, Teller};
use crate::let_in::LetIn;
use crate::routes::{About, Routes};

/// The routes of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/quick-replies", Action::ReadQuickReplies, all)
        .page(Page::new("The quick replies that the company shares, by name.").gives::<All>())
        .post("/api/v1/quick-replies", Action::KeepQuickReplies, keep)
        .page(
            Page::new(
                "Keep a quick reply: a new one, or another text for the one of that name. `{customer}`, `{agent}` and `{company}` are \
                 filled in where it is called up.",
            )
            .takes::<Kept>()
            .gives::<Shared>(),
        )
        .delete("/api/v1/quick-replies/{reply}", Action::KeepQuickReplies, forget)
        .page(Page::new("Drop a quick reply.").gives::<Dropped>())
        .get("/api/v1/conversations/{conversation}/quick-replies", Action::ReadQuickReplies, filled)
        .about(About::ConversationInPath)
        .page(
            Page::new("The quick replies for the case that you hold, in the customer's language and filled in.")
                .gives::<Filled>(),
        )
}

/// Quick replies.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuickReplies")]
struct All {
    /// In the order of their names.
    replies: Vec<Shared>,
}

/// A quick reply.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuickReply")]
pub(crate) struct Shared {
    /// By what it is called up.
    pub(crate) name: String,
    /// By language, as `es`.
    pub(crate) texts: BTreeMap<String, String>,
    /// For the cases of these queues; of all, if none is named.
    pub(crate) queues: BTreeSet<String>,
    /// Who wrote it, as `person/patricia`.
    pub(crate) by: String,
    /// When.
    #[schemars(with = "String")]
    pub(crate) at: Time,
}

/// A quick reply to be kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "QuickReplyKept")]
struct Kept {
    /// 1 to 40 small letters, digits and hyphens.
    name: String,
    /// By language, as `es`.
    texts: BTreeMap<String, String>,
    /// For the cases of these queues; of all, if none is named.
    #[serde(default)]
    queues: BTreeSet<String>,
}

/// That one is gone.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuickReplyDropped")]
struct Dropped {
    /// Which.
    name: String,
}

/// What can be said to a customer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuickRepliesFilled")]
struct Filled {
    /// In the order of their names.
    replies: Vec<Words>,
}

/// What one says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "QuickReplyFilled")]
struct Words {
    /// By what it is called up.
    name: String,
    /// What it says to this customer.
    text: String,
}

impl Shared {
    fn of(name: &str, reply: &QuickReply) -> Self {
        Self {
            name: name.to_owned(),
            texts: reply.texts.clone(),
            queues: reply.queues.iter().map(ToString::to_string).collect(),
            by: reply.by.clone(),
            at: reply.at,
        }
    }
}

impl From<QuickReplyError> for Problem {
    fn from(error: QuickReplyError) -> Self {
        let (status, kind) = match &error {
            QuickReplyError::Field { .. } => (StatusCode::UNPROCESSABLE_ENTITY, "not-a-quick-reply"),
            QuickReplyError::NotThere(_) => (StatusCode::NOT_FOUND, "not-there"),
            QuickReplyError::Desk(_) => (StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed"),
        };
        Self::new(status, kind, error.to_string())
    }
}

/// All of them, in the order of their names.
pub(crate) fn shared(server: &Server) -> Result<Vec<Shared>, Problem> {
    let known = server.desk.quick_replies().map_err(QuickReplyError::from)?;
    Ok(known.0.iter().map(|(name, reply)| Shared::of(name, reply)).collect())
}

async fn all(State(server): State<Arc<Server>>) -> Result<Json<All>, Problem> {
    Ok(Json(All { replies: shared(&server)? }))
}

async fn keep(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Kept { name, texts, queues }): Json<Kept>,
) -> Result<Json<Shared>, Problem> {
    let queues = queues.iter().map(|queue| queue.as_str().into()).collect();
    let kept = QuickReplyKept { name: name.clone(), texts, queues };
    server.desk.keep_quick_reply(let_in.actor(), kept).await?;
    let known = server.desk.quick_replies().map_err(QuickReplyError::from)?;
    let reply = known.0.get(&name).ok_or(QuickReplyError::NotThere(name.clone()))?;
    Ok(Json(Shared::of(&name, reply)))
}

async fn forget(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Dropped>, Problem> {
    server.desk.drop_quick_reply(let_in.actor(), &name).await?;
    Ok(Json(Dropped { name }))
}

async fn filled(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(name): Path<String>,
) -> Result<Json<Filled>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (_, conversation) = conversations::held(&server, &let_in.person, &name)?;
    let teller = Teller { server: &server, company: &company, person: &let_in.person };
    let customer = teller.customer(&conversation, true).map_err(conversations::desk)?;
    let of_customer = |field: &str| customer[field].as_str().unwrap_or_default();
    let queue = conversation.case.as_ref().and_then(|case| case.queue());
    let blanks =
        Blanks { customer: of_customer("name"), agent: &let_in.person.name, company: company.name() };
    let known = server.desk.quick_replies().map_err(QuickReplyError::from)?;
    let replies = known.0.iter().filter(|(_, reply)| reply.is_for(queue)).map(|(name, reply)| Words {
        name: name.clone(),
        text: reply.filled(of_customer("language"), blanks),
    });
    Ok(Json(Filled { replies: replies.collect() }))
}
