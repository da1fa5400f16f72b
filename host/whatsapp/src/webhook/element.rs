//! The elements of the field `messages`: a customer's message, a status of ours, an error, a contact.
//!
//! (Meta, Webhooks, `messages`.) A message is understood entirely or not at all: half a message would be answered as if
//! it were whole. What is said besides (a name, an answer's context, an advertisement) may be missing.

use domain::Time;
use domain::delivery::Status;
use domain::message::{Content, Identity, Media, MediaKind};
use serde_json::Value;
use serde_json::value::RawValue;

use super::loose::{self, integer, number, object, owned, text, word};
use super::{Place, Pricing, Problem, Update};

/// A customer as described beside the messages.
pub(super) struct Contact {
    pub(super) identity: Identity,
    name: Option<String>,
}

impl Contact {
    /// None for what names nobody.
    pub(super) fn read(raw: &RawValue) -> Option<Self> {
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        let identity = identity(&value, "wa_id", "user_id")?;
        let name = value.get("profile").and_then(|profile| text(profile, "name")).map(str::to_owned);
        Some(Self { identity, name })
    }
}

pub(super) fn message(place: &Place, raw: &RawValue) -> Update {
    let value = match tree(raw) {
        Ok(value) => value,
        Err(why) => return place.strange(why, raw.get(), None, None),
    };
    let named = identity(&value, "from", "from_user_id");
    understood_message(place, &value, named.as_ref()).unwrap_or_else(|why| {
        place.strange(why, raw.get(), named.map(|named| place.complete(named).0), wamid(&value).ok())
    })
}

fn understood_message(place: &Place, value: &Value, named: Option<&Identity>) -> Result<Update, String> {
    let number = place.number.clone().ok_or("`metadata.phone_number_id` was expected and is missing")?;
    if value.get("group_id").is_some_and(|group| !group.is_null()) {
        return Err("a message in a group is not understood yet".to_owned());
    }
    let (sender, name) = match (named, place.contacts.as_slice()) {
        (Some(named), _) => place.complete(named.clone()),
        (None, [contact]) => (contact.identity.clone(), contact.name.clone()),
        (None, _) => return Err("a phone or a user id was expected in `from` or `from_user_id`".to_owned()),
    };
    Ok(Update::Message {
        number,
        sender,
        name,
        wamid: wamid(value)?,
        sent_at: time(value)?,
        content: content(value)?,
        answers: value.get("context").and_then(|context| text(context, "id")).map(str::to_owned),
    })
}

fn content(message: &Value) -> Result<Content, String> {
    let kind = text(message, "type").ok_or("`type` was expected and is missing")?;
    let body = || object(message, kind);
    Ok(match kind {
        "text" => Content::Text { body: needed(body()?, "text", "body")? },
        "image" => media(MediaKind::Image, body()?)?,
        "video" => media(MediaKind::Video, body()?)?,
        "audio" => media(MediaKind::Audio, body()?)?,
        "document" => media(MediaKind::Document, body()?)?,
        "sticker" => media(MediaKind::Sticker, body()?)?,
        "interactive" => choice(body()?)?,
        "button" => button(body()?)?,
        "location" => location(body()?)?,
        "reaction" => {
            let reaction = body()?;
            Content::Reaction {
                to: needed(reaction, kind, "message_id")?,
                emoji: text(reaction, "emoji").map(str::to_owned),
            }
        }
        other => return Err(format!("a message of the type {} is not understood yet", word(other))),
    })
}

fn media(kind: MediaKind, media: &Value) -> Result<Content, String> {
    Ok(Content::Media(Media {
        kind,
        id: needed(media, kind.word(), "id")?,
        mime_type: owned(media, "mime_type"),
        sha256: owned(media, "sha256"),
        caption: text(media, "caption").map(str::to_owned),
        filename: text(media, "filename").map(str::to_owned),
        voice: media.get("voice").and_then(Value::as_bool).unwrap_or_default(),
    }))
}

/// Buttons and rows that we had sent. What is chosen in a flow or on a permission form is another matter.
fn choice(interactive: &Value) -> Result<Content, String> {
    for name in ["button_reply", "list_reply"] {
        if interactive.get(name).is_some() {
            let reply = object(interactive, name)?;
            return Ok(Content::Choice { id: needed(reply, name, "id")?, title: owned(reply, "title") });
        }
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
        name: text(location, "name").map(str::to_owned),
        address: text(location, "address").map(str::to_owned),
    })
}

pub(super) fn status(place: &Place, raw: &RawValue) -> Update {
    let value = match tree(raw) {
        Ok(value) => value,
        Err(why) => return place.strange(why, raw.get(), None, None),
    };
    let recipient =
        identity(&value, "recipient_id", "recipient_user_id").map(|named| place.complete(named).0);
    understood_status(place, &value, recipient.clone())
        .unwrap_or_else(|why| place.strange(why, raw.get(), recipient, wamid(&value).ok()))
}

