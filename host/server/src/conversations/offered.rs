//! The templates that an agent can send to a customer, as they read once they are filled in.
//!
//! Only those that words fill: one with a picture above it or a link that differs from customer to customer takes a program. And only
//! those that this customer consented to: the others would be held back.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::raci::action::Action;
use domain::templates::{Template, offerable};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{desk, named};
use crate::Server;
use crate::api::openapi::Page;
use crate::api::problem::Problem;
use crate::routes::{About, Routes};

/// The route of the API.
pub(super) fn api_routes() -> Routes<Arc<Server>> {
    Routes::new()
        .get("/api/v1/conversations/{conversation}/templates", Action::SendTemplate, offered)
        .about(About::ConversationInPath)
        .page(
            Page::new("The templates that can be sent to this customer with nothing but words filled in.")
                .gives::<Offered>(),
        )
}

/// Templates that can be sent.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TemplatesOffered")]
struct Offered {
    /// By name, then by language.
    templates: Vec<One>,
}

/// One of them.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TemplateOffered")]
struct One {
    /// Its name.
    name: String,
    /// Its language, as `es_CO`.
    language: String,
    /// As what it counts, in Meta's word: `UTILITY`.
    category: String,
    /// What stands above, if anything does.
    header: Option<Text>,
    /// What it says.
    body: Text,
    /// What stands below; empty for nothing.
    footer: String,
    /// What its buttons say.
    buttons: Vec<String>,
}

/// A text with gaps.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TemplateText")]
struct Text {
    /// As Meta has it: `Hola {{1}}`.
    text: String,
    /// What stands in its gaps, in their order: numbers, or names.
    gaps: Vec<String>,
    /// Whether its gaps have names.
    named: bool,
}

impl Text {
    fn of(text: &str) -> Self {
        let mut gaps: Vec<String> = Vec::new();
        for rest in text.split("{{").skip(1) {
            let Some((gap, _)) = rest.split_once("}}") else { continue };
            let gap = gap.trim().to_owned();
            if !gaps.contains(&gap) {
                gaps.push(gap);
            }
        }
        let named = gaps.iter().any(|gap| !gap.bytes().all(|byte| byte.is_ascii_digit()));
        if !named {
            gaps.sort_by_key(|gap| gap.parse::<u32>().unwrap_or(u32::MAX));
        }
        Self { text: text.to_owned(), gaps, named }
    }
}

/// None if it takes more than words, or Meta did not tell what it says.
fn one(template: &Template) -> Option<One> {
    let components = template.components.as_ref()?;
    let part = |kind: &str| components.iter().find(|one| one["type"] == kind);
    let text = |one: &Value| Some(Text::of(one["text"].as_str()?));
    let header = match part("HEADER") {
        Some(header) if header["format"] == "TEXT" => Some(text(header)?),
        Some(_) => return None,
        None => None,
    };
    let buttons = part("BUTTONS").and_then(|one| one["buttons"].as_array()).cloned().unwrap_or_default();
    let plain = |button: &Value| {
        let fixed = |field: &str| !button[field].as_str().is_some_and(|text| text.contains("{{"));
        match button["type"].as_str() {
            Some("URL") => fixed("url"),
            Some("QUICK_REPLY" | "PHONE_NUMBER") => true,
            _ => false,
        }
    };
    let known = ["HEADER", "BODY", "FOOTER", "BUTTONS"];
    let is_known = |one: &Value| one["type"].as_str().is_some_and(|kind| known.contains(&kind));
    if !components.iter().all(is_known) || !buttons.iter().all(plain) {
        return None;
    }
    let label = |one: &Value| one["text"].as_str().unwrap_or_default().to_owned();
    Some(One {
        name: template.template.name.clone(),
        language: template.template.language.clone(),
        category: template.category.word.clone(),
        header,
        body: part("BODY").and_then(text)?,
        footer: part("FOOTER").map(label).unwrap_or_default(),
        buttons: buttons.iter().map(label).collect(),
    })
}

async fn offered(
    State(server): State<Arc<Server>>,
    Path(name): Path<String>,
) -> Result<Json<Offered>, Problem> {
    let company = Arc::clone(&server.desk.active().company);
    let (_, conversation) = named(&server, &name)?;
    let account = company.number(&conversation.number).and_then(|number| number.waba.as_deref());
    let templates = server.desk.templates().map_err(|error| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the-host-failed", error.to_string())
    })?;
    // Of a number whose account nobody wrote down any may be one of its own; Meta says so when it is sent.
    let own = |template: &&Template| {
        account.is_none_or(|account| template.account.is_empty() || template.account == account)
    };
    // What the customer did not consent to would not leave.
    let contact = server.desk.store().contact(conversation.contact).map_err(desk)?.1;
    let may_leave = |template: &&Template| {
        let consents = |category| {
            contact.as_ref().is_some_and(|contact| company.law().consents(contact, category).is_ok())
        };
        offerable(template).is_ok_and(consents)
    };
    let mut templates: Vec<One> = templates.iter().filter(own).filter(may_leave).filter_map(one).collect();
    templates.sort_by(|one, other| (&one.name, &one.language).cmp(&(&other.name, &other.language)));
    Ok(Json(Offered { templates }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_told_once_in_the_order_in_which_meta_counts_them() {
        let text = Text::of("Pedido {{2}}: hola {{1}}, su pedido {{2}} salió el {{10}}");
        assert_eq!((text.gaps.join(" "), text.named), ("1 2 10".to_owned(), false));
        let text = Text::of("Hola {{ nombre }}, {{pedido}}");
        assert_eq!((text.gaps.join(" "), text.named), ("nombre pedido".to_owned(), true));
        assert!(Text::of("Sin huecos {").gaps.is_empty());
    }
}
