//! Numbers that are used in the app on a telephone too: what is written there, and what was written before (Meta,
//! *Webhooks: smb_message_echoes*, *history*).
//!
//! The past comes in chunks without an order, thousands of messages a time: by thread, then the media of each on their
//! own, under the wamid of the message that held their place.

use domain::message::{Edit, Identity, Inbound, Side};
use domain::platform::Origin;
use serde_json::Value;
use serde_json::value::RawValue;

use super::loose::{owned, part, text};
use super::messages::{answers, beside, edit, original, time, wamid};
use super::place::{Place, identity};
use super::{Change, content, element, elements, loose, members, text_of};
use crate::update::{Notice, Update};

/// What the company wrote in the app.
pub(super) fn echo(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let named = identity(value, "to", "to_user_id", "to_parent_user_id");
    let (customer, _) =
        place.whom(named).ok_or("a phone or a user id was expected in `to` or `to_user_id`")?;
    said(place, value, customer, Side::Company, Origin::App)
}

fn said(
    place: &Place,
    value: &Value,
    customer: Identity,
    by: Side,
    origin: Origin,
) -> Result<Update, String> {
    let (number, at) = (place.number()?, time(value)?);
    Ok(match text(value, "type") {
        Some("edit") => Update::Edit { number, customer, by, edit: edit(value)?, at },
        Some("revoke") => {
            let (wamid, original) = (wamid(value)?, original(value, "revoke")?);
            Update::Revoke { number, customer, by, wamid, original, at }
        }
        _ => {
            let inbound = Inbound {
                wamid: wamid(value)?,
                content: content::content(value)?,
                answers: answers(value),
                beside: beside(value, None),
            };
            Update::Echo { number, customer, by, origin, inbound: Box::new(inbound), sent_at: at }
        }
    })
}

/// What was said before the number came to this host.
pub(super) fn history(change: &mut Change<'_>) {
    let medium: super::Reader = medium;
    let media = change.array("messages", medium);
    let chunks = change.value.get("history").map(|raw| elements(raw));
    match chunks {
        Some(Some(chunks)) => {
            for chunk in chunks {
                read_chunk(&change.place, chunk, change.updates);
            }
        }
        None if media => {}
        _ => {
            let why = "a `value` was expected to hold an array `history` or `messages`".to_owned();
            change.updates.push(change.place.strange(why, change.whole.get(), None, None));
        }
    }
}

fn read_chunk(place: &Place, raw: &RawValue, updates: &mut Vec<Update>) {
    let Some(chunk) = members(raw) else {
        let why = "a chunk of the history was expected to be an object".to_owned();
        return updates.push(place.strange(why, raw.get(), None, None));
    };
    let before = updates.len();
    // How far Meta is, or that the company did not want its history told (code 2593109).
    for name in ["metadata", "errors"] {
        if let Some(told) = chunk.get(name) {
            let what = if name == "metadata" { "progress" } else { name };
            updates
                .push(Update::Notice(Notice { contact: None, ..place.notice(what.to_owned(), told.get()) }));
        }
    }
    if let Some(threads) = chunk.get("threads") {
        match elements(threads) {
            Some(threads) => threads.into_iter().for_each(|thread| read_thread(place, thread, updates)),
            None => {
                let why = "`threads` was expected to be an array".to_owned();
                updates.push(place.strange(why, threads.get(), None, None));
            }
        }
    }
    if updates.len() == before {
        let why = "a chunk of the history was expected to hold `threads` or `errors`".to_owned();
        updates.push(place.strange(why, raw.get(), None, None));
    }
}

/// A thread has the id of the customer: digits, or a user id.
fn read_thread(place: &Place, raw: &RawValue, updates: &mut Vec<Update>) {
    let thread = members(raw).unwrap_or_default();
    let id = serde_json::json!({ "id": text_of(&thread, "id") });
    let customer = identity(&id, "id", "", "");
    let messages = thread.get("messages").and_then(|raw| elements(raw));
    let (Some(customer), Some(messages)) = (customer, messages) else {
        let why = "a thread was expected to have the `id` of a customer and an array `messages`".to_owned();
        return updates.push(place.strange(why, raw.get(), None, None));
    };
    // The thread is told to each of its messages as the only customer of the place.
    let place = Place { contacts: Vec::new(), ..of_thread(place) };
    for message in messages {
        let update = element(&place, message, past);
        updates.push(with(update, &customer));
    }
}

fn of_thread(place: &Place) -> Place {
    Place {
        field: place.field.clone(),
        entry: place.entry.clone(),
        at: place.at,
        number: place.number.clone(),
        display: place.display.clone(),
        contacts: Vec::new(),
    }
}

/// Who wrote is told by `to`, which only messages of the company have, and by our own number in `from`.
fn by(place: &Place, value: &Value) -> Side {
    let ours = text(value, "from").and_then(loose::displayed_phone);
    if value.get("to").is_some() || (ours.is_some() && ours == place.display) {
        Side::Company
    } else {
        Side::Customer
    }
}

fn past(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let status = part(value, "history_context").map(|context| loose::metas_word(context, "status"));
    let origin = Origin::Past { status: status.unwrap_or_default() };
    said(place, value, Identity::default(), by(place, value), origin)
}

/// The customer of a thread is that of all its messages.
fn with(update: Update, of_thread: &Identity) -> Update {
    let of_thread = of_thread.clone();
    match update {
        Update::Echo { number, by, origin, inbound, sent_at, .. } => {
            Update::Echo { number, customer: of_thread, by, origin, inbound, sent_at }
        }
        Update::Edit { number, by, edit, at, .. } => {
            Update::Edit { number, customer: of_thread, by, edit, at }
        }
        Update::Revoke { number, by, wamid, original, at, .. } => {
            Update::Revoke { number, customer: of_thread, by, wamid, original, at }
        }
        Update::Strange(strange) => {
            Update::Strange(crate::update::Strange { contact: Some(of_thread), ..strange })
        }
        other => other,
    }
}

/// The medium of a message of the past, which until then was a placeholder: the message says something else now.
fn medium(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let by = by(place, value);
    let named = match by {
        Side::Customer => identity(value, "from", "from_user_id", "from_parent_user_id"),
        Side::Company => identity(value, "to", "to_user_id", "to_parent_user_id"),
    };
    let (customer, _) = place.whom(named).ok_or("a phone or a user id was expected in `from` or `to`")?;
    let wamid = wamid(value)?;
    let edit = Edit { original: wamid.clone(), wamid, content: content::content(value)? };
    Ok(Update::Edit { number: place.number()?, customer, by, edit, at: time(value)? })
}

/// A card that was put into the telephone's address book, or taken out of it.
pub(super) fn address_book(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let contact = part(value, "contact")
        .and_then(|contact| identity(contact, "phone_number", "user_id", "parent_user_id"));
    let at = part(value, "metadata").and_then(|metadata| loose::time(metadata, "timestamp"));
    let what = owned(value, "action");
    let what = if matches!(what.as_str(), "add" | "remove") { what } else { String::new() };
    Ok(Update::Notice(Notice { contact, at, ..place.notice(what, raw) }))
}
