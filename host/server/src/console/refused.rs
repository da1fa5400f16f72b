//! What somebody reads whose link leads to what is not theirs: which row of the matrix says no, and who could.
//!
//! Pages come in by the door of the API, which answers programs. Here its answer becomes a page, so that there is one door and one
//! place that refuses.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use domain::raci::task::Task;
use serde::Deserialize;
use serde_json::Value;

use super::words::Words;
use crate::Server;
use crate::api::problem::Problem;

/// The largest answer that is read to see what it says.
const LARGEST: usize = 64 << 10;

/// What the door says.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    detail: String,
    #[serde(default)]
    row: Value,
    #[serde(default)]
    who_could: Vec<WhoCould>,
}

#[derive(Deserialize)]
struct WhoCould {
    role: String,
    people: Vec<String>,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    say: Words,
    title: &'static str,
    detail: String,
    row: Option<&'static str>,
    who_could: Vec<WhoCould>,
}

/// The same routes, whose refusals people read.
pub(crate) fn in_words(router: Router, server: &Arc<Server>) -> Router {
    let server = Arc::clone(server);
    router.layer(from_fn(move |request: Request, next: Next| {
        let server = Arc::clone(&server);
        async move {
            let is_page = request.uri().path().starts_with("/console");
            let answer = next.run(request).await;
            if is_page && Problem::is_in(&answer) { told(&server, answer).await } else { answer }
        }
    }))
}

async fn told(server: &Server, answer: Response) -> Response {
    let status = answer.status();
    let read = to_bytes(answer.into_body(), LARGEST).await.ok();
    let said = read.and_then(|bytes| serde_json::from_slice::<Said>(&bytes).ok());
    let Some(Said { kind, detail, row, who_could }) = said else { return status.into_response() };
    if status == StatusCode::UNAUTHORIZED || kind.ends_with(":second-factor-first") {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/sign-in")]).into_response();
    }
    let say = Words(server.desk.active().company.own_language());
    let task: Option<Task> = serde_json::from_value(row).ok();
    let title = match status {
        StatusCode::FORBIDDEN => say.refused(),
        StatusCode::NOT_FOUND => say.missing_page(),
        _ => say.failed_page(),
    };
    let page = Refused { say, title, detail, row: task.map(|task| task.words(say.0)), who_could };
    match page.render() {
        Ok(html) => (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(_) => status.into_response(),
    }
}
