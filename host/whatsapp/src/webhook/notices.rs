//! What Meta tells and nothing in this host acts on: it is kept whole, listed and searched.

use serde_json::Value;

use super::loose::{self, integer, metas_word, own, word};
use super::place::{Place, identity};
use super::{Change, coexistence};
use crate::update::{Notice, Update};

/// A field that no other file reads. One that Meta does not list is strange.
pub(super) fn read(change: &mut Change<'_>) {
    match change.place.field.as_str() {
        "smb_app_state_sync" => change.each("state_sync", coexistence::address_book),
        "automatic_events" => change.each("automatic_events", automatic_event),
        // About the company alone.
        "flows"
        | "partner_solutions"
        | "payment_configuration_update"
        | "template_correct_category_detection"
        | "business_status_update" => change.once(about_the_company),
        // Who asked for a PIN is somebody; whoever writes to another app's agent (`standby`) is a customer; and of the
        // rest not even the shape is documented.
        "security" | "standby" | "message_echoes" | "tracking_events" | "consumer_profile" => {
            change.once(about_somebody);
        }
        field => {
            let why = format!("the field {} is not understood yet", word(field));
            change.updates.push(change.place.strange(why, change.whole.get(), None, None));
        }
    }
}

/// The word that says most of what it is.
fn what(value: &Value) -> String {
    ["event", "status", "type"]
        .into_iter()
        .map(|name| metas_word(value, name))
        .find(|word| !word.is_empty())
        .unwrap_or_default()
}

fn about_the_company(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let at = loose::time(value, "timestamp").or(place.at);
    Ok(Update::Notice(Notice { at, personal: false, contact: None, ..place.notice(what(value), raw) }))
}

fn about_somebody(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let at = loose::time(value, "timestamp").or(place.at);
    let mut notice = Notice { at, ..place.notice(what(value), raw) };
    // In `standby` the customers stand one level down.
    if let Some(contacts) = value.get("standby").map(|standby| loose::list(standby, "contacts"))
        && let [contact] = contacts
    {
        notice.contact = identity(contact, "wa_id", "user_id", "parent_user_id");
    }
    Ok(Update::Notice(notice))
}

fn automatic_event(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let (wamid, at) = (own(value, "id"), loose::time(value, "timestamp"));
    Ok(Update::Notice(Notice { wamid, at, ..place.notice(metas_word(value, "event_name"), raw) }))
}

/// Errors of the number or the account stand beside the messages and belong to none of them.
pub(super) fn error(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let code = integer(value, "code").ok_or("Meta reports an error without a code beside the messages")?;
    Ok(Update::Notice(Notice { what: format!("error-{code}"), ..place.notice(String::new(), raw) }))
}

/// What a customer did with a message of marketing: they pressed its link.
pub(super) fn user_action(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let at = loose::time(value, "timestamp");
    Ok(Update::Notice(Notice { at, ..place.notice(metas_word(value, "action_type"), raw) }))
}
