//! What became of messages of ours (Meta, *Webhooks: statuses*).

use domain::delivery::Status;
use domain::message::Identity;
use serde_json::Value;

use super::loose::{self, integer, list, own, owned, part, text, word};
use super::messages::{time, wamid};
use super::place::{Place, identity};
use crate::update::{PricedConversation, Pricing, Problem, StatusMore, Update};

pub(super) fn status(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let number = place.number()?;
    let status = match text(value, "status") {
        Some("sent") => Status::Sent,
        Some("delivered") => Status::Delivered,
        Some("read") => Status::Read,
        Some("played") => Status::Played,
        Some("failed") => Status::Failed,
        Some(other) => return Err(format!("the status {} is not understood yet", word(other))),
        None => return Err("`status` was expected and is missing".to_owned()),
    };
    let in_group = text(value, "recipient_type") == Some("group");
    let more = StatusMore {
        group: in_group.then(|| owned(value, "recipient_id")),
        identity_key: own(value, "recipient_identity_key_hash"),
        conversation: part(value, "conversation").map(conversation),
    };
    Ok(Update::Status {
        number,
        wamid: wamid(value)?,
        status,
        at: time(value)?,
        opaque: own(value, "biz_opaque_callback_data"),
        recipient: recipient(place, value, in_group),
        errors: problems(value),
        pricing: part(value, "pricing").map(pricing),
        more: (more != StatusMore::default()).then(|| Box::new(more)),
    })
}

/// In a group `recipient_id` is the group, and each participant has a status of their own.
fn recipient(place: &Place, value: &Value, in_group: bool) -> Identity {
    let named = if in_group {
        identity(
            value,
            "recipient_participant_id",
            "recipient_participant_user_id",
            "recipient_participant_parent_user_id",
        )
    } else {
        identity(value, "recipient_id", "recipient_user_id", "recipient_parent_user_id")
    };
    named.map(|named| place.complete(named).0).unwrap_or_default()
}

fn conversation(conversation: &Value) -> PricedConversation {
    PricedConversation {
        id: owned(conversation, "id"),
        until: loose::time(conversation, "expiration_timestamp"),
        origin: part(conversation, "origin").map(|origin| owned(origin, "type")).unwrap_or_default(),
    }
}

fn pricing(pricing: &Value) -> Pricing {
    Pricing {
        billable: pricing.get("billable").and_then(Value::as_bool),
        model: owned(pricing, "pricing_model"),
        kind: owned(pricing, "type"),
        category: owned(pricing, "category"),
    }
}

/// The `errors` of an element.
pub(super) fn problems(value: &Value) -> Vec<Problem> {
    list(value, "errors").iter().filter_map(problem).collect()
}

/// `error_data` is an object with `details`, and has been seen as a string; older errors have `details` of their own.
fn problem(error: &Value) -> Option<Problem> {
    let details = match error.get("error_data") {
        Some(Value::String(details)) => details.clone(),
        Some(data) => owned(data, "details"),
        None => owned(error, "details"),
    };
    let title = text(error, "title").or_else(|| text(error, "message")).unwrap_or_default().to_owned();
    Some(Problem { code: integer(error, "code")?, title, details })
}
