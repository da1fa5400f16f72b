//! The templates as Meta has them: which may be sent and why one may not; and what is wanted of them, which others agree to first.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use desk::TemplateWish;
use domain::proposal::{Kind, Proposal};
use domain::raci::action::Action;
use domain::templates::{Template, buttons, offerable, part, words};
use serde::Deserialize;
use serde_json::{Value, json};

use super::frame::{Frame, may, page};
use crate::Server;
use crate::api::problem::Problem;
use crate::conversations::offered::Text;
use crate::let_in::LetIn;
use crate::proposals::{self, Told};

#[derive(askama::Template)]
#[template(path = "templates.html")]
struct All {
    frame: Frame,
    rows: Vec<Row>,
    accounts: Vec<String>,
    may_change: bool,
    /// Changes that wait for people: their proposals, and what they are.
    wanted: Vec<(String, String, String)>,
    /// What the form begins with, if somebody comes to word a proposal anew: JSON by the names of its fields.
    again: Option<String>,
}

/// What the page is asked with.
#[derive(Deserialize)]
pub(super) struct Which {
    /// The proposal that is to be worded anew.
    again: Option<String>,
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
pub(super) async fn all(
    State(server): State<Arc<Server>>,
    let_in: LetIn,
    Query(which): Query<Which>,
) -> Result<Response, Problem> {
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
    let wanted = proposals::shown(&server, &let_in, false)?;
    let wanted = wanted.into_iter().filter(|one| one.is_of(Kind::Template));
    page(&All {
        rows: templates.iter().map(|one| row(&frame, one)).collect(),
        accounts,
        may_change: may(&server, company.raci(), &let_in.person).everywhere(Action::ChangeTemplates),
        wanted: wanted.map(|one| (one.proposal, one.title_words, one.stage_words)).collect(),
        again: which
            .again
            .and_then(|id| proposals::shown_one(&server, &let_in, &id).ok())
            .and_then(|(told, proposal)| again(&told, &proposal))
            .map(|form| form.to_string()),
        frame,
    })
}

/// The form of what somebody proposed, to be worded anew: as another content of the proposal while it is open, and else as another one.
pub(super) fn again(told: &Told, proposal: &Proposal) -> Option<Value> {
    if told.content.is_null() || proposal.kind != Kind::Template {
        return None;
    }
    let (does, account, wish) = match serde_json::from_str(proposal.content.text()).ok()? {
        TemplateWish::Create { account, form } => ("create", account, form),
        TemplateWish::Edit { account, form } => ("edit", account, form),
        _ => return None,
    };
    let mut filled = form(&wish.components)?;
    let own = json!({
        "do": does, "account": account, "name": wish.name, "language": wish.language, "category": wish.category,
        "reason": told.reason, "edits": proposal.stage.is_open().then_some(&told.proposal),
    });
    filled.as_object_mut()?.extend(own.as_object()?.clone());
    Some(filled)
}

fn row(frame: &Frame, template: &Template) -> Row {
    let (status, language) = (template.status.word.clone(), frame.tell.language);
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
        status: words::status(&status, language),
        category: words::category(&template.category.word, language),
        coming: words::category(&template.coming, language),
        quality: words::quality(&template.quality.word, language),
        withheld: offerable(template).err().map(|why| why.words(language)),
        body: body.unwrap_or_default().to_owned(),
        form: edited(template).map(|form| form.to_string()),
    }
}

/// What the form is filled with to edit a template.
fn edited(template: &Template) -> Option<Value> {
    let mut filled = form(template.components.as_ref().filter(|_| !template.is_deleted())?)?;
    let own = json!({
        "do": "edit", "account": template.account, "name": template.template.name, "language": template.template.language,
        "category": template.category.word,
    });
    filled.as_object_mut()?.extend(own.as_object()?.clone());
    Some(filled)
}

/// The words of a template as the fields of the form. None for one with parts that the form does not have: it would lose them.
fn form(components: &[Value]) -> Option<Value> {
    let is_known =
        |one: &Value| ["HEADER", "BODY", "FOOTER", "BUTTONS"].iter().any(|kind| one["type"] == *kind);
    let part = |kind: &str| part(components, kind);
    let words = |kind: &str| part(kind).and_then(|one| one["text"].as_str()).unwrap_or_default();
    let has_text = part("HEADER").is_none_or(|one| one["format"] == "TEXT");
    let is_named = Text::of(words("BODY")).named || Text::of(words("HEADER")).named;
    if !components.iter().all(is_known) || !has_text || is_named {
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
        "heading": words("HEADER"), "heading-example": example("HEADER", "header_text"),
        "body": words("BODY"), "examples": example("BODY", "body_text"), "footer": words("FOOTER"),
        "replies": joined(&replies), "link": field("text"), "url": field("url"),
        "url-example": link.and_then(|one| one["example"][0].as_str()).unwrap_or_default(),
    }))
}
