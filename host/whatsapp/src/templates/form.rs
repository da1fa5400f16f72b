//! A template as somebody wants it, checked against what Meta documents (*Templates: components*, *Template management*).
//!
//! What Meta's review looks at (is it marketing? may it be said?) nobody can check here. The components stay as Meta spells
//! them: they are written by people who read Meta's pages, and come back the same.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::outgoing::Invalid;
use crate::outgoing::limits::{characters, other, size};

/// A template to be sent in, in Meta's own words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateForm {
    /// At most 512 small letters, digits and `_`.
    pub name: String,
    /// As `es_CO`.
    pub language: String,
    /// `MARKETING`, `UTILITY`, `AUTHENTICATION`.
    pub category: String,
    /// `POSITIONAL` for `{{1}}`, or `NAMED` for `{{pedido}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter_format: Option<String>,
    /// `HEADER`, `BODY`, `FOOTER`, `BUTTONS` and whatever else Meta takes.
    pub components: Vec<Value>,
}

impl TemplateForm {
    pub(crate) fn json(&self) -> Value {
        let mut json = json!({
            "name": self.name,
            "language": self.language,
            "category": self.category,
            "components": self.components,
        });
        if let Some(format) = &self.parameter_format {
            json["parameter_format"] = format.as_str().into();
        }
        json
    }

    /// Checks it against Meta's limits. The error names the field as it is spelt in the file.
    pub fn check(&self) -> Result<(), Invalid> {
        characters("name", &self.name, 1, 512)?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !self.name.bytes().all(plain) {
            return Err(other("name", "small letters, digits and `_`"));
        }
        let tag = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        if !(2..=6).contains(&self.language.len()) || !self.language.bytes().all(tag) {
            return Err(other("language", "a code of Meta's such as `es`, `es_CO` or `pt_BR`"));
        }
        if !matches!(self.category.as_str(), "MARKETING" | "UTILITY" | "AUTHENTICATION") {
            return Err(other("category", "MARKETING, UTILITY or AUTHENTICATION"));
        }
        let named = match self.parameter_format.as_deref() {
            None | Some("POSITIONAL") => false,
            Some("NAMED") => true,
            Some(_) => return Err(other("parameter_format", "POSITIONAL or NAMED")),
        };
        let mut bodies = 0;
        for (n, component) in self.components.iter().enumerate() {
            let field = format!("components[{n}]");
            match text(component, "type") {
                "HEADER" => header(&field, component, named)?,
                "BODY" => {
                    bodies += 1;
                    self.body(&field, component, named)?;
                }
                "FOOTER" => footer(&field, component)?,
                "BUTTONS" => buttons(&format!("{field}.buttons"), component)?,
                "CAROUSEL" | "LIMITED_TIME_OFFER" => {}
                _ => {
                    return Err(other(
                        format!("{field}.type"),
                        "HEADER, BODY, FOOTER, BUTTONS, CAROUSEL or LIMITED_TIME_OFFER",
                    ));
                }
            }
        }
        size("components", bodies, 1, 1, "of the type BODY")
    }

