//! Groups (Meta, *Webhooks: group_lifecycle_update* and its neighbours).

use domain::message::Identity;
use serde_json::Value;

use super::loose::{id, list, metas_word, own, owned, part, time};
use super::place::{Place, identity};
use super::statuses::problems;
use crate::update::{Group, Update};

pub(super) fn group(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let settings = |name| own(value, name).or_else(|| part(value, name).and_then(|of| own(of, "text")));
    let participants = |name| list(value, name).iter().filter_map(participant).collect();
    let failed = |of: &Value| (participant(of).unwrap_or_default(), problems(of));
    Ok(Update::Group(Box::new(Group {
        field: place.field.clone(),
        number: place.number.clone(),
        id: own(value, "group_id").ok_or("`group_id` was expected and is missing")?,
        what: metas_word(value, "type"),
        request: id(value, "request_id"),
        subject: settings("subject"),
        description: settings("description"),
        invite_link: own(value, "invite_link"),
        reason: own(value, "reason"),
        initiated_by: own(value, "initiated_by"),
        join_request: id(value, "join_request_id"),
        added: participants("added_participants"),
        removed: participants("removed_participants"),
        failed: list(value, "failed_participants").iter().map(failed).collect(),
        picture: part(value, "profile_picture")
            .map(|picture| (owned(picture, "mime_type"), owned(picture, "sha256"))),
        errors: problems(value),
        at: time(value, "timestamp"),
        raw: raw.to_owned(),
    })))
}

/// Who was given by us is `input`, who is known to WhatsApp `wa_id`.
fn participant(value: &Value) -> Option<Identity> {
    identity(value, "wa_id", "user_id", "parent_user_id")
        .or_else(|| identity(value, "input", "user_id", "parent_user_id"))
}
