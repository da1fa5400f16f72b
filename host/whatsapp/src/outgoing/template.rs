//! Templates with their gaps filled in (Meta, *Templates: sending*).
//!
//! What a template really has, Meta alone knows: a gap too many comes back as 132000. Checked here is what is wrong for
//! every template.

use domain::message::{Component, Parameter, ParameterValue, Press, Template, TemplateCard};
use serde_json::{Value, json};

use super::interactive::medium;
use super::limits::{Checked, Invalid, characters, each, filled, other, size};
use super::simple::location;

pub(super) fn template(template: &Template) -> Checked {
    let is_name =
        |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let name = characters("template.name", &template.name, 1, 512)?;
    if !is_name(&template.name) {
        return Err(other("template.name", "a name of small letters, digits and `_`"));
    }
    let language = filled("template.language.code", &template.language)?;
    let mut json = json!({"name": name, "language": {"code": language}});
    let components = components("template.components", &template.components, false)?;
    if !components.is_empty() {
        json["components"] = components.into();
    }
    Ok(json)
}

fn components(field: &str, list: &[Component], in_card: bool) -> Result<Vec<Value>, Invalid> {
    let mut seen: Vec<(Part, usize)> = Vec::new();
    for (n, component) in list.iter().enumerate() {
        let part = part(component);
        if let Some((_, earlier)) = seen.iter().find(|(known, _)| *known == part) {
            let (field, other) = (format!("{field}[{n}]"), format!("{field}[{earlier}]"));
            return Err(Invalid::Twice { field, other });
        }
        seen.push((part, n));
    }
    each(field, list, |field, component| self::component(field, component, in_card))
}

/// What a template has at most once.
#[derive(PartialEq)]
enum Part {
    Header,
    Body,
    Button(u8),
    Carousel,
    Offer,
}

fn part(component: &Component) -> Part {
    match component {
        Component::Header { .. } => Part::Header,
        Component::Body { .. } => Part::Body,
        Component::Button { index, .. } => Part::Button(*index),
        Component::Carousel { .. } => Part::Carousel,
        Component::LimitedTimeOffer { .. } => Part::Offer,
    }
}

fn component(field: &str, component: &Component, in_card: bool) -> Checked {
    match component {
        Component::Header { parameters } => {
            size(&format!("{field}.parameters"), parameters.len(), 1, 1, "parameters")?;
            Ok(json!({"type": "header", "parameters": self::parameters(field, parameters)?}))
        }
        Component::Body { parameters } => {
            Ok(json!({"type": "body", "parameters": self::parameters(field, parameters)?}))
        }
        Component::Button { index, press, parameters } => button(field, *index, *press, parameters),
        Component::Carousel { .. } | Component::LimitedTimeOffer { .. } if in_card => {
            Err(other(format!("{field}.type"), "header, body or button"))
        }
        Component::Carousel { cards } => {
            let field = format!("{field}.cards");
            size(&field, cards.len(), 1, 10, "cards")?;
            Ok(json!({"type": "carousel", "cards": each(&field, cards, card)?}))
        }
        Component::LimitedTimeOffer { until } => {
            let offer = json!({"expiration_time_ms": until.as_millisecond()});
            let parameter = json!({"type": "limited_time_offer", "limited_time_offer": offer});
            Ok(json!({"type": "limited_time_offer", "parameters": [parameter]}))
        }
    }
}

fn card(field: &str, card: &TemplateCard) -> Checked {
    let components = components(&format!("{field}.components"), &card.components, true)?;
    Ok(json!({"card_index": card.index, "components": components}))
}

