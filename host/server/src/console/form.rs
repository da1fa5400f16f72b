//! A form for the settings of a plugin.
//!
//! Made of the schema that the plugin gives of them, which says what each is called, what it is for and what it may be; and where it
//! gives none, of the shape of its example. What the plugin itself thinks of what is filled in, it says when the rule is proposed.

use std::collections::BTreeSet;

use domain::rule::schema::{Others, Schema, Type};
use serde_json::{Map, Value};

/// A setting.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    /// Where it goes, as a JSON pointer.
    pub(super) pointer: String,
    /// What it is called.
    pub(super) label: String,
    /// What it is for.
    pub(super) hint: String,
    /// What it holds; empty for nothing.
    pub(super) value: String,
    /// What holds if it holds nothing.
    pub(super) default: String,
    /// How it is read: `number`, `boolean`, `choice`, `text`, `lines`, `pairs`, `json`.
    pub(super) is: &'static str,
    /// What can be chosen.
    pub(super) choices: Vec<String>,
    /// The bounds of a number, or none.
    pub(super) least: String,
    pub(super) most: String,
    /// The most characters of a text, or none.
    pub(super) longest: String,
    /// Whether there is no rule without it.
    pub(super) required: bool,
}

/// The fields of settings as they are now; `example` shows what settings of this plugin are like.
pub(super) fn fields(schema: &Schema, example: &Value, now: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    lay_out("", "", schema, example, now, true, &mut found);
    found
}

#[allow(clippy::too_many_arguments, reason = "one level of a tree that three documents describe together")]
fn lay_out(
    at: &str,
    of: &str,
    schema: &Schema,
    example: &Value,
    now: &Value,
    demanded: bool,
    into: &mut Vec<Field>,
) {
    let none = Map::new();
    let inside = |value: &'_ Value| value.as_object().cloned().unwrap_or_default();
    let held = now.as_object().unwrap_or(&none);
    // The example shows what there could be only where the schema does not tell.
    let shown = if schema.is_silent() { inside(example) } else { Map::new() };
    let names: BTreeSet<&String> = schema.properties.keys().chain(shown.keys()).chain(held.keys()).collect();
    let nothing = Schema::default();
    for name in names {
        let like = schema.properties.get(name).unwrap_or(match &schema.others {
            Others::Like(like) => like,
            Others::Any | Others::None => &nothing,
        });
        let value = held.get(name).or_else(|| shown.get(name));
        let required = demanded && schema.required.contains(name);
        let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        let label = like.title.as_deref().unwrap_or(name);
        let label = if of.is_empty() { label.to_owned() } else { format!("{of} · {label}") };
        if is_laid_out(like, value) {
            let value = value.unwrap_or(&Value::Null);
            let example = example.get(name).unwrap_or(value);
            lay_out(&pointer, &label, like, example, value, required, into);
        } else {
            into.push(Field { pointer, label, required, ..field(like, value) });
        }
    }
}

/// Whether a value has fields of its own instead of being one.
fn is_laid_out(like: &Schema, value: Option<&Value>) -> bool {
    match value {
        Some(Value::Object(inner)) => !inner.is_empty(),
        Some(_) => false,
        None => like.types == [Type::Object].into() && !like.properties.is_empty(),
    }
}

fn field(like: &Schema, value: Option<&Value>) -> Field {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (is, held) = match value {
        Some(Value::String(text)) if has_lines(like, text) => ("lines", text.clone()),
        Some(Value::String(text)) if !like.choices.is_empty() => ("choice", text.clone()),
        // What can be a number or a text is written as JSON, or nobody knows which of them is meant.
        Some(Value::String(text)) if like.types.len() < 2 => ("text", text.clone()),
        Some(Value::Number(number)) if like.types.len() < 2 => ("number", number.to_string()),
        Some(Value::Bool(is)) if like.types.len() < 2 => ("boolean", is.to_string()),
        Some(Value::Object(none)) if none.is_empty() && is_texts(like) => ("pairs", String::new()),
        Some(other) => ("json", serde_json::to_string_pretty(other).unwrap_or_default()),
        None => (unfilled(like), String::new()),
    };
    let or_none = |bound: Option<f64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    Field {
        hint: like.description.clone().unwrap_or_default(),
        value: held,
        default: like.default.as_ref().map(plain).unwrap_or_default(),
        is,
        choices: like.choices.iter().map(plain).collect(),
        least: or_none(like.number.0),
        most: or_none(like.number.1),
        longest: like.length.1.map(|most| most.to_string()).unwrap_or_default(),
        ..Field::default()
    }
}

