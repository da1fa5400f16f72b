//! What is different between two contents, field by field, so that whoever signs reads what changes and not everything there is.

use std::collections::BTreeMap;

use domain::law::language::Language;
use serde_json::Value;

use super::naming;

/// What stands for a list with nothing in it, which is another thing than none.
pub(super) const NOTHING: &str = "—";

/// A field that is not as it was.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Where it is, as a JSON pointer.
    pub(super) field: String,
    pub(super) before: String,
    pub(super) after: String,
}

impl Change {
    /// The same in the words of those who sign it: its field, and what was and is there.
    pub(super) fn spoken(self, language: Language) -> Self {
        let value = |text: &str| naming::value(&self.field, text, language);
        Self {
            before: value(&self.before),
            after: value(&self.after),
            field: naming::field(&self.field, language),
        }
    }
}

/// What changes. Where nothing is known of before, all that there is.
pub(super) fn changes(before: Option<&Value>, after: &Value) -> Vec<Change> {
    let (mut was, mut is) = (BTreeMap::new(), BTreeMap::new());
    if let Some(before) = before {
        flatten("", before, &mut was);
    }
    flatten("", after, &mut is);
    // A list with nothing in it says something only beside what was there: a day of a calendar without hours is closed.
    if before.is_none() {
        is.retain(|_, text| !text.is_empty());
    }
    let fields: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let changed = fields.into_iter().filter(|field| was.get(*field) != is.get(*field)).map(|field| {
        let nothing = |text: &String| if text.is_empty() { NOTHING.to_owned() } else { text.clone() };
        let text = |of: &BTreeMap<String, String>| of.get(field).map(nothing).unwrap_or_default();
        let (before, after) = without_what_is_the_same(&text(&was), &text(&is));
        Change { field: field.clone(), before, after }
    });
    changed.collect()
}

fn flatten(at: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| flatten(&format!("{at}/{name}"), value, into));
        }
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            items.iter().enumerate().for_each(|(n, value)| flatten(&format!("{at}/{n}"), value, into));
        }
        Value::Array(items) => {
            let words = items.iter().map(plain).collect::<Vec<_>>();
            into.insert(at.to_owned(), words.join(", "));
        }
        Value::Null => {}
        other => drop(into.insert(at.to_owned(), plain(other))),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// Of two long texts the lines from the first to the last that is another.
fn without_what_is_the_same(before: &str, after: &str) -> (String, String) {
    let (was, is): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    if was.len() < 3 || is.len() < 3 {
        return (before.to_owned(), after.to_owned());
    }
    let first = was.iter().zip(&is).take_while(|(a, b)| a == b).count();
    let left = was.len().min(is.len()) - first;
    let last = was.iter().rev().zip(is.iter().rev()).take(left).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| lines.get(first..lines.len() - last).unwrap_or_default().join("\n");
    (part(&was), part(&is))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_the_same_is_left_out() {
        let before = json!({"mode": "shadow", "settings": {"otherwise": {"queue": "ventas"}, "words": ["a", "b"]}, "set": "x"});
        let after = json!({"mode": "live", "settings": {"otherwise": {"queue": "ventas"}, "words": ["a"]}, "set": "x", "new": 1});
        let change = |field: &str, before: &str, after: &str| Change {
            field: field.into(),
            before: before.into(),
            after: after.into(),
        };
        let expected = [
            change("/mode", "shadow", "live"),
            change("/new", "", "1"),
            change("/settings/words", "a, b", "a"),
        ];
        assert_eq!(changes(Some(&before), &after), expected);
        assert_eq!(changes(None, &json!({"a": {"b": true, "c": []}})), [change("/a/b", "", "true")]);
        let (open, closed) = (json!({"days": {}}), json!({"days": {"2026-12-25": []}}));
        assert_eq!(
            changes(Some(&open), &closed),
            [change("/days/2026-12-25", "", "—")],
            "a day that is closed"
        );
        assert_eq!(changes(Some(&closed), &open), [change("/days/2026-12-25", "—", "")]);
        let (was, is) = without_what_is_the_same("a\nb\nc\nd", "a\nb\nx\nd");
        assert_eq!((was.as_str(), is.as_str()), ("c", "x"));
        assert_eq!(without_what_is_the_same("a\na\na", "a\na\na\na"), (String::new(), "a".to_owned()));
    }
}