fn button(field: &str, index: u8, press: Press, parameters: &[Parameter]) -> Checked {
    if index > 9 {
        return Err(other(format!("{field}.index"), "a number from 0 to 9"));
    }
    // What fits a button, and whether it can do without.
    let fits = |value: &ParameterValue| match press {
        Press::QuickReply => matches!(value, ParameterValue::Payload(_)),
        Press::Url => matches!(value, ParameterValue::Text(_)),
        Press::CopyCode => matches!(value, ParameterValue::CouponCode(_)),
        Press::Flow | Press::Catalog | Press::Mpm | Press::OrderDetails | Press::VoiceCall => {
            matches!(value, ParameterValue::Action(_) | ParameterValue::Payload(_))
        }
        Press::RequestContactInfo => false,
    };
    let (least, most) = match press {
        Press::QuickReply | Press::Url | Press::CopyCode | Press::Mpm | Press::OrderDetails => (1, 1),
        Press::Flow | Press::Catalog | Press::VoiceCall => (0, 1),
        Press::RequestContactInfo => (0, 0),
    };
    size(&format!("{field}.parameters"), parameters.len(), least, most, "parameters")?;
    if parameters.iter().any(|parameter| !fits(&parameter.value)) {
        return Err(other(
            format!("{field}.parameters[0].type"),
            "the one that goes with the button's sub_type",
        ));
    }
    let mut json = json!({"type": "button", "sub_type": sub_type(press), "index": index.to_string()});
    if !parameters.is_empty() {
        json["parameters"] = self::parameters(field, parameters)?.into();
    }
    Ok(json)
}

const fn sub_type(press: Press) -> &'static str {
    match press {
        Press::QuickReply => "quick_reply",
        Press::Url => "url",
        Press::CopyCode => "copy_code",
        Press::Flow => "flow",
        Press::Catalog => "catalog",
        Press::Mpm => "mpm",
        Press::OrderDetails => "order_details",
        Press::VoiceCall => "voice_call",
        Press::RequestContactInfo => "request_contact_info",
    }
}

/// By name all of them, or by place all of them (Meta, *Templates*, `parameter_format`).
fn parameters(field: &str, parameters: &[Parameter]) -> Result<Vec<Value>, Invalid> {
    let field = format!("{field}.parameters");
    let named = parameters.iter().filter(|parameter| parameter.name.is_some()).count();
    if named > 0 && named < parameters.len() {
        let nameless = parameters.iter().position(|parameter| parameter.name.is_none()).unwrap_or_default();
        return Err(other(format!("{field}[{nameless}].parameter_name"), "a name, as the others have one,"));
    }
    let names = parameters.iter().filter_map(|parameter| parameter.name.as_deref());
    super::limits::different(&field, "parameter_name", names)?;
    each(&field, parameters, |field, parameter| {
        let mut json = value(field, &parameter.value)?;
        if let Some(name) = &parameter.name {
            json["parameter_name"] = filled(&format!("{field}.parameter_name"), name)?;
        }
        Ok(json)
    })
}

fn value(field: &str, value: &ParameterValue) -> Checked {
    let at = |name: &str| format!("{field}.{name}");
    Ok(match value {
        ParameterValue::Text(text) => json!({"type": "text", "text": filled(&at("text"), text)?}),
        ParameterValue::Currency { fallback, code, thousandths } => {
            if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(other(at("currency.code"), "three letters of ISO 4217"));
            }
            let fallback = filled(&at("currency.fallback_value"), fallback)?;
            let currency = json!({"fallback_value": fallback, "code": code, "amount_1000": thousandths});
            json!({"type": "currency", "currency": currency})
        }
        ParameterValue::DateTime(text) => {
            let text = filled(&at("date_time.fallback_value"), text)?;
            json!({"type": "date_time", "date_time": {"fallback_value": text}})
        }
        ParameterValue::Media { kind, source, filename } => {
            medium(field, *kind, source, filename.as_deref())?
        }
        ParameterValue::Location { latitude, longitude, name, address } => {
            let place = location(&at("location"), (*latitude, *longitude), Some(name), Some(address))?;
            json!({"type": "location", "location": place})
        }
        ParameterValue::Payload(payload) => {
            json!({"type": "payload", "payload": filled(&at("payload"), payload)?})
        }
        ParameterValue::CouponCode(code) => {
            json!({"type": "coupon_code", "coupon_code": filled(&at("coupon_code"), code)?})
        }
        ParameterValue::Action(action) => {
            if !action.is_object() {
                return Err(other(at("action"), "an object"));
            }
            json!({"type": "action", "action": action})
        }
    })
}
