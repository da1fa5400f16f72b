//! How the host is: whether it keeps up, what does not leave, and how far the record is vouched for.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, page};
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::{Server, audit, health};

#[derive(Template)]
#[template(path = "health.html")]
struct Shown {
    frame: Frame,
    told: health::Health,
    /// That the clock is not the real one.
    rehearsal: Option<String>,
    /// How far the record is vouched for.
    vouched: String,
    now: String,
    behind: u64,
    takes_webhooks: bool,
}

/// The page.
pub(super) async fn shown(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let frame = Frame::of(&server, &let_in, "/console/health");
    let told = health::whole(&server);
    let (say, tell) = (frame.say, &frame.tell);
    let standing = audit::standing(&server, None).ok();
    let vouched = standing.map(|of| match of.size {
        Some(size) => format!("{} {size} / {}", say.first_entries(), of.entries),
        None => say.nobody_signs().to_owned(),
    });
    page(&Shown {
        rehearsal: server.rehearsal.map(|began| format!("{} {}", say.rehearsal(), tell.day(began))),
        vouched: vouched.unwrap_or_default(),
        now: tell.day(server.clock.now()),
        behind: told.events.saturating_sub(told.folded),
        takes_webhooks: server.secrets.is_some(),
        told,
        frame,
    })
}
