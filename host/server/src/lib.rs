//! HTTP: what Meta posts to, and what tells an operator how the host is.

mod backup;
mod contacts;
mod control;
mod health;
mod listen;
mod media;
mod operator;
mod outbound;
mod reparse;
mod templates;
mod webhook;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use desk::Desk;
use domain::Time;
use domain::outside::{Clock, Entropy};
use whatsapp::AppSecrets;

pub use control::{Controlled, SOCKET, control};
pub use listen::{Listening, listen};

/// What the server works with.
pub struct Server {
    /// The operation behind it.
    pub desk: Desk,
    /// What Meta signs with. Without it no webhook can be believed, and none is taken.
    pub secrets: Option<AppSecrets>,
    /// What Meta has to name when the webhook's address is saved.
    pub verify_token: Option<String>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Where the clock was started, if it is not the real one.
    pub rehearsal: Option<Time>,
}

/// The routes of a host: those that are open to the world, and those of the socket in its data directory.
pub fn routers(server: Server) -> (Router, Router) {
    let server = Arc::new(server);
    let local = Router::new()
        .route("/status", get(health::status))
        .route("/outbound", get(outbound::state))
        .route("/outbound/pause", post(outbound::pause))
        .route("/outbound/resume", post(outbound::resume))
        .route("/backup/point", post(backup::point))
        .route("/journal/reparse", post(reparse::reparse))
        .merge(contacts::routes())
        .merge(media::routes())
        .merge(templates::routes())
        .with_state(Arc::clone(&server));
    let open = Router::new()
        .route("/webhook", get(webhook::verify).post(webhook::receive))
        .layer(axum::extract::DefaultBodyLimit::max(webhook::LARGEST))
        .route("/healthz", get(health::healthz))
        .route("/metrics", get(health::metrics))
        .with_state(server);
    (open, local)
}