fn understood_status(place: &Place, value: &Value, recipient: Option<Identity>) -> Result<Update, String> {
    let number = place.number.clone().ok_or("`metadata.phone_number_id` was expected and is missing")?;
    if text(value, "recipient_type") == Some("group") {
        return Err("a status of a message to a group is not understood yet".to_owned());
    }
    let status = match text(value, "status") {
        Some("sent") => Status::Sent,
        Some("delivered") => Status::Delivered,
        Some("read") => Status::Read,
        Some("played") => Status::Played,
        Some("failed") => Status::Failed,
        Some(other) => return Err(format!("the status {} is not understood yet", word(other))),
        None => return Err("`status` was expected and is missing".to_owned()),
    };
    Ok(Update::Status {
        number,
        wamid: wamid(value)?,
        status,
        at: time(value)?,
        opaque: text(value, "biz_opaque_callback_data").map(str::to_owned),
        recipient: recipient.unwrap_or_default(),
        errors: value
            .get("errors")
            .and_then(Value::as_array)
            .map(|errors| errors.iter().filter_map(problem).collect())
            .unwrap_or_default(),
        pricing: value.get("pricing").filter(|pricing| pricing.is_object()).map(|pricing| Pricing {
            billable: pricing.get("billable").and_then(Value::as_bool),
            model: owned(pricing, "pricing_model"),
            kind: owned(pricing, "type"),
            category: owned(pricing, "category"),
        }),
    })
}

/// `error_data` is an object with `details`, and has been seen as a string.
fn problem(error: &Value) -> Option<Problem> {
    let details = match error.get("error_data") {
        Some(Value::String(details)) => details.clone(),
        Some(data) => owned(data, "details"),
        None => String::new(),
    };
    let title = text(error, "title").or_else(|| text(error, "message")).unwrap_or_default().to_owned();
    Some(Problem { code: integer(error, "code")?, title, details })
}

/// Errors of the number or the account stand beside the messages and belong to none of them.
pub(super) fn error(place: &Place, raw: &RawValue) -> Update {
    let code = tree(raw).ok().and_then(|error| integer(&error, "code"));
    let why = match code {
        Some(code) => format!("Meta reports the error {code} beside the messages"),
        None => "Meta reports an error without a code beside the messages".to_owned(),
    };
    place.strange(why, raw.get(), None, None)
}

impl Place {
    /// Adds what stands beside the messages about the same person, who is found by what identifies them: the order of
    /// the two arrays means nothing. The user id is the surer one, phones wander.
    fn complete(&self, named: Identity) -> (Identity, Option<String>) {
        let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let found = self
            .contacts
            .iter()
            .find(|contact| same(&contact.identity.user_id, &named.user_id))
            .or_else(|| self.contacts.iter().find(|contact| same(&contact.identity.phone, &named.phone)));
        let Some(contact) = found else { return (named, None) };
        let Identity { phone, user_id } = contact.identity.clone();
        let whole = Identity { phone: named.phone.or(phone), user_id: named.user_id.or(user_id) };
        (whole, contact.name.clone())
    }
}

/// A phone that Meta does not tell is left out, or `""`; and some write the user id in its place.
fn identity(value: &Value, phone: &str, user_id: &str) -> Option<Identity> {
    let place_of_phone = text(value, phone);
    let user_id = text(value, user_id).or(place_of_phone.filter(|text| loose::looks_like_user_id(text)));
    let identity =
        Identity { phone: place_of_phone.and_then(loose::phone), user_id: user_id.map(str::to_owned) };
    (identity != Identity::default()).then_some(identity)
}

fn wamid(value: &Value) -> Result<String, String> {
    text(value, "id").map(str::to_owned).ok_or_else(|| "`id` was expected and is missing".to_owned())
}

/// Seconds since 1970, as a string or as a number.
fn time(value: &Value) -> Result<Time, String> {
    integer(value, "timestamp")
        .and_then(|seconds| Time::from_second(seconds).ok())
        .ok_or_else(|| "`timestamp` was expected to be seconds since 1970".to_owned())
}

fn needed(object: &Value, parent: &str, name: &str) -> Result<String, String> {
    text(object, name)
        .map(str::to_owned)
        .ok_or_else(|| format!("`{parent}.{name}` was expected to be a text"))
}

/// The element as a tree. The words of the parser say where it stumbled and never what stands there.
fn tree(raw: &RawValue) -> Result<Value, String> {
    match serde_json::from_str(raw.get()) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(value) => Err(format!("an object was expected and this is {}", loose::kind(&value))),
        Err(error) => Err(format!("an object was expected and this is not readable: {error}")),
    }
}
