//! What somebody was told, and where to look at it. It is everybody's own, so it hangs on the name in the head of every page.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::inbox::{self, Which};
use crate::let_in::LetIn;

/// Notices on the page.
const MOST: u16 = 100;

#[derive(askama::Template)]
#[template(path = "notices.html")]
struct All {
    frame: Frame,
    rows: Vec<Row>,
    unread: usize,
}

struct Row {
    told: inbox::Told,
    at: String,
    is: &'static str,
    /// The page on which it is seen, if there is one.
    page: Option<String>,
}

/// The page.
pub(super) async fn shown(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let frame = Frame::of(&server, &let_in, "/console/notices");
    let notices = inbox::read_by(&server, &let_in, &Which::latest(MOST))?;
    let row = |told: inbox::Told| Row {
        at: frame.tell.at(told.at),
        is: match told.part.as_str() {
            "loud" => "bad",
            "waits" => "risk",
            _ => "",
        },
        page: told.page.clone(),
        told,
    };
    let rows = notices.notices.into_iter().map(row).collect();
    page(&All { rows, unread: notices.unread, frame })
}
