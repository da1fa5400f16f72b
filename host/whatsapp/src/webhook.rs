//! What Meta tells us, taken apart into updates.
//!
//! One POST may carry a thousand updates of several accounts, numbers and kinds (Meta, Webhooks overview), and it is
//! sent again as a whole, for days, until it is accepted. So one element that is not understood must never cost its
//! neighbours: every level is read on its own from the text it is made of, and what is strange is handed on as that very
//! text, to be read again by a version that knows it. That is why the levels above an element are kept as raw text and
//! only the element itself becomes a tree of values: an escape that is no character, or a nesting without end, stays
//! inside its element.
//!
//! Nothing depends on the order of members, which is not Meta's to promise.

mod element;
mod loose;

use std::collections::BTreeMap;

use domain::Time;
use domain::delivery::Status;
use domain::id::NumberId;
use domain::message::{Content, Identity};
use serde::Deserialize;
use serde_json::value::RawValue;

use element::Contact;

/// One thing that happened, as WhatsApp tells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// A customer wrote.
    Message {
        /// Our number that received it.
        number: NumberId,
        /// Who wrote.
        sender: Identity,
        /// The name that they gave themselves in WhatsApp.
        name: Option<String>,
        /// WhatsApp's identifier of the message. It contains the phone number.
        wamid: String,
        /// When it was sent, by Meta's clock, to the second.
        sent_at: Time,
        /// What was said.
        content: Content,
        /// The wamid of the message that this one answers.
        answers: Option<String>,
    },
    /// What became of a message of ours. May come late, twice and in any order.
    Status {
        /// Our number that sent it.
        number: NumberId,
        /// The message.
        wamid: String,
        /// What became of it.
        status: Status,
        /// When, by Meta's clock, to the second.
        at: Time,
        /// The `biz_opaque_callback_data` of the send, echoed.
        opaque: Option<String>,
        /// Whom it went to, as far as it says: a status `failed` may name nobody.
        recipient: Identity,
        /// Why it failed.
        errors: Vec<Problem>,
        /// What it costs. Only on `sent` and one of `delivered` and `read`, if at all.
        pricing: Option<Pricing>,
    },
    /// Something that this version does not understand.
    Strange(Strange),
}

/// A reason why a message failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Meta's error code: `action` says what it asks for.
    pub code: i64,
    /// Its title.
    pub title: String,
    /// More words. They are Meta's and may name a phone number.
    pub details: String,
}

/// What Meta says of the price of a message (Meta, Webhooks, `statuses.pricing`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pricing {
    /// Whether it is charged. Meta means to drop this member.
    pub billable: Option<bool>,
    /// `PMP`, per message, or the old `CBP`, per conversation.
    pub model: String,
    /// `regular`, `free_customer_service`, `free_entry_point` …
    pub kind: String,
    /// `service`, `utility`, `marketing`, `authentication` …
    pub category: String,
}

/// An element that is not understood (yet), whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strange {
    /// The field of the webhook; empty where there was none.
    pub field: String,
    /// Our number, if it was named.
    pub number: Option<NumberId>,
    /// The customer, if exactly one was named.
    pub contact: Option<Identity>,
    /// The message, if one was named.
    pub wamid: Option<String>,
    /// What was expected and what was found. Never holds personal data or words of a message.
    pub why: String,
    /// The element's own JSON text, byte for byte.
    pub raw: String,
}

/// The body of a webhook is no JSON text in UTF-8. Nothing of it can be told from anything else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body of the webhook is not JSON in UTF-8: {why}")]
pub struct NotJson {
    why: String,
}

/// Takes the body of a webhook apart, change by change as they stand; within a change, array by array in the order of
/// their names, so that the same meaning always gives the same updates.
pub fn read(body: &[u8]) -> Result<Vec<Update>, NotJson> {
    let body = std::str::from_utf8(body).map_err(|error| NotJson { why: error.to_string() })?;
    let mut updates = Vec::new();
    match serde_json::from_str::<Members<'_>>(body) {
        Ok(members) => read_entries(&members, body, &mut updates),
        // Not an object, and yet JSON.
        Err(error) if error.is_data() => {
            let raw: &RawValue =
                serde_json::from_str(body).map_err(|error| NotJson { why: error.to_string() })?;
            updates.push(nowhere("the body", "an object", raw.get()));
        }
        Err(error) => return Err(NotJson { why: error.to_string() }),
    }
    Ok(updates)
}

/// The members of an object, each as its text.
type Members<'a> = BTreeMap<String, &'a RawValue>;

fn members(raw: &RawValue) -> Option<Members<'_>> {
    serde_json::from_str(raw.get()).ok()
}

