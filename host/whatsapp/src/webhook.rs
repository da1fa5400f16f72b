//! What Meta tells us, taken apart into updates.
//!
//! One POST may carry a thousand updates of several accounts, numbers and kinds (Meta, Webhooks overview), and it is
//! sent again as a whole, for days, until it is accepted. So one element that is not understood must never cost its
//! neighbours: every level is read on its own from the text it is made of, and what is strange is handed on as that very
//! text, to be read again by a version that knows it. That is why the levels above an element are kept as raw text and
//! only the element itself becomes a tree of values: an escape that is no character, or a nesting without end, stays
//! inside its element.
//!
//! Nothing depends on the order of members, which is not Meta's to promise. Here are the levels; what the elements of a
//! field mean stands in a file of its own.

mod account;
mod again;
mod calls;
mod coexistence;
mod content;
mod groups;
mod handovers;
mod loose;
mod messages;
mod notices;
mod numbers;
mod people;
mod place;
mod statuses;
mod templates;

use std::collections::BTreeMap;

use domain::Time;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::update::{Strange, Update};
pub use again::body_of;
use place::Place;

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

fn text_of(members: &Members<'_>, name: &str) -> Option<String> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

/// The element as a tree. The words of the parser say where it stumbled and never what stands there.
fn tree(raw: &RawValue) -> Result<Value, String> {
    match serde_json::from_str(raw.get()) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(value) => Err(format!("an object was expected and this is {}", loose::kind(&value))),
        Err(error) => Err(format!("an object was expected and this is not readable: {error}")),
    }
}

fn read_entries(body: &Members<'_>, whole: &str, updates: &mut Vec<Update>) {
    let Some(entries) = body.get("entry").and_then(|raw| elements(raw)) else {
        return updates.push(nowhere("`entry`", "an array", whole));
    };
    for raw in entries {
        let entry = members(raw);
        let changes = entry.as_ref().and_then(|entry| elements(entry.get("changes")?));
        let (Some(entry), Some(changes)) = (&entry, changes) else {
            updates.push(nowhere("an entry", "an object with an array `changes`", raw.get()));
            continue;
        };
        // Both come as a string and as a number.
        let scalar = |name| serde_json::from_str::<Value>(entry.get(name)?.get()).ok();
        let entry = serde_json::json!({"id": scalar("id"), "time": scalar("time")});
        let (id, at) = (loose::id(&entry, "id"), loose::time(&entry, "time"));
        for change in changes {
            read_change(id.clone(), at, change, updates);
        }
    }
}

fn read_change(entry: Option<String>, at: Option<Time>, raw: &RawValue, updates: &mut Vec<Update>) {
    let Some(change) = members(raw) else {
        return updates.push(nowhere("a change", "an object", raw.get()));
    };
    let field = text_of(&change, "field").unwrap_or_default();
    let value = change.get("value").and_then(|raw| Some((*raw, members(raw)?)));
    let Some((text, value)) = value else {
        let found = change.get("value").map_or("missing", |raw| loose::kind_of_text(raw.get()));
        let why = format!("the `value` of a change was expected to be an object and is {found}");
        return updates.push(Update::Strange(Strange { field, ..strange(why, raw.get()) }));
    };
    let place = Place::new(field, entry, at, &value);
    let mut change = Change { place, text, value, whole: raw, updates };
    match change.place.field.as_str() {
        "messages" => messages::read(&mut change),
        "user_preferences" => change.each("user_preferences", people::preference),
        "user_id_update" => change.each("user_id_update", people::user_id),
        "message_template_status_update" => change.once(templates::status),
        "message_template_quality_update" => change.once(templates::quality),
        "message_template_components_update" => change.once(templates::components),
        "template_category_update" => change.once(templates::category),
        "phone_number_quality_update" => change.once(numbers::limit),
        "phone_number_name_update" => change.once(numbers::name),
        "business_username_update" | "business_username_updates" => change.once(numbers::username),
        "account_update" => change.once(account::updated),
        "account_review_update" => change.once(account::reviewed),
        "account_alerts" => change.once(account::alert),
        "account_settings_update" => change.once(account::settings),
        "business_capability_update" => change.once(account::capability),
        "smb_message_echoes" => change.each("message_echoes", coexistence::echo),
        "history" => coexistence::history(&mut change),
        "calls" => calls::read(&mut change),
        "group_lifecycle_update"
        | "group_participants_update"
        | "group_settings_update"
        | "group_status_update" => change.each("groups", groups::group),
        "messaging_handovers" => change.once(handovers::handover),
        _ => notices::read(&mut change),
    }
}

/// What an element is read by: it is understood, or it is said why not.
type Reader = fn(&Place, &Value, &str) -> Result<Update, String>;

/// One change, and where its updates go.
struct Change<'a> {
    place: Place,
    /// The value as it came, and its members.
    text: &'a RawValue,
    value: Members<'a>,
    /// The change as it came.
    whole: &'a RawValue,
    updates: &'a mut Vec<Update>,
}

impl Change<'_> {
    /// Reads a value that is one update.
    fn once(&mut self, read: Reader) {
        let update = element(&self.place, self.text, read);
        self.updates.push(update);
    }

    /// Reads a value whose updates are the elements of one array.
    fn each(&mut self, name: &str, read: Reader) {
        if self.array(name, read) {
            return;
        }
        let why = format!("a `value` was expected to hold `{name}`");
        self.updates.push(self.place.strange(why, self.whole.get(), None, None));
    }

    /// Reads an array of the value. False if it is not there.
    fn array(&mut self, name: &str, read: Reader) -> bool {
        let Some(raw) = self.value.get(name) else { return false };
        match elements(raw) {
            Some(found) => {
                let place = &self.place;
                self.updates.extend(found.into_iter().map(|raw| element(place, raw, read)));
            }
            None => {
                let found = loose::kind_of_text(raw.get());
                let why = format!("`{name}` was expected to be an array and is {found}");
                self.updates.push(self.place.strange(why, raw.get(), None, None));
            }
        }
        true
    }
}

/// Reads one element. If it is not understood, whom and which message it names is kept as far as it can be told.
fn element(place: &Place, raw: &RawValue, read: Reader) -> Update {
    let value = match tree(raw) {
        Ok(value) => value,
        Err(why) => return place.strange(why, raw.get(), None, None),
    };
    read(place, &value, raw.get()).unwrap_or_else(|why| {
        let named = [
            ("from", "from_user_id", "from_parent_user_id"),
            ("recipient_id", "recipient_user_id", "recipient_parent_user_id"),
            ("wa_id", "user_id", "parent_user_id"),
        ]
        .into_iter()
        .find_map(|(phone, user_id, parent)| place::identity(&value, phone, user_id, parent))
        // Our own number is no customer.
        .filter(|named| named.phone.is_none() || named.phone != place.display)
        .map(|named| place.complete(named).0);
        place.strange(why, raw.get(), named, loose::own(&value, "id"))
    })
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
