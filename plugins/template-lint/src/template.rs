//! A template as somebody proposes it: its words and its links, read from the form that Meta takes. What is missing or of
//! another shape is nothing here: the host has checked the form before anybody proposed it.

use serde_json::Value;

/// A new template, or other words of one.
pub struct Template {
    pub language: String,
    pub category: String,
    /// Header, body, footer.
    pub texts: Vec<Part>,
    pub buttons: Vec<Button>,
}

/// Words of one place.
pub struct Part {
    pub place: Place,
    pub text: String,
    /// Whether there are samples for its variables.
    pub samples: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Header,
    Body,
    Footer,
}

pub struct Button {
    pub text: String,
    pub url: String,
}

impl Template {
    /// None if nothing is proposed that customers would read.
    pub fn read(content: &str) -> Result<Option<Self>, String> {
        let content: Value =
            serde_json::from_str(content).map_err(|wrong| format!("the content is not JSON: {wrong}"))?;
        let form = &content["form"];
        if !form.is_object() {
            return Ok(None);
        }
        let components = form["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        let texts = components.iter().filter_map(part).collect();
        let rows = components.iter().filter(|one| one["type"] == "BUTTONS");
        let buttons = rows.flat_map(|row| row["buttons"].as_array().into_iter().flatten());
        let buttons = buttons.map(|one| Button { text: text(one, "text"), url: text(one, "url") }).collect();
        Ok(Some(Self { language: text(form, "language"), category: text(form, "category"), texts, buttons }))
    }

    /// Everything that a customer reads.
    pub fn words(&self) -> String {
        let texts = self.texts.iter().map(|part| part.text.as_str());
        texts.chain(self.buttons.iter().map(|button| button.text.as_str())).collect::<Vec<_>>().join("\n")
    }
}

fn part(component: &Value) -> Option<Part> {
    let place = match component["type"].as_str()? {
        "HEADER" => Place::Header,
        "BODY" => Place::Body,
        "FOOTER" => Place::Footer,
        _ => return None,
    };
    let text = component["text"].as_str().filter(|text| !text.is_empty())?.to_owned();
    let samples = component["example"].as_object().is_some_and(|example| !example.is_empty());
    Some(Part { place, text, samples })
}

fn text(object: &Value, name: &str) -> String {
    object[name].as_str().unwrap_or_default().to_owned()
}

/// What stands between `{{` and `}}`, in order.
pub fn variables(text: &str) -> Vec<&str> {
    let mut found = vec![];
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let inside = &rest[start + 2..];
        let Some(end) = inside.find("}}") else { break };
        found.push(inside[..end].trim());
        rest = &inside[end + 2..];
    }
    found
}
