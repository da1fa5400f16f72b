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
    told(&server, None, None)
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
    let acted = server.desk.pause(operator.actor(), number.clone(), reason).await;
    told(&server, number.as_ref(), Some(acted))
}

/// Lets it leave again.
pub(crate) async fn resume(
    State(server): State<Arc<Server>>,
    ConnectInfo(operator): ConnectInfo<Operator>,
    Json(Resume { number }): Json<Resume>,
) -> Response {
    let acted = server.desk.resume(operator.actor(), number.clone()).await;
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
            Json(json!({"changed": changed, "stopped": stops.stopped, "calls": stops.calls})).into_response()
        }
        Err(error) => {
            let error = json!({"error": error.to_string()});
            (StatusCode::INTERNAL_SERVER_ERROR, Json(error)).into_response()
        }
    }
}
