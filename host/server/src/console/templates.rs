//! The templates as Meta has them: which may be sent and why one may not; and what is wanted of them, which others agree to first.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::raci::action::Action;
use domain::templates::{Template, offerable};
use serde_json::Value;

use super::frame::{Frame, may, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::let_in::LetIn;

#[derive(askama::Template)]
#[template(path = "templates.html")]
struct All {
    frame: Frame,
    rows: Vec<Row>,
    accounts: Vec<String>,
    may_change: bool,
}

struct Row {
    account: String,
    name: String,
    language: String,
    status: String,
    class: &'static str,
    category: String,
    coming: String,
    quality: String,
    /// Why it is not offered, if it is not.
    withheld: Option<String>,
    body: String,
}

/// All of them.
pub(super) async fn all(State(server): State<Arc<Server>>, let_in: LetIn) -> Result<Response, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let frame = Frame::of(&server, &let_in, "/console/templates");
    let failed = |error: &dyn std::fmt::Display| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
    };
    let mut templates = server.desk.templates().map_err(|error| failed(&error))?;
    templates.sort_by_key(|one| (one.template.name.clone(), one.template.language.clone()));
    let mut accounts: Vec<String> = company.numbers().iter().filter_map(|one| one.waba.clone()).collect();
    accounts.extend(templates.iter().map(|one| one.account.clone()).filter(|account| !account.is_empty()));
    accounts.sort();
    accounts.dedup();
    page(&All {
        rows: templates.iter().map(|one| row(&frame, one)).collect(),
        accounts,
        may_change: may(&server, company.raci(), &let_in.person).everywhere(Action::ChangeTemplates),
        frame,
    })
}

fn row(frame: &Frame, template: &Template) -> Row {
    let status = template.status.word.clone();
    let text = |component: &Value| Some(component["text"].as_str()?.to_owned());
    let body = template.components.iter().flatten().filter(|one| one["type"] == "BODY").find_map(text);
    Row {
        account: template.account.clone(),
        name: template.template.name.clone(),
        language: template.template.language.clone(),
        class: match status.as_str() {
            "APPROVED" | "REINSTATED" => "good",
            "REJECTED" | "DISABLED" | "PAUSED" => "bad",
            "FLAGGED" => "risk",
            _ => "",
        },
        status,
        category: template.category.word.clone(),
        coming: template.coming.clone(),
        quality: template.quality.word.clone(),
        withheld: offerable(template).err().map(|why| why.words(frame.tell.language)),
        body: body.unwrap_or_default(),
    }
}
