//! What an operator asks of sending: to pause, to resume, to say what is stopped and why.

use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::DeskError;
use domain::id::NumberId;
use serde::Deserialize;
use serde_json::json;

use crate::Server;
use crate::operator::Operator;

/// To let nothing leave.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pause {
    /// From which number; from any if absent.
    number: Option<NumberId>,
    /// Why, for colleagues.
    reason: String,
}

/// To let it leave again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resume {
    /// From which number; from all if absent.
    number: Option<NumberId>,
}

/// What does not leave, and what a person is called for.
pub(crate) async fn state(State(server): State<Arc<Server>>) -> Response {
    told(&server, None)
}

/// Lets nothing leave, from now on.
pub(crate) async fn pause(
    State(server): State<Arc<Server>>,
    ConnectInfo(operator): ConnectInfo<Operator>,
    Json(Pause { number, reason }): Json<Pause>,
) -> Response {
    if reason.trim().is_empty() {
        let error = json!({"error": "`reason` is empty: colleagues will want to know why nothing is sent"});
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response();
    }
    told(&server, Some(server.desk.pause(operator.actor(), number, reason).await))
}

/// Lets it leave again.
pub(crate) async fn resume(
    State(server): State<Arc<Server>>,
    ConnectInfo(operator): ConnectInfo<Operator>,
    Json(Resume { number }): Json<Resume>,
) -> Response {
    told(&server, Some(server.desk.resume(operator.actor(), number).await))
}

/// The state after an act; `acted` says whether it changed anything.
fn told(server: &Server, acted: Option<Result<bool, DeskError>>) -> Response {
    let told = acted.transpose().and_then(|changed| Ok((changed, server.desk.stops()?)));
    match told {
        Ok((changed, stops)) => {
            Json(json!({"changed": changed, "stopped": stops.stopped, "calls": stops.calls})).into_response()
        }
        Err(error) => {
            let error = json!({"error": error.to_string()});
            (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response()
        }
    }
}
