//! A plugin tried on an invented conversation, by whoever may see the plugin: its author, and whoever the row of rules says anything of.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use desk::{Invented, Said};
use domain::raci::action::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::routes::Routes;
use crate::rules::may_see_plugin;

/// The route of the API.
pub(crate) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new().post("/api/v1/plugins/{plugin}/tries", Action::TryPlugin, tried).page(
        Page::new("Ask a plugin about a conversation that never was: what it says, wants done, and logs. Nothing of it is done.")
            .takes::<Try>()
            .gives::<Tried>(),
    )
}

/// What is tried.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PluginTry")]
struct Try {
    /// What the plugin reads; its own example if absent.
    settings: Option<Map<String, Value>>,
    /// What the invented customer writes, one message after the other.
    messages: Vec<String>,
    /// The language that is spoken with them; the company's if absent.
    language: Option<String>,
}

/// What came of it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PluginTried")]
struct Tried {
    /// Message by message.
    said: Vec<SaidTold>,
}

/// What a plugin said to a message.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PluginSaid")]
struct SaidTold {
    /// The message.
    message: String,
    /// As what it was asked: `routing` or `responding`.
    kind: String,
    /// How that ended: `is`, and what belongs to it.
    outcome: Value,
    /// Where the case would go: `queue`, `skills`, `priority`.
    #[serde(skip_serializing_if = "Value::is_null")]
    place: Value,
    /// Why, in its own words; the text of the fault if it failed.
    reason: String,
    /// What it wanted done, and was not.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    effects: Vec<Value>,
    /// What it left in its log: `level`, `text`.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    log: Vec<Value>,
    /// The functions of the host that it called, and how often.
    calls: BTreeMap<String, u32>,
    /// What it computed, in units of fuel.
    fuel: u64,
    /// Microseconds that it took.
    micros: u64,
}

impl From<Said> for SaidTold {
    fn from(said: Said) -> Self {
        let Said { message, kind, outcome, place, reason, effects, log, calls, fuel, micros } = said;
        Self {
            message,
            kind: kind.to_string(),
            outcome: json!(outcome),
            place: json!(place),
            reason,
            effects: effects.iter().map(|effect| json!(effect)).collect(),
            log: log.iter().map(|line| json!(line)).collect(),
            calls,
            fuel,
            micros,
        }
    }
}

async fn tried(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Path(plugin): Path<String>,
    Json(asked): Json<Try>,
) -> Result<Json<Tried>, Problem> {
    let Try { settings, messages, language } = asked;
    if !may_see_plugin(&server, &let_in, &plugin)? {
        let words =
            "there is no such plugin, or it is not yours: `GET /plugins` shows those that you may see";
        return Err(Problem::new(StatusCode::NOT_FOUND, "not-there", words));
    }
    let told = tokio::task::spawn_blocking(move || {
        let company = Arc::clone(&server.desk.active().company);
        let settings = match settings {
            Some(settings) => Value::Object(settings).to_string(),
            None => server.desk.plugin(&plugin)?.description.example_settings.clone(),
        };
        let language = language.unwrap_or_else(|| company.own_language().code().to_owned());
        server.desk.invent(&plugin, &Invented { settings, messages, language })
    });
    let said = told.await.map_err(|_| Problem::of(StatusCode::SERVICE_UNAVAILABLE))??;
    Ok(Json(Tried { said: said.into_iter().map(SaidTold::from).collect() }))
}