/// How a setting that holds nothing is read.
fn unfilled(like: &Schema) -> &'static str {
    match like.types.first() {
        _ if !like.choices.is_empty() && like.choices.iter().all(Value::is_string) => "choice",
        _ if !like.choices.is_empty() => "json",
        Some(Type::String) if like.types.len() == 1 => {
            if has_lines(like, "") {
                "lines"
            } else {
                "text"
            }
        }
        Some(Type::Integer | Type::Number) if like.types.len() == 1 => "number",
        Some(Type::Boolean) if like.types.len() == 1 => "boolean",
        Some(Type::Object) if is_texts(like) => "pairs",
        _ => "json",
    }
}

/// Whether it holds nothing but texts under names that its schema does not know: one for each language, say.
fn is_texts(like: &Schema) -> bool {
    let texts = matches!(&like.others, Others::Like(like) if like.types == [Type::String].into());
    texts && like.properties.is_empty() && like.types == [Type::Object].into()
}

/// Whether a field of one line would swallow something, or show little of it.
fn has_lines(like: &Schema, text: &str) -> bool {
    like.has_lines || text.contains('\n') || like.length.1.is_some_and(|most| most > 200)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(schema: &str, example: &Value, now: &Value) -> Vec<String> {
        fields(&Schema::read(schema).unwrap(), example, now)
            .into_iter()
            .map(|field| {
                let value = field.value.replace(['\n', ' '], "");
                let required = if field.required { "*" } else { "" };
                format!("{}{required} {} «{}» {value}", field.pointer, field.is, field.label)
            })
            .collect()
    }

    #[test]
    fn without_a_schema_a_form_has_the_shape_of_the_example_and_the_values_of_what_is_in_force() {
        let example = json!({ "limit": 5, "on": true, "a/b": { "text": "hola" }, "table": "a|b\nc|d", "words": [{ "word": "x" }] });
        assert_eq!(
            told("", &example, &json!({ "limit": 9, "more": "y" })),
            [
                "/a~1b/text text «a/b · text» hola",
                "/limit number «limit» 9",
                "/more text «more» y",
                "/on boolean «on» true",
                "/table lines «table» a|b\nc|d",
                "/words json «words» [{\"word\":\"x\"}]"
            ]
            .map(|line| line.replace('\n', ""))
        );
        assert_eq!(told("", &json!({}), &json!({})), [""; 0], "a plugin without settings");
        assert_eq!(
            told("", &json!("words"), &json!({})),
            [""; 0],
            "settings that are no object are written whole"
        );
    }

    #[test]
    fn with_a_schema_a_form_has_what_could_be_said_too_in_the_words_of_its_author() {
        let schema = r#"{
            "type": "object",
            "properties": {
                "hours": { "title": "Horas", "type": "integer", "minimum": 1, "maximum": 24, "default": 12 },
                "level": { "enum": ["low", "high"] },
                "messages": { "type": "object", "additionalProperties": { "type": "string", "maxLength": 4096 } },
                "queue": { "title": "Cola", "type": "string" },
                "survey": { "type": ["boolean", "object"] },
                "vips": { "title": "VIP", "type": "object", "required": ["priority"],
                          "properties": { "priority": { "type": "integer" } } },
                "thanks": { "type": "object", "additionalProperties": { "type": "string" } },
                "words": { "type": "array" }
            },
            "required": ["queue"]
        }"#;
        let example = json!({ "queue": "example" });
        let now = json!({ "messages": { "es": "hola" }, "queue": "general", "survey": false });
        assert_eq!(
            told(schema, &example, &now),
            [
                "/hours number «Horas» ",
                "/level choice «level» ",
                "/messages/es lines «messages · es» hola",
                "/queue* text «Cola» general",
                "/survey json «survey» false",
                "/thanks pairs «thanks» ",
                "/vips/priority number «VIP · priority» ",
                "/words json «words» ",
            ]
        );
        let hours = &fields(&Schema::read(schema).unwrap(), &example, &now)[0];
        assert_eq!((hours.least.as_str(), hours.most.as_str(), hours.default.as_str()), ("1", "24", "12"));
    }
}
