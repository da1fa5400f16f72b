//! What customers want, and who they are now (Meta, *Webhooks: user_preferences*, *user_id_update*).

use domain::event::IdentityPart;
use domain::message::Identity;
use domain::platform::Preference;
use serde_json::Value;

use super::loose::{metas_word, object, own, owned};
use super::messages::time;
use super::place::{Place, identity};
use crate::update::Update;

pub(super) fn preference(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let named = identity(value, "wa_id", "user_id", "parent_user_id");
    let (customer, _) =
        place.whom(named).ok_or("a phone or a user id was expected in `wa_id` or `user_id`")?;
    let word = |name| {
        Some(metas_word(value, name))
            .filter(|word| !word.is_empty())
            .ok_or_else(|| format!("`{name}` was expected to be a word"))
    };
    Ok(Update::Preference {
        number: place.number.clone(),
        customer,
        preference: Preference {
            category: word("category")?,
            value: word("value")?,
            signup: owned(value, "signup_id"),
        },
        detail: owned(value, "detail"),
        at: time(value)?,
    })
}

/// Only the user id is new; the phone, where it is told, is still the same.
pub(super) fn user_id(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let ids = object(value, "user_id")?;
    let current = own(ids, "current").ok_or("`user_id.current` was expected and is missing")?;
    let parent = |name| value.get("parent_user_id").and_then(|ids| own(ids, name));
    let phone = identity(value, "wa_id", "", "").and_then(|named| named.phone);
    let was = Identity { phone, user_id: own(ids, "previous"), parent_user_id: parent("previous") };
    if was.is_empty() {
        return Err("`user_id.previous` or `wa_id` was expected and both are missing".to_owned());
    }
    Ok(Update::Identity {
        number: place.number.clone(),
        part: IdentityPart::UserId,
        was,
        now: Identity { phone: None, user_id: Some(current), parent_user_id: parent("current") },
        wamid: None,
        at: time(value)?,
        detail: owned(value, "detail"),
    })
}
