//! The templates as Meta has them: which may be sent and why one may not; and what is wanted of them, which others agree to first.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::raci::action::Action;
use domain::templates::{Template, buttons, offerable, part};
use serde_json::{Value, json};

use super::frame::{Frame, may, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::conversations::offered::Text;
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
    /// What the form is filled with to edit it, if the form can hold all of it: JSON by the names of its fields.
    form: Option<String>,
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
    let body = template.components.as_deref().and_then(|all| part(all, "BODY")?["text"].as_str());
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
        body: body.unwrap_or_default().to_owned(),
        form: form(template).map(|form| form.to_string()),
    }
}

/// A template as the fields of the form. None for one with parts that the form does not have: it would lose them.
fn form(template: &Template) -> Option<Value> {
    let components = template.components.as_ref()?;
    let is_known =
        |one: &Value| ["HEADER", "BODY", "FOOTER", "BUTTONS"].iter().any(|kind| one["type"] == *kind);
    let part = |kind: &str| part(components, kind);
    let words = |kind: &str| part(kind).and_then(|one| one["text"].as_str()).unwrap_or_default();
    let has_text = part("HEADER").is_none_or(|one| one["format"] == "TEXT");
    let is_named = Text::of(words("BODY")).named || Text::of(words("HEADER")).named;
    if !components.iter().all(is_known) || !has_text || is_named || template.is_deleted() {
        return None;
    }
    let buttons = buttons(components);
    let of = |kind: &str| buttons.iter().filter(|one| one["type"] == kind).collect::<Vec<_>>();
    let (replies, links) = (of("QUICK_REPLY"), of("URL"));
    if links.len() > 1 || replies.len() + links.len() < buttons.len() {
        return None;
    }
    let joined = |all: &[&Value]| all.iter().filter_map(|one| one.as_str()).collect::<Vec<_>>().join(" | ");
    let replies: Vec<&Value> = replies.into_iter().map(|one| &one["text"]).collect();
    let example = |kind: &str, name: &str| match part(kind).map(|one| &one["example"][name]) {
        Some(Value::Array(all)) => match &all[..] {
            [Value::Array(first), ..] => joined(&first.iter().collect::<Vec<_>>()),
            all => joined(&all.iter().collect::<Vec<_>>()),
        },
        _ => String::new(),
    };
    let link = links.first();
    let field = |name: &str| link.and_then(|one| one[name].as_str()).unwrap_or_default();
    Some(json!({
        "account": template.account, "name": template.template.name, "language": template.template.language,
        "category": template.category.word, "heading": words("HEADER"), "heading-example": example("HEADER", "header_text"),
        "body": words("BODY"), "examples": example("BODY", "body_text"), "footer": words("FOOTER"),
        "replies": joined(&replies), "link": field("text"), "url": field("url"),
        "url-example": link.and_then(|one| one["example"][0].as_str()).unwrap_or_default(),
    }))
}
