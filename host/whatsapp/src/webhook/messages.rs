//! The field `messages`: what customers write, and what WhatsApp tells in the form of a message.
//!
//! (Meta, *Webhooks: messages*.) A message is understood entirely or not at all: half a message would be answered as if
//! it were whole. What is said besides (a name, an answer's context, an advertisement) may be missing.
//!
//! A message of the type `system` is nobody's words: it says that a customer changed their number, their user id or
//! their identity key. Its spellings are those of three generations of the API.

use domain::event::IdentityPart;
use domain::message::{Beside, Edit, Forwarded, Identity, Product, Profile, Referral, Side};
use serde_json::Value;

use super::loose::{self, flag, needed, object, own, owned, part, text, word};
use super::place::{Contact, Place, identity};
use super::{Change, content, notices, statuses};
use crate::update::Update;

/// The members of `value` that are read; the first three say what the rest is about.
pub(super) fn read(change: &mut Change<'_>) {
    let before = change.updates.len();
    let names: Vec<String> = change.value.keys().cloned().collect();
    for name in &names {
        match name.as_str() {
            "messaging_product" | "metadata" | "contacts" => {}
            "messages" => drop(change.array(name, message)),
            "statuses" => drop(change.array(name, statuses::status)),
            "errors" => drop(change.array(name, notices::error)),
            "user_actions" => drop(change.array(name, notices::user_action)),
            // Seen in the field, and told of nowhere.
            "conversation_context" => {
                let raw = change.value.get(name).map_or("", |raw| raw.get());
                let notice = change.place.notice(name.clone(), raw);
                change.updates.push(Update::Notice(notice));
            }
            other => {
                let why = format!("the member {} of `value` is not understood yet", word(other));
                let raw = change.value.get(name).map_or("", |raw| raw.get());
                change.updates.push(change.place.strange(why, raw, None, None));
            }
        }
    }
    let known = ["messages", "statuses", "errors", "user_actions"];
    if change.updates.len() == before && !known.iter().any(|name| change.value.contains_key(*name)) {
        let why = "a `value` was expected to hold `messages`, `statuses` or `errors`".to_owned();
        change.updates.push(change.place.strange(why, change.whole.get(), None, None));
    }
}

pub(super) fn message(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let named = identity(value, "from", "from_user_id", "from_parent_user_id");
    match text(value, "type") {
        Some("system") => system(place, value, raw, named),
        Some("edit") => {
            let (number, (customer, _)) = (place.number()?, sender(place, named)?);
            Ok(Update::Edit { number, customer, by: Side::Customer, edit: edit(value)?, at: time(value)? })
        }
        Some("revoke") => {
            let (number, (customer, _)) = (place.number()?, sender(place, named)?);
            let (wamid, original) = (wamid(value)?, original(value, "revoke")?);
            Ok(Update::Revoke { number, customer, by: Side::Customer, wamid, original, at: time(value)? })
        }
        _ => {
            let (number, (sender, contact)) = (place.number()?, sender(place, named)?);
            Ok(Update::Message {
                number,
                sender,
                profile: contact.map_or_else(Profile::default, |contact| contact.profile.clone()),
                wamid: wamid(value)?,
                sent_at: time(value)?,
                content: content::content(value)?,
                answers: answers(value),
                beside: Box::new(beside(value, contact)),
            })
        }
    }
}

fn sender(place: &Place, named: Option<Identity>) -> Result<(Identity, Option<&Contact>), String> {
    place
        .whom(named)
        .ok_or_else(|| "a phone or a user id was expected in `from` or `from_user_id`".to_owned())
}

pub(super) fn edit(value: &Value) -> Result<Edit, String> {
    let changed = object(object(value, "edit")?, "message")?;
    Ok(Edit { original: original(value, "edit")?, wamid: wamid(value)?, content: content::content(changed)? })
}

pub(super) fn original(value: &Value, kind: &str) -> Result<String, String> {
    needed(object(value, kind)?, kind, "original_message_id")
}

pub(super) fn wamid(value: &Value) -> Result<String, String> {
    own(value, "id").ok_or_else(|| "`id` was expected and is missing".to_owned())
}

/// Seconds since 1970, as a string or as a number.
pub(super) fn time(value: &Value) -> Result<domain::Time, String> {
    loose::time(value, "timestamp")
        .ok_or_else(|| "`timestamp` was expected to be seconds since 1970".to_owned())
}

