//! What a message may say, other than a template (Meta, Cloud API: Messages). Limits are in characters unless it says
//! otherwise.

use serde_json::Value;

use super::{Refusal, interactive, list, text};
use crate::media;
use crate::phones::Said;
use crate::templates::Category;
use crate::world::World;

/// A message that is in order.
pub(super) struct Content {
    pub(super) said: Said,
    pub(super) template: Option<Category>,
    pub(super) voice: bool,
}

impl From<Said> for Content {
    fn from(said: Said) -> Self {
        Self { said, template: None, voice: false }
    }
}

pub(super) fn content(world: &World, request: &Value) -> Result<Content, Refusal> {
    let kind = match text(request, "type") {
        "" => "text",
        kind => kind,
    };
    let body = &request[kind];
    match kind {
        "text" => Ok(words(body)?.into()),
        "image" | "video" | "audio" | "document" | "sticker" => medium(world, kind, body),
        "location" => Ok(location(body)?.into()),
        "contacts" => Ok(contacts(list(request, kind))?.into()),
        "reaction" => Ok(reaction(body)?.into()),
        "interactive" => Ok(interactive::content(body)?.into()),
        other => {
            Err(Refusal::because(131_051, format!("type: a message of type \"{other}\" is not supported")))
        }
    }
}

fn words(body: &Value) -> Result<Said, Refusal> {
    let words = text(body, "body");
    if words.is_empty() {
        return Err(Refusal::missing("text['body']"));
    }
    at_most("text['body']", words, 4096)?;
    Ok(Said::Text { body: words.to_owned() })
}

/// An id that was given by an upload to this world and has not ended, or a link.
fn medium(world: &World, kind: &str, body: &Value) -> Result<Content, Refusal> {
    let (id, link) = (text(body, "id"), text(body, "link"));
    match (id, link) {
        ("", "") => {
            return Err(Refusal::because(131_008, format!("{kind}['id'] or {kind}['link'] is required")));
        }
        ("", link) if !link.starts_with("https://") && !link.starts_with("http://") => {
            return Err(Refusal::because(131_009, format!("{kind}['link'] has to be an http or https URL")));
        }
        ("", _) => {}
        (id, _) => {
            let found = id.parse().ok().and_then(|id| world.media.get(id, world.clock.now()));
            let found = found.ok_or_else(|| {
                Refusal::because(
                    131_009,
                    format!("{kind}['id']: there is no medium with the id {id}, or its 30 days are over"),
                )
            })?;
            media::fits(kind, &found.mime_type).map_err(|types| {
                Refusal::because(
                    131_053,
                    format!(
                        "{kind}['id']: the medium is {}, and one of these was expected: {types}",
                        found.mime_type
                    ),
                )
            })?;
        }
    }
    let caption = text(body, "caption");
    if !caption.is_empty() && !["image", "video", "document"].contains(&kind) {
        return Err(Refusal::parameter(format!("Unexpected key \"caption\" on param \"{kind}\".")));
    }
    at_most(&format!("{kind}['caption']"), caption, 1024)?;
    at_most(&format!("{kind}['filename']"), text(body, "filename"), 240)?;
    let said = Said::Medium { medium: kind.to_owned(), caption: caption.to_owned() };
    let voice = kind == "audio" && body.get("voice").and_then(Value::as_bool).unwrap_or_default();
    Ok(Content { said, template: None, voice })
}

pub(super) fn location(body: &Value) -> Result<Said, Refusal> {
    let degrees = |name: &str, most: f64| {
        let given = body.get(name).ok_or_else(|| Refusal::missing(&format!("location['{name}']")))?;
        // Meta takes both numbers and texts.
        let degrees = given.as_f64().or_else(|| given.as_str()?.parse().ok());
        degrees.filter(|degrees| degrees.abs() <= most).ok_or_else(|| {
            Refusal::because(131_009, format!("location['{name}'] has to be a number from -{most} to {most}"))
        })
    };
    let (latitude, longitude) = (degrees("latitude", 90.0)?, degrees("longitude", 180.0)?);
    at_most("location['name']", text(body, "name"), 1000)?;
    at_most("location['address']", text(body, "address"), 1000)?;
    Ok(Said::Location { name: text(body, "name").to_owned(), latitude, longitude })
}

fn contacts(contacts: &[Value]) -> Result<Said, Refusal> {
    count("contacts", contacts.len(), 257)?;
    for (n, contact) in contacts.iter().enumerate() {
        if text(&contact["name"], "formatted_name").is_empty() {
            return Err(Refusal::because(
                131_008,
                format!("contacts[{n}]['name']['formatted_name'] is required"),
            ));
        }
    }
    let name = contacts.first().map(|contact| text(&contact["name"], "formatted_name"));
    Ok(Said::Other { name: format!("contacts: {}", name.unwrap_or_default()) })
}

/// No emoji takes a reaction off.
fn reaction(body: &Value) -> Result<Said, Refusal> {
    if !text(body, "message_id").starts_with("wamid.") {
        return Err(Refusal::because(131_009, "reaction['message_id'] has to be the id of a message"));
    }
    at_most("reaction['emoji']", text(body, "emoji"), 10)?;
    Ok(Said::Other { name: format!("reaction {}", text(body, "emoji")) })
}

pub(super) fn at_most(name: &str, text: &str, most: usize) -> Result<(), Refusal> {
    // Bytes first: they are at least as many, and cost nothing to count.
    if text.len() <= most || text.chars().count() <= most {
        return Ok(());
    }
    Err(Refusal::parameter(format!("Param {name} must be at most {most} characters long.")))
}

pub(super) fn length(what: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if !text.is_empty() && (text.len() <= most || text.chars().count() <= most) {
        return Ok(());
    }
    Err(Refusal::because(131_009, format!("{what} length invalid. Min length: 1, Max length: {most}")))
}

pub(super) fn count(what: &str, given: usize, most: usize) -> Result<(), Refusal> {
    between(what, given, 1, most)
}

pub(super) fn between(what: &str, given: usize, least: usize, most: usize) -> Result<(), Refusal> {
    if (least..=most).contains(&given) {
        return Ok(());
    }
    Err(Refusal::because(
        131_009,
        format!("Invalid {what} count. Min allowed {what}: {least}, Max allowed {what}: {most}"),
    ))
}
