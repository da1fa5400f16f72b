//! Opens what is sealed in an event, for whoever holds the keys.

use domain::decision::Traces;
use domain::event::{Note, Raw, Remembered, Tags, Wamid};
use domain::id::ContactId;
use domain::law::consent::Evidence;
use domain::message::{Edit, Identity, Inbound, Outgoing, Profile};
use domain::platform::Detail;
use domain::request::{Answer, Request};
use domain::sealed::{Key, Personal, Sealed, SealedBody};
use jiff::civil::Date;
use serde_json::{Value, json};
use store::KeyStore;

/// What stands in the place of what nobody can open any more.
fn gone() -> Value {
    json!({ "erased": true, "why": "input erased" })
}

/// Replaces every sealed value within `value` by what is in it.
pub fn unseal(value: &mut Value, keys: &KeyStore, today: Date) {
    if let Some(opened) = open(value, keys, today) {
        *value = opened;
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| unseal(item, keys, today)),
        Value::Object(members) => members.values_mut().for_each(|member| unseal(member, keys, today)),
        _ => {}
    }
}

/// What is in a sealed value. None if it is not one.
fn open(value: &Value, keys: &KeyStore, today: Date) -> Option<Value> {
    let members = value.as_object()?;
    if members.len() == 2 && members.contains_key("of") && members.contains_key("sealed") {
        let owner: ContactId = members.get("of")?.as_str()?.parse().ok()?;
        let Some(key) = keys.contact(owner).ok()? else { return Some(gone()) };
        // Which field it is, is authenticated with it: only the right one opens. What none opens stays as it is.
        let ways = [
            open_as::<Inbound>,
            open_as::<Outgoing>,
            open_as::<Traces>,
            open_as::<Identity>,
            open_as::<Profile>,
            open_as::<Wamid>,
            open_as::<Remembered>,
            open_as::<Tags>,
            open_as::<Note>,
            open_as::<Raw>,
            open_as::<Edit>,
            open_as::<Detail>,
            open_as::<Evidence>,
            open_as::<Request>,
            open_as::<Answer>,
        ];
        return ways.iter().find_map(|way| way(value, &key));
    }
    if members.len() == 2 && members.contains_key("day") && members.contains_key("bytes") {
        let sealed: SealedBody = serde_json::from_value(value.clone()).ok()?;
        return Some(match keys.open_body(&sealed, today).ok()? {
            Some(body) => match serde_json::from_slice(&body) {
                Ok(body) => body,
                Err(_) => json!(String::from_utf8_lossy(&body)),
            },
            None => gone(),
        });
    }
    None
}

fn open_as<T: Personal>(value: &Value, key: &Key) -> Option<Value> {
    let sealed: Sealed<T> = serde_json::from_value(value.clone()).ok()?;
    serde_json::to_value(sealed.open(key).ok()?).ok()
}
