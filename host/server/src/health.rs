//! How the host is, for machines that watch it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::stops::Stops;
use governance::Standing;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::Server;

/// Whether the host works, and how far it is: for everybody, so that it names nobody.
pub(crate) async fn healthz(State(server): State<Arc<Server>>) -> Response {
    let sending = match server.desk.stops() {
        Ok(stops) if !stops.stopped.is_empty() => "stopped",
        Ok(stops) if !stops.calls.is_empty() => "a person is needed",
        Ok(_) => "on",
        Err(_) => "unknown",
    };
    Json(health(&server, json!(sending))).into_response()
}

/// The same for an operator, who also reads what is stopped, by whom and why.
pub(crate) async fn status(State(server): State<Arc<Server>>) -> Response {
    Json(whole(&server)).into_response()
}

/// All of it.
pub(crate) fn whole(server: &Server) -> Health {
    let sending = match server.desk.stops() {
        Ok(stops) if stops == Stops::default() => json!("on"),
        Ok(stops) => json!(stops),
        Err(error) => json!(error.to_string()),
    };
    Health { audit: Some(audit(server)), ..health(server, sending) }
}

/// How far the record is vouched for.
fn audit(server: &Server) -> String {
    let size = server.desk.store().record_size().unwrap_or_default();
    let Some(checkpoints) = &server.checkpoints else {
        return format!("UNSIGNED: {} entries, and no signer is set in [audit]", size.entries);
    };
    let Standing { signed, unsigned, missing, .. } = checkpoints.standing();
    let mut words = format!("signed up to {signed} of {} entries", size.entries);
    if let Some(why) = unsigned {
        words.push_str(&format!("; NOT SIGNED since: {why}"));
    }
    for (place, why) in missing {
        words.push_str(&format!("; not at {place}: {why}"));
    }
    words
}

/// How the host is.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Health {
    /// `ok`.
    pub(crate) status: &'static str,
    /// Of the program.
    pub(crate) version: &'static str,
    /// The host's time.
    pub(crate) now: String,
    /// The company's name.
    pub(crate) company: String,
    /// The generation of rules that is in force.
    pub(crate) generation: u64,
    /// The last event of the journal.
    pub(crate) events: u64,
    /// The last event that is folded in.
    pub(crate) folded: u64,
    /// `on`, or what does not leave.
    pub(crate) sending: Value,
    /// Whether Meta's webhooks are taken.
    pub(crate) webhook: &'static str,
    /// How far the record of the audit is vouched for; only for whoever may look.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) audit: Option<String>,
    /// A clock that is not the real one.
    #[serde(rename = "WARNING", skip_serializing_if = "Option::is_none")]
    pub(crate) warning: Option<String>,
}

fn health(server: &Server, sending: Value) -> Health {
    let store = server.desk.store();
    let applied = *store.applied().borrow();
    let active = server.desk.active();
    let rehearsal =
        |started| format!("REHEARSAL: the clock was started at {started}, it is not the real time");
    Health {
        status: "ok",
        version: env!("CARGO_PKG_VERSION"),
        now: server.clock.now().to_string(),
        company: active.company.name().to_owned(),
        generation: active.generation.number,
        events: store.last_seq(),
        folded: applied.seq,
        sending,
        webhook: if server.secrets.is_some() { "open" } else { "closed: no app secret is set" },
        audit: None,
        warning: server.rehearsal.map(rehearsal),
    }
}

/// All figures in the text format of Prometheus.
pub(crate) async fn metrics(State(server): State<Arc<Server>>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let store = server.desk.store();
    let folded = store.applied().borrow().seq;
    let text = server.desk.meters().text(store.last_seq(), folded);
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