    fn body(&self, field: &str, component: &Value, named: bool) -> Result<(), Invalid> {
        let words = text(component, "text");
        // The words of a one-time code are Meta's own.
        if self.category == "AUTHENTICATION" && words.is_empty() {
            return Ok(());
        }
        let place = format!("{field}.text");
        characters(&place, words, 1, 1024)?;
        let found = variables(&place, words, named)?;
        let trimmed = words.trim();
        if trimmed.starts_with("{{") || trimmed.ends_with("}}") {
            return Err(other(place, "words before the first and after the last variable"));
        }
        let example = if named { "body_text_named_params" } else { "body_text" };
        exemplified(field, component, found, example)
    }
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn header(field: &str, component: &Value, named: bool) -> Result<(), Invalid> {
    match text(component, "format") {
        "TEXT" => {
            let place = format!("{field}.text");
            characters(&place, text(component, "text"), 1, 60)?;
            let found = variables(&place, text(component, "text"), named)?;
            size(&place, found, 0, 1, "variables")?;
            let example = if named { "header_text_named_params" } else { "header_text" };
            exemplified(field, component, found, example)
        }
        "IMAGE" | "VIDEO" | "DOCUMENT" | "LOCATION" => Ok(()),
        _ => Err(other(format!("{field}.format"), "TEXT, IMAGE, VIDEO, DOCUMENT or LOCATION")),
    }
}

/// Whoever reviews a template wants to see it filled in (Meta, *Templates*, `example`).
fn exemplified(field: &str, component: &Value, variables: usize, name: &str) -> Result<(), Invalid> {
    let given = component.get("example").and_then(|example| example.get(name));
    // What is one list of texts for a heading is a list of such lists for the words.
    let many = |given: &Value| match given.as_array().map(Vec::as_slice) {
        Some([Value::Array(first), ..]) => first.len(),
        Some(all) => all.len(),
        None => 0,
    };
    if variables == 0 || given.is_some_and(|given| many(given) == variables) {
        return Ok(());
    }
    Err(other(format!("{field}.example.{name}"), "an example for each variable, and no more"))
}

fn footer(field: &str, component: &Value) -> Result<(), Invalid> {
    // A one-time code has a number of minutes instead of words.
    if component.get("code_expiration_minutes").is_some() {
        return Ok(());
    }
    let place = format!("{field}.text");
    characters(&place, text(component, "text"), 1, 60)?;
    if text(component, "text").contains("{{") {
        return Err(other(place, "words without a variable"));
    }
    Ok(())
}

fn buttons(field: &str, component: &Value) -> Result<(), Invalid> {
    let list = component.get("buttons").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    size(field, list.len(), 1, 10, "buttons")?;
    for (n, button) in list.iter().enumerate() {
        let at = |name: &str| format!("{field}[{n}].{name}");
        let kind = text(button, "type");
        match kind {
            "QUICK_REPLY" | "URL" | "PHONE_NUMBER" | "FLOW" | "CATALOG" | "MPM" | "VOICE_CALL" => {
                characters(&at("text"), text(button, "text"), 1, 25)?;
            }
            "COPY_CODE" | "OTP" | "SPM" | "REQUEST_CONTACT_INFO" => {}
            _ => {
                return Err(other(
                    at("type"),
                    "a type of button of Meta's such as QUICK_REPLY, URL or PHONE_NUMBER",
                ));
            }
        }
        if kind == "URL" {
            characters(&at("url"), text(button, "url"), 1, 2_000)?;
        }
        if kind == "PHONE_NUMBER" {
            characters(&at("phone_number"), text(button, "phone_number"), 1, 20)?;
        }
    }
    Ok(())
}

/// How many different variables there are. They are counted from 1 without gaps, or have names, all of them.
fn variables(field: &str, words: &str, named: bool) -> Result<usize, Invalid> {
    let mut found: Vec<&str> = Vec::new();
    for part in words.split("{{").skip(1) {
        let Some((variable, _)) = part.split_once("}}") else {
            return Err(other(field, "`}}` after every `{{`"));
        };
        if !found.contains(&variable) {
            found.push(variable);
        }
    }
    let is_name = |variable: &&str| {
        variable.starts_with(|first: char| first.is_ascii_lowercase())
            && variable.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let in_order = found.iter().enumerate().all(|(n, variable)| *variable == (n + 1).to_string());
    match named {
        true if !found.iter().all(is_name) => Err(other(field, "variables such as {{pedido}}")),
        false if !in_order => Err(other(field, "variables counted in their order: {{1}}, {{2}} …")),
        _ => Ok(found.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(components: Value) -> TemplateForm {
        TemplateForm {
            name: "pedido_listo".into(),
            language: "es_CO".into(),
            category: "UTILITY".into(),
            parameter_format: None,
            components: components.as_array().unwrap().clone(),
        }
    }

    fn body(words: &str) -> Value {
        json!({"type": "BODY", "text": words, "example": {"body_text": [["a", "b"]]}})
    }

    #[test]
    fn what_meta_takes_passes() {
        let whole = json!([
            {"type": "HEADER", "format": "TEXT", "text": "Hola {{1}}", "example": {"header_text": ["Ana"]}},
            body("Su pedido {{1}} llega el {{2}}."),
            {"type": "FOOTER", "text": "Ferretería"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Gracias"},
                {"type": "URL", "text": "Ver", "url": "https://x.example/{{1}}"}]},
        ]);
        assert_eq!(form(whole).check(), Ok(()));
    }

    #[test]
    fn the_field_that_is_wrong_is_named() {
        let long = "a".repeat(1_025);
        let many: Vec<Value> = (0..11).map(|_| json!({"type": "QUICK_REPLY", "text": "a"})).collect();
        for (components, field) in [
            (json!([]), "components"),
            (json!([body("a"), body("b")]), "components"),
            (json!([{"type": "body", "text": "a"}]), "components[0].type"),
            (json!([body("")]), "components[0].text"),
            (json!([body(&long)]), "components[0].text"),
            (json!([body("Hola {{2}}.")]), "components[0].text"),
            (json!([body("Hola {{nombre}}.")]), "components[0].text"),
            (json!([body("Hola {{1.")]), "components[0].text"),
            (json!([body("{{1}}, hola")]), "components[0].text"),
            (json!([body("Hola {{1}}")]), "components[0].text"),
            (json!([{"type": "BODY", "text": "Hola {{1}}."}]), "components[0].example.body_text"),
            (json!([body("Hola {{1}}.")]), "components[0].example.body_text"),
            (json!([body("a"), {"type": "HEADER", "format": "SOUND"}]), "components[1].format"),
            (
                json!([body("a"), {"type": "HEADER", "format": "TEXT", "text": "a".repeat(61)}]),
                "components[1].text",
            ),
            (json!([body("a"), {"type": "FOOTER", "text": "{{1}}"}]), "components[1].text"),
            (json!([body("a"), {"type": "BUTTONS", "buttons": []}]), "components[1].buttons"),
            (json!([body("a"), {"type": "BUTTONS", "buttons": many}]), "components[1].buttons"),
            (
                json!([body("a"), {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "a"}]}]),
                "components[1].buttons[0].url",
            ),
        ] {
            let told = form(components).check().unwrap_err().to_string();
            assert!(told.starts_with(&format!("{field}:")), "{told} should name {field}");
        }
        let of = |change: fn(&mut TemplateForm)| {
            let mut form = form(json!([body("a")]));
            change(&mut form);
            form.check().unwrap_err().to_string()
        };
        assert!(of(|form| form.name = "Pedido".into()).starts_with("name:"));
        assert!(of(|form| form.name = "a".repeat(513)).starts_with("name:"));
        assert!(of(|form| form.language = "español".into()).starts_with("language:"));
        assert!(of(|form| form.category = "utility".into()).starts_with("category:"));
        assert!(of(|form| form.parameter_format = Some("x".into())).starts_with("parameter_format:"));
    }
}
