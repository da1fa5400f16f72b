//! A form for the settings of a plugin.
//!
//! The contract has plugins show an example of their settings, and no schema: so the form has the shape of the example, a field for
//! each value that is one and JSON for each that is a list. What the plugin thinks of what is filled in, it says itself when the rule
//! is proposed.

use std::collections::BTreeSet;

use serde_json::Value;

/// A setting.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Where it goes, as a JSON pointer.
    pub(super) pointer: String,
    /// What it is called.
    pub(super) label: String,
    /// What it holds.
    pub(super) value: String,
    /// How it is read: `number`, `boolean`, `text`, `lines`, `json`.
    pub(super) is: &'static str,
}

/// The fields of settings that look like the example and are as they are now.
pub(super) fn fields(example: &Value, now: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    lay_out("", example, now, &mut found);
    found
}

fn lay_out(at: &str, example: &Value, now: &Value, into: &mut Vec<Field>) {
    let (Value::Object(shown), Value::Object(held)) = (example, now) else { return };
    let names: BTreeSet<&String> = shown.keys().chain(held.keys()).collect();
    for name in names {
        let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        let value = held.get(name).or_else(|| shown.get(name)).unwrap_or(&Value::Null);
        let (is, value) = match value {
            Value::Object(inner) if !inner.is_empty() => {
                let shown = shown.get(name).filter(|one| one.is_object()).unwrap_or(value);
                lay_out(&pointer, shown, value, into);
                continue;
            }
            Value::Number(number) => ("number", number.to_string()),
            Value::Bool(is) => ("boolean", is.to_string()),
            // A field of one line would swallow where the lines end.
            Value::String(text) if text.contains('\n') => ("lines", text.clone()),
            Value::String(text) => ("text", text.clone()),
            other => ("json", serde_json::to_string_pretty(other).unwrap_or_default()),
        };
        let label = pointer.trim_start_matches('/').replace('/', " · ").replace("~1", "/").replace("~0", "~");
        into.push(Field { pointer, label, value, is });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_form_has_the_shape_of_the_example_and_the_values_of_what_is_in_force() {
        let example = json!({ "limit": 5, "on": true, "a/b": { "text": "hola" }, "table": "a|b\nc|d", "words": [{ "word": "x" }] });
        let told: Vec<String> = fields(&example, &json!({ "limit": 9, "more": "y" }))
            .into_iter()
            .map(|field| format!("{} {} {}", field.pointer, field.is, field.value.replace(['\n', ' '], "")))
            .collect();
        assert_eq!(
            told,
            [
                "/a~1b/text text hola",
                "/limit number 9",
                "/more text y",
                "/on boolean true",
                "/table lines a|bc|d",
                "/words json [{\"word\":\"x\"}]"
            ]
        );
        assert_eq!(fields(&json!({}), &json!({})), [], "a plugin without settings");
        assert_eq!(fields(&json!("words"), &json!({})), [], "settings that are no object are written whole");
    }
}
