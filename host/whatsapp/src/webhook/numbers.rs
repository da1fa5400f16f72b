//! What became of the company's numbers (Meta, *Webhooks: phone_number_quality_update*, *phone_number_name_update*,
//! *business_username_update*). Meta names them as they are displayed.

use domain::platform::NumberChange;
use serde_json::Value;

use super::loose::{id, own, owned};
use super::place::Place;
use crate::update::Update;

fn change(place: &Place, value: &Value, change: NumberChange) -> Result<Update, String> {
    let display = id(value, "display_phone_number")
        .or_else(|| place.display.clone())
        .ok_or("`display_phone_number` was expected and is missing")?;
    Ok(Update::Number { account: place.entry.clone(), display, change, at: place.at })
}

pub(super) fn limit(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let limit = NumberChange::Limit {
        event: own(value, "event").ok_or("`event` was expected and is missing")?,
        was: id(value, "old_limit").unwrap_or_default(),
        now: id(value, "current_limit").unwrap_or_default(),
        of_portfolio: id(value, "max_daily_conversations_per_business").unwrap_or_default(),
    };
    change(place, value, limit)
}

pub(super) fn name(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let name = NumberChange::Name {
        decision: own(value, "decision").ok_or("`decision` was expected and is missing")?,
        name: owned(value, "requested_verified_name"),
        reason: owned(value, "rejection_reason"),
    };
    change(place, value, name)
}

pub(super) fn username(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let status = own(value, "status").ok_or("`status` was expected and is missing")?;
    change(place, value, NumberChange::Username { name: owned(value, "username"), status })
}
