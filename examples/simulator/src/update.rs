//! The bodies that a webhook gets, spelt as Meta spells them.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::options::{Number, Person};
use crate::templates::Category;

/// One thing to tell the host.
#[derive(Clone)]
pub(crate) struct Update {
    /// Those of what it tells, which nothing else has.
    pub(crate) dice: Dice,
    of: Of,
    what: What,
    /// The customer's phone and message that get a second tick once this is delivered.
    pub(crate) slip: Option<(String, String)>,
}

/// What an update is about.
#[derive(Clone)]
enum Of {
    Number(Arc<Number>),
    Account(String),
}

#[derive(Clone)]
enum What {
    /// Into `messages[]`, with whom it is from beside it.
    Message { contact: Option<Value>, message: Value },
    /// Into `statuses[]`.
    Status { contact: Option<Value>, status: Value },
    /// A change of its own, of another field than `messages`.
    Field { field: &'static str, value: Value, time: Option<u64> },
}

/// What stands where a customer's phone belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    Phone,
    Absent,
    Empty,
    UserId,
}

impl Shown {
    pub(crate) fn put(self, object: &mut Value, name: &str, person: &Person) {
        match self {
            Self::Phone if person.phone.is_empty() => {}
            Self::Phone => object[name] = person.phone.as_str().into(),
            Self::Absent => {}
            Self::Empty => object[name] = "".into(),
            Self::UserId => object[name] = person.user_id.as_str().into(),
        }
    }
}

impl Update {
    /// A customer's message; a new phone number and the like come without whom they are from (`introduced`).
    pub(crate) fn message(
        dice: Dice,
        number: Arc<Number>,
        from: &Person,
        shown: Shown,
        introduced: bool,
        wamid: &str,
        mut message: Value,
    ) -> Self {
        message["id"] = wamid.into();
        message["from_user_id"] = from.user_id.as_str().into();
        shown.put(&mut message, "from", from);
        let slip = Some((from.phone.clone(), wamid.to_owned()));
        let contact = introduced.then(|| contact(from, shown, true));
        Self { dice, of: Of::Number(number), what: What::Message { contact, message }, slip }
    }

    /// A status, with whom it is about beside it if it may say so.
    pub(crate) fn status(dice: Dice, number: Arc<Number>, contact: Option<Value>, status: Value) -> Self {
        Self { dice, of: Of::Number(number), what: What::Status { contact, status }, slip: None }
    }

    /// A change of another field about a number and a person: `user_preferences`, `user_id_update`.
    pub(crate) fn beside(
        dice: Dice,
        number: Arc<Number>,
        person: &Person,
        shown: Shown,
        field: &'static str,
        element: Value,
    ) -> Self {
        let mut value = header(&number);
        value["contacts"] = json!([contact(person, shown, true)]);
        value[field] = json!([element]);
        Self { dice, of: Of::Number(number), what: What::Field { field, value, time: None }, slip: None }
    }

    /// A change of a field about an account. `time` in seconds since 1970.
    pub(crate) fn of_account(
        dice: Dice,
        account: &str,
        field: &'static str,
        value: Value,
        time: u64,
    ) -> Self {
        let what = What::Field { field, value, time: Some(time) };
        Self { dice, of: Of::Account(account.to_owned()), what, slip: None }
    }

    /// The same once more. It gives no second tick.
    pub(crate) fn again(&self) -> Self {
        Self { slip: None, ..self.clone() }
    }

    fn account(&self) -> &str {
        match &self.of {
            Of::Number(number) => &number.account,
            Of::Account(account) => account,
        }
    }
}

/// Usernames stand beside messages and beside `delivered` and `read`, not beside `sent`.
pub(crate) fn contact(person: &Person, shown: Shown, with_username: bool) -> Value {
    let mut contact = json!({"profile": {}, "user_id": person.user_id});
    if !person.name.is_empty() {
        contact["profile"]["name"] = person.name.as_str().into();
    }
    if let Some(username) = person.username.as_deref().filter(|_| with_username) {
        contact["profile"]["username"] = username.into();
    }
    shown.put(&mut contact, "wa_id", person);
    contact
}

/// Why a message costs what it costs (Meta, Pricing: from 2026-10-01 a template is charged in an open window as well, and
/// a free-form message beyond those that are free each month).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Price {
    Service { free: bool },
    Template(Category),
    EntryPoint,
}

impl Price {
    pub(crate) fn json(self) -> Value {
        let (billable, kind, category) = match self {
            Self::Service { free: true } => (false, "free_customer_service", "service"),
            Self::Service { free: false } => (true, "regular", "service"),
            Self::Template(Category::Marketing) => (true, "regular", "marketing"),
            Self::Template(Category::Utility) => (true, "regular", "utility"),
            Self::Template(Category::Authentication) => (true, "regular", "authentication"),
            Self::EntryPoint => (false, "free_entry_point", "referral_conversion"),
        };
        json!({"billable": billable, "pricing_model": "PMP", "type": kind, "category": category})
    }
}

/// One body for many updates: an entry per account, a change per number, and an entry for each change of another field.
pub(crate) fn body(updates: &[Update]) -> Vec<u8> {
    let mut accounts: BTreeMap<&str, BTreeMap<&str, Vec<&Update>>> = BTreeMap::new();
    let mut fields = Vec::new();
    for update in updates {
        match (&update.what, &update.of) {
            (What::Field { field, value, time }, _) => {
                let mut entry =
                    json!({"id": update.account(), "changes": [{"field": field, "value": value}]});
                if let Some(time) = time {
                    entry["time"] = (*time).into();
                }
                fields.push(entry);
            }
            (_, Of::Number(number)) => {
                let numbers = accounts.entry(update.account()).or_default();
                numbers.entry(&number.id).or_default().push(update);
            }
            // Messages and statuses belong to a number.
            (_, Of::Account(_)) => {}
        }
    }
    let entries: Vec<_> = accounts
        .into_iter()
        .map(|(account, numbers)| {
            let changes: Vec<_> = numbers.values().filter_map(|of| change(of)).collect();
            json!({"id": account, "changes": changes})
        })
        .chain(fields)
        .collect();
    escaped(&json!({"object": "whatsapp_business_account", "entry": entries}).to_string()).into_bytes()
}

fn header(number: &Number) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": crate::id::digits(&number.display),
            "phone_number_id": number.id,
        },
    })
}

fn change(updates: &[&Update]) -> Option<Value> {
    let Of::Number(number) = &updates.first()?.of else { return None };
    let mut named = HashSet::new();
    let (mut contacts, mut messages, mut statuses) = (Vec::new(), Vec::new(), Vec::new());
    for update in updates {
        let contact = match &update.what {
            What::Message { contact, message } => {
                messages.push(message);
                contact
            }
            What::Status { contact, status } => {
                statuses.push(status);
                contact
            }
            What::Field { .. } => continue,
        };
        if let Some(contact) = contact
            && named.insert(contact["user_id"].as_str())
        {
            contacts.push(contact);
        }
    }
    let mut value = header(number);
    for (name, elements) in [("contacts", contacts), ("messages", messages), ("statuses", statuses)] {
        if !elements.is_empty() {
            value[name] = json!(elements);
        }
    }
    Some(json!({"value": value, "field": "messages"}))
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
