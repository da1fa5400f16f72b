//! What an older version did not understand, taken up on command.

use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Server;
use crate::operator::Operator;

pub(crate) async fn reparse(
    State(server): State<Arc<Server>>,
    ConnectInfo(operator): ConnectInfo<Operator>,
) -> Response {
    match server.desk.reparse(&operator.actor()).await {
        Ok(done) => {
            Json(json!({ "of": done.of, "understood": done.understood, "gone": done.gone })).into_response()
        }
        Err(error) => {
            let words = Json(json!({ "error": error.to_string() }));
            (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        }
    }
}
