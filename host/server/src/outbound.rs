//! What an operator asks of sending: to pause, to resume, to say what is stopped and why.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::DeskError;
use domain::id::NumberId;
use domain::stops::{Call, Scope, Stop};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::Server;
use crate::let_in::LetIn;
use crate::reading::named;

/// To let nothing leave.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pause {
    /// From which number; from any if absent.
    #[schemars(with = "Option<String>")]
    number: Option<NumberId>,
    /// Why, for colleagues.
    reason: String,
}

/// To let it leave again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resume {
    /// From which number; from all if absent.
    #[schemars(with = "Option<String>")]
    number: Option<NumberId>,
}

/// What does not leave.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Sending")]
pub(crate) struct Told {
    /// Whether what was asked changed anything; null where nothing was asked.
    changed: Option<bool>,
    /// What is stopped: `scope`, `traffic`, `why`, `by`, `who` that is by name, `number` by name, `since`, and Meta's `code` if that is why.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    stopped: Vec<Stopped>,
    /// What a person is called for: `number`, `code`, `why`, `since`.
    #[schemars(with = "Vec<BTreeMap<String, Value>>")]
    calls: Vec<Call>,
}

/// Something that is stopped, and who did it as colleagues call them.
#[derive(Serialize)]
struct Stopped {
    #[serde(flatten)]
    stop: Stop,
    who: String,
    /// What people call the number, if it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

/// What does not leave, and what a person is called for.
pub(crate) async fn state(State(server): State<Arc<Server>>) -> Response {
    told(&server, None, None)
}

/// Lets nothing leave, from now on.
pub(crate) async fn pause(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Pause { number, reason }): Json<Pause>,
) -> Response {
    if reason.trim().is_empty() {
        let error = json!({"error": "`reason` is empty: colleagues will want to know why nothing is sent"});
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response();
    }
    let acted = server.desk.pause(let_in.actor(), number.clone(), reason).await;
    told(&server, number.as_ref(), Some(acted))
}

/// Lets it leave again.
pub(crate) async fn resume(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Json(Resume { number }): Json<Resume>,
) -> Response {
    let acted = server.desk.resume(let_in.actor(), number.clone()).await;
    told(&server, number.as_ref(), Some(acted))
}

/// The state after an act; `acted` says whether it changed anything. Who acted on one number, and perhaps reaches no other,
/// is told of that one.
fn told(server: &Server, number: Option<&NumberId>, acted: Option<Result<bool, DeskError>>) -> Response {
    let told = acted.transpose().and_then(|changed| Ok((changed, server.desk.stops()?)));
    match told {
        Ok((changed, stops)) => {
            let stops = match number {
                Some(number) => stops.of(number),
                None => stops,
            };
            let company = Arc::clone(&server.desk.active().company);
            let told = |stop: Stop| Stopped {
                who: named(&company, &stop.by),
                number: match &stop.stopped.scope {
                    Scope::Account => None,
                    Scope::Number(id) => Some(company.number_name(id)),
                },
                stop,
            };
            let stopped = stops.stopped.into_iter().map(told);
            Json(Told { changed, stopped: stopped.collect(), calls: stops.calls }).into_response()
        }
        Err(error) => {
            let error = json!({"error": error.to_string()});
            (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response()
        }
    }
}
