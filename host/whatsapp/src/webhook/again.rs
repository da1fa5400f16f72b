//! One element that was not understood, put back into a body as Meta posts them.
//!
//! What is kept of such an element is its text, its field and our number: where it stood is told by what it is. So a later
//! version reads it in the very way in which it reads everything, and no second way can differ from the first.

use serde_json::value::RawValue;
use serde_json::{Value, json};

/// A body that holds the element and nothing else. None for what is no JSON, or whose place nobody can tell.
pub fn body_of(field: &str, number: Option<&str>, raw: &str) -> Option<String> {
    let text: &RawValue = serde_json::from_str(raw).ok()?;
    let value: Value = serde_json::from_str(raw).ok()?;
    let object = value.as_object()?;
    if object.contains_key("entry") {
        return Some(raw.to_owned());
    }
    if object.contains_key("changes") {
        return Some(format!(r#"{{"object":"whatsapp_business_account","entry":[{}]}}"#, text.get()));
    }
    let change = if object.contains_key("field") && object.contains_key("value") {
        text.get().to_owned()
    } else {
        let field_text = Value::from(field);
        let inner = match array_of(field, &value) {
            Some(array) => {
                let metadata = json!({ "phone_number_id": number });
                let metadata = number.map(|_| format!(r#""metadata":{metadata},"#)).unwrap_or_default();
                format!(r#"{{"messaging_product":"whatsapp",{metadata}"{array}":[{}]}}"#, text.get())
            }
            // The value as a whole is the element.
            None if field != "messages" && !field.is_empty() => text.get().to_owned(),
            None => return None,
        };
        format!(r#"{{"field":{field_text},"value":{inner}}}"#)
    };
    Some(format!(r#"{{"object":"whatsapp_business_account","entry":[{{"changes":[{change}]}}]}}"#))
}

/// The array of a field's value in which such an element stands.
fn array_of(field: &str, element: &Value) -> Option<&'static str> {
    let has = |name: &str| element.get(name).is_some();
    Some(match field {
        "messages" if has("status") => "statuses",
        "messages" if has("action_type") => "user_actions",
        "messages" if has("id") && has("timestamp") => "messages",
        "messages" if has("code") => "errors",
        "user_preferences" => "user_preferences",
        "user_id_update" => "user_id_update",
        "smb_message_echoes" => "message_echoes",
        "calls" => "calls",
        "group_lifecycle_update"
        | "group_participants_update"
        | "group_settings_update"
        | "group_status_update" => "groups",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Update, read};

    fn again(field: &str, raw: &str) -> Vec<Update> {
        read(body_of(field, Some("1065"), raw).unwrap().as_bytes()).unwrap()
    }

    #[test]
    fn an_element_is_read_as_if_it_had_come_now_whatever_part_of_a_body_it_is() {
        let message = r#"{"from":"573001112233","id":"wamid.1","timestamp":"1795446000","type":"text","text":{"body":"hola"}}"#;
        let whole = body_of("messages", Some("1065"), message).unwrap();
        let change = serde_json::from_str::<Value>(&whole).unwrap()["entry"][0]["changes"][0].to_string();
        for raw in [message, &change, &whole] {
            let updates = again("messages", raw);
            assert!(
                matches!(&updates[..], [Update::Message { wamid, .. }] if wamid == "wamid.1"),
                "{updates:?}"
            );
        }
        let status =
            r#"{"id":"wamid.2","status":"read","timestamp":"1795446000","recipient_id":"573001112233"}"#;
        assert!(matches!(&again("messages", status)[..], [Update::Status { .. }]));
    }

    #[test]
    fn what_is_still_strange_stays_strange_and_what_has_no_place_has_no_body() {
        let strange = r#"{"from":"573001112233","id":"wamid.1","timestamp":"1795446000","type":"text"}"#;
        assert!(matches!(&again("messages", strange)[..], [Update::Strange(_)]));
        assert_eq!(body_of("messages", None, r#"{"new":1}"#), None);
        assert_eq!(body_of("messages", None, "no JSON"), None);
        assert_eq!(body_of("", None, "[]"), None);
    }
}
