//! Up to where a backup may copy the journal.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Server;

/// How long to wait for a moment at which nothing is open. On a busy host there may be none.
const PATIENCE: Duration = Duration::from_secs(5);

/// The last event that is durable, at a moment at which as few bodies as possible are open: in a copy nobody can open one.
pub(crate) async fn point(State(server): State<Arc<Server>>) -> Response {
    let store = server.desk.store();
    let begun = Instant::now();
    loop {
        let until = store.last_seq();
        let folded = store.applied().borrow().seq;
        let open = match store.unprocessed(0, usize::MAX) {
            Ok(open) => open.iter().filter(|body| **body <= until).count(),
            Err(error) => {
                let words = Json(json!({ "error": error.to_string() }));
                return (StatusCode::INTERNAL_SERVER_ERROR, words).into_response();
            }
        };
        if folded >= until && (open == 0 || begun.elapsed() >= PATIENCE) {
            return Json(json!({ "until": until, "open": open })).into_response();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
