//! A template that is sent: is it approved, and is everything filled in that has to be (Meta, Cloud API: Template
//! messages)?

use serde_json::Value;

use super::contents::{self, Content};
use super::{Refusal, list, text};
use crate::line::Line;
use crate::phones::{Button, Said};
use crate::templates::{Category, Entry, Form, Header, TemplateStatus, variables};
use crate::world::World;

pub(super) fn content(
    world: &World,
    line: &Line,
    template: &Value,
    by_phone: bool,
) -> Result<Content, Refusal> {
    let name = text(template, "name");
    let language = text(&template["language"], "code");
    for (field, value) in [("template['name']", name), ("template['language']['code']", language)] {
        if value.is_empty() {
            return Err(Refusal::missing(field));
        }
    }
    world.with_templates(|templates| {
        let entry = templates.find(&line.number.account, name, language).ok_or_else(|| {
            Refusal::because(132_001, format!("template name ({name}) does not exist in {language}"))
        })?;
        usable(entry)?;
        let category = entry.template.category;
        if category == Category::Authentication && !by_phone {
            return Err(Refusal::of(131_062));
        }
        let said = filled(entry, list(template, "components"))?;
        Ok(Content { said, template: Some(category), voice: false })
    })
}

fn usable(entry: &Entry) -> Result<(), Refusal> {
    match entry.template.status {
        TemplateStatus::Approved => Ok(()),
        TemplateStatus::Paused => Err(Refusal::of(132_015)),
        TemplateStatus::Disabled => Err(Refusal::of(132_016)),
        TemplateStatus::Pending | TemplateStatus::Rejected => {
            let what = format!("template name ({}) is not approved", entry.template.name);
            Err(Refusal::because(132_001, what))
        }
    }
}

/// The template with everything in its place, as it is on the customer's phone.
fn filled(entry: &Entry, components: &[Value]) -> Result<Said, Refusal> {
    let Form { header, body, buttons } = &entry.form;
    let named = entry.template.named;
    let component =
        |kind: &str| components.iter().find(|component| text(component, "type").eq_ignore_ascii_case(kind));
    match header {
        Header::None => nothing("header", component("header"))?,
        Header::Text(words) => drop(fill("header", words, component("header"), named)?),
        Header::Medium(format) => medium(format, component("header"))?,
    }
    let body = fill("body", body, component("body"), named)?;
    if body.chars().count() > 1024 {
        return Err(Refusal::because(
            132_005,
            "body: the text is longer than 1024 characters once it is filled in",
        ));
    }
    for (n, button) in buttons.iter().enumerate().filter(|(_, button)| button.open) {
        let given = components.iter().any(|component| {
            text(component, "type").eq_ignore_ascii_case("button")
                && index(component) == Some(n)
                && !list(component, "parameters").is_empty()
        });
        if !given {
            let what = format!("buttons: Button at index {n} of type {} requires a parameter", button.kind);
            return Err(Refusal::because(131_008, what));
        }
    }
    if let Some(stray) = components.iter().filter_map(index).find(|n| *n >= buttons.len()) {
        return Err(Refusal::because(
            132_018,
            format!("buttons: the template has no button at index {stray}"),
        ));
    }
    let buttons: Vec<_> = buttons
        .iter()
        .filter(|button| button.kind == "QUICK_REPLY")
        .map(|button| Button { id: button.text.clone(), title: button.text.clone() })
        .collect();
    Ok(if buttons.is_empty() { Said::Text { body } } else { Said::Buttons { body, buttons, template: true } })
}

/// Meta takes a number and a text.
fn index(component: &Value) -> Option<usize> {
    let index = component.get("index")?;
    index.as_u64().or_else(|| index.as_str()?.parse().ok()).and_then(|index| usize::try_from(index).ok())
}

fn nothing(what: &str, component: Option<&Value>) -> Result<(), Refusal> {
    let given = component.map_or(0, |component| list(component, "parameters").len());
    if given == 0 { Ok(()) } else { Err(wrong_count(what, given, 0)) }
}

fn wrong_count(what: &str, given: usize, expected: usize) -> Refusal {
    Refusal::because(
        132_000,
        format!(
            "{what}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
        ),
    )
}

/// Puts the parameters of a component into its words.
fn fill(what: &str, words: &str, component: Option<&Value>, named: bool) -> Result<String, Refusal> {
    let variables = variables(words);
    let parameters = component.map(|component| list(component, "parameters")).unwrap_or_default();
    if parameters.len() != variables.len() {
        return Err(wrong_count(what, parameters.len(), variables.len()));
    }
    let mut filled = words.to_owned();
    for (n, variable) in variables.iter().enumerate() {
        let parameter = if named {
            parameters.iter().find(|parameter| text(parameter, "parameter_name") == variable).ok_or_else(
                || {
                    Refusal::because(
                        132_012,
                        format!("{what}: there is no parameter with the parameter_name \"{variable}\""),
                    )
                },
            )?
        } else {
            parameters.get(n).unwrap_or(&Value::Null)
        };
        let value = value(what, n, parameter)?;
        filled = filled.replace(&format!("{{{{{variable}}}}}"), value);
    }
    Ok(filled)
}

fn value<'a>(what: &str, n: usize, parameter: &'a Value) -> Result<&'a str, Refusal> {
    let value = match text(parameter, "type") {
        "text" => text(parameter, "text"),
        fallback @ ("currency" | "date_time") => text(&parameter[fallback], "fallback_value"),
        other => {
            let what = format!(
                "{what}: parameters[{n}] Format mismatch, expected TEXT, received {}",
                other.to_uppercase()
            );
            return Err(Refusal::because(132_012, what));
        }
    };
    if value.is_empty() {
        return Err(Refusal::because(
            131_008,
            format!("{what}: parameters[{n}] of type text is missing text value"),
        ));
    }
    if value.contains(['\n', '\t']) || value.contains("     ") {
        return Err(Refusal::because(
            132_018,
            format!(
                "{what}: parameters[{n}] cannot have new-line/tab characters or more than 4 consecutive spaces"
            ),
        ));
    }
    Ok(value)
}

fn medium(format: &str, component: Option<&Value>) -> Result<(), Refusal> {
    let parameters = component.map(|component| list(component, "parameters")).unwrap_or_default();
    let kind = format.to_ascii_lowercase();
    let parameter = parameters.first().unwrap_or(&Value::Null);
    let received = text(parameter, "type");
    if received != kind {
        let received = if received.is_empty() { "UNKNOWN".to_owned() } else { received.to_uppercase() };
        return Err(Refusal::because(
            132_012,
            format!("header: Format mismatch, expected {format}, received {received}"),
        ));
    }
    let body = &parameter[kind.as_str()];
    if kind == "location" {
        return contents::location(body).map(drop);
    }
    if text(body, "id").is_empty() && text(body, "link").is_empty() {
        return Err(Refusal::because(131_008, format!("header: {kind}['id'] or {kind}['link'] is required")));
    }
    Ok(())
}
