//! Who answers in a conversation (Meta, *Webhooks: messaging_handovers*). The number stands in `recipient`, for there
//! is no `metadata`.

use domain::id::NumberId;
use domain::platform::Handover;
use serde_json::Value;

use super::loose::{id, metas_word, part};
use super::messages::time;
use super::place::{Place, identity};
use crate::update::Update;

pub(super) fn handover(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let kind = metas_word(value, "type");
    if kind.is_empty() {
        return Err("`type` was expected to be a word".to_owned());
    }
    let parties = part(value, &kind);
    let of = |name| parties.and_then(|parties| id(parties, name)).unwrap_or_default();
    let word = |name| parties.map(|parties| metas_word(parties, name)).unwrap_or_default();
    let handover = Handover {
        previous_app: of("previous_owner_app_id"),
        previous_app_role: word("previous_owner_app_role"),
        previous_role: word("previous_owner_role"),
        new_role: word("new_owner_role"),
        kind,
    };
    let number = part(value, "recipient").and_then(|recipient| id(recipient, "phone_number_id"));
    Ok(Update::Handover {
        number: number.map(NumberId::from).or_else(|| place.number.clone()),
        customer: part(value, "sender")
            .and_then(|sender| identity(sender, "phone_number", "user_id", "parent_user_id")),
        handover,
        at: time(value)?,
        raw: raw.to_owned(),
    })
}
