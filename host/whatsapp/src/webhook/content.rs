//! What a message says, type by type (Meta, *Webhooks: messages*).

use domain::message::{
    Address, Card, CardName, CardPhone, Company, Content, Email, Item, Media, MediaKind, Url,
};
use serde_json::Value;

use super::loose::{self, flag, list, needed, number, object, own, owned, part, text, word};
use super::statuses::problems;

/// What a message says: `type`, and the member of that name.
pub(super) fn content(message: &Value) -> Result<Content, String> {
    let kind = text(message, "type").ok_or("`type` was expected and is missing")?;
    let body = || object(message, kind);
    Ok(match kind {
        "text" => Content::Text { body: needed(body()?, "text", "body")? },
        "image" => media(MediaKind::Image, body()?)?,
        "video" => media(MediaKind::Video, body()?)?,
        "audio" => media(MediaKind::Audio, body()?)?,
        "document" => media(MediaKind::Document, body()?)?,
        "sticker" => media(MediaKind::Sticker, body()?)?,
        "interactive" => interactive(body()?)?,
        "button" => button(body()?)?,
        "location" => location(body()?)?,
        "contacts" => contacts(message)?,
        "order" => order(body()?)?,
        "reaction" => {
            let reaction = body()?;
            Content::Reaction { to: needed(reaction, kind, "message_id")?, emoji: own(reaction, "emoji") }
        }
        // `unknown` is the older spelling.
        "unsupported" | "unknown" => unsupported(message),
        "request_welcome" => Content::Welcome,
        "media_placeholder" => Content::Placeholder,
        other => return Err(format!("a message of the type {} is not understood yet", word(other))),
    })
}

fn media(kind: MediaKind, media: &Value) -> Result<Content, String> {
    Ok(Content::Media(Media {
        kind,
        id: loose::id(media, "id")
            .ok_or_else(|| format!("`{}.id` was expected to be a text", kind.word()))?,
        mime_type: owned(media, "mime_type"),
        sha256: owned(media, "sha256"),
        caption: own(media, "caption"),
        filename: own(media, "filename"),
        voice: flag(media, "voice"),
        animated: flag(media, "animated"),
        url: own(media, "url"),
    }))
}

fn interactive(interactive: &Value) -> Result<Content, String> {
    for name in ["button_reply", "list_reply"] {
        if interactive.get(name).is_some() {
            let reply = object(interactive, name)?;
            let (id, title) = (needed(reply, name, "id")?, owned(reply, "title"));
            return Ok(Content::Choice { id, title, description: own(reply, "description") });
        }
    }
    if interactive.get("nfm_reply").is_some() {
        let reply = object(interactive, "nfm_reply")?;
        // A text that holds JSON; and once in a while the JSON itself.
        let response = match reply.get("response_json") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => String::new(),
            Some(value) => value.to_string(),
        };
        return Ok(Content::Form { name: owned(reply, "name"), body: owned(reply, "body"), response });
    }
    if interactive.get("call_permission_reply").is_some() {
        let reply = object(interactive, "call_permission_reply")?;
        let given = match text(reply, "response") {
            Some("accept") => true,
            Some("reject") => false,
            _ => {
                return Err("`call_permission_reply.response` was expected to be accept or reject".to_owned());
            }
        };
        let (until, permanent) = (loose::time(reply, "expiration_timestamp"), flag(reply, "is_permanent"));
        return Ok(Content::CallPermission {
            given,
            until,
            permanent,
            source: owned(reply, "response_source"),
        });
    }
    Err(match text(interactive, "type") {
        Some(kind) => format!("an interactive answer of the type {} is not understood yet", word(kind)),
        None => "`interactive` was expected to hold `button_reply` or `list_reply`".to_owned(),
    })
}

fn button(button: &Value) -> Result<Content, String> {
    let (payload, text) = (owned(button, "payload"), owned(button, "text"));
    if payload.is_empty() && text.is_empty() {
        return Err("`button` was expected to hold `payload` or `text`".to_owned());
    }
    Ok(Content::Button { payload, text })
}

fn location(location: &Value) -> Result<Content, String> {
    let degrees = |name, most: f64| {
        number(location, name)
            .filter(|degrees| degrees.abs() <= most)
            .ok_or_else(|| format!("`location.{name}` was expected to be a number from -{most} to {most}"))
    };
    Ok(Content::Location {
        latitude: degrees("latitude", 90.0)?,
        longitude: degrees("longitude", 180.0)?,
        name: own(location, "name"),
        address: own(location, "address"),
        url: own(location, "url"),
    })
}

fn contacts(message: &Value) -> Result<Content, String> {
    let cards = list(message, "contacts");
    if cards.is_empty() {
        return Err("`contacts` was expected to be an array of cards".to_owned());
    }
    Ok(Content::Contacts { cards: cards.iter().map(card).collect() })
}

fn card(card: &Value) -> Card {
    let kind = |of: &Value| owned(of, "type");
    Card {
        name: part(card, "name").map(name).unwrap_or_default(),
        phones: list(card, "phones")
            .iter()
            .map(|of| CardPhone { phone: owned(of, "phone"), kind: kind(of), wa_id: owned(of, "wa_id") })
            .collect(),
        emails: list(card, "emails")
            .iter()
            .map(|of| Email { email: owned(of, "email"), kind: kind(of) })
            .collect(),
        addresses: list(card, "addresses").iter().map(address).collect(),
        urls: list(card, "urls").iter().map(|of| Url { url: owned(of, "url"), kind: kind(of) }).collect(),
        company: part(card, "org").map(|org| Company {
            name: owned(org, "company"),
            department: owned(org, "department"),
            title: owned(org, "title"),
        }),
        birthday: own(card, "birthday"),
        vcard: own(card, "vcard"),
        asked_for: text(card, "origin") == Some("contact_request"),
    }
}

fn name(name: &Value) -> CardName {
    CardName {
        formatted: owned(name, "formatted_name"),
        first: owned(name, "first_name"),
        middle: owned(name, "middle_name"),
        last: owned(name, "last_name"),
        prefix: owned(name, "prefix"),
        suffix: owned(name, "suffix"),
    }
}

fn address(address: &Value) -> Address {
    Address {
        street: owned(address, "street"),
        city: owned(address, "city"),
        state: owned(address, "state"),
        zip: owned(address, "zip"),
        country: owned(address, "country"),
        country_code: owned(address, "country_code"),
        kind: owned(address, "type"),
    }
}

/// Numbers come as integers and with a fraction.
fn order(order: &Value) -> Result<Content, String> {
    let item = |item: &Value| {
        Some(Item {
            product: loose::id(item, "product_retailer_id")?,
            quantity: number(item, "quantity")?,
            price: number(item, "item_price")?,
            currency: owned(item, "currency"),
        })
    };
    let items: Option<Vec<Item>> = list(order, "product_items").iter().map(item).collect();
    let items = items.filter(|items| !items.is_empty()).ok_or(
        "`order.product_items` was expected to be an array of products with their quantities and prices",
    )?;
    let catalog = loose::id(order, "catalog_id").unwrap_or_default();
    Ok(Content::Order { catalog, text: owned(order, "text"), items })
}

fn unsupported(message: &Value) -> Content {
    let what = part(message, "unsupported").map(|of| loose::metas_word(of, "type")).unwrap_or_default();
    let error = problems(message).into_iter().next();
    let (code, title, details) =
        error.map(|error| (error.code, error.title, error.details)).unwrap_or_default();
    Content::Unsupported { what, code, details: if details.is_empty() { title } else { details } }
}
