//! What a template consists of: checked when it is made, and needed whenever it is sent.
//!
//! Limits and subcodes are those of Meta's pages on template components and error codes.

use serde_json::Value;

use super::Category;
use crate::graph::{Refusal, list, text};

/// A template as far as sending it depends on it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Form {
    pub(crate) header: Header,
    /// The text under the header, with its variables.
    pub(crate) body: String,
    pub(crate) buttons: Vec<Button>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Header {
    None,
    Text(String),
    /// `IMAGE`, `VIDEO`, `DOCUMENT` or `LOCATION`.
    Medium(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Button {
    /// Meta's word.
    pub(crate) kind: String,
    pub(crate) text: String,
    /// Whether something has to be filled in when it is sent.
    pub(crate) open: bool,
}

const BUTTONS: [&str; 8] =
    ["QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE", "OTP", "FLOW", "CATALOG", "REQUEST_CONTACT_INFO"];
const TOO_LONG: (i64, &str) = (2_388_040, "Character Limit Exceeded");
const HEADER: (i64, &str) = (2_388_047, "Message header format is incorrect");
const BODY: (i64, &str) = (2_388_072, "Message body format is incorrect");
const FOOTER: (i64, &str) = (2_388_073, "Message footer format is incorrect");
const EDGES: (i64, &str) = (2_388_299, "Leading or trailing params not allowed");

fn wrong(what: (i64, &'static str), message: impl Into<Box<str>>) -> Refusal {
    Refusal::template(what.0, what.1, message)
}

impl Form {
    pub(crate) fn read(components: &[Value], category: Category, named: bool) -> Result<Self, Refusal> {
        let mut form = Self { header: Header::None, body: String::new(), buttons: Vec::new() };
        for component in components {
            match text(component, "type").to_ascii_uppercase().as_str() {
                "HEADER" => form.header = header(component)?,
                "BODY" => form.body = body(component, category, named)?,
                "FOOTER" => footer(component)?,
                "BUTTONS" => form.buttons = buttons(list(component, "buttons"))?,
                other => return Err(wrong(BODY, format!("components['type'] `{other}` is not known"))),
            }
        }
        if form.body.is_empty() {
            return Err(wrong(BODY, "A component of type BODY with text is required."));
        }
        Ok(form)
    }
}

fn header(component: &Value) -> Result<Header, Refusal> {
    match text(component, "format").to_ascii_uppercase().as_str() {
        "TEXT" => {
            let words = text(component, "text");
            at_most("header", words, 60)?;
            if words.is_empty() || variables(words).len() > 1 {
                return Err(wrong(HEADER, "A text header has words and at most one variable."));
            }
            Ok(Header::Text(words.to_owned()))
        }
        medium @ ("IMAGE" | "VIDEO" | "DOCUMENT" | "LOCATION") => Ok(Header::Medium(medium.to_owned())),
        other => Err(wrong(
            HEADER,
            format!("format `{other}` is not one of TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION"),
        )),
    }
}

fn body(component: &Value, category: Category, named: bool) -> Result<String, Refusal> {
    let words = text(component, "text");
    // The words of such templates are Meta's own.
    if category == Category::Authentication && words.is_empty() {
        return Ok("*{{1}}* is your verification code.".to_owned());
    }
    at_most("body", words, 1024)?;
    let variables = variables(words);
    let fits = |(n, variable): (usize, &String)| {
        if named { is_name(variable) } else { *variable == (n + 1).to_string() }
    };
    if words.trim().is_empty() || !variables.iter().enumerate().all(fits) {
        let form = if named { "{{lower_case_names}}" } else { "{{1}}, {{2}}, … in order" };
        return Err(wrong(BODY, format!("The body needs words, and its variables have to be {form}.")));
    }
    if category != Category::Authentication
        && (words.trim().starts_with("{{") || words.trim().ends_with("}}"))
    {
        return Err(wrong(EDGES, "Variables can't be at the start or end of the template."));
    }
    Ok(words.to_owned())
}

fn footer(component: &Value) -> Result<(), Refusal> {
    let words = text(component, "text");
    at_most("footer", words, 60)?;
    if words.contains("{{") {
        return Err(wrong(FOOTER, "A footer has no variables."));
    }
    Ok(())
}

fn buttons(buttons: &[Value]) -> Result<Vec<Button>, Refusal> {
    if !(1..=10).contains(&buttons.len()) {
        return Err(wrong(TOO_LONG, format!("1 to 10 buttons are allowed and {} were given", buttons.len())));
    }
    let button = |button: &Value| {
        let kind = text(button, "type").to_ascii_uppercase();
        if !BUTTONS.contains(&kind.as_str()) {
            return Err(wrong(BODY, format!("button type `{kind}` is not one of {}", BUTTONS.join(", "))));
        }
        at_most("button text", text(button, "text"), 25)?;
        at_most("button url", text(button, "url"), 2_000)?;
        let open = match kind.as_str() {
            "URL" => text(button, "url").contains("{{"),
            "COPY_CODE" | "OTP" => true,
            _ => false,
        };
        Ok(Button { kind, text: text(button, "text").to_owned(), open })
    };
    buttons.iter().map(button).collect()
}

fn at_most(what: &str, words: &str, most: usize) -> Result<(), Refusal> {
    let given = words.chars().count();
    if given <= most {
        return Ok(());
    }
    Err(wrong(TOO_LONG, format!("{what}: at most {most} characters are allowed and {given} were given")))
}

fn is_name(variable: &str) -> bool {
    variable.starts_with(|first: char| first.is_ascii_lowercase())
        && variable.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// What stands between `{{` and `}}`, each once, as it comes first.
pub(crate) fn variables(words: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in words.split("{{").skip(1) {
        if let Some((variable, _)) = part.split_once("}}")
            && !found.iter().any(|other| other == variable.trim())
        {
            found.push(variable.trim().to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_template_that_meta_would_not_take_is_refused() {
        let read = |words: &str, named| {
            Form::read(&[json!({"type": "BODY", "text": words})], Category::Utility, named)
                .map(|form| form.body)
        };
        assert!(read("Hola {{1}}, su pedido {{2}} llegó.", false).is_ok());
        assert!(read("Hola {{nombre}}, su pedido llegó.", true).is_ok());
        let long = "a".repeat(1_025);
        for (words, named) in [
            ("", false),
            ("Hola {{2}}.", false),
            ("Hola {{nombre}}.", false),
            ("Hola {{1}}.", true),
            ("{{1}}, hola", false),
            ("Hola {{1}}", false),
            (&long, false),
        ] {
            assert!(read(words, named).is_err(), "{words}");
        }
        let header =
            |header| Form::read(&[header, json!({"type": "BODY", "text": "a"})], Category::Utility, false);
        assert!(header(json!({"type": "HEADER", "format": "IMAGE"})).is_ok());
        assert!(header(json!({"type": "HEADER", "format": "SOUND"})).is_err());
        assert!(header(json!({"type": "FOOTER", "text": "{{1}}"})).is_err());
        assert!(header(json!({"type": "BUTTONS", "buttons": []})).is_err());
    }
}
