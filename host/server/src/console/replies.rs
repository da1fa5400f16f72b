//! The quick replies that agents share: what each says, for which queues, and who wrote it last.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::raci::action::Action;

use super::frame::{Frame, may, named, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;
use crate::quick_replies::{Shared, shared};

#[derive(askama::Template)]
#[template(path = "replies.html")]
struct All {
    frame: Frame,
    rows: Vec<Row>,
    queues: Vec<String>,
    languages: [&'static str; 3],
    may_keep: bool,
}

struct Row {
    name: String,
    texts: Vec<(String, String)>,
    queues: String,
    by: String,
    at: String,
    /// What the form is filled with to change it, as a query.
    sets: String,
}

/// All of them.
pub(super) async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(&server, &let_in, "/console/replies");
    let row = |one: Shared| {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = vec![field("name", &one.name)];
        fields.extend(one.texts.iter().map(|(language, text)| field(language, text)));
        Row {
            queues: one.queues.iter().cloned().collect::<Vec<_>>().join(", "),
            by: named(company.raci(), &one.by),
            at: frame.tell.at(one.at),
            sets: serde_json::json!({ "fields": fields, "queues": one.queues }).to_string(),
            name: one.name,
            texts: one.texts.into_iter().collect(),
        }
    };
    let rows = shared(&server)?.into_iter().map(row).collect();
    page(&All {
        rows,
        queues: company.queues().iter().map(|queue| queue.id.to_string()).collect(),
        languages: ["es", "pt", "en"],
        may_keep: may(&server, company.raci(), &let_in.person).here(Action::KeepQuickReplies),
        frame,
    })
}
