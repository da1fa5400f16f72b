//! The bodies that a webhook gets, spelt as Meta spells them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::options::{Number, Person};

/// Free-form messages of a number that cost nothing, each month (Meta, Pricing updates: from 2026-10-01).
pub(crate) const FREE_PER_MONTH: u64 = 1_000;

/// One thing to tell the host.
pub(crate) struct Update {
    number: Arc<Number>,
    contact: Value,
    what: What,
    /// The customer's phone and message that get a second tick once this is delivered.
    pub(crate) slip: Option<(String, String)>,
}

enum What {
    Message(Value),
    Status(Value),
}

impl Update {
    pub(crate) fn message(number: Arc<Number>, from: &Person, wamid: &str, mut message: Value) -> Self {
        message["id"] = wamid.into();
        message["from_user_id"] = from.user_id.as_str().into();
        if !from.hidden {
            message["from"] = from.phone.as_str().into();
        }
        let slip = Some((from.phone.clone(), wamid.to_owned()));
        Self { number, contact: contact(from), what: What::Message(message), slip }
    }

    pub(crate) fn status(number: Arc<Number>, to: &Person, status: Value) -> Self {
        Self { number, contact: contact(to), what: What::Status(status), slip: None }
    }
}

fn contact(person: &Person) -> Value {
    let mut contact = json!({"profile": {}, "user_id": person.user_id});
    if !person.name.is_empty() {
        contact["profile"]["name"] = person.name.as_str().into();
    }
    if !person.hidden && !person.phone.is_empty() {
        contact["wa_id"] = person.phone.as_str().into();
    }
    contact
}

/// What a free-form message costs.
pub(crate) fn pricing(free: bool) -> Value {
    let kind = if free { "free_customer_service" } else { "regular" };
    json!({"billable": !free, "pricing_model": "PMP", "type": kind, "category": "service"})
}

/// One body for many updates: an entry per account, a change per number.
pub(crate) fn body(updates: &[Update]) -> Vec<u8> {
    let mut accounts: BTreeMap<&str, BTreeMap<&str, Vec<&Update>>> = BTreeMap::new();
    for update in updates {
        let numbers = accounts.entry(&update.number.account).or_default();
        numbers.entry(&update.number.id).or_default().push(update);
    }
    let entries: Vec<_> = accounts
        .into_iter()
        .map(|(account, numbers)| json!({"id": account, "changes": numbers.values().map(|of| change(of)).collect::<Vec<_>>()}))
        .collect();
    escaped(&json!({"object": "whatsapp_business_account", "entry": entries}).to_string()).into_bytes()
}

fn change(updates: &[&Update]) -> Value {
    let mut contacts: Vec<&Value> = Vec::new();
    let (mut messages, mut statuses) = (Vec::new(), Vec::new());
    for update in updates {
        if !contacts.contains(&&update.contact) {
            contacts.push(&update.contact);
        }
        match &update.what {
            What::Message(message) => messages.push(message),
            What::Status(status) => statuses.push(status),
        }
    }
    let display = updates.first().map(|update| crate::id::digits(&update.number.display));
    let id = updates.first().map(|update| &update.number.id);
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": display, "phone_number_id": id},
        "contacts": contacts,
    });
    if !messages.is_empty() {
        value["messages"] = json!(messages);
    }
    if !statuses.is_empty() {
        value["statuses"] = json!(statuses);
    }
    json!({"value": value, "field": "messages"})
}

/// The JSON text as Meta writes and signs it: in ASCII alone, and with every `/` escaped. In a JSON text such characters
/// stand inside strings only, so the text can be gone over without understanding it.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + json.len() / 8);
    for character in json.chars() {
        match character {
            '/' => text.push_str("\\/"),
            '\0'..='\x7f' => text.push(character),
            other => {
                for unit in other.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_ascii_and_means_the_same() {
        let json = json!({"body": "café 👍 http://x", "nul": "\0"}).to_string();
        let text = escaped(&json);
        assert!(text.is_ascii());
        assert!(text.contains(r"caf\u00e9 \ud83d\udc4d http:\/\/x"));
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            serde_json::from_str::<Value>(&json).unwrap()
        );
    }
}
