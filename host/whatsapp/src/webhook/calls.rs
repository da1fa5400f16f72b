//! Calls (Meta, *Webhooks: calls*).

use domain::platform::CallStep;
use serde_json::Value;

use super::loose::{integer, metas_word, own, text, time as moment};
use super::messages::{time, wamid};
use super::place::{Place, identity};
use super::statuses::problems;
use super::{Change, notices};
use crate::update::Update;

pub(super) fn read(change: &mut Change<'_>) {
    let found = [
        change.array("calls", call),
        change.array("errors", notices::error),
        change.array("statuses", status),
    ];
    if found == [false; 3] {
        let why = "a `value` was expected to hold `calls`, `statuses` or `errors`".to_owned();
        change.updates.push(change.place.strange(why, change.whole.get(), None, None));
    }
}

/// `from` and `to` are the customer and our number, by the direction.
fn call(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let ours = text(value, "direction") == Some("BUSINESS_INITIATED");
    let from = || identity(value, "from", "from_user_id", "from_parent_user_id");
    let to = || identity(value, "to", "to_user_id", "to_parent_user_id");
    let (customer, _) = place
        .whom(if ours { to() } else { from() })
        .ok_or("a phone or a user id was expected in `from` or `to`")?;
    Ok(Update::Call {
        number: place.number()?,
        customer,
        id: wamid(value)?,
        step: CallStep {
            event: metas_word(value, "event"),
            status: metas_word(value, "status"),
            direction: metas_word(value, "direction"),
            started: moment(value, "start_time"),
            ended: moment(value, "end_time"),
            seconds: integer(value, "duration"),
        },
        at: time(value)?,
        opaque: own(value, "biz_opaque_callback_data"),
        errors: problems(value),
        raw: raw.to_owned(),
    })
}

/// What becomes of a call of ours while it rings.
fn status(place: &Place, value: &Value, raw: &str) -> Result<Update, String> {
    let named = identity(value, "recipient_id", "recipient_user_id", "recipient_parent_user_id");
    let (customer, _) = place.whom(named).ok_or("a phone or a user id was expected in `recipient_id`")?;
    Ok(Update::Call {
        number: place.number()?,
        customer,
        id: wamid(value)?,
        step: CallStep { status: metas_word(value, "status"), ..CallStep::default() },
        at: time(value)?,
        opaque: own(value, "biz_opaque_callback_data"),
        errors: problems(value),
        raw: raw.to_owned(),
    })
}