/// The wamid of the message that this one answers.
pub(super) fn answers(value: &Value) -> Option<String> {
    own(part(value, "context")?, "id")
}

/// What comes with a message and is not the message.
pub(super) fn beside(value: &Value, contact: Option<&Contact>) -> Beside {
    let context = part(value, "context");
    let said = |name| context.is_some_and(|context| flag(context, name));
    Beside {
        answers_whom: context.and_then(|context| own(context, "from")),
        forwarded: match (said("frequently_forwarded"), said("forwarded")) {
            (true, _) => Forwarded::Often,
            (false, true) => Forwarded::Once,
            (false, false) => Forwarded::No,
        },
        product: context.and_then(|context| {
            let product = part(context, "referred_product")?;
            Some(Product { catalog: owned(product, "catalog_id"), id: owned(product, "product_retailer_id") })
        }),
        referral: part(value, "referral").map(|referral| Box::new(referred(referral))),
        group: own(value, "group_id"),
        identity_key: part(value, "identity")
            .and_then(|identity| own(identity, "hash"))
            .or_else(|| contact?.key.clone()),
    }
}

fn referred(referral: &Value) -> Referral {
    Referral {
        source_url: owned(referral, "source_url"),
        source_id: loose::id(referral, "source_id").unwrap_or_default(),
        source_type: owned(referral, "source_type"),
        headline: owned(referral, "headline"),
        body: owned(referral, "body"),
        media_type: owned(referral, "media_type"),
        image_url: owned(referral, "image_url"),
        video_url: owned(referral, "video_url"),
        thumbnail_url: owned(referral, "thumbnail_url"),
        click: owned(referral, "ctwa_clid"),
        welcome: part(referral, "welcome_message").map(|welcome| owned(welcome, "text")).unwrap_or_default(),
    }
}

/// `from` is who they were. The new phone is `wa_id`, or `new_wa_id` in the old spelling, where `customer` repeats the
/// old one; the new identity key is `hash` in an `identity` at the top, or the text `identity` in the old spelling.
fn system(place: &Place, value: &Value, raw: &str, named: Option<Identity>) -> Result<Update, String> {
    let system = object(value, "system")?;
    let old = identity(system, "customer", "customer_user_id", "customer_parent_user_id");
    let was = named.or(old);
    let phone = text(system, "new_wa_id").or_else(|| text(system, "wa_id")).and_then(loose::phone);
    let (user_id, parent_user_id) = (own(system, "user_id"), own(system, "parent_user_id"));
    let new = Identity { phone, user_id, parent_user_id };
    let (part, was, now) = match text(system, "type") {
        Some("user_changed_number" | "customer_changed_number") if new.phone.is_some() => {
            (IdentityPart::Phone, was.unwrap_or_default(), new)
        }
        Some("user_changed_user_id") if new.user_id.is_some() => {
            (IdentityPart::UserId, was.unwrap_or_default(), new)
        }
        Some("customer_identity_changed" | "user_identity_changed") => {
            let was = place.whom(was).map(|(was, _)| was).unwrap_or_default();
            (IdentityPart::Key, was, Identity::default())
        }
        Some("user_changed_number" | "customer_changed_number") => {
            return Err("`system` was expected to hold the new phone in `wa_id`".to_owned());
        }
        Some("user_changed_user_id") => {
            return Err("`system` was expected to hold the new user id in `user_id`".to_owned());
        }
        _ => {
            // Whatever else WhatsApp tells of a chat: it is nobody's words.
            let contact = place.whom(was).map(|(was, _)| was);
            let (wamid, at) = (Some(wamid(value)?), Some(time(value)?));
            let what = loose::metas_word(system, "type");
            return Ok(Update::Notice(crate::update::Notice {
                contact,
                wamid,
                at,
                ..place.notice(what, raw)
            }));
        }
    };
    if was.is_empty() && now.user_id.is_none() {
        return Err("a phone or a user id was expected in `from` or `from_user_id`".to_owned());
    }
    let key = value.get("identity").and_then(|key| own(key, "hash")).or_else(|| own(system, "identity"));
    let detail = key.unwrap_or_else(|| owned(system, "body"));
    let (number, wamid, at) = (place.number.clone(), Some(wamid(value)?), time(value)?);
    Ok(Update::Identity { number, part, was, now, wamid, at, detail })
}
