//! What an older version did not understand, taken up on command.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Server;
use crate::let_in::LetIn;

pub(crate) async fn reparse(State(server): State<Arc<Server>>, let_in: LetIn) -> Response {
    match server.desk.reparse(&let_in.actor()).await {
        Ok(done) => {
            Json(json!({ "of": done.of, "understood": done.understood, "gone": done.gone })).into_response()
        }
        Err(error) => {
            let words = Json(json!({ "error": error.to_string() }));
            (StatusCode::INTERNAL_SERVER_ERROR, words).into_response()
        }
    }
}
