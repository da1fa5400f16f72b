//! How the host is: whether it keeps up, what does not leave, and how far the record is vouched for.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::health;
use crate::let_in::LetIn;

#[derive(Template)]
#[template(path = "health.html")]
struct Shown {
    frame: Frame,
    told: health::Health,
    behind: u64,
    takes_webhooks: bool,
}

/// The page.
pub(super) async fn shown(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let frame = Frame::of(&server, &let_in, "/console/health");
    let told = health::whole(&server);
    page(&Shown {
        behind: told.events.saturating_sub(told.folded),
        takes_webhooks: server.secrets.is_some(),
        told,
        frame,
    })
}
