//! Templates, as an operator manages them through the socket.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::{TemplateError, TemplateWish, Which};
use domain::law::language::Language;
use domain::raci::action::Action;
use domain::templates::{Template, offerable};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use whatsapp::{CallError, TemplateForm};

use crate::Server;
use crate::api::Paging;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::media::refusal;
use crate::proposals::{self, Change};
use crate::routes::Routes;

/// The routes of the socket.
pub(crate) fn routes() -> Routes<Arc<Server>> {
    let routes = Routes::new().get("/templates", Action::ReadTemplates, list);
    routes.post("/templates", Action::ChangeTemplates, wish)
}

/// The same of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/templates", Action::ReadTemplates, part)
        .page(Page::new("The templates, and which are offered.").gives::<Part>().paged())
        .post("/api/v1/templates", Action::ChangeTemplates, wish)
        .page(
            Page::new(
                "Look at the account, or make, change or delete a template: what Meta takes is under way, or a proposal.",
            )
            .takes::<Asked>()
            .gives::<Value>()
            .may_wait(),
        )
}

/// What an operator wants of templates.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "kebab-case")]
#[schemars(rename = "TemplateWish")]
enum Wish {
    Sync {
        account: Option<String>,
    },
    Create {
        account: Option<String>,
        #[schemars(with = "BTreeMap<String, Value>")]
        form: TemplateForm,
    },
    Edit {
        account: Option<String>,
        #[schemars(with = "BTreeMap<String, Value>")]
        form: TemplateForm,
    },
    Delete(Named),
    Unpause(Named),
    Accept(Named),
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TemplateNamed")]
struct Named {
    account: Option<String>,
    name: String,
    language: Option<String>,
}

/// What is wanted, and why: where people are described, others have to agree first.
#[derive(Deserialize, JsonSchema)]
struct Asked {
    #[serde(flatten)]
    wish: Wish,
    /// Why: needed to make, to change and to delete one where others have to agree.
    #[serde(default)]
    reason: String,
}

impl From<Wish> for TemplateWish {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Sync { account } => Self::Sync { account },
            Wish::Create { account, form } => Self::Create { account, form },
            Wish::Edit { account, form } => Self::Edit { account, form },
            Wish::Delete(named) => Self::Delete(named.into()),
            Wish::Unpause(named) => Self::Unpause(named.into()),
            Wish::Accept(named) => Self::Accept(named.into()),
        }
    }
}

impl From<Named> for Which {
    fn from(named: Named) -> Self {
        Self { account: named.account, name: named.name, language: named.language }
    }
}

async fn list(State(server): State<Arc<Server>>) -> Response {
    match server.desk.templates() {
        Ok(templates) => {
            let all: Vec<Value> = templates.iter().map(told).collect();
            Json(json!({"templates": all})).into_response()
        }
        Err(error) => refused(&error),
    }
}

/// Some of the templates.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TemplatePage")]
struct Part {
    /// In the order of their accounts, names and languages: with `status`, `category`, `quality`, `components`, and whether
    /// and as what they are offered.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    templates: Vec<Value>,
    /// `after` of the next page, if there is one.
    next: Option<String>,
}

async fn part(State(server): State<Arc<Server>>, Query(paging): Query<Paging>) -> Response {
    let mut templates = match server.desk.templates() {
        Ok(templates) => templates,
        Err(error) => return refused(&error),
    };
    let key = |one: &Template| format!("{}/{}/{}", one.account, one.template.name, one.template.language);
    templates.sort_by_key(key);
    let (part, next) = paging.part(templates, key);
    Json(Part { templates: part.iter().map(told).collect(), next }).into_response()
}

/// A template, and whether it is offered: the words are for people, in their three languages.
fn told(template: &Template) -> Value {
    let offered = offerable(template);
    let why = offered.as_ref().err().map(|why| {
        let words = |language| why.words(language);
        json!({"es": words(Language::Es), "pt": words(Language::Pt), "en": words(Language::En)})
    });
    json!({
        "account": template.account,
        "id": template.template.id,
        "name": template.template.name,
        "language": template.template.language,
        "status": template.status.word,
        "status-told-at": template.status.at,
        "reason": template.reason,
        "quality": template.quality.word,
        "category": template.category.word,
        "category-told-at": template.category.at,
        "coming-category": template.coming,
        "components": template.components,
        "offered-as": offered.ok(),
        "not-offered-because": why,
    })
}

async fn wish(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(asked): Json<Asked>,
) -> Result<Response, Problem> {
    let wish = TemplateWish::from(asked.wish);
    if wish.is_change()
        && let Some(proposed) =
            proposals::instead(&server, &let_in, Change::Template(wish.clone()), &asked.reason).await?
    {
        return Ok(proposed);
    }
    Ok(match server.desk.wish_template(let_in.actor(), wish).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => refused(&error),
    })
}

fn refused(error: &TemplateError) -> Response {
    let status = match error {
        TemplateError::Invalid(_) | TemplateError::Account { .. } | TemplateError::Language(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        TemplateError::Why(_) => StatusCode::NOT_FOUND,
        TemplateError::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
        // Meta's "invalid parameter": what is wrong is in what was asked.
        TemplateError::Call(CallError::Refused { code: 100, .. }) => StatusCode::UNPROCESSABLE_ENTITY,
        TemplateError::Call(_) | TemplateError::NoToken => StatusCode::BAD_GATEWAY,
        TemplateError::Desk(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    refusal(status, error)
}