fn elements(raw: &RawValue) -> Option<Vec<&RawValue>> {
    Vec::<&RawValue>::deserialize(raw).ok()
}

fn text(members: &Members<'_>, name: &str) -> Option<String> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

fn read_entries(body: &Members<'_>, whole: &str, updates: &mut Vec<Update>) {
    let Some(entries) = body.get("entry").and_then(|raw| elements(raw)) else {
        return updates.push(nowhere("`entry`", "an array", whole));
    };
    for entry in entries {
        let changes = members(entry).and_then(|entry| elements(entry.get("changes")?));
        match changes {
            Some(changes) => changes.into_iter().for_each(|change| read_change(change, updates)),
            None => updates.push(nowhere("an entry", "an object with an array `changes`", entry.get())),
        }
    }
}

fn read_change(raw: &RawValue, updates: &mut Vec<Update>) {
    let Some(change) = members(raw) else {
        return updates.push(nowhere("a change", "an object", raw.get()));
    };
    let field = text(&change, "field").unwrap_or_default();
    let value = change.get("value").and_then(|raw| members(raw));
    let Some(value) = value else {
        let why = format!("the `value` of a change was expected to be an object and is {}", found(&change));
        return updates.push(Update::Strange(Strange { field, ..strange(why, raw.get()) }));
    };
    let place = Place::new(field, &value);
    match place.field.as_str() {
        "messages" => read_messages(&place, &value, raw, updates),
        // These speak of one change each, whatever its value holds.
        field => {
            let why = format!("the field {} is not understood yet", loose::word(field));
            updates.push(place.strange(why, raw.get(), None, None));
        }
    }
}

fn found(change: &Members<'_>) -> &'static str {
    change.get("value").map_or("missing", |raw| loose::kind_of_text(raw.get()))
}

/// The field `messages`: what customers wrote, what became of what we wrote, and errors of the number as a whole.
fn read_messages(place: &Place, value: &Members<'_>, change: &RawValue, updates: &mut Vec<Update>) {
    let before = updates.len();
    for (name, raw) in value {
        let read: fn(&Place, &RawValue) -> Update = match name.as_str() {
            "messaging_product" | "metadata" | "contacts" => continue,
            "messages" => element::message,
            "statuses" => element::status,
            "errors" => element::error,
            other => {
                let why = format!("the member {} of `value` is not understood yet", loose::word(other));
                updates.push(place.strange(why, raw.get(), None, None));
                continue;
            }
        };
        match elements(raw) {
            Some(found) => updates.extend(found.into_iter().map(|raw| read(place, raw))),
            None => {
                let found = loose::kind_of_text(raw.get());
                let why = format!("`{name}` was expected to be an array and is {found}");
                updates.push(place.strange(why, raw.get(), None, None));
            }
        }
    }
    if updates.len() == before && !["messages", "statuses", "errors"].iter().any(|n| value.contains_key(*n)) {
        let why = "a `value` was expected to hold `messages`, `statuses` or `errors`".to_owned();
        updates.push(place.strange(why, change.get(), None, None));
    }
}

/// Where an element stands: what it shares with its neighbours.
struct Place {
    field: String,
    number: Option<NumberId>,
    contacts: Vec<Contact>,
}

impl Place {
    fn new(field: String, value: &Members<'_>) -> Self {
        let number = value.get("metadata").and_then(|raw| text(&members(raw)?, "phone_number_id"));
        let contacts = value.get("contacts").and_then(|raw| elements(raw)).unwrap_or_default();
        Self {
            field,
            number: number.filter(|id| !id.is_empty()).map(NumberId::from),
            contacts: contacts.into_iter().filter_map(Contact::read).collect(),
        }
    }

    /// An element that is not understood, with the customer it names, or else the only one that its place names.
    fn strange(&self, why: String, raw: &str, contact: Option<Identity>, wamid: Option<String>) -> Update {
        let only = || match self.contacts.as_slice() {
            [contact] => Some(contact.identity.clone()),
            _ => None,
        };
        Update::Strange(Strange {
            field: self.field.clone(),
            number: self.number.clone(),
            contact: contact.or_else(only),
            wamid,
            ..strange(why, raw)
        })
    }
}

/// Something so far up that it belongs to nobody.
fn nowhere(what: &str, expected: &str, raw: &str) -> Update {
    let why = format!("{what} was expected to be {expected} and is not");
    Update::Strange(strange(why, raw))
}

fn strange(why: String, raw: &str) -> Strange {
    let raw = raw.to_owned();
    Strange { field: String::new(), number: None, contact: None, wamid: None, why, raw }
}
