//! What became of the company's templates (Meta, *Webhooks: message_template_status_update* and its neighbours).

use domain::platform::{TemplateButton, TemplateChange, TemplateName};
use serde_json::Value;

use super::loose::{id, list, own, owned, part, time};
use super::place::Place;
use crate::update::Update;

fn change(place: &Place, value: &Value, change: TemplateChange) -> Result<Update, String> {
    let template = TemplateName {
        id: id(value, "message_template_id").unwrap_or_default(),
        name: owned(value, "message_template_name"),
        language: owned(value, "message_template_language"),
    };
    if template.id.is_empty() && template.name.is_empty() {
        return Err(
            "`message_template_id` or `message_template_name` was expected and both are missing".to_owned()
        );
    }
    Ok(Update::Template { account: place.entry.clone(), template, change, at: place.at })
}

pub(super) fn status(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let of = |name, member| part(value, name).map(|part| owned(part, member)).unwrap_or_default();
    let status = own(value, "event").ok_or("`event` was expected and is missing")?;
    let status = TemplateChange::Status {
        status,
        reason: owned(value, "reason"),
        category: owned(value, "message_template_category"),
        disabled_from: of("disable_info", "disable_date"),
        title: of("other_info", "title"),
        description: of("other_info", "description"),
        rejection: of("rejection_info", "reason"),
        recommendation: of("rejection_info", "recommendation"),
    };
    change(place, value, status)
}

pub(super) fn quality(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let now = own(value, "new_quality_score").ok_or("`new_quality_score` was expected and is missing")?;
    change(place, value, TemplateChange::Quality { was: owned(value, "previous_quality_score"), now })
}

/// While a change is announced `new_category` is still the one that counts, and `correct_category` is the one to come.
pub(super) fn category(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let now = own(value, "new_category").ok_or("`new_category` was expected and is missing")?;
    let category = TemplateChange::Category {
        was: owned(value, "previous_category"),
        now,
        coming: owned(value, "correct_category"),
        from: time(value, "category_update_timestamp"),
    };
    change(place, value, category)
}

pub(super) fn components(place: &Place, value: &Value, _raw: &str) -> Result<Update, String> {
    let button = |button: &Value| TemplateButton {
        kind: owned(button, "message_template_button_type"),
        text: owned(button, "message_template_button_text"),
        url: owned(button, "message_template_button_url"),
        phone: owned(button, "message_template_button_phone_number"),
    };
    let components = TemplateChange::Components {
        title: owned(value, "message_template_title"),
        body: owned(value, "message_template_element"),
        footer: owned(value, "message_template_footer"),
        buttons: list(value, "message_template_buttons").iter().map(button).collect(),
    };
    change(place, value, components)
}
