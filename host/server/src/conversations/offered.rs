//! The templates that an agent can send to a customer, as they read once they are filled in.
//!
//! Only those that a person can fill: forms, catalogues and cards side by side take a program. And only those that this customer
//! consented to: the others would be held back.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::message::Press;
use domain::raci::action::Action;
use domain::templates::{Template, buttons, offerable, part};
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
            Page::new("The templates that can be sent to this customer, and what has to be filled in.")
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
pub(crate) struct One {
    /// Its name.
    pub(crate) name: String,
    /// Its language, as `es_CO`.
    pub(crate) language: String,
    /// As what it counts, in Meta's word: `UTILITY`.
    category: String,
    /// What stands above, if that is a text.
    pub(crate) header: Option<Text>,
    /// What stands above, if that is no text: a file that is handed in for the conversation, or a place.
    pub(crate) above: Option<Above>,
    /// What it says.
    pub(crate) body: Text,
    /// What stands below; empty for nothing.
    footer: String,
    /// What its buttons say.
    buttons: Vec<String>,
    /// Those of its buttons that take a value.
    pub(crate) fills: Vec<Fill>,
}

/// What stands above a template, if that is no text.
#[derive(Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "TemplateAbove")]
pub(crate) enum Above {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A file with a name.
    Document,
    /// A place on earth.
    Location,
}

impl Above {
    fn of(format: &str) -> Option<Self> {
        Some(match format {
            "IMAGE" => Self::Image,
            "VIDEO" => Self::Video,
            "DOCUMENT" => Self::Document,
            "LOCATION" => Self::Location,
            _ => return None,
        })
    }
}

/// A button that takes a value.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TemplateFill")]
pub(crate) struct Fill {
    /// Which, counted over all buttons from 0.
    pub(crate) index: usize,
    /// What it does: `url` or `copy-code`.
    #[schemars(with = "String")]
    pub(crate) press: Press,
    /// What it says.
    pub(crate) label: String,
    /// The address with its gap, if it opens one.
    pub(crate) address: Option<String>,
}

/// A text with gaps.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TemplateText")]
pub(crate) struct Text {
    /// As Meta has it: `Hola {{1}}`.
    pub(crate) text: String,
    /// What stands in its gaps, in their order: numbers, or names.
    pub(crate) gaps: Vec<String>,
    /// Whether its gaps have names.
    pub(crate) named: bool,
    /// What could stand in each gap, as whoever made the template showed Meta; empty if that is not known.
    pub(crate) examples: Vec<String>,
}

impl Text {
    pub(crate) fn of(text: &str) -> Self {
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
        Self { text: text.to_owned(), gaps, named, examples: Vec::new() }
    }

    /// Each gap, and what could stand in it.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (&str, &str)> {
        let example = |n: usize| self.examples.get(n).map_or("", String::as_str);
        self.gaps.iter().enumerate().map(move |(n, gap)| (gap.as_str(), example(n)))
    }

    /// The text of a part, with the examples of its gaps. None without one.
    fn within(part: &Value) -> Option<Self> {
        let mut text = Self::of(part["text"].as_str()?);
        let shown = &part["example"];
        let words = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let listed =
            |value: &Value| value.as_array().map(|all| all.iter().filter_map(words).collect::<Vec<_>>());
        let counted = listed(&shown["body_text"][0]).or_else(|| listed(&shown["header_text"]));
        let named =
            shown["body_text_named_params"].as_array().or(shown["header_text_named_params"].as_array());
        let of = |gap: &String| {
            let one = named?.iter().find(|one| one["param_name"] == gap.as_str())?;
            words(&one["example"])
        };
        let examples =
            if text.named { text.gaps.iter().map_while(of).collect() } else { counted.unwrap_or_default() };
        if examples.len() == text.gaps.len() {
            text.examples = examples;
        }
        Some(text)
    }
}

/// None if a program has to fill it, or Meta did not tell what it says.
pub(crate) fn one(template: &Template) -> Option<One> {
    let components = template.components.as_ref()?;
    let part = |kind: &str| part(components, kind);
    let known = ["HEADER", "BODY", "FOOTER", "BUTTONS"];
    if !components.iter().all(|one| one["type"].as_str().is_some_and(|kind| known.contains(&kind))) {
        return None;
    }
    let (header, above) = match part("HEADER") {
        Some(header) if header["format"] == "TEXT" => (Some(Text::within(header)?), None),
        Some(header) => (None, Some(Above::of(header["format"].as_str()?)?)),
        None => (None, None),
    };
    let buttons = buttons(components);
    let label = |one: &Value| one["text"].as_str().unwrap_or_default().to_owned();
    let mut fills = Vec::new();
    for (index, button) in buttons.iter().enumerate() {
        let address = button["url"].as_str().filter(|address| address.contains("{{")).map(ToOwned::to_owned);
        let press = match button["type"].as_str()? {
            "URL" if address.is_some() => Press::Url,
            "COPY_CODE" => Press::CopyCode,
            "URL" | "QUICK_REPLY" | "PHONE_NUMBER" => continue,
            _ => return None,
        };
        fills.push(Fill { index, press, label: label(button), address });
    }
    Some(One {
        name: template.template.name.clone(),
        language: template.template.language.clone(),
        category: template.category.word.clone(),
        header,
        above,
        body: part("BODY").and_then(Text::within)?,
        footer: part("FOOTER").map(label).unwrap_or_default(),
        buttons: buttons.iter().map(label).collect(),
        fills,
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
